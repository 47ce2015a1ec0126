//! What one Markdown text says: headings, links, code, comments, each with its span. Also used for doc comments.

mod definitions;
mod document;
mod front;
mod html;
mod reader;
pub mod sentence;
mod shift;
mod slug;
mod target;

pub use crate::facts::markdown::document::Block;
pub use crate::facts::markdown::document::BlockKind;
pub use crate::facts::markdown::document::Definition;
pub use crate::facts::markdown::document::Fence;
pub use crate::facts::markdown::document::Heading;
pub use crate::facts::markdown::document::Link;
pub use crate::facts::markdown::document::LinkKind;
pub use crate::facts::markdown::document::Markdown;
pub use crate::facts::markdown::reader::parse;

#[cfg(test)]
mod tests;
