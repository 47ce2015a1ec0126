//! The edits that a plan asks for: bytes in, bytes out, and every byte that states no version, date or link stays.

pub mod changelog;
pub mod citation;
mod doc_links;
pub mod follow;
pub mod heading;
mod left;
pub mod locks;
pub mod overlay;
pub mod prepare;
pub mod requirement;
pub mod set;
pub mod versions;
