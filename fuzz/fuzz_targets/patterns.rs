//! Matches any pattern (the first line) with any path (the rest): filters, code owners, globs and regular expressions.
#![no_main]

use cargo_governed::facts::path;
use cargo_governed::facts::path_pattern::PathPattern;
use cargo_governed::facts::policy::pattern;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (written, subject) = text.split_once('\n').unwrap_or((text, "a/b.rs"));
    for read in [PathPattern::filter(written), PathPattern::owners(written)].into_iter().flatten() {
        assert!(!read.matches(subject) || subject.starts_with(read.prefix()), "every match begins with the prefix");
        assert!(!read.is_literal() || read.matches(read.prefix()), "a pattern without wildcards matches itself");
    }
    if let Ok(glob) = pattern::glob(written) {
        let _ = glob.is_match(subject);
    }
    if let Ok(regex) = pattern::regex(written) {
        let _ = regex.captures(subject);
    }
    let inside = path::join(written, subject);
    assert!(inside.is_none_or(|path| !path.split('/').any(|part| part == "..")), "a joined path stays below the root");
});
