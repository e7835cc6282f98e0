//! Which callers and requests a question leaves out: the encoder and the evaluator must say the same of each.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use keyaki::query::{Answer, Query, Requests, Solver};
use keyaki::shape::Shape;
use keyaki_encodings::engine::{Finite, Limits};
use keyaki_encodings::evaluate::Evaluation;
use serde_json::{Value, json};
use support::{policy_set, request, shape};

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
    let query = Query { shape: Some(&shape), unlike: None, allowed_by: vec![&set], refused_by: Vec::new(), requests: Requests::Any };
    let holds = query.holds(&request);
    let encoded = query.encode().unwrap();
    let model = encoded.frame.model_of(&request).unwrap();
    let mut evaluation = Evaluation::new(&model);
    assert_eq!(encoded.all().iter().all(|term| evaluation.is_true(term)), holds, "{policies} {asked} {of_shape}");
    holds
}

fn asking(principal: &str, members: &Value) -> Value {
    let mut asked =
        json!({"principal": principal, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "resourceAccount": "111122223333"});
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
        assert_eq!(considered(policies, &asked, &of_shape), expected, "{policies} {asked} {of_shape}");
    }
}

/// A question that no policy has a part in is about what the shapes say and nothing else.
#[test]
fn questions_about_shapes_alone_leave_nothing_out() {
    let not = |action: &str| shape(&json!({ "NotAction": action }).to_string());
    let (anything, others) = (shape("{}"), not("sts:GetCallerIdentity"));
    let asked = |principal: &str, members: &Value, unlike: Option<&Shape>| {
        let request = request(&asking(principal, members).to_string());
        let query = Query { shape: Some(&anything), unlike, allowed_by: Vec::new(), refused_by: Vec::new(), requests: Requests::Any };
        let encoded = query.encode().unwrap();
        let model = encoded.frame.model_of(&request).unwrap();
        let mut evaluation = Evaluation::new(&model);
        let holds = query.holds(&request);
        assert_eq!(encoded.all().iter().all(|term| evaluation.is_true(term)), holds, "{principal} {members}");
        holds
    };
    let call = json!({"action": "sts:GetCallerIdentity"});
    let user = "arn:aws:iam::111122223333:user/dev";
    assert!(asked(user, &call, None) && asked(user, &call, Some(&others)) && asked(ROOT, &json!({}), None));
    assert!(!asked(user, &json!({}), Some(&others)) && !asked(user, &call, Some(&anything)));
}

/// Who needs no grant is denied all the same: what the grants are about says nothing of the actions in question.
#[test]
fn who_needs_no_grant_minds_a_deny() {
    let allow = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"});
    let deny = json!({"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"});
    // The Deny stands where root users have it: in the policy of an organization, not in one that is attached to an identity.
    let answer = |statements: Value| {
        let set = policy_set(&json!({"identity": [], "scp": [[{"Version": "2012-10-17", "Statement": statements}]]}));
        let shape = shape(&json!({"Principal": ROOT, "Action": "s3:PutObject"}).to_string());
        let query = Query { shape: Some(&shape), unlike: None, allowed_by: vec![&set], refused_by: Vec::new(), requests: Requests::Any };
        query.answer(&Solver::single(Box::new(Finite::new())), &Limits::default()).unwrap()
    };
    assert!(matches!(answer(json!([allow])), Answer::Yes(_)));
    let denied = answer(json!([allow, deny]));
    assert!(matches!(denied, Answer::No), "{denied:?}");
}
