//! # notresource-of-models
//!
//! Finds Deny statements of model invocation whose `NotResource` names foundation models only, so
//! that they refuse every call through an inference profile.
//!
//! ## Why it matters
//!
//! The statement is meant to deny all models except some. But a call through an inference profile
//! is authorized on the profile, too, and the profile is not one of the listed models. So the call
//! is refused, even for an approved model. Most current models are called through profiles only. A
//! service control policy that AWS published as an example has this fault.
//!
//! ## Triggers
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"},
//!   {"Effect": "Deny", "Action": "bedrock:InvokeModel*", "NotResource": "arn:aws:bedrock:*::foundation-model/anthropic.*"}]}
//! ```
//!
//! ## Stays silent
//!
//! The profiles are exempt, and the models behind them are not.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"},
//!   {"Effect": "Deny", "Action": "bedrock:InvokeModel*", "NotResource": [
//!     "arn:aws:bedrock:*::foundation-model/anthropic.*",
//!     "arn:aws:bedrock:*:*:inference-profile/*",
//!     "arn:aws:bedrock:*:*:application-inference-profile/*"]}]}
//! ```
//!
//! ## How it is decided
//!
//! By one question to the solver: is there a feasible request to invoke a model on an inference
//! profile to which the statement applies? It is asked of Deny statements whose `NotResource` has
//! entries for foundation models and no others.

use crate::lint::asker::Truth;
use crate::lint::examination::{Examination, Remark};
use crate::lint::variant;
use crate::query::QueryError;
use keyaki_evaluator::semantics;
use keyaki_iam::finding::Level;
use keyaki_iam::policy::{ActionPattern, Effect, Piece, ResourcePattern, Statement, Template};

const RULE: &str = "notresource-of-models";

/// The actions that ask for inference, and the kinds of profiles that they are authorized on.
const INVOKE: [&str; 2] = ["InvokeModel", "InvokeModelWithResponseStream"];
const PROFILES: [&str; 2] = ["inference-profile/", "application-inference-profile/"];

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    for subject in examination.subjects() {
        let invoked = invoked(subject.statement);
        if invoked.is_empty() || !spares_models_only(subject.statement) {
            continue;
        }
        let place = examination.document.statement(subject.index);
        // Entries for models match no profile, so that the statement applies to all of them: what
        // remains to ask about is the rest of it.
        let actions = variant::with_actions(subject.statement, invoked);
        let asked = variant::with_resources(&actions, PROFILES.map(profiles).to_vec());
        match examination.variant_lives(&subject, asked)? {
            Truth::No(_) => {}
            Truth::Unknown(reason) => examination.undecided(RULE, place, reason),
            Truth::Yes(request) => {
                let message = "the Deny refuses every call through an inference profile: `NotResource` names foundation models only";
                let help = "name the profiles in `NotResource`, too: `arn:aws:bedrock:*:*:inference-profile/*` and \
                            `arn:aws:bedrock:*:*:application-inference-profile/*`; the models behind them stay denied";
                examination.report(
                    place,
                    Remark::new(RULE, Level::Warning, message.to_owned(), help).shown_by(*request),
                );
            }
        }
    }
    Ok(())
}

/// Those of the actions that ask for inference that the statement is about.
fn invoked(statement: &Statement) -> Vec<ActionPattern> {
    let named = |name: &str| {
        semantics::matches_action_element(&statement.action, &format!("bedrock:{name}"))
    };
    let pattern = |name: &str| ActionPattern::Name { service: "bedrock".into(), name: name.into() };
    INVOKE.iter().filter(|name| named(name)).map(|name| pattern(name)).collect()
}

/// Whether a Deny has a `NotResource` with entries for foundation models and no others.
fn spares_models_only(statement: &Statement) -> bool {
    let of_model = |pattern: &ResourcePattern| match pattern {
        ResourcePattern::Any => false,
        ResourcePattern::Arn { fields, .. } => {
            let last = fields.get(5).and_then(|field| field.pieces.first());
            matches!(last, Some(Piece::Literal(text)) if text.starts_with("foundation-model/"))
        }
    };
    let element = statement
        .resource
        .as_ref()
        .filter(|element| element.negated && !element.patterns.is_empty());
    statement.effect == Effect::Deny
        && element.is_some_and(|element| element.patterns.iter().all(of_model))
}

/// Every profile of a kind.
fn profiles(start: &str) -> ResourcePattern {
    let literal = |text: &str| Template { pieces: vec![Piece::Literal(text.to_owned())] };
    let any = || Template { pieces: vec![Piece::AnyString] };
    let last = Template { pieces: vec![Piece::Literal(start.to_owned()), Piece::AnyString] };
    let fields = vec![literal("arn"), any(), literal("bedrock"), any(), any(), last];
    ResourcePattern::Arn {
        text: format!("arn:*:bedrock:*:*:{start}*").into(),
        fields: fields.into(),
    }
}
