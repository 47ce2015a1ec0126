//! The report of a run as one HTML file that needs nothing beside it: no script, no font, no connection.

mod claims;
mod details;
mod drawing;
mod excerpt;
mod graph;
mod ground;
mod icons;
mod look;
pub mod page;
mod style;
mod tails;
mod timeline;
mod top;
mod writer;
