//! Proofs for people and for programs.

pub mod counts;
pub mod human;
pub mod json;
pub mod script;
