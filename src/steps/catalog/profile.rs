//! What a declared command is, by its words: the profile decides which evidence it must leave.

use crate::facts::place::Span;
use crate::facts::shell::cargo_call;
use crate::facts::shell::cargo_call::CargoCall;
use crate::facts::shell::lexer::Word;
use crate::facts::shell::script::Command;
use crate::facts::shell::script::Folder;
use crate::facts::shell::script::Join;
use crate::steps::step::Profile;

/// What an argument list asks cargo for; none where it starts another program.
pub fn cargo_call(argv: &[String]) -> Option<CargoCall> {
    let word = |text: &String| Word { text: text.clone(), unknown: false, quoted: false, span: Span::default() };
    let command = Command {
        words: argv.iter().map(word).collect(),
        variables: Vec::new(),
        keyword: None,
        depth: 0,
        folder: Folder::Relative(String::new()),
        join: Join::Next,
        span: Span::default(),
    };
    cargo_call::read(&command)
}

/// The profile of an argument list.
pub fn of(argv: &[String]) -> Profile {
    let Some(call) = cargo_call(argv) else { return Profile::Plain };
    // What stands behind `--` is for the test binaries, and lists there too.
    let lists = argv.iter().any(|word| word == "--list");
    let lists = lists || call.other.iter().any(|word| matches!(word.text.as_str(), "--no-run" | "--help" | "-h"));
    match call.subcommand.as_str() {
        "fmt" => Profile::Fmt,
        "test" | "run" | "" if call.runs_tests() && !lists => Profile::Test,
        "clippy" | "check" | "build" | "test" => Profile::Build,
        "doc" => Profile::Doc,
        "package" => Profile::Package,
        "semver-checks" => Profile::Semver,
        _ => Profile::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_decide() {
        for (words, profile) in [
            ("cargo test --workspace", Profile::Test),
            ("cargo nextest run", Profile::Test),
            ("cargo +nightly t", Profile::Test),
            ("cargo test --no-run", Profile::Build),
            ("cargo test --workspace -- --list", Profile::Build),
            ("cargo run --bin x", Profile::Plain),
            ("cargo fmt --check", Profile::Fmt),
            ("/usr/bin/cargo doc", Profile::Doc),
            ("cargo hack check", Profile::Build),
            ("make test", Profile::Plain),
        ] {
            let argv: Vec<String> = words.split(' ').map(str::to_owned).collect();
            assert_eq!(of(&argv), profile, "{words}");
        }
    }
}
