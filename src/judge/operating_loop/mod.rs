//! The operating loop: for each stage from setup to proof, the checked-in source that shows how it is done.
//!
//! Only what really stands and really can run counts: a comment, a job whose condition can never be true, a fixture or
//! a vendored file proves nothing.

mod documents;
mod inspect;
mod live;
mod proof;
mod recover;
mod release;
mod run;
mod scripts;
mod setup;
pub mod stage;
