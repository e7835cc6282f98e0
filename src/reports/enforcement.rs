//! What an enforced guardrail does, as text and as JSON.

use super::answers::{GuardrailEffect, OpenWay, Short, value};
use super::human::{closing, short};
use super::json::{caveats, reason, rests_on};
use super::{SCHEMA, Setting};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::visible::{Lines, line, message, visible};
use keyaki_questions::enforcement::{Effect, Outcome, Way};
use keyaki_questions::query::{Answer, RestsOn, Verdict};
use serde_json::Value;

/// A paragraph for each guardrail, then the ways that are left open, then what was assumed.
pub fn human(effects: &[Effect<'_>], ways: &[Way], setting: Setting<'_>) -> String {
    let mut text = Lines::new();
    for effect in effects {
        let one = effect.enforced;
        line!(
            text,
            "{}, {}: {}, version {}",
            visible(&one.region),
            visible(&one.name),
            visible(&one.guardrail),
            visible(&one.version)
        );
        line!(text, "  {}", words(effect.outcome()));
        if effect.outcome() == Outcome::Breaks {
            let help = "grant `bedrock:ApplyGuardrail` on it; its resource-based policy (`--guardrail-policy`) must let the caller in, too";
            line!(text, "  help: {help}");
        }
        for (name, verdict) in
            [("inference", &effect.inference), ("application", &effect.application)]
        {
            answer(&mut text, name, verdict);
        }
    }
    line!(text, "ways on which no guardrail is enforced");
    for way in ways {
        answer(&mut text, &message(&way.words), &way.verdict);
    }
    let verdicts = || {
        effects
            .iter()
            .flat_map(|effect| [&effect.inference, &effect.application])
            .chain(ways.iter().map(|way| &way.verdict))
    };
    let choices =
        verdicts().fold(RestsOn::default(), |all, verdict| all.and(verdict.rests_on.clone()));
    let caveats = Caveat::in_order(verdicts().flat_map(|verdict| verdict.caveats.iter().cloned()));
    let about = verdicts().next().map(|verdict| verdict.about.clone()).unwrap_or_default();
    text.blank();
    closing(&mut text, setting, &about, &choices, &caveats);
    text.into_text()
}

fn words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Breaks => {
            "breaks: inference is allowed, and no request to apply the guardrail; every guarded call is refused"
        }
        Outcome::Works => {
            "works: inference is allowed, and so is some request to apply the guardrail"
        }
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
        value(&GuardrailEffect {
            schema: SCHEMA,
            region: one.region.clone(),
            configuration: one.name.clone(),
            guardrail: one.guardrail.clone(),
            version: one.version.clone(),
            outcome: word(effect.outcome()),
            inference: short_answer(&effect.inference),
            application: short_answer(&effect.application),
        })
    };
    let way = |way: &Way| {
        value(&OpenWay { schema: SCHEMA, way: way.words.clone(), open: short_answer(&way.verdict) })
    };
    effects.iter().map(effect).chain(ways.iter().map(way)).collect()
}

fn short_answer(verdict: &Verdict) -> Short {
    let (answer, request, unknown) = match &verdict.answer {
        Answer::Yes(witness) => ("yes", Some(witness.request.to_json()), None),
        Answer::No => ("no", None, None),
        Answer::Unknown(unknown) => ("unknown", None, Some(reason(unknown))),
    };
    Short {
        answer,
        request,
        reason: unknown,
        rests_on: rests_on(&verdict.rests_on),
        rests_on_undecided: verdict.rests_on.undecided,
        caveats: caveats(&verdict.caveats),
    }
}
