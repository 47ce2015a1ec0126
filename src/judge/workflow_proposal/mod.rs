//! The workflows that `init --github` proposes, from what a repository is, and the settings that only a person can make.
//!
//! The texts lie beside this file, so that they read as what they become; names of the repository are put in for `@WORD@`.

pub mod ground;
pub mod settings;
pub mod texts;
