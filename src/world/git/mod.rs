//! The git door: the only folder that names `git2`. No hooks, filters, fsmonitor, transports or spawned processes.

pub mod history;
mod last_change;
pub mod repository;
mod tags;
mod walk;
