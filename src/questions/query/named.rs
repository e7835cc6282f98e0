//! The partitions that a question is asked in (SEMANTICS 6.8): those that its policies and its
//! shape name, `aws` where they name none.

use keyaki_iam::endpoints::REGIONS_OF_PARTITIONS;
use keyaki_iam::layers::Policies;
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::parameter;
use keyaki_iam::policy::{Condition, Effect, Policy, PrincipalEntry, ResourcePattern, Statement};
use keyaki_iam::shape::{CallerPattern, Shape};

/// What policies and shapes name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// By a text without wildcards.
    exactly: Partitions,
    /// By what stands in front of a wildcard, `cn-*`, or by a Deny.
    besides: Partitions,
}

impl Named {
    /// Nothing.
    pub fn nothing() -> Self {
        Self { exactly: Partitions::none(), besides: Partitions::none() }
    }

    /// What policies name.
    pub fn in_policies<'a>(policies: impl IntoIterator<Item = &'a Policy>) -> Self {
        policies
            .into_iter()
            .flat_map(|policy| policy.statements())
            .fold(Self::nothing(), |named, statement| named.and(Self::in_one(statement)))
    }

    /// What policy sets name, all layers.
    pub fn in_sets<'a>(sets: impl IntoIterator<Item = &'a Policies>) -> Self {
        Self::in_policies(sets.into_iter().flat_map(Policies::all).map(|named| &*named.policy))
    }

    /// What shapes name.
    pub fn in_shapes<'a>(shapes: impl IntoIterator<Item = &'a Shape>) -> Self {
        let one = |shape: &Shape| {
            shape.patterns().fold(Self::in_one(&shape.statement), |named, pattern| {
                named.and(Self::in_caller(pattern))
            })
        };
        shapes.into_iter().fold(Self::nothing(), |named, shape| named.and(one(shape)))
    }

    /// What ARNs, Regions and names of services say, or patterns of them.
    pub fn in_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        texts.into_iter().fold(Self::nothing(), |named, text| named.and(Self::in_text(text)))
    }

    /// These names and those.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { exactly: self.exactly.and(other.exactly), besides: self.besides.and(other.besides) }
    }

    /// The partitions in which a question with these names is asked.
    pub fn asked(self) -> Partitions {
        let usual = if self.exactly == Partitions::none() {
            Partitions::usual()
        } else {
            Partitions::none()
        };
        self.exactly.and(self.besides).and(usual)
    }

    fn in_one(statement: &Statement) -> Self {
        let entries =
            statement.principal.iter().flat_map(|element| &element.entries).filter_map(|entry| {
                match entry {
                    PrincipalEntry::Aws(text)
                    | PrincipalEntry::Service(text)
                    | PrincipalEntry::Federated(text) => Some(&**text),
                    PrincipalEntry::Anyone
                    | PrincipalEntry::AnyProvider
                    | PrincipalEntry::CanonicalUser(_) => None,
                }
            });
        let resources =
            statement.resource.iter().flat_map(|element| &element.patterns).filter_map(|pattern| {
                match pattern {
                    ResourcePattern::Arn { text, .. } => Some(&**text),
                    ResourcePattern::Any => None,
                }
            });
        let named = statement
            .conditions
            .iter()
            .fold(Self::in_texts(entries.chain(resources)), |named, one| {
                named.and(Self::in_values(one))
            });
        // A Deny says where something is refused, not where the policies serve.
        match statement.effect {
            Effect::Allow => named,
            Effect::Deny => {
                Self { exactly: Partitions::none(), besides: named.exactly.and(named.besides) }
            }
        }
    }

    /// What the values of a condition name: ARNs and names of services in any, Regions where the
    /// key holds one.
    fn in_values(condition: &Condition) -> Self {
        // A tag of that name holds whatever its owner writes.
        let of_region =
            condition.key.lower().ends_with("region") && !condition.key.lower().contains('/');
        let one = |text: &str| {
            if of_region {
                Self::in_text(text)
            } else {
                Self::in_name(text).unwrap_or(Self::nothing())
            }
        };
        condition.values.iter().fold(Self::nothing(), |named, value| named.and(one(&value.text)))
    }

    fn in_caller(pattern: &CallerPattern) -> Self {
        match pattern {
            CallerPattern::Arn([_, partition, _, region, _, _]) => {
                Self::in_fields(partition, region)
            }
            CallerPattern::Name(name) => Self::in_text(name),
            CallerPattern::Entity(entity) => Self::in_fields(&entity.partition, ""),
            CallerPattern::Anyone | CallerPattern::Account(_) | CallerPattern::Anonymous => {
                Self::nothing()
            }
        }
    }

    /// What an ARN, a Region or the name of a service says, or a pattern of one.
    fn in_text(text: &str) -> Self {
        Self::in_name(text).unwrap_or_else(|| Self::in_region(text))
    }

    /// What an ARN or the name of a service says, or a pattern of one; `None` where the text is
    /// neither.
    fn in_name(text: &str) -> Option<Self> {
        let mut within = false;
        let mut fields = text.split(move |letter| {
            within = letter == '{' || within && letter != '}';
            letter == ':' && !within
        });
        if fields.next() == Some("arn") {
            let [partition, _, region] = [(); 3].map(|()| fields.next().unwrap_or_default());
            return Some(Self::in_fields(partition, region));
        }
        Partitions::of_service(text)
            .map(|name| Self { exactly: Partitions::by_name(name), ..Self::nothing() })
    }

    /// A partition that is written out stands for itself, else the Region tells.
    fn in_fields(partition: &str, region: &str) -> Self {
        if parameter::is_in(partition) {
            // It may be any; what is usual is asked, beside what others name.
            let named = Self { besides: Partitions::usual(), ..Self::nothing() };
            return named.and(Self::in_region(region));
        }
        if partition.is_empty() || !is_plain(partition) {
            return Self::in_region(region);
        }
        Self { exactly: Partitions::by_name(partition), ..Self::nothing() }
    }

    fn in_region(text: &str) -> Self {
        if is_plain(text) {
            let exactly = if looks_like_region(text) {
                Partitions::by_name(Partitions::of_region(text))
            } else {
                Partitions::none()
            };
            return Self { exactly, ..Self::nothing() };
        }
        let told = REGIONS_OF_PARTITIONS
            .iter()
            .find(|(_, start)| text.starts_with(start))
            .map(|(name, _)| *name);
        // `eu-west-*` and `us-*` have Regions of `aws`.
        let usual = || begins_like_region(text).then_some(Partitions::usual());
        let besides = told.map(Partitions::by_name).or_else(usual).unwrap_or(Partitions::none());
        Self { besides, ..Self::nothing() }
    }
}

/// Whether a text has neither wildcards nor variables.
fn is_plain(text: &str) -> bool {
    !text.contains(['*', '?', '$'])
}

/// `us-*`, `eu-west-?`: two to four small letters and a hyphen.
fn begins_like_region(text: &str) -> bool {
    text.split_once('-').is_some_and(|(word, _)| {
        (2..=4).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase())
    })
}

/// `us-east-1`, `us-gov-west-1`, `eusc-de-east-1`: words of small letters, and a number.
fn looks_like_region(text: &str) -> bool {
    let Some((words, number)) = text.rsplit_once('-') else { return false };
    let word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let numbered =
        (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    numbered && words.contains('-') && words.split('-').all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_name_partitions() {
        for (text, expected) in [
            ("arn:aws:s3:::bucket", "aws"),
            ("arn:aws-cn:s3:::bucket", "aws-cn"),
            ("arn:*:ec2:us-gov-west-1:*:instance/*", "aws-us-gov"),
            ("arn:*:ec2:cn-*:*:instance/*", "aws, aws-cn"),
            ("arn:*:s3:::bucket", "aws"),
            ("arn:${aws:x}:ec2:us-gov-east-1:1:y", "aws-us-gov"),
            ("cn-north-1", "aws-cn"),
            ("cn-*", "aws, aws-cn"),
            ("us-*", "aws"),
            ("us-gov-?est-1", "aws, aws-us-gov"),
            ("eusc-de-east-1", "aws-eusc"),
            ("ec2.amazonaws.com.cn", "aws-cn"),
            ("lambda.amazonaws.com", "aws"),
            ("us-isob-east-1", "aws-iso-b"),
            ("tag-value", "aws"),
            ("", "aws"),
            ("arn:${keyaki:parameter/partition/AWS::Partition}:ec2:cn-north-1:1:y", "aws, aws-cn"),
        ] {
            assert_eq!(Named::in_text(text).asked().to_string(), expected, "{text}");
        }
        let both = Named::in_text("arn:aws-cn:s3:::b").and(Named::in_text("us-east-1"));
        assert_eq!(both.asked().to_string(), "aws, aws-cn");
        let china = Named::in_text("arn:aws-cn:s3:::b").and(Named::in_text("lambda.amazonaws.com"));
        assert_eq!(china.asked().to_string(), "aws-cn");
        let pattern = Named::in_text("cn-north-1").and(Named::in_text("eu-west-*"));
        assert_eq!(pattern.asked().to_string(), "aws, aws-cn");
        assert!(Named::in_text("arn:aws-mars:s3:::b").asked().have_others());
    }
}
