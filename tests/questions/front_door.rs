//! What a program sees that has only the crate's page: names, errors, warnings, and what
//! [`Keyaki`] is told.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use keyaki::engine::{self, Limits};
use keyaki::query::{Query, Requests, Solver};
use keyaki::world::World;
use keyaki::{
    Answer, Caveat, Error, Keyaki, Loaded, ModelChoice, Policies, Reason, Relation, Unknown,
    Vacuous, Verdict, policies, policies_with_warnings, resource_policy,
    resource_policy_with_warnings, shape, shape_with_warnings,
};
use std::path::Path;
use std::time::Duration;

const EVERYTHING: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;

fn everything() -> Policies {
    policies("everything.json", EVERYTHING).unwrap()
}

fn ask(keyaki: &Keyaki, asked: &str) -> Verdict {
    keyaki.can(&everything(), &shape(asked).unwrap()).unwrap()
}

/// A name that nobody knows is an error, unless it is asked for.
#[test]
fn names_that_nobody_knows_are_errors_and_considered_where_asked() {
    let unlisted = Keyaki::new().unknown_actions();
    let keyed = Keyaki::new().unknown_keys();
    let usual = Keyaki::new();
    let everything = policies("everything.json", EVERYTHING).unwrap();
    for (asked, code, considers) in [
        (r#"{"Action": "s3:GetObjet"}"#, "no-such-action", &unlisted),
        (
            r#"{"Action": "s3:GetObject", "Condition": {"StringEquals": {"aws:SuorceIp": "a"}}}"#,
            "no-such-key",
            &keyed,
        ),
    ] {
        for keyaki in [&usual, &unlisted, &keyed] {
            let asked = shape(asked).unwrap();
            match keyaki.can(&everything, &asked) {
                Ok(verdict) => {
                    assert!(std::ptr::eq(considers, keyaki), "{asked:?} {keyaki:?}");
                    assert!(matches!(verdict.answer, Answer::Yes(_)));
                }
                Err(Error::Unlisted(wrong)) => {
                    assert!(!std::ptr::eq(considers, keyaki), "{asked:?} {keyaki:?}");
                    assert_eq!(wrong[0].code, code);
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// A "no" that would say nothing about the policies is an error, unless that is allowed.
#[test]
fn vacuous_questions_are_errors() {
    let everything = policies("everything.json", EVERYTHING).unwrap();
    let bucket = shape(r#"{"Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket"}"#).unwrap();
    let refused = Keyaki::new().can(&everything, &bucket);
    assert!(matches!(refused, Err(Error::Vacuous(Vacuous::NoSuchRequest { .. }))));
    let answered = Keyaki::new().allow_vacuous().can(&everything, &bucket).unwrap();
    assert!(matches!(answered.answer, Answer::No));
    let nothing = policies("nothing.json", r#"{"Version": "2012-10-17", "Statement": []}"#);
    let compared = nothing.and_then(|nothing| Keyaki::new().compare(&nothing, &nothing));
    assert!(matches!(compared, Err(Error::Vacuous(Vacuous::AllowsNothing))));
}

/// The claim says nothing of unknown actions.
#[test]
fn claims_are_checked_with_what_exists_here() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("claims.toml");
    std::fs::write(folder.path().join("everything.json"), EVERYTHING).unwrap();
    std::fs::write(
        &file,
        r#"
[[claim]]
name = "misspelled"
claim = "never"
policies = ["everything.json"]
statement = { Action = "s3:GetObjet" }
expect = "holds"
why = "nobody can ask so"
"#,
    )
    .unwrap();
    let holds = |keyaki: &Keyaki| -> Vec<bool> {
        keyaki.check(&file).unwrap().iter().map(|claim| claim.as_expected).collect()
    };
    assert!(matches!(Keyaki::new().check(&file), Err(Error::Rejected(_))));
    assert_eq!(holds(&Keyaki::new().unknown_actions()), [false]);
}

#[test]
fn a_model_choice_is_left_out() {
    // Of calls by users.
    let asked = r#"{"Principal": "arn:aws:iam::111122223333:user/a",
        "Condition": {"Null": {"aws:SourceArn": "false"}}}"#;
    // Whatever the policies say.
    let verdict = ask(&Keyaki::new().allow_vacuous(), asked);
    assert!(matches!(verdict.answer, Answer::No));
    assert_eq!(verdict.rests_on.choices, [ModelChoice::F7]);
    let without = Keyaki::new().without(ModelChoice::F7);
    assert!(matches!(ask(&without, asked).answer, Answer::Yes(_)));
}

#[test]
fn a_reason_is_matched_by_name() {
    let late = Keyaki::new().timeout(Duration::ZERO);
    let Answer::Unknown(reason) = ask(&late, "{}").answer else { panic!("there was no time") };
    assert_eq!(reason, Unknown::Engine(Reason::Timeout(Duration::ZERO)));
    assert_eq!(reason.code(), "timeout");
}

/// What `Keyaki` does not ask, with names of this crate alone.
#[test]
fn a_query_is_asked_by_names_of_this_crate() {
    let engines = ["finite", "finite"].map(|name| engine::from_spec(name).unwrap());
    let solver = Solver::cross_check(engines.into());
    let everything = everything();
    let query = Query {
        shape: None,
        within: &[],
        unlike: &[],
        allowed_by: vec![&everything],
        refused_by: Vec::new(),
        requests: Requests::Feasible(World::embedded().unwrap()),
    };
    let verdict = query.ask(&solver, &Limits::default()).unwrap();
    assert!(matches!(verdict.answer, Answer::Yes(_)));
    assert!(verdict.caveats.contains(&Caveat::NoResourcePolicy));
}

#[test]
fn an_engine_is_known_by_name() {
    let engine = |name| Keyaki::new().engine(name).map(|keyaki| format!("{keyaki:?}"));
    assert!(engine("smtlib:cvc5 --lang smt2").unwrap().contains("cvc5 --lang smt2"));
    let error = engine("cross-check").unwrap_err();
    assert!(matches!(error, Error::Engine(_)));
    assert!(error.to_string().contains("`z3-finite`"), "{error}");
}

#[test]
fn every_comparison_has_a_relation() {
    let nothing = policies("nothing.json", r#"{"identity": []}"#).unwrap();
    let comparison = Keyaki::new().compare(&nothing, &everything()).unwrap();
    assert_eq!(comparison.relation(), Some(Relation::Wider));
}

/// The codes of warnings, and whether reading without them gives the same.
fn warned<T: std::fmt::Debug>(
    read: Result<Loaded<T>, Error>,
    same: Result<T, Error>,
) -> Vec<&'static str> {
    let Loaded { value, warnings } = read.unwrap();
    assert_eq!(format!("{value:?}"), format!("{:?}", same.unwrap()));
    for warning in &warnings {
        let text = warning.to_string();
        assert!(text.contains(&format!(": warning[{}]: ", warning.rule)), "{text}");
    }
    warnings.iter().map(|warning| warning.rule).collect()
}

#[test]
fn warnings_of_reading_are_given_out() {
    let dead = r#"{"Statement": [
        {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}"}]}"#;
    let of_policies = warned(policies_with_warnings("p", dead), policies("p", dead));
    assert_eq!(of_policies, ["variable-without-version"]);
    let bucket = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "arn:aws:s3:::a"}]}"#;
    let of_bucket =
        warned(resource_policy_with_warnings("p", bucket), resource_policy("p", bucket));
    assert_eq!(of_bucket, ["not-principal-allow"]);
    let none = r#"{"Action": []}"#;
    assert_eq!(warned(shape_with_warnings(none), shape(none)), ["empty-list"]);
    assert!(policies_with_warnings("p", EVERYTHING).unwrap().warnings.is_empty());
}

#[test]
fn an_error_in_main_is_what_the_command_prints() {
    let rejected = policies("p.json", "{").unwrap_err();
    assert_eq!(format!("{rejected:?}"), rejected.to_string());
    assert!(rejected.to_string().starts_with("error[truncated]: "), "{rejected}");
    let missing = Keyaki::new().check(Path::new("no/such/file.toml")).unwrap_err();
    assert!(format!("{missing:?}").starts_with("cannot read `no/such/file.toml`: "), "{missing}");
}

/// Texts that are not documents, and what is said to do, of a finding each.
#[test]
fn what_is_no_document_is_told_what_one_is() {
    let several = r#"a policy document has `Statement`; several layers are `{"identity": [...], "scp": [[...]]}`"#;
    // What is recognised is told what to do with it.
    for text in
        [format!(r#"{{"policies": {{"identity": {EVERYTHING}}}}}"#), format!("[{EVERYTHING}]")]
    {
        let Err(Error::Rejected(findings)) = policies("p", &text) else {
            panic!("{text} was read")
        };
        assert!(findings.iter().any(|finding| finding.help.is_some()), "{text}: {findings:?}");
    }
    for text in [r#"{"Version": "2012-10-17"}"#.to_owned(), r#""text""#.to_owned()] {
        for read in [policies("p", &text), resource_policy("p", &text)] {
            let Err(Error::Rejected(findings)) = read else { panic!("{text} was read") };
            let told = findings.iter().filter(|finding| finding.help.as_deref() == Some(several));
            assert_eq!(told.count(), 1, "{text}: {findings:?}");
        }
    }
    // In one layer of several there is no place for layers.
    let Err(Error::Rejected(findings)) = policies("p", r#"{"identity": [{}]}"#) else {
        panic!("an empty document was read")
    };
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    let one = r#"a policy document is `{"Version": "2012-10-17", "Statement": [...]}`"#;
    assert_eq!(finding.help.as_deref(), Some(one));
}

#[test]
fn a_key_is_displayed_as_written() {
    let key = keyaki::policy::ContextKey::new("aws:SourceIp");
    assert_eq!(
        (key.to_string(), format!("{key:>14}")),
        ("aws:SourceIp".into(), "  aws:SourceIp".into())
    );
}

#[test]
fn threads_share_what_asks_and_what_is_asked() {
    fn shared<T: Send + Sync>() {}
    shared::<Keyaki>();
    shared::<Policies>();
    shared::<keyaki::Shape>();
    shared::<Error>();
    shared::<Verdict>();
    shared::<keyaki::Comparison>();
}
