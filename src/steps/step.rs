//! A governed step, resolved: what the plan runs, wherever it was declared.

use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;

/// What a step is, and so what its exit code alone does not prove: each profile has a minimum of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// `cargo fmt --check`.
    Fmt,
    /// `cargo clippy`, `cargo check`, `cargo build`.
    Build,
    /// `cargo test`, `cargo nextest run`: tests must have been executed.
    Test,
    /// `cargo doc`: files must have been documented.
    Doc,
    /// `cargo package`: an archive a member must have been written.
    Package,
    /// `cargo semver-checks`.
    Semver,
    /// Any other command: its exit code is all there is.
    Plain,
}

/// Where a step comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A `[[step]]` of the policy: `governed.toml:12`.
    Declared(String),
    /// Inferred, because of what the tree holds: `Cargo.toml has packages`.
    Inferred(String),
}

/// A declared source of variance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Variance {
    /// What varies: `clock`, `order`, `path`, `random`, `network`.
    pub source: String,
    /// Why that is accepted.
    pub why: String,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The name, which no other step of the plan has.
    pub name: String,
    /// The program and its arguments; never empty, never given to a shell.
    pub argv: Vec<String>,
    /// What it is.
    pub profile: Profile,
    /// The steps that must have passed before.
    pub needs: Vec<String>,
    /// Globs over the files that the step reads; none for the whole tree.
    pub inputs: Option<Vec<String>>,
    /// Variables that it sees beside the default ones.
    pub env: Vec<String>,
    /// The longest that one attempt may take.
    pub timeout: Option<Duration>,
    /// How often it is tried; at least once.
    pub attempts: u32,
    /// What may vary on replay.
    pub nondeterminism: Vec<Variance>,
    /// Whether it may use the network.
    pub network: bool,
    /// Globs over the files that it makes and the record keeps.
    pub outputs: Vec<String>,
    /// Where it comes from.
    pub origin: Origin,
}

impl Step {
    /// A step that needs no other, reads the whole tree, is tried once for as long as it takes, and may use the network.
    pub fn inferred(name: &str, profile: Profile, argv: Vec<String>, why: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            argv,
            profile,
            needs: Vec::new(),
            inputs: None,
            env: Vec::new(),
            timeout: None,
            attempts: 1,
            nondeterminism: Vec::new(),
            network: true,
            outputs: Vec::new(),
            origin: Origin::Inferred(why.into()),
        }
    }

    /// Says whether the step makes cargo read the lock file, or write one. `cargo fmt` asks for the members alone.
    pub fn resolves(&self) -> bool {
        self.is_cargo() && self.profile != Profile::Fmt
    }

    /// Says whether the step is a call of cargo: those share the build directory and so one lane.
    pub fn is_cargo(&self) -> bool {
        let program = self.argv.first().map_or("", String::as_str);
        let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
        matches!(name.trim_end_matches(".exe"), "cargo" | "cargo-nextest" | "cargo-clippy" | "cargo-fmt")
    }
}
