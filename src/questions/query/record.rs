//! What engines are asked on the way to an answer, for whoever wants to see it.

use keyaki_engines::engine::Outcome;
use keyaki_logic::term::Term;
use std::fmt;

/// Gets each formula that is decided for a question, in the order in which it is. What is asked
/// beside the question is not among them: what a "no" rests on, whether the question says anything,
/// which values parameters might have.
pub trait Record: Send + Sync {
    /// Takes a formula and what engines said of it.
    fn decided(&self, decided: &Decided<'_>);
}

/// A formula that was decided.
#[derive(Debug)]
pub struct Decided<'a> {
    /// Which part of the question it is.
    pub part: Part,
    /// The formula, as it was decided.
    pub assertions: &'a [Term],
    /// How many constraints of the part were not stated, since no model broke them.
    pub unstated: usize,
    /// What engines said.
    pub outcome: &'a Outcome,
}

impl Decided<'_> {
    /// Whether it answers the question with yes that the formula has a model. Where engines said
    /// that, they had one that keeps the unstated constraints, too.
    pub fn is_answered_by_a_model(&self) -> bool {
        let whole = self.unstated == 0 || matches!(self.outcome, Outcome::Satisfiable(_));
        self.part.is_answered_by_a_model() && whole
    }
}

/// A part of a question that is decided by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The whole question.
    Whole,
    /// What is asked, where nothing is said of which requests can exist.
    Asked,
    /// The services that the question names, together; of their actions only the names are known.
    Named,
    /// Some actions of services, each on what it is authorized on.
    Actions {
        /// The first of them, as the service catalogue spells it.
        first: String,
        /// How many they are.
        count: usize,
    },
    /// Services that the question does not name, together.
    Others {
        /// How many they are.
        count: usize,
    },
    /// Actions that the service catalogue does not list.
    Unlisted,
    /// A call by a path.
    Path {
        /// The short name of the path.
        id: String,
    },
    /// A call by a path, where less is assumed or more paths are considered than are asked about.
    MoreThanPath {
        /// The short name of the path.
        id: String,
    },
}

impl Part {
    /// Its word for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Asked => "asked",
            Self::Named => "named-services",
            Self::Actions { .. } => "actions",
            Self::Others { .. } => "other-services",
            Self::Unlisted => "unlisted-actions",
            Self::Path { .. } => "path",
            Self::MoreThanPath { .. } => "more-than-path",
        }
    }

    /// Whether the question is answered with yes where this part has a model.
    fn is_answered_by_a_model(&self) -> bool {
        match self {
            Self::Whole | Self::Actions { .. } | Self::Path { .. } => true,
            Self::Asked
            | Self::Named
            | Self::Others { .. }
            | Self::Unlisted
            | Self::MoreThanPath { .. } => false,
        }
    }

    /// Whether the question is answered with no where this part has no model; of other parts, where
    /// all of them have none.
    pub fn is_answered_by_none(&self) -> bool {
        match self {
            Self::Whole | Self::Asked => true,
            Self::Named
            | Self::Actions { .. }
            | Self::Others { .. }
            | Self::Unlisted
            | Self::Path { .. }
            | Self::MoreThanPath { .. } => false,
        }
    }
}

/// Which part it is, in words.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => write!(f, "the whole question"),
            Self::Asked => {
                write!(f, "what is asked, where nothing is said of which requests can exist")
            }
            Self::Named => {
                write!(f, "requests to the services that the question names, whatever the action")
            }
            Self::Actions { first, count: 1 } => write!(f, "the action {first}"),
            Self::Actions { first, count } => {
                write!(f, "{count} actions that look alike, {first} the first of them")
            }
            Self::Others { count } => write!(
                f,
                "{count} services that the question does not name, whatever the action and the resource"
            ),
            Self::Unlisted => write!(f, "actions that the service catalogue does not list"),
            Self::Path { id } => write!(f, "calls by the path {id}"),
            Self::MoreThanPath { id } => write!(
                f,
                "calls by the path {id} and more, since less is assumed or a more general path is taken"
            ),
        }
    }
}
