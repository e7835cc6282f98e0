//! The symbols that stand for one value of a context key, and for the resource.

use crate::arn::Arn;
use crate::shapes;
use crate::usage::Representation;
use crate::views;
use ipnet::IpNet;
use keyaki_iam::catalogue::keys::KeyType;
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Part, Sort, Symbol, Term};
use num_rational::BigRational;

/// One value.
#[derive(Debug, Clone)]
pub(crate) enum Slot {
    /// Its text; see [`Representation::Text`].
    Text(Symbol),
    /// Its six fields, or its text; see [`Representation::Arn`].
    Arn { arn: Arn, raw: Symbol },
    /// What it denotes.
    Typed(Typed),
}

/// A value that is known by what it denotes.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    /// Whether it denotes anything; the symbols of `value` mean nothing otherwise.
    pub ok: Symbol,
    /// Whether it is the empty string; then it is not `ok`.
    pub empty: Symbol,
    pub value: Denotation,
}

/// What a typed value denotes.
#[derive(Debug, Clone)]
pub(crate) enum Denotation {
    Number(Symbol),
    Instant(Symbol),
    Boolean(Symbol),
    Address { is_v6: Symbol, v4: Symbol, v6: Symbol },
}

impl Slot {
    /// Fresh symbols; `name` makes the name of a symbol from the name of its part.
    pub fn new(representation: Representation, name: impl Fn(&str) -> String) -> Slot {
        let symbol = |part: &str, sort| Symbol::new(name(part), sort);
        let value = match representation {
            Representation::Text => return Slot::Text(symbol("value", Sort::String)),
            Representation::Arn => {
                return Slot::Arn { arn: Arn::new(&name), raw: symbol("raw", Sort::String) };
            }
            Representation::Number => Denotation::Number(symbol("value", Sort::Real)),
            Representation::Instant => Denotation::Instant(symbol("value", Sort::Real)),
            Representation::Boolean => Denotation::Boolean(symbol("value", Sort::Bool)),
            Representation::Address => Denotation::Address {
                is_v6: symbol("is_v6", Sort::Bool),
                v4: symbol("v4", Sort::BitVec(32)),
                v6: symbol("v6", Sort::BitVec(128)),
            },
        };
        Slot::Typed(Typed {
            ok: symbol("ok", Sort::Bool),
            empty: symbol("empty", Sort::Bool),
            value,
        })
    }

    /// Every symbol, in a fixed order.
    pub fn symbols(&self) -> Vec<Symbol> {
        match self {
            Slot::Text(text) => vec![text.clone()],
            Slot::Arn { arn, raw } => arn.symbols().chain([raw]).cloned().collect(),
            Slot::Typed(Typed { ok, empty, value }) => {
                let value = match value {
                    Denotation::Number(value)
                    | Denotation::Instant(value)
                    | Denotation::Boolean(value) => vec![value],
                    Denotation::Address { is_v6, v4, v6 } => vec![is_v6, v4, v6],
                };
                [ok, empty].into_iter().chain(value).cloned().collect()
            }
        }
    }

    /// True iff the symbols stand for some text at all; `empty` says whether anything asks if the
    /// value is the empty string.
    pub fn structure(&self, empty: bool) -> Term {
        match self {
            Slot::Text(_) => Term::truth(),
            Slot::Arn { arn, raw } => Term::and([
                arn.structure(),
                Term::not(Term::in_regex(Term::var(raw), shapes::six_fields())),
            ]),
            Slot::Typed(typed) if empty => {
                Term::not(Term::and([Term::var(&typed.ok), Term::var(&typed.empty)]))
            }
            Slot::Typed(_) => Term::truth(),
        }
    }

    /// True iff the value is the empty string.
    pub fn is_empty(&self) -> Term {
        match self {
            Slot::Text(text) => Term::eq(Term::var(text), Term::string("")),
            Slot::Arn { arn, raw } => {
                Term::and([Term::not(arn.is_arn()), Term::eq(Term::var(raw), Term::string(""))])
            }
            Slot::Typed(typed) => Term::var(&typed.empty),
        }
    }

    /// True iff the value is of one of the types. An ARN has six fields, the first of which is
    /// `arn`.
    pub fn well_typed(&self, types: &[KeyType]) -> Term {
        match self {
            Slot::Typed(typed) => Term::var(&typed.ok),
            Slot::Text(_) | Slot::Arn { .. } => {
                Term::or(types.iter().map(|key_type| self.is_of(*key_type)))
            }
        }
    }

    fn is_of(&self, key_type: KeyType) -> Term {
        match (key_type, self) {
            (KeyType::String, _) => Term::truth(),
            (KeyType::Arn, Slot::Arn { arn, .. }) => {
                let [first, ..] = arn.terms();
                Term::and([arn.is_arn(), Term::eq(first, Term::string("arn"))])
            }
            (KeyType::Arn, _) => {
                self.in_regex(Regex::concat([Regex::literal("arn:"), shapes::fields(5)]))
            }
            (KeyType::Bool, _) => Term::or([true, false].map(|value| self.is_boolean(value))),
            (KeyType::Numeric, _) => self.number().0,
            (KeyType::Date, _) => self.instant().0,
            (KeyType::Ip, _) => Term::or([
                self.in_regex(views::v4_addresses()),
                self.test(|text| Term::apply(&views::IS_V6, text)),
            ]),
        }
    }

    /// The text of the value; `None` where it is known only by what it denotes (the frame sees to
    /// it that nobody asks).
    pub fn text(&self) -> Option<Term> {
        match self {
            Slot::Text(text) => Some(Term::var(text)),
            Slot::Arn { arn, raw } => Some(Term::ite(arn.is_arn(), arn.text(), Term::var(raw))),
            Slot::Typed(_) => None,
        }
    }

    /// True iff the text satisfies `formula`: case by case, so that no formula meets an
    /// if-then-else of strings.
    pub fn test(&self, formula: impl Fn(Term) -> Term) -> Term {
        match self {
            Slot::Text(text) => formula(Term::var(text)),
            Slot::Arn { arn, raw } => Term::or([
                Term::and([arn.is_arn(), formula(arn.text())]),
                Term::and([Term::not(arn.is_arn()), formula(Term::var(raw))]),
            ]),
            Slot::Typed(_) => Term::falsehood(),
        }
    }

    /// True iff the text is in the language.
    pub fn in_regex(&self, regex: Regex) -> Term {
        self.test(|text| Term::in_regex(text, regex.clone()))
    }

    /// True iff the whole text matches `parts`.
    pub fn matches(&self, parts: &[Part]) -> Term {
        match self {
            Slot::Arn { arn, raw } => {
                let other = Term::and([
                    Term::not(arn.is_arn()),
                    Term::matches(Term::var(raw), parts.to_vec()),
                ]);
                Term::or([arn.matches(parts), other])
            }
            Slot::Text(_) | Slot::Typed(_) => self.test(|text| Term::matches(text, parts.to_vec())),
        }
    }

    /// True iff the text is this one but for the case of ASCII letters (`[U15]`).
    pub fn equals_ignoring_case(&self, text: &str) -> Term {
        let same = |value: Term| Term::in_regex(value, Regex::ascii_case_insensitive(text));
        match self {
            Slot::Arn { arn, raw } => Term::or([
                arn.equals_ignoring_case(text),
                Term::and([Term::not(arn.is_arn()), same(Term::var(raw))]),
            ]),
            Slot::Text(_) | Slot::Typed(_) => self.test(same),
        }
    }

    /// True iff two values of one representation are the same text.
    pub fn same(&self, other: &Slot) -> Term {
        if let (Slot::Arn { arn: a, raw: x }, Slot::Arn { arn: b, raw: y }) = (self, other) {
            let texts = [
                Term::not(a.is_arn()),
                Term::not(b.is_arn()),
                Term::eq(Term::var(x), Term::var(y)),
            ];
            return Term::or([a.same(b), Term::and(texts)]);
        }
        self.text()
            .zip(other.text())
            .map_or_else(Term::falsehood, |(left, right)| Term::eq(left, right))
    }

    /// Whether the value is a number, and which.
    pub fn number(&self) -> (Term, Term) {
        match self {
            Slot::Typed(Typed { ok, value: Denotation::Number(value), .. }) => {
                (Term::var(ok), Term::var(value))
            }
            Slot::Text(_) | Slot::Arn { .. } => {
                (self.in_regex(views::numbers()), self.view(&views::NUMBER))
            }
            Slot::Typed(Typed {
                value: Denotation::Instant(_) | Denotation::Boolean(_) | Denotation::Address { .. },
                ..
            }) => Self::no_real(),
        }
    }

    /// Whether the value is an instant, and which, in seconds since 1970-01-01T00:00:00Z. A value
    /// that is known as a number is the instant of that many seconds.
    pub fn instant(&self) -> (Term, Term) {
        match self {
            Slot::Typed(Typed {
                ok,
                value: Denotation::Instant(value) | Denotation::Number(value),
                ..
            }) => (Term::var(ok), Term::var(value)),
            Slot::Text(_) | Slot::Arn { .. } => (
                self.test(|text| Term::apply(&views::IS_INSTANT, text)),
                self.view(&views::INSTANT),
            ),
            Slot::Typed(Typed {
                value: Denotation::Boolean(_) | Denotation::Address { .. },
                ..
            }) => Self::no_real(),
        }
    }

    /// A real that the text denotes.
    fn view(&self, function: &keyaki_logic::term::Function) -> Term {
        match self {
            Slot::Text(text) => Term::apply(function, Term::var(text)),
            Slot::Arn { arn, raw } => Term::ite(
                arn.is_arn(),
                Term::apply(function, arn.text()),
                Term::apply(function, Term::var(raw)),
            ),
            Slot::Typed(_) => Self::no_real().1,
        }
    }

    /// What denotes no real, with a value that means nothing.
    fn no_real() -> (Term, Term) {
        (Term::falsehood(), Term::real(BigRational::from_integer(0.into())))
    }

    /// True iff the value is `true` (or `false`), ignoring case.
    pub fn is_boolean(&self, wanted: bool) -> Term {
        match self {
            Slot::Typed(Typed { ok, value: Denotation::Boolean(value), .. }) => {
                Term::and([Term::var(ok), Term::eq(Term::var(value), Term::bool(wanted))])
            }
            Slot::Text(_) | Slot::Arn { .. } => self.in_regex(shapes::boolean(wanted)),
            Slot::Typed(Typed {
                value: Denotation::Number(_) | Denotation::Instant(_) | Denotation::Address { .. },
                ..
            }) => Term::falsehood(),
        }
    }

    /// True iff the value is an address in the range.
    pub fn in_network(&self, network: &IpNet) -> Term {
        let length = u32::from(network.prefix_len());
        let bits = match network {
            IpNet::V4(range) => u128::from(range.addr().to_bits()),
            IpNet::V6(range) => range.addr().to_bits(),
        };
        let is_v6_range = matches!(network, IpNet::V6(_));
        if let Slot::Typed(Typed { ok, value: Denotation::Address { is_v6, v4, v6 }, .. }) = self {
            let address = Term::var(if is_v6_range { v6 } else { v4 });
            let family = Term::eq(Term::var(is_v6), Term::bool(is_v6_range));
            return Term::and([Term::var(ok), family, Term::prefix_bits(address, length, bits)]);
        }
        self.test(|text| {
            let (family, view) = if is_v6_range {
                (Term::apply(&views::IS_V6, text.clone()), &views::V6)
            } else {
                (Term::in_regex(text.clone(), views::v4_addresses()), &views::V4)
            };
            Term::and([family, Term::prefix_bits(Term::apply(view, text), length, bits)])
        })
    }

    /// True iff the value is the text whose bytes these are; no text has bytes that are not UTF-8.
    pub fn has_bytes(&self, bytes: &[u8]) -> Term {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.matches(&[Part::Literal(text.to_owned())]),
            Err(_) => Term::falsehood(),
        }
    }
}
