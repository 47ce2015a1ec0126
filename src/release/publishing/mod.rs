//! Publishing: which acts are left to do outside of the repository, from what every witness says; pure.

pub mod act;
mod earlier;
pub mod journal;
pub mod report;
pub mod seen;
pub mod settle;
