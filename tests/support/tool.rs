//! The binary in a clean environment: nothing of the caller's reaches it.

use std::path::Path;
use std::process::Command;
use std::process::Output;
use std::sync::LazyLock;

use serde_json::Value;

/// What a run of the binary came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A command in a folder, without any variable of the caller.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-governed"));
    command.env_clear().env("HOME", folder).env("GIT_CONFIG_NOSYSTEM", "1").current_dir(folder).args(arguments);
    command
}

/// A command that may run steps: with the caller's search path, and a home of its own outside the folder.
pub(crate) fn running(folder: &Path, arguments: &[&str]) -> Command {
    static HOME: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a home"));
    let mut command = command(folder, arguments);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", HOME.path());
    command
}

/// Runs the binary so.
pub(crate) fn governed(folder: &Path, arguments: &[&str]) -> Ran {
    of(running(folder, arguments).output().expect("the binary runs"))
}

/// Runs the binary so, and reads the document that it prints with `--format json`.
#[track_caller]
pub(crate) fn document(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let ran = governed(folder, &[arguments, &["--format", "json"]].concat());
    (ran.code, serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}")))
}

/// Runs the binary.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Ran {
    of(command(folder, arguments).output().expect("the binary runs"))
}

/// Reads the output of a run.
pub(crate) fn of(output: Output) -> Ran {
    Ran {
        code: output.status.code().expect("an exit code"),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}
