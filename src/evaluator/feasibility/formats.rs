//! Whether a text is an ARN of a format of the catalogue (F12).

use keyaki_iam::catalogue::ArnFormat;

/// Whether the fields are those of an ARN of the format: a literal as it stands, `${Name}` for one
/// or more characters, `*` for any. The name of an S3 bucket has no `/`, so that the ARN of an
/// object is none of a bucket.
pub fn matches(format: &ArnFormat, arn: &[&str; 6]) -> bool {
    let fields = format.fields();
    let bucket = fields[2] == "s3";
    fields.iter().zip(arn).all(|(field, text)| field_matches(field, text, bucket))
}

/// Whether the text may be this field, from 0, of an ARN of the format. An ARN is of the format iff
/// each of its fields may be.
pub fn field_is_of(format: &ArnFormat, index: usize, text: &str) -> bool {
    let fields = format.fields();
    fields.get(index).is_some_and(|field| field_matches(field, text, fields[2] == "s3"))
}

/// Whether the text may stand where the format has the service.
pub(crate) fn names_service(format: &ArnFormat, text: &str) -> bool {
    field_matches(format.fields()[2], text, false)
}

/// Whether the text is of the format of its field. After each piece of the format it is known where
/// in the text the piece may end, so that no number of place-holders takes time to speak of.
fn field_matches(format: &str, text: &str, bucket: bool) -> bool {
    if !format.contains(['$', '*']) {
        return format == text;
    }
    // Most are a text and one place-holder after it.
    if let Some((head, name)) = format.split_once("${")
        && let Some(name) = name.strip_suffix('}').filter(|name| !name.contains('}'))
        && !head.contains('*')
    {
        let closed = bucket && name == "BucketName";
        return text
            .strip_prefix(head)
            .is_some_and(|rest| !(rest.is_empty() || closed && rest.contains('/')));
    }
    let mut ends: Vec<bool> = (0..=text.len()).map(|at| at == 0).collect();
    let mut rest = format;
    while !rest.is_empty() {
        let at = rest.find("${").into_iter().chain(rest.find('*')).min().unwrap_or(rest.len());
        let (literal, wild) = rest.split_at(at);
        ends = after_literal(&ends, text, literal);
        let (name, after) = match wild.strip_prefix("${").and_then(|wild| wild.split_once('}')) {
            Some((name, after)) => (Some(name), after),
            None => (None, wild.get(1..).unwrap_or_default()),
        };
        if !wild.is_empty() {
            ends = after_wild(&ends, text, name.is_some(), bucket && name == Some("BucketName"));
        }
        rest = after;
    }
    ends.last() == Some(&true)
}

/// Where the literal may end, of the places where it may begin. Both have a member for each byte
/// of the text and one for its end.
fn after_literal(begins: &[bool], text: &str, literal: &str) -> Vec<bool> {
    let mut ends = vec![false; begins.len()];
    for (at, _) in begins.iter().enumerate().filter(|(_, begins)| **begins) {
        if text.get(at..).is_some_and(|rest| rest.starts_with(literal))
            && let Some(end) = ends.get_mut(at + literal.len())
        {
            *end = true;
        }
    }
    ends
}

/// Where any text may end that is not empty if `named`, and has no `/` if `closed`, of the places
/// where it may begin.
fn after_wild(begins: &[bool], text: &str, named: bool, closed: bool) -> Vec<bool> {
    let mut ends = vec![false; begins.len()];
    let mut begun = false;
    for (at, letter) in text.char_indices().chain([(text.len(), '/')]) {
        let begins = begins.get(at) == Some(&true);
        if let Some(end) = ends.get_mut(at) {
            *end = begun || begins && !named;
        }
        begun = (begun || begins) && !(closed && letter == '/');
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_iam::request::arn_fields;

    #[test]
    fn fields_are_matched_one_by_one() {
        let bucket = "arn:${Partition}:s3:::${BucketName}";
        let object = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
        let cluster = "arn:${Partition}:rds:${Region}:${Account}:cluster:${Name}";
        let device = "arn:${Partition}:braket:*:*:device/${Type}/${Id}";
        let copy = "arn:${Partition}:s3:::${Any}a${BucketName}b";
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
            (copy, "arn:aws:s3:::1a2/a3b", true),
            (copy, "arn:aws:s3:::1a2/b", false),
            (copy, "arn:aws:s3:::é/aéb", true),
            (copy, "arn:aws:s3:::aab", false),
        ] {
            let (format, arn) = (ArnFormat::parse(format).unwrap(), arn_fields(arn).unwrap());
            assert_eq!(matches(&format, &arn), expected, "{format} {arn:?}");
        }
    }

    #[test]
    fn many_place_holders_take_no_time_to_speak_of() {
        let format =
            ArnFormat::parse(&format!("arn:aws:s3:::{}!", "${BucketName}a".repeat(200))).unwrap();
        for (end, expected) in [("", false), ("!", true)] {
            let arn = format!("arn:aws:s3:::{}{end}", "a".repeat(2_000));
            assert_eq!(matches(&format, &arn_fields(&arn).unwrap()), expected);
        }
    }
}
