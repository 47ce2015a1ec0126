//! All I/O, and the only doors: nothing outside this folder opens a file or a git repository.
//!
//! Nothing here spawns a process or opens a connection, and nothing of the tree is ever executed.

pub mod git;
pub mod outfile;
pub mod reading;
pub mod worktree;
