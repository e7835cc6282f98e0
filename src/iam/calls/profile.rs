//! Reads what AWS prints about inference profiles: their models are where they route.

use super::{CallsError, Row};
use crate::request::arn_fields;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What `aws bedrock list-inference-profiles` prints, a list of profiles, or what
/// `get-inference-profile` prints.
#[derive(Deserialize)]
#[serde(untagged)]
enum FileText {
    #[serde(rename_all = "camelCase")]
    Summaries {
        inference_profile_summaries: Vec<ProfileText>,
    },
    List(Vec<ProfileText>),
    One(ProfileText),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProfileText {
    inference_profile_arn: String,
    models: Vec<ModelText>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ModelText {
    model_arn: String,
}

pub(super) fn read(text: &str) -> Result<Vec<Row>, CallsError> {
    let file: FileText = serde_json::from_str(text).map_err(|error| {
        CallsError(format!(
            "inference profiles are read as `aws bedrock get-inference-profile` or `list-inference-profiles` prints them: {error}"
        ))
    })?;
    let profiles = match file {
        FileText::Summaries { inference_profile_summaries } => inference_profile_summaries,
        FileText::List(profiles) => profiles,
        FileText::One(profile) => vec![profile],
    };
    if profiles.is_empty() {
        return Err(CallsError("there is no inference profile in the file".to_owned()));
    }
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
