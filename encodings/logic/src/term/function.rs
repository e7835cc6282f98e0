//! Functions of a string that solvers do not know.

use super::{Sort, Term, Value};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// Facts that hold of one application: given the argument, the application itself and the string
/// constants of the query, terms that are true in every model. They only speed up refinement; a
/// fact that is not always true makes "unsatisfiable" unsound.
pub type Axioms = fn(argument: &Term, applied: &Term, constants: &[String]) -> Vec<Term>;

/// A total, computable function of a string. Engines treat it as uninterpreted and refine;
/// evaluation is exact.
///
/// Equality, order and hash go by name: a name belongs to one function. Values of this type are
/// meant to be `static`.
#[derive(Clone, Copy)]
pub struct Function {
    /// A simple SMT-LIB symbol: letters, digits and `_`.
    pub name: &'static str,
    /// The sort of the result.
    pub result: Sort,
    /// The function itself.
    pub eval: fn(&str) -> Value,
    /// Some string whose image is the value, if a simple one exists. A wrong answer costs time,
    /// never soundness.
    pub preimage: fn(&Value) -> Option<String>,
    /// Facts for the solver, if any are worth having.
    pub axioms: Option<Axioms>,
}

impl Function {
    /// A function without axioms.
    pub const fn new(
        name: &'static str,
        result: Sort,
        eval: fn(&str) -> Value,
        preimage: fn(&Value) -> Option<String>,
    ) -> Function {
        Function { name, result, eval, preimage, axioms: None }
    }

    /// The same function with facts for the solver.
    pub const fn with_axioms(self, axioms: Axioms) -> Function {
        Function { axioms: Some(axioms), ..self }
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Function {}

impl PartialOrd for Function {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Function {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name.cmp(other.name)
    }
}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Term {
    /// `function(argument)`; `argument` is a string. Computed when the argument is constant.
    pub fn apply(function: &Function, argument: Term) -> Term {
        debug_assert_eq!(argument.sort(), Sort::String, "`{}` takes a string", function.name);
        match argument.as_str() {
            Some(text) => Term::value((function.eval)(text)),
            None => Term::node(function.result, super::TermKind::Apply(*function, argument)),
        }
    }
}
