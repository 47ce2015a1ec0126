//! Names and paths in documents that stand for something that the reader has.

use crate::facts::path;
use crate::facts::shell::lexer::Word;

/// A word as a name, where it is one as it stands and not a place to fill in.
pub(super) fn plain_name(word: &Word) -> Option<&str> {
    let name = word.known()?;
    let plain = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        && name.bytes().any(|byte| byte.is_ascii_lowercase());
    (plain && !stands_for_one(name)).then_some(name)
}

/// Says whether a name stands for one that the reader has.
pub(super) fn stands_for_one(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "foo"
            | "bar"
            | "baz"
            | "name"
            | "crate"
            | "crate_name"
            | "crate-name"
            | "package"
            | "pkg"
            | "example"
            | "test"
            | "bin"
            | "some-crate"
            | "xxx"
            | "app"
            | "exname"
            | "testname"
            | "testfile"
            | "test_file"
            | "test-file"
            | "benchname"
            | "binname"
            | "pkgname"
            | "cratename"
            | "qux"
            | "a"
            | "b"
    ) || [
        "my-",
        "my_",
        "your-",
        "your_",
        "some-",
        "some_",
        "the-",
        "test_name",
        "example_name",
        "package_name",
        "package-name",
        "name_of",
        "name-of",
        "nameof",
    ]
    .iter()
    .any(|start| lower.starts_with(start))
        || matches!(
            lower.strip_prefix("my"),
            Some(
                "test"
                    | "tests"
                    | "example"
                    | "app"
                    | "bin"
                    | "crate"
                    | "bench"
                    | "lib"
                    | "project"
                    | "tool"
                    | "server"
            )
        )
        || lower.ends_with("_name")
        || lower.ends_with("-name")
}

/// A relative path without anything to fill in.
pub(super) fn plain_path(written: &str) -> bool {
    !written.is_empty()
        && !written.starts_with(['/', '~', '-'])
        && !written.contains("...")
        && !written.starts_with("path/to")
        && !path::file_name(written).split_once('.').is_some_and(|(stem, _)| stands_for_one(stem))
        && written.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
}
