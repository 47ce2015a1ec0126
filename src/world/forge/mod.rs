//! The forge door: the only place that talks to a forge. `action` and the verbs of releases come through it, and no other verb.
//!
//! Nothing here decides anything: a view that can't be shown is a warning, and the verdict stays what it was.

pub mod access;
pub mod answer;
pub mod assets;
pub mod checks;
pub mod comments;
pub mod connection;
mod escape;
pub mod failure;
pub mod git_data;
pub mod pulls;
pub mod releases;
pub mod retry;
pub mod reviews;
