//! What this binary does when it starts itself.

use std::ffi::OsString;

#[cfg(unix)]
use crate::world::process::verb;

/// Does a hidden verb and gives the exit code; none where the arguments name no hidden verb.
pub fn run(arguments: &[OsString]) -> Option<u8> {
    let [_, verb] = arguments else { return None };
    match verb.to_str()? {
        #[cfg(unix)]
        verb::SHEPHERD => Some(crate::world::process::shepherding::run()),
        #[cfg(unix)]
        verb::KEEPER => Some(crate::world::process::keeper::run()),
        #[cfg(target_os = "linux")]
        verb::PROBE => Some(u8::from(crate::world::process::loopback::leave_network().is_err())),
        _ => None,
    }
}
