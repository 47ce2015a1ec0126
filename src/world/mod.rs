//! All I/O, and the only doors: nothing outside this folder opens a file or a git repository.
//!
//! Nothing here opens a connection. Only [`process`] starts processes, and nothing but a run asks it to.

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
pub mod process;
pub mod reading;
pub mod record_folder;
pub mod rewrite;
pub mod storage;
mod walk;
