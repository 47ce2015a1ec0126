//! Reads any text as a small tree, judges it by all rules, renders it in all formats, and applies the fixes.
//!
//! This reaches the parsers that belong to one rule: scripts of sed and perl, regular expressions of POSIX, `CODEOWNERS`,
//! dependabot, `CITATION.cff`, justfiles, badges, recipes, man pages.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| cargo_governed_fuzz::check(&cargo_governed_fuzz::files(text)));
