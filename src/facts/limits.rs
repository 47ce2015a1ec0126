//! How much of a repository is read. Passing a limit is a finding of the rule `limit-exceeded`, never a silence.

use crate::facts::kind::Kind;

/// The most entries of a tree that are looked at; the rest of them, in order of their paths, is left out.
pub const ENTRIES: usize = 500_000;
/// The most folders above a file.
pub const DEPTH: usize = 200;
/// The most bytes that all files that are read hold together.
pub const TOTAL_BYTES: u64 = 1 << 30;

const MEBIBYTE: u64 = 1 << 20;

/// The most bytes of one file of a kind that are read.
pub fn bytes_of(kind: Kind) -> u64 {
    match kind {
        Kind::Lockfile => 32 * MEBIBYTE,
        Kind::Manifest | Kind::CargoConfig | Kind::Toolchain | Kind::ClippyConfig | Kind::Policy => 4 * MEBIBYTE,
        Kind::Workflow | Kind::Action => 2 * MEBIBYTE,
        Kind::Changelog | Kind::Markdown | Kind::Rust | Kind::Text => 8 * MEBIBYTE,
        Kind::Opaque => 0,
    }
}

/// A number of bytes as people write it: `8 MiB`.
pub fn size(bytes: u64) -> String {
    if bytes >= MEBIBYTE { format!("{} MiB", bytes / MEBIBYTE) } else { format!("{bytes} bytes") }
}
