//! What formulas ask about the action.

use keyaki_encodings::evaluate::evaluate;
use keyaki_encodings::model::Model;
use keyaki_encodings::term::{Part, Replacements, Symbol, Term, TermKind, Value, postorder};
use std::collections::BTreeMap;

/// The atoms of some formulas that the action alone decides.
pub(super) struct Atoms {
    action: Symbol,
    atoms: Vec<Term>,
    /// Atoms that are false for every action but those of one service, by its prefix.
    of_service: BTreeMap<String, Vec<usize>>,
    /// The others.
    general: Vec<usize>,
}

impl Atoms {
    pub fn of(formulas: &[Term], action: &Symbol) -> Self {
        let mut atoms = Self { action: action.clone(), atoms: Vec::new(), of_service: BTreeMap::new(), general: Vec::new() };
        for node in postorder(formulas) {
            if let Some(service) = asks(node, action) {
                let known = match service {
                    Some(service) => atoms.of_service.entry(service.to_owned()).or_default(),
                    None => &mut atoms.general,
                };
                known.push(atoms.atoms.len());
                atoms.atoms.push(node.clone());
            }
        }
        atoms
    }

    /// The prefixes of the services that some atom names.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.of_service.keys().map(String::as_str)
    }

    /// Which atoms are true for an action of a service, both in lower case.
    pub fn decided_by(&self, service: &str, action: &str) -> Vec<bool> {
        let mut truths = vec![false; self.atoms.len()];
        let mut model = Model::new();
        model.insert(self.action.clone(), Value::String(format!("{service}:{action}")));
        for &at in self.of_service.get(service).into_iter().flatten().chain(&self.general) {
            if let (Some(truth), Some(atom)) = (truths.get_mut(at), self.atoms.get(at)) {
                *truth = evaluate(atom, &model) == Value::Bool(true);
            }
        }
        truths
    }

    /// Each atom with its truth.
    pub fn replacements(&self, truths: &[bool]) -> Replacements {
        self.atoms.iter().cloned().zip(truths.iter().map(|truth| Term::bool(*truth))).collect()
    }
}

/// `Some` for an atom over the action alone: with the prefix of the only service whose actions can satisfy it, if there is one.
fn asks<'a>(node: &'a Term, action: &Symbol) -> Option<Option<&'a str>> {
    let is_action = |term: &Term| matches!(term.kind(), TermKind::Var(symbol) if symbol == action);
    let start = match node.kind() {
        TermKind::Matches(subject, parts) if is_action(subject) => match parts.first() {
            Some(Part::Literal(text)) => text.as_str(),
            _ => "",
        },
        TermKind::InRegex(subject, _) if is_action(subject) => "",
        TermKind::Eq(left, right) if is_action(left) => right.as_str()?,
        TermKind::Eq(left, right) if is_action(right) => left.as_str()?,
        _ => return None,
    };
    Some(start.split_once(':').map(|(service, _)| service))
}
