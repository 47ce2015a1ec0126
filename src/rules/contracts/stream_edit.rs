//! What a sed or perl script looks for: its substitutions, and the addresses of what it inserts.

use regex::Regex;

use crate::rules::contracts::posix_regex;
use crate::rules::contracts::posix_regex::Dollars;
use crate::rules::contracts::posix_regex::Grammar;

/// One pattern of a script.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    /// The pattern as written.
    pub(crate) written: String,
    /// What it means.
    pub(crate) regex: Regex,
    /// What it would mean as an extended expression, where it is written as a basic one and that differs.
    pub(crate) as_extended: Option<Regex>,
    /// What stands in the place of what was found; empty for an insertion.
    pub(crate) replacement: String,
}

impl Search {
    /// Says whether the substitution keeps a part of what it finds: then it reads a value, and finding none is a fault.
    pub(crate) fn extracts(&self) -> bool {
        self.replacement.contains("\\1")
    }
}

/// The patterns of a sed script; none where it holds something that is not understood.
pub(crate) fn sed(script: &str, grammar: Grammar, dollars: Dollars) -> Option<Vec<Search>> {
    let mut found = Vec::new();
    let mut rest = script;
    let mut address: Option<&str> = None;
    loop {
        rest = rest
            .trim_start_matches(|character: char| character.is_whitespace() || matches!(character, ';' | '{' | '}'));
        let Some(first) = rest.chars().next() else { return Some(found) };
        match first {
            '0'..='9' | ',' | '!' | '$' | '+' | '~' => rest = &rest[1..],
            '/' => {
                let (pattern, after) = until(&rest[1..], '/')?;
                // The end of a range may be missing: then the range goes on to the end of the file.
                address = address.or(Some(pattern));
                rest = after;
            }
            's' => {
                let delimiter = rest[1..].chars().next().filter(|sign| !sign.is_alphanumeric() && *sign != '\\')?;
                let (pattern, after) = until(&rest[1 + delimiter.len_utf8()..], delimiter)?;
                let (replacement, after) = until(after, delimiter)?;
                let end = after.find(|character: char| !character.is_ascii_alphanumeric()).unwrap_or(after.len());
                if after[..end].contains(['I', 'i', 'e', 'w']) {
                    return None;
                }
                found.push(search(pattern, delimiter, replacement, grammar, dollars)?);
                address = None;
                rest = &after[end..];
            }
            // What is inserted goes on to the end of the line.
            'a' | 'i' | 'c' => {
                if let Some(pattern) = address {
                    found.push(search(pattern, '/', "", grammar, dollars)?);
                }
                return Some(found);
            }
            // What is deleted or printed may be gone or not there by intent.
            'd' | 'p' | 'q' => {
                address = None;
                rest = &rest[1..];
            }
            _ => return None,
        }
    }
}

/// The substitutions of a perl one-liner; none where it is anything else.
pub(crate) fn perl(script: &str) -> Option<Vec<Search>> {
    let mut found = Vec::new();
    for statement in script.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        let body = statement.strip_prefix('s')?;
        let delimiter = body.chars().next().filter(|sign| matches!(sign, '/' | '|' | '#' | '!' | ',' | '~' | '@'))?;
        let (pattern, after) = until(&body[delimiter.len_utf8()..], delimiter)?;
        let (replacement, flags) = until(after, delimiter)?;
        let interpolates = pattern.contains('@')
            || pattern.match_indices('$').any(|(at, _)| {
                pattern[at + 1..].starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '{' | '_'))
            });
        if interpolates
            || !flags.chars().all(|flag| matches!(flag, 'g' | 'm' | 's' | 'i' | 'x' | 'o'))
            || flags.contains(['i', 'x'])
        {
            return None;
        }
        let modes = if flags.contains('s') { "(?ms)" } else { "(?m)" };
        let regex = Regex::new(&format!("{modes}{}", unescape(pattern, delimiter))).ok()?;
        found.push(Search {
            written: pattern.to_owned(),
            regex,
            as_extended: None,
            replacement: replacement.replace("$1", "\\1"),
        });
    }
    Some(found)
}

/// The pattern of a grep.
pub(crate) fn grep(pattern: &str, grammar: Grammar, dollars: Dollars) -> Option<Search> {
    search(pattern, '\n', "", grammar, dollars)
}

fn search(pattern: &str, delimiter: char, replacement: &str, grammar: Grammar, dollars: Dollars) -> Option<Search> {
    // An empty pattern is the last one that was used.
    if pattern.is_empty() {
        return None;
    }
    let bare = unescape(pattern, delimiter);
    let compile = |grammar| Regex::new(&posix_regex::translate(&bare, grammar, dollars)?).ok();
    let as_extended = (grammar == Grammar::Basic).then(|| compile(Grammar::Extended)).flatten();
    Some(Search {
        written: pattern.to_owned(),
        regex: compile(grammar)?,
        as_extended,
        replacement: replacement.to_owned(),
    })
}

/// A pattern whose delimiter need not be escaped any more.
fn unescape(pattern: &str, delimiter: char) -> String {
    pattern.replace(&format!("\\{delimiter}"), &delimiter.to_string())
}

/// What stands before the next delimiter that is not escaped and in no bracket, and what stands behind it.
fn until(text: &str, delimiter: char) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if character == delimiter {
            return Some((&text[..at], &text[at + character.len_utf8()..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(script: &str) -> Option<Vec<String>> {
        let found = sed(script, Grammar::Basic, Dollars::Plain)?;
        Some(found.into_iter().map(|search| search.written).collect())
    }

    #[test]
    fn scripts_of_sed() {
        assert_eq!(patterns("s/a/b/;s|c/d|e|g").unwrap(), ["a", "c/d"]);
        assert_eq!(patterns("0,/^\\[badges/{s/^version =.*/version = \"x\"/}").unwrap(), ["^version =.*"]);
        assert_eq!(patterns("/^## Unreleased/a text; s/x/y/").unwrap(), ["^## Unreleased"]);
        assert!(patterns("/x/d; 3p").unwrap().is_empty());
        assert_eq!(patterns("s/a\\/b/c/").unwrap(), ["a\\/b"]);
        assert_eq!(patterns("y/abc/def/"), None);
        assert_eq!(patterns("s/a/b"), None);
    }

    #[test]
    fn one_liners_of_perl() {
        assert_eq!(perl("s/^version = .*/x/; s|a|b|g").unwrap().len(), 2);
        assert!(perl("s/$old/$new/").is_none());
        assert!(perl("print if /x/").is_none());
    }
}
