//! SMT-LIB 2.6: printing terms as scripts and reading solvers' answers.
//!
//! A script states exactly what the terms say, with two exceptions, and a comment in the script
//! names each: a [`Function`] is declared uninterpreted, and a glob that has no functional form
//! (see `glob.rs`) is a free Boolean. Both allow more models than the terms, so "unsat" carries
//! over to the terms and "sat" has to be confirmed, which the engines do.
//!
//! Characters: SMT-LIB's are the code points 0 to 0x2FFFF, ours the Unicode scalar values. Terms
//! compare a variable with finitely many characters, so that a model with characters above 0x2FFFF
//! can be renamed to one without, as long as the terms themselves name none of those: a script with
//! such a character is refused. A solver may choose surrogates; such a model is refused when it is
//! read.
//!
//! The standard is C. Barrett, P. Fontaine, C. Tinelli: The SMT-LIB Standard, version 2.6, and its
//! theory of Unicode strings.
//!
//! [`Function`]: crate::term::Function

mod glob;
mod layout;
mod logic;
mod name;
mod print;
pub mod read;
mod regex;
mod text;

pub use glob::Segments;
pub use logic::{Information, Logic, Status};
pub use name::Names;

use crate::term::{Sort, Symbol, Term};
use std::fmt;

/// What a script begins with.
#[derive(Clone, Debug, Default)]
pub struct Header {
    /// The argument of `set-logic`.
    pub logic: Logic,
    /// Comment lines, without the semicolon.
    pub comments: Vec<String>,
}

/// Why terms have no script.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ScriptError {
    /// SMT-LIB has no such character.
    #[error("the character U+{code:04X} is beyond SMT-LIB's last one, U+2FFFF", code = u32::from(*.0))]
    Character(char),
    /// Something that is not a formula was asserted.
    #[error("only formulas can be asserted")]
    NotAFormula,
}

/// A script in parts, and how to read its models.
#[derive(Clone, Debug)]
pub struct Script {
    /// Comments, options and the logic.
    pub preamble: String,
    /// Declarations, definitions and assertions.
    pub body: String,
    /// The narrowest logic that has every symbol of the body.
    pub logic: &'static str,
    /// How many distinct terms it states.
    pub terms: usize,
    /// Whether it has the models of the terms and no others: it declares no function, and no glob is
    /// a free Boolean.
    pub exact: bool,
    /// How many `assert` commands the body has.
    pub assertions: usize,
    /// The declared constants by their names in the script (unquoted): the terms' own symbols, then
    /// those of `free`.
    pub constants: Vec<(Symbol, String)>,
    /// Globs that became free Booleans, with the symbols that stand for them.
    pub free: Vec<(Term, Symbol)>,
}

/// The script that asserts all of `assertions` and asks for a model of their symbols. Same input,
/// same script.
pub fn script(assertions: &[Term], header: &Header) -> Result<Script, ScriptError> {
    print::script(assertions, header)
}

impl Script {
    /// Puts comment lines, without the semicolon, before everything else.
    pub fn comment(&mut self, lines: &[String]) {
        self.preamble.insert_str(0, &print::comments(lines));
    }

    /// The commands up to the verdict: the preamble, the body and `check-sat`.
    pub fn check(&self) -> String {
        format!("{}{}(check-sat)\n", self.preamble, self.body)
    }

    /// The command that asks for the values of the declared constants, in their order; empty if
    /// there are none. It has an answer after `sat` alone: after `unsat` it is an error, which
    /// honest solvers report.
    pub fn values(&self) -> String {
        let names: Vec<_> = self.constants.iter().map(|(_, name)| text::symbol(name)).collect();
        if names.is_empty() {
            return String::new();
        }
        format!("{})\n", layout::lay_out("(get-value ", &format!("({})", names.join(" "))))
    }
}

/// The whole script.
impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.check(), self.values())
    }
}

fn sort_text(sort: Sort) -> String {
    match sort {
        Sort::Bool => "Bool".to_owned(),
        Sort::String => "String".to_owned(),
        Sort::Real => "Real".to_owned(),
        Sort::BitVec(width) => format!("(_ BitVec {width})"),
    }
}
