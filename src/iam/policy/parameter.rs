//! Parameters: texts of a policy that nobody knows yet, such as the name of a bucket that a plan is
//! about to create (SEMANTICS 3.1).
//!
//! A parameter is written as a policy variable is, `${keyaki:parameter/FORM/NAME}`, and means more:
//! every request has a value of it, which is of its form and the same wherever the name stands. A
//! question asks for requests together with values.

use super::template::{ContextKey, Piece, Variable};
use crate::partitions::Partitions;
use crate::visible::visible;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::collections::BTreeMap;
use std::fmt;

/// What the name of the key of a parameter begins with.
pub const FAMILY: &str = "keyaki:parameter/";

/// How a parameter begins in a text.
const OPENING: &str = "${keyaki:parameter/";

/// What is known of the value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// A text without `*`, `?` and `$`.
    Text,
    /// A text without these and without a colon: what stands in a field of an ARN.
    Field,
    /// Twelve digits.
    Account,
    /// The name of a Region, such as `us-east-1`.
    Region,
    /// A partition that is known, such as `aws`.
    Partition,
    /// One of these texts.
    OneOf(Vec<String>),
}

/// A text that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// What it is called, for example `aws_s3_bucket.logs.id`.
    pub name: String,
    /// What is known of it.
    pub form: Form,
}

impl Form {
    fn word(&self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Field => "field".to_owned(),
            Self::Account => "account".to_owned(),
            Self::Region => "region".to_owned(),
            Self::Partition => "partition".to_owned(),
            Self::OneOf(texts) => {
                let texts: Vec<String> = texts.iter().map(|text| escaped(text)).collect();
                format!("one-of:{}", texts.join("|"))
            }
        }
    }

    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "text" => Self::Text,
            "field" => Self::Field,
            "account" => Self::Account,
            "region" => Self::Region,
            "partition" => Self::Partition,
            _ => Self::OneOf(word.strip_prefix("one-of:")?.split('|').map(unescaped).collect()),
        })
    }

    /// The form in words: what the value is.
    pub fn words(&self) -> String {
        match self {
            Self::Text => "a text without `*`, `?` and `$`".to_owned(),
            Self::Field => "a text without `*`, `?`, `$` and `:`".to_owned(),
            Self::Account => "twelve digits".to_owned(),
            Self::Region => "a Region".to_owned(),
            Self::Partition => format!("one of {}", Partitions::known().join(", ")),
            Self::OneOf(texts) => format!("one of {}", texts.join(", ")),
        }
    }
}

impl Parameter {
    /// The parameter that a context key stands for. A key of the family without a form is a
    /// [`Form::Text`].
    pub fn of(key: &ContextKey) -> Option<Self> {
        key.lower().strip_prefix(FAMILY)?;
        let rest = key.text().get(FAMILY.len()..)?;
        let formed = rest.split_once('/').and_then(|(word, name)| Some((Form::of(word)?, name)));
        let (form, name) = formed.unwrap_or((Form::Text, rest));
        (!name.is_empty()).then(|| Self { name: unescaped(name), form })
    }

    /// The context key that stands for it.
    pub fn key(&self) -> ContextKey {
        ContextKey::new(&format!("{FAMILY}{}/{}", self.form.word(), escaped(&self.name)))
    }

    /// What stands for it in a text of a policy.
    pub fn reference(&self) -> String {
        format!("${{{}}}", self.key().text())
    }
}

/// The key of the parameter of this key that has this value and no other.
pub fn with_value(key: &ContextKey, value: &str) -> ContextKey {
    let form = Form::OneOf(vec![value.to_owned()]);
    Parameter::of(key).map_or_else(|| key.clone(), |known| Parameter { form, ..known }.key())
}

/// What stands in the name of a key as it is: nothing that a policy variable must not have in its
/// name, and nothing that separates here.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'_')
    .remove(b'.')
    .remove(b':')
    .remove(b'-')
    .remove(b'@')
    .remove(b'=')
    .remove(b'+')
    .remove(b'[')
    .remove(b']')
    .remove(b'#');

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

fn unescaped(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Whether a parameter stands in a text.
pub fn is_in(text: &str) -> bool {
    text.contains(OPENING)
}

/// Whether a text begins with a parameter.
pub fn begins(text: &str) -> bool {
    text.starts_with(OPENING)
}

/// The pieces of a text in which nothing but parameters is special.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once(OPENING) {
        let Some((name, after)) = from.split_once('}') else { break };
        if !before.is_empty() {
            pieces.push(Piece::Literal(before.to_owned()));
        }
        let key = ContextKey::new(&format!("{FAMILY}{name}"));
        pieces.push(Piece::Variable(Variable { key, default: None }));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest.to_owned()));
    }
    pieces
}

/// A text with other forms of its parameters: `formed` gives the key of each.
pub fn formed(text: &str, formed: &dyn Fn(&ContextKey) -> ContextKey) -> String {
    if !is_in(text) {
        return text.to_owned();
    }
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once(OPENING) {
        let Some((name, after)) = from.split_once('}') else { break };
        let key = formed(&ContextKey::new(&format!("{FAMILY}{name}")));
        result.push_str(before);
        result.push_str(&format!("${{{}}}", key.text()));
        rest = after;
    }
    result + rest
}

/// The one form of each name that occurs with several.
#[derive(Debug, Default)]
pub struct Forms(BTreeMap<String, Result<Form, [Form; 2]>>);

/// Why parameters cannot each have one value (SEMANTICS 3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clash {
    /// No value has both forms.
    Forms {
        /// The name.
        name: String,
        /// The forms.
        forms: [Form; 2],
    },
    /// Two names that differ in case only, which names of keys do not tell apart.
    Case([String; 2]),
    /// A name stands for an ARN in one place, and for a part of a text in another.
    Whole(String),
}

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forms { name, forms: [one, other] } => write!(
                f,
                "`{}` is {} in one place and {} in another, and no value is both; give each its own name",
                visible(name),
                one.words(),
                other.words()
            ),
            Self::Case([one, other]) => write!(
                f,
                "`{}` and `{}` differ in case only and are not told apart; write one of them in both places, or give one another name",
                visible(one),
                visible(other)
            ),
            Self::Whole(name) => write!(
                f,
                "`{}` stands for an ARN in one place and for a part of a text in another; give each its own name",
                visible(name)
            ),
        }
    }
}

impl Forms {
    /// Takes note of the parameters among the keys.
    pub fn note<'k>(&mut self, keys: impl IntoIterator<Item = &'k ContextKey>) {
        keys.into_iter().filter_map(Parameter::of).for_each(|parameter| self.add(parameter));
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes note of a parameter.
    pub fn add(&mut self, Parameter { name, form }: Parameter) {
        let both = match self.0.remove(&name) {
            None => Ok(form),
            Some(known) => known.and_then(|known| together(known, form)),
        };
        self.0.insert(name, both);
    }

    /// The key of the parameter in the form that it has together.
    pub fn key(&self, key: &ContextKey) -> ContextKey {
        let formed = Parameter::of(key).and_then(|parameter| {
            let form = self.0.get(&parameter.name)?.clone().ok()?;
            Some(Parameter { form, ..parameter }.key())
        });
        formed.unwrap_or_else(|| key.clone())
    }

    /// The form that a name has together.
    pub fn of(&self, name: &str) -> Option<&Form> {
        self.0.get(name)?.as_ref().ok()
    }

    /// Whether the name occurs.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// What keeps a name from having one value.
    pub fn clash(&self) -> Option<Clash> {
        let mut lower = BTreeMap::new();
        self.0.iter().find_map(|(name, form)| {
            if let Err(forms) = form {
                return Some(Clash::Forms { name: name.clone(), forms: forms.clone() });
            }
            let whole = name.strip_suffix(PARTITION_OF).filter(|whole| self.0.contains_key(*whole));
            if let Some(whole) = whole {
                return Some(Clash::Whole(whole.to_owned()));
            }
            let other = lower.insert(name.to_ascii_lowercase(), name)?;
            Some(Clash::Case([other.clone(), name.clone()]))
        })
    }
}

/// What the name of the partition of an unknown ARN ends with, after the name of the ARN.
const PARTITION_OF: &str = ".partition";

/// The ARN of six fields, each a parameter, that is called so.
pub fn arn(name: &str) -> String {
    let field = |part: &str, form| Parameter { name: format!("{name}{part}"), form }.reference();
    let fields = [
        field(PARTITION_OF, Form::Field),
        field(".service", Form::Field),
        field(".region", Form::Field),
        field(".account", Form::Field),
        field(".resource", Form::Text),
    ];
    format!("arn:{}", fields.join(":"))
}

/// One form for a value that has both; both where no value has. What tells more counts, but for listed
/// texts: where one side lists none, every text is considered.
fn together(one: Form, other: Form) -> Result<Form, [Form; 2]> {
    let rank = |form: &Form| match form {
        Form::Account | Form::Region | Form::Partition => 0,
        Form::Field => 1,
        Form::Text => 2,
        Form::OneOf(_) => 3,
    };
    match (one, other) {
        (one, other) if one == other => Ok(one),
        (Form::OneOf(mut texts), Form::OneOf(others)) => {
            texts.extend(others);
            texts.sort();
            texts.dedup();
            Ok(Form::OneOf(texts))
        }
        (one, other) if rank(&one) == rank(&other) => Err([one, other]),
        (one, other) => Ok(if rank(&other) < rank(&one) { other } else { one }),
    }
}

/// A text for people: in the stead of a parameter of a template stands `${NAME}`, in that of a
/// place-holder what is written there.
pub fn shown(text: &str) -> String {
    let is_name = |name: &str| {
        name.chars().all(|letter| letter.is_ascii_alphanumeric() || ".:_-".contains(letter))
    };
    replaced(text, |name| {
        Some(if is_name(name) { format!("${{{name}}}") } else { name.to_owned() })
    })
}

/// A text with the names of parameters in their stead, of those whose name is to be shown.
pub fn named(text: &str, shown: &dyn Fn(&str) -> bool) -> String {
    replaced(text, |name| shown(name).then(|| name.to_owned()))
}

/// A text with others in the stead of its parameters; `None` keeps one.
fn replaced(text: &str, other: impl Fn(&str) -> Option<String>) -> String {
    // Most texts have none.
    if !text.contains(OPENING) {
        return text.to_owned();
    }
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once(OPENING) {
        let Some((name, after)) = from.split_once('}') else { break };
        result.push_str(before);
        let parameter = Parameter::of(&ContextKey::new(&format!("{FAMILY}{name}")));
        match parameter.and_then(|parameter| other(&parameter.name)) {
            Some(other) => result.push_str(&other),
            None => result.push_str(&format!("{OPENING}{name}}}")),
        }
        rest = after;
    }
    result + rest
}

/// The keys of the parameters of a text.
pub fn keys(text: &str) -> Vec<ContextKey> {
    if !is_in(text) {
        return Vec::new();
    }
    let key = |piece| match piece {
        Piece::Variable(variable) => Some(variable.key),
        Piece::Literal(_) | Piece::AnyChar | Piece::AnyString => None,
    };
    pieces(text).into_iter().filter_map(key).collect()
}

/// The fields of a text that begins as an ARN does: colons inside of parameters separate nothing.
pub fn arn_fields(text: &str) -> Option<[&str; 6]> {
    let mut within = false;
    let mut fields = text.splitn(6, move |letter| {
        within = letter == '{' || within && letter != '}';
        letter == ':' && !within
    });
    let mut next = || fields.next();
    let fields = [next()?, next()?, next()?, next()?, next()?, next()?];
    (fields[0] == "arn").then_some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_what_the_parameter_is() {
        let forms = [
            Form::Text,
            Form::Field,
            Form::Account,
            Form::Region,
            Form::Partition,
            Form::OneOf(vec!["a|b/c".to_owned(), String::new(), "é}".to_owned()]),
        ];
        for form in forms {
            for name in ["AWS::AccountId", "aws_s3_bucket.b[\"x, y\"].id", "a/b*?$'%41", "é"] {
                let parameter = Parameter { name: name.to_owned(), form: form.clone() };
                assert_eq!(Parameter::of(&parameter.key()), Some(parameter.clone()));
                let text = format!("x{}y", parameter.reference());
                assert_eq!(keys(&text), [parameter.key()], "{text}");
            }
        }
        let plain = Parameter::of(&ContextKey::new("keyaki:parameter/Env"));
        assert_eq!(plain, Some(Parameter { name: "Env".to_owned(), form: Form::Text }));
        assert_eq!(Parameter::of(&ContextKey::new("keyaki:parameter/")), None);
        assert_eq!(Parameter::of(&ContextKey::new("aws:username")), None);
    }

    #[test]
    fn a_name_with_several_forms_gets_one() {
        let key = |name: &str, form: Form| Parameter { name: name.to_owned(), form }.key();
        let one_of = |texts: [&str; 2]| Form::OneOf(texts.map(str::to_owned).to_vec());
        let keys = [
            key("a", Form::Text),
            key("a", Form::Account),
            key("b", Form::Field),
            key("b", Form::Text),
            key("c", one_of(["x", "y"])),
            key("c", one_of(["y", "z"])),
            key("d", Form::Account),
            key("d", Form::Region),
            key("e", one_of(["x", "y"])),
            key("e", Form::Text),
            ContextKey::new("aws:username"),
        ];
        let mut forms = Forms::default();
        forms.note(&keys);
        let formed: Vec<Option<Parameter>> =
            keys.iter().map(|key| Parameter::of(&forms.key(key))).collect();
        let all = Form::OneOf(["x", "y", "z"].map(str::to_owned).to_vec());
        for (at, form) in [
            (0, Form::Account),
            (1, Form::Account),
            (2, Form::Field),
            (3, Form::Field),
            (4, all.clone()),
            (5, all),
            (6, Form::Account),
            (7, Form::Region),
            (8, Form::Text),
            (9, Form::Text),
        ] {
            assert_eq!(formed[at].as_ref().map(|one| &one.form), Some(&form), "{at}");
        }
        assert_eq!(forms.key(&keys[10]), keys[10]);
        let text =
            format!("x{}y", Parameter { name: "a".to_owned(), form: Form::Text }.reference());
        let expected =
            format!("x{}y", Parameter { name: "a".to_owned(), form: Form::Account }.reference());
        assert_eq!(super::formed(&text, &|key| forms.key(key)), expected);
    }

    #[test]
    fn fields_end_outside_of_parameters() {
        let text = "arn:${keyaki:parameter/partition/AWS::Partition}:iam::1:role/a:b";
        let fields = arn_fields(text).unwrap();
        assert_eq!(fields[1], "${keyaki:parameter/partition/AWS::Partition}");
        assert_eq!(fields[5], "role/a:b");
        assert_eq!(arn_fields("arn:aws:iam"), None);
    }
}
