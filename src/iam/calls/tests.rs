//! The file that Keyaki carries is sound: what it says of actions, resources and keys is what the
//! service catalogue says.

use super::*;
use crate::catalogue::Catalogue;
use crate::catalogue::keys;
use crate::request::{ContextValue, Principal};
use std::collections::BTreeMap;

/// Whether the key is global, or listed for the action on a resource that the template may be.
fn is_listed(needed: &Authorization, key: &ContextKey) -> bool {
    let targets = needed.targets(Catalogue::embedded().unwrap()).unwrap().unwrap();
    keys::lookup(key).is_some_and(|info| info.name.starts_with("aws:"))
        || targets.iter().any(|target| target.lists(key.text()))
}

#[test]
fn what_the_file_says_the_catalogue_says() {
    let catalogue = Catalogue::embedded().unwrap();
    let mut looked_at = 0;
    for call in &Calls::embedded().unwrap().calls {
        assert!(
            call.sources.iter().all(|source| source.starts_with("https://docs.aws.amazon.com/")),
            "{}",
            call.name
        );
        for (path, needed) in call
            .paths
            .iter()
            .flat_map(|path| path.authorizations.iter().map(move |needed| (path, needed)))
        {
            let at =
                format!("{}, {}: {} on {}", call.name, path.name, needed.action, needed.resource);
            let (_, action) = catalogue
                .action(&needed.action)
                .unwrap()
                .unwrap_or_else(|| panic!("{at}: no such action"));
            assert!(
                needed.action.ends_with(&*action.name),
                "{at}: the catalogue spells it `{}`",
                action.name
            );
            assert!(
                !needed.targets(catalogue).unwrap().unwrap().is_empty(),
                "{at}: no such resource"
            );
            for key in needed.keys.keys() {
                assert!(is_listed(needed, key), "{at}: `{}` is not listed", key.text());
                looked_at += 1;
            }
            assert!(
                !needed.keys.keys().any(|key| needed.lacks(key)),
                "{at}: a key is both there and absent"
            );
        }
    }
    assert!(looked_at > 100, "{looked_at}");
}

#[test]
fn every_path_has_an_instance_of_recognisable_values() {
    for call in &Calls::embedded().unwrap().calls {
        for path in &call.paths {
            assert!(
                path.authorizations.iter().any(|needed| needed.who == Who::Caller),
                "{}: {}",
                call.name,
                path.name
            );
            for (name, variable) in &path.variables {
                assert!(
                    variable.natural.iter().any(|value| variable.shape.admits(value)),
                    "{}: {}: {name}",
                    call.name,
                    path.name
                );
            }
            for needed in path.authorizations.iter().filter(|needed| needed.who == Who::ServiceRole)
            {
                let unforwarded = needed.keys.get(&ContextKey::new("aws:ViaAWSService"));
                assert_eq!(
                    unforwarded.and_then(Template::literal),
                    Some("false"),
                    "a service role acts for itself: {}",
                    path.name
                );
            }
        }
    }
}

#[test]
fn the_variables_of_a_call_are_told_apart_by_name_only() {
    for call in &Calls::embedded().unwrap().calls {
        for name in call.variables().keys() {
            let shapes = call
                .paths
                .iter()
                .filter_map(|path| path.variables.get(*name))
                .map(|variable| &variable.shape);
            let kinds: Vec<_> = shapes.filter(|shape| !matches!(shape, Shape::Values(_))).collect();
            assert!(kinds.windows(2).all(|pair| pair[0] == pair[1]), "{}: {name}", call.name);
        }
    }
}

#[test]
fn calls_are_found_by_every_name() {
    let calls = Calls::embedded().unwrap();
    assert_eq!(calls.find("BEDROCK:converse").unwrap().name, "bedrock:InvokeModel");
    assert_eq!(
        calls.find("bedrock:ConverseStream").unwrap().name,
        "bedrock:InvokeModelWithResponseStream"
    );
    assert!(calls.find("bedrock:Convers").is_none());
    assert_eq!(calls.nearest("bedrock:InvokeModl")[0], "bedrock:InvokeModel");
    assert_eq!(calls.nearest("CopyObject"), ["s3:CopyObject"]);
    assert!(calls.nearest("zebra").is_empty());
}

/// Paths by number of authorizations: a profile, then the model in every Region to which it routes
/// (SEMANTICS 7.4).
#[test]
fn inference_profiles_need_the_model_in_every_region() {
    let call = Calls::embedded().unwrap().find("bedrock:InvokeModel").unwrap();
    let count = |name: &str| {
        call.paths
            .iter()
            .find(|path| path.name == name)
            .unwrap_or_else(|| panic!("{name}"))
            .authorizations
            .len()
    };
    assert_eq!(count("the model directly"), 1);
    assert_eq!(count("through an application inference profile of the model"), 2);
    assert_eq!(count("through the system-defined inference profile of the geography us"), 4);
    assert_eq!(count("through the system-defined inference profile of the geography apac"), 8);
    assert_eq!(count("through the global inference profile"), 3);
    let streaming = Calls::embedded().unwrap().find("bedrock:ConverseStream").unwrap();
    assert_eq!(streaming.paths.len(), call.paths.len());
    assert!(
        streaming
            .paths
            .iter()
            .flat_map(|path| &path.authorizations)
            .all(|needed| needed.action == "bedrock:InvokeModelWithResponseStream")
    );
}

/// What a general path asks for is part of what each of its cases asks for, with the row's prefix
/// and one of its destinations.
#[test]
fn general_paths_ask_for_no_more_than_their_cases() {
    let mut looked_at = 0;
    for call in &Calls::embedded().unwrap().calls {
        for (path, general) in
            call.paths.iter().filter_map(|path| Some((path, path.general.as_ref()?)))
        {
            let natural = path
                .variables
                .iter()
                .map(|(name, variable)| (name.clone(), variable.natural[0].clone()));
            let values: BTreeMap<String, String> = natural.collect();
            let filled = |path: &Path, values: &BTreeMap<String, String>| -> Vec<_> {
                let keys = |needed: &Authorization| {
                    needed
                        .keys
                        .iter()
                        .map(|(key, value)| (key.clone(), value.fill(values)))
                        .collect::<Vec<_>>()
                };
                let needed = path.authorizations.iter();
                needed
                    .map(|needed| {
                        (
                            needed.who,
                            needed.action.clone(),
                            needed.resource.fill(values),
                            keys(needed),
                        )
                    })
                    .collect()
            };
            let own = filled(path, &values);
            let prefixes = ["us", "us-gov", "amer", "ca", "eu", "apac", "jp", "au"];
            let regions: Vec<String> = own
                .iter()
                .flat_map(|(.., keys)| keys.iter().map(|(_, value)| value.clone()))
                .collect();
            let is_case = prefixes.iter().any(|prefix| {
                regions.iter().any(|region| {
                    let mut values = values.clone();
                    values.extend([
                        ("Prefix".to_owned(), (*prefix).to_owned()),
                        ("Destination".to_owned(), region.clone()),
                    ]);
                    filled(general, &values).iter().all(|needed| own.contains(needed))
                })
            });
            assert!(is_case, "{}: {}", call.name, path.name);
            let confined = |(name, variable): (&String, &Variable)| {
                let of_general = general.variables.get(name);
                of_general.is_some_and(|known| {
                    known.shape == variable.shape
                        || variable.natural.iter().all(|value| known.shape.admits(value))
                })
            };
            assert!(path.variables.iter().all(confined), "{}: {}", call.name, path.name);
            looked_at += 1;
        }
    }
    assert!(looked_at > 150, "{looked_at}");
}

const SMALL: &str = r#"
[variables.Region]
shape = "region"
natural = ["us-east-1"]
[variables.Name]
shape = "text"
alphabet = "a-z:"
natural = ["x"]
[[geography]]
name = "g"
prefix = "p"
sources = ["us-a-1"]
destinations = ["us-a-1", "us-b-1"]
source = "s"
date = "d"
[[call]]
name = "s:A"
summary = "does it"
sources = ["https://docs.aws.amazon.com/"]
[[call.path]]
summary = "one"
[[call.path.needs]]
action = "s:A"
resource = "arn:aws:s:${Region}::x/${Name}"
"#;

#[test]
fn mistakes_are_found() {
    assert!(Calls::parse(SMALL).is_ok());
    for (from, to, expected) in [
        ("x/${Name}", "x/${Nam}", "there is no variable `Nam`"),
        ("x/${Name}", "x/${Name", "is not closed"),
        ("arn:aws:s:${Region}::x/", "x/", "neither `*` nor an ARN"),
        (":${Region}::", ":${Name}::", "may hold a colon"),
        (
            "summary = \"one\"",
            "summary = \"one\"\nthrough = \"nowhere\"",
            "unknown variant `nowhere`",
        ),
        (
            "summary = \"one\"",
            "summary = \"one\"\nwithin = { Other = [\"g\"] }",
            "not a variable of the path",
        ),
        ("resource = \"arn", "each = true\nresource = \"arn", "the path is `through` none"),
        ("us-b-1", "b", "`b` is not a Region"),
        ("source = \"s\"", "source = \"\"", "it has a source and a date"),
        (
            "destinations = [\"us-a-1\", \"us-b-1\"]",
            "destinations = []",
            "from which and to which it routes",
        ),
        (
            "[[call]]",
            "[[extra]]\nsuffix = \"x\"\nid = \"x\"\nkey = \"s:k\"\nneeds = []\n[[call]]",
            "a `key` has `values`",
        ),
        (
            "summary = \"does it\"",
            "summary = \"does it\"\nlike = \"s:B\"",
            "there is no call `s:B` before it",
        ),
        ("summary = \"does it\"", "summary = \"does it\"\napi = [\"S:a\"]", "`S:a` is there twice"),
        ("natural = [\"x\"]", "natural = [\"X\"]", "`X` is none of its values"),
        ("alphabet = \"a-z:\"\n", "", "a text has an `alphabet`"),
        ("sources = [\"https://docs.aws.amazon.com/\"]", "sources = []", "a path and a source"),
        ("action = \"s:A\"", "actions = \"s:A\"", "unknown field"),
    ] {
        let text = SMALL.replace(from, to);
        assert_ne!(text, SMALL, "{from}");
        let message = Calls::parse(&text).unwrap_err().to_string();
        assert!(message.contains(expected), "{expected}: {message}");
    }
}

/// A call with tags passes some, and tells the key of each (SEMANTICS F15).
#[test]
fn a_call_with_tags_passes_some_and_tells_their_keys() {
    let create = Calls::embedded().unwrap().find("bedrock:CreateInferenceProfile").unwrap();
    let keys = ContextKey::new("aws:TagKeys");
    let of = |tags: Tags| {
        create
            .paths
            .iter()
            .find(|path| path.authorizations.iter().any(|needed| needed.tags == tags))
            .unwrap()
    };
    let passes = |path: &Path,
                  told: Option<&[&str]>,
                  tag: Option<&str>,
                  mentioned: &[&ContextKey]| {
        let told = told.map(|told| {
            (keys.clone(), ContextValue::List(told.iter().map(|key| (*key).to_owned()).collect()))
        });
        let tag = tag.map(|tag| {
            (
                ContextKey::new(&format!("aws:RequestTag/{tag}")),
                ContextValue::Single("x".to_owned()),
            )
        });
        let caller = Caller {
            principal: Principal::new("anonymous"),
            in_management_account: false,
            context: BTreeMap::new(),
            shared: BTreeMap::new(),
        };
        let tags = told.into_iter().chain(tag).collect();
        let instance =
            Instance { caller, role: None, bindings: BTreeMap::new(), tags, own: Vec::new() };
        path.passes_tags(&instance, &mentioned.iter().copied().collect())
    };
    let with = of(Tags::Passed);
    let rows: [(Option<&[&str]>, _, _); 7] = [
        (None, None, false),
        (Some(&[]), None, false),
        (Some(&["team"]), None, true),
        (Some(&["team"]), Some("Team"), true),
        (Some(&["owner"]), Some("team"), false),
        (Some(&[]), Some("team"), false),
        (None, Some("team"), false),
    ];
    for (told, tag, expected) in rows {
        assert_eq!(passes(with, told, tag, &[&keys]), expected, "{told:?} {tag:?}");
        // Where nothing looks at the keys, nothing need tell them.
        assert!(passes(with, told, tag, &[]), "{told:?} {tag:?}");
    }
    let without = create
        .paths
        .iter()
        .find(|path| path.authorizations.iter().all(|needed| needed.tags != Tags::Passed))
        .unwrap();
    assert!(passes(without, None, None, &[&keys]));
}
