//! Terms over strings, numbers, bit-vectors and Booleans, and the engines that decide them.
//!
//! This crate knows logic only: what the terms stand for is its users' business.
//!
//! * [`term`]: plain, sendable terms whose constructors simplify; [`regex`]: the regular expressions inside them.
//! * [`language`]: which texts are in some regular languages and not in others.
//! * [`model`] and [`evaluate`]: what a term means. Everything else in the crate is measured by [`evaluate::evaluate`].
//! * [`smtlib`]: terms as SMT-LIB 2.6 scripts, and reading the answers.
//! * [`engine`]: deciding formulas, by the finite engine, with Z3 in process (feature `z3`), or with any solver on a pipe.
//!
//! ```
//! use keyaki_encodings::engine::{Limits, Outcome, from_spec};
//! use keyaki_encodings::term::{Part, Sort, Symbol, Term};
//!
//! let user = Term::var(&Symbol::new("user", Sort::String));
//! let path = Term::var(&Symbol::new("path", Sort::String));
//! let home = Term::matches(path.clone(), vec![Part::Literal("home/".into()), Part::Value(user.clone()), Part::AnyString]);
//! let other = Term::eq(path, Term::string("home/bob/notes"));
//! let engine = from_spec("finite")?;
//! let outcome = engine.decide(&[home, other, Term::eq(user, Term::string("alice"))], &Limits::default());
//! assert_eq!(outcome, Outcome::Unsatisfiable);
//! # Ok::<(), keyaki_encodings::engine::EngineError>(())
//! ```

pub mod engine;
pub mod evaluate;
pub mod language;
pub mod model;
pub mod regex;
pub mod smtlib;
pub mod term;
