//! Answers as text.

use super::answers::Question;
use super::json::{effect, told};
use super::made_up::{self, MadeUp, made_up};
use super::{Caveats, Setting, project_line};
use keyaki_evaluator::semantics::Failure;
use keyaki_iam::caveat::Caveat;
use keyaki_iam::finding::{self, Finding};
use keyaki_iam::layers::Layer;
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::parameter::Parameter;
use keyaki_iam::request::{ContextValue, Request};
use keyaki_iam::shape::{About, Through};
use keyaki_iam::visible::{Lines, line, message, shortened, visible};
use keyaki_questions::compare::{Comparison, Difference, Direction, Found, Reasons, Relation};
use keyaki_questions::query::{
    Account, Answer, Beyond, LayerAccount, Obstacle, Obstacles, Otherwise, Refusal, Requests,
    RestsOn, StatementAccount, StatementName, Verdict, Witness,
};
use keyaki_questions::vacuous::Vacuous;
use std::collections::BTreeSet;

/// A finding about the project's file, in lines.
pub fn finding(finding: &Finding) -> String {
    let mut text = Lines::new();
    line!(text, "{}", finding::one_line(finding));
    if let Some(help) = &finding.help {
        line!(text, "  help: {}", message(help));
    }
    text.into_text()
}

/// A request, one member a line, indented by two blanks.
pub(super) fn request(request: &Request) -> Lines {
    let mut text = Lines::new();
    let mut member = |name: &str, value: &str| line!(text, "  {name:<10} {}", visible(value));
    member("principal", &request.principal.arn);
    if let Some(role) = &request.principal.role_arn {
        member("role", role);
    }
    if let Some(user) = &request.principal.user_arn {
        member("user", user);
    }
    if request.principal_in_management_account {
        member("", "(of the organization's management account)");
    }
    member("action", &request.action);
    member("resource", &request.resource);
    if let Some(owner) = &request.resource_account {
        member("owner", owner);
    }
    let mut heading = "";
    let values = request.context.iter().map(|(key, value)| (Parameter::of(key), key, value));
    let (unknown, known): (Vec<_>, Vec<_>) = values.partition(|(unknown, ..)| unknown.is_some());
    for (parameter, key, value) in known.into_iter().chain(unknown) {
        let value = match value {
            ContextValue::Single(value) => format!("{:?}", shortened(value)),
            ContextValue::List(values) => {
                format!("{:?}", values.iter().map(|value| shortened(value)).collect::<Vec<_>>())
            }
        };
        let (group, name) = match parameter {
            Some(parameter) => ("where", visible(&parameter.name).into_owned()),
            None => ("context", visible(key.text()).into_owned()),
        };
        let shown = if group == heading { "" } else { group };
        line!(text, "  {shown:<10} {name} = {value}");
        heading = group;
    }
    text
}

/// `policy.json (permissions boundary), statement 2 `Sid` (Allow)`, numbered as people count.
pub(super) fn statement(name: &StatementName) -> String {
    statement_in(name, &[name.layer])
}

/// The same of a statement that takes part in several levels: `SCP levels 1, 2 and 4`.
fn statement_in(name: &StatementName, layers: &[Layer]) -> String {
    let sid = name.sid.as_ref().filter(|sid| !sid.is_empty());
    let sid = sid.map(|sid| format!(" `{}`", visible(sid))).unwrap_or_default();
    let policy = visible(&name.policy);
    let numbers: Vec<String> =
        layers.iter().filter_map(|layer| Some((layer.level()? + 1).to_string())).collect();
    let policy = match numbers.as_slice() {
        [first @ .., last] if !first.is_empty() => {
            let kind = name.layer.word().to_ascii_uppercase();
            format!("{policy} ({kind} levels {} and {last})", first.join(", "))
        }
        _ if name.layer == Layer::Identity => policy.into_owned(),
        _ => format!("{policy} ({})", name.layer),
    };
    format!("{policy}, statement {}{sid} ({})", name.index + 1, effect(name.effect))
}

/// A request, what is made up in it, and what allowed it.
pub(super) fn witness(witness: &Witness, made_up: &[MadeUp]) -> Lines {
    let mut text = request(&witness.request);
    text.append(made_up::lines(made_up));
    for name in &witness.account.deciding {
        line!(text, "  allowed by {}", statement(name));
    }
    text.append(layers(&witness.account));
    text
}

/// A request, what is made up in it, and what allowed it, in few lines: where a statement takes part
/// in several levels it is told once, and what each layer says is not told.
pub(super) fn short_witness(
    witness: &Witness,
    made_up: &[MadeUp],
    deciding: &[&StatementName],
) -> Lines {
    let mut text = request(&witness.request);
    text.append(made_up::lines(made_up));
    let mut told: Vec<(&StatementName, Vec<Layer>)> = Vec::new();
    for &name in deciding {
        let same = |(other, _): &&mut (&StatementName, Vec<Layer>)| {
            other.layer.word() == name.layer.word()
                && (&other.policy, other.index) == (&name.policy, name.index)
        };
        match told.iter_mut().find(same) {
            Some((_, layers)) => layers.push(name.layer),
            None => told.push((name, vec![name.layer])),
        }
    }
    for (name, layers) in told {
        line!(text, "  allowed by {}", statement_in(name, &layers));
    }
    // Of a root user nothing is attached that could be named.
    let grants = |name: &&StatementName| matches!(name.layer, Layer::Identity | Layer::Resource);
    if !deciding.iter().any(grants) {
        line!(text, "  {}", witness.account.conclusion);
    }
    text
}

/// What each layer says, and the conclusion. Nothing where there is one layer, of which the
/// statements tell all.
fn layers(account: &Account) -> Lines {
    let mut text = Lines::new();
    if account.layers.len() > 1 {
        text.blank();
        text.append(layer_lines(account, "  "));
        line!(text, "  {}", account.conclusion);
    }
    text
}

/// What each layer says, a line each.
fn layer_lines(account: &Account, indentation: &str) -> Lines {
    let mut text = Lines::new();
    for LayerAccount { layer, says } in &account.layers {
        line!(text, "{indentation}{layer}: {says}");
    }
    text
}

/// What is said of a request for an action that does not exist.
const UNLISTED: &str = "but only through an action AWS does not offer today";

/// Which requests were considered, what a "no" rests on, and the caveats.
pub(super) fn closing(
    text: &mut Lines,
    setting: Setting<'_>,
    about: &About,
    rests_on: &RestsOn,
    caveats: &[Caveat],
) {
    let Setting { requests, project, question, vacuous, caveats: told } = setting;
    text.append(question.text());
    match requests {
        Requests::Feasible(world) => {
            let source = world.catalogue.source_and_date();
            let source = visible(&source);
            let places = about
                .partitions
                .map(|places| format!(", in {}", in_words(places)))
                .unwrap_or_default();
            line!(text, "requests considered: feasible{places} (services as in {source})");
        }
        Requests::Any => line!(text, "requests considered: any"),
    }
    for (what, accounts) in considered(about) {
        if !accounts.is_empty() {
            let noun = if accounts.len() == 1 { "account" } else { "accounts" };
            line!(text, "requests considered: {what} {noun} {}", accounts.join(", "));
        }
    }
    if let Some((_, organization)) = &about.home.members {
        line!(text, "requests considered: own accounts are in organization {organization}");
    }
    if let Some((path, members)) = project
        .map(|project| (&project.path, project.used(requests, about)))
        .filter(|(_, used)| !used.is_empty())
    {
        line!(text, "{}", project_line(path, &members));
    }
    let rests_on = vacuous.and_then(Vacuous::rests_on).unwrap_or(rests_on);
    for choice in &rests_on.choices {
        line!(text, "assumed: {}: {}", choice.id(), choice.says());
    }
    if rests_on.undecided {
        line!(text, "assumed: it was not decided whether all of these are needed");
    }
    append_caveats(text, caveats, told);
}

/// The caveats, those first that bear most on the answer; those that most answers have in one line,
/// unless all are asked for.
pub fn append_caveats(text: &mut Lines, caveats: &[Caveat], told: Caveats) {
    let (standing, own): (Vec<&Caveat>, Vec<&Caveat>) = Caveat::by_weight(caveats)
        .into_iter()
        .partition(|caveat| caveat.is_standing() && told == Caveats::Short);
    for caveat in own {
        line!(text, "caveat: {}", message(&caveat.to_string()));
    }
    let mut codes: Vec<&str> = standing.into_iter().map(Caveat::code).collect();
    codes.dedup();
    if !codes.is_empty() {
        line!(text, "caveats as usual: {} (`--caveats full` explains them)", codes.join(", "));
    }
}

/// `the partition aws`, `the partitions aws and aws-cn`.
fn in_words(partitions: Partitions) -> String {
    let names: Vec<&str> = partitions.names().collect();
    match names.as_slice() {
        [] => "a partition that does not exist".to_owned(),
        [one] => format!("the partition {one}"),
        [first @ .., last] => format!("the partitions {} and {last}", first.join(", ")),
    }
}

/// What an answer says of accounts, and which.
fn considered(about: &About) -> [(&'static str, &[String]); 4] {
    let About { accounts, resource_accounts, through: _, home, partitions: _ } = about;
    [
        ("only those of callers in", accounts),
        ("only those on resources of", resource_accounts),
        ("of users and sessions only those in own", &home.callers),
        ("only those on resources of own", &home.resources),
    ]
}

/// What the first line of an answer says of the way, where an endpoint policy is given.
pub(super) fn way(about: &About) -> &'static str {
    match about.through {
        None => "",
        Some(Through::Endpoint) => " (asked of requests through the VPC endpoint)",
        Some(Through::Past) => " (asked of requests past the VPC endpoint)",
        Some(Through::Both) => " (asked of requests through the VPC endpoint and past it)",
    }
}

/// How many statements that do not apply are told, at most.
const TOLD: usize = 10;

/// The values of parameters that an answer is about, if it is about certain ones.
fn at_values(caveats: &[Caveat]) -> String {
    let values = caveats.iter().find_map(|caveat| {
        if let Caveat::TheseValues { names } = caveat { Some(names) } else { None }
    });
    values.map_or_else(String::new, |names| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        format!(" where {}", visible(&names.join(" and ")))
    })
}

/// What became of the statements: of those that speak of the action all that apply and the nearest
/// others, those with the fewest failures, with what does not match in them; and how many more
/// there are.
fn account(account: &Account) -> Lines {
    let action_fails = |statement: &&StatementAccount| {
        statement.failures.iter().any(|failure| matches!(failure, Failure::Action(_)))
    };
    let (others, near): (Vec<_>, Vec<_>) = account.statements.iter().partition(action_fails);
    let mut failing: Vec<usize> = (0..near.len())
        .filter(|at| near.get(*at).is_some_and(|one| !one.failures.is_empty()))
        .collect();
    failing.sort_by_key(|at| near.get(*at).map(|one| one.failures.len()));
    let untold: BTreeSet<usize> = failing.into_iter().skip(TOLD).collect();
    let mut text = Lines::new();
    for (_, described) in near.iter().enumerate().filter(|(at, _)| !untold.contains(at)) {
        let verdict = if described.failures.is_empty() { "applies" } else { "does not apply" };
        line!(text, "{} {verdict}", statement(&described.name));
        for failure in &described.failures {
            line!(text, "  {}", message(&told(failure)));
        }
    }
    match untold.len() {
        0 => {}
        1 => line!(text, "and 1 more statement that does not apply (`--format json` shows all)"),
        more => {
            line!(text, "and {more} more statements that do not apply (`--format json` shows all)")
        }
    }
    match (others.len(), account.statements.len()) {
        (0, 0) => line!(text, "there are no statements"),
        (0, _) => {}
        (others, all) if others == all => line!(text, "no statement is about this action"),
        (1, _) => line!(text, "the other statement is not about this action"),
        (others, _) => line!(text, "{others} other statements are not about this action"),
    }
    text
}

/// The result of `eval`.
pub fn eval(evaluated: &Account, warnings: &[String], question: &Question) -> String {
    let mut text = Lines::new();
    line!(text, "{}", evaluated.decision);
    for name in &evaluated.deciding {
        line!(text, "  decided by {}", statement(name));
    }
    text.append(layers(evaluated));
    text.blank();
    text.append(account(evaluated));
    for warning in warnings {
        line!(text, "warning: {}", message(warning));
    }
    text.blank();
    text.append(question.text());
    text.into_text()
}

/// The answer of `can`; the reasons of a "no", where they were asked for, say what stands in the
/// way, and what only requests that cannot exist would get.
pub fn can(
    answer: &Verdict,
    setting: Setting<'_>,
    reasons: Option<&(Obstacles, Option<Beyond>)>,
) -> String {
    let mut text = Lines::new();
    let way = way(&answer.about);
    match &answer.answer {
        Answer::Yes(found) => {
            line!(
                text,
                "{}{way}",
                if found.unlisted_action {
                    format!("yes, {UNLISTED}")
                } else {
                    "yes: this request is allowed".to_owned()
                }
            );
            text.blank();
            let invented = made_up([&found.request], setting.question, &answer.about, None);
            text.append(witness(found, &invented));
        }
        Answer::No => match setting.vacuous {
            Some(vacuous) => line!(text, "no, vacuously: {vacuous} ({})", vacuous.code()),
            None => {
                let at = at_values(&answer.caveats);
                line!(text, "no: no request of this shape is allowed{at}{way}");
            }
        },
        Answer::Unknown(reason) => line!(text, "unknown: {}{way}", message(&reason.to_string())),
    }
    text.blank();
    if let Some((obstacles, beyond)) = reasons {
        text.append(why(obstacles));
        if let Some(beyond) = beyond {
            text.append(impossible(
                "why: this request would be allowed, but it cannot exist",
                beyond,
            ));
        }
    }
    closing(&mut text, setting, &answer.about, &answer.rests_on, &answer.caveats);
    text.into_text()
}

/// What stands in the way, each on a request that nothing else refuses.
pub(super) fn why(obstacles: &Obstacles) -> Lines {
    let mut text = Lines::new();
    obstacles.found.iter().for_each(|one| text.append(obstacle(one)));
    if !obstacles.unknown.is_empty() {
        let layers: Vec<String> = obstacles.unknown.iter().map(ToString::to_string).collect();
        line!(
            text,
            "why: {}: no engine could tell whether it refuses alone; allow more time with `--timeout`",
            layers.join(", ")
        );
        text.blank();
    }
    match &obstacles.otherwise {
        Some(Otherwise::Together(together)) => text.append(obstacle(together)),
        Some(Otherwise::NoPolicyHelps) => {
            line!(text, "why: no policy would help; nobody can make a request of this shape");
            text.blank();
        }
        Some(Otherwise::Unknown(reason)) if obstacles.unknown.is_empty() => {
            let reason = reason.to_string();
            line!(text, "why: what refuses together is unknown: {}", message(&reason));
            text.blank();
        }
        Some(Otherwise::Unknown(_)) | None => {}
    }
    text
}

/// How many Allow statements that come near are told of a layer, at most.
const NEAREST: usize = 3;

fn obstacle(obstacle: &Obstacle) -> Lines {
    let Obstacle { refusals, undecided, request: refused, account } = obstacle;
    let mut text = Lines::new();
    let parts: usize = refusals.iter().map(|one| one.denies.len() + usize::from(one.silent)).sum();
    let less = match (undecided, parts) {
        (true, _) => "; whether less would be enough was not decided",
        (false, 0 | 1) => "",
        (false, _) => "; with less changed, no request of this shape would be",
    };
    match refusals.as_slice() {
        [one] => {
            let which = if one.given { "" } else { ", which is not given" };
            line!(text, "why: {}{which}; {}{less}", one.layer, changed(one));
            text.append(denials(one, "  "));
        }
        several => {
            let layers: Vec<String> = several.iter().map(|one| one.layer.to_string()).collect();
            line!(
                text,
                "why: {} refuse together; with all of this changed, this request would be allowed{less}",
                enumerated(&layers)
            );
            text.append(in_the_way(several, "  "));
        }
    }
    text.blank();
    text.append(request(refused));
    text.blank();
    text.append(layer_lines(account, "  "));
    line!(text, "  {}", account.conclusion);
    refusals.iter().filter(|one| one.silent && one.given).for_each(|one| text.append(near(one)));
    text.blank();
    text
}

/// What would be if a layer were different, as a clause.
fn changed(refusal: &Refusal) -> String {
    let they =
        if matches!(refusal.layer, Layer::Identity | Layer::Session) { "they" } else { "it" };
    let without = match refusal.denies.len() {
        0 => return format!("if {they} allowed this request, nothing else would refuse it"),
        1 => "without this Deny statement",
        _ => "without these Deny statements",
    };
    let and = if refusal.silent { " and with an Allow statement that applies" } else { "" };
    format!("{without}{and}, this request would be allowed")
}

/// `one, two and three`.
fn enumerated(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What refuses, a line a statement or a layer that would have to allow.
fn in_the_way(refusals: &[Refusal], indentation: &str) -> Lines {
    let mut text = Lines::new();
    for one in refusals {
        text.append(denials(one, indentation));
        match (one.silent, one.given) {
            (false, _) => {}
            (true, true) => line!(text, "{indentation}{}: no Allow statement applies", one.layer),
            (true, false) => {
                line!(text, "{indentation}{}: not given, and would have to allow this", one.layer)
            }
        }
    }
    text
}

fn denials(refusal: &Refusal, indentation: &str) -> Lines {
    let mut text = Lines::new();
    for name in &refusal.denies {
        line!(text, "{indentation}denied by {}", statement(name));
    }
    text
}

/// The Allow statements of a silent layer that come nearest.
fn near(refusal: &Refusal) -> Lines {
    let mut text = Lines::new();
    for described in refusal.nearest.iter().take(NEAREST) {
        line!(text, "  nearest: {} does not apply", statement(&described.name));
        for failure in &described.failures {
            line!(text, "    {}", message(&told(failure)));
        }
    }
    if refusal.nearest.is_empty() {
        line!(text, "  {}: no Allow statement is about this action", refusal.layer);
    }
    text
}

/// A request that cannot exist, and why.
fn impossible(heading: &str, beyond: &Beyond) -> Lines {
    let mut text = Lines::new();
    line!(text, "{heading}");
    text.blank();
    text.append(witness(&beyond.witness, &[]));
    for violation in &beyond.violations {
        line!(text, "  impossible: {} ({})", message(&violation.message), violation.id);
    }
    text.blank();
    text
}

/// The answer of `compare`; the reasons, where they were asked for, say what refuses a difference on
/// the other side, and what it would be if every string were an action and a resource.
pub fn compare(comparison: &Comparison, setting: Setting<'_>, reasons: Option<&Reasons>) -> String {
    let refusals = |wanted: Direction| reasons.and_then(|reasons| reasons.refusals.get(&wanted));
    let mut text = Lines::new();
    let way = way(&comparison.about);
    if let Some(vacuous) = setting.vacuous {
        line!(text, "vacuous: {vacuous} ({})", vacuous.code());
    }
    match comparison.relation() {
        Some(Relation::Equivalent) => line!(text, "equivalent: both allow the same requests{way}"),
        Some(Relation::Narrower) => line!(text, "narrower: the new policy allows less{way}"),
        Some(Relation::Wider) => line!(text, "wider: the new policy allows more{way}"),
        Some(Relation::Incomparable) => {
            line!(text, "incomparable: each allows something that the other does not{way}")
        }
        Some(Relation::Unknown) => line!(text, "unknown{way}"),
        None => {}
    }
    let invented =
        |found: &Witness| made_up([&found.request], setting.question, &comparison.about, None);
    // Of one direction the first line is its own.
    let way = if comparison.relation().is_some() { "" } else { way };
    direction(
        &mut text,
        "added",
        "the new policy allows this, the old one does not",
        way,
        &comparison.added,
        refusals(Direction::Added),
        &invented,
    );
    direction(
        &mut text,
        "removed",
        "the old policy allows this, the new one does not",
        way,
        &comparison.removed,
        refusals(Direction::Removed),
        &invented,
    );
    text.blank();
    for (direction, beyond) in reasons.iter().flat_map(|reasons| &reasons.beyond) {
        text.append(impossible(
            &format!(
                "why: {} is nothing: this request would count, but it cannot exist",
                direction.word()
            ),
            beyond,
        ));
    }
    closing(&mut text, setting, &comparison.about, &comparison.rests_on, &comparison.caveats);
    text.into_text()
}

fn direction(
    text: &mut Lines,
    name: &str,
    meaning: &str,
    way: &str,
    found: &Found,
    refusals: Option<&Vec<Refusal>>,
    invented: &dyn Fn(&Witness) -> Vec<MadeUp>,
) {
    // With one direction only, there is nothing above it.
    if !text.is_empty() && !matches!(found, Found::NotAsked) {
        text.blank();
    }
    match found {
        Found::NotAsked => {}
        Found::Nothing => line!(text, "{name}: nothing{way}"),
        Found::Unknown(reason) => {
            line!(text, "{name}: unknown: {}{way}", message(&reason.to_string()))
        }
        Found::Difference(difference) => {
            let Difference { witness: found, refusal } = difference.as_ref();
            let meaning = if found.unlisted_action {
                format!("{meaning}, {UNLISTED}")
            } else {
                meaning.to_owned()
            };
            line!(text, "{name}: {meaning}{way}");
            text.blank();
            text.append(witness(found, &invented(found)));
            text.blank();
            line!(text, "  why the other does not: {}", refusal.conclusion);
            if refusal.layers.len() > 1 {
                text.append(layer_lines(refusal, "    "));
            }
            text.append_indented(&account(refusal), "    ");
            // That a layer alone allows nothing was said.
            let more = |one: &Refusal| !one.denies.is_empty() || !one.given;
            let tells = |refusals: &Vec<Refusal>| refusals.len() > 1 || refusals.iter().any(more);
            if let Some(refusals) = refusals.filter(|refusals| tells(refusals)) {
                line!(text, "  why: to allow it there, all of this would have to change");
                text.append(in_the_way(refusals, "    "));
            }
        }
    }
}

/// A request in one line, as a person would say it.
pub(super) fn short(request: &Request) -> String {
    let context = request.context.iter().map(|(key, value)| match value {
        ContextValue::Single(value) => {
            let name = Parameter::of(key).map_or_else(|| key.text().to_owned(), |one| one.name);
            format!("{}={}", visible(&name), visible(value))
        }
        ContextValue::List(values) => {
            let values: Vec<_> = values.iter().map(|value| visible(value)).collect();
            format!("{}=[{}]", visible(key.text()), values.join(", "))
        }
    });
    let context: Vec<String> = context.collect();
    let context =
        if context.is_empty() { String::new() } else { format!(" with {}", context.join(", ")) };
    let [action, resource, caller] =
        [&request.action, &request.resource, &request.principal.arn].map(|text| visible(text));
    format!("{action} on {resource} by {caller}{context}")
}
