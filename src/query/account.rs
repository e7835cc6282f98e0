//! What became of every statement for one request: the explanation that reports print.

use super::StatementName;
use crate::environment::Policies;
use crate::request::Request;
use crate::semantics::{self, Decision, Failure};

/// A decision with every statement accounted for.
#[derive(Debug, Clone)]
pub struct Account {
    /// What the request gets.
    pub decision: Decision,
    /// Every statement, in order.
    pub statements: Vec<StatementAccount>,
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
        let explanation = semantics::explain(policies, request);
        let account = |statement: semantics::StatementExplanation| {
            let policy = policies.policy(statement.statement.policy).map(|named| named.name.clone()).unwrap_or_default();
            let name = StatementName { policy, index: statement.statement.index, sid: statement.sid, effect: statement.effect };
            StatementAccount { name, failures: statement.failures }
        };
        Self { decision: explanation.evaluation.decision, statements: explanation.statements.into_iter().map(account).collect() }
    }
}
