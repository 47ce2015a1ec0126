//! The names of the hidden verbs, under which this binary starts itself.

/// Watches over the steps of a run.
pub(super) const SHEPHERD: &str = "__shepherd";
/// Watches over one step.
pub(super) const KEEPER: &str = "__launch";
/// Tries to leave the network, and says by its exit code whether it could.
pub(super) const PROBE: &str = "__leave-network";
