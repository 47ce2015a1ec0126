//! GitHub Actions: what a workflow or a composite action says, with the span of each value.

pub mod action;
pub mod cargo_calls;
pub mod document;
pub mod evaluate;
pub mod expand;
pub mod expression;
pub mod filters;
pub mod job;
pub mod matrix;
pub mod read;
pub mod scenario;
pub mod scripts;
pub mod trigger;
pub mod value;
