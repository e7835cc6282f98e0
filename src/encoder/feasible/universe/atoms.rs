//! What formulas ask about the action.

use super::skeleton::Skeleton;
use keyaki_logic::regex::{Automaton, Regex};
use keyaki_logic::term::{Replacements, Symbol, Term, TermKind, postorder};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// The atoms of some formulas that the action alone decides.
pub(super) struct Atoms {
    atoms: Vec<Atom>,
    /// Atoms that are false for every action but those of some services, by the prefixes of these.
    of_service: BTreeMap<String, Vec<usize>>,
    /// The others.
    general: Vec<usize>,
    /// Those of them that are true for every action but some of these services.
    excepting: BTreeMap<usize, BTreeSet<String>>,
    /// How the atoms meet the rest of the formulas.
    skeleton: Skeleton,
    /// The same for actions of services that no atom names and none excepts.
    unnamed: Skeleton,
}

/// The atoms, for the actions of one service.
pub(super) struct OfService<'a> {
    atoms: &'a Atoms,
    service: String,
    /// The atoms that are true for listed actions, by these.
    listed: FxHashMap<&'a str, Vec<usize>>,
    /// The other atoms that are not false for every action of the service.
    open: Vec<usize>,
    /// Atoms that are true for every action of the service.
    always: FxHashSet<usize>,
    skeleton: Cow<'a, Skeleton>,
}

/// An atom, and for which actions it is true.
struct Atom {
    term: Term,
    test: Test,
}

/// A set of actions in lower case.
enum Test {
    /// These.
    Actions(BTreeSet<String>),
    /// Those that begin so.
    Start(String),
    /// Those of these services.
    Services(BTreeSet<String>),
    /// Those in a language.
    Language(Regex, RefCell<Automaton>),
    /// All but these.
    Except(Box<Test>),
}

impl Atoms {
    pub fn of(formulas: &[Term], action: &Symbol) -> Self {
        let mut atoms = Self {
            atoms: Vec::new(),
            of_service: BTreeMap::new(),
            general: Vec::new(),
            excepting: BTreeMap::new(),
            skeleton: Skeleton::default(),
            unnamed: Skeleton::default(),
        };
        let mut numbers = FxHashMap::default();
        for node in postorder(formulas) {
            let Some(test) = Test::of(node, action) else { continue };
            let number = atoms.atoms.len();
            match test.services() {
                Some(services) => services
                    .into_iter()
                    .for_each(|service| atoms.of_service.entry(service).or_default().push(number)),
                None => atoms.general.push(number),
            }
            if let Test::Except(others) = &test {
                atoms.excepting.extend(others.services().map(|services| (number, services)));
            }
            atoms.atoms.push(Atom { term: node.clone(), test });
            numbers.insert(node.address(), number);
        }
        atoms.skeleton = Skeleton::of(formulas, |node| numbers.get(&node.address()).copied());
        let general: BTreeSet<usize> = atoms.general.iter().copied().collect();
        let known = |number: usize| match (
            atoms.excepting.contains_key(&number),
            general.contains(&number),
        ) {
            (true, _) => Some(true),
            (false, true) => None,
            (false, false) => Some(false),
        };
        atoms.unnamed = atoms.skeleton.with(known);
        atoms
    }

    /// The prefixes of the services that some atom names.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.of_service.keys().map(String::as_str)
    }

    /// The atoms for the actions of a service.
    pub fn of_actions(&self, service: &str) -> OfService<'_> {
        let own = self.of_service.get(service);
        let others = self.excepting.iter().filter(|(_, services)| !services.contains(service));
        let always: FxHashSet<usize> = others.map(|(number, _)| *number).collect();
        let possible: BTreeSet<usize> = own
            .into_iter()
            .flatten()
            .chain(&self.general)
            .copied()
            .filter(|number| !always.contains(number))
            .collect();
        let skeleton = if own.is_none() && always.len() == self.excepting.len() {
            Cow::Borrowed(&self.unnamed)
        } else {
            let known =
                |number: usize| (!possible.contains(&number)).then(|| always.contains(&number));
            Cow::Owned(self.skeleton.with(known))
        };
        let (mut listed, mut open) = (FxHashMap::<&str, Vec<usize>>::default(), Vec::new());
        for number in possible {
            match self.atoms.get(number).map(|atom| &atom.test) {
                Some(Test::Actions(actions)) => {
                    actions.iter().for_each(|action| listed.entry(action).or_default().push(number))
                }
                _ => open.push(number),
            }
        }
        OfService { atoms: self, service: service.to_owned(), listed, open, always, skeleton }
    }

    /// Each atom with its truth.
    pub fn replacements(&self, truths: &[bool]) -> Replacements {
        self.atoms
            .iter()
            .map(|atom| atom.term.clone())
            .zip(truths.iter().map(|truth| Term::bool(*truth)))
            .collect()
    }
}

impl OfService<'_> {
    /// What an action, in lower case, makes of the places where atoms meet the rest of the
    /// formulas. Actions for which this is the same leave the same of the formulas.
    pub fn values(&self, action: &str) -> Vec<bool> {
        let holding = self.holding(action);
        self.skeleton.values(|number| holding.contains(&number) || self.always.contains(&number))
    }

    /// Which atoms are true for an action, in lower case.
    pub fn truths(&self, action: &str) -> Vec<bool> {
        let holding = self.holding(action);
        (0..self.atoms.atoms.len())
            .map(|number| holding.contains(&number) || self.always.contains(&number))
            .collect()
    }

    /// The numbers of the atoms that are true for an action and not for every action of the
    /// service.
    fn holding(&self, action: &str) -> FxHashSet<usize> {
        let name = format!("{}:{action}", self.service);
        let tested = |number: &&usize| {
            self.atoms.atoms.get(**number).is_some_and(|atom| atom.test.holds(&name))
        };
        let listed = self.listed.get(name.as_str()).into_iter().flatten();
        listed.chain(self.open.iter().filter(tested)).copied().collect()
    }
}

impl Test {
    /// `Some` for an atom over the action alone.
    fn of(node: &Term, action: &Symbol) -> Option<Self> {
        let is_action =
            |term: &Term| matches!(term.kind(), TermKind::Var(symbol) if symbol == action);
        let only = |text: &Term| {
            text.as_str().map(|text| Self::Actions(BTreeSet::from([text.to_owned()])))
        };
        match node.kind() {
            TermKind::InRegex(subject, regex) if is_action(subject) => {
                Some(Self::of_language(regex))
            }
            TermKind::Eq(left, right) if is_action(left) => only(right),
            TermKind::Eq(left, right) if is_action(right) => only(left),
            TermKind::InRegex(..)
            | TermKind::Eq(..)
            | TermKind::Matches(..)
            | TermKind::Lt(..)
            | TermKind::Le(..) => None,
            TermKind::PrefixBits { .. }
            | TermKind::Var(_)
            | TermKind::Value(_)
            | TermKind::Concat(_)
            | TermKind::Apply(..) => None,
            TermKind::Not(_) | TermKind::And(_) | TermKind::Or(_) | TermKind::Ite(..) => None,
        }
    }

    /// Actions and beginnings of actions are by far the most frequent, and cheap.
    fn of_language(regex: &Regex) -> Self {
        let literal = |regex: &Regex| {
            if let Regex::Literal(text) = regex { Some(text.to_string()) } else { None }
        };
        match regex {
            Regex::Literal(text) => Self::Actions(BTreeSet::from([text.to_string()])),
            Regex::Union(parts) => match parts.iter().map(literal).collect() {
                Some(actions) => Self::Actions(actions),
                None => Self::in_language(regex),
            },
            Regex::Concat(parts) => match parts.as_ref() {
                [Regex::Literal(start), rest] if rest.is_all() => Self::Start(start.to_string()),
                [Regex::Union(starts), rest] if rest.is_all() => {
                    match starts.iter().map(whole_service).collect() {
                        Some(services) => Self::Services(services),
                        None => Self::in_language(regex),
                    }
                }
                _ => Self::in_language(regex),
            },
            Regex::Complement(others) => Self::Except(Box::new(Self::of_language(others))),
            Regex::Empty
            | Regex::Class(_)
            | Regex::Intersection(_)
            | Regex::Star(_)
            | Regex::Repeat(..) => Self::in_language(regex),
        }
    }

    fn in_language(regex: &Regex) -> Self {
        Self::Language(regex.clone(), RefCell::new(Automaton::new(regex.clone())))
    }

    fn holds(&self, action: &str) -> bool {
        match self {
            Self::Actions(actions) => actions.contains(action),
            Self::Start(start) => action.starts_with(start),
            Self::Services(services) => {
                action.split_once(':').is_some_and(|(service, _)| services.contains(service))
            }
            Self::Language(_, automaton) => automaton.borrow_mut().is_match(action),
            Self::Except(others) => !others.holds(action),
        }
    }

    /// The prefixes of the services whose actions can be in the set, where it shows them.
    fn services(&self) -> Option<BTreeSet<String>> {
        match self {
            Self::Actions(actions) => actions.iter().map(|action| service(action)).collect(),
            Self::Start(start) => service(start).map(|service| BTreeSet::from([service])),
            Self::Services(services) => Some(services.clone()),
            Self::Language(regex, _) => services(regex),
            Self::Except(_) => None,
        }
    }
}

/// The prefix that all actions of a service begin with, without its colon.
fn whole_service(start: &Regex) -> Option<String> {
    let Regex::Literal(text) = start else { return None };
    text.strip_suffix(':').filter(|service| !service.contains(':')).map(str::to_owned)
}

/// The prefix of an action, or of the beginning of one that shows the whole prefix.
fn service(text: &str) -> Option<String> {
    text.split_once(':').map(|(service, _)| service.to_owned())
}

/// The prefixes of all texts of a language, where it shows them.
fn services(regex: &Regex) -> Option<BTreeSet<String>> {
    match regex {
        Regex::Literal(text) => service(text).map(|service| BTreeSet::from([service])),
        Regex::Concat(parts) => parts.first().and_then(services),
        Regex::Union(parts) => {
            parts.iter().map(services).try_fold(BTreeSet::new(), |all, some| Some(&all | &some?))
        }
        Regex::Empty
        | Regex::Class(_)
        | Regex::Intersection(_)
        | Regex::Complement(_)
        | Regex::Star(_)
        | Regex::Repeat(..) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_logic::term::Sort;

    /// For most services nothing needs to be asked of an atom that excepts some actions; what meets
    /// it counts all the same.
    #[test]
    fn what_all_but_some_satisfy_leaves_the_rest_apart() {
        let action = Symbol::new("action", Sort::String);
        let asked = |regex: Regex| Term::in_regex(Term::var(&action), regex);
        let others = asked(Regex::complement(Regex::literal("iam:deletepolicy")));
        let listed = asked(Regex::literal("s3:getobject"));
        let formulas =
            [Term::or([Term::and([others, listed]), Term::var(&Symbol::new("other", Sort::Bool))])];
        let atoms = Atoms::of(&formulas, &action);
        assert_eq!(atoms.services().collect::<Vec<_>>(), ["s3"]);
        let (own, excepted, unnamed) =
            (atoms.of_actions("s3"), atoms.of_actions("iam"), atoms.of_actions("sqs"));
        assert_ne!(own.values("getobject"), own.values("putobject"));
        let truth = |of: &OfService<'_>, name: &str| {
            of.truths(name).into_iter().filter(|truth| *truth).count()
        };
        assert_eq!(
            [truth(&own, "getobject"), truth(&own, "putobject"), truth(&unnamed, "sendmessage")],
            [2, 1, 1]
        );
        assert_eq!([truth(&excepted, "deletepolicy"), truth(&excepted, "getpolicy")], [0, 1]);
    }
}
