//! Processes: the only folder that starts any.
//!
//! Three of them stand between the engine and a step, all this binary: the engine starts one *shepherd* a run, the
//! shepherd one *keeper* a step, the keeper the step. Each watches the one above by a socket and the one below as its
//! parent, so whichever is killed, the others end every descendant of the step. Nothing here decides what a result means.

pub(crate) mod credential;
pub mod fence;
pub mod git;
pub mod hidden;
pub mod identity;
pub mod interrupt;
#[cfg(unix)]
mod keeper;
#[cfg(target_os = "linux")]
mod landlocked;
#[cfg(target_os = "linux")]
mod loopback;
pub mod packaging;
pub mod program;
pub mod publishing;
pub(crate) mod query;
#[cfg(unix)]
mod routes;
#[cfg_attr(not(unix), path = "elsewhere.rs")]
pub mod shepherd;
#[cfg(unix)]
mod shepherding;
pub mod signing;
pub mod spec;
#[cfg(unix)]
mod sweep;
#[cfg(unix)]
mod verb;
#[cfg(unix)]
mod wire;
