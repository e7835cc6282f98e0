//! What a text denotes, as functions that the solvers do not know: used where one key is compared
//! in several ways.
//!
//! Each is total: a text that denotes nothing of the kind gives false, zero. The readings are those
//! of [`keyaki_iam::value`] (SEMANTICS 4.4).

use crate::texts;
use keyaki_iam::value;
use keyaki_logic::regex::{Class, Regex};
use keyaki_logic::term::{Function, Sort, Term, Value};
use num_rational::BigRational;
use num_traits::Zero;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Constants of a query for which [`ASCII_LOWER`] is stated.
const CONSTANTS: usize = 64;

/// The texts that are decimal numbers.
pub fn numbers() -> Regex {
    let digits = || Regex::plus(Regex::range('0', '9'));
    Regex::concat([
        Regex::opt(Regex::one_of("+-")),
        digits(),
        Regex::opt(Regex::concat([Regex::literal("."), digits()])),
    ])
}

/// Numbers that cannot be years: [`INSTANT`] reads them as seconds (`[U16]`).
fn seconds() -> Regex {
    Regex::intersect([numbers(), Regex::complement(Regex::repeat(Regex::range('0', '9'), 4, 4))])
}

/// The decimal number that the text denotes.
pub static NUMBER: Function = Function::new(
    "number",
    Sort::Real,
    |text| Value::Real(value::number(text).unwrap_or_else(BigRational::zero)),
    |image| match image {
        Value::Real(number) => texts::decimal(number),
        Value::Bool(_) | Value::String(_) | Value::BitVec { .. } => None,
    },
);

/// Whether the text is an instant.
pub static IS_INSTANT: Function = Function::new(
    "is_instant",
    Sort::Bool,
    |text| Value::Bool(value::instant(text).is_some()),
    |image| example(image, "2025-01-01T00:00:00Z", "never"),
)
.with_axioms(|text, is_instant, _| {
    let in_regex = |regex| Term::in_regex(text.clone(), regex);
    let dated = Regex::concat([
        Regex::repeat(Regex::range('0', '9'), 4, 4),
        Regex::literal("-"),
        Regex::plus(Regex::one_of("0123456789-:.+TZ")),
    ]);
    vec![
        Term::implies(in_regex(numbers()), is_instant.clone()),
        Term::implies(is_instant.clone(), Term::or([in_regex(numbers()), in_regex(dated)])),
    ]
});

/// The instant that the text denotes, in seconds since 1970-01-01T00:00:00Z.
pub static INSTANT: Function = Function::new(
    "instant",
    Sort::Real,
    |text| Value::Real(value::instant(text).unwrap_or_else(BigRational::zero)),
    |image| match image {
        Value::Real(seconds) => texts::instant(seconds),
        Value::Bool(_) | Value::String(_) | Value::BitVec { .. } => None,
    },
)
.with_axioms(|text, instant, _| {
    let same = Term::eq(instant.clone(), Term::apply(&NUMBER, text.clone()));
    vec![Term::implies(Term::in_regex(text.clone(), seconds()), same)]
});

/// The texts that are IPv4 addresses: four numbers up to 255 without leading zeros.
pub fn v4_addresses() -> Regex {
    let digit = |low, high| Regex::range(low, high);
    let number = || {
        Regex::union([
            digit('0', '9'),
            Regex::concat([digit('1', '9'), digit('0', '9')]),
            Regex::concat([Regex::literal("1"), Regex::repeat(digit('0', '9'), 2, 2)]),
            Regex::concat([Regex::literal("2"), digit('0', '4'), digit('0', '9')]),
            Regex::concat([Regex::literal("25"), digit('0', '5')]),
        ])
    };
    Regex::concat([number(), Regex::repeat(Regex::concat([Regex::literal("."), number()]), 3, 3)])
}

/// The 32 bits of the IPv4 address that the text denotes.
pub static V4: Function = Function::new(
    "v4",
    Sort::BitVec(32),
    |text| {
        let bits = match value::address(text) {
            Some(IpAddr::V4(address)) => address.to_bits().into(),
            _ => 0,
        };
        Value::bits(32, bits)
    },
    |image| match image {
        Value::BitVec { width: 32, value } => {
            u32::try_from(*value).ok().map(|bits| Ipv4Addr::from_bits(bits).to_string())
        }
        Value::Bool(_) | Value::String(_) | Value::Real(_) | Value::BitVec { .. } => None,
    },
);

/// Whether the text is an IPv6 address.
pub static IS_V6: Function = Function::new(
    "is_v6",
    Sort::Bool,
    |text| Value::Bool(matches!(value::address(text), Some(IpAddr::V6(_)))),
    |image| example(image, "2001:db8::7", "nowhere"),
)
.with_axioms(|text, is_v6, _| {
    let hexadecimal = || Regex::star(Regex::one_of("0123456789abcdefABCDEF:."));
    let shape = Regex::concat([hexadecimal(), Regex::literal(":"), hexadecimal()]);
    vec![Term::implies(is_v6.clone(), Term::in_regex(text.clone(), shape))]
});

/// The 128 bits of the IPv6 address that the text denotes.
pub static V6: Function = Function::new(
    "v6",
    Sort::BitVec(128),
    |text| {
        let bits = match value::address(text) {
            Some(IpAddr::V6(address)) => address.to_bits(),
            _ => 0,
        };
        Value::bits(128, bits)
    },
    |image| match image {
        Value::BitVec { width: 128, value } => Some(Ipv6Addr::from_bits(*value).to_string()),
        Value::Bool(_) | Value::String(_) | Value::Real(_) | Value::BitVec { .. } => None,
    },
);

/// The text with the letters A to Z in lower case (`[U15]`).
pub static ASCII_LOWER: Function = Function::new(
    "ascii_lower",
    Sort::String,
    |text| Value::String(text.to_ascii_lowercase()),
    |image| match image {
        Value::String(text) if !text.contains(|c: char| c.is_ascii_uppercase()) => {
            Some(text.clone())
        }
        Value::Bool(_) | Value::String(_) | Value::Real(_) | Value::BitVec { .. } => None,
    },
)
.with_axioms(|text, lower, constants| {
    let lower_case = || Regex::star(Regex::class(Class::new([('A', 'Z')]).complement()));
    let own = Term::implies(
        Term::in_regex(text.clone(), lower_case()),
        Term::eq(lower.clone(), text.clone()),
    );
    let at = constants.iter().take(CONSTANTS).map(|constant| {
        let image = Term::eq(lower.clone(), Term::string(constant.to_ascii_lowercase()));
        Term::iff(Term::in_regex(text.clone(), Regex::ascii_case_insensitive(constant)), image)
    });
    [Term::in_regex(lower.clone(), lower_case()), own].into_iter().chain(at).collect()
});

fn example(image: &Value, holds: &str, fails: &str) -> Option<String> {
    match image {
        Value::Bool(true) => Some(holds.to_owned()),
        Value::Bool(false) => Some(fails.to_owned()),
        Value::String(_) | Value::Real(_) | Value::BitVec { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_logic::evaluate::evaluate;
    use keyaki_logic::model::Model;
    use keyaki_logic::term::Symbol;

    #[test]
    fn preimages_have_the_image_they_were_asked_for() {
        let half = BigRational::new(1.into(), 2.into());
        let cases: [(&Function, Vec<Value>); 7] = [
            (
                &NUMBER,
                vec![
                    Value::Real(half.clone()),
                    Value::Real(BigRational::from_integer((-2025).into())),
                ],
            ),
            (&IS_INSTANT, vec![Value::Bool(true), Value::Bool(false)]),
            (
                &INSTANT,
                vec![Value::Real(half), Value::Real(BigRational::from_integer(2025.into()))],
            ),
            (&V4, vec![Value::BitVec { width: 32, value: 0xCB00_7107 }]),
            (&IS_V6, vec![Value::Bool(true), Value::Bool(false)]),
            (
                &V6,
                vec![
                    Value::BitVec { width: 128, value: 0xFFFF_CB00_7107 },
                    Value::BitVec { width: 128, value: 1 << 127 },
                ],
            ),
            (&ASCII_LOWER, vec![Value::String("a-é".into())]),
        ];
        for (function, images) in cases {
            for image in images {
                let text = (function.preimage)(&image).unwrap();
                assert_eq!((function.eval)(&text), image, "{} of {text}", function.name);
            }
        }
    }

    #[test]
    fn the_lower_case_of_nothing_is_upper_case() {
        assert_eq!((ASCII_LOWER.preimage)(&Value::String("A".into())), None);
        assert_eq!((ASCII_LOWER.eval)("AbÉ"), Value::String("abÉ".into()));
    }

    /// Texts of every kind, and texts that nearly are.
    const TEXTS: &[&str] = &[
        "",
        "0",
        "-1.50",
        "+007",
        "+",
        ".5",
        "5.",
        "1e2",
        " 1",
        "--1",
        "1.2.3",
        "2025",
        "2025.0",
        "-2025",
        "0000",
        "02025",
        "2025-07",
        "2025-13",
        "2025-07-01",
        "2025-07-01T02:00:00.5+02:00",
        "2025-07-01T02:00Z",
        "2025-",
        "20250",
        "203.0.113.7",
        "0.0.0.0",
        "255.255.255.255",
        "256.0.0.1",
        "01.0.0.1",
        "1.2.3",
        "1.2.3.4.5",
        "2001:db8::1",
        "::",
        "::ffff:1.2.3.4",
        ":",
        "2001:DB8::G",
        "fe80::1%eth0",
        "a",
        "A",
        "aB",
        "É",
        "x1",
    ];

    #[test]
    fn languages_are_the_texts_that_denote_something() {
        for text in TEXTS {
            assert_eq!(numbers().is_match(text), value::number(text).is_some(), "{text}");
            assert_eq!(
                v4_addresses().is_match(text),
                matches!(value::address(text), Some(IpAddr::V4(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn axioms_are_true_of_every_text() {
        let symbol = Symbol::new("text", Sort::String);
        let constants: Vec<String> = TEXTS.iter().map(|text| (*text).to_owned()).collect();
        let mut stated = 0;
        for function in [&IS_INSTANT, &INSTANT, &IS_V6, &ASCII_LOWER] {
            let argument = Term::var(&symbol);
            let axioms = function.axioms.unwrap()(
                &argument,
                &Term::apply(function, argument.clone()),
                &constants,
            );
            for text in TEXTS {
                let mut model = Model::new();
                model.insert(symbol.clone(), Value::String((*text).to_owned()));
                assert!(
                    axioms.iter().all(|axiom| evaluate(axiom, &model) == Value::Bool(true)),
                    "{function:?} of {text}"
                );
            }
            stated += axioms.len();
        }
        assert_eq!(stated, 6 + TEXTS.len());
    }
}
