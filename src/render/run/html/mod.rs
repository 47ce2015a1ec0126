//! Runs as one HTML file that needs nothing beside it: no script, no font, no connection.

mod claims;
pub mod comparison;
mod details;
mod drawing;
mod excerpt;
mod graph;
mod ground;
mod icons;
pub mod list;
mod look;
pub mod page;
mod style;
mod tails;
mod timeline;
mod top;
mod writer;
