//! Values of a template: what stands where a function does.

use super::Given;
use super::notes::Notes;
use super::tree::Tree;
use super::value::{Data, Entry, Piece, Text, Value};
use crate::{Assumption, Part, Table};
use keyaki_iam::finding::codes;
use keyaki_iam::json::{JsonData, JsonValue, Member};
use keyaki_iam::policy::parameter::Form;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Why there is no value.
#[derive(Debug, Clone)]
pub(super) enum Stop {
    /// What is wrong was reported.
    Reported,
    /// CloudFormation makes no stack where what is assumed is so: a mapping lacks the key.
    Never,
    /// It depends on whether this equality holds, which is not known.
    Split(Box<Equality>),
}

/// An equality that a condition asks for.
#[derive(Debug, Clone)]
pub(super) struct Equality {
    /// The side with parameters, and the other one.
    pub(super) texts: [Text; 2],
    /// The parameter that is all of the left side, where the right side is known.
    pub(super) binds: Option<String>,
}

/// What is known of a parameter before one looks at where it stands.
#[derive(Debug, Clone)]
pub(super) enum Nature {
    /// Its form.
    Fixed(Form),
    /// Nothing but its default, if it has one.
    Open(Option<String>),
}

pub(super) type Evaluated<T> = Result<T, Stop>;

/// How deeply parts of a template may refer to each other.
const MOST_REFERENCES: usize = 32;

/// What reads a template.
pub(super) struct Evaluator<'t> {
    pub(super) tree: &'t Tree,
    pub(super) given: &'t Given,
    pub(super) options: &'t ReadOptions,
    pub(super) notes: Notes,
    /// The parameters that stand for something.
    pub(super) holes: BTreeMap<String, Nature>,
    /// Parameters that are lists of which nothing is known, and what their values are.
    pub(super) lists: BTreeMap<String, Nature>,
    /// Lists of which one value is chosen.
    pub(super) chosen: BTreeSet<String>,
    /// The places in which a list is compared with something, and whether with an ARN.
    pub(super) compared: BTreeMap<String, BTreeSet<(bool, String)>>,
    /// What the template says of the values of parameters.
    pub(super) facts: BTreeMap<String, String>,
    /// What seems to give access and is not read, by its resource: as it is written.
    pub(super) unread: BTreeMap<String, (Span, String)>,
    /// Parameters that a mapping gives by another one.
    pub(super) tables: BTreeMap<String, Table>,
    /// Which of the values that are given were asked for.
    pub(super) used: BTreeSet<String>,
    /// What is assumed of the equalities that are not known.
    pub(super) assumed: Vec<(Equality, bool)>,
    /// Conditions that were looked at, under what is assumed.
    pub(super) conditions: BTreeMap<String, bool>,
    /// Names of resources that were looked at, under what is assumed.
    pub(super) names: BTreeMap<String, Text>,
    /// What is being looked at: conditions, and resources whose names are.
    pub(super) pending: Vec<String>,
    /// Whether the text of a file is one in YAML.
    pub(super) source_text: &'t str,
}

impl<'t> Evaluator<'t> {
    /// Begins to read a template.
    pub(super) fn new(
        tree: &'t Tree,
        source_text: &'t str,
        given: &'t Given,
        options: &'t ReadOptions,
        notes: Notes,
    ) -> Self {
        Self {
            tree,
            given,
            options,
            notes,
            holes: BTreeMap::new(),
            lists: BTreeMap::new(),
            chosen: BTreeSet::new(),
            compared: BTreeMap::new(),
            facts: BTreeMap::new(),
            unread: BTreeMap::new(),
            tables: BTreeMap::new(),
            used: BTreeSet::new(),
            assumed: Vec::new(),
            conditions: BTreeMap::new(),
            names: BTreeMap::new(),
            pending: Vec::new(),
            source_text,
        }
    }

    /// Goes on under these assumptions and no others.
    pub(super) fn assume(&mut self, assumed: Vec<(Equality, bool)>) {
        self.assumed = assumed;
        self.conditions.clear();
        self.names.clear();
    }

    /// What is assumed now, as it is said.
    pub(super) fn assumptions(&self) -> Vec<Assumption> {
        let part = |piece: &Piece| match piece {
            Piece::Known(text) => Part::Known(text.clone()),
            Piece::Hole(name) => Part::Parameter(name.clone()),
        };
        let said = |(equality, holds): &(Equality, bool)| {
            let side = |text: &Text| text.pieces.iter().map(part).collect();
            let [left, right] = &equality.texts;
            Assumption { sides: [side(left), side(right)], holds: *holds }
        };
        self.assumed.iter().map(said).collect()
    }

    /// A member of a section of the template, such as a resource.
    pub(super) fn of_section(&self, section: &str, name: &str) -> Option<&'t JsonValue> {
        let tree: &'t Tree = self.tree;
        tree.value.member(section)?.member(name)
    }

    /// Reports what is wrong.
    pub(super) fn fail<T>(
        &mut self,
        rule: &'static str,
        span: Span,
        message: impl Into<String>,
        help: &str,
    ) -> Evaluated<T> {
        self.notes.error(rule, span, message, help);
        Err(Stop::Reported)
    }

    /// Reports that a function has other arguments than it takes.
    pub(super) fn wrong<T>(
        &mut self,
        function: &str,
        value: &JsonValue,
        takes: &str,
    ) -> Evaluated<T> {
        let message = format!("`{function}` takes {takes}, and not {}", value.type_name());
        self.fail(codes::INVALID_FUNCTION, value.span, message, "")
    }

    /// Refuses what has a member without a name, or one that is there twice, which was reported.
    pub(super) fn sound(&self, value: &JsonValue) -> Evaluated<()> {
        match &value.data {
            JsonData::Array(items) => items.iter().try_for_each(|item| self.sound(item)),
            JsonData::Object(members) => members.iter().try_for_each(|member| {
                if self.tree.bad.contains(&member.name_span.start) {
                    return Err(Stop::Reported);
                }
                self.sound(&member.value)
            }),
            JsonData::Null if self.tree.bad.contains(&value.span.start) => Err(Stop::Reported),
            JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) | JsonData::String(_) => {
                Ok(())
            }
        }
    }

    /// Looks at something that may come back to itself.
    pub(super) fn guarded<T>(
        &mut self,
        what: String,
        span: Span,
        look: impl FnOnce(&mut Self) -> Evaluated<T>,
    ) -> Evaluated<T> {
        if self.pending.contains(&what) {
            let message = format!("{what} refers to itself");
            return self.fail(codes::CIRCULAR_REFERENCE, span, message, "");
        }
        if self.pending.len() >= MOST_REFERENCES {
            let message = format!("more than {MOST_REFERENCES} parts refer to each other");
            return self.fail(codes::CIRCULAR_REFERENCE, span, message, "");
        }
        self.pending.push(what);
        let seen = look(self);
        self.pending.pop();
        seen
    }

    /// What stands for a text that is not known: its value where that is given or assumed, or else
    /// a parameter.
    pub(super) fn unknown(&mut self, name: &str, nature: Nature) -> Text {
        if let Some(value) = self.value_of(name) {
            return Text::known(value);
        }
        if let Nature::Fixed(Form::OneOf(values)) = &nature
            && let Some(value) = self.only_left(name, values)
        {
            return Text::known(value);
        }
        self.holes.entry(name.to_owned()).or_insert(nature);
        Text::hole(name)
    }

    /// The value that is given for a parameter, or assumed of it.
    pub(super) fn value_of(&mut self, name: &str) -> Option<String> {
        if let Some(value) = self.given.values.get(name) {
            self.used.insert(name.to_owned());
            return Some(value.clone());
        }
        let bound = |(equality, holds): &&(Equality, bool)| {
            *holds && equality.binds.as_deref() == Some(name)
        };
        let [_, value] = &self.assumed.iter().find(bound)?.0.texts;
        value.as_known().map(str::to_owned)
    }

    /// The one of some values that the assumptions leave.
    fn only_left(&self, name: &str, values: &[String]) -> Option<String> {
        let refuted = |value: &&String| {
            self.assumed.iter().any(|(equality, holds)| {
                !holds
                    && equality.binds.as_deref() == Some(name)
                    && equality.texts[1].as_known() == Some(value.as_str())
            })
        };
        let mut left = values.iter().filter(|value| !refuted(value));
        let first = left.next()?;
        left.next().is_none().then(|| first.clone())
    }

    /// What a value is, its functions evaluated.
    pub(super) fn value(&mut self, value: &JsonValue) -> Evaluated<Value> {
        let span = value.span;
        match &value.data {
            // An alias, which was reported.
            JsonData::Null if self.tree.bad.contains(&span.start) => Err(Stop::Reported),
            JsonData::Null => {
                let message = "`null` is no value in a template";
                self.fail(codes::NULL_VALUE, span, message, "remove it, or quote what is a text")
            }
            JsonData::Bool(flag) => Ok(Value::text(Text::known(flag.to_string()), span)),
            JsonData::Number(number) => Ok(Value::text(Text::known(number.as_str()), span)),
            JsonData::String(text) => {
                self.check_scalar(text, span);
                Ok(Value::text(self.resolved(Text::known(text.as_str())), span))
            }
            JsonData::Array(items) => self.list(items, span),
            JsonData::Object(members) => match function(members) {
                Some(member) => {
                    let mut value = self.call(member, value)?;
                    value.span = span;
                    Ok(value)
                }
                None => self.object(members, span),
            },
        }
    }

    /// Warns of a text that another reader of YAML takes for something else.
    fn check_scalar(&mut self, text: &str, span: Span) {
        let as_written = self.source_text.get(span.start..span.end) == Some(text);
        if as_written && super::yaml::is_ambiguous(text) {
            let message = format!("`{text}` without quotation marks is read as a text");
            let help = "quote it: readers of YAML differ about what it is";
            self.notes.warn(codes::AMBIGUOUS_SCALAR, span, message, help);
        }
    }

    fn list(&mut self, items: &[JsonValue], span: Span) -> Evaluated<Value> {
        let mut list = Vec::new();
        let mut failed = false;
        for item in items {
            match self.value(item) {
                Ok(Value { data: Data::Absent, .. }) => {}
                Ok(value) => list.push(value),
                Err(Stop::Reported) => failed = true,
                Err(stop @ (Stop::Split(_) | Stop::Never)) => return Err(stop),
            }
        }
        if failed { Err(Stop::Reported) } else { Ok(Value { data: Data::List(list), span }) }
    }

    fn object(&mut self, members: &[Member], span: Span) -> Evaluated<Value> {
        let mut entries = Vec::new();
        let mut failed = false;
        for Member { name, name_span, value } in members {
            if self.tree.bad.contains(&name_span.start) {
                failed = true;
                continue;
            }
            if name.starts_with("Fn::") {
                let message = format!("`{name}` is a function, and stands beside other members");
                self.notes.error(codes::INVALID_FUNCTION, *name_span, message, "");
                failed = true;
                continue;
            }
            match self.value(value) {
                Ok(Value { data: Data::Absent, .. }) => {}
                Ok(value) => entries.push(Entry { name: name.clone(), span: *name_span, value }),
                Err(Stop::Reported) => failed = true,
                Err(stop @ (Stop::Split(_) | Stop::Never)) => return Err(stop),
            }
        }
        if failed { Err(Stop::Reported) } else { Ok(Value { data: Data::Object(entries), span }) }
    }

    /// A value that must be a text.
    pub(super) fn text(&mut self, value: &JsonValue) -> Evaluated<Text> {
        let found = self.value(value)?;
        match found.data {
            Data::Text(text) => Ok(text),
            Data::List(_) | Data::Many(_) | Data::Object(_) | Data::Absent => {
                let message = format!("a text is needed here, and this is {}", found.type_name());
                self.fail(codes::INVALID_FUNCTION, value.span, message, "")
            }
        }
    }

    /// A text that is within the limit.
    pub(super) fn bounded(&mut self, text: Text, span: Span) -> Evaluated<Text> {
        let length = |piece: &Piece| match piece {
            Piece::Known(text) | Piece::Hole(text) => text.len(),
        };
        let most = self.options.limits.text_bytes;
        if text.pieces.iter().map(length).sum::<usize>() <= most {
            return Ok(text);
        }
        let message = format!("the text is longer than {most} bytes");
        self.fail(codes::TEXT_TOO_LONG, span, message, "")
    }
}

/// The member that makes an object a call of a function.
pub(super) fn function(members: &[Member]) -> Option<&Member> {
    match members {
        [member] if member.name == "Ref" || member.name.starts_with("Fn::") => Some(member),
        _ => None,
    }
}
