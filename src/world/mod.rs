//! All I/O, and the only doors: nothing outside this folder opens a file or a git repository.
//!
//! Only [`forge`] and [`registry`] open connections: no verb but `action` and those of releases goes through them. Only
//! [`process`] starts processes.

pub mod at_hand;
pub mod beside;
pub mod cargo_chain;
mod cargo_target;
pub mod checkout;
pub mod clock;
pub mod config_paths;
mod disk;
pub mod disk_storage;
pub mod elsewhere;
mod entry_path;
pub mod exchange;
pub mod exchange_journal;
pub mod export_folder;
mod file;
mod file_digest;
mod folder;
pub mod forge;
pub mod git;
pub mod given;
pub mod hash_memo;
mod ignored;
pub mod installation;
pub mod kept_files;
pub mod listing;
pub mod lock_file;
pub(crate) mod loopback;
pub mod materialise;
pub mod memo;
mod memo_file;
pub mod outfile;
pub mod packed_storage;
mod plain_path;
pub mod process;
pub mod random;
pub mod reading;
pub mod record_access;
pub mod record_folder;
pub mod record_salt;
pub mod registry;
pub mod release_lock;
pub mod rewrite;
pub mod runner_file;
pub mod snapshot;
pub mod stamp;
pub mod storage;
pub mod target_folder;
mod tool_bytes;
mod tool_memo;
pub mod toolchain_choice;
pub mod tools;
mod walk;
