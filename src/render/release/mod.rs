//! Plans and states of releases, for people and for programs.

pub mod diff;
pub mod notes_text;
pub mod plan_human;
pub mod plan_json;
pub mod prepare_human;
pub mod prepare_json;
pub mod publish_human;
pub mod publish_json;
pub mod pull_request;
pub mod status_human;
pub mod status_json;
