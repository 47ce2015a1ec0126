//! `<!-- governed: claim NAME -->` in Markdown: what is said beside it is a declared claim.

use crate::facts::place::Span;
use crate::facts::place::Spanned;

/// What a mark begins with.
pub const MARK: &str = "governed: claim ";
/// What the digest of a mark begins with.
const DIGEST: &str = "sha256:";
/// The fewest digits of a digest: fewer would let two sentences be taken for one.
pub const FEWEST_DIGITS: usize = 12;

/// The mark of a claimed sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimMark {
    /// From the mark to its last word.
    pub span: Span,
    /// The name of the claim.
    pub name: String,
    /// The digits of the digest that the sentence must have; none where the mark names none.
    pub digest: Option<Spanned<String>>,
}

impl ClaimMark {
    /// Reads the mark that begins at an offset of a text.
    pub(super) fn read(text: &str, at: usize) -> Self {
        let start = at + MARK.len();
        let rest = text.get(start..).unwrap_or_default();
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let end = rest.find("-->").map_or(end, |close| close.min(end));
        let words = rest[..end].trim_end();
        let last = words.rfind(char::is_whitespace).map_or(0, |space| space + 1);
        let digits = words[last..].strip_prefix(DIGEST);
        let digest = digits.map(|digits| {
            let from = start + last + DIGEST.len();
            Spanned::new(digits.to_owned(), Span::new(from, from + digits.len()))
        });
        let name = if digest.is_some() { &words[..last] } else { words };
        Self { span: Span::new(at, start + words.len()), name: name.trim().to_owned(), digest }
    }

    /// Says whether the digest can be one; without one there is nothing to say against it.
    pub fn is_readable(&self) -> bool {
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let digits = self.digest.as_ref().map(|digest| digest.value.as_str());
        digits.is_none_or(|digits| (FEWEST_DIGITS..=64).contains(&digits.len()) && digits.bytes().all(hex))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_have_blanks_and_a_digest_stands_last() {
        let read = |text: &str| {
            let mark = ClaimMark::read(text, 0);
            assert!(text.is_char_boundary(mark.span.end));
            (mark.name.clone(), mark.digest.clone().map(|digest| digest.value), mark.is_readable())
        };
        assert_eq!(read("governed: claim msrv -->\nx"), ("msrv".to_owned(), None, true));
        let digest = "0123456789ab".to_owned();
        assert_eq!(
            read("governed: claim the msrv  sha256:0123456789ab\n-->"),
            ("the msrv".to_owned(), Some(digest), true)
        );
        assert_eq!(read("governed: claim a sha256:0123-->"), ("a".to_owned(), Some("0123".to_owned()), false));
        assert_eq!(read("governed: claim "), (String::new(), None, true));
    }
}
