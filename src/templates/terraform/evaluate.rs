//! Expressions of Terraform's configuration, with what is not known yet as parameters.
//!
//! What has an exact value is evaluated; everything else is a problem with a place, never a guess.

use super::address::{Key, Module};
use super::files::place;
use super::functions;
use super::reader::Reader;
use super::value::{Data, Members, Origin, Out, Place, Value, Written};
use hcl_edit::Span as _;
use hcl_edit::expr::{
    BinaryOperator, Expression, ForExpr, Object, ObjectKey, Traversal, TraversalOperator,
    UnaryOperator,
};
use hcl_edit::structure::{Block, Body};
use hcl_edit::template::{Element, Strip};
use keyaki_iam::policy::parameter;
use keyaki_iam::source::Span;
use std::cmp::Ordering;

/// How deeply evaluation goes: expressions and what they refer to.
const DEPTH: usize = 100;

/// How many expressions are evaluated for one policy.
const STEPS: usize = 1_000_000;

/// Where an expression stands, and what its names mean there.
#[derive(Clone)]
pub(super) struct Scope<'a> {
    pub module: Module,
    pub file: usize,
    /// The instance of the block.
    pub key: Option<Key>,
    /// What the block has as `for_each`.
    pub for_each: Option<&'a Expression>,
    /// The variables of `for` and of dynamic blocks.
    pub variables: Vec<(String, Value)>,
}

/// A step from a value to a part of it.
#[derive(Clone)]
pub(super) enum Step {
    Attribute(String),
    Index(Key),
    Splat,
}

impl<'a> Scope<'a> {
    /// The scope of a block that is an instance of a resource or of a call.
    pub fn of(module: Module, file: usize, block: &'a Block, key: Option<Key>) -> Self {
        let for_each = block.body.get_attribute("for_each").map(|attribute| &attribute.value);
        Self { module, file, key, for_each, variables: Vec::new() }
    }

    /// The scope of what belongs to a module and to no instance.
    pub fn plain(module: Module, file: usize) -> Self {
        Self { module, file, key: None, for_each: None, variables: Vec::new() }
    }

    fn with(&self, name: &str, value: Value) -> Self {
        let mut inner = self.clone();
        inner.variables.push((name.to_owned(), value));
        inner
    }
}

impl<'a> Reader<'a> {
    /// The value of an expression.
    pub fn evaluate(&self, expression: &'a Expression, scope: &Scope<'a>) -> Out<Value> {
        let here = place(scope.file, expression);
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        if steps > STEPS {
            return here.problem("the expression has too many parts", "give the plan without it");
        }
        self.deeper(here, || self.value(expression, scope, here))
    }

    /// Goes on one step further down.
    pub fn deeper<T>(&self, here: Place, inner: impl FnOnce() -> Out<T>) -> Out<T> {
        let depth = self.depth.get();
        if depth >= DEPTH {
            return here.problem("expressions refer to each other too deeply", "");
        }
        self.depth.set(depth + 1);
        let out = inner();
        self.depth.set(depth);
        out
    }

    fn value(&self, expression: &'a Expression, scope: &Scope<'a>, here: Place) -> Out<Value> {
        Ok(match expression {
            Expression::Null(_) => here.value(Data::Null),
            Expression::Bool(flag) => here.value(Data::Bool(*flag.value())),
            Expression::Number(number) => here.value(Data::Number(number.value().to_string())),
            Expression::String(text) => {
                here.value(Data::Text(self.literal(text.as_str(), here, Escapes::Quoted)))
            }
            Expression::Array(items) => {
                let one = |item| Ok(self.evaluate(item, scope)?.used_at(place(scope.file, item)));
                here.value(Data::List(items.iter().map(one).collect::<Out<_>>()?))
            }
            Expression::Object(object) => self.object(object, scope, here)?,
            Expression::StringTemplate(template) => {
                let elements: Vec<&Element> = template.iter().collect();
                self.template(&elements, scope, here, Escapes::Quoted)?
            }
            Expression::HeredocTemplate(heredoc) => {
                let elements: Vec<&Element> = heredoc.template.iter().collect();
                self.template(&elements, scope, here, Escapes::Plain)?
            }
            Expression::Parenthesis(inner) => self.evaluate(inner.inner(), scope)?,
            Expression::Variable(name) => self.named(name.as_str(), &[], scope, here)?,
            Expression::Traversal(traversal) => self.traversal(traversal, scope, here)?,
            Expression::Conditional(conditional) => {
                let holds = self.condition(&conditional.cond_expr, scope)?;
                let branch = if holds { &conditional.true_expr } else { &conditional.false_expr };
                self.evaluate(branch, scope)?
            }
            Expression::FuncCall(call) => {
                let name = call.name.name.as_str();
                if call.name.is_namespaced() || call.args.expand_final() {
                    let what = format!("`{name}` is called in a way that is not understood");
                    return here.problem(what, functions::HELP);
                }
                let one = |item| Ok(self.evaluate(item, scope)?.used_at(place(scope.file, item)));
                let arguments = call.args.iter().map(one).collect::<Out<Vec<_>>>()?;
                functions::call(self, name, arguments, here)?
            }
            Expression::UnaryOp(operation) => match operation.operator.value() {
                UnaryOperator::Not => {
                    here.value(Data::Bool(!self.condition(&operation.expr, scope)?))
                }
                UnaryOperator::Neg => {
                    return here.problem("arithmetic is not evaluated", functions::HELP);
                }
            },
            Expression::BinaryOp(operation) => {
                let (left, right) = (&operation.lhs_expr, &operation.rhs_expr);
                #[allow(
                    clippy::wildcard_enum_match_arm,
                    reason = "what is not known here is a problem with a place"
                )]
                let holds = match operation.operator.value() {
                    BinaryOperator::And => {
                        self.condition(left, scope)? && self.condition(right, scope)?
                    }
                    BinaryOperator::Or => {
                        self.condition(left, scope)? || self.condition(right, scope)?
                    }
                    BinaryOperator::Eq => self.equal(left, right, scope, here)?,
                    BinaryOperator::NotEq => !self.equal(left, right, scope, here)?,
                    BinaryOperator::Less => self.order(left, right, scope)?.is_lt(),
                    BinaryOperator::LessEq => self.order(left, right, scope)?.is_le(),
                    BinaryOperator::Greater => self.order(left, right, scope)?.is_gt(),
                    BinaryOperator::GreaterEq => self.order(left, right, scope)?.is_ge(),
                    _ => {
                        return here.problem("arithmetic is not evaluated", functions::HELP);
                    }
                };
                here.value(Data::Bool(holds))
            }
            Expression::ForExpr(each) => self.for_each(each, scope, here)?,
        })
    }

    /// A condition, which must be known.
    fn condition(&self, expression: &'a Expression, scope: &Scope<'a>) -> Out<bool> {
        let value = self.evaluate(expression, scope)?;
        if let Data::Bool(flag) = &value.data {
            return Ok(*flag);
        }
        if let Some(flag) = value.as_text().and_then(|text| text.parse().ok()) {
            return Ok(flag);
        }
        let what = format!("the condition is {}", value.type_name());
        place(scope.file, expression).problem(what, "a policy that depends on it is not known")
    }

    /// How two numbers compare.
    fn order(
        &self,
        left: &'a Expression,
        right: &'a Expression,
        scope: &Scope<'a>,
    ) -> Out<Ordering> {
        let number = |expression| -> Out<f64> {
            let value = self.evaluate(expression, scope)?;
            let known = if let Data::Number(text) = &value.data { text.parse().ok() } else { None };
            match known {
                Some(number) => Ok(number),
                None => {
                    let what = format!("{} is compared as a number", value.type_name());
                    place(scope.file, expression).problem(what, "")
                }
            }
        };
        Ok(number(left)?.total_cmp(&number(right)?))
    }

    fn equal(
        &self,
        left: &'a Expression,
        right: &'a Expression,
        scope: &Scope<'a>,
        here: Place,
    ) -> Out<bool> {
        let (left, right) = (self.evaluate(left, scope)?, self.evaluate(right, scope)?);
        let known = |text: &Written| !parameter::is_in(&text.text);
        match (&left.data, &right.data) {
            (Data::Text(left), Data::Text(right)) if known(left) && known(right) => {
                Ok(left.text == right.text)
            }
            (Data::Bool(left), Data::Bool(right)) => Ok(left == right),
            (Data::Number(left), Data::Number(right)) => Ok(left == right),
            (Data::Null, Data::Null) => Ok(true),
            (Data::Null, Data::Text(_) | Data::Bool(_) | Data::Number(_) | Data::List(_))
            | (Data::Text(_) | Data::Bool(_) | Data::Number(_) | Data::List(_), Data::Null) => {
                Ok(false)
            }
            _ => {
                let what = format!("{} and {} are compared", left.type_name(), right.type_name());
                here.problem(what, "whether they are equal is not known")
            }
        }
    }

    fn object(&self, object: &'a Object, scope: &Scope<'a>, here: Place) -> Out<Value> {
        let mut members = Members::default();
        for (key, value) in object {
            let (name, span) = match key {
                ObjectKey::Ident(name) => (name.as_str().to_owned(), place(scope.file, name)),
                ObjectKey::Expression(Expression::Variable(name)) => {
                    (name.as_str().to_owned(), place(scope.file, name))
                }
                ObjectKey::Expression(key) => {
                    let at = place(scope.file, key);
                    let text = self.text(self.evaluate(key, scope)?.used_at(at))?.text;
                    if parameter::is_in(&text) {
                        return at.problem(
                            "the name of a member is not known before the plan is applied",
                            "what the object says is not known",
                        );
                    }
                    (text, at)
                }
            };
            let at = place(scope.file, value.expr());
            let value = self.evaluate(value.expr(), scope)?.used_at(at);
            members.set(name, span.span, value);
        }
        Ok(here.value(members.object()))
    }

    /// A template; one that is a single interpolation is the value itself.
    fn template(
        &self,
        elements: &[&'a Element],
        scope: &Scope<'a>,
        here: Place,
        escapes: Escapes,
    ) -> Out<Value> {
        if let [Element::Interpolation(only)] = elements
            && only.strip == Strip::None
        {
            return self.evaluate(&only.expr, scope);
        }
        let mut written = Written::default();
        for element in elements {
            match element {
                Element::Literal(text) => {
                    let at = place(scope.file, text);
                    written.add(&self.literal(text.as_str(), at, escapes));
                }
                Element::Interpolation(inner) if inner.strip == Strip::None => {
                    let at = place(scope.file, &inner.expr);
                    written.add(&self.text(self.evaluate(&inner.expr, scope)?.used_at(at))?);
                }
                Element::Interpolation(_) | Element::Directive(_) => {
                    let at = element.span().map_or(here, |_| place(scope.file, *element));
                    return at.problem(
                        "directives and `~` in templates are not evaluated",
                        "write the policy with `jsonencode`, or as a `aws_iam_policy_document`",
                    );
                }
            }
        }
        Ok(here.value(Data::Text(written)))
    }

    /// A text as it is decoded, with the place of each byte.
    fn literal(&self, text: &str, at: Place, escapes: Escapes) -> Written {
        let file = if let Origin::File(file) = at.origin { Some(file) } else { None };
        let source = file.and_then(|file| self.files.source(file));
        let raw = source.and_then(|source| source.text().get(at.span.start..at.span.end));
        let raw = raw.unwrap_or_default();
        // The span of a whole string has its quotation marks.
        let marks = usize::from(escapes == Escapes::Quoted && raw.starts_with('"'));
        let mut offsets = Vec::with_capacity(text.len());
        let mut read = marks;
        for letter in text.chars() {
            let rest = raw.get(read..).unwrap_or_default();
            if escapes == Escapes::Quoted && rest.starts_with('\\') {
                offsets.resize(offsets.len() + letter.len_utf8(), at.span.start + read);
                read += match rest.as_bytes().get(1) {
                    Some(b'u') => 6,
                    Some(b'U') => 10,
                    _ => 2,
                };
                continue;
            }
            // What is not in the text is one `$` of `$${`, or indentation.
            read += rest.find(letter).unwrap_or(rest.len());
            offsets.resize(offsets.len() + letter.len_utf8(), at.span.start + read);
            read += letter.len_utf8();
        }
        let last = at.span.end.max(at.span.start + 1) - 1;
        offsets.iter_mut().for_each(|offset| *offset = (*offset).min(last));
        Written { text: text.to_owned(), at: offsets }
    }

    fn traversal(&self, traversal: &'a Traversal, scope: &Scope<'a>, here: Place) -> Out<Value> {
        let mut steps = Vec::with_capacity(traversal.operators.len());
        for operator in &traversal.operators {
            steps.push(match operator.value() {
                TraversalOperator::GetAttr(name) => Step::Attribute(name.as_str().to_owned()),
                TraversalOperator::LegacyIndex(index) => {
                    Step::Index(Key::Number(index.value().to_string()))
                }
                TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => Step::Splat,
                TraversalOperator::Index(index) => {
                    let at = place(scope.file, index);
                    let value = self.evaluate(index, scope)?.used_at(at);
                    let known = value.as_text().filter(|text| !parameter::is_in(text));
                    match (&value.data, known) {
                        (Data::Number(number), _) => Step::Index(Key::Number(number.clone())),
                        (_, Some(text)) => Step::Index(Key::Text(text.to_owned())),
                        (_, None) => {
                            return at.problem("the index is no text or number that is known", "");
                        }
                    }
                }
            });
        }
        if let Expression::Variable(name) = &traversal.expr {
            return self.named(name.as_str(), &steps, scope, here);
        }
        let value = self.evaluate(&traversal.expr, scope)?;
        self.follow(value, &steps, here)
    }

    /// The items of a collection with their keys, in Terraform's order: objects by their keys.
    pub fn items(&self, value: Value, here: Place) -> Out<Vec<(Value, Value)>> {
        // One resource is an object of its attributes, which nobody means to go through.
        if let Data::Resource(group, None) = value.data
            && !self.has_keys(group)
        {
            return here.problem("a resource stands where a list or an object is needed", "");
        }
        let value = self.collected(value);
        Ok(match value.data {
            Data::List(items) => {
                let number = |at: usize| here.value(Data::Number(at.to_string()));
                items.into_iter().enumerate().map(|(at, item)| (number(at), item)).collect()
            }
            Data::Object(mut members) => {
                members.sort_by(|(one, _, _), (other, _, _)| one.cmp(other));
                members.into_iter().map(|(name, _, item)| (here.text(name), item)).collect()
            }
            Data::Null
            | Data::Bool(_)
            | Data::Number(_)
            | Data::Text(_)
            | Data::Unknown(_)
            | Data::Resource(..) => {
                let what =
                    format!("{} stands where a list or an object is needed", value.type_name());
                return here.problem(what, "");
            }
        })
    }

    fn for_each(&self, each: &'a ForExpr, scope: &Scope<'a>, here: Place) -> Out<Value> {
        let from = &each.intro.collection_expr;
        let at = place(scope.file, from);
        let items = self.items(self.evaluate(from, scope)?, at)?;
        let (mut list, mut object) = (Vec::new(), Members::default());
        for (key, item) in items {
            let mut inner = scope.with(each.intro.value_var.as_str(), item);
            if let Some(name) = &each.intro.key_var {
                inner = inner.with(name.as_str(), key);
            }
            if let Some(cond) = &each.cond
                && !self.condition(&cond.expr, &inner)?
            {
                continue;
            }
            let at = place(scope.file, &each.value_expr);
            let value = self.evaluate(&each.value_expr, &inner)?.used_at(at);
            match &each.key_expr {
                None => list.push(value),
                Some(key) => {
                    let at = place(scope.file, key);
                    let name = self.text(self.evaluate(key, &inner)?.used_at(at))?.text;
                    object.set(name, at.span, value);
                }
            }
        }
        if each.key_expr.is_none() {
            return Ok(here.value(Data::List(list)));
        }
        if each.grouping {
            return here.problem("`...` in `for` is not evaluated", functions::HELP);
        }
        Ok(here.value(object.object()))
    }

    /// What a block says, its inner blocks as lists of the name that they have.
    pub fn body(&self, body: &'a Body, scope: &Scope<'a>, here: Place) -> Out<Value> {
        let mut members: Vec<(String, Span, Value)> = Vec::new();
        for attribute in body.attributes() {
            let name = attribute.key.as_str();
            // What is about the block, and not part of it.
            if ["count", "for_each", "provider", "depends_on"].contains(&name) {
                continue;
            }
            let at = place(scope.file, &attribute.value);
            let value = self.evaluate(&attribute.value, scope)?.used_at(at);
            members.push((name.to_owned(), place(scope.file, &attribute.key).span, value));
        }
        for block in body.blocks() {
            let at = place(scope.file, block);
            let (name, values) = if block.ident.as_str() == "dynamic" {
                self.dynamic(block, scope, at)?
            } else {
                (block.ident.as_str(), vec![self.body(&block.body, scope, at)?])
            };
            match members.iter_mut().find(|(known, _, _)| known == name) {
                Some((_, _, Value { data: Data::List(items), .. })) => items.extend(values),
                Some(_) => {
                    return at.problem(format!("`{name}` is an attribute and a block"), "");
                }
                None => {
                    members.push((name.to_owned(), at.span, at.value(Data::List(values))));
                }
            }
        }
        Ok(here.value(Data::Object(members)))
    }

    /// The blocks that a dynamic block stands for.
    fn dynamic(
        &self,
        block: &'a Block,
        scope: &Scope<'a>,
        here: Place,
    ) -> Out<(&'a str, Vec<Value>)> {
        let name = block.labels.first().map(|label| label.as_str()).unwrap_or_default();
        let each = block.body.get_attribute("for_each");
        let content = block.body.get_blocks("content").next();
        let (Some(each), Some(content)) = (each, content) else {
            return here.problem("a dynamic block has `for_each` and `content`", "");
        };
        let iterator = match block.body.get_attribute("iterator").map(|found| &found.value) {
            None => name,
            Some(Expression::Variable(iterator)) => iterator.as_str(),
            Some(other) => {
                return place(scope.file, other).problem("`iterator` is a name", "");
            }
        };
        let at = place(scope.file, &each.value);
        let mut blocks = Vec::new();
        for (key, item) in self.items(self.evaluate(&each.value, scope)?, at)? {
            let current =
                vec![("key".to_owned(), at.span, key), ("value".to_owned(), at.span, item)];
            let inner = scope.with(iterator, at.value(Data::Object(current)));
            blocks.push(self.body(&content.body, &inner, place(scope.file, content))?);
        }
        Ok((name, blocks))
    }
}

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escapes {
    /// Between quotation marks, with escapes.
    Quoted,
    /// As it is.
    Plain,
}
