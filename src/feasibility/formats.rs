//! Whether a text is an ARN of a format of the catalogue (F12).

use crate::catalogue::ArnFormat;

/// Whether the fields are those of an ARN of the format: a literal as it stands, `${Name}` for one or more characters, `*` for any. The
/// name of an S3 bucket has no `/`, so that the ARN of an object is none of a bucket.
pub(crate) fn matches(format: &ArnFormat, arn: &[&str; 6]) -> bool {
    let fields = format.fields();
    let bucket = fields[2] == "s3";
    fields.iter().zip(arn).all(|(field, text)| field_matches(field, text, bucket))
}

/// Formats have few place-holders in a field, so that trying every end of each is cheap.
fn field_matches(format: &str, text: &str, bucket: bool) -> bool {
    let Some(at) = format.find(['$', '*']) else { return format == text };
    let (literal, rest) = format.split_at(at);
    let Some(text) = text.strip_prefix(literal) else { return false };
    let (name, rest) = match rest.strip_prefix("${").and_then(|rest| rest.split_once('}')) {
        Some((name, rest)) => (Some(name), rest),
        None => (None, rest.get(1..).unwrap_or_default()),
    };
    let closed = bucket && name == Some("BucketName");
    let may_end = |end: usize| (end > 0 || name.is_none()) && !(closed && text.get(..end).is_none_or(|taken| taken.contains('/')));
    if rest.is_empty() {
        return may_end(text.len());
    }
    let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    ends.filter(|end| may_end(*end)).any(|end| text.get(end..).is_some_and(|text| field_matches(rest, text, bucket)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::arn_fields;

    #[test]
    fn fields_are_matched_one_by_one() {
        let bucket = "arn:${Partition}:s3:::${BucketName}";
        let object = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
        let cluster = "arn:${Partition}:rds:${Region}:${Account}:cluster:${Name}";
        let device = "arn:${Partition}:braket:*:*:device/${Type}/${Id}";
        let other = "arn:${Partition}:x:::${BucketName}";
        for (format, arn, expected) in [
            (bucket, "arn:aws:s3:::b", true),
            (bucket, "arn:aws:s3:::b/k", false),
            (bucket, "arn:aws:s3:::", false),
            (bucket, "arn:aws:s3:us-east-1::b", false),
            (bucket, "arn::s3:::b", false),
            (bucket, "arn:aws:S3:::b", false),
            (bucket, "arn:aws:s3:::é:é", true),
            (object, "arn:aws:s3:::b/k/l:m", true),
            (object, "arn:aws:s3:::b//", true),
            (object, "arn:aws:s3:::b/", false),
            (object, "arn:aws:s3:::/k", false),
            (object, "arn:aws:s3:::b", false),
            (other, "arn:aws:x:::b/k", true),
            (cluster, "arn:aws:rds:us-east-1:111122223333:cluster:a:b", true),
            (cluster, "arn:aws:rds::111122223333:cluster:a", false),
            (cluster, "arn:aws:rds:us-east-1::cluster:a", false),
            (cluster, "arn:aws:rds:us-east-1:111122223333:Cluster:a", false),
            (device, "arn:aws:braket:::device/a/b/c", true),
            (device, "arn:aws:braket:us-east-1:111122223333:device/a", false),
        ] {
            let (format, arn) = (ArnFormat::parse(format).unwrap(), arn_fields(arn).unwrap());
            assert_eq!(matches(&format, &arn), expected, "{format} {arn:?}");
        }
    }
}
