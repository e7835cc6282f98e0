//! What engines answer, and what they say of it. One program: each test program would hold an
//! optimized copy of the engines.

mod agreement;
mod common;
mod cross_check;
mod each;
mod helper;
mod language;
mod meaning;
mod pipe;
mod refutations;
mod scripts;
mod split;
