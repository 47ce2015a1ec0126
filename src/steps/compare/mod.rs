//! Two results of one step compared, for a replay: what differs, on which layer, and whether that was accepted.

pub mod difference;
pub mod heal;
pub mod lines;
pub mod replayed;
pub mod tests;
