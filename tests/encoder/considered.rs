//! Which callers and requests a question leaves out: the encoder and the evaluator must say the
//! same of each.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use crate::support;
use crate::support::generate::{self, Options};
use crate::support::{policy_set, request, sets as drawn, shape};
use keyaki::query::{Answer, Query, Requests, Solver};
use keyaki::shape::{CallerPattern, Entity, Home, Scope, Shape, Through};
use keyaki::symbolic::Frame;
use keyaki_engines::engine::{Finite, Limits};
use keyaki_logic::evaluate::Evaluation;
use serde_json::{Value, json};

const ROOT: &str = "arn:aws:iam::111122223333:root";

fn everything(principal: bool) -> Value {
    let mut statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    if principal {
        statement["Principal"] = json!("*");
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

/// Policies that allow everything, so that nothing but the question leaves a request out.
fn sets() -> [Value; 5] {
    let [own, of_resource] = [false, true].map(everything);
    [
        json!({"identity": [own]}),
        json!({"resource": of_resource}),
        json!({"identity": [own], "resource": of_resource}),
        json!({"identity": [own], "resource": of_resource, "scp": [[own]]}),
        json!({"identity": [own], "resource": of_resource, "endpoint": [of_resource]}),
    ]
}

/// Whether the question is about the request, by the evaluator and by the encoder.
fn considered(policies: &Value, asked: &Value, of_shape: &Value) -> bool {
    let (set, shape) = (policy_set(policies), shape(&of_shape.to_string()));
    let request = request(&asked.to_string());
    let query = Query {
        shape: Some(&shape),
        within: &[],
        unlike: &[],
        allowed_by: vec![&set],
        refused_by: Vec::new(),
        requests: Requests::Any,
    };
    let holds = query.holds(&request);
    let encoded = query.encode().unwrap();
    let model = encoded.frame.model_of(&request).unwrap();
    let mut evaluation = Evaluation::new(&model);
    assert_eq!(
        encoded.all().iter().all(|term| evaluation.is_true(term)),
        holds,
        "{policies} {asked} {of_shape}"
    );
    holds
}

fn asking(principal: &str, members: &Value) -> Value {
    let mut asked = json!({"principal": principal, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resourceAccount": "111122223333"});
    asked.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    asked
}

#[test]
fn what_needs_no_grant_is_left_out_unless_the_question_is_about_it() {
    let [identity, resource, both, organization, endpoint] = sets();
    let any = json!({});
    let user = "arn:aws:iam::111122223333:user/dev";
    let linked = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/R";
    let elsewhere = json!({"resourceAccount": "444455556666"});
    let managed = json!({"principalInManagementAccount": true});
    let identity_call = json!({"action": "sts:GetCallerIdentity"});
    let through = json!({"context": {"aws:SourceVpce": "vpce-1"}});
    let of = |principal: &str| json!({ "Principal": principal });
    let cases = [
        (&identity, asking(user, &any), any.clone(), true),
        (&identity, asking(ROOT, &any), any.clone(), false),
        (&identity, asking(ROOT, &any), of(ROOT), true),
        (&resource, asking(ROOT, &any), any.clone(), true),
        (&both, asking(ROOT, &any), any.clone(), false),
        (&both, asking(ROOT, &elsewhere), any.clone(), true),
        (&both, asking(linked, &any), any.clone(), true),
        (&organization, asking(user, &any), any.clone(), true),
        (&organization, asking(linked, &any), any.clone(), false),
        (&organization, asking(linked, &any), of("arn:aws:iam::*:role/aws-service-role/*"), true),
        (&both, asking(user, &managed), any.clone(), true),
        (&organization, asking(user, &managed), any.clone(), false),
        (&identity, asking(user, &identity_call), any.clone(), false),
        (&identity, asking(user, &identity_call), json!({"Action": "STS:getcalleridentity"}), true),
        (&endpoint, asking(user, &any), any.clone(), false),
        (&endpoint, asking(user, &through), any.clone(), true),
    ];
    for (policies, asked, of_shape, expected) in cases {
        assert_eq!(
            considered(policies, &asked, &of_shape),
            expected,
            "{policies} {asked} {of_shape}"
        );
    }
}

/// A question that no policy has a part in is about what the shapes say and nothing else.
#[test]
fn questions_about_shapes_alone_leave_nothing_out() {
    let not = |action: &str| shape(&json!({ "NotAction": action }).to_string());
    let (anything, others) = (shape("{}"), not("sts:GetCallerIdentity"));
    let asked = |principal: &str, members: &Value, unlike: &[&Shape]| {
        let request = request(&asking(principal, members).to_string());
        let query = Query {
            shape: Some(&anything),
            within: &[],
            unlike,
            allowed_by: Vec::new(),
            refused_by: Vec::new(),
            requests: Requests::Any,
        };
        let encoded = query.encode().unwrap();
        let model = encoded.frame.model_of(&request).unwrap();
        let mut evaluation = Evaluation::new(&model);
        let holds = query.holds(&request);
        assert_eq!(
            encoded.all().iter().all(|term| evaluation.is_true(term)),
            holds,
            "{principal} {members}"
        );
        holds
    };
    let call = json!({"action": "sts:GetCallerIdentity"});
    let user = "arn:aws:iam::111122223333:user/dev";
    assert!(
        asked(user, &call, &[]) && asked(user, &call, &[&others]) && asked(ROOT, &json!({}), &[])
    );
    assert!(!asked(user, &json!({}), &[&others]) && !asked(user, &call, &[&anything]));
}

/// Who needs no grant is denied all the same: what the grants are about says nothing of the actions
/// in question. But nothing is attached to a root user, so that a Deny in an identity-based policy
/// is none of its business (SEMANTICS 9(g)).
#[test]
fn who_needs_no_grant_minds_a_deny_of_the_resource() {
    let allow = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"});
    let deny = json!({"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"});
    let of_resource =
        json!({"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"});
    let document = |statements: Value| json!({"Version": "2012-10-17", "Statement": statements});
    let answer = |policies: Value| {
        let set = policy_set(&policies);
        let shape = shape(&json!({"Principal": ROOT, "Action": "s3:PutObject"}).to_string());
        let query = Query {
            shape: Some(&shape),
            within: &[],
            unlike: &[],
            allowed_by: vec![&set],
            refused_by: Vec::new(),
            requests: Requests::Any,
        };
        query.answer(&Solver::single(Box::new(Finite::new())), &Limits::default()).unwrap()
    };
    let own = |statements: Value| json!({"identity": [document(statements)]});
    assert!(matches!(answer(own(json!([allow]))), Answer::Yes(_)));
    assert!(matches!(answer(own(json!([allow, deny]))), Answer::Yes(_)));
    let denied = answer(
        json!({"identity": [document(json!([allow]))], "resource": document(json!([of_resource]))}),
    );
    assert!(matches!(denied, Answer::No), "{denied:?}");
}

/// What evaluator and encoder say of a request that a question may be about; they must agree.
/// `None` when the frame does not represent the request, or takes a key that nobody knows to be of
/// another type.
fn both_say(query: &Query<'_>, asked: &keyaki::request::Request) -> Option<bool> {
    let encoded = query.encode().unwrap();
    let model = encoded.frame.model_of(asked).ok()?;
    let mut evaluation = Evaluation::new(&model);
    if !evaluation.is_true(&encoded.frame.well_typed()) {
        return None;
    }
    let holds = query.holds(asked);
    assert_eq!(
        encoded.all().iter().all(|term| evaluation.is_true(term)),
        holds,
        "{} {:?}",
        asked.to_json(),
        query.shape
    );
    Some(holds)
}

/// By which way: as the question says, else as its kind has it; and only where an endpoint policy
/// is given.
#[test]
fn the_way_is_asked_for_or_that_of_the_kind_of_question() {
    let [_, _, both, _, endpoint] = sets();
    let [without, with, nothing] = [&both, &endpoint, &json!({"identity": []})].map(policy_set);
    let user = "arn:aws:iam::111122223333:user/dev";
    let ways = [json!({}), json!({"context": {"aws:SourceVpce": "vpce-1"}})]
        .map(|members| request(&asking(user, &members).to_string()));
    let said = |set: &keyaki::layers::Policies, through: Option<Through>, compared: bool| {
        let anything = shape("{}");
        let shape = Shape { scope: Scope { through, ..Scope::default() }, ..anything };
        let refused_by = if compared { vec![&nothing] } else { Vec::new() };
        let query = Query {
            shape: Some(&shape),
            within: &[],
            unlike: &[],
            allowed_by: vec![set],
            refused_by,
            requests: Requests::Any,
        };
        ways.each_ref().map(|way| both_say(&query, way).unwrap())
    };
    let [past, through, either] = [[true, false], [false, true], [true, true]];
    for (asked, of_can, of_compare) in [
        (None, through, either),
        (Some(Through::Endpoint), through, through),
        (Some(Through::Past), past, past),
        (Some(Through::Both), either, either),
    ] {
        assert_eq!(said(&with, asked, false), of_can, "{asked:?}");
        assert_eq!(said(&with, asked, true), of_compare, "{asked:?}, compared");
        assert_eq!(said(&without, asked, false), either, "{asked:?}, without an endpoint policy");
    }
}

#[test]
fn accounts_are_those_of_the_caller_and_of_the_owner() {
    let [_, _, both, ..] = sets();
    let set = policy_set(&both);
    let said = |principal: &str, owner: &str, accounts: &[&str], resource_accounts: &[&str]| {
        let asked = request(&asking(principal, &json!({ "resourceAccount": owner })).to_string());
        let [accounts, resource_accounts] = [accounts, resource_accounts]
            .map(|list| list.iter().map(ToString::to_string).collect());
        let shape = Shape {
            scope: Scope { accounts, resource_accounts, ..Scope::default() },
            ..shape("{}")
        };
        let query = Query {
            shape: Some(&shape),
            within: &[],
            unlike: &[],
            allowed_by: vec![&set],
            refused_by: Vec::new(),
            requests: Requests::Any,
        };
        both_say(&query, &asked).unwrap()
    };
    let (here, there) = ("111122223333", "444455556666");
    let callers = [
        "arn:aws:iam::111122223333:user/dev",
        "arn:aws:iam::111122223333:role/app",
        "arn:aws:sts::111122223333:assumed-role/app/s",
        "arn:aws:sts::111122223333:federated-user/f",
    ];
    for caller in callers {
        assert!(
            said(caller, here, &[here], &[]) && said(caller, here, &[there, here], &[here]),
            "{caller}"
        );
        assert!(
            !said(caller, here, &[there], &[])
                && !said(caller, here, &[], &[there])
                && !said(caller, here, &[here], &[there]),
            "{caller}"
        );
    }
    assert!(said(ROOT, there, &[here], &[there]) && !said(ROOT, there, &[there], &[there]));
    // Who has no account is in none.
    for caller in [
        "s3.amazonaws.com",
        "anonymous",
        "arn:aws:iam::111122223333:saml-provider/x",
        "accounts.google.com",
    ] {
        assert!(said(caller, here, &[], &[here]) && !said(caller, here, &[here], &[]), "{caller}");
    }
}

/// Random sets, shapes and scopes: whether a question is about a request.
#[test]
fn encoder_and_evaluator_agree_on_what_a_question_is_about() {
    let draws = support::number("KEYAKI_DRAWS", 600);
    let mut counts = [0_u64; 3];
    for seed in 0..draws {
        let rng = &mut generate::rng(seed);
        let case = drawn::case(
            rng,
            Options { ill_typed: false, odd_lists: false, odd_resources: false },
            3,
        );
        let set = case.set();
        let scope = drawn::scope(rng, &case.focus);
        let shape = Shape { scope, ..support::reading::shape_of(&json!({})).unwrap() };
        let nothing = policy_set(&json!({"identity": []}));
        let refused_by = if seed % 3 == 0 { vec![&nothing] } else { Vec::new() };
        let narrow = drawn::shape(rng, Options::default(), &case.focus);
        let narrow = support::reading::shape_of(&narrow).unwrap();
        let mut narrow = Shape { scope: drawn::scope(rng, &case.focus), ..narrow };
        let entity = Entity::of(&case.focus.issuer().unwrap_or_else(|| case.focus.arn.clone()));
        if let Some(entity) = entity.filter(|_| seed % 10 == 6) {
            narrow.principals = Some(vec![CallerPattern::Entity(entity)]);
        }
        let narrow = [&narrow];
        let query = Query {
            shape: Some(&shape),
            within: if seed % 5 == 1 { &narrow } else { &[] },
            unlike: &[],
            allowed_by: Vec::new(),
            refused_by,
            requests: Requests::Any,
        };
        // Half of the questions are about requests that nobody need allow.
        let query = if seed % 2 == 0 { query } else { Query { allowed_by: vec![&set], ..query } };
        for asked in &case.requests {
            counts[both_say(&query, asked).map_or(2, usize::from)] += 1;
        }
    }
    let [no, yes, unseen] = counts;
    assert!(no * 10 > draws && yes * 10 > draws && unseen * 2 < draws * 3, "{counts:?}");
}

/// Callers, owners and every combination of what the keys of organizations may tell.
#[test]
fn own_accounts_are_the_same_to_both() {
    let (here, there) = ("111122223333", "444455556666");
    let callers = [
        format!("arn:aws:iam::{here}:user/dev"),
        format!("arn:aws:sts::{here}:assumed-role/app/s"),
        format!("arn:aws:iam::{here}:root"),
        format!("arn:aws:sts::{there}:federated-user/f"),
        format!("arn:aws:iam::{there}:root"),
        "s3.amazonaws.com".to_owned(),
    ];
    let keys = [
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:ResourceOrgID",
        "aws:ResourceOrgPaths",
    ];
    let named = |keys: &[&str]| {
        let conditions: serde_json::Map<String, Value> =
            keys.iter().map(|key| ((*key).to_owned(), json!("x"))).collect();
        if conditions.is_empty() {
            shape("{}")
        } else {
            shape(&json!({"Condition": {"StringLike": conditions}}).to_string())
        }
    };
    let list = |accounts: &[&str]| accounts.iter().map(ToString::to_string).collect::<Vec<_>>();
    let members = || Some((list(&[here]), "o-a1".to_owned()));
    let homes = [
        Home { callers: list(&[here]), ..Home::default() },
        Home { resources: list(&[here]), ..Home::default() },
        Home { members: members(), ..Home::default() },
        Home { callers: list(&[here, there]), resources: list(&[there]), members: members() },
    ];
    let mut counts = [[0_usize; 2]; 4];
    for some in [&keys[..], &keys[..1], &keys[3..], &[]] {
        let shape = named(some);
        let frame = Frame::new(&[], &[&shape]);
        let known = shape.keys().collect();
        for (at, home) in homes.iter().enumerate() {
            let term = frame.is_at_home(home);
            for (caller, owner, told) in callers.iter().flat_map(|caller| {
                let owners = [here, there].into_iter();
                owners.flat_map(move |owner| {
                    (0..3_usize.pow(4)).map(move |told| (caller, owner, told))
                })
            }) {
                let mut context = serde_json::Map::new();
                for (place, key) in keys.iter().enumerate() {
                    let organization = ["", "o-a1", "o-a12"]
                        [told / 3_usize.pow(u32::try_from(place).unwrap()) % 3];
                    let value = if place % 2 == 1 {
                        json!([format!("{organization}/r-x/")])
                    } else {
                        json!(organization)
                    };
                    if !organization.is_empty() && some.contains(key) {
                        context.insert((*key).to_owned(), value);
                    }
                }
                let asked = request(
                    &asking(caller, &json!({"resourceAccount": owner, "context": context}))
                        .to_string(),
                );
                let model = frame.model_of(&asked).unwrap();
                let expected = keyaki::semantics::is_at_home(home, &asked, &known);
                assert_eq!(
                    Evaluation::new(&model).is_true(&term),
                    expected,
                    "{home:?} {}",
                    asked.to_json()
                );
                counts[at][usize::from(expected)] += 1;
            }
        }
    }
    assert!(counts.iter().flatten().all(|count| *count > 100), "{counts:?}");
}
