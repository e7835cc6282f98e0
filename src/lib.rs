//! Keyaki answers questions about all requests that AWS IAM policies allow, each answer with
//! evidence.
//!
//! Does the new policy allow more than the old one?
//!
//! ```
//! use keyaki::compare::Found;
//! use keyaki::{Keyaki, Relation, policies};
//!
//! let old = policies(
//!     "old.json",
//!     r#"{"Version": "2012-10-17", "Statement": [
//!         {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}]}"#,
//! )?;
//! let new = policies(
//!     "new.json",
//!     r#"{"Version": "2012-10-17", "Statement": [
//!         {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/*"}]}"#,
//! )?;
//! let comparison = Keyaki::new().compare(&old, &new)?;
//! assert_eq!(comparison.relation(), Some(Relation::Wider));
//! let Found::Difference(added) = &comparison.added else { panic!("a wider policy adds something") };
//! println!("{}", added.witness.request.to_json()); // a request that the new policy allows and the old one does not
//! for caveat in &comparison.caveats {
//!     println!("{}: {caveat}", caveat.code());
//! }
//! # Ok::<(), keyaki::Error>(())
//! ```
//!
//! Can anybody with this policy do something of this shape?
//!
//! ```
//! use keyaki::{Answer, Caveat, Keyaki, policies, shape};
//!
//! let policy = policies(
//!     "policy.json",
//!     r#"{"Version": "2012-10-17", "Statement": [
//!         {"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"},
//!         {"Effect": "Deny", "Action": "bedrock:InvokeModel*", "NotResource": "arn:aws:bedrock:*::foundation-model/*haiku*"}]}"#,
//! )?;
//! let not_haiku = shape(r#"{"Action": "bedrock:InvokeModel*", "NotResource": "arn:aws:bedrock:*::foundation-model/*haiku*"}"#)?;
//! let verdict = Keyaki::new().can(&policy, &not_haiku)?;
//! match &verdict.answer {
//!     Answer::Yes(found) => panic!("{}", found.request.to_json()),
//!     Answer::No => assert!(verdict.caveats.contains(&Caveat::NoResourcePolicy)),
//!     Answer::Unknown(reason) => panic!("{}: {reason}", reason.code()),
//! }
//! # Ok::<(), keyaki::Error>(())
//! ```
//!
//! [`Keyaki::check`] checks a file of claims, [`Keyaki::evaluate`] decides one request without an
//! engine.
//!
//! # What an answer depends on
//!
//! * Every answer has `caveats`, a list of [`Caveat`]: what was assumed, approximated or left out.
//!   A program matches on the variant, or on its [code](Caveat::code), which is never renamed.
//! * A "no" has [`rests_on`](Verdict::rests_on), too (as has a [`Comparison`]): the model choices
//!   without which there may be such a request. [`ModelChoice::says`] tells one in words;
//!   [`Keyaki::without`] asks without it.
//! * An unknown has a reason, [`Unknown`], with a [code](Unknown::code). It is never a "no".
//!
//! `keyaki explain CODE` explains a code; [`caveat::CODES`] and [`unknown::CODES`] list them.
//!
//! # Questions that say nothing
//!
//! A question that names an action, a service or a condition key that the service catalogue does not
//! know is [`Error::Unlisted`], and so is one of a caller of a form that no caller has. A question
//! whose "no" would say nothing about the policies is [`Error::Vacuous`]: no request has its shape,
//! or the policies allow nothing at all.
//!
//! ```
//! use keyaki::{Answer, Error, Keyaki, policies, shape};
//!
//! let policy = policies(
//!     "policy.json",
//!     r#"{"Version": "2012-10-17", "Statement": [
//!         {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#,
//! )?;
//! let misspelled = shape(r#"{"Action": "s3:GetObjet"}"#)?;
//! let Err(Error::Unlisted(wrong)) = Keyaki::new().can(&policy, &misspelled) else { panic!() };
//! assert_eq!(wrong[0].help, "did you mean `s3:GetObject`?");
//! // Keyaki::unknown_actions considers actions that S3 may have one day:
//! let verdict = Keyaki::new().unknown_actions().can(&policy, &misspelled)?;
//! assert!(matches!(verdict.answer, Answer::Yes(_)));
//! # Ok::<(), keyaki::Error>(())
//! ```
//!
//! # Where to look
//!
//! * What is asked: [`Policies`], read by [`policies()`] and [`resource_policy`]; [`Shape`], read
//!   by [`shape()`]; [`Request`], read by [`request()`]. Texts that are refused are an [`Error`];
//!   warnings about texts that are accepted are [`Finding`]s of [`policies_with_warnings`],
//!   [`resource_policy_with_warnings`] and [`shape_with_warnings`].
//! * [`Keyaki::can`] gives a [`Verdict`]: its [`Answer`] has a [`Witness`], or a reason,
//!   [`Unknown`].
//! * [`Keyaki::compare`] gives a [`Comparison`]: its [`Relation`], and for each direction
//!   [`compare::Found`], perhaps a [`Difference`].
//! * [`Keyaki::evaluate`] gives an [`Account`]: the [`Decision`], and what became of each statement.
//! * [`Keyaki::check`] gives [`CheckedClaim`]s: the [outcome](claims::Checked) of each.
//! * For more than [`Keyaki`] asks: [`query`] (any question, calls among them), [`compare`],
//!   [`claims`], [`lint`], [`matrix`], [`enforcement`], with a [`query::Solver`] over an
//!   [`engine::Engine`], [`engine::Limits`], and a [`world::World`]. [`service`] and [`report`]
//!   give the answers in JSON.
//!
//! "SEMANTICS" in these pages is `papers/semantics.md` in the repository: what a policy means, with
//! sources. `papers/guide.md` explains questions and answers, `papers/examples` has programs to
//! start from, and `ARCHITECTURE.md` is the map of the crates whose modules are here under one
//! name.
//!
//! # As a dependency
//!
//! The crate is used from its repository:
//!
//! ```toml
//! [dependencies]
//! keyaki = { path = "../keyaki", default-features = false }
//! ```
//!
//! The only feature, `mimalloc`, is the memory allocator of the command `keyaki`. A program that
//! uses the crate keeps its own allocator either way; without the feature mimalloc, which needs a C
//! compiler, is not built. Z3 is never built in: engines that ask it start the program `keyaki-z3`.

mod keyaki;

pub use keyaki::{
    CheckedClaim, Error, Keyaki, policies, policies_with_warnings, request, resource_policy,
    resource_policy_with_warnings, shape, shape_with_warnings,
};

#[doc(inline)]
pub use keyaki_iam::{
    caveat::Caveat, finding::Finding, input::Loaded, layers::Policies, request::Request,
    shape::Shape, world::ModelChoice,
};

// `compare::Found` and `query::Found`, `query::Solver` and `engine::Solver` stay in their modules.
#[doc(inline)]
pub use keyaki_questions::query::{Account, Answer, RestsOn, Verdict, Witness};

#[doc(inline)]
pub use keyaki_questions::{
    compare::Comparison, compare::Difference, compare::Relation, names::Unlisted, unknown::Unknown,
    vacuous::Vacuous,
};

#[doc(inline)]
pub use keyaki_engines::engine::Reason;
#[doc(inline)]
pub use keyaki_evaluator::semantics::Decision;

#[doc(inline)]
pub use keyaki_iam::{
    calls, catalogue, caveat, endpoints, estate, finding, input, json, layers, operations,
    organizations, partitions, policy, principals, project, request, shape, source, value, visible,
    world,
};

#[doc(inline)]
pub use keyaki_importers as importers;

#[doc(inline)]
pub use keyaki_templates as templates;

#[doc(inline)]
pub use keyaki_encoder as symbolic;
#[doc(inline)]
pub use keyaki_evaluator::{feasibility, semantics};

#[doc(inline)]
pub use keyaki_questions::{
    claims, compare, counterexample, enforcement, estates, lint, matrix, names, query, unknown,
    vacuous,
};

#[doc(inline)]
pub use keyaki_engines::engine;
#[doc(inline)]
pub use keyaki_logic as logic;

#[doc(inline)]
pub use keyaki_reports as report;
#[doc(inline)]
pub use keyaki_service as service;

#[doc(hidden)]
pub mod cli;
