//! The shapes of names, as regular expressions.

use keyaki_iam::endpoints::REGIONS_OF_PARTITIONS;
use keyaki_iam::policy::parameter::Form;
use keyaki_logic::regex::{Class, Regex};

/// Texts with at least `count` colon-separated fields: `count - 1` fields without colons, and
/// anything.
pub(crate) fn fields(count: u32) -> Regex {
    let field = Regex::concat([Regex::star(Regex::none_of(":")), Regex::literal(":")]);
    Regex::concat([
        Regex::repeat(field, count.saturating_sub(1), count.saturating_sub(1)),
        Regex::all(),
    ])
}

/// Texts with at least six colon-separated fields.
pub(crate) fn six_fields() -> Regex {
    fields(6)
}

/// `true` (or `false`), ignoring case.
pub(crate) fn boolean(value: bool) -> Regex {
    Regex::ascii_case_insensitive(if value { "true" } else { "false" })
}

/// One of the characters that tag keys and values may have (SEMANTICS 3). Of those beyond ASCII all
/// are let through: which of them are letters or digits is Unicode's business, and too many
/// requests never make a "no" wrong.
pub(crate) fn tag_char() -> Regex {
    Regex::class(
        alphanumeric()
            .union(&Class::of(" _.:/=+-@".chars()))
            .union(&Class::new([('\u{80}', char::MAX)])),
    )
}

/// The characters of tag keys and values (SEMANTICS F22).
pub(crate) fn tag_text() -> Regex {
    Regex::star(tag_char())
}

/// Texts of so many characters.
pub(crate) fn length(low: u32, high: u32) -> Regex {
    Regex::repeat(Regex::any_char(), low, high)
}

/// Account ids: twelve digits (SEMANTICS F24).
pub(crate) fn account() -> Regex {
    Regex::repeat(Regex::range('0', '9'), 12, 12)
}

/// The account field of a resource ARN: empty, an account id, or `aws`.
pub(crate) fn owner() -> Regex {
    Regex::union([Regex::epsilon(), account(), Regex::literal("aws")])
}

/// Partitions (SEMANTICS F24).
pub(crate) fn partition() -> Regex {
    let others = REGIONS_OF_PARTITIONS.iter().map(|(name, _)| Regex::literal(name));
    Regex::union(others.chain([Regex::literal("aws")]))
}

/// Region names (SEMANTICS F24), those that begin with `eusc` too.
pub(crate) fn region() -> Regex {
    let lower = || Regex::range('a', 'z');
    let word = Regex::concat([Regex::literal("-"), Regex::plus(lower())]);
    Regex::concat([
        Regex::repeat(lower(), 2, 4),
        Regex::plus(word),
        Regex::literal("-"),
        Regex::range('0', '9'),
    ])
}

/// The values of a parameter of a form (SEMANTICS 3.1).
pub(crate) fn of_form(form: &Form) -> Regex {
    match form {
        Form::Text => Regex::star(Regex::none_of("*?$")),
        Form::Field => Regex::star(Regex::none_of("*?$:")),
        Form::Account => account(),
        Form::Region => region(),
        Form::Partition => partition(),
        Form::OneOf(texts) => Regex::union(texts.iter().map(|text| Regex::literal(text))),
    }
}

/// What follows the prefix of an id: small letters and digits.
pub(crate) fn id_text() -> Regex {
    Regex::plus(Regex::class(lower_or_digit()))
}

/// Texts that begin so.
pub(crate) fn beginning(start: &str) -> Regex {
    Regex::concat([Regex::literal(start), Regex::all()])
}

/// ARNs with fields of the shapes of their kinds, in a Region of their partition if in any.
pub(crate) fn arn() -> Regex {
    let [_, service, _, owner, resource] = arn_fields();
    let whole = |partition: Regex, region: Regex| {
        let fields =
            [partition, service.clone(), Regex::opt(region), owner.clone(), resource.clone()];
        Regex::concat(
            std::iter::once(Regex::literal("arn"))
                .chain(fields.into_iter().flat_map(|field| [Regex::literal(":"), field])),
        )
    };
    let special = REGIONS_OF_PARTITIONS.iter();
    let own = special.clone().map(|(name, start)| {
        whole(Regex::literal(name), Regex::intersect([region(), beginning(start)]))
    });
    let starts = Regex::union(special.map(|(_, start)| beginning(start)));
    let other = Regex::intersect([region(), Regex::complement(starts)]);
    Regex::union(own.chain([whole(Regex::literal("aws"), other)]))
}

/// Service prefixes and the service field of an ARN.
pub(crate) fn service() -> Regex {
    Regex::plus(Regex::class(lower_or_digit().union(&Class::of(['-']))))
}

/// Actions in lower case: `prefix:name`.
pub(crate) fn action() -> Regex {
    // One listed action has a hyphen in its name:
    // `vpc-lattice:AssociateViaAWSService-EventsAndStates`.
    Regex::concat([
        service(),
        Regex::literal(":"),
        Regex::plus(Regex::class(lower_or_digit().union(&Class::of(['-'])))),
    ])
}

/// Names in lower case that actions may have one day.
pub(crate) fn action_name() -> Regex {
    Regex::plus(Regex::class(lower_or_digit()))
}

/// The fields of an ARN (SEMANTICS F12 as far as it needs no catalogue, F24), after the first.
pub(crate) fn arn_fields() -> [Regex; 5] {
    let resource = Regex::concat([Regex::any_char(), Regex::all()]);
    [partition(), service(), Regex::opt(region()), owner(), resource]
}

/// Names of users and roles, of any length (SEMANTICS 0, quota).
pub(crate) fn name() -> Regex {
    Regex::plus(name_char())
}

/// One of the characters of the names of users, roles and sessions.
fn name_char() -> Regex {
    Regex::class(alphanumeric().union(&Class::of("+=,.@_-".chars())))
}

/// What the ARN of a user or a role ends in: `name` or `path/name`.
pub(crate) fn path_and_name() -> Regex {
    let path = Regex::concat([Regex::plus(Regex::range('!', '~')), Regex::literal("/")]);
    Regex::concat([Regex::opt(path), Regex::union([name(), own_role()])])
}

/// Names of roles that AWS makes for resources of an account, for example `aws:ec2-infrastructure`.
fn own_role() -> Regex {
    let letters = Regex::plus(Regex::class(lower_or_digit().union(&Class::of(['-']))));
    Regex::concat([Regex::literal("aws:"), letters])
}

/// The ARNs of origin access identities of CloudFront.
pub(crate) fn origin_access_identity() -> Regex {
    let id = Regex::plus(Regex::class(Class::new([('0', '9'), ('A', 'Z')])));
    let user = Regex::literal(":iam::cloudfront:user/CloudFront Origin Access Identity ");
    Regex::concat([Regex::literal("arn:"), partition(), user, id])
}

/// Names of sessions, of any length: AWS wants two characters, its documentation prints sessions
/// with one.
pub(crate) fn session() -> Regex {
    Regex::plus(name_char())
}

/// The unique ids that begin so (SEMANTICS 5.1).
pub(crate) fn unique_id(start: &str) -> Regex {
    Regex::concat([
        Regex::literal(start),
        Regex::plus(Regex::class(Class::new([('0', '9'), ('A', 'Z')]))),
    ])
}

/// `aws:userid` of a role session (SEMANTICS 5.1).
pub(crate) fn role_session_id() -> Regex {
    Regex::concat([unique_id("AROA"), Regex::literal(":"), session()])
}

/// The ARNs of SAML and OIDC providers in an account.
pub(crate) fn provider_arn() -> Regex {
    let kind = Regex::union([Regex::literal(":saml-provider/"), Regex::literal(":oidc-provider/")]);
    let home = [Regex::literal("arn:"), partition(), Regex::literal(":iam::"), account()];
    Regex::concat(home.into_iter().chain([kind, Regex::plus(Regex::range('!', '~'))]))
}

fn alphanumeric() -> Class {
    Class::new([('0', '9'), ('A', 'Z'), ('a', 'z')])
}

fn lower_or_digit() -> Class {
    Class::new([('0', '9'), ('a', 'z')])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_accept_what_exists_and_refuse_the_rest() {
        let cases: [(Regex, &[&str], &[&str]); 13] = [
            (
                region(),
                &["us-east-1", "us-gov-west-1", "eusc-de-east-1"],
                &["world-east-1", "", "us-east", "US-east-1", "us-1", "us-east-12", "unspecified"],
            ),
            (
                partition(),
                &["aws", "aws-cn", "aws-us-gov", "aws-iso-b"],
                &["", "AWS", "aws-isob", "aws-iso-a"],
            ),
            (owner(), &["", "aws", "111122223333"], &["1", "11112222333x", "amazon"]),
            (
                action(),
                &["s3:getobject", "bedrock-agent:x1"],
                &["s3", "s3:", ":x", "s3:GetObject", "s3:*"],
            ),
            (
                path_and_name(),
                &["dev", "a/b/dev", "aws:ec2-infrastructure"],
                &["", "a/", "/", "a b", "aws:", "aws:a b", "x:y"],
            ),
            (unique_id("AIDA"), &["AIDA1"], &["AIDA", "AROA1", "AIDA1:x"]),
            (role_session_id(), &["AROA1:s1"], &["AROA1", "AROA1:", "AIDA1:s1"]),
            (session(), &["s", "s1", "i-0123", "a+b@example.com"], &["", "a/b", "a:b"]),
            (
                provider_arn(),
                &["arn:aws:iam::111122223333:saml-provider/x"],
                &["arn:aws:iam::1:saml-provider/x", "accounts.google.com"],
            ),
            (
                origin_access_identity(),
                &["arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1A2"],
                &[
                    "arn:aws:iam::cloudfront:user/CloudFront",
                    "arn:aws:iam::111122223333:user/CloudFront Origin Access Identity E1A2",
                ],
            ),
            (tag_text(), &["", "a b/c:d=e+f-g@h_i.j", "é"], &["*", "a?", "\n"]),
            (length(1, 2), &["a", "éé"], &["", "aaa"]),
            (six_fields(), &[":::::", "a:b:c:d:e:f:g"], &["", "::::"]),
        ];
        for (shape, good, bad) in cases {
            for text in good {
                assert!(shape.is_match(text), "{text}");
            }
            for text in bad {
                assert!(!shape.is_match(text), "{text}");
            }
        }
    }
}
