//! What an enforced guardrail does, as text and as JSON.

use super::human::{closing, short};
use super::json::assumed;
use super::{ProjectFile, SCHEMA};
use keyaki_iam::visible::{Lines, line, message, visible};
use keyaki_questions::enforcement::{Effect, Outcome, Way};
use keyaki_questions::query::{Answer, Requests, RestsOn, Verdict};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A paragraph for each guardrail, then the ways that are left open, then what was assumed.
pub fn human(effects: &[Effect<'_>], ways: &[Way], requests: Requests<'_>, project: Option<&ProjectFile>) -> String {
    let mut text = Lines::new();
    for effect in effects {
        let one = effect.enforced;
        line!(text, "{}, {}: {}, version {}", visible(&one.region), visible(&one.name), visible(&one.guardrail), visible(&one.version));
        line!(text, "  {}", words(effect.outcome()));
        if effect.outcome() == Outcome::Breaks {
            let help = "grant `bedrock:ApplyGuardrail` on it; its resource-based policy (`--guardrail-policy`) must let the caller in, too";
            line!(text, "  help: {help}");
        }
        for (name, verdict) in [("inference", &effect.inference), ("application", &effect.application)] {
            answer(&mut text, name, verdict);
        }
    }
    line!(text, "ways on which no guardrail is enforced");
    for way in ways {
        answer(&mut text, &message(&way.words), &way.verdict);
    }
    let verdicts = || effects.iter().flat_map(|effect| [&effect.inference, &effect.application]).chain(ways.iter().map(|way| &way.verdict));
    let rests_on = verdicts().fold(RestsOn::default(), |all, verdict| all.and(verdict.rests_on.clone()));
    let caveats: BTreeSet<String> = verdicts().flat_map(|verdict| verdict.caveats.iter().cloned()).collect();
    let about = verdicts().next().map(|verdict| verdict.about.clone()).unwrap_or_default();
    text.blank();
    closing(&mut text, requests, &about, project, &rests_on, &caveats.into_iter().collect::<Vec<_>>());
    text.into_text()
}

fn words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Breaks => "breaks: inference is allowed, and no request to apply the guardrail; every guarded call is refused",
        Outcome::Works => "works: inference is allowed, and so is some request to apply the guardrail",
        Outcome::Nothing => "nothing to break: no inference is allowed here",
        Outcome::Unknown => "unknown: a question has no answer",
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Breaks => "breaks",
        Outcome::Works => "works",
        Outcome::Nothing => "nothing",
        Outcome::Unknown => "unknown",
    }
}

fn answer(text: &mut Lines, name: &str, verdict: &Verdict) {
    match &verdict.answer {
        Answer::Yes(witness) => line!(text, "  yes  {name}: {}", short(&witness.request)),
        Answer::No => line!(text, "  no   {name}"),
        Answer::Unknown(reason) => line!(text, "  ?    {name}: {}", message(&reason.to_string())),
    }
}

/// An object for each guardrail and for each way.
pub fn json(effects: &[Effect<'_>], ways: &[Way]) -> Vec<Value> {
    let effect = |effect: &Effect<'_>| {
        let one = effect.enforced;
        json!({
            "schema": SCHEMA, "region": one.region, "configuration": one.name, "guardrail": one.guardrail, "version": one.version,
            "outcome": word(effect.outcome()), "inference": verdict(&effect.inference), "application": verdict(&effect.application),
        })
    };
    let way = |way: &Way| json!({"schema": SCHEMA, "way": way.words, "open": verdict(&way.verdict)});
    effects.iter().map(effect).chain(ways.iter().map(way)).collect()
}

fn verdict(verdict: &Verdict) -> Value {
    let (answer, request, reason) = match &verdict.answer {
        Answer::Yes(witness) => ("yes", witness.request.to_json(), Value::Null),
        Answer::No => ("no", Value::Null, Value::Null),
        Answer::Unknown(reason) => ("unknown", Value::Null, json!(reason.to_string())),
    };
    json!({"answer": answer, "request": request, "reason": reason, "assumed": assumed(&verdict.rests_on), "caveats": verdict.caveats})
}
