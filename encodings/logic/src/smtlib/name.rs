//! Names in scripts.

use std::collections::{BTreeMap, BTreeSet};

/// Names that solvers predeclare or reserve, quoted or not.
const TAKEN: &[&str] = &[
    "!",
    "_",
    "as",
    "par",
    "let",
    "forall",
    "exists",
    "match",
    "lambda",
    "true",
    "false",
    "not",
    "and",
    "or",
    "xor",
    "ite",
    "distinct",
    "implies",
    "iff",
    "if",
    "abs",
    "mod",
    "div",
    "rem",
    "divisible",
    "to_real",
    "to_int",
    "is_int",
    "select",
    "store",
    "const",
    "concat",
    "extract",
    "repeat",
    "char",
    "is",
    "update",
    "int2bv",
    "bv2nat",
    "bv2int",
    "root-obj",
    "+",
    "-",
    "*",
    "/",
    "<",
    "<=",
    ">",
    ">=",
    "=",
    "=>",
    "^",
    "min",
    "max",
    "sin",
    "cos",
    "tan",
    "exp",
    "pi",
    "sqrt",
    "set",
    "bag",
    "rel",
    "tuple",
    "nil",
    "cons",
    "head",
    "tail",
    "insert",
    "list",
    "pair",
    "fst",
    "snd",
    "map",
    "default",
    "union",
    "intersection",
    "setminus",
    "member",
    "subset",
    "card",
    "choose",
    "singleton",
    "emptyset",
    "univset",
    "comprehension",
    "witness",
    "unit",
    "none",
    "some",
    "BINARY",
    "DECIMAL",
    "HEXADECIMAL",
    "NUMERAL",
    "STRING",
    "assert",
    "check-sat",
    "check-sat-assuming",
    "declare-const",
    "declare-datatype",
    "declare-datatypes",
    "declare-fun",
    "declare-sort",
    "define-const",
    "define-fun",
    "define-fun-rec",
    "define-funs-rec",
    "define-sort",
    "echo",
    "exit",
    "get-assertions",
    "get-assignment",
    "get-info",
    "get-model",
    "get-option",
    "get-proof",
    "get-unsat-assumptions",
    "get-unsat-core",
    "get-value",
    "pop",
    "push",
    "reset",
    "reset-assertions",
    "set-info",
    "set-logic",
    "set-option",
];

/// Texts up to this long are repeated: a name would say less and be hardly shorter.
const SHORT: usize = 48;

/// Texts up to this long are repeated however often: they are hardly longer than a name.
const SHORTEST: usize = 12;

/// What is used so often gets a name although it is short.
const OFTEN: usize = 16;

/// Whether a text of that length, used so often, is written once.
pub(super) fn is_named(length: usize, uses: usize) -> bool {
    uses > 1 && length > if uses < OFTEN { SHORT } else { SHORTEST }
}

/// First letters of theory symbols that come in families.
const TAKEN_PREFIXES: &[&str] = &[
    "@", ".", "str.", "re.", "seq.", "bv", "int.", "fp.", "set.", "bag.", "rel.", "char.", "ubv_",
    "sbv_", "k!",
];

/// Gives out names, each once.
#[derive(Default)]
pub struct Names {
    given: BTreeSet<String>,
    /// The next number to try behind a name.
    next: BTreeMap<String, u32>,
}

impl Names {
    /// `wanted` itself if it is free and no theory has it, otherwise something like it. Never
    /// contains `|` or `\`.
    pub fn fresh(&mut self, wanted: &str) -> String {
        let clean: String = wanted
            .chars()
            .map(|c| if (' '..='~').contains(&c) && c != '|' && c != '\\' { c } else { '_' })
            .collect();
        let reserved = clean.is_empty()
            || TAKEN.contains(&clean.as_str())
            || TAKEN_PREFIXES.iter().any(|prefix| clean.starts_with(prefix));
        let base = if reserved { format!("my.{clean}") } else { clean };
        if self.given.insert(base.clone()) {
            return base;
        }
        let next = self.next.entry(base.clone()).or_insert(2);
        loop {
            let name = format!("{base}!{next}");
            *next += 1;
            if self.given.insert(name.clone()) {
                return name;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_given_once() {
        let mut names = Names::default();
        let mut fresh = |wanted: &str| names.fresh(wanted);
        assert_eq!([fresh("x"), fresh("x!2"), fresh("x"), fresh("x")], ["x", "x!2", "x!3", "x!4"]);
        assert_eq!(
            [fresh("and"), fresh("str.len"), fresh(""), fresh("my.and")],
            ["my.and", "my.str.len", "my.", "my.and!2"]
        );
        assert_eq!([fresh("a|b"), fresh("a\\b"), fresh("key: é")], ["a_b", "a_b!2", "key: _"]);
    }
}
