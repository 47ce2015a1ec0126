//! Patterns over the paths of a tree: those of workflow filters and of code-owner files. Nothing backtracks without end.

/// A pattern taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPattern {
    parts: Vec<Part>,
    /// What every match begins with.
    prefix: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// This character.
    Is(char),
    /// Any character but `/`.
    One,
    /// Any number of characters but `/`.
    Star,
    /// Any number of characters.
    DoubleStar,
    /// `**/`: nothing, or any folders.
    Folders,
    /// `[...]`: one of the ranges, or none of them.
    Class(Vec<(char, char)>, bool),
}

impl PathPattern {
    /// A filter of `on.*.paths`, `hashFiles` or `paths-filter`; none where its syntax is one that we do not read.
    pub fn filter(pattern: &str) -> Option<Self> {
        // `?` and `+` repeat the character before them in workflow filters; braces are picomatch's. Both are rare.
        if pattern.is_empty() || pattern.contains(['?', '+', '{', '}', '(', ')', '\\', '$', '|']) {
            return None;
        }
        Some(Self::new(parts(pattern.trim_start_matches("./"))?))
    }

    /// A line of `CODEOWNERS`: anchored where a slash stands inside, everything below a folder that it matches.
    pub fn owners(pattern: &str) -> Option<Self> {
        if pattern.contains(['\\', '[', ']', '!', '{']) || pattern.is_empty() {
            return None;
        }
        let bare = pattern.trim_end_matches('/');
        let anchored = bare.contains('/');
        let mut text = String::new();
        if !anchored {
            text.push_str("**/");
        }
        text.push_str(bare.trim_start_matches('/'));
        Some(Self::new(parts(&text)?))
    }

    fn new(parts: Vec<Part>) -> Self {
        let prefix =
            parts.iter().map_while(|part| if let Part::Is(character) = part { Some(*character) } else { None });
        Self { prefix: prefix.collect(), parts }
    }

    /// What every match begins with: all of it where the pattern has no wildcard.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Says whether the pattern names one path.
    pub fn is_literal(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Is(_)))
    }

    /// Says whether the whole path matches.
    pub fn matches(&self, path: &str) -> bool {
        if !path.starts_with(&self.prefix) {
            return false;
        }
        // The positions in the pattern that what was read so far may have come to.
        let mut states = vec![false; self.parts.len() + 1];
        states[0] = true;
        self.pass_over(&mut states, true);
        let mut next = vec![false; self.parts.len() + 1];
        for character in path.chars() {
            next.fill(false);
            for (at, part) in self.parts.iter().enumerate() {
                if !states[at] {
                    continue;
                }
                match part {
                    Part::Is(wanted) => next[at + 1] |= *wanted == character,
                    Part::One => next[at + 1] |= character != '/',
                    Part::Class(ranges, not) => {
                        let inside = ranges.iter().any(|&(low, high)| low <= character && character <= high);
                        next[at + 1] |= inside != *not && character != '/';
                    }
                    Part::Star => next[at] |= character != '/',
                    Part::DoubleStar | Part::Folders => next[at] = true,
                }
            }
            self.pass_over(&mut next, character == '/');
            if !next.contains(&true) {
                return false;
            }
            std::mem::swap(&mut states, &mut next);
        }
        states[self.parts.len()]
    }

    /// Wildcards may also stand for nothing; `**/` ends only where a folder does.
    fn pass_over(&self, states: &mut [bool], folder_ends: bool) {
        for (at, part) in self.parts.iter().enumerate() {
            let passes = match part {
                Part::Star | Part::DoubleStar => true,
                Part::Folders => folder_ends,
                _ => false,
            };
            if states[at] && passes {
                states[at + 1] = true;
            }
        }
    }
}

fn parts(pattern: &str) -> Option<Vec<Part>> {
    let mut found = Vec::new();
    let mut rest = pattern.chars().peekable();
    while let Some(character) = rest.next() {
        found.push(match character {
            '*' if rest.peek() == Some(&'*') => {
                rest.next();
                let begins = matches!(found.last(), None | Some(Part::Is('/') | Part::Folders));
                if begins && rest.peek() == Some(&'/') {
                    rest.next();
                    Part::Folders
                } else {
                    Part::DoubleStar
                }
            }
            '*' => Part::Star,
            '?' => Part::One,
            '[' => class(&mut rest)?,
            character => Part::Is(character),
        });
    }
    Some(found)
}

fn class(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Part> {
    let not = rest.next_if(|&character| character == '!' || character == '^').is_some();
    let mut ranges = Vec::new();
    loop {
        match rest.next()? {
            ']' if !ranges.is_empty() => return Some(Part::Class(ranges, not)),
            low => {
                let high = if rest.next_if_eq(&'-').is_some() { rest.next()? } else { low };
                ranges.push((low, high));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn filters_match_as_github_matches_them() {
        for (pattern, path, expected) in [
            ("*", "README.md", true),
            ("*", "a/b", false),
            ("**", "a/b/c", true),
            ("docs/**", "docs/a/b.md", true),
            ("docs/*", "docs/a/b.md", false),
            ("**.rs", "a/b/c.rs", true),
            ("**/x.md", "x.md", true),
            ("**/x.md", "a/b/x.md", true),
            ("**/x.md", "a/yx.md", false),
            ("a/**/c", "a/c", true),
            ("a/**/c", "a/b/b/c", true),
            ("cargo-*/**", "cargo-x/src/lib.rs", true),
            ("v[0-9].x", "v1.x", true),
            ("v[!0-9].x", "v1.x", false),
            ("Cargo.*", "Cargo.lock", true),
        ] {
            assert_eq!(PathPattern::filter(pattern).unwrap().matches(path), expected, "{pattern} {path}");
        }
        assert_eq!(PathPattern::filter("*.{js,ts}"), None);
    }

    #[test]
    fn owners_lines_are_anchored_by_a_slash_inside() {
        for (pattern, path, expected) in [
            ("*.rs", "a/b.rs", true),
            ("/src", "src", true),
            ("/src", "a/src", false),
            ("src/", "a/src", true),
            ("a/b", "a/b", true),
        ] {
            assert_eq!(PathPattern::owners(pattern).unwrap().matches(path), expected, "{pattern} {path}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(pattern in "[a-b/*?!\\[\\]ä-]*", path in "[a-b/ä]*") {
            for pattern in [PathPattern::filter(&pattern), PathPattern::owners(&pattern)].into_iter().flatten() {
                let _ = pattern.matches(&path);
            }
        }
    }
}
