//! The words by which documents state a minimum Rust version, and those that speak of another time or on a condition.

/// Words that put a statement into another time, under a condition, or on another thing.
const ELSEWHERE: &[&str] = &[
    "since",
    "until",
    "history",
    "historical",
    "previous",
    "previously",
    "formerly",
    "was",
    "were",
    "if",
    "when",
    "unless",
    "feature",
    "features",
    "optional",
    "optionally",
    "example",
    "before",
    "older",
    "prior",
    "lts",
    "nightly",
    "beta",
    "bump",
    "bumped",
    "bumps",
    "raise",
    "raised",
    "raises",
    "raising",
    "increase",
    "increased",
    "upgrade",
    "upgraded",
    "update",
    "updates",
    "updated",
    "updating",
    "plan",
    "planned",
    "future",
    "next",
    "stabilized",
    "stabilised",
    "introduced",
    "available",
    "enabling",
    "enabled",
    "enable",
    "disabled",
    "disabling",
    "no_std",
    "macro",
    "policy",
    "tested",
    "tests",
    "test",
    "clippy",
    "rustfmt",
    "miri",
    "docs.rs",
    "fuzz",
    "benchmark",
    "benchmarks",
    "lower",
    "e.g",
    "e.g.",
    "eg",
    "except",
    "otherwise",
    "hypothetical",
    "dropped",
    "drop",
    "removed",
    "changed",
    "unreleased",
    "upcoming",
    "development",
    "developing",
    "contributing",
    "contributors",
    "instead",
    "wasm",
    "with the",
];

/// Says whether a sentence speaks of another time, on a condition or of something else. Works on lower case.
pub(super) fn is_of_another_time(sentence: &str) -> bool {
    words(sentence).any(|word| ELSEWHERE.contains(&word))
        // `This requires` speaks of what the sentence before names.
        || ["this", "it", "that", "these", "they"].contains(&words(sentence).next().unwrap_or_default())
            && words(sentence).nth(1).is_some_and(|word| word.starts_with("require") || word.starts_with("need"))
        || sentence.contains("no longer")
        || supports_one_thing(sentence)
        || sentence.contains("used to")
        || sentence.contains("will require")
        // An item of a list of features or functions begins with its name in code: its condition is that name.
        || (sentence.trim_start().starts_with(['*', '-', '+']) && sentence.contains(") :"))
}

/// Says whether a sentence speaks of support for something of the program: "has support for traces using rustc 1.65".
fn supports_one_thing(sentence: &str) -> bool {
    let Some((_, what)) = sentence.split_once("support for ") else { return false };
    let first = words(what).find(|word| !matches!(*word, "the" | "a" | "all" | "any" | "stable" | "older"));
    what.contains(" using ") && !first.is_some_and(|word| matches!(word, "rust" | "rustc" | "msrv" | "version"))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|one: char| !(one.is_alphanumeric() || matches!(one, '_' | '.' | '\'')))
        .map(|word| word.trim_matches('.'))
        .filter(|word| !word.is_empty())
}

/// The words that may stand between the name of the minimum and its version.
const BETWEEN: &[&str] = &[
    "is",
    "of",
    "currently",
    "current",
    "now",
    "at",
    "least",
    "rust",
    "rustc",
    "version",
    "versions",
    "msrv",
    "the",
    "this",
    "crate",
    "crates",
    "crate's",
    "project",
    "library",
    "libraries",
    "workspace",
    "package",
    "a",
    "to",
    "be",
    "set",
    "stable",
    "toolchain",
    "compiler",
    "v",
    "for",
    "supported",
    "required",
    "=",
    "release",
];

/// Says whether the words before a version name the minimum, and little else stands between.
pub(super) fn names_the_minimum(before: &str) -> bool {
    let words: Vec<&str> = words(before).collect();
    let is_rust = |word: &&&str| matches!(**word, "rust" | "rustc");
    let minimum = |at: usize| {
        let follows = || words[at + 1..].iter().take(4).position(|word| is_rust(&word)).map(|offset| at + 2 + offset);
        match words[at] {
            "msrv" => Some(at + 1),
            "minimum" | "minimal" | "min" | "oldest" | "lowest" => follows(),
            _ => None,
        }
    };
    let Some(end) = (0..words.len()).rev().find_map(minimum) else { return false };
    // The name of a package may stand there too: `the MSRV of foo-bar is`.
    let odd = words[end..].iter().filter(|word| !BETWEEN.contains(word)).count();
    words.len() - end <= 8 && odd <= 1 && !before.trim_end().ends_with(['<', '/'])
}

const DEMANDS: &[&str] = &[
    "require",
    "requires",
    "required",
    "requirement",
    "requirements",
    "need",
    "needs",
    "must",
    "compile",
    "compiles",
    "builds",
    "build",
    "building",
    "sure",
    "ensure",
    "have",
    "works",
    "supports",
    "support",
    "use",
    "using",
    "install",
    "compatible",
    "prerequisite",
    "prerequisites",
];
const OR_NEWER: &[&str] = &[
    "or newer",
    "or later",
    "or higher",
    "or above",
    "or greater",
    "or more recent",
    "or up",
    "and newer",
    "and later",
    "and above",
    "and up",
    "and higher",
    "and greater",
    "or a newer",
    "or a later",
    "+",
];

/// Says whether a sentence demands the version of Rust that stands between its two parts, or a newer one.
pub(super) fn demands(before: &str, after: &str, headed: bool) -> bool {
    let trimmed = before.trim_end().trim_end_matches('v').trim_end();
    // `at least 1.56`, `at least Rust version 1.56`, `down to 1.56`.
    let bare = ["version", "rustc", "rust"]
        .iter()
        .fold(trimmed, |rest, word| rest.strip_suffix(word).unwrap_or(rest).trim_end());
    let at_least = [trimmed, bare].iter().any(|one| one.ends_with(">=") || one.ends_with("at least"))
        || trimmed.ends_with("down to");
    let tail: Vec<&str> = {
        let mut last: Vec<&str> = words(trimmed).collect();
        last.drain(..last.len().saturating_sub(5));
        last
    };
    let of_rust = tail.iter().rev().take(if at_least { 5 } else { 3 }).any(|word| matches!(*word, "rust" | "rustc"));
    let after = after.trim_start();
    let after = match after.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((inside, rest)) if inside.len() < 12 => rest.trim_start(),
        _ => after,
    };
    let or_newer = OR_NEWER.iter().any(|words| after.starts_with(words));
    let demanded = headed || words(before).chain(words(after)).any(|word| DEMANDS.contains(&word));
    let plainly = tail
        .iter()
        .rev()
        .find(|word| !matches!(**word, "rust" | "rustc" | "version"))
        .is_some_and(|word| matches!(*word, "requires" | "require"));
    of_rust && demanded && (or_newer || at_least || plainly)
}
