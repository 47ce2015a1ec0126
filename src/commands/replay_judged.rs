//! The steps of a run beside those of its replay: their results loaded from the record, and judged by the declared level.

use std::collections::BTreeMap;

use crate::commands::present;
use crate::commands::shown::Opened;
use crate::facts::digest::Digest;
use crate::facts::policy::replay::Accept;
use crate::facts::policy::replay::Replay;
use crate::record::report::RunReport;
use crate::record::report::StepReport;
use crate::render::replay::LiveStep;
use crate::steps::compare::difference::About;
use crate::steps::compare::difference::Difference;
use crate::steps::compare::replayed;
use crate::steps::compare::replayed::EXECUTION;
use crate::steps::compare::replayed::Keys;
use crate::steps::compare::replayed::Level;
use crate::steps::compare::replayed::Replayed;
use crate::steps::compare::replayed::Side;
use crate::steps::compare::replayed::Standing;
use crate::steps::compare::replayed::Text;
use crate::steps::compare::tests::Tests;
use crate::steps::event::StepEnded;
use crate::steps::explain_key;
use crate::steps::key::Layer;
use crate::steps::key::Preimage;
use crate::steps::outcome::TestResult;
use crate::steps::prepare::Prepared;
use crate::steps::step::Step;

/// Reasons for which a step that was not run then is not run again either.
const FOR_ANOTHER: &[&str] = &["need-failed", "need-not-run"];

/// What a replay is judged from.
pub(crate) struct Bench<'a> {
    /// The record, with the replay in it.
    pub(crate) opened: &'a Opened,
    /// The run.
    pub(crate) then: &'a RunReport,
    /// The replay.
    pub(crate) now: &'a RunReport,
    /// The keys of the replay.
    pub(crate) prepared: &'a Prepared,
    /// The checkout's plan and keys, where it has any.
    pub(crate) checkout: Option<&'a Prepared>,
    /// The declared level.
    pub(crate) replay: &'a Replay,
}

type Layered = BTreeMap<String, Vec<explain_key::Difference>>;

/// Judges all steps, and says how many tests of the budget were used up.
pub(crate) fn judge(bench: &Bench<'_>) -> (Vec<LiveStep>, u64) {
    let mut left = u64::from(bench.replay.flaky_tests);
    let (mut keys, mut checkout) = (Layered::new(), Layered::new());
    let steps = bench.prepared.plan.steps.iter().map(|step| {
        layers(bench, step, &mut keys, &mut checkout);
        let judged = bench.step(step, &keys[&step.name], left);
        left -= judged.0.flaky_tests;
        let (judged, normaliser) = judged;
        let mut here = checkout.remove(&step.name).unwrap_or_default();
        // What the replay differs in is told once.
        here.retain(|one| !keys[&step.name].contains(one));
        let layer = layer(&judged, &keys[&step.name], &here);
        checkout.insert(step.name.clone(), here.clone());
        LiveStep { judged, layer, checkout: here, normaliser }
    });
    let steps: Vec<LiveStep> = steps.collect();
    (steps, u64::from(bench.replay.flaky_tests) - left)
}

/// The first layer: of the replay where the step drifted, because the checkout's was not executed; else of both.
fn layer(judged: &Replayed, keys: &[explain_key::Difference], here: &[explain_key::Difference]) -> Option<String> {
    if judged.standing == Standing::Drifted {
        return judged.layer.clone();
    }
    let first = explain_key::first_layer(keys).into_iter().chain(explain_key::first_layer(here)).min();
    first.map(|layer| layer.as_str().to_owned()).or_else(|| judged.layer.clone())
}

/// In what the keys of a step differ, now and in the checkout. What a need differs in is told for the need; a step that
/// differs in nothing else differs in what its needs do.
fn layers(bench: &Bench<'_>, step: &Step, keys: &mut Layered, checkout: &mut Layered) {
    let object = |digest: &Digest| bench.opened.objects.read(digest).ok();
    let then = bench.then.steps.iter().find(|found| found.step == step.name);
    let old = then.and_then(|then| Preimage::parse(&object(&then.key?)?).ok());
    let new = bench.prepared.keys.steps.get(&step.name).map(|keyed| &keyed.preimage);
    let of_keys = old.as_ref().zip(new).map(|(old, new)| explain_key::compare(old, new, &object));
    let of_checkout =
        old.as_ref().zip(bench.checkout).map(|(old, now)| present::differences(&step.name, old, now, &object));
    for (found, all) in [(of_keys, keys), (of_checkout, checkout)] {
        let own = without_needs(found.unwrap_or_default(), step, all);
        all.insert(step.name.clone(), own);
    }
}

fn without_needs(found: Vec<explain_key::Difference>, step: &Step, done: &Layered) -> Vec<explain_key::Difference> {
    let is_need = |one: &explain_key::Difference| one.layer == Layer::Policy && one.name.starts_with("need ");
    let (needs, own): (Vec<_>, Vec<_>) = found.into_iter().partition(is_need);
    if !own.is_empty() || needs.is_empty() {
        return own;
    }
    let inherited = step.needs.iter().filter_map(|need| done.get(need)).flatten();
    let mut inherited: Vec<explain_key::Difference> = inherited.cloned().collect();
    inherited.sort();
    inherited.dedup();
    if inherited.is_empty() { needs } else { inherited }
}

impl Bench<'_> {
    /// One step, and the normaliser that its outputs were compared under.
    fn step(&self, step: &Step, differences: &[explain_key::Difference], left: u64) -> (Replayed, Option<String>) {
        let then = self.then.steps.iter().find(|found| found.step == step.name);
        let old = then.and_then(|then| self.old(then));
        let new = self.worst(&self.now.began.run, &step.name);
        let keys = Keys::of(differences);
        match (old, new) {
            (Some(old), Some(new)) => {
                let keys = keys.or_else(|| isolation(&old, &new));
                let (old, new) = (self.load(old), self.load(new));
                let level = Level {
                    accept: self.replay.accept,
                    flaky_tests: left,
                    declared: step.nondeterminism.iter().map(|variance| variance.source.as_str()).collect(),
                };
                let judged = replayed::judge(&step.name, &old.side(), &new.side(), keys.as_ref(), &level);
                let normaliser = old.ended.normal.as_ref().zip(new.ended.normal.as_ref());
                (judged, normaliser.map(|(normal, _)| normal.by.clone()))
            }
            (None, None) if then.is_some_and(is_for_another) => (missing(step, keys, Standing::Same, NOT_RUN), None),
            (None, _) => (missing(step, keys, Standing::NotComparable, "the run has no result of it"), None),
            (Some(_), None) => {
                let now = self.now.steps.iter().find(|found| found.step == step.name);
                let why = now.and_then(|now| now.doubts.first()).map(|doubt| doubt.message.clone());
                let why = format!("it did not run again: {}", why.unwrap_or_else(|| "it was interrupted".to_owned()));
                (missing(step, keys, Standing::NotComparable, &why), None)
            }
        }
    }

    /// The recorded result of a step; of a reused one that which it stands on.
    fn old(&self, then: &StepReport) -> Option<StepEnded> {
        match &then.reused_from {
            Some(from) if then.joined_from.is_none() => self.opened.result(from.line),
            _ => self.worst(&self.then.began.run, &then.step),
        }
    }

    fn worst(&self, run: &str, step: &str) -> Option<StepEnded> {
        self.opened.record(run).ok()?.worst_end(step).cloned()
    }

    fn load(&self, ended: StepEnded) -> Loaded {
        let read = |digest: &Digest| self.opened.objects.read(digest).ok();
        let text = ended.normal.as_ref().and_then(|normal| Some((read(&normal.out)?, read(&normal.err)?)));
        let results = ended.evidence.results.and_then(|object| serde_json::from_slice(&read(&object)?).ok());
        Loaded { ended, text, results }
    }
}

/// The standing of a step that neither ran then nor now.
const NOT_RUN: &str = "it did not run, then and now, because of another step";

fn is_for_another(then: &StepReport) -> bool {
    then.doubts.iter().any(|doubt| FOR_ANOTHER.contains(&doubt.code.as_str()))
}

fn missing(step: &Step, keys: Option<Keys>, standing: Standing, why: &str) -> Replayed {
    let layer = keys.as_ref().map(|keys| keys.layer.clone());
    let ingredients = keys.into_iter().flat_map(|keys| keys.ingredients);
    let mut differences: Vec<Difference> =
        ingredients.map(|(name, old, new)| Difference::new(About::Ingredient, name, old, new)).collect();
    differences.push(Difference::new(About::Outcome, why, None, None));
    Replayed { step: step.name.clone(), standing, layer, differences, healed_by: Vec::new(), flaky_tests: 0 }
}

/// What is no ingredient of a key and yet decides what a step can do.
fn isolation(old: &StepEnded, new: &StepEnded) -> Option<Keys> {
    let words = (old.isolation.as_str().to_owned(), new.isolation.as_str().to_owned());
    let ingredient = (format!("{EXECUTION} isolation"), Some(words.0.clone()), Some(words.1.clone()));
    (words.0 != words.1).then(|| Keys { layer: EXECUTION.to_owned(), ingredients: vec![ingredient] })
}

/// A result with what it names.
struct Loaded {
    ended: StepEnded,
    text: Option<(Vec<u8>, Vec<u8>)>,
    results: Option<Vec<TestResult>>,
}

impl Loaded {
    fn side(&self) -> Side<'_> {
        let normal = self.ended.normal.as_ref();
        Side {
            state: self.ended.state,
            exit: self.ended.exit,
            signal: self.ended.signal,
            doubts: self.ended.unproven.iter().map(|doubt| doubt.code.as_str()).collect(),
            tests: Tests { counts: self.ended.evidence.tests, results: self.results.as_deref() },
            text: normal.zip(self.text.as_ref()).map(|(normal, (out, err))| Text { by: &normal.by, out, err }),
            outputs: &self.ended.outputs,
        }
    }
}

/// The word of a level, as the policy writes it.
pub(crate) fn word(accept: Accept) -> &'static str {
    match accept {
        Accept::Exact => "exact",
        Accept::SameOutcome => "same-outcome",
        Accept::WithinBudget => "within-budget",
    }
}
