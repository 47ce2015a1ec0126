//! The gate: a verified proof, the policy of the base and what was found anew in, a decision out.
//!
//! Nothing here opens a file, reads the clock or starts a process. Deny is where everything begins: an act is allowed only
//! where something was evaluated and nothing speaks against it.

pub mod act;
pub mod attacks;
pub mod case;
mod claims;
pub mod code;
pub mod decide;
pub mod decision;
pub mod edits;
mod evidence;
pub mod forged;
mod freshness;
mod ground;
mod inferred;
mod limits;
mod machines;
mod required;
mod rules;
pub mod steps;
mod voucher;
