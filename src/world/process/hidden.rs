//! The hidden verbs: what this binary does when it starts itself.

use std::ffi::OsString;

/// Watches over the steps of a run.
pub const SHEPHERD: &str = "__shepherd";
/// Watches over one step.
pub const KEEPER: &str = "__launch";
/// Tries to leave the network, and says by its exit code whether it could.
pub const PROBE: &str = "__leave-network";

/// Does a hidden verb and gives the exit code; none where the arguments name no hidden verb.
pub fn run(arguments: &[OsString]) -> Option<u8> {
    let [_, verb] = arguments else { return None };
    match verb.to_str()? {
        #[cfg(unix)]
        SHEPHERD => Some(crate::world::process::shepherding::run()),
        #[cfg(unix)]
        KEEPER => Some(crate::world::process::keeper::run()),
        #[cfg(target_os = "linux")]
        PROBE => Some(u8::from(crate::world::process::loopback::leave_network().is_err())),
        _ => None,
    }
}
