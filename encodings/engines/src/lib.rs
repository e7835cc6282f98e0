//! Engines that decide formulas of the crate `keyaki-logic`.
//!
//! This crate knows logic only: what the terms stand for is its users' business.
//!
//! * [`engine`]: deciding formulas, by the finite engine, with Z3 in the program `keyaki-z3`, or
//!   with any solver on a pipe.
//! * [`language`]: which texts are in some regular languages and not in others.
//!
//! ```
//! use keyaki_engines::engine::{Limits, Outcome, from_spec};
//! use keyaki_logic::term::{Part, Sort, Symbol, Term};
//!
//! let user = Term::var(&Symbol::new("user", Sort::String));
//! let path = Term::var(&Symbol::new("path", Sort::String));
//! let home = Term::matches(path.clone(), vec![Part::Literal("home/".into()), Part::Value(user.clone()), Part::AnyString]);
//! let other = Term::eq(path, Term::string("home/bob/notes"));
//! let engine = from_spec("finite")?;
//! let outcome = engine.decide(&[home, other, Term::eq(user, Term::string("alice"))], &Limits::default());
//! assert_eq!(outcome, Outcome::Unsatisfiable);
//! # Ok::<(), keyaki_engines::engine::EngineError>(())
//! ```

pub mod engine;
pub mod language;
