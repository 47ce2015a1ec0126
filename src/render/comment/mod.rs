//! The comment on a pull request and the summary of a job: one page for people, in GitHub's Markdown.
//!
//! Nothing here reads a checkout, a clock or the environment, or knows that there is a network.

pub mod case;
mod change;
mod findings;
mod head;
mod links;
pub mod marker;
pub mod offered;
pub mod page;
mod sections;
pub mod suggestion;
