//! Asking every engine that there is here.

use keyaki_engines::engine::{Engine, Limits, Outcome, from_spec};
use keyaki_logic::evaluate::evaluate;
use keyaki_logic::model::Model;
use keyaki_logic::term::{Term, Value};
use std::process::{Command, Stdio};
use std::time::Duration;
use z3::z3_takes_part;

#[path = "../../../../../tests/support/z3.rs"]
pub mod z3;

/// The engines `finite`, `z3` and `z3-finite`, and solvers on a pipe if their commands exist.
pub fn engines() -> Vec<Box<dyn Engine>> {
    let mut engines = Vec::new();
    engines.push(from_spec("finite").unwrap());
    if z3_takes_part() {
        engines.extend(["z3", "z3-finite"].map(|name| from_spec(name).unwrap()));
    }
    for command in ["cvc5", "z3"] {
        let found = Command::new(command)
            .arg("--version")
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if found {
            engines.push(from_spec(&format!("smtlib:{command}")).unwrap());
        } else {
            eprintln!("skipped: there is no command `{command}`");
        }
    }
    engines
}

pub fn limits() -> Limits {
    Limits::timeout(Duration::from_secs(20))
}

/// The model, after checking that it makes the assertions true.
pub fn satisfied(engine: &dyn Engine, assertions: &[Term]) -> Model {
    match engine.decide(assertions, &limits()) {
        Outcome::Satisfiable(model) => {
            for assertion in assertions {
                assert_eq!(
                    evaluate(assertion, &model),
                    Value::Bool(true),
                    "{}: {assertion:?} under {model}",
                    engine.name()
                );
            }
            model
        }
        other @ (Outcome::Unsatisfiable | Outcome::Unknown(_)) => {
            panic!("{}: {other:?} of {assertions:?}", engine.name())
        }
    }
}

/// There is no model, and the engine says so.
pub fn refuted(engine: &dyn Engine, assertions: &[Term]) {
    let outcome = engine.decide(assertions, &limits());
    assert_eq!(outcome, Outcome::Unsatisfiable, "{} of {assertions:?}", engine.name());
}
