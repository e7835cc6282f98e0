//! Values that condition operators compare: what a text denotes as a number, an instant, an address
//! or a Boolean; and account ids.
//!
//! These are the readings of SEMANTICS section 4.4; the same functions read the literals of a
//! policy and the values of a request.

use ipnet::IpNet;
use jiff::civil::Date;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;
use std::net::IpAddr;

/// Whether the text is the id of an account: twelve digits (SEMANTICS F24).
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The digits that a number may have. The time, and the stack, that it takes to compare two exactly
/// grows with them; AWS documents no key whose values have twenty. The readers of policies and
/// requests refuse longer ones.
pub const MOST_DIGITS: usize = 200;

/// Whether the text may be meant as a number or an instant and has more digits than
/// [`MOST_DIGITS`].
pub fn has_too_many_digits(text: &str) -> bool {
    count_digits(text) > MOST_DIGITS
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.:TZ".contains(&byte))
}

fn count_digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// Reads a decimal number: an optional sign, digits, optionally a point and digits. No exponent, no
/// white space, no more than [`MOST_DIGITS`] digits.
pub fn number(text: &str) -> Option<BigRational> {
    let (negative, rest) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || count_digits(text) > MOST_DIGITS {
        return None;
    }
    let numerator: BigInt = format!("{whole}{fraction}").parse().ok()?;
    let value =
        BigRational::new(numerator, BigInt::from(10).pow(u32::try_from(fraction.len()).ok()?));
    Some(if negative { -value } else { value })
}

/// Reads an instant as seconds since 1970-01-01T00:00:00Z: the W3C profile of ISO 8601 (missing
/// parts are the earliest instant), or such seconds as a number. Four digits are a year (`[U16]`).
pub fn instant(text: &str) -> Option<BigRational> {
    calendar_instant(text).or_else(|| number(text))
}

fn calendar_instant(text: &str) -> Option<BigRational> {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    if parts.next().is_some() || (time.is_some() && date.len() != 10) {
        return None;
    }
    let date =
        Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
            .ok()?;
    let days = date.duration_since(Date::constant(1970, 1, 1)).as_secs();
    let seconds = time.map_or(Some(BigRational::zero()), time_of_day)?;
    Some(BigRational::from(BigInt::from(days)) + seconds)
}

/// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.s`, then `Z`, `+hh:mm` or `-hh:mm`: seconds after midnight UTC.
fn time_of_day(text: &str) -> Option<BigRational> {
    let zone = text.find(['Z', '+', '-'])?;
    let (clock, zone) = text.split_at_checked(zone)?;
    let offset = match zone {
        "Z" => 0,
        _ => {
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let seconds =
                below(digits(hours, 2)?, 24)? * 3600 + below(digits(minutes, 2)?, 60)? * 60;
            if zone.starts_with('-') { -seconds } else { seconds }
        }
    };
    let mut parts = clock.split(':');
    let hours = below(digits(parts.next()?, 2)?, 24)?;
    let minutes = below(digits(parts.next()?, 2)?, 60)?;
    let seconds = match parts.next() {
        None => BigRational::zero(),
        Some(part) => {
            let (whole, _) = part.split_once('.').unwrap_or((part, ""));
            below(digits(whole, 2)?, 60)?;
            number(part)?
        }
    };
    if parts.next().is_some() {
        return None;
    }
    Some(BigRational::from(BigInt::from(hours * 3600 + minutes * 60 - offset)) + seconds)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    if text.len() != count || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn below(value: i64, limit: i64) -> Option<i64> {
    (value < limit).then_some(value)
}

/// Reads `true` or `false`, ignoring case.
pub fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Reads an IPv4 or IPv6 address.
pub fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}

/// Reads a CIDR range; an address alone is a range of one host (`[U17]`).
pub fn network(text: &str) -> Option<IpNet> {
    if text.contains('/') { text.parse().ok() } else { address(text).map(IpNet::from) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<String> {
        instant(text).map(|value| value.to_string())
    }

    #[test]
    fn numbers_are_decimal_and_exact() {
        assert_eq!(number("10"), number("+10.0"));
        assert_eq!(number("-0.5").unwrap().to_string(), "-1/2");
        for bad in ["", "+", ".5", "5.", "1e2", " 1", "1,0", "0x1", "--1"] {
            assert_eq!(number(bad), None, "{bad}");
        }
    }

    #[test]
    fn numbers_are_not_longer_than_anybody_needs() {
        let digits = |count: usize| "7".repeat(count);
        for (text, readable) in [
            (digits(200), true),
            (digits(201), false),
            (format!("-{}.{}", digits(100), digits(100)), true),
            (format!("-{}.{}", digits(100), digits(101)), false),
        ] {
            assert_eq!(
                (number(&text).is_some(), has_too_many_digits(&text)),
                (readable, !readable),
                "{text}"
            );
        }
        let late = format!("1970-01-01T00:00:01.{}Z", digits(200));
        assert!(instant(&late).is_none() && has_too_many_digits(&late));
        assert!(!has_too_many_digits(&format!("x{}", digits(300))));
    }

    #[test]
    fn instants_agree_with_jiff() {
        for text in
            ["2025-07-01T02:00:00+02:00", "1969-12-31T23:59:59Z", "2024-02-29T12:30:00-05:30"]
        {
            let expected: jiff::Timestamp = text.parse().unwrap();
            assert_eq!(seconds(text), Some(expected.as_second().to_string()), "{text}");
        }
        assert_eq!(seconds("2025"), seconds("2025-01-01T00:00:00Z"));
        assert_eq!(seconds("2025-07"), seconds("2025-07-01"));
        assert_eq!(seconds("1970-01-01T00:00:01.25Z").as_deref(), Some("5/4"));
        assert_eq!(seconds("1751328000").as_deref(), Some("1751328000"));
        assert_eq!(seconds("1970-01-01T00:00Z").as_deref(), Some("0"));
        for bad in [
            "2025-13",
            "2025-02-30",
            "2025-01-01T00:00:00",
            "2025-01-01T24:00Z",
            "2025-01T00:00Z",
            "2025-1-1",
            "25-01-01",
            "T00:00Z",
            "2025-01-01T00:00+2:00",
            "2025-01-01T00:00:5Z",
            "é025",
        ] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }

    #[test]
    fn networks_default_to_one_host() {
        assert_eq!(network("203.0.113.0").unwrap().prefix_len(), 32);
        assert_eq!(network("2001:db8::1").unwrap().prefix_len(), 128);
        assert!(network("203.0.113.77/24").unwrap().contains(&address("203.0.113.5").unwrap()));
        assert_eq!(network("203.0.113.0/33"), None);
    }

    #[test]
    fn booleans_ignore_case() {
        assert_eq!(
            (boolean("TRUE"), boolean("False"), boolean("1")),
            (Some(true), Some(false), None)
        );
    }
}
