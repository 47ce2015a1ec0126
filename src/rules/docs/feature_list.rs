//! Tables and lists in documents whose items are features of a package.

use crate::facts::markdown::Block;
use crate::facts::markdown::BlockKind;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::rules::docs::page::Page;

/// A list of features.
#[derive(Debug)]
pub(super) struct FeatureList {
    /// The header of the table; the sentence or the heading before a list.
    pub(super) head: Span,
    /// Whether its head speaks of what is on by default: then it is a part of the whole on purpose.
    pub(super) of_defaults: bool,
    /// Whether it is a table.
    pub(super) table: bool,
    /// The names with their places, in order.
    pub(super) items: Vec<Spanned<String>>,
}

/// A list with fewer items says nothing about the whole.
const FEW: usize = 4;

/// The lists of a page that are headed as lists of features.
pub(super) fn of(page: &Page<'_>) -> Vec<FeatureList> {
    let blocks = &page.document.blocks;
    let mut found: Vec<FeatureList> = Vec::new();
    let mut open: Option<FeatureList> = None;
    let mut section = None;
    for (index, block) in blocks.iter().enumerate() {
        if block.heading != section || block.kind == BlockKind::Heading {
            close(&mut open, &mut found);
            section = block.heading;
        }
        let items = items(page, block);
        if items.is_empty() {
            // A sentence below an item continues it; a heading ends the list.
            continue;
        }
        if let Some(list) = &mut open {
            list.items.extend(items);
        } else if let Some((head, table)) = head(page, index) {
            let of_defaults = page.slice(head).to_ascii_lowercase().contains("default") && !table;
            open = Some(FeatureList { head, of_defaults, table, items });
        }
    }
    close(&mut open, &mut found);
    found
}

fn close(open: &mut Option<FeatureList>, found: &mut Vec<FeatureList>) {
    found.extend(open.take().filter(|list| list.items.len() >= FEW));
}

/// What says that a list holds features: the header of its table, the sentence before it, or its heading.
fn head(page: &Page<'_>, index: usize) -> Option<(Span, bool)> {
    let blocks = &page.document.blocks;
    let block = &blocks[index];
    let table = block.kind == BlockKind::TableRow;
    let before = index.checked_sub(1).map(|before| &blocks[before]).filter(|before| before.heading == block.heading);
    let tells = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.contains("feature flag")
            || text.contains("cargo feature")
            || text.contains("crate feature")
            || text.contains("optional feature")
            || text.contains("following feature")
            || text.contains("these feature")
            || text.contains("features can be")
            || text.contains("features are available")
            || text.contains("available features")
    };
    let header = before.filter(|_| table).filter(|before| before.kind == BlockKind::TableRow);
    if let Some(header) = header {
        let text = page.slice(header.span).to_ascii_lowercase();
        let first = text.trim_start_matches(['|', ' ', '*', '`']);
        if first.starts_with("feature") || first.starts_with("name") && headed(page, block) {
            return Some((header.span, true));
        }
    }
    let sentence = before.filter(|before| before.kind == BlockKind::Paragraph && tells(page.slice(before.span)));
    if let Some(sentence) = sentence {
        return Some((sentence.span, false));
    }
    headed(page, block).then(|| {
        let heading = block.heading.map(|heading| page.document.headings[heading].span);
        (heading.unwrap_or(block.span), table)
    })
}

/// Says whether the heading above a block is one of features in cargo's sense.
fn headed(page: &Page<'_>, block: &Block) -> bool {
    let Some(heading) = block.heading.map(|heading| &page.document.headings[heading]) else { return false };
    let text = heading.text.to_ascii_lowercase();
    let cargo = ["feature flags", "crate features", "cargo features", "optional features", "crate feature flags"];
    let ends = cargo.iter().any(|words| text.contains(words));
    ends || matches!(text.trim_matches([':', ' ']), "features" | "feature")
}

/// Says whether the mark of a list stands before a block on its line: a later paragraph of an item is none.
fn begins_an_item(page: &Page<'_>, block: &Block) -> bool {
    let before = page.text.get(..block.span.start).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default().trim_end();
    line.ends_with(['-', '*', '+'])
        || (line.ends_with('.') && line.trim_end_matches('.').ends_with(|c: char| c.is_ascii_digit()))
}

/// The names with which an item begins: `| `a` | ...`, `- **`a`**: ...`, `` `a`, `b`: ...``.
fn items(page: &Page<'_>, block: &Block) -> Vec<Spanned<String>> {
    if block.kind == BlockKind::Paragraph && !begins_an_item(page, block) {
        return Vec::new();
    }
    let codes = &page.document.codes;
    let first = codes.partition_point(|code| code.span.start < block.span.start);
    let mut at = block.span.start;
    let mut found = Vec::new();
    for code in codes[first..].iter().take_while(|code| code.span.end <= block.span.end) {
        let between = page.slice(Span::new(at, code.span.start));
        let joins = if found.is_empty() {
            between.chars().all(|character| "|*-_[`+ \t".contains(character))
        } else {
            matches!(between.trim_matches(['`', ' ', '*']), "," | "/" | "and" | "or")
        };
        let named = code.value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if !joins || !named || code.value.is_empty() {
            break;
        }
        found.push(code.clone());
        at = code.span.end;
    }
    found
}
