//! Files about calls: of calls, and of inference profiles as AWS prints them. Where one cannot be
//! read the error says what the file is, if it is something else.

use super::recognise;
use crate::calls::{Calls, CallsError, Row};
use crate::source::Source;

/// The inference profiles in what `aws bedrock get-inference-profile` or `list-inference-profiles`
/// printed.
///
/// # Errors
/// What is wrong with the text, with its line and column, or what the file is.
pub fn profiles(source: &Source) -> Result<Vec<Row>, CallsError> {
    Calls::profiles(source.text()).map_err(|error| told(source, &error))
}

/// The calls that Keyaki carries with those of files: see [`Calls::with`].
///
/// # Errors
/// What is wrong with a file, with its line and column, or what the file is.
pub fn calls(
    sources: &[Source],
    profiles: Vec<Row>,
    only: Option<&str>,
) -> Result<Calls, CallsError> {
    let texts: Vec<&str> = sources.iter().map(Source::text).collect();
    Calls::with(&texts, profiles, only).map_err(|error| {
        // It is of the file that has it alone, too; else it is of several together.
        let alone = |source: &&Source| {
            Calls::with(&[source.text()], Vec::new(), only).is_err_and(|other| other == error)
        };
        sources.iter().find(alone).map_or_else(|| error.clone(), |source| told(source, &error))
    })
}

/// The error, with the name of its file and what that is.
fn told(source: &Source, error: &CallsError) -> CallsError {
    let name = source.name();
    match recognise::what(source) {
        Some(what) => CallsError::new(format!("`{name}`: {error}; this is {what}")),
        None => CallsError::new(format!("`{name}`: {error}")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::*;

    #[test]
    fn a_file_of_another_kind_is_told() {
        const POLICY: &str = r#"{"Version": "2012-10-17", "Statement": []}"#;
        const PLAN: &str = r#"{"format_version": "1.2", "planned_values": {}}"#;
        const CLAIMS: &str = "[[claim]]\nname = \"a\"\n";
        const PROFILE: &str = r#"{"inferenceProfileArn": "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.m", "model": []}"#;
        let form = "an inference profile is read as `aws bedrock get-inference-profile` or `list-inference-profiles` prints it";
        let members = "an object with `inferenceProfileArn` and `models`, or with `inferenceProfileSummaries`, or a list of profiles";
        let cases = [
            (
                POLICY,
                format!(
                    "`f`: {form}: {members}; there are `Version`, `Statement`; this is a policy document"
                ),
            ),
            (
                PLAN,
                format!(
                    "`f`: {form}: {members}; there are `format_version`, `planned_values`; this is a Terraform plan"
                ),
            ),
            (
                CLAIMS,
                format!("`f`: {form}: line 1, column 3: expected value; this is a file of claims"),
            ),
            (PROFILE, format!("`f`: {form}: line 1, column 101: missing field `models`")),
            (
                "[1]",
                format!(
                    "`f`: {form}: line 1, column 2: invalid type: integer `1`, expected an inference profile"
                ),
            ),
            ("7", format!("`f`: {form}: {members}")),
            ("[]", "`f`: there is no inference profile in the file".to_owned()),
        ];
        for (text, expected) in cases {
            let error = profiles(&Source::new("f", text)).unwrap_err().to_string();
            assert_eq!(error, expected, "{text}");
        }
        let good =
            Source::new("good", "[variables.V]\nshape = \"region\"\nnatural = [\"us-east-1\"]\n");
        let told = |text: &str| {
            let bad = Source::new("bad", text);
            calls(&[good.clone(), bad], Vec::new(), None).unwrap_err().to_string()
        };
        assert_eq!(
            told(CLAIMS),
            "`bad`: a file of calls: line 1, column 3: unknown field `claim`, expected one of `variables`, `geography`, `whole`, `extra`, `call`; this is a file of claims"
        );
        assert_eq!(
            told(POLICY),
            "`bad`: a file of calls: line 1, column 1: invalid key-value pair, expected key; this is a policy document"
        );
    }
}
