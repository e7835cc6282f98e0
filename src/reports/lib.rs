//! Answers as text for people and as JSON for programs. The JSON is a contract: fields are added,
//! never renamed or retyped, without a new [`SCHEMA`].

pub mod answers;
pub mod baseline;
pub mod call;
pub mod callers;
pub mod catalogue;
pub mod claims;
pub mod enforcement;
pub mod estates;
pub mod explain;
mod fate;
pub mod first;
pub mod github;
pub mod human;
pub mod json;
pub mod junit;
pub mod known;
pub mod lint;
mod made_up;
pub mod markdown;
pub mod matrix;
pub mod paths;
pub mod question;
pub mod resources;
pub mod review;
pub mod review_items;
pub mod sarif;
pub mod schemas;
pub mod scripts;
mod written;

pub use written::Written;

use keyaki_iam::shape::{About, Home};
use keyaki_iam::visible::visible;
use keyaki_questions::query::Requests;
use keyaki_questions::vacuous::Vacuous;

/// The version of the JSON output.
pub const SCHEMA: u32 = 2;

/// What an answer was asked with, for its report.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// Which requests are considered.
    pub requests: Requests<'a>,
    /// The project's file, where there is one.
    pub project: Option<&'a ProjectFile>,
    /// The question, restated.
    pub question: &'a answers::Question,
    /// Why it says nothing about the policies, if so.
    pub vacuous: Option<&'a Vacuous>,
    /// How much is said of caveats that most answers have.
    pub caveats: Caveats,
}

/// How much people are told of caveats that most answers have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Caveats {
    /// Their codes, in one line.
    #[default]
    Short,
    /// All of them in full.
    Full,
}

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
