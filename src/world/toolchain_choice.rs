//! Whose toolchain a governed step runs under: the one that the repository declares, else the caller's.
//!
//! rustup's `cargo` sets `RUSTUP_TOOLCHAIN` for what it starts, so `cargo governed` always has it set, and it would
//! outvote the `rust-toolchain.toml` of another tree. Where the root of the tree names a toolchain, the variable is
//! taken from the steps' environment; where it does not, the caller's choice stays. What cargo is asked *about* the
//! tree (`cargo metadata`) keeps the caller's toolchain, so that a checked-in file can't answer for cargo.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::ffi::OsString;

use crate::world::cargo_chain::Chain;

/// The variable.
pub const VARIABLE: &str = "RUSTUP_TOOLCHAIN";

/// Says whether [`VARIABLE`] is kept from the steps of a tree.
pub fn is_withheld(chain: &Chain) -> bool {
    chain.names_toolchain()
}

/// Takes the variable from an environment where the tree names a toolchain; gives what it said.
pub fn apply(chain: &Chain, environment: &mut BTreeMap<OsString, OsString>) -> Option<OsString> {
    if is_withheld(chain) { environment.remove(OsStr::new(VARIABLE)) } else { None }
}
