//! Which normaliser a step has, by what it is, and the names under which the record keeps their results.

use crate::steps::event::Stream;
use crate::steps::evidence::escapes;
use crate::steps::normal::cargo_build;
use crate::steps::normal::cargo_json;
use crate::steps::normal::cargo_test;
use crate::steps::normal::nextest_run;
use crate::steps::normal::places::Places;
use crate::steps::step::Profile;
use crate::steps::step::Step;

/// A way to normalise. Its name carries a version: a change of what it does is a new name, and two texts are compared
/// only under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Normaliser {
    /// `cargo test`: results sorted in their suite, times and hashes taken out.
    CargoTest,
    /// `cargo nextest run`: results sorted, times, counters and ids taken out.
    Nextest,
    /// Other human output of cargo: progress dropped, diagnostics sorted, times and hashes taken out.
    CargoBuild,
    /// `--message-format=json`: messages sorted, freshness and hashes taken out.
    CargoJson,
    /// Anything else: escapes and places only.
    Plain,
}

impl Normaliser {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::CargoTest, Self::Nextest, Self::CargoBuild, Self::CargoJson, Self::Plain];

    /// The normaliser of a step.
    pub fn of(step: &Step) -> Self {
        let own = || step.argv.iter().take_while(|word| word.as_str() != "--");
        match step.profile {
            Profile::Test if own().any(|word| word == "nextest") => Self::Nextest,
            Profile::Test => Self::CargoTest,
            Profile::Plain => Self::Plain,
            _ if own().any(|word| word.starts_with("--message-format=json")) => Self::CargoJson,
            _ if own().zip(own().skip(1)).any(|(one, next)| one == "--message-format" && next.starts_with("json")) => {
                Self::CargoJson
            }
            Profile::Fmt | Profile::Build | Profile::Doc | Profile::Package | Profile::Semver => Self::CargoBuild,
        }
    }

    /// The name and version, as the record keeps it.
    pub fn name(self) -> &'static str {
        match self {
            Self::CargoTest => "cargo-test/1",
            Self::Nextest => "nextest/1",
            Self::CargoBuild => "cargo-build/1",
            Self::CargoJson => "cargo-json/1",
            Self::Plain => "plain/1",
        }
    }

    /// The normaliser of a name; none for one that this version does not know.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|normaliser| normaliser.name() == name)
    }

    /// What is left of a stream.
    pub fn apply(self, stream: Stream, bytes: &[u8], places: &Places) -> Vec<u8> {
        let bare = escapes::strip(bytes);
        let named = places.name(&bare);
        if self == Self::Plain {
            return without_returns(&named);
        }
        // Bytes that are no text have no form of any tool: they are kept as they are.
        let Ok(text) = std::str::from_utf8(&named) else {
            return named.into_owned();
        };
        match (self, stream) {
            (Self::CargoTest, Stream::Out) => cargo_test::normal(text),
            (Self::Nextest, _) => nextest_run::normal(text),
            (Self::CargoJson, Stream::Out) => cargo_json::normal(text),
            _ => cargo_build::normal(text),
        }
        .into_bytes()
    }
}

/// Line ends as everywhere else.
fn without_returns(bytes: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(line) => {
                kept.extend_from_slice(line);
                kept.push(b'\n');
            }
            None => kept.extend_from_slice(line),
        }
    }
    kept
}
