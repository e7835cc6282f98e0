//! Keyaki answers questions about all requests that AWS IAM policies allow, each answer with
//! evidence.
//!
//! Does the new policy allow more than the old one?
//!
//! ```
//! use keyaki::compare::{Found, Relation};
//! use keyaki::{Keyaki, policies};
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
//! Can anybody with this policy do something of this shape? A "no" says what it rests on, an
//! unknown says why; both have codes that a program can branch on.
//!
//! ```
//! use keyaki::query::Answer;
//! use keyaki::{Keyaki, policies, shape};
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
//!     Answer::No => assert!(verdict.caveats.iter().any(|caveat| caveat.code() == "no-resource-policy")),
//!     Answer::Unknown(reason) => panic!("{}: {reason}", reason.code()),
//! }
//! # Ok::<(), keyaki::Error>(())
//! ```
//!
//! [`Keyaki::check`] checks a file of claims, [`Keyaki::evaluate`] decides one request without an
//! engine. `keyaki explain CODE` explains a code. What there is below is public on purpose, too:
//! each crate stands for itself (`ARCHITECTURE.md` is the map), and their modules are here under
//! one name, from the ground floor up.

mod keyaki;

pub use keyaki::{CheckedClaim, Error, Keyaki, policies, request, resource_policy, shape};

pub use keyaki_iam::{
    calls, catalogue, caveat, endpoints, finding, input, json, layers, operations, organizations,
    partitions, policy, project, request, shape, source, value, visible, world,
};

pub use keyaki_encoder as symbolic;
pub use keyaki_evaluator::{feasibility, semantics};

pub use keyaki_questions::{
    claims, compare, counterexample, enforcement, lint, matrix, query, unknown,
};

pub use keyaki_reports as report;
pub use keyaki_service as service;

#[doc(hidden)]
pub mod cli;
