//! Terms over strings, numbers, bit-vectors and Booleans, and the engines that decide them.
//!
//! This crate knows logic only: what the terms stand for is its users' business.
