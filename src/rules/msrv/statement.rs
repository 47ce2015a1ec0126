//! Finds the sentences of a text that state the minimum Rust version of a package, and the version they state.

use crate::facts::place::Span;
use crate::rules::msrv::wording;

/// A version that a text states as the minimum, and the sentence around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// The version, without a `v`, backticks or `+`.
    pub(super) version: Span,
    /// The sentence.
    pub(super) sentence: Span,
}

/// The statements of one block of prose. `headed` says whether its heading is about requirements; a `row` of a table
/// states a minimum only where it names it, because what it demands it demands for its own subject.
pub(super) fn of_block(block: &str, headed: bool, row: bool) -> Vec<Statement> {
    let mut found = Vec::new();
    if !block.contains("1.") {
        return found;
    }
    let plain = plain(block);
    for version in versions(&plain) {
        let sentence = sentence(&plain, version);
        let before = &plain[sentence.start..version.start];
        let after = &plain[version.end..sentence.end];
        // What stands between quotation marks is cited, not promised.
        let cited = memchr::memchr_iter(b'"', &block.as_bytes()[..version.start]).count() % 2 == 1;
        let bracketed = plain[..version.start].rfind('(').is_some_and(|at| !plain[at..version.start].contains(')'));
        let elsewhere = wording::is_of_another_time(&plain[sentence.start..sentence.end])
            || names_a_version(before)
            || bracketed && is_of_one_name(block)
            || is_for_another_end(after)
            || is_for_one_name(after, &block[version.end.min(block.len())..]);
        if !elsewhere
            && !cited
            && (wording::names_the_minimum(before) || !row && wording::demands(before, after, headed))
        {
            found.push(Statement { version, sentence });
        }
    }
    found
}

/// The block in lower case, byte for byte, with markup and the targets of links as spaces.
fn plain(block: &str) -> String {
    let mut bytes: Vec<u8> = block.to_ascii_lowercase().into_bytes();
    let mut target = false;
    let mut last = b' ';
    for slot in &mut bytes {
        let byte = *slot;
        target |= byte == b'(' && last == b']';
        last = byte;
        let closes = target && byte == b')';
        if target || matches!(byte, b'*' | b'`' | b'[' | b']' | b'\n' | b'\r' | b'\t' | b'\\' | b'"') {
            // Only whole characters are blanked: the target of a link may hold others than ASCII.
            if byte.is_ascii() {
                *slot = b' ';
            }
        }
        target &= !closes;
    }
    String::from_utf8(bytes).unwrap_or_default().replace("&ge;", " >= ").replace("≥", " >=")
}

/// The versions in a text that may be those of Rust: `1.56`, `1.88.0`; not `1.5`, not `0.1.60`, not `11.60`.
pub(super) fn versions(plain: &str) -> Vec<Span> {
    let bytes = plain.as_bytes();
    let mut found = Vec::new();
    for start in memchr::memmem::find_iter(bytes, b"1.") {
        let before = bytes[..start].last().copied().unwrap_or(b' ');
        let prefixed = before == b'v' && !bytes[..start - 1].last().is_some_and(u8::is_ascii_alphanumeric);
        if !prefixed && (before.is_ascii_alphanumeric() || matches!(before, b'.' | b'_')) {
            continue;
        }
        let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let minor = digits(start + 2);
        let mut end = start + 2 + minor;
        if !(2..=3).contains(&minor) {
            continue;
        }
        if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
            if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
                continue;
            }
        }
        if !bytes.get(end).is_some_and(|byte| byte.is_ascii_alphabetic() && *byte != b'x' || *byte == b'_') {
            found.push(Span::new(start, end));
        }
    }
    found
}

/// The sentence around a version: from the last full stop before it to the next one behind it.
fn sentence(plain: &str, version: Span) -> Span {
    let ends = [". ", "! ", "? ", "; "];
    let start = ends.iter().filter_map(|end| plain[..version.start].rfind(end)).max().map_or(0, |at| at + 2);
    // What stands in brackets belongs to all that stands before it.
    let start = if is_bracketed(&plain[start..]) { 0 } else { start };
    let rest = &plain[version.end..];
    let end = ends.iter().filter_map(|end| rest.find(end)).min().map_or(plain.len(), |at| version.end + at + 1);
    Span::new(start, end)
}

fn is_bracketed(sentence: &str) -> bool {
    sentence.trim_start().starts_with('(')
}

/// Says whether a block is an item about one name, as in a list of features: what it says in brackets holds for that.
fn is_of_one_name(block: &str) -> bool {
    block.trim_start_matches(|one: char| one.is_whitespace() || "*-+".contains(one)).starts_with('`')
}

/// Says whether the words behind a version demand it for something named in code only: "1.77 is required for `x::y`".
fn is_for_one_name(after: &str, written: &str) -> bool {
    const WHOLE: &[&str] =
        &["building", "compiling", "compilation", "this", "development", "installing", "installation"];
    let after = after.trim_start_matches([' ', '+', ')']);
    let demand = ["is required for ", "is needed for ", "required for ", "needed for "];
    let Some(what) = demand.iter().find_map(|words| after.strip_prefix(words)) else { return false };
    let first = what.split_whitespace().next().unwrap_or_default();
    !WHOLE.contains(&first) && written.lines().next().is_some_and(|line| line.contains('`'))
}

/// Says whether the words behind a version tell an end that is not the building: "require 1.46 to be tracked".
fn is_for_another_end(after: &str) -> bool {
    const WHOLE: &[&str] =
        &["build", "compile", "install", "run", "use", "work", "develop", "contribute", "get", "start"];
    let verb = after.trim_start_matches([' ', '+', ')']).strip_prefix("to ").map(|rest| rest.split(' ').next());
    verb.flatten().is_some_and(|verb| !WHOLE.contains(&verb.trim_end_matches(['.', ','])))
}

/// Says whether another version stands in the words before: `0.7 needs Rust 1.60` speaks of `0.7` only.
fn names_a_version(before: &str) -> bool {
    before.split([' ', '(', ')', ',', '|']).any(|word| {
        let word = word.trim_start_matches(['v', '=', '^', '~', '<', '>']);
        word.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) && word.contains('.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<_> =
            of_block(text, false, false).iter().map(|one| &text[one.version.start..one.version.end]).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn statements_of_today_are_found() {
        for (text, version) in [
            ("axum-core's MSRV is 1.75.", "1.75"),
            ("- We will support the last two minor Rust releases (MSRV, currently 1.74)", "1.74"),
            ("The minimum supported Rust version is `1.75.0`.", "1.75.0"),
            ("released at least six months ago. The current MSRV is 1.71.", "1.71"),
            ("The current **MSRV is 1.85**, matching the workspace so that `sha2` 0.11 works", "1.85"),
            ("Make sure that you use Rust 1.76 or newer.", "1.76"),
            ("First make sure that you have a Rust version >= 1.88 and that the\n`build-essential` package", "1.88"),
            ("You will need rustc version 1.66.1 or higher.", "1.66.1"),
            ("ripgrep compiles with Rust 1.96.0 (stable) or newer. In general", "1.96.0"),
            ("*Compiler support: requires rustc 1.61+*", "1.61"),
            ("This crate's minimum supported `rustc` version (MSRV) is `1.70.0`. Jiff", "1.70.0"),
            ("This version of itertools requires Rust 1.63.0 or later.", "1.63.0"),
            ("The MSRV of this crate is **Rust 1.85.** In general, it follows", "1.85"),
            ("Rustc 1.71.1 or newer is required to build the crate.", "1.71.1"),
            ("The tool currently requires at least Rust version 1.54.", "1.54"),
            ("It supports Rust versions down to 1.43 at the moment.", "1.43"),
            ("| MSRV | 1.74 |", "1.74"),
            ("Libraries have a MSRV of v1.77.", "1.77"),
            ("Rust 1.77 or newer is required for building `demo`.", "1.77"),
            ("This crate has a Minimum Supported Rust Version (MSRV) of [Rust 1.65].", "1.65"),
            ("The Minimum Supported Rust Version (MSRV) is currently **Rust 1.61.0**.", "1.61.0"),
        ] {
            check(text, &[version]);
        }
    }

    #[test]
    fn other_times_conditions_and_other_things_are_not() {
        for text in [
            "Available since Rust 1.50.",
            "Until 0.5 the MSRV was 1.40.",
            "* 1.39 to 1.47 - Rust 1.70",
            "* `1.47.x` - LTS release until September 2026. (MSRV 1.70)",
            "With all features disabled, this crate's MSRV is `1.65.0`.",
            "If using Rust >= 1.65, a backtrace is captured",
            "nightly compiler with Rust version 1.73 or newer.",
            "while enabling `x` requires a minimum Rust version of 1.81.",
            "It has an optional dependency on zlib-rs which requires 1.75 or later.",
            "* `path` (in `full`): support for `Path`s. (MSRV: 1.51)",
            "In the drive to get rid of it we raised the MSRV to 1.82",
            "Requires serde 1.21 or newer.",
            "The handler has support for capturing backtraces using `rustc-1.65` or later.",
            "The MSRV policy is stable minus two releases, for example 1.70.",
            "This macro is available only on rust versions 1.80 and above.",
            "with the `hle` feature. This requires Rust 1.59 due to inline assembly",
            "**MSRV:** 1.77 is required for `cargo::KEY=VALUE` syntax.",
            "- `[meta] update MSRV to Rust 1.88 (#2725)`",
            "We plan that 2.0 needs Rust 1.90 or newer.",
            "Values from `env!` require Rust >= 1.46 to be tracked in caching.",
            "A sentence such as \"requires Rust 1.74 or newer\" states it.",
        ] {
            check(text, &[]);
        }
    }
}
