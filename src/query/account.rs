//! What became of every statement for one request: the explanation that reports print.

use super::StatementName;
use crate::environment::{Layer, Policies};
use crate::request::Request;
use crate::semantics::{self, Decision, Failure};

/// A decision with every statement accounted for.
#[derive(Debug, Clone)]
pub struct Account {
    /// What the request gets.
    pub decision: Decision,
    /// What decided, in one sentence.
    pub conclusion: String,
    /// What each layer says, a line each.
    pub layers: Vec<LayerAccount>,
    /// Every statement, in order.
    pub statements: Vec<StatementAccount>,
}

/// What a layer says.
#[derive(Debug, Clone)]
pub struct LayerAccount {
    /// The layer.
    pub layer: Layer,
    /// What it says, as a clause.
    pub says: String,
}

/// What became of one statement.
#[derive(Debug, Clone)]
pub struct StatementAccount {
    /// Which statement.
    pub name: StatementName,
    /// The elements that do not match the request; none iff the statement applies.
    pub failures: Vec<Failure>,
}

impl Account {
    /// Asks the evaluator about a request.
    pub fn of(policies: &Policies, request: &Request) -> Self {
        let layered: Vec<_> = policies.layered().collect();
        let explanation = semantics::explain(policies, request);
        let account = |statement: semantics::StatementExplanation| {
            let name = StatementName::of(&layered, &statement.statement)?;
            Some(StatementAccount { name, failures: statement.failures })
        };
        let evaluation = explanation.evaluation;
        Self {
            decision: evaluation.decision,
            conclusion: evaluation.conclusion(),
            layers: evaluation
                .layers
                .iter()
                .map(|outcome| LayerAccount { layer: outcome.layer, says: evaluation.said_by(outcome) })
                .collect(),
            statements: explanation.statements.into_iter().filter_map(account).collect(),
        }
    }
}
