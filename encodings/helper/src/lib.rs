//! Z3 as a program of its own, `keyaki-z3`: so that `keyaki` needs no libz3.
//!
//! [`serve`] is the whole of it: questions come in and answers go out, a line each, as
//! [`keyaki_engines::engine::helper::protocol`] says.

mod serve;
mod z3;

pub use serve::{greeting, serve};
use z3::{Clauses, check, version, version_is_wanted};
