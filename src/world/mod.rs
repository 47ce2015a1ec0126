//! All I/O, and the only doors: nothing outside this folder opens a file or a git repository.
//!
//! Nothing here spawns a process or opens a connection, and nothing of the tree is ever executed.

mod cargo_target;
pub mod checkout;
pub mod clock;
mod disk;
pub mod disk_storage;
mod entry_path;
mod file;
mod folder;
pub mod git;
pub mod given;
pub mod installation;
pub mod materialise;
pub mod memo;
pub mod outfile;
pub mod reading;
pub mod record_folder;
pub mod rewrite;
pub mod storage;
mod walk;
