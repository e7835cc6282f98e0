//! The file that has the managed policies of AWS: ARNs and documents.

use crate::Parsed;
use crate::context::Context;
use crate::documents::Doc;
use crate::parts::Parts;
use keyaki_iam::finding::{Finding, codes};
use keyaki_iam::input::Rejected;
use keyaki_iam::json::{JsonData, JsonValue};
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::source::Source;
use std::collections::BTreeMap;

/// The word that tells the form.
const WORD: &str = "managed-policies";

/// The managed policies of AWS in a file that has them: the text of each, with its places in the
/// file, by its ARN.
///
/// # Errors
/// Everything that is wrong with the file.
pub fn managed_policies(
    file: &Source,
    options: &ReadOptions,
) -> Result<BTreeMap<String, Source>, Rejected> {
    let mut context = Context::new(options);
    let parsed = Parsed::of(&mut context, file, file.name());
    let mut parts = Parts::default();
    for value in parsed.iter().flat_map(|parsed| &parsed.values) {
        read(&mut context, &mut parts, file, value);
    }
    if context.findings.iter().any(Finding::is_error) {
        return Err(context.findings);
    }
    Ok(parts.of_aws.iter().map(|(arn, doc)| ((*arn).to_owned(), doc.text())).collect())
}

/// Reads the file: `{"keyaki": "managed-policies", "version": 1, "policies": {ARN: DOCUMENT}}`.
pub(crate) fn read<'a>(
    context: &mut Context<'_>,
    parts: &mut Parts<'a>,
    source: &'a Source,
    value: &'a JsonValue,
) {
    let Some(file) = context.object(source, value, String::new()) else { return };
    let version = file.value("version").map(|version| &version.data);
    let known = matches!(version, Some(JsonData::Number(number)) if number == "1");
    if context.maybe_text(&file, "keyaki") != Some(WORD) || !known {
        let message = "this is not a file of managed policies of the form 1".to_owned();
        let help = "it begins with `\"keyaki\": \"managed-policies\", \"version\": 1`; `benches/aws-managed.sh` writes one";
        context.wrong(codes::ESTATE_MEMBER, source, file.span, "", message, help);
        return;
    }
    context.only(&file, &["keyaki", "version", "policies"]);
    let Some(policies) = context.inner(&file, "policies") else { return };
    for member in policies.members {
        let route = policies.at(&member.name);
        if let Some(doc) = Doc::of(context, source, &member.value, &route) {
            parts.of_aws.insert(&member.name, doc);
        }
    }
}
