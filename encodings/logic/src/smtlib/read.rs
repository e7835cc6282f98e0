//! Reading solvers' answers: s-expressions and values, in the styles of all solvers we know.

use crate::term::{Sort, Value};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;

/// An s-expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Sexp {
    /// A symbol (without its bars), a keyword or a numeral.
    Atom(String),
    /// A string literal, quotes resolved, escapes not.
    Text(String),
    /// Expressions in parentheses.
    List(Vec<Sexp>),
}

impl Sexp {
    /// The atom's text.
    pub fn as_atom(&self) -> Option<&str> {
        if let Sexp::Atom(text) = self { Some(text) } else { None }
    }

    /// The list's members.
    pub fn as_list(&self) -> Option<&[Sexp]> {
        if let Sexp::List(members) = self { Some(members) } else { None }
    }
}

/// How deep expressions may be nested. Values need six levels; what is dropped level by level may
/// not be deeper than the stack.
const DEPTH: usize = 64;

/// The bits of numerator and denominator together that a number may have, some 1,000 digits: to
/// compare exact numbers takes time and stack that grow with them. The constants of a question are
/// far shorter.
const BITS: u64 = 3_400;

/// The characters of an expression in which a number is looked for: more than those of any number
/// that is printed.
const LENGTH: usize = 2_000;

/// Reads as many complete expressions as there are, nested up to 64 levels deep; what follows them
/// (an expression cut off, a stray parenthesis) is dropped.
pub fn expressions(text: &str) -> Vec<Sexp> {
    expressions_and_rest(text).0
}

/// As [`expressions`], with what follows them, which is empty iff every expression is complete.
pub fn expressions_and_rest(text: &str) -> (Vec<Sexp>, &str) {
    let (mut done, mut open) = (Vec::new(), Vec::<Vec<Sexp>>::new());
    // Where the latest expression that is not inside of another one ended.
    let mut left = text.trim_start();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let (token, after) = match c {
            '(' if open.len() >= DEPTH => break,
            '(' => {
                open.push(Vec::new());
                (None, rest.get(1..))
            }
            ')' => match open.pop() {
                Some(members) => (Some(Sexp::List(members)), rest.get(1..)),
                None => break,
            },
            ';' => (None, Some(rest.find('\n').and_then(|end| rest.get(end..)).unwrap_or(""))),
            '"' => split_text(rest),
            '|' => match rest.get(1..).and_then(|body| body.split_once('|')) {
                Some((name, after)) => (Some(Sexp::Atom(name.to_owned())), Some(after)),
                None => break,
            },
            _ => {
                let end = rest
                    .find(|c: char| c.is_whitespace() || "()\";|".contains(c))
                    .unwrap_or(rest.len());
                (rest.get(..end).map(|atom| Sexp::Atom(atom.to_owned())), rest.get(end..))
            }
        };
        if let Some(token) = token {
            open.last_mut().unwrap_or(&mut done).push(token);
        }
        let Some(after) = after else { break };
        rest = after.trim_start();
        if open.is_empty() {
            left = rest;
        }
    }
    (done, left)
}

/// A string literal at the start of `rest`, and what follows it; nothing if the closing quote is
/// missing.
fn split_text(rest: &str) -> (Option<Sexp>, Option<&str>) {
    let (mut text, mut rest) = (String::new(), rest.get(1..).unwrap_or(""));
    while let Some((part, after)) = rest.split_once('"') {
        text.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => {
                text.push('"');
                rest = more;
            }
            None => return (Some(Sexp::Text(text)), Some(after)),
        }
    }
    (None, None)
}

/// The value that an expression denotes, if it is one of that sort. Strings with characters that
/// are not Unicode scalar values have none.
pub fn value(expression: &Sexp, sort: Sort) -> Option<Value> {
    match sort {
        Sort::Bool => expression.as_atom()?.parse().ok().map(Value::Bool),
        Sort::String => {
            if let Sexp::Text(text) = expression {
                unescape(text).map(Value::String)
            } else {
                None
            }
        }
        Sort::Real if length(expression) <= LENGTH => real(expression)
            .filter(|number| number.numer().bits() + number.denom().bits() <= BITS)
            .map(Value::Real),
        Sort::Real => None,
        Sort::BitVec(width) => bits(expression, width),
    }
}

/// The characters of its atoms.
fn length(expression: &Sexp) -> usize {
    match expression {
        Sexp::Atom(text) | Sexp::Text(text) => text.len(),
        Sexp::List(members) => members.iter().map(length).sum(),
    }
}

/// `5`, `5.0`, `(- 5)`, `(/ 1 3)`, `(/ (- 1) 3)`, `(- (/ 1.0 3.0))`, `(to_real 5)`.
fn real(expression: &Sexp) -> Option<BigRational> {
    match expression {
        Sexp::Text(_) => None,
        Sexp::Atom(text) => {
            let (text, negative) = text
                .strip_prefix('-')
                .map_or((text.as_str(), false), |magnitude| (magnitude, true));
            let magnitude = match text.split_once('/') {
                Some((over, under)) => quotient(decimal(over)?, decimal(under)?)?,
                None => decimal(text)?,
            };
            Some(if negative { -magnitude } else { magnitude })
        }
        Sexp::List(members) => match members.as_slice() {
            [operator, a] if operator.as_atom() == Some("-") => Some(-real(a)?),
            [operator, a] if operator.as_atom() == Some("to_real") => real(a),
            [operator, a, b] if operator.as_atom() == Some("/") => quotient(real(a)?, real(b)?),
            _ => None,
        },
    }
}

fn quotient(over: BigRational, under: BigRational) -> Option<BigRational> {
    if under.is_zero() { None } else { Some(over / under) }
}

fn decimal(text: &str) -> Option<BigRational> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction}");
    if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let scale = BigInt::from(10).pow(u32::try_from(fraction.len()).ok()?);
    Some(BigRational::new(digits.parse().ok()?, scale))
}

/// `#b0101`, `#x5`, `(_ bv5 4)`.
fn bits(expression: &Sexp, width: u32) -> Option<Value> {
    let number = match expression {
        Sexp::Atom(text) => match text.split_at_checked(2)? {
            ("#b", digits) => u128::from_str_radix(digits, 2).ok()?,
            ("#x", digits) => u128::from_str_radix(digits, 16).ok()?,
            _ => return None,
        },
        Sexp::List(members) => match members.as_slice() {
            [underscore, number, _] if underscore.as_atom() == Some("_") => {
                number.as_atom()?.strip_prefix("bv")?.parse().ok()?
            }
            _ => return None,
        },
        Sexp::Text(_) => return None,
    };
    let value = Value::bits(width, number);
    (value == Value::BitVec { width, value: number }).then_some(value)
}

/// Resolves `\u{h}` to `\u{hhhhh}` and `\uhhhh`; a backslash that begins neither stands for itself.
fn unescape(text: &str) -> Option<String> {
    let (mut result, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('\\') {
        result.push_str(before);
        match escape(after) {
            Some((code, more)) => {
                result.push(char::from_u32(code)?);
                rest = more;
            }
            None => {
                result.push('\\');
                rest = after;
            }
        }
    }
    result.push_str(rest);
    Some(result)
}

/// What follows a backslash: a code point and the rest, if it is an escape.
fn escape(text: &str) -> Option<(u32, &str)> {
    let body = text.strip_prefix('u')?;
    let (digits, rest, longest) = match body.strip_prefix('{') {
        Some(braced) => braced.split_once('}').map(|(digits, rest)| (digits, rest, 5))?,
        None => body.split_at_checked(4).map(|(digits, rest)| (digits, rest, 4))?,
    };
    let hexadecimal = !digits.is_empty()
        && digits.len() <= longest
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if hexadecimal { u32::from_str_radix(digits, 16).ok().map(|code| (code, rest)) } else { None }
}
