//! The names of the hidden verbs: what this binary is told when it starts itself.

/// Watches over the steps of a run.
pub(super) const SHEPHERD: &str = "__shepherd";
/// Watches over one step.
pub(super) const KEEPER: &str = "__launch";
/// Tries to leave the network, and says by its exit code whether it could.
#[cfg(target_os = "linux")]
pub(super) const PROBE: &str = "__leave-network";
