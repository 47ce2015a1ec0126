//! Arguments in, exit code out.

use std::process::ExitCode;

use cargo_governed::commands::dispatch;

fn main() -> ExitCode {
    ExitCode::from(dispatch::run(std::env::args_os().collect()))
}
