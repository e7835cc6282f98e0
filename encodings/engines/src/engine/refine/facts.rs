//! Facts: formulas that are true in every model of the terms, or that only define fresh symbols.

use super::Search;
use keyaki_logic::evaluate::Evaluation;
use keyaki_logic::model::Model;
use keyaki_logic::term::{Term, Value};

/// Constants of the query that a function is computed for when a model fails first.
const CONSTANTS: usize = 64;

impl Search<'_> {
    /// States facts that exclude a model which the assertions refuse: the values of functions and
    /// globs at its points, and, in the first round, at the constants of the query.
    pub(super) fn exclude(&mut self, model: &Model, proposed: &Model, first: bool) {
        let mut facts = Vec::new();
        let mut evaluation = Evaluation::new(model);
        for application in &self.applications {
            let Value::String(argument) = evaluation.value(&application.argument) else { continue };
            let wanted = proposed.value(&application.result);
            let value = (application.function.eval)(&argument);
            let mut points: Vec<String> =
                (application.function.preimage)(&wanted).into_iter().collect();
            if first && value != wanted {
                points.extend(self.constants.iter().take(CONSTANTS).cloned());
            }
            if let Value::String(image) = value {
                points.push(image);
            }
            points.push(argument);
            facts.extend(points.into_iter().map(|point| application.value_at(point)));
        }
        for glob in &self.globs {
            facts.push(glob_at(glob, &mut evaluation));
        }
        facts.into_iter().for_each(|fact| self.state(fact));
    }
}

impl super::Application {
    /// If the argument is this string, the application has that value.
    fn value_at(&self, point: String) -> Term {
        let value = Term::value((self.function.eval)(&point));
        Term::implies(
            Term::eq(self.argument.clone(), Term::string(point)),
            Term::eq(self.applied.clone(), value),
        )
    }
}

/// If the strings of the glob are those of the model, it matches iff it does in the model.
fn glob_at(glob: &Term, evaluation: &mut Evaluation<'_>) -> Term {
    let mut conditions = Vec::new();
    glob.kind().for_each_child(|child| {
        conditions.push(Term::eq(child.clone(), Term::value(evaluation.value(child))))
    });
    let truth = Term::bool(evaluation.is_true(glob));
    Term::implies(Term::and(conditions), Term::eq(glob.clone(), truth))
}
