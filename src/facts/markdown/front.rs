//! The front matter at the top of a Markdown text.

use crate::facts::place::Span;

/// The span of the front matter, fences included, counted from the beginning of the text (a byte-order mark passed over).
pub(super) fn matter(text: &str) -> Option<Span> {
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let body = &text[start..];
    let fence = ["---", "+++"].into_iter().find(|fence| {
        body.strip_prefix(fence)
            .is_some_and(|rest| rest.split_once('\n').is_some_and(|(line, _)| line.trim().is_empty()))
    })?;
    let mut at = start;
    for (index, line) in body.split_inclusive('\n').enumerate() {
        at += line.len();
        let bare = line.trim_end();
        match index {
            0 => {}
            // A rule between paragraphs is no front matter: that begins with a key at once.
            1 if bare.is_empty() => return None,
            1 if fence == "---" && bare != fence && !bare.contains(':') && !bare.starts_with('#') => return None,
            _ if bare == fence => return Some(Span::new(start, at)),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_begins_at_the_top_and_ends_with_its_fence() {
        assert_eq!(matter("---\ntitle: x\n---\ntext"), Some(Span::new(0, 17)));
        assert_eq!(matter("\u{feff}+++\r\na = 1\r\n+++\r\n"), Some(Span::new(3, 20)));
        assert_eq!(matter("---\n\ntext\n\n---\n"), None);
        assert_eq!(matter("---\nno end: x\n"), None);
        assert_eq!(matter("text\n---\na: b\n---\n"), None);
    }
}
