//! Effective Bedrock policies of an organization.

use keyaki::enforcement;
use keyaki::request::arn_fields;

/// What is accepted names guardrails in the Region of their configuration; what is refused has a
/// place.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match enforcement::read(text) {
        Ok(found) => found.iter().for_each(|one| {
            let Some([_, _, service, region, _, rest]) = arn_fields(&one.guardrail) else {
                panic!("{one:?}")
            };
            assert!(
                service == "bedrock"
                    && region == one.region
                    && rest.starts_with("guardrail/")
                    && !one.version.is_empty()
            );
        }),
        Err(wrong) => assert!(wrong.to_string().starts_with('`')),
    }
}
