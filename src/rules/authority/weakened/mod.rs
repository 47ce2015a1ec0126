//! What a tree takes away from the authority of its base: a structural comparison, entry by entry.
//!
//! What can't be ordered (another command of a step, another truth of a contract) counts as weaker: nobody can tell from
//! the text alone that it asks for as much.

mod clippy;
pub mod gates;
mod guard;
pub mod levels;
pub mod lints;
pub mod marks;
pub mod owners;
pub mod permissions;
pub mod pins;
pub mod policy;
pub mod renamed;
pub mod required_jobs;
pub mod scripts;
pub mod signers;
pub mod sink;
pub mod steps;
pub mod submodules;
pub mod tables;
pub mod tokens;
pub mod tools;
pub mod waivers;
