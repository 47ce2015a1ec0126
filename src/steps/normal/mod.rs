//! What is left of output when that is taken out which no two runs share: order, times, places, hashes of builds.
//!
//! A normaliser has a name with a version, which the record keeps beside both digests: what was seen, and what is
//! compared. What a normaliser does not name stays: a changed test name, result, number or warning is never hidden.

pub mod blocks;
pub mod cargo_build;
pub mod cargo_json;
pub mod cargo_test;
pub mod nextest_run;
pub mod normaliser;
pub mod places;
pub mod spelling;
