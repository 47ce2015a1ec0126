//! Arguments in, exit code out.

use std::io::Write;
use std::process::ExitCode;

use cargo_governed::commands::check;
use cargo_governed::commands::exit;
use cargo_governed::render::json;

fn main() -> ExitCode {
    match check::check(&check::Options::in_folder(".")) {
        Ok(checked) => {
            let _ = writeln!(std::io::stdout(), "{:#}", json::render(&checked.report));
            ExitCode::from(exit::of(checked.report.verdict))
        }
        Err(error) => ExitCode::from(error.exit),
    }
}
