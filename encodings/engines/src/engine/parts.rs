//! A glob that matches, as the concatenation of its parts.

use keyaki_logic::regex::Regex;
use keyaki_logic::smtlib::Names;
use keyaki_logic::term::{Part, Sort, Symbol, Term, TermKind};

/// Names that none of these symbols has.
pub(super) fn names_beside<'s>(symbols: impl IntoIterator<Item = &'s Symbol>) -> Names {
    let mut names = Names::default();
    symbols.into_iter().for_each(|symbol| drop(names.fresh(symbol.name())));
    names
}

/// If the glob matches, the subject is the concatenation of its parts, with fresh symbols for the
/// wildcards.
pub(super) fn witness(glob: &Term, subject: &Term, parts: &[Part], names: &mut Names) -> Term {
    debug_assert!(matches!(glob.kind(), TermKind::Matches(..)), "a witness is for a glob");
    let mut lengths = Vec::new();
    let mut pieces = Vec::new();
    for part in parts {
        pieces.push(match part {
            Part::Literal(text) => Term::string(text.as_str()),
            Part::Value(term) => term.clone(),
            Part::AnyString => Term::var(&Symbol::new(names.fresh("any"), Sort::String)),
            Part::AnyChar => {
                let character = Term::var(&Symbol::new(names.fresh("any"), Sort::String));
                lengths.push(Term::in_regex(character.clone(), Regex::any_char()));
                character
            }
        });
    }
    let equal = Term::eq(subject.clone(), Term::concat(pieces));
    Term::implies(glob.clone(), Term::and(std::iter::once(equal).chain(lengths)))
}
