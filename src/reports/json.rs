//! Answers as JSON: what there is to say, in the forms of [`crate::answers`].

use super::answers::{
    About, BatchError, Can, CatalogueName, Coded, Compared, Difference, DocumentFinding, Evaluated,
    Explained, Impossible, Json, LayerName, LayerSays, Own, PathWhy, Project, Question, Refusal,
    Statement, Together, Vacuous, Violation, WaivedBy, Why, value,
};
use super::fate::{Accepted, Fate};
use super::made_up::{made_up, texts};
use super::{ProjectFile, SCHEMA, Setting};
use keyaki_evaluator::semantics::Failure;
use keyaki_iam::caveat::Caveat;
use keyaki_iam::finding::Finding;
use keyaki_iam::layers::Layer;
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::{Effect, parameter};
use keyaki_iam::shape::{self, Through};
use keyaki_iam::source::Place;
use keyaki_questions::compare::{Comparison, Direction, Found, Reasons};
use keyaki_questions::query::{
    self, Account, Answer, Beyond, LayerAccount, Obstacle, Obstacles, Otherwise, Requests, RestsOn,
    StatementAccount, StatementName, Verdict,
};
use keyaki_questions::unknown::Unknown;
use serde_json::Value;

/// `Allow` or `Deny`.
pub(super) fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    }
}

fn named(name: &StatementName) -> Statement {
    let place = name.place.as_ref();
    Statement {
        policy: name.policy.clone(),
        layer: name.layer.word(),
        index: name.index,
        sid: name.sid.clone(),
        effect: effect(name.effect),
        file: place.map(|place| place.file.clone()),
        line: place.map(|place| place.start.line),
        column: place.map(|place| place.start.column),
    }
}

pub(super) fn statements<'n>(names: impl IntoIterator<Item = &'n StatementName>) -> Vec<Statement> {
    names.into_iter().map(named).collect()
}

/// What each layer says.
pub(super) fn layers(account: &Account) -> Vec<LayerSays> {
    let one = |LayerAccount { layer, says }: &LayerAccount| LayerSays {
        layer: layer.word(),
        level: layer.level(),
        says: says.clone(),
    };
    account.layers.iter().map(one).collect()
}

/// What does not match, with parameters by their names.
pub(super) fn told(failure: &Failure) -> String {
    parameter::shown(&failure.to_string())
}

/// Statements with what does not match in them.
fn explained(statements: &[StatementAccount]) -> Vec<Explained> {
    let one = |statement: &StatementAccount| {
        let failures: Vec<String> = statement.failures.iter().map(told).collect();
        Explained { statement: named(&statement.name), applies: failures.is_empty(), failures }
    };
    statements.iter().map(one).collect()
}

/// The model choices that a "no" rests on, by their rows of SEMANTICS 5.6.
pub(super) fn rests_on(rests_on: &RestsOn) -> Vec<Coded> {
    rests_on.choices.iter().map(|choice| Coded::new(choice.id(), choice.says())).collect()
}

/// Caveats, those first that bear most on the answer.
pub(super) fn caveats(caveats: &[Caveat]) -> Vec<Coded> {
    let coded = |caveat: &Caveat| Coded::new(caveat.code(), caveat);
    Caveat::by_weight(caveats).into_iter().map(coded).collect()
}

/// Why a question says nothing.
pub(super) fn says_nothing(vacuous: &keyaki_questions::vacuous::Vacuous) -> Vacuous {
    Vacuous {
        code: vacuous.code(),
        message: vacuous.to_string(),
        rests_on: vacuous.rests_on().map(rests_on).unwrap_or_default(),
    }
}

pub(super) fn reason(unknown: &Unknown) -> Coded {
    Coded::new(unknown.code(), unknown)
}

/// The result of `eval`.
pub fn eval(id: &Value, evaluated: &Account, warnings: &[String], question: &Question) -> Value {
    value(&Evaluated {
        id: id.clone(),
        schema: SCHEMA,
        question: question.clone(),
        decision: evaluated.decision.word(),
        statements: statements(&evaluated.deciding),
        conclusion: evaluated.conclusion.clone(),
        layers: layers(evaluated),
        explanation: explained(&evaluated.statements),
        warnings: warnings.to_vec(),
    })
}

/// What is said where `--why` could not be told of every layer.
const WHY_UNDECIDED: &str = "no engine could tell of these layers whether they refuse alone";
/// What is said where no layer refuses alone, and it could not be told what refuses together.
const TOGETHER_UNDECIDED: &str = "no engine could tell what refuses together";

/// The answer of `can`, with the reasons of a "no" where they were asked for.
pub fn can(
    id: &Value,
    verdict: &Verdict,
    setting: Setting<'_>,
    reasons: Option<&(Obstacles, Option<Beyond>)>,
) -> Value {
    let Setting { requests, project, question, vacuous, caveats: _ } = setting;
    let found = match &verdict.answer {
        Answer::Yes(found) => Some(found),
        Answer::No | Answer::Unknown(_) => None,
    };
    let (answer, unknown) = match &verdict.answer {
        Answer::Yes(_) => ("yes", None),
        Answer::No => ("no", None),
        Answer::Unknown(unknown) => ("unknown", Some(reason(unknown))),
    };
    let obstacles = reasons.map(|(obstacles, _)| obstacles);
    let undecided = obstacles.and_then(undecided);
    let (together, no_policy_helps) = match obstacles.map(|obstacles| &obstacles.otherwise) {
        Some(Some(Otherwise::Together(found))) => (Some(together(found)), Some(false)),
        Some(Some(Otherwise::NoPolicyHelps)) => (None, Some(true)),
        Some(None) => (None, Some(false)),
        Some(Some(Otherwise::Unknown(_))) | None => (None, None),
    };
    value(&Can {
        id: id.clone(),
        schema: SCHEMA,
        question: question.clone(),
        vacuous: vacuous.map(says_nothing),
        answer,
        request: found.map(|found| found.request.to_json()),
        made_up: found
            .map(|found| texts(made_up([&found.request], question, &verdict.about, None))),
        statements: found.map(|found| statements(&found.account.deciding)),
        conclusion: found.map(|found| found.account.conclusion.clone()),
        layers: found.map(|found| layers(&found.account)),
        unlisted_action: found.map(|found| found.unlisted_action),
        why: obstacles.map(|obstacles| obstacles.found.iter().flat_map(why).collect()),
        why_undecided: obstacles
            .map(|obstacles| obstacles.unknown.iter().map(|layer| level(*layer)).collect()),
        together,
        no_policy_helps,
        beyond: reasons.and_then(|(_, beyond)| beyond.as_ref()).map(impossible),
        reason: unknown.or(undecided),
        rests_on: rests_on(&verdict.rests_on),
        rests_on_undecided: verdict.rests_on.undecided,
        requests: requests.word(),
        catalogue: catalogue(requests),
        caveats: caveats(&verdict.caveats),
        about: about(&verdict.about, requests, project),
    })
}

/// What an answer is about beyond the policy language.
pub(super) fn about(
    about: &shape::About,
    requests: Requests<'_>,
    project: Option<&ProjectFile>,
) -> About {
    let shape::About { accounts, resource_accounts, through, home, partitions: asked } = about;
    About {
        partitions: partitions(*asked),
        accounts: accounts.clone(),
        resource_accounts: resource_accounts.clone(),
        through: through.map(Through::word),
        own: Own {
            callers: home.callers.clone(),
            resources: home.resources.clone(),
            organization: home.members.as_ref().map(|(_, organization)| organization.clone()),
        },
        project: project.and_then(|project| used(&project.path, &project.used(requests, about))),
    }
}

/// A project's file; nothing where nothing of it was used.
pub(super) fn used(path: &str, members: &[&'static str]) -> Option<Project> {
    (!members.is_empty()).then(|| Project { path: path.to_owned(), members: members.to_vec() })
}

/// What the service catalogue was made from, and its day; nothing where no catalogue is asked.
pub(super) fn catalogue(requests: Requests<'_>) -> Option<CatalogueName> {
    requests.world().map(|world| CatalogueName {
        source: world.catalogue.source().to_owned(),
        date: world.catalogue.date().map(|date| date.to_string()),
    })
}

/// The names of the partitions in which was asked; nothing where everything that one can write down
/// is considered.
pub(super) fn partitions(asked: Option<Partitions>) -> Option<Vec<&'static str>> {
    asked.map(|partitions| partitions.names().collect())
}

/// A request that cannot exist, and why.
fn impossible(beyond: &Beyond) -> Impossible {
    let violation = |one: &keyaki_evaluator::feasibility::Violation| Violation {
        constraint: one.id.to_owned(),
        message: one.message.clone(),
    };
    Impossible {
        request: beyond.witness.request.to_json(),
        statements: statements(&beyond.witness.account.deciding),
        violations: beyond.violations.iter().map(violation).collect(),
    }
}

/// Why a part of what `--why` asks is unknown.
fn undecided(obstacles: &Obstacles) -> Option<Coded> {
    let words = match &obstacles.otherwise {
        _ if !obstacles.unknown.is_empty() => WHY_UNDECIDED.to_owned(),
        Some(Otherwise::Unknown(reason)) => format!("{TOGETHER_UNDECIDED}: {reason}"),
        Some(Otherwise::Together(_) | Otherwise::NoPolicyHelps) | None => return None,
    };
    Some(Coded::new("why-undecided", words))
}

/// What stands in the way of a path of a call, with what refuses in which layers.
pub(super) fn in_layers(obstacles: &Obstacles, path: PathWhy) -> PathWhy {
    PathWhy {
        why: obstacles.found.iter().filter_map(why).collect(),
        why_undecided: obstacles.unknown.iter().map(|layer| level(*layer)).collect(),
        together: match &obstacles.otherwise {
            Some(Otherwise::Together(found)) => Some(together(found)),
            Some(Otherwise::NoPolicyHelps | Otherwise::Unknown(_)) | None => None,
        },
        no_policy_helps: matches!(obstacles.otherwise, Some(Otherwise::NoPolicyHelps)),
        reason: undecided(obstacles),
        ..path
    }
}

/// An obstacle of one layer.
fn why(obstacle: &Obstacle) -> Option<Why> {
    let Obstacle { refusals, undecided, request, account } = obstacle;
    Some(Why {
        refusal: refusal(refusals.first()?),
        undecided: *undecided,
        request: request.to_json(),
        decision: account.decision.word(),
        conclusion: account.conclusion.clone(),
        layers: layers(account),
    })
}

/// An obstacle of several layers.
fn together(obstacle: &Obstacle) -> Together {
    let Obstacle { refusals, undecided, request, account } = obstacle;
    Together {
        refusals: refusals.iter().map(refusal).collect(),
        undecided: *undecided,
        request: request.to_json(),
        decision: account.decision.word(),
        conclusion: account.conclusion.clone(),
        layers: layers(account),
    }
}

fn refusal(refusal: &query::Refusal) -> Refusal {
    let query::Refusal { layer, given, denies, silent, nearest } = refusal;
    Refusal {
        layer: level(*layer),
        given: *given,
        denies: statements(denies),
        silent: *silent,
        nearest: explained(nearest),
    }
}

fn level(layer: Layer) -> LayerName {
    LayerName { layer: layer.word(), level: layer.level() }
}

/// The answer of `compare`; the reasons, where they were asked for, are for each direction what
/// refuses the difference, or a request that cannot exist and that would be one.
pub fn compare(
    id: &Value,
    comparison: &Comparison,
    setting: Setting<'_>,
    reasons: Option<&Reasons>,
) -> Json {
    let Setting { requests, project, question, vacuous, caveats: _ } = setting;
    let refusals = |wanted: Direction| reasons.and_then(|reasons| reasons.refusals.get(&wanted));
    let beyond = reasons.iter().flat_map(|reasons| &reasons.beyond);
    let only = match (&comparison.added, &comparison.removed) {
        (_, Found::NotAsked) => Some("added"),
        (Found::NotAsked, _) => Some("removed"),
        _ => None,
    };
    Json::of(&Compared {
        id: id.clone(),
        schema: SCHEMA,
        question: question.clone(),
        vacuous: vacuous.map(says_nothing),
        relation: comparison.relation().map(|relation| relation.word()),
        only,
        added: found(&comparison.added, refusals(Direction::Added), question, &comparison.about),
        removed: found(
            &comparison.removed,
            refusals(Direction::Removed),
            question,
            &comparison.about,
        ),
        reason: comparison.unknown().map(reason),
        beyond: beyond.map(|(direction, one)| (direction.word(), impossible(one))).collect(),
        rests_on: rests_on(&comparison.rests_on),
        rests_on_undecided: comparison.rests_on.undecided,
        requests: requests.word(),
        catalogue: catalogue(requests),
        caveats: caveats(&comparison.caveats),
        about: about(&comparison.about, requests, project),
    })
}

pub(super) fn found(
    found: &Found,
    refusals: Option<&Vec<query::Refusal>>,
    question: &Question,
    about: &shape::About,
) -> Option<Difference> {
    match found {
        Found::Difference(difference) => {
            let (found, refusal) = (&difference.witness, &difference.refusal);
            Some(Difference {
                request: found.request.to_json(),
                made_up: texts(made_up([&found.request], question, about, None)),
                unlisted_action: found.unlisted_action,
                statements: statements(&found.account.deciding),
                conclusion: found.account.conclusion.clone(),
                layers: layers(&found.account),
                refusal: explained(&refusal.statements),
                refusal_conclusion: refusal.conclusion.clone(),
                refusal_layers: layers(refusal),
                why: refusals.map(|refusals| refusals.iter().map(self::refusal).collect()),
            })
        }
        Found::NotAsked | Found::Nothing | Found::Unknown(_) => None,
    }
}

/// One finding about a document.
pub fn finding(finding: &Finding) -> Value {
    value(&finding_form(finding))
}

pub(super) fn finding_form(finding: &Finding) -> DocumentFinding {
    let Place { file, start, end } = finding.place();
    DocumentFinding {
        schema: SCHEMA,
        code: finding.rule,
        severity: finding.level.word(),
        message: finding.message.clone(),
        file,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        route: finding.route.clone(),
        help: finding.help.clone(),
    }
}

/// The waiver that accepts a finding, if that is its fate.
pub(super) fn waived(fate: &Fate) -> Option<WaivedBy> {
    match fate {
        Fate::Waived(Accepted { reason, expires, file, line }) => Some(WaivedBy {
            reason: reason.clone(),
            expires: expires.clone(),
            file: file.clone(),
            line: *line,
        }),
        Fate::Counts | Fate::Told | Fate::Known => None,
    }
}

/// A batch line without an answer: its number, from 1, and why.
pub fn error(id: &Value, line: usize, code: &str, message: &str) -> Value {
    value(&BatchError { id: id.clone(), schema: SCHEMA, line, error: Coded::new(code, message) })
}
