//! What the integration tests share.
#![allow(dead_code, clippy::allow_attributes, reason = "each test binary uses another part")]

#[cfg(unix)]
pub(crate) mod acting;
pub(crate) mod bench;
pub(crate) mod checkout;
pub(crate) mod contract;
pub(crate) mod crash;
#[cfg(unix)]
pub(crate) mod deviations;
pub(crate) mod events;
pub(crate) mod fixture;
pub(crate) mod forge;
pub(crate) mod gated;
pub(crate) mod governed;
pub(crate) mod hosted;
pub(crate) mod hosted_git;
pub(crate) mod hosted_release;
pub(crate) mod job;
pub(crate) mod keys;
pub(crate) mod logged;
#[cfg(unix)]
pub(crate) mod moving;
pub(crate) mod proof;
pub(crate) mod proxy;
pub(crate) mod registry;
pub(crate) mod release;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod scratch;
pub(crate) mod served;
pub(crate) mod shop;
pub(crate) mod sparse;
pub(crate) mod stand_ins;
pub(crate) mod tool;
pub(crate) mod tools;
#[cfg(unix)]
pub(crate) mod watched;
