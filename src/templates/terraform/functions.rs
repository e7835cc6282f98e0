//! Functions of Terraform that have an exact value also where parts are not known.

use super::reader::Reader;
use super::value::{Data, Members, Out, Place, Value, Written};
use keyaki_iam::json::{self, Limits};
use keyaki_iam::policy::parameter;
use keyaki_iam::source::Source;
use rustc_hash::FxHashSet;

/// What to do about an expression that is not evaluated.
pub(super) const HELP: &str =
    "a plan in which the policy is known does not need it; otherwise write it without";

/// The functions that are evaluated, each with the fewest and the most arguments that it takes.
const KNOWN: &[(&str, usize, usize)] = &[
    ("coalesce", 1, usize::MAX),
    ("compact", 1, 1),
    ("concat", 1, usize::MAX),
    ("distinct", 1, 1),
    ("element", 2, 2),
    ("flatten", 1, 1),
    ("format", 1, usize::MAX),
    ("formatlist", 2, 2),
    ("join", 2, usize::MAX),
    ("jsondecode", 1, 1),
    ("jsonencode", 1, 1),
    ("keys", 1, 1),
    ("length", 1, 1),
    ("lookup", 2, 3),
    ("lower", 1, 1),
    ("merge", 1, usize::MAX),
    ("one", 1, 1),
    ("replace", 3, 3),
    ("split", 2, 2),
    ("tolist", 1, 1),
    ("toset", 1, 1),
    ("tostring", 1, 1),
    ("trimprefix", 2, 2),
    ("trimsuffix", 2, 2),
    ("upper", 1, 1),
    ("values", 1, 1),
];

/// The value of a call.
pub(super) fn call(
    reader: &Reader<'_>,
    name: &str,
    mut arguments: Vec<Value>,
    here: Place,
) -> Out<Value> {
    let Some((_, least, most)) = KNOWN.iter().find(|(known, _, _)| *known == name) else {
        return here.problem(format!("the function `{name}` is not known"), HELP);
    };
    if !(*least..=*most).contains(&arguments.len()) {
        let what = format!("`{name}` does not take {} arguments", arguments.len());
        return here.problem(what, "");
    }
    let first = arguments.remove(0);
    match name {
        "lower" | "upper" | "replace" | "split" | "trimprefix" | "trimsuffix" => {
            of_texts(reader, name, first, arguments, here)
        }
        "element" | "lookup" | "length" | "coalesce" | "one" => {
            picked(reader, name, first, arguments, here)
        }
        _ => composed(reader, name, first, arguments, here),
    }
}

/// Functions that look at texts, which must be known.
fn of_texts(
    reader: &Reader<'_>,
    name: &str,
    first: Value,
    rest: Vec<Value>,
    here: Place,
) -> Out<Value> {
    let known = |value: Value| -> Out<String> {
        let text = reader.text(value)?.text;
        if parameter::is_in(&text) {
            let what = format!("`{name}` is taken of a text that is not known yet");
            return here.problem(what, "what it gives is not known either");
        }
        Ok(text)
    };
    let first = known(first)?;
    let rest = rest.into_iter().map(known).collect::<Out<Vec<String>>>()?;
    let [second, third] = [0, 1].map(|at| rest.get(at).map(String::as_str).unwrap_or_default());
    Ok(match name {
        "lower" => here.text(first.to_lowercase()),
        "upper" => here.text(first.to_uppercase()),
        "replace" if second.len() > 1 && second.starts_with('/') && second.ends_with('/') => {
            return here.problem("`replace` with a regular expression is not evaluated", HELP);
        }
        "replace" => here.text(first.replace(second, third)),
        "trimprefix" => here.text(first.strip_prefix(second).unwrap_or(&first)),
        "trimsuffix" => here.text(first.strip_suffix(second).unwrap_or(&first)),
        _ if first.is_empty() || second.is_empty() => {
            return here.problem("`split` is evaluated of texts that are not empty", HELP);
        }
        _ => here.value(Data::List(second.split(&first).map(|part| here.text(part)).collect())),
    })
}

/// Functions that give a part of a value, or count.
fn picked(
    reader: &Reader<'_>,
    name: &str,
    first: Value,
    rest: Vec<Value>,
    here: Place,
) -> Out<Value> {
    let mut rest = rest.into_iter();
    match name {
        "length" => {
            let length = match first.as_text() {
                Some(text) if !parameter::is_in(text) && text.is_ascii() => text.len(),
                Some(_) => return here.problem("the length of the text is not known", ""),
                None => reader.items(first, here)?.len(),
            };
            Ok(here.value(Data::Number(length.to_string())))
        }
        "coalesce" => {
            for value in std::iter::once(first).chain(rest) {
                if let Data::Unknown(_) = &value.data {
                    return here.problem("whether a value is empty is not known yet", "");
                }
                let empty = matches!(value.data, Data::Null) || value.as_text() == Some("");
                if !empty {
                    return Ok(value);
                }
            }
            here.problem("`coalesce` has nothing that is neither `null` nor empty", "")
        }
        "one" => {
            let mut items = reader.items(first, here)?.into_iter().map(|(_, item)| item);
            match (items.next(), items.next()) {
                (None, _) => Ok(here.value(Data::Null)),
                (Some(one), None) => Ok(one),
                (Some(_), Some(_)) => here.problem("`one` is taken of several items", ""),
            }
        }
        "element" => {
            let number = rest.next().map(|value| reader.text(value)).transpose()?;
            let number = number.and_then(|number| number.text.parse::<usize>().ok());
            let items = reader.items(first, here)?;
            let at = number.and_then(|number| number.checked_rem(items.len()));
            match at.and_then(|at| items.into_iter().nth(at)) {
                Some((_, value)) => Ok(value),
                None => here.problem("`element` is taken of an empty list, or at no number", ""),
            }
        }
        _ => {
            let key = rest.next().map(|value| reader.text(value)).transpose()?;
            let key = key.map(|key| key.text).unwrap_or_default();
            let items = reader.items(first, here)?;
            let found = items.into_iter().find(|(known, _)| known.as_text() == Some(&key));
            match found.map(|(_, value)| value).or_else(|| rest.next()) {
                Some(value) => Ok(value),
                None => here.problem(format!("`lookup` finds no `{key}`"), ""),
            }
        }
    }
}

/// Functions that put values together.
fn composed(
    reader: &Reader<'_>,
    name: &str,
    first: Value,
    rest: Vec<Value>,
    here: Place,
) -> Out<Value> {
    let items = |value: Value| -> Out<Vec<Value>> {
        Ok(reader.items(value, here)?.into_iter().map(|(_, item)| item).collect())
    };
    Ok(match name {
        "concat" => {
            let mut all = items(first)?;
            for list in rest {
                all.extend(items(list)?);
            }
            here.value(Data::List(all))
        }
        "flatten" => {
            let mut all = Vec::new();
            flatten(items(first)?, &mut all);
            here.value(Data::List(all))
        }
        "tolist" | "values" => here.value(Data::List(items(first)?)),
        "keys" => {
            let keys = reader.items(first, here)?.into_iter().map(|(key, _)| key);
            here.value(Data::List(keys.collect()))
        }
        "toset" | "distinct" | "compact" => {
            let (mut all, mut seen) = (Vec::new(), FxHashSet::default());
            for item in items(first)? {
                let written = reader.text(item)?;
                let stays = match name {
                    "compact" => !written.text.is_empty(),
                    _ => seen.insert(written.text.clone()),
                };
                if stays {
                    all.push(here.value(Data::Text(written)));
                }
            }
            if name == "toset" {
                all.sort_by(|one, other| one.as_text().cmp(&other.as_text()));
            }
            here.value(Data::List(all))
        }
        "merge" => {
            let mut all = Members::default();
            for object in std::iter::once(first).chain(rest) {
                for (key, value) in reader.items(object, here)? {
                    let key = reader.text(key)?.text;
                    all.set(key, value.place.span, value);
                }
            }
            here.value(all.object())
        }
        "join" => {
            let between = reader.text(first)?;
            let mut joined = Written::default();
            let mut begun = false;
            for list in rest {
                for item in items(list)? {
                    if begun {
                        joined.add(&between);
                    }
                    joined.add(&reader.text(item)?);
                    begun = true;
                }
            }
            here.value(Data::Text(joined))
        }
        "format" => format(reader, &reader.text(first)?, rest, here)?,
        "formatlist" => {
            let pattern = reader.text(first)?;
            let mut all = Vec::new();
            for list in rest {
                for item in items(list)? {
                    all.push(format(reader, &pattern, vec![item], here)?);
                }
            }
            here.value(Data::List(all))
        }
        "tostring" => {
            let written = reader.text(first)?;
            here.value(Data::Text(written))
        }
        "jsonencode" => here.value(Data::Text(reader.encoded(&first)?)),
        _ => {
            let text = reader.text(first)?.text;
            let source = Source::new("", text);
            let (value, findings) = json::parse(&source, &Limits::default());
            let Some(value) = value.filter(|_| findings.is_empty()) else {
                return here.problem("the text that `jsondecode` reads is not JSON", "");
            };
            Value::of_json(&value, None, "", here.origin).placed(here)
        }
    })
}

fn flatten(items: Vec<Value>, all: &mut Vec<Value>) {
    for item in items {
        if let Data::List(inner) = item.data { flatten(inner, all) } else { all.push(item) }
    }
}

/// `format` with `%s` and `%%`: other verbs look at the value.
fn format(reader: &Reader<'_>, pattern: &Written, values: Vec<Value>, here: Place) -> Out<Value> {
    if parameter::is_in(&pattern.text) {
        return here.problem("the pattern of `format` is not known", "");
    }
    let mut values = values.into_iter();
    let (mut out, mut rest) = (Written::default(), pattern.text.as_str());
    while let Some((before, after)) = rest.split_once('%') {
        out.add(&Written::of(before.to_owned(), here.span));
        rest = if let Some(after) = after.strip_prefix('%') {
            out.add(&Written::of("%".to_owned(), here.span));
            after
        } else if let (Some(after), Some(value)) = (after.strip_prefix('s'), values.next()) {
            out.add(&reader.text(value)?);
            after
        } else {
            return here.problem("of the verbs of `format`, `%s` and `%%` are known", HELP);
        };
    }
    out.add(&Written::of(rest.to_owned(), here.span));
    if values.next().is_some() {
        return here.problem("`format` has more values than verbs", "");
    }
    Ok(here.value(Data::Text(out)))
}
