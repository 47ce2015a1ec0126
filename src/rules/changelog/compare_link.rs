//! The targets of version links: `.../compare/v1.0.0...v1.1.0`, `.../releases/tag/v1.1.0`.

/// What a link compares, as names of tags or branches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompareLink<'a> {
    /// The older side; none for a link to one tag.
    pub base: Option<&'a str>,
    /// The newer side.
    pub head: Option<&'a str>,
}

impl<'a> CompareLink<'a> {
    /// Reads a target; none where it is neither a comparison nor a tag.
    pub fn read(target: &'a str) -> Option<Self> {
        let target = target.split(['#', '?']).next().unwrap_or_default().trim_end_matches('/');
        if let Some((_, range)) = target.split_once("/compare/") {
            let range = range.strip_suffix(".diff").or(range.strip_suffix(".patch")).unwrap_or(range);
            let (base, head) = range.split_once("...").or_else(|| range.split_once(".."))?;
            return Some(Self { base: Some(name(base)), head: Some(name(head)) });
        }
        let tag = ["/releases/tag/", "/-/tags/", "/src/tag/"].iter().find_map(|part| target.split_once(part))?.1;
        Some(Self { base: None, head: Some(name(tag)) })
    }
}

/// A fork's side is written `owner:name`.
fn name(text: &str) -> &str {
    text.rsplit(':').next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_and_tags() {
        let read = |target| CompareLink::read(target).map(|link| (link.base, link.head));
        assert_eq!(read("https://x.org/b/compare/v1.0.0...v1.1.0"), Some((Some("v1.0.0"), Some("v1.1.0"))));
        assert_eq!(read("https://x.org/b/compare/v2.13.0..v2.13.1"), Some((Some("v2.13.0"), Some("v2.13.1"))));
        assert_eq!(read("https://x.org/b/compare/v1.0.0...HEAD"), Some((Some("v1.0.0"), Some("HEAD"))));
        assert_eq!(read("https://x.org/b/releases/tag/v1.0.0#x"), Some((None, Some("v1.0.0"))));
        assert_eq!(read("https://x.org/b/pull/12"), None);
    }
}
