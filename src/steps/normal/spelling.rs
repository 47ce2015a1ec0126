//! Times and build hashes within a line, where a tool is known to write them there.

use std::borrow::Cow;

/// What stands for a time.
pub const TIME: &str = "<time>";
/// Folders of cargo in which names end in a hash of sixteen digits.
const HASHED: &[&str] = &["deps/", "build/", "examples/", "incremental/", ".fingerprint/"];
/// The digits of a hash.
const HASH: usize = 16;

/// Replaces the hash in `deps/name-0123456789abcdef`, also with `lib` in front and an ending behind.
pub fn without_hashes(line: &str) -> Cow<'_, str> {
    if !HASHED.iter().any(|folder| line.contains(folder)) {
        return Cow::Borrowed(line);
    }
    let mut kept = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(word) =
        rest.split_inclusive(|letter: char| letter.is_whitespace() || "\"'`(),".contains(letter)).next()
    {
        rest = &rest[word.len()..];
        if HASHED.iter().any(|folder| word.contains(folder)) {
            push_hashless(&mut kept, word);
        } else {
            kept.push_str(word);
        }
    }
    Cow::Owned(kept)
}

fn push_hashless(kept: &mut String, mut word: &str) {
    while let Some(at) = word.find(['-', '/']) {
        let (before, after) = word.split_at(at + 1);
        kept.push_str(before);
        word = after;
        let digits = word.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).count();
        if digits == HASH && !word[HASH..].starts_with(|letter: char| letter.is_alphanumeric() || letter == '_') {
            kept.push_str("<hash>");
            word = &word[HASH..];
        }
    }
    kept.push_str(word);
}

/// Says whether a text is a time as cargo and libtest write it: `1.23s`, `1m 02s`, `0.52s`.
pub fn is_time(text: &str) -> bool {
    let parts = text.split(' ');
    let mut some = false;
    for part in parts {
        let number = part.strip_suffix("ms").or_else(|| part.strip_suffix(['s', 'm', 'h']));
        let fits = number.is_some_and(|number| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        });
        if !fits {
            return false;
        }
        some = true;
    }
    some
}

/// Replaces a time at the end of a line, after a text that must stand in front of it.
pub fn time_after<'a>(line: &'a str, marker: &str) -> Option<(&'a str, &'a str)> {
    let at = line.rfind(marker)? + marker.len();
    is_time(&line[at..]).then(|| line.split_at(at))
}

/// `    Finished [   0.014s] x` with the time in brackets replaced, where the line has the form of a status.
pub fn bracketed_time(line: &str) -> Cow<'_, str> {
    let found = line.split_once('[').and_then(|(head, rest)| Some((head, rest.split_once(']')?)));
    match found {
        Some((head, (time, rest))) if head.starts_with("  ") && is_time(time.trim_start_matches([' ', '>'])) => {
            Cow::Owned(format!("{head}[{TIME}]{rest}"))
        }
        _ => Cow::Borrowed(line),
    }
}

/// `thread 'x' (8041) panicked at`: the number of the thread differs each time.
pub fn thread_id(line: &str) -> Cow<'_, str> {
    let found = line.trim_start().strip_prefix("thread '").and_then(|_| line.split_once("' ("));
    if let Some((head, (number, rest))) = found.and_then(|(head, rest)| Some((head, rest.split_once(')')?)))
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && rest.starts_with(" panicked at ")
    {
        return Cow::Owned(format!("{head}' (<thread>){rest}"));
    }
    Cow::Borrowed(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_go_only_where_cargo_writes_them() {
        let check = |line: &str, expected: &str| assert_eq!(without_hashes(line), expected);
        check("Running x (target/debug/deps/a-3110576fc3c3c96d)", "Running x (target/debug/deps/a-<hash>)");
        check("\"/t/deps/libb-6acba8ed5736e2ef.rmeta\",1", "\"/t/deps/libb-<hash>.rmeta\",1");
        check("/t/build/serde/6acba8ed5736e2ef/out", "/t/build/serde/<hash>/out");
        check("digest a-3110576fc3c3c96d", "digest a-3110576fc3c3c96d");
        check("deps/a-3110576fc3c3c96d0", "deps/a-3110576fc3c3c96d0");
        check("deps/a b-3110576fc3c3c96d", "deps/a b-3110576fc3c3c96d");
    }

    #[test]
    fn times() {
        for text in ["1.23s", "1m 02s", "0s", "500ms"] {
            assert!(is_time(text), "{text}");
        }
        for text in ["", "s", "1.2", "1 s", "3 tests", "1.2s x"] {
            assert!(!is_time(text), "{text}");
        }
        assert_eq!(bracketed_time("     Checked [   0.014s] 9 checks"), "     Checked [<time>] 9 checks");
        assert_eq!(bracketed_time("a [0.1s] b"), "a [0.1s] b");
        assert_eq!(
            thread_id("thread 't::a' (77) panicked at x.rs:1:2:"),
            "thread 't::a' (<thread>) panicked at x.rs:1:2:"
        );
        assert_eq!(thread_id("thread 't' (x) panicked at"), "thread 't' (x) panicked at");
    }
}
