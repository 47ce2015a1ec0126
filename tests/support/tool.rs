//! The binary in a clean environment: nothing of the caller's reaches it.

use std::path::Path;
use std::process::Command;
use std::process::Output;

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
