//! Which steps run and which are reused, and why: a key is looked up among the results that the record accepts.
//!
//! A result is accepted where its first attempt passed without a doubt, in a run that came to its end and was not
//! overridden. Failures are never reused, nor what proves nothing, nor what a torn run left behind; only a run that
//! goes on from a torn one takes what had ended there. The record keeps that promise: [`Past`].

use std::fmt::Write as _;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::steps::explain_key::Difference;
use crate::steps::key::Layer;
use crate::steps::outcome::Confinement;
use crate::steps::outcome::Output;

/// A result that may stand in for a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The run that executed it.
    pub run: String,
    /// The number of the line of the ledger that holds the result.
    pub line: u64,
    /// When it was executed, as the record says.
    pub at: String,
    /// How long it took.
    pub duration_ms: u64,
    /// How far it was kept from the rest of the machine.
    pub isolation: Confinement,
    /// What it left, as the record keeps it.
    pub outputs: Vec<Output>,
}

/// What the record knows of earlier runs.
pub trait Past {
    /// The accepted result of a step under a key.
    fn accepted(&self, step: &str, key: &Digest) -> Result<Option<Accepted>, Error>;

    /// The key of the last accepted result of a step, whichever it is: what a new key is compared with.
    fn last_accepted_key(&self, step: &str) -> Result<Option<Digest>, Error>;

    /// How long the step took when it passed, in milliseconds, the newest last.
    fn durations(&self, step: &str) -> Vec<u64>;

    /// What to expect of a step in milliseconds: the 90th percentile of its durations.
    fn expected_ms(&self, step: &str) -> Option<u64> {
        percentile(&self.durations(step), 90)
    }
}

/// The value that so many of a hundred do not pass, by nearest rank.
pub(super) fn percentile(values: &[u64], percent: usize) -> Option<u64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

/// Why a step runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// No run of this record accepted it yet.
    FirstRun,
    /// `--fresh`.
    Fresh,
    /// Its key is not that of the last accepted result: what differs, the first layer first. Empty where the older
    /// ingredients are gone.
    Changed(Vec<Difference>),
    /// The key is that of an accepted result, and a later result under it failed, was flaky or belongs to a run that does
    /// not count.
    NotAccepted,
    /// The policy demands more isolation than the accepted result had.
    Isolation,
    /// What it left is not on the disk as the record keeps it, and a step that runs needs it: what differs.
    Output(String),
    /// Nothing can be reused: files could not be read.
    Doubt(String),
}

/// What becomes of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It runs.
    Run(Why),
    /// A kept result stands in for it.
    Reuse(Accepted),
    /// It can't run: tools are missing, each with the reason. Its claim is unproven.
    Missing(Vec<String>),
}

/// What decides beside the key.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms<'a> {
    /// `--fresh`: nothing is reused.
    pub fresh: bool,
    /// The least isolation that a result must have had.
    pub isolation: Confinement,
    /// Why no key can be trusted.
    pub doubt: Option<&'a str>,
}

/// Decides about one step. `differences` compares the pre-image of the given key with that of the step.
pub fn decide(
    step: &str,
    key: &Digest,
    past: &dyn Past,
    terms: Terms<'_>,
    differences: &dyn Fn(&Digest) -> Vec<Difference>,
) -> Result<Decision, Error> {
    if terms.fresh {
        return Ok(Decision::Run(Why::Fresh));
    }
    if let Some(doubt) = terms.doubt {
        return Ok(Decision::Run(Why::Doubt(doubt.to_owned())));
    }
    if let Some(accepted) = past.accepted(step, key)? {
        let is_enough = accepted.isolation >= terms.isolation;
        return Ok(if is_enough { Decision::Reuse(accepted) } else { Decision::Run(Why::Isolation) });
    }
    Ok(Decision::Run(match past.last_accepted_key(step)? {
        None => Why::FirstRun,
        // The same ingredients passed once, and what came of them since did not count.
        Some(other) if other == *key => Why::NotAccepted,
        Some(other) => Why::Changed(differences(&other)),
    }))
}

impl Why {
    /// The reason on one line: at most three names, and how many more there are.
    pub fn line(&self) -> String {
        match self {
            Self::FirstRun => "first run: none was accepted yet".to_owned(),
            Self::Fresh => "--fresh".to_owned(),
            Self::Changed(differences) => changed(differences),
            Self::NotAccepted => "nothing changed, but the last result under this key does not count".to_owned(),
            Self::Isolation => "the kept result was less isolated than the policy demands".to_owned(),
            Self::Output(why) | Self::Doubt(why) => why.clone(),
        }
    }

    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::FirstRun => "first-run",
            Self::Fresh => "fresh",
            Self::Changed(_) => "changed",
            Self::NotAccepted => "not-accepted",
            Self::Isolation => "isolation",
            Self::Output(_) => "output",
            Self::Doubt(_) => "doubt",
        }
    }
}

fn changed(differences: &[Difference]) -> String {
    if differences.is_empty() {
        return "something changed; the older ingredients are no longer kept".to_owned();
    }
    // A need that runs anew is told by the need itself.
    let own: Vec<&Difference> = differences.iter().filter(|one| !is_need(one)).collect();
    let told = if own.is_empty() { differences.iter().collect() } else { own };
    let mut text = told.iter().take(3).map(|one| one.line()).collect::<Vec<_>>().join("; ");
    if told.len() > 3 {
        let _ = write!(text, "; and {} more", told.len() - 3);
    }
    text
}

fn is_need(difference: &Difference) -> bool {
    difference.layer == Layer::Policy && difference.name.starts_with("need ")
}
