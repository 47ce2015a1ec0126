//! Programs that this repository builds: what its documents show of them are projects of its users.

use crate::facts::Facts;
use crate::facts::manifest::TargetKind;
use crate::facts::zone::Zone;

/// Says whether a package of the maintainers builds a program of a name.
pub(super) fn is_built_here(facts: &Facts, name: &str) -> bool {
    facts
        .cargo
        .packages
        .iter()
        .filter(|package| package.zone == Zone::Own)
        .any(|package| package.targets.iter().any(|target| target.kind == TargetKind::Bin && target.name == name))
}

/// Says whether a cargo command is a program of this repository: cargo itself, or `cargo-SUBCOMMAND`.
pub(super) fn documents_itself(facts: &Facts, subcommand: &str) -> bool {
    is_built_here(facts, "cargo") || is_built_here(facts, &format!("cargo-{subcommand}"))
}
