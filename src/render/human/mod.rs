//! The report for people: rustc's look, plain ASCII, at any width.

pub mod closing;
pub mod look;
pub mod order;
pub mod page;
pub mod report;
pub mod snippet;
pub mod wrap;
