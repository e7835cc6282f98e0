//! Answers of SMT-LIB solvers.

use keyaki_encodings::smtlib::read::{Sexp, expressions, value};
use keyaki_encodings::smtlib::{Header, Script, script};
use keyaki_encodings::term::{Sort, Symbol, Term};

const SORTS: [Sort; 6] = [Sort::Bool, Sort::String, Sort::Real, Sort::BitVec(1), Sort::BitVec(32), Sort::BitVec(128)];

/// What is read prints and reads as the same; a value is of the sort that was asked for, and reads as the same where a script says it.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let read = expressions(&text);
    let printed: String = read.iter().map(|one| format!("{} ", shown(one))).collect();
    assert_eq!(expressions(&printed), read);
    read.iter().for_each(values);
}

fn shown(expression: &Sexp) -> String {
    match expression {
        Sexp::Atom(text) => format!("|{text}|"),
        Sexp::Text(text) => format!("\"{}\"", text.replace('"', "\"\"")),
        Sexp::List(members) => format!("({})", members.iter().map(shown).collect::<Vec<_>>().join(" ")),
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
    let assertion = commands.iter().filter_map(Sexp::as_list).find(|command| command.first().and_then(Sexp::as_atom) == Some("assert"))?;
    match assertion.get(1)? {
        Sexp::List(members) if members.first()?.as_atom() == Some("=") => {
            members.get(1..)?.iter().find(|one| one.as_atom() != Some("symbol")).cloned()
        }
        Sexp::List(_) => Some(Sexp::Atom("false".to_owned())),
        _ => Some(Sexp::Atom("true".to_owned())),
    }
}
