//! Random formulas as plain trees: built into terms by the constructors, and evaluated here without
//! them.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says on standard error what it skipped"
)]

pub mod ask;
pub mod oracle;

use keyaki_logic::model::Model;
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Function, Part, Sort, Symbol, Term, Value};
use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::collection::vec;
use proptest::prelude::*;

pub static ASCII_LOWER: Function = Function::new(
    "ascii_lower",
    Sort::String,
    |text| Value::String(text.to_ascii_lowercase()),
    |value| if let Value::String(text) = value { Some(text.clone()) } else { None },
)
.with_axioms(|argument, applied, constants| {
    let lower = Regex::star(Regex::none_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
    let one = |text: &String| {
        let image = Term::eq(applied.clone(), Term::string(text.to_ascii_lowercase()));
        Term::iff(image, Term::in_regex(argument.clone(), Regex::ascii_case_insensitive(text)))
    };
    let mut facts: Vec<_> = constants.iter().map(one).collect();
    facts.push(Term::in_regex(applied.clone(), lower.clone()));
    facts.push(Term::iff(
        Term::in_regex(argument.clone(), lower),
        Term::eq(applied.clone(), argument.clone()),
    ));
    facts
});

pub static NUMBER: Function = Function::new(
    "number",
    Sort::Real,
    |text| {
        Value::Real(BigRational::from(text.parse::<u32>().map_or(BigInt::from(-1), BigInt::from)))
    },
    |value| match value {
        Value::Real(number) if number.is_integer() => Some(number.to_string()),
        Value::Bool(_) | Value::String(_) | Value::Real(_) | Value::BitVec { .. } => None,
    },
)
.with_axioms(|_, applied, _| {
    vec![Term::le(Term::real(BigRational::from_integer((-1).into())), applied.clone())]
});

pub static HAS_B: Function = Function::new(
    "has_b",
    Sort::Bool,
    |text| Value::Bool(text.contains('b')),
    |value| Some(if *value == Value::Bool(true) { "b" } else { "" }.into()),
);

pub static BYTE: Function = Function::new(
    "byte",
    Sort::BitVec(8),
    |text| Value::bits(8, u128::from(text.bytes().next().unwrap_or(0))),
    |value| {
        if let Value::BitVec { value, .. } = value {
            char::from_u32(u32::try_from(*value).ok()?).filter(char::is_ascii).map(String::from)
        } else {
            None
        }
    },
);

/// A formula or another term, as it is written.
#[derive(Clone, Debug)]
pub enum Tree {
    Var(&'static str, Sort),
    Constant(Value),
    Not(Box<Tree>),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Ite(Box<(Tree, Tree, Tree)>),
    Eq(Box<(Tree, Tree)>),
    Lt(Box<(Tree, Tree)>),
    Le(Box<(Tree, Tree)>),
    Concat(Vec<Tree>),
    InRegex(Box<Tree>, Rx),
    Matches(Box<Tree>, Vec<Slot>),
    Prefix(Box<Tree>, u32, u8),
    Apply(&'static Function, Box<Tree>),
}

#[derive(Clone, Debug)]
pub enum Slot {
    Literal(String),
    AnyChar,
    AnyString,
    Value(Tree),
}

/// A regular expression, as it is written.
#[derive(Clone, Debug)]
pub enum Rx {
    Empty,
    Literal(String),
    AnyChar,
    NoneOf(String),
    Range(char, char),
    CaseInsensitive(String),
    Concat(Vec<Rx>),
    Union(Vec<Rx>),
    Star(Box<Rx>),
    Repeat(Box<Rx>, u32, u32),
    Intersect(Vec<Rx>),
    Complement(Box<Rx>),
}

impl Rx {
    pub fn regex(&self) -> Regex {
        match self {
            Rx::Empty => Regex::empty(),
            Rx::Literal(text) => Regex::literal(text),
            Rx::AnyChar => Regex::any_char(),
            Rx::NoneOf(chars) => Regex::none_of(chars),
            Rx::Range(low, high) => Regex::range(*low, *high),
            Rx::CaseInsensitive(text) => Regex::ascii_case_insensitive(text),
            Rx::Concat(parts) => Regex::concat(parts.iter().map(Rx::regex)),
            Rx::Union(parts) => Regex::union(parts.iter().map(Rx::regex)),
            Rx::Star(inner) => Regex::star(inner.regex()),
            Rx::Repeat(inner, low, high) => Regex::repeat(inner.regex(), *low, *high),
            Rx::Intersect(parts) => Regex::intersect(parts.iter().map(Rx::regex)),
            Rx::Complement(inner) => Regex::complement(inner.regex()),
        }
    }

    /// By trying all ways to cut the text.
    pub fn matches(&self, text: &[char]) -> bool {
        let single = |test: &dyn Fn(char) -> bool| text.len() == 1 && test(text[0]);
        match self {
            Rx::Empty => false,
            Rx::Literal(literal) => literal.chars().eq(text.iter().copied()),
            Rx::AnyChar => text.len() == 1,
            Rx::NoneOf(chars) => single(&|c| !chars.contains(c)),
            Rx::Range(low, high) => single(&|c| (*low..=*high).contains(&c)),
            Rx::CaseInsensitive(literal) => {
                literal.eq_ignore_ascii_case(&text.iter().collect::<String>())
            }
            Rx::Concat(parts) => concat_matches(parts, text),
            Rx::Union(parts) => parts.iter().any(|part| part.matches(text)),
            Rx::Star(inner) => {
                text.is_empty()
                    || (1..=text.len())
                        .any(|cut| inner.matches(&text[..cut]) && self.matches(&text[cut..]))
            }
            Rx::Repeat(inner, low, high) => (*low..=*high)
                .any(|times| concat_matches(&vec![inner.as_ref().clone(); times as usize], text)),
            Rx::Intersect(parts) => parts.iter().all(|part| part.matches(text)),
            Rx::Complement(inner) => !inner.matches(text),
        }
    }
}

fn concat_matches(parts: &[Rx], text: &[char]) -> bool {
    match parts.split_first() {
        None => text.is_empty(),
        Some((first, rest)) => (0..=text.len())
            .any(|cut| first.matches(&text[..cut]) && concat_matches(rest, &text[cut..])),
    }
}

impl Tree {
    pub fn term(&self) -> Term {
        match self {
            Tree::Var(name, sort) => Term::var(&Symbol::new(*name, *sort)),
            Tree::Constant(value) => Term::value(value.clone()),
            Tree::Not(a) => Term::not(a.term()),
            Tree::And(list) => Term::and(list.iter().map(Tree::term)),
            Tree::Or(list) => Term::or(list.iter().map(Tree::term)),
            Tree::Ite(three) => Term::ite(three.0.term(), three.1.term(), three.2.term()),
            Tree::Eq(two) => Term::eq(two.0.term(), two.1.term()),
            Tree::Lt(two) => Term::lt(two.0.term(), two.1.term()),
            Tree::Le(two) => Term::le(two.0.term(), two.1.term()),
            Tree::Concat(list) => Term::concat(list.iter().map(Tree::term)),
            Tree::InRegex(subject, rx) => Term::in_regex(subject.term(), rx.regex()),
            Tree::Matches(subject, slots) => {
                Term::matches(subject.term(), slots.iter().map(Slot::part).collect())
            }
            Tree::Prefix(bits, len, value) => {
                Term::prefix_bits(bits.term(), *len, u128::from(*value))
            }
            Tree::Apply(function, argument) => Term::apply(function, argument.term()),
        }
    }

    /// The same tree with other names.
    pub fn renamed(&self, name: &dyn Fn(&'static str) -> &'static str) -> Tree {
        let boxed = |tree: &Tree| Box::new(tree.renamed(name));
        let list = |list: &[Tree]| list.iter().map(|tree| tree.renamed(name)).collect();
        let two = |two: &(Tree, Tree)| Box::new((two.0.renamed(name), two.1.renamed(name)));
        match self {
            Tree::Var(old, sort) => Tree::Var(name(old), *sort),
            Tree::Constant(value) => Tree::Constant(value.clone()),
            Tree::Not(a) => Tree::Not(boxed(a)),
            Tree::And(terms) => Tree::And(list(terms)),
            Tree::Or(terms) => Tree::Or(list(terms)),
            Tree::Concat(terms) => Tree::Concat(list(terms)),
            Tree::Ite(three) => Tree::Ite(Box::new((
                three.0.renamed(name),
                three.1.renamed(name),
                three.2.renamed(name),
            ))),
            Tree::Eq(both) => Tree::Eq(two(both)),
            Tree::Lt(both) => Tree::Lt(two(both)),
            Tree::Le(both) => Tree::Le(two(both)),
            Tree::InRegex(subject, rx) => Tree::InRegex(boxed(subject), rx.clone()),
            Tree::Prefix(bits, len, value) => Tree::Prefix(boxed(bits), *len, *value),
            Tree::Apply(function, argument) => Tree::Apply(function, boxed(argument)),
            Tree::Matches(subject, slots) => {
                let slot = |slot: &Slot| {
                    if let Slot::Value(tree) = slot {
                        Slot::Value(tree.renamed(name))
                    } else {
                        slot.clone()
                    }
                };
                Tree::Matches(boxed(subject), slots.iter().map(slot).collect())
            }
        }
    }

    pub fn value(&self, model: &Model) -> Value {
        let truth = |tree: &Tree| tree.value(model) == Value::Bool(true);
        match self {
            Tree::Var(name, sort) => model.value(&Symbol::new(*name, *sort)),
            Tree::Constant(value) => value.clone(),
            Tree::Not(a) => Value::Bool(!truth(a)),
            Tree::And(list) => Value::Bool(list.iter().all(truth)),
            Tree::Or(list) => Value::Bool(list.iter().any(truth)),
            Tree::Ite(three) => {
                if truth(&three.0) {
                    three.1.value(model)
                } else {
                    three.2.value(model)
                }
            }
            Tree::Eq(two) => Value::Bool(two.0.value(model) == two.1.value(model)),
            Tree::Lt(two) => Value::Bool(two.0.value(model) < two.1.value(model)),
            Tree::Le(two) => Value::Bool(two.0.value(model) <= two.1.value(model)),
            Tree::Concat(list) => Value::String(list.iter().map(|one| one.text(model)).collect()),
            Tree::InRegex(subject, rx) => {
                Value::Bool(rx.matches(&subject.text(model).chars().collect::<Vec<_>>()))
            }
            Tree::Matches(subject, slots) => {
                let parts: Vec<_> = slots.iter().map(|slot| slot.rx(model)).collect();
                Value::Bool(
                    Rx::Concat(parts).matches(&subject.text(model).chars().collect::<Vec<_>>()),
                )
            }
            Tree::Prefix(bits, len, value) => match bits.value(model) {
                Value::BitVec { value: bits, .. } => {
                    Value::Bool(*len == 0 || bits >> (8 - len) == u128::from(*value) >> (8 - len))
                }
                Value::Bool(_) | Value::String(_) | Value::Real(_) => {
                    unreachable!("a prefix of a bit-vector")
                }
            },
            Tree::Apply(function, argument) => (function.eval)(&argument.text(model)),
        }
    }

    fn text(&self, model: &Model) -> String {
        match self.value(model) {
            Value::String(text) => text,
            other @ (Value::Bool(_) | Value::Real(_) | Value::BitVec { .. }) => {
                unreachable!("a string, not {other}")
            }
        }
    }
}

impl Slot {
    fn part(&self) -> Part {
        match self {
            Slot::Literal(text) => Part::Literal(text.clone()),
            Slot::AnyChar => Part::AnyChar,
            Slot::AnyString => Part::AnyString,
            Slot::Value(tree) => Part::Value(tree.term()),
        }
    }

    fn rx(&self, model: &Model) -> Rx {
        match self {
            Slot::Literal(text) => Rx::Literal(text.clone()),
            Slot::AnyChar => Rx::AnyChar,
            Slot::AnyString => Rx::Star(Box::new(Rx::AnyChar)),
            Slot::Value(tree) => Rx::Literal(tree.text(model)),
        }
    }
}

/// Short texts over few characters, some of them awkward.
pub fn text() -> impl Strategy<Value = String> {
    vec(prop_oneof![6 => Just('a'), 4 => Just('b'), 2 => Just('A'), 1 => Just('"'), 1 => Just('\\'), 1 => Just('é')], 0..4)
        .prop_map(String::from_iter)
}

pub fn rational() -> impl Strategy<Value = BigRational> {
    (-4_i64..5, 1_i64..4).prop_map(|(over, under)| BigRational::new(over.into(), under.into()))
}

pub fn rx() -> impl Strategy<Value = Rx> {
    let leaf = prop_oneof![
        4 => text().prop_map(Rx::Literal),
        2 => Just(Rx::AnyChar),
        2 => Just(Rx::Star(Box::new(Rx::AnyChar))),
        1 => text().prop_map(Rx::NoneOf),
        1 => text().prop_map(Rx::CaseInsensitive),
        1 => Just(Rx::Range('a', 'z')),
        1 => Just(Rx::Empty),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            4 => vec(inner.clone(), 0..4).prop_map(Rx::Concat),
            2 => vec(inner.clone(), 0..3).prop_map(Rx::Union),
            1 => inner.clone().prop_map(|one| Rx::Star(Box::new(one))),
            1 => (inner.clone(), 0_u32..3, 0_u32..3).prop_map(|(one, low, high)| Rx::Repeat(Box::new(one), low, high)),
            1 => vec(inner.clone(), 0..3).prop_map(Rx::Intersect),
            1 => inner.prop_map(|one| Rx::Complement(Box::new(one))),
        ]
    })
}

fn string_leaf() -> BoxedStrategy<Tree> {
    prop_oneof![
        3 => prop_oneof![Just("s"), Just("t"), Just("u v")].prop_map(|name| Tree::Var(name, Sort::String)),
        2 => text().prop_map(|text| Tree::Constant(Value::String(text))),
    ]
    .boxed()
}

fn string() -> BoxedStrategy<Tree> {
    let leaf = string_leaf();
    let joined = vec(string_leaf(), 0..4).prop_map(Tree::Concat).boxed();
    let lower = prop_oneof![3 => string_leaf(), 1 => joined.clone()]
        .prop_map(|argument| Tree::Apply(&ASCII_LOWER, Box::new(argument)));
    prop_oneof![4 => leaf, 1 => joined, 1 => lower].boxed()
}

fn real() -> BoxedStrategy<Tree> {
    let plain = prop_oneof![
        prop_oneof![Just("r"), Just("q")].prop_map(|name| Tree::Var(name, Sort::Real)),
        rational().prop_map(|number| Tree::Constant(Value::Real(number))),
    ];
    prop_oneof![3 => plain, 1 => string_leaf().prop_map(|argument| Tree::Apply(&NUMBER, Box::new(argument)))].boxed()
}

fn bits() -> BoxedStrategy<Tree> {
    let plain = prop_oneof![
        2 => Just(Tree::Var("bits", Sort::BitVec(8))),
        1 => any::<u8>().prop_map(|value| Tree::Constant(Value::bits(8, u128::from(value)))),
    ];
    prop_oneof![3 => plain, 1 => string_leaf().prop_map(|argument| Tree::Apply(&BYTE, Box::new(argument)))].boxed()
}

fn slots() -> impl Strategy<Value = Vec<Slot>> {
    let slot = prop_oneof![
        2 => text().prop_map(Slot::Literal),
        2 => Just(Slot::AnyChar),
        3 => Just(Slot::AnyString),
        3 => string_leaf().prop_map(Slot::Value),
    ];
    vec(slot, 0..6)
}

/// A glob on a constant text that matches it under the model, or nearly does.
pub fn close_glob() -> impl Strategy<Value = (Tree, Model)> {
    (slots(), model(), vec(text(), 6), any::<prop::sample::Index>(), 0..4).prop_map(
        |(slots, model, fillings, place, change)| {
            let filled = slots.iter().zip(fillings).map(|(slot, filling)| match slot {
                Slot::Literal(text) => text.clone(),
                Slot::AnyChar => "b".to_owned(),
                Slot::AnyString => filling,
                Slot::Value(tree) => tree.text(&model),
            });
            let mut text: Vec<char> = filled.collect::<String>().chars().collect();
            let place = place.index(text.len() + 1);
            match (change, text.get_mut(place)) {
                (0, Some(_)) => drop(text.remove(place)),
                (1, Some(c)) => *c = 'a',
                (2, _) => text.insert(place, 'a'),
                _ => {}
            }
            (
                Tree::Matches(
                    Box::new(Tree::Constant(Value::String(String::from_iter(text)))),
                    slots,
                ),
                model,
            )
        },
    )
}

fn pair(both: BoxedStrategy<Tree>) -> impl Strategy<Value = Box<(Tree, Tree)>> {
    (both.clone(), both).prop_map(Box::new)
}

/// Formulas without connectives.
pub fn atom() -> BoxedStrategy<Tree> {
    prop_oneof![
        2 => prop_oneof![Just("p"), Just("true")].prop_map(|name| Tree::Var(name, Sort::Bool)),
        1 => any::<bool>().prop_map(|value| Tree::Constant(Value::Bool(value))),
        4 => pair(string()).prop_map(Tree::Eq),
        1 => pair(real()).prop_map(Tree::Eq),
        1 => pair(real()).prop_map(Tree::Lt),
        1 => pair(real()).prop_map(Tree::Le),
        1 => pair(bits()).prop_map(Tree::Eq),
        1 => (bits(), 0_u32..9, any::<u8>()).prop_map(|(bits, len, value)| Tree::Prefix(Box::new(bits), len, value)),
        3 => (string(), rx()).prop_map(|(subject, rx)| Tree::InRegex(Box::new(subject), rx)),
        6 => (string(), slots()).prop_map(|(subject, slots)| Tree::Matches(Box::new(subject), slots)),
        1 => string_leaf().prop_map(|argument| Tree::Apply(&HAS_B, Box::new(argument))),
    ]
    .boxed()
}

/// Formulas.
pub fn formula() -> BoxedStrategy<Tree> {
    atom()
        .prop_recursive(4, 16, 3, |inner| {
            prop_oneof![
                2 => inner.clone().prop_map(|one| Tree::Not(Box::new(one))),
                2 => vec(inner.clone(), 0..4).prop_map(Tree::And),
                2 => vec(inner.clone(), 0..4).prop_map(Tree::Or),
                1 => (inner.clone(), inner.clone(), inner.clone()).prop_map(|three| Tree::Ite(Box::new(three))),
                1 => (inner.clone(), inner.clone()).prop_map(|two| Tree::Eq(Box::new(two))),
            ]
        })
        .boxed()
}

/// Values of all symbols that [`formula`] uses.
pub fn model() -> impl Strategy<Value = Model> {
    (vec(text(), 3), vec(any::<bool>(), 2), vec(rational(), 2), any::<u8>()).prop_map(
        |(texts, truths, numbers, byte)| {
            let texts = ["s", "t", "u v"]
                .into_iter()
                .zip(texts)
                .map(|(name, text)| (Symbol::new(name, Sort::String), Value::String(text)));
            let truths = ["p", "true"]
                .into_iter()
                .zip(truths)
                .map(|(name, truth)| (Symbol::new(name, Sort::Bool), Value::Bool(truth)));
            let numbers = ["r", "q"]
                .into_iter()
                .zip(numbers)
                .map(|(name, number)| (Symbol::new(name, Sort::Real), Value::Real(number)));
            let byte = (Symbol::new("bits", Sort::BitVec(8)), Value::bits(8, u128::from(byte)));
            texts.chain(truths).chain(numbers).chain([byte]).collect()
        },
    )
}

/// Formulas that allow one model only.
pub fn pins(model: &Model) -> Vec<Term> {
    model
        .iter()
        .map(|(symbol, value)| Term::eq(Term::var(symbol), Term::value(value.clone())))
        .collect()
}
