//! Bytes in, content out: the one place that knows which parser reads which kind.

use crate::facts::cargo_config;
use crate::facts::clippy_config;
use crate::facts::kind::Kind;
use crate::facts::lockfile;
use crate::facts::manifest;
use crate::facts::markdown;
use crate::facts::policy::inline;
use crate::facts::problem::Problem;
use crate::facts::rust_source::scan;
use crate::facts::source::Content;
use crate::facts::source::Parsed;
use crate::facts::text::Text;
use crate::facts::toolchain;
use crate::facts::workflow::action;
use crate::facts::workflow::read;

/// How the file begins that Git LFS keeps in the place of another one.
pub const LFS_POINTER: &str = "version https://git-lfs.github.com/spec/v1\n";

/// Parses the bytes of a file of a kind. Never fails and never panics: what can't be read is a problem in the content.
pub fn parse(kind: Kind, bytes: Vec<u8>) -> Content {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return not_utf8(&error),
    };
    if text.starts_with(LFS_POINTER) {
        let message = "a Git LFS pointer stands for its text".to_owned();
        return nothing(Text::new(text), Problem { message, span: None, limit: false });
    }
    let mut problems = Vec::new();
    let parsed = match kind {
        Kind::Manifest => manifest::parse(&text, &mut problems)
            .map_or(Parsed::Nothing, |manifest| Parsed::Manifest(Box::new(manifest))),
        Kind::Lockfile => Parsed::Lockfile(Box::new(lockfile::parse(&text, &mut problems))),
        Kind::CargoConfig => Parsed::CargoConfig(Box::new(cargo_config::parse(&text, &mut problems))),
        Kind::Toolchain => Parsed::Toolchain(Box::new(toolchain::parse(&text, &mut problems))),
        Kind::ClippyConfig => Parsed::ClippyConfig(Box::new(clippy_config::parse(&text, &mut problems))),
        Kind::Markdown | Kind::Changelog => Parsed::Markdown(Box::new(markdown::parse(&text))),
        Kind::Rust => Parsed::Rust(Box::new(scan::scan(&text))),
        // YAML without jobs or runs is text: other tools keep their files under these names too.
        Kind::Workflow => {
            read::workflow(&text, &mut problems).map_or(Parsed::Text, |workflow| Parsed::Workflow(Box::new(workflow)))
        }
        Kind::Action => {
            action::parse(&text, &mut problems).map_or(Parsed::Text, |action| Parsed::Action(Box::new(action)))
        }
        _ => Parsed::Text,
    };
    let text = Text::new(text);
    let comments = match &parsed {
        Parsed::Markdown(markdown) => Some(markdown.comments.as_slice()),
        _ => None,
    };
    let marks = inline::read(&text, comments);
    Content { text, parsed, problems, marks }
}

fn not_utf8(error: &std::string::FromUtf8Error) -> Content {
    let (at, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
    let line = memchr::memchr_iter(b'\n', &bytes[..at]).count() + 1;
    let message = match bytes.get(at) {
        Some(byte) => format!("not UTF-8: byte 0x{byte:02X} in line {line}"),
        None => "not UTF-8".to_owned(),
    };
    nothing(Text::default(), Problem { message, span: None, limit: false })
}

/// The content of a file that says nothing that a rule could read.
fn nothing(text: Text, problem: Problem) -> Content {
    Content { text, parsed: Parsed::Nothing, problems: vec![problem], marks: inline::Marks::default() }
}
