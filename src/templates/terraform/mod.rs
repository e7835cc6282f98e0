//! Plans of Terraform and OpenTofu, as `terraform show -json` prints them, and states.
//!
//! A plan tells most policies as texts. A policy with a part that is known only after the plan is
//! applied it does not tell at all; that one is built from the statements of its
//! `aws_iam_policy_document`, or from the files of configuration. A part that is not known is then
//! a parameter that is called after its address, the same before and after. A policy that is not
//! known as a whole is an error with a place, never an empty policy.
//!
//! The format: <https://developer.hashicorp.com/terraform/internals/json-format>. Read are
//! `format_version`, `resource_changes` (`address`, `mode`, `type`, `name`, `index`, `deposed`, and
//! of `change` the members `actions`, `before`, `after` and `after_unknown`), `deferred_changes`,
//! `prior_state.values`, `variables`, `configuration`, `errored`, and of a state `values`.

mod address;
mod attributes;
mod document;
mod evaluate;
mod facts;
mod files;
mod functions;
mod index;
mod inline;
mod lambda;
mod names;
mod policies;
mod principals;
mod reader;
mod refers;
mod table;
#[cfg(test)]
mod tests;
mod unread;
mod value;

use crate::{Template, Unread};
use files::Files;
use index::{Index, Side};
use keyaki_iam::finding::{Finding, Level, codes};
use keyaki_iam::json::{self, JsonData, JsonValue, Limits};
use keyaki_iam::policy::parameter::{self, Form, Parameter};
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::policy::{ContextKey, Piece};
use keyaki_iam::source::{Source, Span};
use policies::{Policies, Set};
use reader::{Reader, Shared};

/// The longest plan that is read, in bytes.
const LONGEST: usize = 1 << 30;

/// How deeply a plan is nested: modules in modules add to it.
const DEPTH: usize = 256;

/// The version of the format that is read; what a minor version adds is not needed.
const MAJOR: &str = "1";

/// What a plan says.
#[derive(Debug, Default)]
pub struct Plan {
    /// What there is before it is applied.
    pub before: Template,
    /// What there is afterwards.
    pub after: Template,
    /// What is wrong with the plan or the files as a whole.
    pub findings: Vec<Finding>,
}

/// Reads a plan; `sources` are the files of the configuration that it was made from, those of its
/// modules too, each named by its path. `None`: the text is no plan.
///
/// What cannot be read is among the findings, and the rest is read all the same.
pub fn plan(source: &Source, sources: &[Source], options: &ReadOptions) -> Option<Plan> {
    let is_plan = |file: &JsonValue| {
        ["resource_changes", "planned_values"].iter().any(|name| file.member(name).is_some())
    };
    let names = ["\"resource_changes\"", "\"planned_values\""];
    let mut plan = Plan::default();
    let file = match parse(source, options, &names, is_plan)? {
        Ok(file) => file,
        Err(findings) => {
            plan.before.unread = findings.iter().filter_map(Unread::whole).collect();
            plan.after.unread.clone_from(&plan.before.unread);
            return Some(Plan { findings, ..plan });
        }
    };
    let parsed = files::parse(sources, &mut plan.findings);
    let index = Index::of(source, &file);
    let broken = tell(&index, &file, &mut plan.findings);
    let files = Files::of(&parsed, &index, &mut plan.findings);
    let shared = Shared::default();
    let reader = Reader::new(&index, &files, Side::Before, &shared);
    let (before, set) = Policies::read(&reader, &Set::default());
    plan.before = before;
    // What turns out to be an ARN has another form wherever it stands.
    loop {
        let known = shared.arns.borrow().len();
        let reader = Reader::new(&index, &files, Side::After, &shared);
        let (after, _) = Policies::read(&reader, &set);
        arns(&after, &shared);
        if shared.arns.borrow().len() == known {
            plan.after = after;
            break;
        }
    }
    plan.before.unread.extend(broken.iter().cloned());
    plan.after.unread.extend(broken);
    put_off(&file, &mut plan.after);
    Some(plan)
}

/// Reads a state, as `terraform show -json` prints it. `None`: the text is none.
pub fn state(source: &Source, options: &ReadOptions) -> Option<Template> {
    let is_state = |file: &JsonValue| {
        file.member("values").is_some_and(|values| values.member("root_module").is_some())
    };
    let file = match parse(source, options, &["\"values\""], is_state)? {
        Ok(file) => file,
        Err(findings) => {
            let unread = findings.iter().filter_map(Unread::whole).collect();
            return Some(Template { findings, unread, ..Template::default() });
        }
    };
    let mut findings = Vec::new();
    let index = Index::of(source, &file);
    let broken = tell(&index, &file, &mut findings);
    let files = Files::of(&[], &index, &mut findings);
    let shared = Shared::default();
    let reader = Reader::new(&index, &files, Side::After, &shared);
    let (mut template, _) = Policies::read(&reader, &Set::default());
    findings.append(&mut template.findings);
    template.findings = findings;
    template.unread.extend(broken);
    Some(template)
}

/// The JSON of a text that is a plan or a state, or what is wrong with it; `None`: it is neither.
fn parse(
    source: &Source,
    options: &ReadOptions,
    names: &[&str],
    is: impl Fn(&JsonValue) -> bool,
) -> Option<Result<JsonValue, Vec<Finding>>> {
    let text = source.text();
    if !text.contains("\"format_version\"") || !names.iter().any(|name| text.contains(name)) {
        return None;
    }
    let depth = options.limits.json.depth.max(DEPTH);
    let (value, findings) = json::parse(source, &Limits { bytes: LONGEST, depth });
    let errors: Vec<Finding> = findings.into_iter().filter(Finding::is_error).collect();
    let Some(value) = value.filter(|_| errors.is_empty()) else { return Some(Err(errors)) };
    let version = value.member("format_version").filter(|_| is(&value))?;
    let major = version.as_str().and_then(|version| version.split('.').next());
    if major == Some(MAJOR) {
        return Some(Ok(value));
    }
    let shown = text.get(version.span.start..version.span.end).unwrap_or_default();
    let shown = keyaki_iam::visible::shortened(shown);
    let message = format!("the format {shown} is not read: versions 1.x are");
    let help = "make it with `terraform show -json` of a version that writes format 1";
    let error = finding(source, Level::Error, version.span, message, help);
    Some(Err(vec![Finding { route: "format_version".to_owned(), ..error }]))
}

fn finding(source: &Source, level: Level, span: Span, message: String, help: &str) -> Finding {
    Finding {
        rule: codes::TERRAFORM_FORM,
        level,
        message,
        source: source.clone(),
        span,
        route: String::new(),
        help: (!help.is_empty()).then(|| help.to_owned()),
    }
}

/// Tells what keeps a plan from being whole, and gives it where that is an error.
fn tell(index: &Index<'_>, file: &JsonValue, findings: &mut Vec<Finding>) -> Vec<Unread> {
    let source = index.source;
    let before = findings.len();
    for (span, message) in &index.wrong {
        findings.push(finding(source, Level::Error, *span, message.clone(), ""));
    }
    if let Some(errored) = file.member("errored").filter(|it| it.data == JsonData::Bool(true)) {
        let message = "the plan broke off with an error: it does not have every change".to_owned();
        findings.push(finding(source, Level::Error, errored.span, message, "plan it again"));
    }
    let deferred = file.member("deferred_changes").map(|changes| &changes.data);
    if let Some(JsonData::Array(changes)) = deferred {
        for change in changes {
            let of = change.member("resource_change").and_then(|of| of.member("address"));
            let address = of.and_then(JsonValue::as_str).unwrap_or("a resource");
            let message = format!("the plan puts off what changes of `{address}`");
            let help = "no answer takes it into account; plan again after this one is applied";
            findings.push(finding(source, Level::Warning, change.span, message, help));
        }
    }
    findings.iter().skip(before).filter_map(Unread::whole).collect()
}

/// Notes what the plan puts off and may give access: nobody knows what it will be.
fn put_off(file: &JsonValue, after: &mut Template) {
    let changes = file.member("deferred_changes").map(one_or_several).unwrap_or_default();
    for change in changes.iter().filter_map(|change| change.member("resource_change")) {
        let text = |name: &str| change.member(name).and_then(JsonValue::as_str);
        let (Some(address), Some(kind)) = (text("address"), text("type")) else { continue };
        let actions = change.member("change").and_then(|change| change.member("actions"));
        let stays = |action: &JsonValue| matches!(action.as_str(), Some("no-op" | "read"));
        if table::may_give(kind)
            && !actions.is_some_and(|all| one_or_several(all).iter().all(stays))
        {
            let known = after.settings.entry(address.to_owned()).or_default();
            known.policies.push_str(&change.compact());
            known.span = change.span;
        }
    }
}

/// Remembers which parameters stand where nothing but an ARN can stand.
fn arns(template: &Template, shared: &Shared) {
    for document in &template.documents {
        if !parameter::is_in(document.source.text()) {
            continue;
        }
        let (value, _) = json::parse(&document.source, &Limits::default());
        let statements = value.as_ref().and_then(|value| value.member("Statement"));
        for statement in statements.map(one_or_several).unwrap_or_default() {
            let resources = ["Resource", "NotResource"].map(|name| statement.member(name));
            let conditions = Index::members(statement.member("Condition"))
                .filter(|(operator, _)| operator.to_ascii_lowercase().contains("arn"))
                .flat_map(|(_, keys)| Index::members(Some(keys)).map(|(_, values)| values));
            let all = resources.into_iter().flatten().chain(conditions).flat_map(one_or_several);
            for name in all.filter_map(JsonValue::as_str).filter_map(arn) {
                shared.arns.borrow_mut().insert(name);
            }
        }
    }
}

/// The items of a list, or what stands for a list of one.
fn one_or_several(value: &JsonValue) -> &[JsonValue] {
    if let JsonData::Array(items) = &value.data { items } else { std::slice::from_ref(value) }
}

/// The name of the parameter that a text begins with and that is the beginning of an ARN.
fn arn(text: &str) -> Option<String> {
    let pieces = parameter::pieces(text);
    let first: Option<&ContextKey> = match pieces.first()? {
        Piece::Variable(variable) => Some(&variable.key),
        Piece::Literal(_) | Piece::AnyChar | Piece::AnyString => None,
    };
    let parameter = Parameter::of(first?)?;
    (parameter.form == Form::Text).then_some(parameter.name)
}
