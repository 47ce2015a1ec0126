//! What a `Cargo.lock` says, in the formats 1 to 4.

mod document;
mod lines;
mod parse;

pub use crate::facts::lockfile::document::LockedPackage;
pub use crate::facts::lockfile::document::Lockfile;
pub use crate::facts::lockfile::parse::parse;
