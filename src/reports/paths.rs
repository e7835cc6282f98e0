//! Answers of `paths`: a line for each chain of roles, and a summary.

use super::answers::{Coded, Question, Statement, Vacuous, request_form, value, version_form};
use super::human::{self, closing};
use super::json::{caveats, reason, rests_on, says_nothing, statements};
use super::{SCHEMA, Setting};
use keyaki_iam::visible::{Lines, line, message, shortened, visible};
use keyaki_questions::estates::{Chain, Need, Paths, Step};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;

/// A chain of roles; or that there is none, or that nobody knows.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Way {
    /// From whom: an ARN, the number of an account whose principals are not known, or the word of a
    /// kind of outsiders.
    pub from: String,
    /// The ARN of the role at the end. Of a chain to a request: of who makes it; `null` where there
    /// is no chain.
    pub to: Option<String>,
    /// Whether there is a chain.
    #[schemars(extend("enum" = ["yes", "no", "unknown"]))]
    pub answer: &'static str,
    /// Its steps, in order.
    pub steps: Vec<WayStep>,
    /// Why the answer is unknown.
    pub reason: Option<Coded>,
}

/// A step of a chain: somebody assumes a role, or makes the request at the end.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WayStep {
    /// Who.
    pub from: String,
    /// The ARN of the role that is assumed; `null`: this is the request at the end.
    pub to: Option<String>,
    /// The request, which the evaluator confirmed.
    #[schemars(schema_with = "request_form")]
    pub request: Value,
    /// The statements that allow it.
    pub statements: Vec<Statement>,
    /// What the call needs besides: to pass session tags, or a source identity.
    pub besides: Vec<Besides>,
    /// What of the request the conditions of the trust policy look at.
    pub needs: Vec<Looked>,
}

/// A request that a call needs besides.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Besides {
    /// The request, which the evaluator confirmed.
    #[schemars(schema_with = "request_form")]
    pub request: Value,
    /// The statements that allow it.
    pub statements: Vec<Statement>,
}

/// A condition key that a trust policy looks at.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Looked {
    /// The key.
    pub key: String,
    /// Its values in the request.
    pub values: Vec<String>,
}

/// What `paths` says of all chains together.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaysSummary {
    /// The version of this form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// Always true: tells the summary from the lines.
    pub summary: bool,
    /// What was asked.
    pub question: Question,
    /// Why the question says nothing about the estate; `null` if it does.
    pub vacuous: Option<Vacuous>,
    /// Whether there is a chain.
    #[schemars(extend("enum" = ["yes", "no", "unknown"]))]
    pub answer: &'static str,
    /// How many chains are told.
    pub chains: usize,
    /// Whether there may be more chains than are told, though all are wanted: the limit was reached.
    pub limit_reached: bool,
    /// Why there may be more chains than are told: of some steps it is unknown whether they are.
    pub may_be_more: Option<Coded>,
    /// The roles that can be reached from there, by their ARNs; where the shortest chain is wanted
    /// and there is one, those that were met on the way.
    pub reached: Vec<String>,
    /// How many steps were asked about.
    pub asked: usize,
    /// How many of them were refuted.
    pub refuted: usize,
    /// The model choices that what was refuted rests on.
    pub rests_on: Vec<Coded>,
    /// Whether some of these were not tried, and may not be needed.
    pub rests_on_undecided: bool,
    /// Assumptions, approximations, and what is left out.
    pub caveats: Vec<Coded>,
    /// How long it took.
    pub seconds: f64,
}

fn word(found: &Paths) -> &'static str {
    match (&found.chains[..], &found.unknown) {
        ([_, ..], _) => "yes",
        ([], Some(_)) => "unknown",
        ([], None) => "no",
    }
}

fn step(step: &Step) -> WayStep {
    let besides = step.besides.iter().map(|witness| Besides {
        request: witness.request.to_json(),
        statements: statements(&witness.account.deciding),
    });
    let looked =
        |Need { key, values }: &Need| Looked { key: key.text().to_owned(), values: values.clone() };
    WayStep {
        from: step.from.clone(),
        to: step.to.clone(),
        request: step.witness.request.to_json(),
        statements: statements(&step.witness.account.deciding),
        besides: besides.collect(),
        needs: step.needs.iter().map(looked).collect(),
    }
}

/// For programs: a line for each chain, and the summary.
pub fn json(
    (from, to): (&str, Option<&str>),
    found: &Paths,
    setting: Setting<'_>,
    taken: Duration,
) -> Vec<Value> {
    let Setting { requests: _, project: _, question, vacuous, caveats: _ } = setting;
    let way = |to: Option<&str>, chain: Option<&Chain>| {
        value(&Way {
            from: from.to_owned(),
            to: to.map(str::to_owned),
            answer: word(found),
            steps: chain.iter().flat_map(|chain| &chain.steps).map(step).collect(),
            reason: found.unknown.as_ref().filter(|_| chain.is_none()).map(reason),
        })
    };
    let mut lines: Vec<Value> = match &found.chains[..] {
        [] => vec![way(to, None)],
        chains => chains.iter().map(|chain| way(to.or(who(chain)), Some(chain))).collect(),
    };
    lines.push(value(&WaysSummary {
        schema: SCHEMA,
        summary: true,
        question: question.clone(),
        vacuous: vacuous.map(says_nothing),
        answer: word(found),
        chains: found.chains.len(),
        limit_reached: found.limit_reached,
        may_be_more: found.unknown.as_ref().filter(|_| !found.chains.is_empty()).map(reason),
        reached: found.reached.iter().cloned().collect(),
        asked: found.asked.0,
        refuted: found.asked.1,
        rests_on: rests_on(&found.rests_on),
        rests_on_undecided: found.rests_on.undecided,
        caveats: caveats(&found.caveats),
        seconds: taken.as_secs_f64(),
    }));
    lines
}

/// Who makes the request at the end of a chain.
fn who(chain: &Chain) -> Option<&str> {
    chain.steps.last().map(|step| step.from.as_str())
}

fn steps(number: usize) -> String {
    if number == 1 { "1 step".to_owned() } else { format!("{number} steps") }
}

/// For people: a block for each chain, and what is known of all.
pub fn human((from, to): (&str, Option<&str>), found: &Paths, setting: Setting<'_>) -> String {
    let mut text = Lines::new();
    if let Some(vacuous) = setting.vacuous {
        line!(text, "vacuous: {}: {}", vacuous.code(), message(&vacuous.to_string()));
    }
    let goal = to.map_or_else(|| "such a request".to_owned(), |to| visible(to).into_owned());
    for chain in &found.chains {
        line!(text, "yes: from {} to {goal}, {}", visible(from), steps(chain.steps.len()));
        for (number, step) in chain.steps.iter().enumerate() {
            block(&mut text, number + 1, step);
        }
        text.blank();
    }
    let reached = found.reached.len();
    let roles = if reached == 1 { "1 role".to_owned() } else { format!("{reached} roles") };
    match (&found.chains[..], &found.unknown) {
        ([], None) => {
            line!(text, "no: no chain of roles from {} to {goal}", visible(from));
            line!(
                text,
                "{roles} can be reached; {} of {} steps that a trust policy may allow were refuted",
                found.asked.1,
                found.asked.0
            );
            found.reached.iter().for_each(|role| line!(text, "  {}", visible(role)));
        }
        ([], Some(unknown)) => {
            let why = unknown.to_string();
            line!(text, "unknown: from {} to {goal}: {}", visible(from), message(&why));
        }
        (_, unknown) => {
            if found.limit_reached {
                line!(text, "there may be more chains: the limit was reached (`--limit`)");
            }
            if let Some(unknown) = unknown {
                line!(text, "there may be more chains: {}", message(&unknown.to_string()));
            }
        }
    }
    closing(&mut text, setting, &found.about, &found.rests_on, &found.caveats);
    text.into_text()
}

fn block(text: &mut Lines, number: usize, step: &Step) {
    let from = visible(&step.from);
    match &step.to {
        Some(to) => line!(text, "{number}. {from} assumes {}", visible(to)),
        None => line!(text, "{number}. {from} makes the request"),
    }
    for Need { key, values } in &step.needs {
        let values: Vec<String> =
            values.iter().map(|value| format!("{:?}", shortened(value))).collect();
        line!(text, "  with {} = {}", visible(key.text()), values.join(", "));
    }
    text.append(human::witness(&step.witness, &[]));
    for besides in &step.besides {
        let action = &besides.request.action;
        line!(text, "  and with the same context {}", visible(action));
    }
}
