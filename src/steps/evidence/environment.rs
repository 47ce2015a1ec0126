//! The variables that the engine adds to a step, so that its output can be read.

/// Set for every step, whatever the caller's environment or a checked-in configuration says. They are no part of the key:
/// they are the same in every run of one version of this tool.
pub const ADDED: &[(&str, &str)] = &[
    // A checked-in `[term] quiet = true` would hide every line that shows cargo at work.
    ("CARGO_TERM_QUIET", "false"),
    ("CARGO_TERM_VERBOSE", "false"),
    ("CARGO_TERM_COLOR", "never"),
    ("CARGO_TERM_PROGRESS_WHEN", "never"),
    // A name for each test, and each failure told once, where it happens.
    ("NEXTEST_STATUS_LEVEL", "pass"),
    ("NEXTEST_FAILURE_OUTPUT", "immediate"),
    ("NEXTEST_HIDE_PROGRESS_BAR", "1"),
];

/// Withheld from every step: they change what libtest prints, behind the command line's back.
pub const REMOVED: &[&str] = &["RUST_TEST_NOCAPTURE", "RUST_TEST_SHUFFLE", "RUST_TEST_SHUFFLE_SEED"];
