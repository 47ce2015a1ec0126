//! What goes wrong with the record, as errors: each says whether anything was recorded, and what to do.

use std::io;

use crate::error::Error;
use crate::world::storage::Storage;

/// The error of a call that failed. `what` finishes "could not".
pub(crate) fn of(storage: &dyn Storage, what: &str, path: &str, error: &io::Error) -> Error {
    let shown = storage.shown(path);
    let message = format!("{what} {shown}: {}", reason(error));
    let failed = |code| Error::failed(code, message.clone()).at(shown.clone());
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            failed("disk-full").help("free some space, then run the same command again")
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => failed("record-read-only")
            .help("`cargo governed recover` says how to make it writable; `check` needs no record"),
        _ => failed("record-failed").help(
            "look at that file and at the folder around it; `cargo governed recover` says what is left of the record",
        ),
    }
}

/// The error of a lock that others hold for too long.
pub(crate) fn locked(storage: &dyn Storage, path: &str) -> Error {
    let shown = storage.shown(path);
    Error::failed("record-locked", format!("lock the record: another process holds {shown}"))
        .at(shown)
        .help("wait for it; `cargo governed recover` names the process that holds it. The file may stay")
}

/// The error of a ledger that is not what it was.
pub(crate) fn altered(place: impl Into<String>, why: &str) -> Error {
    let place = place.into();
    Error::failed("record-altered", format!("go on with the record: {place}: {why}"))
        .at(place)
        .help("`cargo governed recover` says what is left and what can be done")
}

/// The error of a format that a newer version wrote.
pub(crate) fn newer(storage: &dyn Storage, path: &str, format: &str, version: &str) -> Error {
    let shown = storage.shown(path);
    let by = if version.is_empty() { String::new() } else { format!(" by cargo-governed {version}") };
    let help = if version.is_empty() {
        "use the version of cargo-governed that wrote it, or a later one".to_owned()
    } else {
        format!("use cargo-governed {version} or later")
    };
    Error::failed("record-newer", format!("read {shown}: it was begun{by} in the newer format {format}"))
        .at(shown)
        .help(help)
}

fn reason(error: &io::Error) -> String {
    // The kind says it in words; the number of the system is for those who look it up.
    match error.raw_os_error() {
        Some(number) => format!("{} (system error {number})", error.kind()),
        None => error.to_string(),
    }
}
