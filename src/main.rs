//! Arguments in, exit code out.

use std::io::Write;
use std::process::ExitCode;

use cargo_governed::commands::check;
use cargo_governed::commands::exit;
use cargo_governed::render::json;

fn main() -> ExitCode {
    match check::check(std::path::Path::new(".")) {
        Ok(report) => {
            let _ = writeln!(std::io::stdout(), "{:#}", json::render(&report));
            ExitCode::from(exit::of(report.verdict))
        }
        Err(_) => ExitCode::from(exit::FAILED),
    }
}
