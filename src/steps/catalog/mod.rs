//! The built-in steps, one file each: when a tree calls for it, its command, and what it makes.
//!
//! An inferred step says what the repository's own CI says where that is plain, and else the mildest thing that is
//! still a check: it invents no rule that nobody of the repository has accepted.

mod called;
mod ci_command;
mod clippy;
mod doc;
mod fmt;
pub(super) mod ground;
mod job_toolchain;
mod made;
mod package;
pub mod profile;
mod promise;
mod semver;
mod test;

pub use crate::steps::catalog::called::Called;
pub use crate::steps::catalog::called::LeftOut;
pub use crate::steps::catalog::ground::Ground;

pub use crate::steps::catalog::made::infer;
