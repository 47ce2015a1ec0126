//! The proof: the portable statement of a verdict, with its claims and evidence, bound to a commit, a tree and a policy.
//!
//! Nothing here opens a file, reads the clock or starts a process: bytes come in, bytes and judgements go out.

pub mod ahead;
pub mod allowed_signers;
pub mod annotations;
pub mod assemble;
pub mod beside;
pub mod bundle;
pub mod canonical;
pub mod case;
pub mod check_claims;
pub mod declared;
pub mod dsse;
pub mod enclosed;
pub mod endorsement;
pub mod ground;
mod itself;
pub mod link;
mod machines;
pub mod malformed;
pub mod names;
mod one_text;
mod recomputed;
pub mod repository;
pub mod resource;
pub mod scai;
pub mod signature;
pub mod statement;
pub mod step_lines;
pub mod summary;
pub mod test_result;
pub mod tree_listing;
pub mod verified;
pub mod verify;
mod written;
