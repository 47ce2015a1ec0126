//! The verbs, one file each: call the floors in order, no logic of their own.

pub mod check;
pub mod exit;
