//! The program as a propositional solver for the engine `finite`: clauses are sent with the next
//! question, and remembered there.

use super::protocol::{Answer, ClausesQuestion, Question};
use super::{Conversation, Helper, told};
use crate::engine::Deadline;
use crate::engine::finite::propositional::{Lit, Propositional, Search, Var};
use crate::engine::pipe::talk::Failure;
use std::mem;
use std::sync::Arc;

/// Variables and clauses, here and in a process that nobody else asks meanwhile.
pub(super) struct Clauses {
    helper: Arc<Helper>,
    deadline: Deadline,
    /// The process, from the first question on; it goes with the first failure.
    conversation: Option<Conversation>,
    begun: bool,
    variables: u32,
    /// What the process has not been told.
    added: Vec<Vec<i32>>,
    /// Which variables are true in the last model.
    model: Vec<bool>,
}

impl Clauses {
    pub fn new(helper: Arc<Helper>, deadline: Deadline) -> Clauses {
        Clauses {
            helper,
            deadline,
            conversation: None,
            begun: false,
            variables: 0,
            added: Vec::new(),
            model: Vec::new(),
        }
    }

    fn ask(&mut self, assumptions: &[Lit]) -> Result<Answer, Failure> {
        let left = self.deadline.left();
        if left.is_zero() {
            return Err(Failure::Timeout);
        }
        let mut conversation = match self.conversation.take() {
            Some(conversation) => conversation,
            None if self.begun => return Err(Failure::Broken("it has failed before".to_owned())),
            None => self.helper.conversation(&Deadline::after(left))?,
        };
        let question = ClausesQuestion {
            begin: !mem::replace(&mut self.begun, true),
            variables: self.variables,
            clauses: mem::take(&mut self.added),
            assumptions: assumptions.iter().map(|literal| number(*literal)).collect(),
        };
        let answer = conversation.ask(Question::Clauses(question), left)?;
        self.conversation = Some(conversation);
        Ok(answer)
    }
}

/// A literal as the protocol writes it.
fn number(literal: Lit) -> i32 {
    let variable = i32::try_from(literal.var().idx()).unwrap_or(i32::MAX - 1) + 1;
    if literal.sign() { variable } else { -variable }
}

impl Search for Clauses {
    fn variable(&mut self) -> Lit {
        self.variables += 1;
        Lit::new(Var::unsafe_from_idx(self.variables - 1), true)
    }

    fn clause(&mut self, literals: &mut Vec<Lit>) {
        self.added.push(literals.iter().map(|literal| number(*literal)).collect());
    }

    fn solve(&mut self, assumptions: &[Lit]) -> Propositional {
        self.model.clear();
        match self.ask(assumptions) {
            Ok(Answer::True(variables)) => {
                self.model.resize(usize::try_from(self.variables).unwrap_or(usize::MAX), false);
                for variable in variables {
                    let place =
                        usize::try_from(variable).ok().and_then(|variable| variable.checked_sub(1));
                    if let Some(value) = place.and_then(|place| self.model.get_mut(place)) {
                        *value = true;
                    }
                }
                Propositional::Satisfiable
            }
            Ok(Answer::Unsatisfiable) => Propositional::Unsatisfiable,
            Ok(Answer::Timeout | Answer::Resource(_) | Answer::Incomplete(_))
            | Err(Failure::Timeout) => Propositional::Stopped,
            Ok(Answer::Values(_)) => {
                Propositional::Failed("it answered another question".to_owned())
            }
            Ok(Answer::Failed(why)) => Propositional::Failed(why),
            Err(failure @ Failure::Broken(_)) => Propositional::Failed(told(failure)),
        }
    }

    fn holds(&self, literal: Lit) -> bool {
        let value =
            usize::try_from(literal.var().idx()).ok().and_then(|place| self.model.get(place));
        value.is_some_and(|value| *value == literal.sign())
    }
}

/// The process goes on; what it was told is forgotten when the next one begins.
impl Drop for Clauses {
    fn drop(&mut self) {
        if let Some(conversation) = self.conversation.take() {
            self.helper.keep(conversation);
        }
    }
}
