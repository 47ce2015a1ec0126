//! What a run will do, step by step, before it does it: what `run --plan` shows.

use rayon::prelude::*;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::steps::catalog::LeftOut;
use crate::steps::explain_key;
use crate::steps::explain_key::Difference;
use crate::steps::key::Preimage;
use crate::steps::keys::Keys;
use crate::steps::plan::Plan;
use crate::steps::reuse;
use crate::steps::reuse::Decision;
use crate::steps::reuse::Past;
use crate::steps::reuse::Terms;
use crate::steps::reuse::Why;
use crate::steps::shard::Part;
use crate::steps::shard::Timings;
use crate::steps::step::Step;

/// One step of the forecast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreseen {
    /// The step.
    pub step: Step,
    /// Its key.
    pub key: Digest,
    /// What becomes of it.
    pub decision: Decision,
    /// How long it will take, in milliseconds: 0 where it is reused; none where no run of it is recorded.
    pub expected_ms: Option<u64>,
}

/// What a run will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The digest of the plan.
    pub plan: Digest,
    /// The steps in order.
    pub steps: Vec<Foreseen>,
    /// The built-in steps that are not among them.
    pub left_out: Vec<LeftOut>,
    /// The identity queries that were started.
    pub queries: Vec<String>,
    /// The durations that the expectation rests on.
    pub timings: Timings,
    /// The parts for several machines, where they were asked for.
    pub parts: Vec<Part>,
}

impl Forecast {
    /// How many steps will run.
    pub fn runs(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step.decision, Decision::Run(_))).count()
    }

    /// How many steps are reused.
    pub fn reused(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step.decision, Decision::Reuse(_))).count()
    }

    /// How many steps can't run, because a tool is missing.
    pub fn missing(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step.decision, Decision::Missing(_))).count()
    }

    /// How long the steps that run take one after the other, in milliseconds, as far as that is known; and of how many
    /// it is not.
    pub fn expected_ms(&self) -> (u64, usize) {
        let runs = self.steps.iter().filter(|step| matches!(step.decision, Decision::Run(_)));
        let (known, unknown): (Vec<_>, Vec<_>) = runs.map(|step| step.expected_ms).partition(Option::is_some);
        (known.into_iter().flatten().sum(), unknown.len())
    }
}

/// Decides about every step of a plan. `object` opens an object of the record by its name.
pub fn foresee(
    plan: &Plan,
    keys: &Keys,
    past: &(dyn Past + Sync),
    terms: Terms<'_>,
    queries: Vec<String>,
    object: &(dyn Fn(&Digest) -> Option<Vec<u8>> + Sync),
) -> Result<Forecast, Error> {
    let terms = Terms { doubt: terms.doubt.or(keys.doubt.as_deref()), ..terms };
    // The newer side's objects may not be in the record yet.
    let object = |digest: &Digest| keys.objects.get(digest).map(|bytes| bytes.to_vec()).or_else(|| object(digest));
    let keyed = plan.steps.par_iter().filter_map(|step| Some((step, keys.steps.get(&step.name)?)));
    let foreseen = keyed.map(|(step, keyed)| {
        let differences = |old: &Digest| compare(old, &keyed.preimage, &object);
        let decision = if keyed.missing.is_empty() {
            let own = keyed.doubt();
            let terms = Terms { doubt: terms.doubt.or(own.as_deref()), ..terms };
            reuse::decide(&step.name, &keyed.key, past, terms, &differences)?
        } else {
            Decision::Missing(keyed.missing.clone())
        };
        let expected_ms = match &decision {
            Decision::Run(_) => past.expected_ms(&step.name),
            Decision::Reuse(_) | Decision::Missing(_) => Some(0),
        };
        Ok(Foreseen { step: step.clone(), key: keyed.key, decision, expected_ms })
    });
    let steps = foreseen.collect::<Result<_, Error>>()?;
    Ok(Forecast {
        plan: plan.digest(),
        steps,
        left_out: plan.left_out.clone(),
        queries,
        timings: Timings::of(plan, &|step| past.expected_ms(step)),
        parts: Vec::new(),
    })
}

/// What differs between the ingredients of an older key and those of now; nothing where the older ones are gone.
fn compare(old: &Digest, new: &Preimage, object: &dyn Fn(&Digest) -> Option<Vec<u8>>) -> Vec<Difference> {
    let older = object(old).and_then(|bytes| Preimage::parse(&bytes).ok());
    older.map(|older| explain_key::compare(&older, new, object)).unwrap_or_default()
}

impl Decision {
    /// One line for people: why it runs, or what it is reused from.
    pub fn line(&self) -> String {
        match self {
            Self::Run(why) => why.line(),
            Self::Reuse(accepted) if accepted.at.is_empty() => format!("reused from run {}", accepted.run),
            Self::Reuse(accepted) => format!("reused from run {} of {}", accepted.run, accepted.at),
            Self::Missing(tools) => format!("tool missing: {}", tools.join("; ")),
        }
    }

    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Run(why) => Why::code(why),
            Self::Reuse(_) => "reused",
            Self::Missing(_) => "tool-missing",
        }
    }
}
