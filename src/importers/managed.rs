//! The file that has the managed policies of AWS: ARNs and documents.

use crate::context::Context;
use crate::documents::Doc;
use crate::parts::Parts;
use keyaki_iam::finding::codes;
use keyaki_iam::json::JsonValue;
use keyaki_iam::source::Source;

/// The word that tells the form.
const WORD: &str = "managed-policies";

/// Reads the file: `{"keyaki": "managed-policies", "version": 1, "policies": {ARN: DOCUMENT}}`.
pub(crate) fn read<'a>(
    context: &mut Context<'_>,
    parts: &mut Parts<'a>,
    source: &'a Source,
    value: &'a JsonValue,
) {
    let Some(file) = context.object(source, value, String::new()) else { return };
    if context.maybe_text(&file, "keyaki") != Some(WORD) {
        let message = "this is not a file of managed policies".to_owned();
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
