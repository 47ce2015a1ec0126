//! Which kind of variance explains that two texts differ: the one without which they are equal.

use std::collections::BTreeSet;

/// A kind of variance, by the word that a policy declares it with.
type Source = (&'static str, fn(&str) -> String);

/// The kinds, from the most common.
const SOURCES: [Source; 4] =
    [("clock", without_times), ("path", without_paths), ("random", without_random), ("order", sorted)];

/// The fewest kinds of variance that explain the difference of two texts; none where no mixture of them does.
///
/// Equal texts need none, and so get an empty list.
pub fn sources(old: &[u8], new: &[u8]) -> Option<Vec<&'static str>> {
    if old == new {
        return Some(Vec::new());
    }
    let (Ok(old), Ok(new)) = (std::str::from_utf8(old), std::str::from_utf8(new)) else {
        return None;
    };
    let mut tried: Vec<u32> = (1..1 << SOURCES.len()).collect();
    tried.sort_by_key(|kinds| (kinds.count_ones(), *kinds));
    // All of them first: where that does not help, nothing less does.
    let all = (1 << SOURCES.len()) - 1;
    if healed(old, all) != healed(new, all) {
        return None;
    }
    let found = tried.into_iter().find(|&kinds| healed(old, kinds) == healed(new, kinds))?;
    Some((0..SOURCES.len()).filter(|at| found & (1 << at) != 0).map(|at| SOURCES[at].0).collect())
}

/// Says whether all of the sources were declared.
pub fn declared(sources: &[&str], declared: &BTreeSet<&str>) -> bool {
    sources.iter().all(|source| declared.contains(source))
}

fn healed(text: &str, kinds: u32) -> String {
    let mut text = text.to_owned();
    for (at, (_, heal)) in SOURCES.iter().enumerate() {
        if kinds & (1 << at) != 0 {
            text = heal(&text);
        }
    }
    text
}

fn sorted(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// Replaces the words of a text that are of a kind.
fn replaced(text: &str, belongs: fn(char) -> bool, is: fn(&str) -> bool, name: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let length = rest.find(|letter| !belongs(letter)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        let bare = word.trim_end_matches(['.', ':', ',']);
        if is(bare) {
            kept.push_str(name);
            kept.push_str(&word[bare.len()..]);
        } else {
            kept.push_str(word);
        }
        let other = after.find(belongs).unwrap_or(after.len());
        kept.push_str(&after[..other]);
        rest = &after[other..];
    }
    kept
}

fn without_times(text: &str) -> String {
    replaced(text, |letter| letter.is_alphanumeric() || ".:-+\u{b5}".contains(letter), is_time, "<time>")
}

/// `1.25s`, `300ms`, `12:30:05.123`, `2026-11-22T05:05:48Z`, `1763787600`.
fn is_time(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 || !word.starts_with(|letter: char| letter.is_ascii_digit()) {
        return false;
    }
    let unit = word.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    if matches!(unit, "ns" | "us" | "\u{b5}s" | "ms" | "s" | "m" | "h" | "sec" | "secs") {
        return true;
    }
    let separators = word.bytes().filter(|byte| matches!(byte, b':' | b'-')).count();
    let civil = word.bytes().all(|byte| byte.is_ascii_digit() || b":-.TZ+".contains(&byte));
    (civil && separators > 0 && digits >= 4) || (digits == word.len() && matches!(digits, 10 | 13 | 16 | 19))
}

fn without_paths(text: &str) -> String {
    replaced(text, |letter| !letter.is_whitespace() && !"\"'`()<>,;".contains(letter), is_path, "<path>")
}

/// `/tmp/x/y`, `file:///x`.
fn is_path(word: &str) -> bool {
    let path = word.split_once("://").map_or(word, |(_, path)| path);
    path.len() > 1 && path.starts_with('/')
        || word.len() > 3 && word.get(1..).is_some_and(|rest| rest.starts_with(":\\"))
}

fn without_random(text: &str) -> String {
    replaced(text, |letter| letter.is_ascii_alphanumeric() || letter == '-', is_random, "<random>")
}

/// `0x7ffd12`, sixteen digits of a hash, a UUID, a port or the number of a process.
fn is_random(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    match word.strip_prefix("0x") {
        Some(number) => !number.is_empty() && hexadecimal(number),
        None => digits >= 4 && digits == word.len() || word.len() >= 8 && digits > 0 && hexadecimal(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &str, new: &str, expected: Option<&[&str]>) {
        assert_eq!(sources(old.as_bytes(), new.as_bytes()).as_deref(), expected, "{old:?} and {new:?}");
    }

    #[test]
    fn the_fewest_kinds_are_named() {
        check("a\n", "a\n", Some(&[]));
        check("b\na\n", "a\nb\n", Some(&["order"]));
        check("took 1.25s at 12:30:05", "took 2s at 12:31:00", Some(&["clock"]));
        check("wrote /tmp/a/x.", "wrote /var/b.", Some(&["path"]));
        check("port 40123 id 0x7ffd", "port 38871 id 0x12", Some(&["random"]));
        check("b 2s\na 1s\n", "a 3s\nb 1s\n", Some(&["clock", "order"]));
    }

    #[test]
    fn what_no_kind_explains_is_residual() {
        check("3 tests", "4 tests", None);
        check("\u{366}\0\0\0", "\0\0", None);
        check("test a ... ok", "test a ... FAILED", None);
        check("warning: unused x", "warning: unused y", None);
        check("v1.2.3", "v1.2.4", None);
        check("a\na\nb", "a\nb\nb", None);
        assert_eq!(sources(b"\xff", b"\xfe"), None);
    }
}
