//! The git door: the only folder that names `git2`. No hooks, filters, fsmonitor, transports or spawned processes.

pub(crate) mod attributes;
pub(crate) mod blobs;
mod commit_graph;
pub mod commit_log;
pub(crate) mod fetched;
mod file_at;
pub mod folder_log;
pub mod heads;
pub mod history;
mod index_tree;
mod introduced;
mod last_change;
pub(crate) mod linked;
pub(crate) mod listing;
pub mod merging;
pub mod remote;
pub mod repository;
pub(crate) mod revision;
pub mod scratch;
mod stat;
pub(crate) mod submodule;
mod tags;
mod tree_diff;
pub mod unfiltered;
mod walk;
