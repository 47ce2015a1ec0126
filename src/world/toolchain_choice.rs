//! Whose toolchain a governed step runs under: the one that the repository declares, else the caller's.
//!
//! rustup's `cargo` sets `RUSTUP_TOOLCHAIN` for what it starts, so `cargo governed` always has it set, and it would
//! outvote the `rust-toolchain.toml` of another tree. Where the root of the tree names a toolchain, the variable is
//! taken from the steps' environment; where it does not, the caller's choice stays. What cargo is asked *about* the
//! tree (`cargo metadata`) keeps the caller's toolchain, so that a checked-in file can't answer for cargo.

use std::ffi::OsString;

use crate::world::cargo_chain::Chain;

/// The variable.
pub const VARIABLE: &str = "RUSTUP_TOOLCHAIN";

/// The variables around us as the steps of a tree may see them, and the toolchain that was taken from them.
pub fn apply(chain: &Chain, ambient: &[(OsString, OsString)]) -> (Vec<(OsString, OsString)>, Option<OsString>) {
    let named = chain.names_toolchain();
    let (kept, taken): (Vec<_>, Vec<_>) = ambient.iter().cloned().partition(|(name, _)| !(named && name == VARIABLE));
    (kept, taken.into_iter().next().map(|(_, value)| value))
}
