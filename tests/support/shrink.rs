//! From a case to the smallest one that still has a property.

use serde_json::Value;

/// A way to a part of a JSON document: the names and numbers as in a JSON pointer.
type Path = Vec<Step>;

#[derive(Debug, Clone)]
enum Step {
    Member(String),
    Item(usize),
}

/// Drops members and items of the document, one at a time and the largest first, as long as `keeps`
/// says that the rest still has the property; then replaces lists of one by their item. `keeps`
/// must refuse what cannot be read.
///
/// The result is minimal in so far as no single drop keeps the property.
pub fn shrink(document: Value, keeps: &dyn Fn(&Value) -> bool) -> Value {
    let mut smallest = document;
    loop {
        let before = smallest.clone();
        let mut paths = paths(&smallest);
        // Short ways lead to large parts; of items the last first, so that the ways of the others
        // stay true.
        paths.sort_by_key(Vec::len);
        for path in paths {
            for edit in [remove, unwrap_list] {
                let mut candidate = smallest.clone();
                if edit(&mut candidate, &path).is_some()
                    && candidate != smallest
                    && keeps(&candidate)
                {
                    smallest = candidate;
                    break;
                }
            }
        }
        if smallest == before {
            return smallest;
        }
    }
}

/// The ways to every part but the whole; of a list from its end.
fn paths(value: &Value) -> Vec<Path> {
    let parts: Vec<(Step, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (Step::Member(name.clone()), value)).collect()
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .rev()
            .map(|(index, value)| (Step::Item(index), value))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    let below = |(step, value): (Step, &Value)| {
        let deeper = paths(value)
            .into_iter()
            .map(|path| [vec![step.clone()], path].concat())
            .collect::<Vec<_>>();
        [vec![vec![step]], deeper].concat()
    };
    parts.into_iter().flat_map(below).collect()
}

fn at<'a>(document: &'a mut Value, path: &[Step]) -> Option<&'a mut Value> {
    path.iter().try_fold(document, |value, step| match step {
        Step::Member(name) => value.as_object_mut()?.get_mut(name),
        Step::Item(index) => value.as_array_mut()?.get_mut(*index),
    })
}

fn remove(document: &mut Value, path: &Path) -> Option<()> {
    let (last, parents) = path.split_last()?;
    match (last, at(document, parents)?) {
        (Step::Member(name), Value::Object(members)) => members.shift_remove(name).map(drop),
        (Step::Item(index), Value::Array(items)) if *index < items.len() => {
            items.remove(*index);
            Some(())
        }
        _ => None,
    }
}

fn unwrap_list(document: &mut Value, path: &Path) -> Option<()> {
    let value = at(document, path)?;
    let items = value.as_array_mut().filter(|items| items.len() == 1)?;
    *value = items.remove(0);
    Some(())
}
