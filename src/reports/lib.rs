//! Answers as text for people and as JSON for programs. The JSON is a contract: fields are added,
//! never renamed or retyped, without a new [`SCHEMA`].

pub mod answers;
pub mod call;
pub mod catalogue;
pub mod claims;
pub mod enforcement;
pub mod explain;
pub mod first;
pub mod human;
pub mod json;
pub mod known;
pub mod lint;
pub mod matrix;

use keyaki_iam::shape::{About, Home};
use keyaki_iam::visible::visible;
use keyaki_questions::query::Requests;

/// The version of the JSON output.
pub const SCHEMA: u32 = 2;

/// A project's file, for answers that used it.
#[derive(Debug, Clone)]
pub struct ProjectFile {
    /// Where it is.
    pub path: String,
    /// Its members that change what is assumed of feasible requests.
    pub choices: Vec<&'static str>,
}

impl ProjectFile {
    /// The members that an answer used.
    fn used(&self, requests: Requests<'_>, about: &About) -> Vec<&'static str> {
        let Home { callers, resources, members } = &about.home;
        let own = [
            ("accounts", !callers.is_empty() || !resources.is_empty() || members.is_some()),
            ("organization", members.is_some()),
        ];
        let own = own.into_iter().filter(|(_, used)| *used).map(|(member, _)| member);
        let choices =
            self.choices.iter().copied().filter(|_| matches!(requests, Requests::Feasible(_)));
        own.chain(choices).collect()
    }
}

/// The line of an answer that used a project's file.
fn project_line(path: &str, members: &[&str]) -> String {
    format!("project: {} ({})", visible(path), members.join(", "))
}
