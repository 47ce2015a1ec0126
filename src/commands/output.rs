//! The answer on stdout, the talk on stderr. A reader who went away is no error.

use std::fmt::Write as _;
use std::io;
use std::io::Write;

use crate::error::Error;
use crate::render::encode::terminal::Charset;

/// Prints the answer.
pub fn answer(text: &str) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::failed("stdout-unwritable", format!("write to stdout: {error}"))
                .help("make room where stdout goes"))
        }
        _ => Ok(()),
    }
}

/// Says something beside the answer. Where nobody can hear it, nothing is lost.
pub fn talk(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A failure for people: what could not be done, where, and what to do next.
pub fn described(error: &Error) -> String {
    let charset = Charset::default();
    let mut text = String::new();
    for error in error.all() {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = write!(text, "{gap}error: {}", charset.line(&error.to_string()));
        for (name, value) in [("  --> ", &error.place), ("help: ", &error.help)] {
            if let Some(value) = value {
                let _ = write!(text, "\n{name}{}", charset.line(value));
            }
        }
    }
    text
}
