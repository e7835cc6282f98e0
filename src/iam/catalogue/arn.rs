//! The formats of resource ARNs.

use std::fmt;

/// How the ARN of a resource is built: six fields between colons, in which `${Name}` and `*` stand
/// for any text. The sixth field may have more colons.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArnFormat(String);

impl ArnFormat {
    /// Reads a format. `None` unless it has six fields, begins with `arn:`, names a service, and
    /// every `${` has its `}` in the same field. The last field may be empty.
    pub fn parse(text: &str) -> Option<Self> {
        let format = Self(text.to_owned());
        let [arn, partition, service, ..] = format.fields();
        let complete =
            arn == "arn" && ![partition, service].contains(&"") && text.matches(':').count() >= 5;
        let clean = !text.contains([',', ' ', '<', '>', '\t', '\n']);
        (complete && clean && format.fields().iter().all(|field| is_balanced(field)))
            .then_some(format)
    }

    /// The six fields: `arn`, partition, service, Region, account, resource.
    pub fn fields(&self) -> [&str; 6] {
        let mut fields = self.0.splitn(6, ':');
        std::array::from_fn(|_| fields.next().unwrap_or_default())
    }

    /// The whole format.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ArnFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether braces occur only as `${Name}`.
fn is_balanced(field: &str) -> bool {
    let mut rest = field;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else { return false };
        if before.contains(['{', '}']) || name.is_empty() || name.contains(['$', '{']) {
            return false;
        }
        rest = after;
    }
    !rest.contains(['{', '}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_have_six_fields() {
        let format = ArnFormat::parse("arn:${Partition}:rds:${Region}:${Account}:cluster:${Name}");
        let fields = ["arn", "${Partition}", "rds", "${Region}", "${Account}", "cluster:${Name}"];
        assert_eq!(format.as_ref().map(ArnFormat::fields), Some(fields));
        let nothing = ArnFormat::parse("arn:${Partition}:sqs:${Region}:${Account}:");
        assert_eq!(nothing.as_ref().map(|format| format.fields()[5]), Some(""));
        for wrong in [
            "*",
            "",
            "arn:${Partition}:s3::${Bucket}",
            "arn:${Partition}::::bucket",
            "urn:${Partition}:s3:::${Bucket}",
            "arn:${Partition}:s3:::{Bucket}",
            "arn:${Partition}:s3:::${Bucket",
            "arn:${Partition}:s3:::${}",
            "arn:${Partition}:s3:::a, arn:${Partition}:s3:::b",
        ] {
            assert_eq!(ArnFormat::parse(wrong), None, "{wrong}");
        }
    }
}
