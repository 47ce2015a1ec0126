//! The stages, and for each the place that proves it or the remedy.

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::policy::Policy;
use crate::judge::operating_loop::inspect;
use crate::judge::operating_loop::live;
use crate::judge::operating_loop::proof;
use crate::judge::operating_loop::recover;
use crate::judge::operating_loop::release;
use crate::judge::operating_loop::run;
use crate::judge::operating_loop::setup;

/// A stage of the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Getting the toolchain and the dependencies that the repository was tested with.
    Setup,
    /// Running its tests.
    Run,
    /// Looking at what a run left.
    Inspect,
    /// Going back when something went wrong.
    Recover,
    /// Bringing a version out.
    Release,
    /// Showing somebody else that all this happened.
    Proof,
}

impl Stage {
    /// The stages in the order of the loop.
    pub const ALL: [Self; 6] = [Self::Setup, Self::Run, Self::Inspect, Self::Recover, Self::Release, Self::Proof];

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Run => "run",
            Self::Inspect => "inspect",
            Self::Recover => "recover",
            Self::Release => "release",
            Self::Proof => "proof",
        }
    }

    /// What to check in where nothing proves the stage.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Setup => "check in a rust-toolchain.toml, `rust-version` in Cargo.toml, or Cargo.lock",
            Self::Run => "add a `[[step]]` to governed.toml, or a workflow that runs `cargo test`",
            Self::Inspect => {
                "let a workflow keep what its tests leave (actions/upload-artifact with the report, SARIF, JUnit), or write \
                 down how a failure is looked at (a heading Debugging or Diagnostics in CONTRIBUTING.md)"
            }
            Self::Recover => {
                "write down how one goes back: a heading Recovery, Rollback or Troubleshooting in CONTRIBUTING.md or \
                 RELEASING.md, with the `cargo yank` of a bad release"
            }
            Self::Release => {
                "check in how a version comes out: a workflow with `cargo publish`, release-plz.toml, release.toml, \
                 or RELEASING.md"
            }
            Self::Proof => {
                "let a workflow run `cargo governed run` or `gate`, or attest what it builds \
                 (actions/attest-build-provenance); keep signers in .github/allowed_signers"
            }
        }
    }
}

/// One stage and what proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The stage.
    pub stage: Stage,
    /// The place with the lines that say it; its label says what it is. None where nothing checked in proves the stage.
    pub source: Option<Place>,
}

/// Looks for the source of each stage.
pub fn of(facts: &Facts, policy: &Policy) -> Vec<Proven> {
    let live = live::steps(facts);
    let source = |stage| match stage {
        Stage::Setup => setup::source(facts),
        Stage::Run => run::source(facts, policy, &live),
        Stage::Inspect => inspect::source(facts, &live),
        Stage::Recover => recover::source(facts, &live),
        Stage::Release => release::source(facts, policy, &live),
        Stage::Proof => proof::source(facts, policy, &live),
    };
    Stage::ALL.into_iter().map(|stage| Proven { stage, source: source(stage) }).collect()
}
