//! `run --plan`: what a run will do, for people, for programs, and as the jobs of a workflow.

pub mod format;
mod github_matrix;
mod json;
mod text;
