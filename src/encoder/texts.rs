//! Numbers and instants as text: short decimals and ISO 8601, such as [`keyaki_iam::value`] reads
//! back to the same value.

use jiff::Timestamp;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

/// The first second of the year 1, since 1970-01-01T00:00:00Z. Earlier instants have no four-digit
/// year.
const YEAR_ONE: i64 = -62_135_596_800;

/// The decimal notation of a number, without superfluous zeros; `None` where it has no finite one,
/// as 1/3.
pub(crate) fn decimal(value: &BigRational) -> Option<String> {
    let (twos, rest) = factor(value.denom().clone(), 2);
    let (fives, rest) = factor(rest, 5);
    if rest != BigInt::from(1) {
        return None;
    }
    let places = twos.max(fives);
    let scaled =
        (value * BigRational::from(BigInt::from(10).pow(u32::try_from(places).ok()?))).to_integer();
    let digits = format!("{:0>width$}", scaled.abs().to_string(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let sign = if scaled.is_negative() { "-" } else { "" };
    Some(if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// Takes every factor `prime` out of `value`: how many there were, and what is left.
fn factor(mut value: BigInt, prime: u32) -> (usize, BigInt) {
    let mut count = 0;
    while !value.is_zero() && (&value % prime).is_zero() {
        value /= prime;
        count += 1;
    }
    (count, value)
}

/// An instant, given in seconds since 1970-01-01T00:00:00Z, as `YYYY-MM-DDThh:mm:ssZ`, with a
/// fraction of the second where there is one; outside the years that can be written so, as seconds
/// (such numbers have more than four digits, so nothing reads them as a year). `None` where the
/// seconds have no finite decimal notation.
pub(crate) fn instant(seconds: &BigRational) -> Option<String> {
    let whole = seconds.floor();
    let stamp = whole
        .to_integer()
        .to_i64()
        .filter(|second| *second >= YEAR_ONE)
        .and_then(|second| Timestamp::from_second(second).ok());
    let Some(stamp) = stamp else { return decimal(seconds) };
    let fraction = decimal(&(seconds - whole))?;
    let stamp = stamp.to_string();
    let clock = stamp.strip_suffix('Z')?;
    Some(format!("{clock}{}Z", fraction.trim_start_matches('0')))
}

/// The decimal of fewest places that is at most `value` and above `floor`; without `floor`, the
/// whole number below.
///
/// `floor` is less than `value`. For one `floor` the function is monotone: a larger value never
/// gets a smaller decimal.
pub(crate) fn short_decimal_below(value: &BigRational, floor: Option<&BigRational>) -> BigRational {
    let mut scale = BigRational::from(BigInt::from(1));
    loop {
        let candidate = (value * &scale).floor() / &scale;
        if floor.is_none_or(|floor| candidate > *floor) {
            return candidate;
        }
        scale *= BigRational::from(BigInt::from(10));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_iam::value;

    fn ratio(numerator: i64, denominator: i64) -> BigRational {
        BigRational::new(numerator.into(), denominator.into())
    }

    #[test]
    fn decimals_are_short_and_read_back() {
        for (number, text) in [
            (ratio(10, 1), "10"),
            (ratio(-1, 2), "-0.5"),
            (ratio(1, 8), "0.125"),
            (ratio(0, 1), "0"),
            (ratio(101, 100), "1.01"),
        ] {
            assert_eq!(decimal(&number).as_deref(), Some(text));
            assert_eq!(value::number(text), Some(number));
        }
        assert_eq!(decimal(&ratio(1, 3)), None);
    }

    #[test]
    fn instants_read_back() {
        let cases = [
            (ratio(1_751_328_000, 1), "2025-07-01T00:00:00Z"),
            (ratio(5, 4), "1970-01-01T00:00:01.25Z"),
            (ratio(-1, 2), "1969-12-31T23:59:59.5Z"),
            (ratio(2025, 1), "1970-01-01T00:33:45Z"),
            (ratio(YEAR_ONE, 1), "0001-01-01T00:00:00Z"),
            (ratio(YEAR_ONE - 1, 1), "-62135596801"),
            (ratio(999_999_999_999_999, 1), "999999999999999"),
        ];
        for (seconds, text) in cases {
            assert_eq!(instant(&seconds).as_deref(), Some(text));
            assert_eq!(value::instant(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn rounding_stays_above_the_floor_and_keeps_order() {
        assert_eq!(short_decimal_below(&ratio(10, 3), None), ratio(3, 1));
        assert_eq!(short_decimal_below(&ratio(10, 3), Some(&ratio(3, 1))), ratio(33, 10));
        let floor = ratio(3, 10);
        let rounded: Vec<_> = (1..200)
            .map(|step| short_decimal_below(&(&floor + ratio(step, 700)), Some(&floor)))
            .collect();
        assert!(rounded.is_sorted() && rounded.iter().all(|value| *value > floor));
    }
}
