//! What formulas ask about the action.

use keyaki_encodings::evaluate::evaluate;
use keyaki_encodings::model::Model;
use keyaki_encodings::regex::Regex;
use keyaki_encodings::term::{Replacements, Symbol, Term, TermKind, Value, postorder};
use std::collections::{BTreeMap, BTreeSet};

/// The atoms of some formulas that the action alone decides.
pub(super) struct Atoms {
    action: Symbol,
    atoms: Vec<Term>,
    /// Atoms that are false for every action but those of some services, by the prefixes of these.
    of_service: BTreeMap<String, Vec<usize>>,
    /// The others.
    general: Vec<usize>,
}

impl Atoms {
    pub fn of(formulas: &[Term], action: &Symbol) -> Self {
        let mut atoms = Self { action: action.clone(), atoms: Vec::new(), of_service: BTreeMap::new(), general: Vec::new() };
        for node in postorder(formulas) {
            let Some(services) = asks(node, action) else { continue };
            let number = atoms.atoms.len();
            match services {
                Some(services) => services.into_iter().for_each(|service| atoms.of_service.entry(service).or_default().push(number)),
                None => atoms.general.push(number),
            }
            atoms.atoms.push(node.clone());
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

/// `Some` for an atom over the action alone: with the prefixes of the services whose actions can satisfy it, where it shows them.
fn asks(node: &Term, action: &Symbol) -> Option<Option<BTreeSet<String>>> {
    let is_action = |term: &Term| matches!(term.kind(), TermKind::Var(symbol) if symbol == action);
    match node.kind() {
        TermKind::InRegex(subject, regex) if is_action(subject) => Some(services(regex)),
        TermKind::Eq(left, right) if is_action(left) => right.as_str().map(|text| service(text)),
        TermKind::Eq(left, right) if is_action(right) => left.as_str().map(|text| service(text)),
        _ => None,
    }
}

/// The prefix of an action, or of the beginning of one that shows the whole prefix.
fn service(text: &str) -> Option<BTreeSet<String>> {
    text.split_once(':').map(|(service, _)| BTreeSet::from([service.to_owned()]))
}

/// The prefixes of all texts of a language, where it shows them.
fn services(regex: &Regex) -> Option<BTreeSet<String>> {
    match regex {
        Regex::Literal(text) => service(text),
        Regex::Concat(parts) => parts.first().and_then(services),
        Regex::Union(parts) => parts.iter().map(services).try_fold(BTreeSet::new(), |all, some| Some(&all | &some?)),
        _ => None,
    }
}
