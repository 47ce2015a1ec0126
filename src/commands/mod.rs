//! The verbs, one file each: call the floors in order, no logic of their own.

pub mod check;
pub mod cli;
pub mod dispatch;
pub mod doctor;
pub mod doctor_loop;
mod examine;
pub mod exit;
pub mod explain;
mod fixing;
pub mod generated;
pub mod init;
pub mod mistyped;
pub mod names;
pub mod output;
pub mod policy;
pub mod resolve;
mod selection;
pub mod surroundings;
pub mod trace;
