//! `cargo governed` proves that a Rust repository is what it says it is.
//!
//! The house has floors, and arrows run only down (`tests/floors.rs` is their compiler):
//!
//! | floor | what it is |
//! |---|---|
//! | `main.rs` | arguments in, exit code out |
//! | [`commands`] | one file a verb: calls the floors in order, no logic of its own |
//! | [`render`] | terminal, JSON, SARIF, GitHub, Markdown, JUnit: knows only plain data |
//! | [`release`] | plans, edits, notes and the state of releases: values in, values out |
//! | [`proof`] | the portable statement of a verdict: formats, assembling, signatures, verification |
//! | [`record`] | objects, ledger, checkpoint; replay and recovery: what was done, and whether it was altered |
//! | [`steps`] | governed steps: plan, keys, execution, evidence |
//! | [`judge`] | policy and waivers applied to outcomes: standings, new and inherited findings, the verdict |
//! | [`rules`] | one file a rule: pure functions from facts to outcomes |
//! | [`world`] | all I/O and the only doors: work tree, git, files |
//! | [`facts`] | what the tree says, as plain data |
//!
//! [`world`] and [`rules`] do not know each other.

pub mod commands;
pub mod error;
pub mod facts;
pub mod gate;
pub mod judge;
pub mod proof;
pub mod record;
pub mod release;
pub mod render;
pub mod rules;
pub mod steps;
pub mod world;
