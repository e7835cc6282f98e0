//! Reads what AWS prints about inference profiles: their models are where they route.

use super::{CallsError, Row};
use crate::request::arn_fields;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What `aws bedrock list-inference-profiles` prints.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summaries {
    inference_profile_summaries: Vec<ProfileText>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an inference profile")]
struct ProfileText {
    inference_profile_arn: String,
    models: Vec<ModelText>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ModelText {
    model_arn: String,
}

/// What is read: the members that an object must have.
const EXPECTED: &str = "an object with `inferenceProfileArn` and `models`, or with `inferenceProfileSummaries`, or a list of profiles";

/// How many members of a wrong file are named.
const SHOWN: usize = 5;

pub(super) fn read(text: &str) -> Result<Vec<Row>, CallsError> {
    let wrong = |problem: String| {
        CallsError(format!(
            "an inference profile is read as `aws bedrock get-inference-profile` or `list-inference-profiles` prints it: {problem}"
        ))
    };
    let told = |error: serde_json::Error| {
        let (line, column, message) = (error.line(), error.column(), error.to_string());
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(told, _)| told);
        wrong(format!("line {line}, column {column}: {message}"))
    };
    let profiles = match serde_json::from_str(text).map_err(told)? {
        Value::Array(_) => serde_json::from_str(text).map_err(told)?,
        Value::Object(members) if members.contains_key("inferenceProfileSummaries") => {
            let read: Summaries = serde_json::from_str(text).map_err(told)?;
            read.inference_profile_summaries
        }
        Value::Object(members) if members.contains_key("inferenceProfileArn") => {
            vec![serde_json::from_str(text).map_err(told)?]
        }
        Value::Object(members) if !members.is_empty() => {
            let shown: Vec<String> =
                members.keys().take(SHOWN).map(|name| format!("`{name}`")).collect();
            let more = if members.len() > SHOWN { " and others" } else { "" };
            return Err(wrong(format!("{EXPECTED}; there are {}{more}", shown.join(", "))));
        }
        Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            return Err(wrong(EXPECTED.to_owned()));
        }
    };
    if profiles.is_empty() {
        return Err(CallsError("there is no inference profile in the file".to_owned()));
    }
    let profiles: &[ProfileText] = &profiles;
    profiles.iter().map(row).collect()
}

fn row(profile: &ProfileText) -> Result<Row, CallsError> {
    let arn = &profile.inference_profile_arn;
    let wrong = |problem: &str| CallsError(format!("inference profile `{arn}`: {problem}"));
    let [_, partition, service, region, account, resource] =
        arn_fields(arn).ok_or_else(|| wrong("this is not an ARN"))?;
    let (kind, id) = resource
        .split_once('/')
        .filter(|(_, id)| !id.is_empty())
        .ok_or_else(|| wrong("its ARN has no id"))?;
    let (mut destinations, mut models) = (Vec::new(), BTreeSet::new());
    for ModelText { model_arn } in &profile.models {
        let model = arn_fields(model_arn).and_then(|[_, _, _, region, _, model]| {
            Some((region, model.strip_prefix("foundation-model/")?))
        });
        let (region, model) =
            model.ok_or_else(|| wrong(&format!("`{model_arn}` is not a foundation model")))?;
        if !destinations.iter().any(|known| known == region) {
            destinations.push(region.to_owned());
        }
        models.insert(model);
    }
    let model = match models.iter().collect::<Vec<_>>().as_slice() {
        [model] => (*model).to_owned(),
        _ => return Err(wrong("it has one model, in one Region or several")),
    };
    let mut fixed = BTreeMap::from([("Model".to_owned(), model.to_owned())]);
    let application = match (service, kind) {
        ("bedrock", "inference-profile") => false,
        ("bedrock", "application-inference-profile") => {
            fixed.extend([
                ("Profile".to_owned(), id.to_owned()),
                ("Account".to_owned(), account.to_owned()),
            ]);
            true
        }
        _ => return Err(wrong("this is not an inference profile")),
    };
    let prefix = if application {
        ""
    } else {
        id.strip_suffix(model)
            .and_then(|start| start.strip_suffix('.'))
            .ok_or_else(|| wrong("its id is not a prefix and its model"))?
    };
    let name = if application {
        format!("{id} in {region}")
    } else {
        format!("{prefix}, for {model} from {region}")
    };
    Ok(Row {
        id: format!("{id}@{region}"),
        name,
        prefix: prefix.to_owned(),
        partition: partition.to_owned(),
        sources: vec![region.to_owned()],
        destinations,
        fixed,
        application,
    })
}
