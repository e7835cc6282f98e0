//! The layers around the core grant: which of them take part for whom, and what each says
//! (SEMANTICS 6.3, 6.5, 6.6).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::layers::{
    FEDERATED, NOBODY, ROOT, SERVICE, SESSION, USER, allow, asking, deny, evaluated, public,
};
use keyaki::layers::Layer;
use keyaki::request::PrincipalKind;
use keyaki::semantics::{Decision, Evaluation, Exemption, StatementRef, Verdict};
use serde_json::{Value, json};

const PROVIDER: &str = "arn:aws:iam::111122223333:saml-provider/idp";

fn linked() -> Value {
    let role = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
    json!({"arn": "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s", "roleArn": role})
}

fn verdict(evaluation: &Evaluation, layer: Layer) -> Verdict {
    evaluation
        .layers
        .iter()
        .find(|outcome| outcome.layer == layer)
        .unwrap_or_else(|| panic!("{layer}"))
        .verdict
}

/// Every level must allow, none may deny, and none grants.
#[test]
fn service_control_policies() {
    use Decision::{Allowed, ExplicitDeny, ImplicitDeny};
    use Verdict::{Allows, Denies, Silent};
    let cases: Vec<(Value, Value, Decision, Vec<Verdict>)> = vec![
        (allow("*"), json!([]), Allowed, vec![]),
        (allow("*"), json!([allow("*"), [allow("*")]]), Allowed, vec![Allows, Allows]),
        (
            allow("*"),
            json!([allow("*"), allow("ec2:*"), allow("*")]),
            ImplicitDeny,
            vec![Allows, Silent, Allows],
        ),
        (allow("*"), json!([[allow("ec2:*"), allow("s3:*")]]), Allowed, vec![Allows]),
        (allow("*"), json!([[], allow("*")]), ImplicitDeny, vec![Silent, Allows]),
        (
            allow("*"),
            json!([allow("*"), [allow("*"), deny("s3:*")]]),
            ExplicitDeny,
            vec![Allows, Denies],
        ),
        (allow("ec2:*"), json!([allow("*")]), ImplicitDeny, vec![Allows]),
    ];
    for (identity, scp, decision, verdicts) in cases {
        for caller in [USER, SESSION] {
            let evaluation =
                evaluated(&json!({"identity": [identity], "scp": scp}), &asking(caller, json!({})));
            assert_eq!(evaluation.decision, decision, "{scp}");
            let levels: Vec<_> =
                (0..verdicts.len()).map(|level| verdict(&evaluation, Layer::Scp(level))).collect();
            assert_eq!(levels, verdicts, "{scp}");
        }
    }
}

/// SCPs restrict the identities and the root users of member accounts, and nobody else; not even a
/// silent level refuses the others.
#[test]
fn whom_service_control_policies_restrict() {
    use Exemption::{ManagementAccount, NoPrincipal, OutsideScp, ServiceLinkedRole};
    let management = json!({"principalInManagementAccount": true});
    let cases: Vec<(Value, Value, Option<Exemption>)> = vec![
        (json!(USER), json!({}), None),
        (json!(SESSION), json!({}), None),
        (json!(FEDERATED), json!({}), None),
        (json!(ROOT), json!({}), None),
        (linked(), json!({}), Some(ServiceLinkedRole)),
        (
            json!("arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/R"),
            json!({}),
            Some(ServiceLinkedRole),
        ),
        (json!("arn:aws:iam::111122223333:role/team/aws-service-role/R"), json!({}), None),
        (json!("arn:aws:iam::111122223333:user/aws-service-role/u"), json!({}), None),
        (json!(USER), management.clone(), Some(ManagementAccount)),
        (json!(ROOT), management, Some(ManagementAccount)),
        (json!(SERVICE), json!({}), Some(OutsideScp(PrincipalKind::Service))),
        (json!("anonymous"), json!({}), Some(OutsideScp(PrincipalKind::Anonymous))),
        (json!(PROVIDER), json!({}), Some(OutsideScp(PrincipalKind::FederatedIdentity))),
        (json!(NOBODY), json!({}), Some(NoPrincipal)),
    ];
    for (caller, members, exemption) in cases {
        let granted = |scp: Value| {
            let set = json!({"identity": [allow("*")], "session": [allow("*")], "resource": public("Allow", "*"), "scp": [scp]});
            evaluated(&set, &asking(caller.clone(), members.clone()))
        };
        let free =
            if exemption == Some(NoPrincipal) { Decision::ImplicitDeny } else { Decision::Allowed };
        for (scp, word, said) in [
            (deny("*"), Decision::ExplicitDeny, Verdict::Denies),
            (allow("ec2:*"), Decision::ImplicitDeny, Verdict::Silent),
        ] {
            let evaluation = granted(scp);
            let expected = if exemption.is_some() { free } else { word };
            assert_eq!(evaluation.decision, expected, "{caller}");
            assert_eq!(
                verdict(&evaluation, Layer::Scp(0)),
                exemption.map_or(said, Verdict::Exempt),
                "{caller}"
            );
        }
        assert_eq!(granted(allow("*")).decision, free, "{caller}");
    }
}

/// RCPs deny, whoever asks, for the listed services; a level without a Deny refuses nothing.
#[test]
fn resource_control_policies() {
    use Exemption::{ActionNotCovered, ManagementAccount, ServiceLinkedRole, ServiceNotCovered};
    let s3 = json!({});
    let (own, foreign) = (
        json!({"principalInManagementAccount": true}),
        json!({"principalInManagementAccount": true, "resourceAccount": "444455556666"}),
    );
    let cases: Vec<(Value, Value, Option<Exemption>)> = vec![
        (json!(USER), s3.clone(), None),
        (json!(USER), json!({"resourceAccount": "444455556666"}), None),
        (json!(ROOT), s3.clone(), None),
        (json!(SERVICE), s3.clone(), None),
        (json!("anonymous"), s3.clone(), None),
        (linked(), s3, Some(ServiceLinkedRole)),
        (json!(USER), own, Some(ManagementAccount)),
        (json!(USER), foreign, None),
        (json!(SERVICE), json!({"principalInManagementAccount": true}), None),
        (json!(USER), json!({"action": "S3:getObject"}), None),
        (json!(USER), json!({"action": "bedrock:InvokeModel"}), Some(ServiceNotCovered)),
        (json!(USER), json!({"action": "s3express:CreateSession"}), Some(ServiceNotCovered)),
        (json!(USER), json!({"action": "GetObject"}), Some(ServiceNotCovered)),
        (json!(USER), json!({"action": "KMS:retireGrant"}), Some(ActionNotCovered)),
        (json!(USER), json!({"action": "kms:CreateGrant"}), None),
    ];
    for (caller, members, exemption) in cases {
        let asked = asking(caller.clone(), members.clone());
        let set = |actions: &[&str]| {
            let mut control = public("Deny", "");
            control["Statement"][0]["Action"] = json!(actions);
            json!({"identity": [allow("*")], "resource": public("Allow", "*"), "rcp": [[], [control]]})
        };
        let evaluation = evaluated(&set(&["s3:*", "s3express:*", "kms:*", "bedrock:*"]), &asked);
        assert_eq!(
            evaluation.decision == Decision::ExplicitDeny,
            exemption.is_none(),
            "{caller} {members}"
        );
        assert_eq!(
            verdict(&evaluation, Layer::Rcp(1)),
            exemption.map_or(Verdict::Denies, Verdict::Exempt),
            "{caller} {members}"
        );
        let silent = evaluated(&set(&["sqs:*"]), &asked);
        assert_eq!(silent.decision, Decision::Allowed, "{caller} {members}");
        assert_eq!(
            verdict(&silent, Layer::Rcp(0)),
            exemption.map_or(Verdict::Allows, Verdict::Exempt),
            "{caller} {members}"
        );
    }
}

/// An endpoint's policies restrict what comes through the endpoint, whoever asks, and grant
/// nothing.
#[test]
fn endpoint_policies() {
    use Decision::{Allowed, ExplicitDeny, ImplicitDeny};
    let through = [
        (json!({"aws:SourceVpce": "vpce-1"}), true),
        (json!({"aws:sourcevpc": "vpc-1"}), true),
        (json!({"aws:VpcSourceIp": "10.0.0.5"}), true),
        (json!({"aws:SourceVpce": ["vpce-1"]}), true),
        (json!({"aws:SourceVpce": []}), false),
        (json!({"aws:SourceIp": "203.0.113.5"}), false),
        (json!({}), false),
    ];
    let callers = [
        (USER, true),
        (SESSION, true),
        (ROOT, true),
        (SERVICE, true),
        ("anonymous", true),
        (NOBODY, false),
    ];
    for (caller, granted) in callers {
        for (context, through) in &through {
            let asked = asking(caller, json!({ "context": context }));
            let free = if granted { Allowed } else { ImplicitDeny };
            let restricted = |decision| if *through && granted { decision } else { free };
            let cases = [
                (json!([public("Allow", "*")]), free, Verdict::Allows),
                (
                    json!([public("Allow", "ec2:*"), public("Allow", "s3:Get*")]),
                    free,
                    Verdict::Allows,
                ),
                (json!([public("Allow", "ec2:*")]), restricted(ImplicitDeny), Verdict::Silent),
                (
                    json!([public("Allow", "*"), public("Deny", "s3:*")]),
                    restricted(ExplicitDeny),
                    Verdict::Denies,
                ),
                (json!([]), free, Verdict::Allows),
            ];
            for (endpoint, expected, said) in cases {
                let set = json!({"identity": [allow("*")], "resource": public("Allow", "*"), "endpoint": endpoint});
                let evaluation = evaluated(&set, &asked);
                assert_eq!(evaluation.decision, expected, "{caller} {context} {endpoint}");
                if endpoint != json!([]) && granted {
                    let said = if *through {
                        said
                    } else {
                        Verdict::Exempt(Exemption::NotThroughEndpoint)
                    };
                    assert_eq!(
                        verdict(&evaluation, Layer::Endpoint),
                        said,
                        "{caller} {context} {endpoint}"
                    );
                }
            }
        }
    }
    let nothing_else = json!({"identity": [], "endpoint": [public("Allow", "*")]});
    assert_eq!(
        evaluated(&nothing_else, &asking(USER, json!({"context": {"aws:SourceVpc": "vpc-1"}})))
            .decision,
        ImplicitDeny
    );
}

/// For whom the policies that are attached to identities count: what they allow, and what they
/// deny.
#[test]
fn policies_of_identities() {
    use Exemption::{HasNone, NoPrincipal, RootUser, UserWithoutSession};
    let foreign = json!({"resourceAccount": "444455556666"});
    let layers =
        [("identity", Layer::Identity), ("boundary", Layer::Boundary), ("session", Layer::Session)];
    let cases: Vec<(&str, Value, Option<Exemption>, bool)> = vec![
        (USER, json!({}), None, true),
        (SESSION, json!({}), None, true),
        (FEDERATED, json!({}), None, true),
        // Nothing is attached to a root user (SEMANTICS 9(g)).
        (ROOT, json!({}), Some(RootUser), false),
        (NOBODY, json!({}), Some(NoPrincipal), true),
        (SERVICE, json!({}), Some(HasNone(PrincipalKind::Service)), false),
        (PROVIDER, json!({}), Some(HasNone(PrincipalKind::FederatedIdentity)), false),
        ("anonymous", json!({}), Some(HasNone(PrincipalKind::Anonymous)), false),
        (USER, foreign.clone(), None, true),
        (ROOT, foreign, Some(RootUser), false),
    ];
    for (caller, members, exemption, denies) in cases {
        for (name, layer) in layers {
            let asked = asking(caller, members.clone());
            let same = members == json!({});
            let exemption = if caller == USER && layer == Layer::Session && same {
                Some(UserWithoutSession)
            } else {
                exemption
            };
            let said = |document: Value| {
                let documents = if name == "boundary" { document } else { json!([document]) };
                let evaluation =
                    evaluated(&json!({ name: documents, "scp": [allow("*")] }), &asked);
                assert_eq!(
                    evaluation.decision == Decision::ExplicitDeny,
                    verdict(&evaluation, layer) == Verdict::Denies
                );
                verdict(&evaluation, layer)
            };
            assert_eq!(
                said(allow("s3:*")),
                exemption.map_or(Verdict::Allows, Verdict::Exempt),
                "{caller} {layer}"
            );
            assert_eq!(
                said(allow("ec2:*")),
                exemption.map_or(Verdict::Silent, Verdict::Exempt),
                "{caller} {layer}"
            );
            let exempt = exemption.filter(|_| !denies);
            assert_eq!(
                said(deny("s3:*")),
                exempt.map_or(Verdict::Denies, Verdict::Exempt),
                "{caller} {layer}"
            );
        }
    }
}

/// A Deny of any layer is final, whatever the others say.
#[test]
fn a_deny_anywhere() {
    let open = json!({"identity": [allow("*")], "boundary": allow("*"), "session": [allow("*")], "resource": public("Allow", "*"),
                      "scp": [allow("*")], "rcp": [], "endpoint": [public("Allow", "*")]});
    let asked = asking(SESSION, json!({"context": {"aws:SourceVpce": "vpce-1"}}));
    assert_eq!(evaluated(&open, &asked).decision, Decision::Allowed);
    let both = |mut policy: Value, denial: Value| {
        policy["Statement"].as_array_mut().unwrap().push(denial["Statement"][0].clone());
        policy
    };
    let cases = [
        ("identity", json!([allow("*"), deny("s3:*")]), 1, 0),
        ("boundary", both(allow("*"), deny("s3:*")), 1, 1),
        ("session", json!([deny("s3:*"), allow("*")]), 2, 0),
        ("resource", both(public("Allow", "*"), public("Deny", "s3:*")), 3, 1),
        ("scp", json!([allow("*"), [allow("*"), deny("s3:*")]]), 6, 0),
        ("rcp", json!([[public("Deny", "s3:*")]]), 5, 0),
        ("endpoint", json!([public("Allow", "*"), public("Deny", "s3:*")]), 6, 0),
    ];
    for (layer, documents, policy, index) in cases {
        let mut set = open.clone();
        set[layer] = documents;
        let evaluation = evaluated(&set, &asked);
        assert_eq!(
            (evaluation.decision, evaluation.deciding),
            (Decision::ExplicitDeny, vec![StatementRef { policy, index }]),
            "{layer}"
        );
    }
}
