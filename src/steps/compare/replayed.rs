//! The judgement of a step that was done again: same, drifted or not comparable, and the first layer that differs.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::facts::policy::replay::Accept;
use crate::steps::compare::difference::About;
use crate::steps::compare::difference::Difference;
use crate::steps::compare::heal;
use crate::steps::compare::lines;
use crate::steps::compare::tests;
use crate::steps::compare::tests::Compared;
use crate::steps::compare::tests::Tests;
use crate::steps::explain_key;
use crate::steps::explain_key::Change;
use crate::steps::outcome::Output;
use crate::steps::outcome::State;

/// The layer of a difference that no ingredient of the key explains.
pub const NONDETERMINISM: &str = "nondeterminism";
/// The layer of a difference in how far a step was kept from the machine, which is no ingredient of its key.
pub const EXECUTION: &str = "execution";
/// Doubts after which a result says nothing about another.
const INCOMPARABLE: &[&str] =
    &["inputs-moved", "outputs-moved", "evidence-unread", "evidence-stale", "tests-cut-short"];

/// One result of a step.
#[derive(Clone, Debug)]
pub struct Side<'a> {
    /// How it ended.
    pub state: State,
    /// The exit code.
    pub exit: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// The codes of what was in doubt.
    pub doubts: Vec<&'a str>,
    /// Its tests.
    pub tests: Tests<'a>,
    /// Its streams after normalisation; none where they were not kept.
    pub text: Option<Text<'a>>,
    /// The files that it made.
    pub outputs: &'a [Output],
}

/// Both streams after normalisation.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The normaliser.
    pub by: &'a str,
    /// Standard output.
    pub out: &'a [u8],
    /// Standard error.
    pub err: &'a [u8],
}

/// In what two keys differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// The first layer that differs.
    pub layer: String,
    /// All ingredients that differ, in the order of their layers, as (name, old, new).
    pub ingredients: Vec<(String, Option<String>, Option<String>)>,
}

impl Keys {
    /// From the comparison of the two pre-images; none where the keys are equal.
    pub fn of(differences: &[explain_key::Difference]) -> Option<Self> {
        let layer = explain_key::first_layer(differences)?.as_str().to_owned();
        let ingredients = differences.iter().map(|difference| {
            let (old, new) = match difference.change.clone() {
                Change::Added { new } => (None, Some(new.unwrap_or_else(|| "there".to_owned()))),
                Change::Removed { old } => (Some(old.unwrap_or_else(|| "there".to_owned())), None),
                Change::Changed { old, new } => (old, new),
            };
            (format!("{} {}", difference.layer.as_str(), difference.name), old, new)
        });
        Some(Self { layer, ingredients: ingredients.collect() })
    }
}

/// What a replay accepts.
#[derive(Clone, Debug, Default)]
pub struct Level<'a> {
    /// The level that the policy declares.
    pub accept: Accept,
    /// How many tests may still differ, of all steps together.
    pub flaky_tests: u64,
    /// The sources of variance that the step declares.
    pub declared: BTreeSet<&'a str>,
}

/// How a step stands after it was done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It came to the same, by the declared level.
    Same,
    /// It did not.
    Drifted,
    /// One of the results says nothing.
    NotComparable,
}

/// The judgement of one step, as `cargo-governed/replay/1` tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replayed {
    /// The step.
    pub step: String,
    /// How it stands.
    pub standing: Standing,
    /// The first layer that differs, whether the outcome does or not; none where nothing does.
    pub layer: Option<String>,
    /// All that differs; what is accepted too, so that nothing is tolerated in silence.
    pub differences: Vec<Difference>,
    /// The kinds of variance that explain all differences of the output; empty where none do or none are needed.
    pub healed_by: Vec<&'static str>,
    /// How many tests of the budget were used up.
    pub flaky_tests: u64,
}

/// Judges a step that was done again. `keys` says in what the keys differ; none where they are equal.
pub fn judge(step: &str, old: &Side<'_>, new: &Side<'_>, keys: Option<&Keys>, level: &Level<'_>) -> Replayed {
    let mut judged = Replayed {
        step: step.to_owned(),
        standing: Standing::Same,
        layer: keys.map(|keys| keys.layer.clone()),
        differences: keys.map(ingredients).unwrap_or_default(),
        healed_by: Vec::new(),
        flaky_tests: 0,
    };
    if let Some(why) = incomparable(old).or_else(|| incomparable(new)) {
        judged.standing = Standing::NotComparable;
        judged.differences.push(Difference::new(About::Outcome, why, None, None));
        return judged;
    }
    let before = judged.differences.len();
    let mut drifted = outcome(old, new, level, &mut judged);
    drifted |= text(old, new, level, &mut judged);
    drifted |= outputs(old.outputs, new.outputs, level, &mut judged);
    if drifted {
        judged.standing = Standing::Drifted;
    }
    if judged.layer.is_none() && judged.differences.len() > before {
        judged.layer = Some(NONDETERMINISM.to_owned());
    }
    judged
}

fn ingredients(keys: &Keys) -> Vec<Difference> {
    let all = keys.ingredients.iter();
    all.map(|(name, old, new)| Difference::new(About::Ingredient, name, old.clone(), new.clone())).collect()
}

fn incomparable(side: &Side<'_>) -> Option<String> {
    if matches!(side.state, State::Interrupted | State::NotRun) {
        return Some(format!("one of the results is `{}`", side.state.as_str()));
    }
    let doubt = side.doubts.iter().find(|doubt| INCOMPARABLE.contains(doubt))?;
    Some(format!("one of the results is in doubt: `{doubt}`"))
}

/// Exit, signal, and tests by name. Says whether that is more than the level accepts.
fn outcome(old: &Side<'_>, new: &Side<'_>, level: &Level<'_>, judged: &mut Replayed) -> bool {
    let Compared { differences, flaky, beyond } = tests::compare(&old.tests, &new.tests);
    let same_end = (old.state, old.exit, old.signal) == (new.state, new.exit, new.signal);
    if !same_end {
        judged.differences.push(Difference::new(About::Outcome, "outcome", Some(ended(old)), Some(ended(new))));
    }
    judged.differences.extend(differences);
    if same_end && flaky == 0 && !beyond {
        return false;
    }
    // Within the budget a test that differs may also change the exit code; nothing else may.
    let ended_by_itself =
        |side: &Side<'_>| matches!(side.state, State::Passed | State::Failed) && side.signal.is_none();
    let within = level.accept == Accept::WithinBudget && !beyond && flaky > 0 && flaky <= level.flaky_tests;
    if within && ended_by_itself(old) && ended_by_itself(new) {
        judged.flaky_tests = flaky;
        return false;
    }
    true
}

fn ended(side: &Side<'_>) -> String {
    match (side.exit, side.signal) {
        (_, Some(signal)) => format!("{} by signal {signal}", side.state.as_str()),
        (Some(exit), None) => format!("{} with exit code {exit}", side.state.as_str()),
        (None, None) => side.state.as_str().to_owned(),
    }
}

/// The normalised streams: they decide at the level `exact`, else they are told where the tests do not tell it all.
fn text(old: &Side<'_>, new: &Side<'_>, level: &Level<'_>, judged: &mut Replayed) -> bool {
    let exact = level.accept == Accept::Exact;
    let (Some(one), Some(other)) = (&old.text, &new.text) else {
        if exact {
            judged.differences.push(Difference::new(About::Line, "the output of one side was not kept", None, None));
        }
        return exact;
    };
    if one.by != other.by {
        let (one, other) = (Some(one.by.to_owned()), Some(other.by.to_owned()));
        judged.differences.push(Difference::new(About::Normaliser, "normaliser", one, other));
        return exact;
    }
    if (one.out, one.err) == (other.out, other.err) {
        return false;
    }
    judged.differences.extend(lines::differences("stdout", one.out, other.out));
    judged.differences.extend(lines::differences("stderr", one.err, other.err));
    let healed = heal::sources(one.out, other.out).and_then(|mut out| {
        out.extend(heal::sources(one.err, other.err)?);
        out.sort_unstable();
        out.dedup();
        Some(out)
    });
    judged.healed_by = healed.unwrap_or_default();
    exact && (judged.healed_by.is_empty() || !heal::declared(&judged.healed_by, &level.declared))
}

/// The files that were made: at the level `exact` they are the same after normalisation, or byte by byte.
fn outputs(old: &[Output], new: &[Output], level: &Level<'_>, judged: &mut Replayed) -> bool {
    let mut paths: Vec<&str> = old.iter().chain(new).map(|output| output.path.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut differs = false;
    for path in paths {
        let find = |outputs: &'_ [Output]| outputs.iter().find(|output| output.path == path).cloned();
        let (one, other) = (find(old), find(new));
        let same = match (&one, &other) {
            (Some(one), Some(other)) => one.raw == other.raw || one.normal.is_some() && one.normal == other.normal,
            _ => false,
        };
        if !same {
            let digest = |output: Option<Output>| output.map(|output| output.normal.unwrap_or(output.raw).to_string());
            judged.differences.push(Difference::new(About::Output, path, digest(one), digest(other)));
            differs = true;
        }
    }
    differs && level.accept == Accept::Exact
}
