//! Releases: what the next versions are and why, what must be edited for them, and what is out already.
//!
//! Nothing here opens a file, starts a process, reads a clock or reaches a network: the world brings the values.

pub mod baseline;
pub mod candidates;
mod case;
pub mod contents;
pub mod decide;
pub mod dependents;
pub mod edit;
pub mod entries;
pub mod evidence;
pub mod gone;
pub mod ground;
mod groups;
pub mod habit;
pub mod manifest_change;
pub mod messages;
pub mod moved;
pub mod notes;
pub mod order;
pub mod plan;
pub mod publishing;
pub mod registered;
pub mod stated;
pub mod status;
pub mod step;
pub mod surface;
pub mod tags;
pub mod untagged;
pub mod witness;
