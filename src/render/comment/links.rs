//! Places as links to the very commit that was examined.

use std::fmt::Write as _;

use crate::facts::place::Place;
use crate::render::comment::case::Links;
use crate::render::encode::invisible;
use crate::render::encode::markdown;
use crate::render::encode::uri;
use crate::render::text;

/// The most characters of a path that is shown.
const CUT: usize = 120;

/// A place as code, linked where the forge can show it: a line of a file of the commit, with a plain name.
pub(crate) fn place(links: Option<&Links>, place: &Place) -> String {
    let shown = markdown::code(&text::shortened(&text::spot(place), CUT));
    match links.and_then(|links| url(links, place)) {
        Some(url) => format!("[{shown}]({url})"),
        None => shown,
    }
}

/// Where a line is shown. Documents are asked for as plain text: rendered, they have no lines.
fn url(links: &Links, place: &Place) -> Option<String> {
    let odd = |path: &str| path.starts_with("git:") || path.chars().any(invisible::is_deceptive);
    if place.line == 0 || odd(&place.path) {
        return None;
    }
    let path = uri::relative(&place.path);
    let document = [".md", ".markdown", ".rst", ".adoc"].iter().any(|end| path.to_ascii_lowercase().ends_with(end));
    let plain = if document { "?plain=1" } else { "" };
    let mut url = format!("{}/{}/blob/{}/{path}{plain}#L{}", links.server, links.repository, links.commit, place.line);
    if place.end_line > place.line {
        let _ = write!(url, "-L{}", place.end_line);
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_goes_to_the_commit_and_nowhere_else() {
        let links = Links {
            server: "https://github.com".to_owned(),
            repository: "o/r".to_owned(),
            commit: "9f2c1ab".to_owned(),
        };
        let at = |path: &str, line: usize, end_line: usize| Place { line, end_line, ..Place::whole(path, "") };
        let url = |place: &Place| url(&links, place);
        let base = "https://github.com/o/r/blob/9f2c1ab";
        assert_eq!(url(&at("a b/README.md", 3, 5)), Some(format!("{base}/a%20b/README.md?plain=1#L3-L5")));
        assert_eq!(url(&at("x](evil).rs", 3, 3)), Some(format!("{base}/x%5D%28evil%29.rs#L3")));
        for place in [at("git:refs/tags/v1:a", 3, 3), at("gone", 0, 0), at("a\u{202e}b", 1, 1)] {
            assert_eq!(url(&place), None);
        }
    }
}
