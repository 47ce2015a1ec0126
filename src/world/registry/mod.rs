//! The registry door: what an index says of a crate, over the sparse and the git protocol, and whether a file is stored.
//!
//! It only reads. Uploading is cargo's own work; see [`crate::world::process`].

mod config;
pub mod configured;
pub mod credential;
pub mod door;
pub mod entry;
pub mod failure;
mod git_index;
mod http;
pub mod packed;
mod patience;
mod provider;
pub mod secret;
pub mod survey;
