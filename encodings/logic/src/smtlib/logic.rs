//! The narrowest logic of a script, and what a benchmark says of itself.

use super::{Script, layout, text};
use crate::term::{Sort, Term, TermKind};

/// The logic that a script names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Logic {
    /// `ALL`, whatever the script says.
    #[default]
    All,
    /// The narrowest one that has every symbol of the script.
    Narrowest,
}

impl Logic {
    /// The logic that has every theory.
    pub(super) const ALL: &str = "ALL";
}

/// The theories that a script uses, beside Booleans.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Features {
    strings: bool,
    integers: bool,
    reals: bool,
    bits: bool,
    functions: bool,
}

/// What makes an integer of a string, or takes one.
const OF_INTEGERS: &[&str] = &["str.len", "str.indexof", "str.substr"];

impl Features {
    /// Adds what a node needs, printed as this text.
    pub(super) fn add(&mut self, node: &Term, text: &str) {
        match node.sort() {
            Sort::Bool => {}
            Sort::String => self.strings = true,
            Sort::Real => self.reals = true,
            Sort::BitVec(_) => self.bits = true,
        }
        self.functions |= matches!(node.kind(), TermKind::Apply(..));
        if matches!(node.kind(), TermKind::Matches(..)) {
            self.integers |= layout::tokens(text).iter().any(|token| OF_INTEGERS.contains(token));
        }
    }

    /// The narrowest logic of SMT-LIB that has all of it. Strings have logics of their own alone and
    /// with linear integers; where there is none, every theory is allowed.
    pub(super) fn logic(self) -> &'static str {
        let Features { strings, integers, reals, bits, functions } = self;
        match (strings, integers, reals, bits, functions) {
            (false, false, false, false, false) => "QF_UF",
            (true, false, false, false, false) => "QF_S",
            (true, true, false, false, false) => "QF_SLIA",
            (false, false, true, false, false) => "QF_LRA",
            (false, false, false, true, false) => "QF_BV",
            _ => Logic::ALL,
        }
    }
}

/// What a solver ought to say of a script.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Status {
    /// There is a model.
    Sat,
    /// There is none.
    Unsat,
    /// Nobody knows.
    Unknown,
}

impl Status {
    /// The word of SMT-LIB.
    pub fn word(self) -> &'static str {
        match self {
            Status::Sat => "sat",
            Status::Unsat => "unsat",
            Status::Unknown => "unknown",
        }
    }
}

/// What a benchmark says of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Information {
    /// Where it is from, and what it asks.
    pub source: String,
    /// Who may do what with it.
    pub license: String,
    /// What a solver ought to say.
    pub status: Status,
}

impl Script {
    /// What the status of the terms says about the script: one that is not exact allows more models
    /// than the terms, so that it may have one where they have none.
    pub fn status(&self, of_terms: Status) -> Status {
        match of_terms {
            Status::Unsat if !self.exact => Status::Unknown,
            Status::Sat | Status::Unsat | Status::Unknown => of_terms,
        }
    }

    /// The script as SMT-LIB's library has its benchmarks: its narrowest logic, what it says of
    /// itself, one check, and no command that a solver could refuse after "unsat".
    pub fn benchmark(&self, information: &Information) -> String {
        let Information { source, license, status } = information;
        let license = text::quoted(license);
        format!(
            "(set-info :smt-lib-version 2.6)\n\
             (set-logic {})\n\
             (set-info :source |\n{}\n|)\n\
             (set-info :license {license})\n\
             (set-info :category \"industrial\")\n\
             (set-info :status {})\n\
             {}(check-sat)\n(exit)\n",
            self.logic,
            plain(source),
            status.word(),
            self.body
        )
    }
}

/// A text that can stand between bars.
fn plain(text: &str) -> String {
    let kept = |c: char| matches!(c, ' '..='~' | '\n') && !matches!(c, '|' | '\\');
    text.trim().chars().map(|c| if kept(c) { c } else { '_' }).collect()
}
