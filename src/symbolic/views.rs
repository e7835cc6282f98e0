//! What a text denotes, as functions that the solvers do not know: used where one key is compared in several ways.
//!
//! Each is total: a text that denotes nothing of the kind gives false, zero. The readings are those of [`crate::value`] (SEMANTICS 4.4).

use crate::symbolic::texts;
use crate::value;
use keyaki_encodings::regex::Regex;
use keyaki_encodings::term::{Function, Sort, Value};
use num_rational::BigRational;
use num_traits::Zero;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The texts that are decimal numbers.
pub fn numbers() -> Regex {
    let digits = || Regex::plus(Regex::range('0', '9'));
    Regex::concat([Regex::opt(Regex::one_of("+-")), digits(), Regex::opt(Regex::concat([Regex::literal("."), digits()]))])
}

/// The decimal number that the text denotes.
pub static NUMBER: Function = Function::new(
    "number",
    Sort::Real,
    |text| Value::Real(value::number(text).unwrap_or_else(BigRational::zero)),
    |image| match image {
        Value::Real(number) => texts::decimal(number),
        _ => None,
    },
);

/// Whether the text is an instant.
pub static IS_INSTANT: Function = Function::new(
    "is_instant",
    Sort::Bool,
    |text| Value::Bool(value::instant(text).is_some()),
    |image| example(image, "2025-01-01T00:00:00Z", "never"),
);

/// The instant that the text denotes, in seconds since 1970-01-01T00:00:00Z.
pub static INSTANT: Function = Function::new(
    "instant",
    Sort::Real,
    |text| Value::Real(value::instant(text).unwrap_or_else(BigRational::zero)),
    |image| match image {
        Value::Real(seconds) => texts::instant(seconds),
        _ => None,
    },
);

/// Whether the text is an IPv4 address.
pub static IS_V4: Function = Function::new(
    "is_v4",
    Sort::Bool,
    |text| Value::Bool(matches!(value::address(text), Some(IpAddr::V4(_)))),
    |image| example(image, "203.0.113.7", "nowhere"),
);

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
        Value::BitVec { width: 32, value } => u32::try_from(*value).ok().map(|bits| Ipv4Addr::from_bits(bits).to_string()),
        _ => None,
    },
);

/// Whether the text is an IPv6 address.
pub static IS_V6: Function = Function::new(
    "is_v6",
    Sort::Bool,
    |text| Value::Bool(matches!(value::address(text), Some(IpAddr::V6(_)))),
    |image| example(image, "2001:db8::7", "nowhere"),
);

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
        _ => None,
    },
);

/// The text with the letters A to Z in lower case (`[U15]`).
pub static ASCII_LOWER: Function = Function::new(
    "ascii_lower",
    Sort::String,
    |text| Value::String(text.to_ascii_lowercase()),
    |image| match image {
        Value::String(text) if !text.contains(|c: char| c.is_ascii_uppercase()) => Some(text.clone()),
        _ => None,
    },
);

fn example(image: &Value, holds: &str, fails: &str) -> Option<String> {
    match image {
        Value::Bool(true) => Some(holds.to_owned()),
        Value::Bool(false) => Some(fails.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preimages_have_the_image_they_were_asked_for() {
        let half = BigRational::new(1.into(), 2.into());
        let cases: [(&Function, Vec<Value>); 8] = [
            (&NUMBER, vec![Value::Real(half.clone()), Value::Real(BigRational::from_integer((-2025).into()))]),
            (&IS_INSTANT, vec![Value::Bool(true), Value::Bool(false)]),
            (&INSTANT, vec![Value::Real(half), Value::Real(BigRational::from_integer(2025.into()))]),
            (&IS_V4, vec![Value::Bool(true), Value::Bool(false)]),
            (&V4, vec![Value::BitVec { width: 32, value: 0xCB00_7107 }]),
            (&IS_V6, vec![Value::Bool(true), Value::Bool(false)]),
            (&V6, vec![Value::BitVec { width: 128, value: 0xFFFF_CB00_7107 }, Value::BitVec { width: 128, value: 1 << 127 }]),
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

    #[test]
    fn numbers_are_the_texts_that_denote_one() {
        for text in ["0", "-1.50", "+007", "", "+", ".5", "5.", "1e2", " 1", "--1", "1.2.3", "١"] {
            assert_eq!(numbers().is_match(text), value::number(text).is_some(), "{text}");
        }
    }
}
