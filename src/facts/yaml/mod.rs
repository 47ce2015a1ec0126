//! YAML as a tree with byte spans: mappings in order, aliases and merge keys put in their place, comments on request.

pub mod around;
mod indent;
pub mod parse;
pub mod tree;
