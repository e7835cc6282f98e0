//! What became of every statement for one request: the explanation that reports print.

use super::StatementName;
use keyaki_evaluator::semantics::{self, Decision, Failure, MustGrant, Row};
use keyaki_iam::layers::{Layer, Policies};
use keyaki_iam::request::Request;

/// A decision with every statement accounted for.
#[derive(Debug, Clone)]
pub struct Account {
    /// What the request gets.
    pub decision: Decision,
    /// What decided, in one sentence.
    pub conclusion: String,
    /// The statements that decided: see [`semantics::Evaluation::deciding`].
    pub deciding: Vec<StatementName>,
    /// What each layer says, a line each.
    pub layers: Vec<LayerAccount>,
    /// What the decision takes for granted because the policies do not say, in words.
    pub assumed: Option<&'static str>,
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
        let deciding = evaluation
            .deciding
            .iter()
            .filter_map(|reference| StatementName::of(&layered, reference))
            .collect();
        let own = matches!(evaluation.basis.row, Row::SameAccount | Row::SameAccountRoot);
        let assumed =
            match evaluation.basis.must_grant.filter(|_| own && policies.resource.is_none()) {
                Some(MustGrant::Key) => {
                    Some("no policy of the key is given; it is taken to delegate to its account")
                }
                Some(MustGrant::Role) => Some(
                    "no trust policy of the role is given; it is taken to delegate to its account",
                ),
                None => None,
            };
        Self {
            assumed,
            deciding,
            decision: evaluation.decision,
            conclusion: evaluation.conclusion(),
            layers: evaluation
                .layers
                .iter()
                .map(|outcome| LayerAccount {
                    layer: outcome.layer,
                    says: evaluation.said_by(outcome),
                })
                .collect(),
            statements: explanation.statements.into_iter().filter_map(account).collect(),
        }
    }
}
