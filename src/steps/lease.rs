//! Leases: which process holds something, and whether it still lives.

use crate::steps::event::Lease;
use crate::world::process::identity::Identity;

/// The lease of this process: the engine's.
pub fn engine() -> Lease {
    of(&Identity::own())
}

/// The lease of a process.
pub fn of(process: &Identity) -> Lease {
    Lease { boot: process.boot.clone(), pid: process.pid, started: process.started }
}

/// Says whether the process that holds the lease still runs: the same one, not another that was given its pid.
pub fn is_alive(lease: &Lease) -> bool {
    Identity { boot: lease.boot.clone(), pid: lease.pid, started: lease.started }.is_alive()
}
