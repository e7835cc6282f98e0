//! Answers of SMT-LIB solvers.

use keyaki_engines::engine::Outcome;
use keyaki_engines::engine::pipe::answer::outcome;
use keyaki_logic::smtlib::read::{Sexp, expressions, value};
use keyaki_logic::smtlib::{Header, Script, script};
use keyaki_logic::term::{Sort, Symbol, Term};
use std::collections::BTreeSet;

/// What separates the standard output of a solver from its standard error.
const SEPARATOR: char = '\u{c}';

const SORTS: [Sort; 6] =
    [Sort::Bool, Sort::String, Sort::Real, Sort::BitVec(1), Sort::BitVec(32), Sort::BitVec(128)];

/// What is read prints and reads as the same; a value is of the sort that was asked for, and reads
/// as the same where a script says it.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let read = expressions(&text);
    let printed: String = read.iter().map(|one| format!("{} ", shown(one))).collect();
    assert_eq!(expressions(&printed), read);
    read.iter().for_each(values);
    let (output, complaint) = text.split_once(SEPARATOR).unwrap_or((&text, ""));
    judged(output, complaint);
}

/// A "no" is the one thing said, and nobody complains; a "yes" has a value for each constant, and
/// no other.
fn judged(output: &str, complaint: &str) {
    let constants = [
        ("b", Sort::Bool),
        ("s", Sort::String),
        ("r", Sort::Real),
        ("w", Sort::BitVec(32)),
        ("a", Sort::BitVec(128)),
    ];
    for count in [0, 1, constants.len()] {
        let equal = |(name, sort): &(&str, Sort)| {
            Term::eq(
                Term::var(&Symbol::new(*name, *sort)),
                Term::var(&Symbol::new(format!("{name}2"), *sort)),
            )
        };
        let Ok(script) = script(
            &constants.iter().take(count).map(equal).collect::<Vec<_>>(),
            &Header::default(),
        ) else {
            return;
        };
        match outcome(output, complaint, &script) {
            Outcome::Satisfiable(model) => {
                assert!(output.contains("sat") && !complaint.contains("(error"));
                assert!(model.iter().all(|(symbol, value)| symbol.sort() == value.sort()));
                assert!(model.iter().map(|(symbol, _)| symbol).eq(
                    script.constants.iter().map(|(symbol, _)| symbol).collect::<BTreeSet<_>>()
                ));
            }
            Outcome::Unsatisfiable => {
                let said: Vec<Sexp> = expressions(output);
                let telling: Vec<_> = said
                    .iter()
                    .filter(|one| !matches!(one.as_atom(), Some("success" | "unsupported")))
                    .collect();
                assert!(
                    matches!(telling.as_slice(), [one] if one.as_atom() == Some("unsat")),
                    "{output}"
                );
                assert!(!complaint.contains("(error"));
            }
            Outcome::Unknown(reason) => assert!(!reason.to_string().is_empty()),
        }
    }
}

fn shown(expression: &Sexp) -> String {
    match expression {
        Sexp::Atom(text) => format!("|{text}|"),
        Sexp::Text(text) => format!("\"{}\"", text.replace('"', "\"\"")),
        Sexp::List(members) => {
            format!("({})", members.iter().map(shown).collect::<Vec<_>>().join(" "))
        }
    }
}

fn values(expression: &Sexp) {
    for sort in SORTS {
        let Some(read) = value(expression, sort) else { continue };
        assert_eq!(read.sort(), sort);
        let asserted = Term::eq(Term::var(&Symbol::new("symbol", sort)), Term::value(read.clone()));
        let Ok(script) = script(&[asserted], &Header::default()) else { continue };
        assert_eq!(said(&script).and_then(|again| value(&again, sort)), Some(read));
    }
    if let Some(members) = expression.as_list() {
        members.iter().for_each(values);
    }
}

/// The value that the only assertion of a script gives the symbol.
fn said(script: &Script) -> Option<Sexp> {
    let commands = expressions(&script.body);
    let assertion = commands
        .iter()
        .filter_map(Sexp::as_list)
        .find(|command| command.first().and_then(Sexp::as_atom) == Some("assert"))?;
    match assertion.get(1)? {
        Sexp::List(members) if members.first()?.as_atom() == Some("=") => {
            members.get(1..)?.iter().find(|one| one.as_atom() != Some("symbol")).cloned()
        }
        Sexp::List(_) => Some(Sexp::Atom("false".to_owned())),
        _ => Some(Sexp::Atom("true".to_owned())),
    }
}
