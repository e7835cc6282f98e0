//! Answers as text.

use super::json::{effect, expectation, verdict};
use crate::claims::{Checked, Claim};
use crate::compare::{Comparison, Difference, Direction, Found, Relation};
use crate::environment::Layer;
use crate::query::{
    Account, Answer, Beyond, LayerAccount, Obstacle, Obstacles, Requests, RestsOn, StatementAccount, StatementName, Verdict, Witness,
};
use crate::request::{ContextValue, Request};
use crate::semantics::Failure;
use std::collections::BTreeSet;
use std::fmt::Write;

/// A request, one member a line, indented by two blanks.
pub fn request(request: &Request) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| _ = writeln!(text, "  {name:<10} {value}");
    line("principal", &request.principal.arn);
    if let Some(role) = &request.principal.role_arn {
        line("role", role);
    }
    if let Some(user) = &request.principal.user_arn {
        line("user", user);
    }
    if request.principal_in_management_account {
        line("", "(of the organization's management account)");
    }
    line("action", &request.action);
    line("resource", &request.resource);
    if let Some(owner) = &request.resource_account {
        line("owner", owner);
    }
    let mut heading = "context";
    for (key, value) in &request.context {
        let value = match value {
            ContextValue::Single(value) => format!("{value:?}"),
            ContextValue::List(values) => format!("{values:?}"),
        };
        line(heading, &format!("{} = {value}", key.text()));
        heading = "";
    }
    text
}

/// `policy.json (permissions boundary), statement 2 `Sid` (Allow)`, numbered as people count.
pub fn statement(name: &StatementName) -> String {
    let sid = name.sid.as_ref().map(|sid| format!(" `{sid}`")).unwrap_or_default();
    let policy = if name.layer == Layer::Identity { name.policy.clone() } else { format!("{} ({})", name.policy, name.layer) };
    format!("{policy}, statement {}{sid} ({})", name.index + 1, effect(name.effect))
}

/// A request with what allowed it.
pub(super) fn witness(witness: &Witness) -> String {
    let mut text = request(&witness.request);
    for name in &witness.account.deciding {
        _ = writeln!(text, "  allowed by {}", statement(name));
    }
    text + &layers(&witness.account)
}

/// What each layer says, and the conclusion. Nothing where there is one layer, of which the statements tell all.
fn layers(account: &Account) -> String {
    if account.layers.len() > 1 { format!("\n{}  {}\n", layer_lines(account, "  "), account.conclusion) } else { String::new() }
}

/// What each layer says, a line each.
fn layer_lines(account: &Account, indentation: &str) -> String {
    account.layers.iter().map(|LayerAccount { layer, says }| format!("{indentation}{layer}: {says}\n")).collect()
}

/// What is said of a request for an action that does not exist.
const UNLISTED: &str = "no request of today, but this one is allowed once there is such an action";
const ONCE: &str = "once there is such an action";

/// Which requests were considered, what a "no" rests on, and the caveats.
pub(super) fn closing(text: &mut String, requests: Requests<'_>, rests_on: &RestsOn, caveats: &[String]) {
    _ = match requests {
        Requests::Feasible(world) => writeln!(text, "requests considered: feasible (services as in {})", world.catalogue.source()),
        Requests::Any => writeln!(text, "requests considered: any"),
    };
    for choice in &rests_on.choices {
        _ = writeln!(text, "assumed: {}: {}", choice.id(), choice.says());
    }
    if rests_on.undecided {
        _ = writeln!(text, "assumed: whether all of these are needed was not decided");
    }
    for caveat in caveats {
        _ = writeln!(text, "caveat: {caveat}");
    }
}

/// How many statements that do not apply are told, at most.
const TOLD: usize = 10;

/// What became of the statements: of those that speak of the action all that apply and the nearest others, those with the fewest failures,
/// with what does not match in them; and how many more there are.
pub fn account(account: &Account) -> String {
    let action_fails = |statement: &&StatementAccount| statement.failures.iter().any(|failure| matches!(failure, Failure::Action(_)));
    let (others, near): (Vec<_>, Vec<_>) = account.statements.iter().partition(action_fails);
    let mut failing: Vec<usize> = (0..near.len()).filter(|at| near.get(*at).is_some_and(|one| !one.failures.is_empty())).collect();
    failing.sort_by_key(|at| near.get(*at).map(|one| one.failures.len()));
    let untold: BTreeSet<usize> = failing.into_iter().skip(TOLD).collect();
    let mut text = String::new();
    for (_, described) in near.iter().enumerate().filter(|(at, _)| !untold.contains(at)) {
        let verdict = if described.failures.is_empty() { "applies" } else { "does not apply" };
        _ = writeln!(text, "{} {verdict}", statement(&described.name));
        for failure in &described.failures {
            _ = writeln!(text, "  {failure}");
        }
    }
    _ = match untold.len() {
        0 => Ok(()),
        1 => writeln!(text, "and 1 more statement that does not apply (`--format json` shows all)"),
        more => writeln!(text, "and {more} more statements that do not apply (`--format json` shows all)"),
    };
    _ = match (others.len(), account.statements.len()) {
        (0, 0) => writeln!(text, "there is no statement"),
        (0, _) => Ok(()),
        (others, all) if others == all => writeln!(text, "no statement speaks of this action"),
        (1, _) => writeln!(text, "the other statement does not speak of this action"),
        (others, _) => writeln!(text, "{others} other statements do not speak of this action"),
    };
    text
}

/// The result of `eval`.
pub fn eval(evaluated: &Account, warnings: &[String]) -> String {
    let mut text = format!("{}\n", evaluated.decision);
    for name in &evaluated.deciding {
        _ = writeln!(text, "  decided by {}", statement(name));
    }
    text.push_str(&layers(evaluated));
    _ = writeln!(text, "\n{}", account(evaluated).trim_end());
    for warning in warnings {
        _ = writeln!(text, "warning: {warning}");
    }
    text
}

/// The answer of `can`; the reasons of a "no", where they were asked for, say which layers refuse alone, and what only requests that cannot
/// exist would get.
pub fn can(answer: &Verdict, requests: Requests<'_>, reasons: Option<&(Obstacles, Option<Beyond>)>) -> String {
    let mut text = match &answer.answer {
        Answer::Yes(found) => {
            let today = if found.unlisted_action { UNLISTED } else { "this request is allowed" };
            format!("yes: {today}\n\n{}\n", witness(found))
        }
        Answer::No => "no: no request of this shape is allowed\n\n".to_owned(),
        Answer::Unknown(reason) => format!("unknown: {reason}\n\n"),
    };
    if let Some((obstacles, beyond)) = reasons {
        text.push_str(&why(obstacles));
        text.extend(beyond.iter().map(|beyond| impossible("why: this request would be allowed, and cannot exist", beyond)));
    }
    closing(&mut text, requests, &answer.rests_on, &answer.caveats);
    text
}

/// Which layers refuse, each on a request that it alone refuses.
fn why(obstacles: &Obstacles) -> String {
    let mut text = String::new();
    for Obstacle { layer, request: refused, account } in &obstacles.found {
        let they = if matches!(layer, Layer::Identity | Layer::Session) { "they" } else { "it" };
        _ = writeln!(text, "why: {layer}; if {they} allowed everything, this request would be allowed\n\n{}", request(refused));
        _ = writeln!(text, "{}  {}\n", layer_lines(account, "  "), account.conclusion);
    }
    if !obstacles.unknown.is_empty() {
        let layers: Vec<String> = obstacles.unknown.iter().map(ToString::to_string).collect();
        _ = writeln!(
            text,
            "why: unknown of {}: no engine could tell whether it refuses alone; allow more time with `--timeout`\n",
            layers.join(", ")
        );
    } else if obstacles.found.is_empty() && obstacles.single {
        text.push_str("why: no policy would help; nobody can make a request of this shape\n\n");
    } else if obstacles.found.is_empty() {
        text.push_str("why: no layer refuses alone; if any one of them allowed everything, others would still refuse\n\n");
    }
    text
}

/// A request that cannot exist, and why.
fn impossible(heading: &str, beyond: &Beyond) -> String {
    let mut text = format!("{heading}\n\n{}", witness(&beyond.witness));
    for violation in &beyond.violations {
        _ = writeln!(text, "  impossible: {} ({})", violation.message, violation.id);
    }
    text.push('\n');
    text
}

/// The answer of `compare`; `beyond`, where it was asked for, says what the difference would be if every string were an action and a
/// resource.
pub fn compare(comparison: &Comparison, requests: Requests<'_>, beyond: &[(Direction, Beyond)]) -> String {
    let mut text = match comparison.relation() {
        Some(Relation::Equivalent) => "equivalent: both allow the same requests\n".to_owned(),
        Some(Relation::Narrower) => "narrower: the new policy allows less\n".to_owned(),
        Some(Relation::Wider) => "wider: the new policy allows more\n".to_owned(),
        Some(Relation::Incomparable) => "incomparable: each allows something that the other does not\n".to_owned(),
        Some(Relation::Unknown) => "unknown\n".to_owned(),
        None => String::new(),
    };
    direction(&mut text, "added", "the new policy allows this, the old one does not", &comparison.added);
    direction(&mut text, "removed", "the old policy allows this, the new one does not", &comparison.removed);
    let mut text = text.trim_start_matches('\n').to_owned();
    text.push('\n');
    for (direction, beyond) in beyond {
        text.push_str(&impossible(&format!("why: {} is nothing: this request would be, and cannot exist", direction.word()), beyond));
    }
    closing(&mut text, requests, &comparison.rests_on, &comparison.caveats);
    text
}

fn direction(text: &mut String, name: &str, meaning: &str, found: &Found) {
    match found {
        Found::NotAsked => {}
        Found::Nothing => _ = writeln!(text, "\n{name}: nothing"),
        Found::Unknown(reason) => _ = writeln!(text, "\n{name}: unknown: {reason}"),
        Found::Difference(difference) => {
            let Difference { witness: found, refusal } = difference.as_ref();
            let meaning = if found.unlisted_action { format!("{meaning}, {ONCE}") } else { meaning.to_owned() };
            _ = writeln!(text, "\n{name}: {meaning}\n\n{}", witness(found));
            _ = writeln!(text, "  why the other does not: {}", refusal.conclusion);
            if refusal.layers.len() > 1 {
                text.push_str(&layer_lines(refusal, "    "));
            }
            _ = writeln!(text, "{}", indent(&account(refusal)));
        }
    }
}

fn indent(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

/// One row of the table of claims, with the request under it when there is one.
pub fn claim(claim: &Claim<'_>, checked: &Checked) -> String {
    let mark = if checked.as_expected(claim.expect) { "ok  " } else { "FAIL" };
    let mut text = format!("{mark} {:<9} {:<14} {}\n", verdict(checked.outcome), claim.subject.kind().word(), claim.name);
    if !checked.as_expected(claim.expect) {
        _ = writeln!(text, "       expected: {}; {}", expectation(claim.expect), claim.why);
    }
    if let Some(reason) = &checked.reason {
        _ = writeln!(text, "       reason: {reason}");
    }
    if let Some(found) = &checked.witness {
        _ = writeln!(text, "       request: {}", short(&found.request));
    }
    if let Some(found) = &checked.call {
        _ = writeln!(text, "       call: {}", super::call::short(found));
    }
    text
}

/// A request in one line, as a person would say it.
fn short(request: &Request) -> String {
    let context = request.context.iter().map(|(key, value)| match value {
        ContextValue::Single(value) => format!("{}={value}", key.text()),
        ContextValue::List(values) => format!("{}=[{}]", key.text(), values.join(", ")),
    });
    let context: Vec<String> = context.collect();
    let context = if context.is_empty() { String::new() } else { format!(" with {}", context.join(", ")) };
    format!("{} on {} by {}{context}", request.action, request.resource, request.principal.arn)
}
