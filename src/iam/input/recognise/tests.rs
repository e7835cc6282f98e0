//! Every sign of every form decides a case of `tests/cases/iam/files/other.toml`: none could be
//! taken away unseen.

use super::{foreign, path, text};
use crate::json;
use crate::source::Source;
use serde::Deserialize;

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    files: Vec<String>,
}

fn files() -> Vec<String> {
    let cases: Cases =
        toml::from_str(include_str!("../../../../tests/cases/iam/files/other.toml")).unwrap();
    cases.case.into_iter().flat_map(|case| case.files).collect()
}

#[test]
fn every_sign_of_json_decides_a_case() {
    let values: Vec<_> = files()
        .iter()
        .filter_map(|file| {
            let source = Source::new("p", file.as_str());
            json::parse(&source, &json::Limits::default()).0.or_else(|| path::outline(file))
        })
        .collect();
    for (form, signs) in foreign::FORMS.iter().enumerate() {
        for (alternative, names) in signs.signs.iter().enumerate() {
            let decides = values.iter().any(|value| {
                let fits =
                    |signs: &&[&str]| signs.iter().all(|sign| path::find(value, sign).is_some());
                let first = foreign::FORMS
                    .iter()
                    .enumerate()
                    .find_map(|(form, known)| Some((form, known.signs.iter().position(fits)?)));
                first == Some((form, alternative))
            });
            assert!(decides, "no case is decided by {names:?}");
        }
    }
}

#[test]
fn every_sign_of_text_decides_a_case() {
    let files = files();
    for form in text::FORMS {
        let begins = form.begins.iter().all(|begin| {
            files.iter().any(|file| {
                let others = form.begins.iter().filter(|other| *other != begin);
                let file = file.trim_start();
                file.starts_with(begin) && !others.into_iter().any(|other| file.starts_with(other))
            })
        });
        let lines = form.lines.iter().all(|line| {
            files.iter().any(|file| {
                let starts = |start: &str| file.lines().any(|line| line.starts_with(start));
                let others = form.lines.iter().filter(|other| *other != line);
                let begun = form.begins.iter().any(|begin| file.starts_with(begin));
                starts(line) && !begun && !others.into_iter().any(|other| starts(other))
            })
        });
        assert!(begins && lines, "not every sign of `{}` decides a case", form.message);
    }
}
