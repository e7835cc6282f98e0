//! The conditions of a template: true, false, or dependent on an equality that is not known.

use super::evaluate::{Equality, Evaluated, Evaluator, Nature, Stop};
use super::value::Text;
use keyaki_iam::finding::codes;
use keyaki_iam::json::{JsonData, JsonValue};
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::parameter::Form;
use keyaki_iam::source::Span;
use keyaki_iam::value;

impl Evaluator<'_> {
    /// Whether a condition of the section `Conditions` holds.
    pub(super) fn named_condition(&mut self, name: &str, span: Span) -> Evaluated<bool> {
        if let Some(holds) = self.conditions.get(name) {
            return Ok(*holds);
        }
        let Some(condition) = self.of_section("Conditions", name) else {
            let message = format!("there is no condition `{name}`");
            return self.fail(codes::UNKNOWN_REFERENCE, span, message, "");
        };
        self.sound(condition)?;
        let what = format!("the condition `{name}`");
        let holds = self.guarded(what, span, |at| at.condition(condition))?;
        self.conditions.insert(name.to_owned(), holds);
        Ok(holds)
    }

    fn condition(&mut self, value: &JsonValue) -> Evaluated<bool> {
        let takes = "one function: `Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not` or `Condition`";
        let JsonData::Object(members) = &value.data else {
            return self.wrong("a condition", value, takes);
        };
        let [member] = members.as_slice() else { return self.wrong("a condition", value, takes) };
        let argument = &member.value;
        let items = match &argument.data {
            JsonData::Array(items) => items.as_slice(),
            JsonData::Null
            | JsonData::Bool(_)
            | JsonData::Number(_)
            | JsonData::String(_)
            | JsonData::Object(_) => &[],
        };
        match (member.name.as_str(), items) {
            ("Condition", _) => match argument.as_str() {
                Some(name) => self.named_condition(name, argument.span),
                None => self.wrong("Condition", argument, "the name of a condition"),
            },
            ("Fn::Equals", [left, right]) => {
                let (left, right) = (self.text(left)?, self.text(right)?);
                self.equal(&left, &right)
            }
            ("Fn::Equals", _) => self.wrong("Fn::Equals", argument, "two texts"),
            ("Fn::Not", [one]) => Ok(!self.condition(one)?),
            ("Fn::Not", _) => self.wrong("Fn::Not", argument, "a list of one condition"),
            ("Fn::And", [_, ..]) => self.decided_by(false, items),
            ("Fn::Or", [_, ..]) => self.decided_by(true, items),
            ("Fn::And" | "Fn::Or", _) => self.wrong(&member.name, argument, "a list of conditions"),
            (other, _) => {
                let message = format!("`{other}` is no function of conditions");
                let help = "there are `Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not` and `Condition`";
                self.fail(codes::UNKNOWN_FUNCTION, member.name_span, message, help)
            }
        }
    }

    /// A list of conditions that one of them decides if it is `deciding`: whatever the others are.
    fn decided_by(&mut self, deciding: bool, items: &[JsonValue]) -> Evaluated<bool> {
        let mut open = None;
        for item in items {
            match self.condition(item) {
                Ok(holds) if holds == deciding => return Ok(deciding),
                Ok(_) => {}
                Err(Stop::Split(equality)) => open = open.or(Some(equality)),
                Err(stop @ (Stop::Reported | Stop::Never)) => return Err(stop),
            }
        }
        open.map_or(Ok(!deciding), |equality| Err(Stop::Split(equality)))
    }

    pub(super) fn equal(&mut self, left: &Text, right: &Text) -> Evaluated<bool> {
        if left.pieces == right.pieces {
            return Ok(true);
        }
        // What both begin and end with decides nothing.
        let (left, right) = &left.without_common(right);
        let (left, right) = match (left.as_known(), right.as_known()) {
            (Some(_), Some(_)) => return Ok(false),
            (Some(_), None) => (right, left),
            (None, Some(_)) => (left, right),
            (None, None) if left.written() > right.written() => (right, left),
            (None, None) => (left, right),
        };
        let lone = left.as_hole().zip(right.as_known());
        if let Some((hole, text)) = lone
            && !self.may_be(hole, text)
        {
            return Ok(false);
        }
        let same = |one: &Text, other: &Text| one.pieces == other.pieces;
        let asked = |known: &&(Equality, bool)| {
            let [first, second] = &known.0.texts;
            same(first, left) && same(second, right)
        };
        if let Some((_, holds)) = self.assumed.iter().find(asked) {
            return Ok(*holds);
        }
        let texts = [left.clone(), right.clone()];
        let binds = lone.map(|(hole, _)| hole.to_owned());
        Err(Stop::Split(Box::new(Equality { texts, binds })))
    }

    /// Whether a parameter may have a value.
    fn may_be(&self, hole: &str, text: &str) -> bool {
        match self.holes.get(hole) {
            Some(Nature::Fixed(Form::OneOf(values))) => values.iter().any(|value| value == text),
            Some(Nature::Fixed(Form::Account)) => value::is_account(text),
            Some(Nature::Fixed(Form::Partition)) => Partitions::known().contains(&text),
            Some(Nature::Fixed(Form::Region | Form::Field | Form::Text) | Nature::Open(_))
            | None => true,
        }
    }
}
