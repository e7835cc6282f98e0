//! Whether a bucket policy is public, which S3 Block Public Access asks (SEMANTICS 6.9).

use crate::policy::{
    BaseOperator, Condition, ConditionValue, Effect, Literal, Piece, Policy, PrincipalElement,
    PrincipalEntry, SetOperator, Statement, Template,
};
use crate::request::arn_fields;
use ipnet::IpNet;

/// Whether a bucket policy is public, as the User Guide of S3 means it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Public {
    /// Every grant is to fixed values.
    No,
    /// The User Guide does not tell.
    Unclear,
    /// A grant is not.
    Yes,
}

/// Whether a bucket policy is public: one public grant makes it so.
pub fn is_public(policy: &Policy) -> Public {
    let grants = policy.statements().filter(|one| one.effect == Effect::Allow);
    grants.map(of_grant).max().unwrap_or(Public::No)
}

/// A grant is fixed by its principals or by one of its conditions.
fn of_grant(statement: &Statement) -> Public {
    let principals = of_principals(statement.principal.as_ref());
    let conditions = statement.conditions.iter().map(of_condition);
    conditions.chain([principals]).min().unwrap_or(Public::Yes)
}

fn of_principals(element: Option<&PrincipalElement>) -> Public {
    let Some(element) = element.filter(|element| !element.negated) else { return Public::Yes };
    element.entries.iter().map(of_entry).max().unwrap_or(Public::Yes)
}

fn of_entry(entry: &PrincipalEntry) -> Public {
    match entry {
        PrincipalEntry::Aws(_) | PrincipalEntry::Service(_) | PrincipalEntry::CanonicalUser(_) => {
            Public::No
        }
        PrincipalEntry::Anyone | PrincipalEntry::AnyProvider => Public::Yes,
        // The guide has one that is public, which serves everybody. A provider of an account is
        // another matter.
        PrincipalEntry::Federated(name) if name.starts_with("arn:") => Public::Unclear,
        PrincipalEntry::Federated(_) => Public::Yes,
    }
}

/// The keys that the guide names, in lower case.
const FIXING: [&str; 11] = [
    "aws:principalorgid",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

/// What keys begin with that say who asks, or through what, and that the guide does not name.
const SIMILAR: [&str; 7] = [
    "aws:calledvia",
    "aws:principal",
    "aws:source",
    "aws:username",
    "aws:viaawsservice",
    "aws:vpc",
    "aws:ec2instancesource",
];

/// What a condition makes of a grant to everybody.
fn of_condition(condition: &Condition) -> Public {
    let (operator, key) = (condition.operator, condition.key.lower());
    // What excludes some, or wants the key to be there, fixes nothing.
    if operator.base.negated() || operator.base == BaseOperator::Null {
        return Public::Yes;
    }
    let of_values = match FIXING.contains(&key) {
        true => condition.values.iter().map(|value| of_value(key, operator.base, value)),
        false if SIMILAR.iter().any(|start| key.starts_with(start)) => return Public::Unclear,
        false => return Public::Yes,
    };
    let whole = of_values.max().unwrap_or(Public::Unclear);
    // Whether a grant that holds without the key is one to a fixed value is not told.
    let open = operator.if_exists || operator.set == Some(SetOperator::ForAllValues);
    if open { whole.max(Public::Unclear) } else { whole }
}

/// Whether a value is fixed: without wildcards and variables, and no broad range of addresses.
fn of_value(key: &str, base: BaseOperator, value: &ConditionValue) -> Public {
    match &value.literal {
        Literal::Network(network) => match network {
            IpNet::V4(network) if network.prefix_len() < 8 => Public::Yes,
            IpNet::V6(network) if network.prefix_len() < 32 => Public::Yes,
            IpNet::V4(_) | IpNet::V6(_) => Public::No,
        },
        Literal::Text(template) => of_text(key, base, template),
        Literal::Number(_) | Literal::Instant(_) | Literal::Bytes(_) | Literal::Presence(_) => {
            Public::Unclear
        }
    }
}

fn of_text(key: &str, base: BaseOperator, template: &Template) -> Public {
    // The guide has CIDRs, which `IpAddress` compares.
    if key == "aws:sourceip" {
        return Public::Unclear;
    }
    let pieces = template.pieces.as_slice();
    let fixed = pieces.iter().all(|piece| matches!(piece, Piece::Literal(_)));
    let is_variable = |piece: &Piece| matches!(piece, Piece::Variable(_));
    let wild =
        matches!(base, BaseOperator::StringLike | BaseOperator::ArnLike | BaseOperator::ArnEquals);
    match pieces {
        // Sessions of a role: "outside the pattern AROLEID:*" can be read either way.
        [Piece::Literal(id), Piece::AnyString] if key == "aws:userid" && id.ends_with(':') => {
            Public::Unclear
        }
        _ if fixed => Public::No,
        // The name of an access point may be any, of an account that is fixed.
        [Piece::Literal(start), ..]
            if key == "s3:dataaccesspointarn" && names_an_account(start) =>
        {
            Public::No
        }
        // These operators take wildcards for letters, so that nobody is meant.
        _ if !wild && !pieces.iter().any(is_variable) => Public::Unclear,
        _ => Public::Yes,
    }
}

/// Whether the beginning of the ARN of an access point has the account whole.
fn names_an_account(start: &str) -> bool {
    arn_fields(start).is_some_and(|[_, _, _, _, account, rest]| {
        account.len() == 12
            && account.bytes().all(|byte| byte.is_ascii_digit())
            && rest.starts_with("accesspoint/")
    })
}

#[cfg(test)]
mod tests {
    use super::{Public, is_public};
    use crate::policy::Kind;
    use crate::policy::read::{ReadOptions, read};
    use crate::source::Source;

    fn said(statements: &str) -> Public {
        let text = format!("{{\"Version\":\"2012-10-17\",\"Statement\":[{statements}]}}");
        let source = Source::new("bucket.json", text);
        let outcome = read(&source, Kind::Resource, &ReadOptions::default());
        is_public(&outcome.policy.expect("a policy"))
    }

    fn with(principal: &str, condition: &str) -> Public {
        said(&format!(
            "{{\"Effect\":\"Allow\",\"Principal\":{principal},\"Action\":\"s3:PutObject\",\"Resource\":\"arn:aws:s3:::b/*\",\"Condition\":{condition}}}"
        ))
    }

    /// The examples of the User Guide of S3, by their contents.
    #[test]
    fn the_examples_of_the_guide() {
        assert_eq!(with(r#"{"Federated":"graph.facebook.com"}"#, "{}"), Public::Yes);
        assert_eq!(with(r#""*""#, "{}"), Public::Yes);
        let vpc = r#"{"StringLike":{"aws:SourceVpc":"vpc-*"}}"#;
        assert_eq!(with(r#""*""#, vpc), Public::Yes);
        let vpc = r#"{"StringEquals":{"aws:SourceVpc":"vpc-91237329"}}"#;
        assert_eq!(with(r#""*""#, vpc), Public::No);
        let points = r#"{"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:123456789012:accesspoint/*"}}"#;
        assert_eq!(with(r#""*""#, points), Public::No);
        let points =
            r#"{"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:*:accesspoint/*"}}"#;
        assert_eq!(with(r#""*""#, points), Public::Yes);
        let broad = r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}"#;
        assert_eq!(with(r#""*""#, broad), Public::Yes);
        let narrow = r#"{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32"]}}"#;
        assert_eq!(with(r#""*""#, narrow), Public::No);
    }

    #[test]
    fn one_public_grant_is_enough_and_a_deny_is_none() {
        let fixed = r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}"#;
        let anyone = r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}"#;
        let deny = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#;
        assert_eq!(said(fixed), Public::No);
        assert_eq!(said(deny), Public::No);
        assert_eq!(said(&[fixed, deny, anyone].join(",")), Public::Yes);
        let others = r#"{"Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}"#;
        assert_eq!(said(others), Public::Yes);
    }

    #[test]
    fn only_keys_that_say_who_asks_fix_a_grant() {
        for (condition, wanted) in [
            (r#"{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorg1"}}"#, Public::No),
            (r#"{"StringLike":{"aws:PrincipalOrgID":"o-*"}}"#, Public::Yes),
            (r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-exampleorg1"}}"#, Public::Yes),
            (r#"{"Null":{"aws:PrincipalOrgID":"false"}}"#, Public::Yes),
            (r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-exampleorg1"}}"#, Public::Unclear),
            (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, Public::Yes),
            (r#"{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#, Public::Unclear),
            (r#"{"StringEquals":{"aws:SourceVpc":"${aws:PrincipalTag/vpc}"}}"#, Public::Yes),
            (r#"{"StringEquals":{"aws:SourceVpc":["vpc-1","vpc-2"]}}"#, Public::No),
            (r#"{"StringLike":{"aws:SourceVpc":["vpc-1","vpc-*"]}}"#, Public::Yes),
            (r#"{"StringLike":{"aws:userid":"AROAEXAMPLEID:*"}}"#, Public::Unclear),
            (r#"{"StringLike":{"aws:userid":"AROA*"}}"#, Public::Yes),
            (r#"{"StringEquals":{"aws:userid":"AIDAEXAMPLEID"}}"#, Public::No),
            (
                r#"{"Bool":{"aws:SecureTransport":"true"},"StringEquals":{"aws:SourceVpce":"vpce-1"}}"#,
                Public::No,
            ),
        ] {
            assert_eq!(with(r#""*""#, condition), wanted, "{condition}");
        }
        assert_eq!(
            with(r#"{"Federated":"arn:aws:iam::111122223333:saml-provider/p"}"#, "{}"),
            Public::Unclear
        );
    }
}
