//! Moves the parts of a document that was read from the middle of a file.

use crate::facts::markdown::document::Markdown;
use crate::facts::place::Span;

/// Moves every span of a document that was read from the middle of a file.
pub(super) fn move_by(document: &mut Markdown, base: usize) {
    let shift = |span: &mut Span| *span = span.offset_by(base);
    document.headings.iter_mut().for_each(|heading| shift(&mut heading.span));
    for fence in &mut document.fences {
        shift(&mut fence.span);
        shift(&mut fence.content);
    }
    for link in &mut document.links {
        shift(&mut link.span);
        shift(&mut link.target.span);
    }
    for definition in &mut document.definitions {
        shift(&mut definition.label.span);
        shift(&mut definition.target.span);
    }
    document.blocks.iter_mut().for_each(|block| shift(&mut block.span));
    for list in [&mut document.codes, &mut document.anchors, &mut document.comments, &mut document.undefined] {
        for item in list {
            shift(&mut item.span);
        }
    }
}
