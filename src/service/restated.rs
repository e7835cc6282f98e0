//! Questions as answers restate them.

use super::{CanAs, Guardrails, Lint, Question, Service};
use keyaki_iam::estate::Estate;
use keyaki_iam::layers::Policies;
use keyaki_questions::query::Requests;
use keyaki_reports::answers::Question as Restated;

/// The question about an estate, where there is one.
fn with(question: Restated, estate: Option<&Estate>) -> Restated {
    match estate {
        Some(estate) => question.of_estate(estate),
        None => question,
    }
}

impl Service<'_> {
    /// The question, in the words of its answer.
    pub(super) fn restated(&self, requests: Requests<'_>, question: &Question<'_>) -> Restated {
        let ask = |what| self.asking.question(what, Some(requests));
        match question {
            Question::Eval { policies, request, estate } => {
                let question = Restated {
                    request: Some(request.to_json()),
                    ..self.asking.question("eval", None).of_policies(None, policies)
                };
                with(question, *estate)
            }
            Question::Can { policies, shape, why: _ } => {
                ask("can").of_shape(Some(shape)).of_policies(None, policies)
            }
            Question::CanAs(CanAs { estate, subject, shape, .. }) => {
                let question = ask("can").of_shape(Some(shape)).of_estate(estate);
                match subject.beside(estate) {
                    Some(set) => question.of_policies(None, &set),
                    None => question,
                }
            }
            Question::Compare { old, new, shape, only, why: _, estate } => {
                let question = Restated {
                    only: only.map(|direction| direction.word()),
                    ..ask("compare")
                        .of_shape(shape.as_ref())
                        .of_policies(Some("old"), old)
                        .of_policies(Some("new"), new)
                };
                with(question, *estate)
            }
            Question::Call(asked) => {
                let question = Restated {
                    call: Some(asked.call.name.clone()),
                    filters: asked.filters.iter().map(ToString::to_string).collect(),
                    ..ask("call").of_shape(asked.shape.as_ref()).of_policies(None, &asked.policies)
                };
                match &asked.role {
                    Some(role) => question.of_policies(Some("serviceRole"), role),
                    None => question,
                }
            }
            // Several shapes may be asked, each of which is restated alone.
            Question::WhoCan(asked) => ask("who-can").of_estate(asked.estate),
            Question::WhoCalls(asked) => self.who_calls_restated(asked),
            Question::Paths(asked) => {
                ask("paths").of_shape(asked.shape.as_ref()).of_estate(asked.chains.estate())
            }
            Question::Review(asked) => {
                asked.sides().fold(ask("review"), |question, side| question.of_estate(side))
            }
            // Each claim restates its own.
            Question::Check(_) => ask("check"),
            Question::Lint(asked) => self.of_lint_asked(asked),
            Question::Matrix { members, watch: _ } => members
                .iter()
                .fold(ask("matrix"), |question, member| question.of_policies(None, member.set())),
            Question::Guardrails(Guardrails { enforced: _, policies, resource, scope: _ }) => {
                let set = Policies { resource: resource.clone(), ..policies.clone() };
                ask("guardrails").of_policies(None, &set)
            }
        }
    }

    /// A question about documents.
    pub(super) fn of_lint_asked(&self, asked: &Lint<'_>) -> Restated {
        let documents = asked.documents.iter();
        self.asking.question("lint", Some(self.requests)).of_documents(
            documents.map(|document| (document.policy.policy.kind.word(), &document.policy)),
        )
    }
}
