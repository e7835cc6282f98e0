//! Effective Bedrock policies of an organization (SEMANTICS 7.6): guardrails that AWS enforces on
//! the inference of an account, what they break, and which ways they leave open.
//!
//! The format of the policies is that of
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_bedrock_syntax.html>, in the envelope of
//! <https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeEffectivePolicy.html>, as both read in 2026-11. That a caller who
//! may not apply an enforced guardrail is refused says
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-resource-based-policies.html>.

use crate::query::{Answer, Query, QueryError, Requests, Solver, Verdict};
use keyaki_engines::engine::Limits;
use keyaki_iam::input;
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::request::arn_fields;
use keyaki_iam::shape::{CallerPattern, Scope, Shape};
use keyaki_iam::source::Source;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use thiserror::Error;

/// A guardrail that is enforced in one Region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enforced {
    /// The Region.
    pub region: String,
    /// The name of the configuration, for example `config_1`.
    pub name: String,
    /// The ARN of the guardrail, without its version.
    pub guardrail: String,
    /// The version.
    pub version: String,
    /// The ids of the models on which it is enforced; none: on all.
    pub included: Vec<String>,
    /// The ids of the models on which it is not, whatever `included` says.
    pub excluded: Vec<String>,
}

/// What is wrong with an effective policy: the place, and what should stand there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{place}`: {expected}")]
pub struct Malformed {
    place: String,
    expected: &'static str,
}

fn malformed(place: &str, expected: &'static str) -> Malformed {
    Malformed { place: place.to_owned(), expected }
}

/// Reads what `aws organizations describe-effective-policy --policy-type BEDROCK_POLICY` prints, or
/// the content of the policy alone. Values may also stand in `@@assign`, as in a policy that is
/// attached.
///
/// # Errors
/// [`Malformed`].
pub fn read(text: &str) -> Result<Vec<Enforced>, Malformed> {
    const JSON: &str = "this is not a JSON object";
    let whole: Value = serde_json::from_str(text).map_err(|_| malformed("document", JSON))?;
    let envelope = whole.get("EffectivePolicy").unwrap_or(&whole);
    let content = match envelope.get("PolicyContent") {
        None => envelope.clone(),
        Some(Value::String(content)) => {
            serde_json::from_str(content).map_err(|_| malformed("PolicyContent", JSON))?
        }
        Some(_) => return Err(malformed("PolicyContent", "the content of a policy is a text")),
    };
    let regions = content.pointer("/bedrock/guardrail_inference").and_then(Value::as_object);
    let regions = regions.ok_or_else(|| {
        malformed(
            "bedrock.guardrail_inference",
            "an object with a member for each Region is expected",
        )
    })?;
    let mut found = Vec::new();
    for (region, configurations) in regions {
        let place = format!("bedrock.guardrail_inference.{region}");
        let configurations = configurations
            .as_object()
            .ok_or_else(|| malformed(&place, "an object with configurations is expected"))?;
        for (name, configuration) in
            configurations.iter().filter(|(name, _)| !name.starts_with("@@"))
        {
            found.push(configuration_of(region, name, configuration, &format!("{place}.{name}"))?);
        }
    }
    Ok(found)
}

fn configuration_of(
    region: &str,
    name: &str,
    value: &Value,
    place: &str,
) -> Result<Enforced, Malformed> {
    const IDENTIFIER: &str = "the ARN of a guardrail in this Region, `:` and a version are expected; with another text AWS refuses every call to Bedrock";
    let identifier = value.get("identifier").map(assigned).and_then(Value::as_str);
    let parts = identifier.and_then(|text| {
        let (guardrail, version) = text.rsplit_once(':')?;
        let [_, _, service, own, _, rest] = arn_fields(guardrail)?;
        let id = rest.strip_prefix("guardrail/")?;
        let numbered = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
        (service == "bedrock" && own == region && !id.is_empty() && numbered)
            .then_some((guardrail, version))
    });
    let (guardrail, version) =
        parts.ok_or_else(|| malformed(&format!("{place}.identifier"), IDENTIFIER))?;
    let listed = |member: &str| {
        let Some(list) = value.pointer(&format!("/model_enforcement/{member}")).map(assigned)
        else {
            return Ok(Vec::new());
        };
        let texts = list.as_array().and_then(|list| {
            list.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<Vec<String>>>()
        });
        texts.ok_or_else(|| {
            malformed(
                &format!("{place}.model_enforcement.{member}"),
                "a list of ids of models is expected",
            )
        })
    };
    let included = listed("included_models")?;
    let included = if included.iter().any(|model| model.eq_ignore_ascii_case("ALL")) {
        Vec::new()
    } else {
        included
    };
    Ok(Enforced {
        region: region.to_owned(),
        name: name.to_owned(),
        guardrail: guardrail.to_owned(),
        version: version.to_owned(),
        included,
        excluded: listed("excluded_models")?,
    })
}

/// The value that an operator of management policies assigns, or the value itself.
fn assigned(value: &Value) -> &Value {
    value.get("@@assign").unwrap_or(value)
}

/// What becomes of inference under one guardrail.
#[derive(Debug)]
pub struct Effect<'e> {
    /// The guardrail.
    pub enforced: &'e Enforced,
    /// Whether any inference is allowed in the Region, on a model on which it is enforced.
    pub inference: Verdict,
    /// Whether any request to apply the guardrail is allowed.
    pub application: Verdict,
}

/// What enforcement does to a principal's inference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Inference is allowed and no request to apply the guardrail is: every call that AWS guards is
    /// refused.
    Breaks,
    /// Inference is allowed, and so is some request to apply the guardrail.
    Works,
    /// No inference is allowed, with the guardrail or without.
    Nothing,
    /// An answer is unknown.
    Unknown,
}

impl Effect<'_> {
    /// What the two answers come to.
    pub fn outcome(&self) -> Outcome {
        match (&self.inference.answer, &self.application.answer) {
            (Answer::No, _) => Outcome::Nothing,
            (Answer::Unknown(_), _) | (Answer::Yes(_), Answer::Unknown(_)) => Outcome::Unknown,
            (Answer::Yes(_), Answer::Yes(_)) => Outcome::Works,
            (Answer::Yes(_), Answer::No) => Outcome::Breaks,
        }
    }
}

/// A way to a model on which no guardrail is enforced, as far as documents say.
#[derive(Debug)]
pub struct Way {
    /// What it is, in words.
    pub words: String,
    /// Whether any request is allowed by it.
    pub verdict: Verdict,
}

/// How to ask.
pub struct Asking<'a> {
    /// The requests that are considered.
    pub requests: Requests<'a>,
    /// Who decides.
    pub solver: &'a Solver,
    /// How long one question may take.
    pub limits: &'a Limits,
    /// Whom the questions are about; without accounts everybody but the accounts of the guardrails.
    pub scope: Scope,
}

/// What the enforcement does to whoever has these policies: for each guardrail its effect, and the
/// ways that are left open.
///
/// `guarded` are the policies together with the resource-based policy of the guardrail, if that is
/// known.
///
/// # Errors
/// As [`Query::ask`].
pub fn ask<'e>(
    enforced: &'e [Enforced],
    policies: &Policies,
    guarded: &Policies,
    asking: &Asking<'_>,
) -> Result<(Vec<Effect<'e>>, Vec<Way>), QueryError> {
    let owners: Vec<&str> = enforced
        .iter()
        .filter_map(|one| arn_fields(&one.guardrail).map(|fields| fields[4]))
        .collect();
    let put = |set: &Policies, statement: Value| asking.put(set, &statement, &owners);
    let mut effects = Vec::new();
    for one in enforced {
        let own = json!({"StringEquals": {"aws:RequestedRegion": one.region}});
        let apply = json!({"Action": "bedrock:ApplyGuardrail", "Resource": one.guardrail, "Condition": own});
        let inference = put(policies, inference(&one.included, &one.excluded, &own))?;
        effects.push(Effect { enforced: one, inference, application: put(guarded, apply)? });
    }
    let mut ways = Vec::new();
    for one in enforced.iter().filter(|one| !one.excluded.is_empty()) {
        let own = json!({"StringEquals": {"aws:RequestedRegion": one.region}});
        let words = format!("a model that {} excludes, in {}", one.name, one.region);
        ways.push(Way { words, verdict: put(policies, inference(&one.excluded, &[], &own))? });
    }
    let regions: BTreeSet<&str> = enforced.iter().map(|one| one.region.as_str()).collect();
    let elsewhere = json!({"StringNotEquals": {"aws:RequestedRegion": regions.iter().chain(["unspecified"].iter()).collect::<Vec<_>>()}});
    ways.push(Way {
        words: "inference in other Regions".to_owned(),
        verdict: put(policies, inference(&[], &[], &elsewhere))?,
    });
    for (words, action) in [
        (
            "batch jobs, of which documents of enforcement do not speak",
            "bedrock:CreateModelInvocationJob",
        ),
        (
            "`bedrock-mantle`, of which documents of enforcement do not speak",
            "bedrock-mantle:CreateInference",
        ),
    ] {
        ways.push(Way {
            words: words.to_owned(),
            verdict: put(policies, json!({"Action": action}))?,
        });
    }
    Ok((effects, ways))
}

/// Inference under a condition, on these models or on all, but for some.
fn inference(models: &[String], but: &[String], condition: &Value) -> Value {
    let arns = |models: &[String]| {
        models
            .iter()
            .map(|model| format!("arn:*:bedrock:*::foundation-model/{model}"))
            .collect::<Vec<_>>()
    };
    // A model that is excluded is excluded although it is included.
    let included: Vec<String> =
        models.iter().filter(|model| !but.contains(model)).cloned().collect();
    const ACTIONS: [&str; 2] = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];
    match models {
        // Tools of the system are used beside inference.
        [] => {
            let others = [arns(but), vec!["arn:*:bedrock:*:*:system-tool/*".to_owned()]].concat();
            json!({"Action": ACTIONS, "NotResource": others, "Condition": condition})
        }
        _ => json!({"Action": ACTIONS, "Resource": arns(&included), "Condition": condition}),
    }
}

/// The ARNs of users and sessions.
const ENTITIES: [[&str; 6]; 3] = [
    ["arn", "*", "iam", "*", "*", "user/*"],
    ["arn", "*", "sts", "*", "*", "assumed-role/*"],
    ["arn", "*", "sts", "*", "*", "federated-user/*"],
];

impl Asking<'_> {
    fn put(
        &self,
        policies: &Policies,
        statement: &Value,
        owners: &[&str],
    ) -> Result<Verdict, QueryError> {
        let options = ReadOptions::default();
        let source = Source::new("enforcement", statement.to_string());
        let read = input::parse(&source, &options)
            .and_then(|value| input::shape(&value, &source, &options, ""));
        let not_principals = match self.scope.accounts.is_empty() {
            true => {
                owners.iter().map(|owner| CallerPattern::Account((*owner).to_owned())).collect()
            }
            false => Vec::new(),
        };
        // Those to whom identity-based policies are attached: a root user, or anybody, whom the
        // guardrail's policy lets in is not meant.
        let principals =
            Some(ENTITIES.map(|fields| CallerPattern::Arn(fields.map(str::to_owned))).to_vec());
        let shape = read.ok().map(|read| Shape {
            principals,
            not_principals,
            scope: self.scope.clone(),
            ..read.value
        });
        let query = Query {
            shape: shape.as_ref(),
            within: &[],
            unlike: &[],
            allowed_by: vec![policies],
            refused_by: Vec::new(),
            requests: self.requests,
        };
        query.ask(self.solver, self.limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTENT: &str = r#"{"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": {
        "identifier": "arn:aws:bedrock:us-east-1:123456789012:guardrail/hu1dlsv9wy1d:1",
        "model_enforcement": {"included_models": ["ALL"], "excluded_models": ["cohere.embed-english-v3"]}}}}}}"#;

    #[test]
    fn policies_are_read_with_and_without_their_envelope() {
        let expected = vec![Enforced {
            region: "us-east-1".to_owned(),
            name: "config_1".to_owned(),
            guardrail: "arn:aws:bedrock:us-east-1:123456789012:guardrail/hu1dlsv9wy1d".to_owned(),
            version: "1".to_owned(),
            included: Vec::new(),
            excluded: vec!["cohere.embed-english-v3".to_owned()],
        }];
        let envelope = json!({"EffectivePolicy": {"PolicyContent": CONTENT, "PolicyType": "BEDROCK_POLICY", "TargetId": "111122223333"}});
        let attached = CONTENT.replace(
            r#""arn:aws:bedrock:us-east-1:123456789012:guardrail/hu1dlsv9wy1d:1""#,
            r#"{"@@assign": "arn:aws:bedrock:us-east-1:123456789012:guardrail/hu1dlsv9wy1d:1"}"#,
        );
        for text in [CONTENT.to_owned(), envelope.to_string(), attached] {
            assert_eq!(read(&text).as_ref(), Ok(&expected), "{text}");
        }
    }

    #[test]
    fn what_is_malformed_is_named() {
        let identifier = |text: &str| {
            CONTENT.replace("arn:aws:bedrock:us-east-1:123456789012:guardrail/hu1dlsv9wy1d:1", text)
        };
        for (text, place) in [
            ("[".to_owned(), "document"),
            (r#"{"PolicyContent": 1}"#.to_owned(), "PolicyContent"),
            (r#"{"bedrock": {}}"#.to_owned(), "bedrock.guardrail_inference"),
            (r#"{"bedrock": {"guardrail_inference": {"us-east-1": 1}}}"#.to_owned(), "us-east-1"),
            (
                identifier("arn:aws:bedrock:us-west-2:123456789012:guardrail/hu1dlsv9wy1d:1"),
                "config_1.identifier",
            ),
            (
                identifier("arn:aws:bedrock:us-east-1:123456789012:guardrail/hu1dlsv9wy1d"),
                "config_1.identifier",
            ),
            (
                identifier("arn:aws:bedrock:us-east-1:123456789012:guardrail/hu1dlsv9wy1d:DRAFT"),
                "config_1.identifier",
            ),
            (CONTENT.replace(r#"["ALL"]"#, "1"), "included_models"),
        ] {
            let wrong = read(&text).unwrap_err().to_string();
            assert!(wrong.contains(place), "{text}: {wrong}");
        }
    }
}
