//! The proof: the portable statement of a verdict, with its claims and evidence, bound to a commit, a tree and a policy.
//!
//! Nothing here opens a file, reads the clock or starts a process: bytes come in, bytes and judgements go out.

pub mod bundle;
pub mod canonical;
pub mod dsse;
pub mod link;
pub mod malformed;
pub mod names;
pub mod resource;
pub mod scai;
pub mod statement;
pub mod summary;
pub mod test_result;
pub mod tree_listing;
