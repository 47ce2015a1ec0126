//! Packs the steps of a plan into parts for several machines: the longest first, each where the least is waiting.
//!
//! A machine can't wait for another one, so a part holds every step that its steps need; what several parts need is done
//! in each of them. Pure and deterministic: the same plan and durations give the same parts everywhere.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::steps::event::Shard;
use crate::steps::plan;
use crate::steps::plan::Plan;
use crate::steps::reuse::percentile;

/// The most jobs of a matrix on GitHub; above it the workflow fails, or jobs are skipped and look green.
pub const MATRIX_LIMIT: usize = 256;
/// What a step is taken for where nothing at all is known, in milliseconds.
const UNKNOWN_MS: u64 = 60_000;

/// Durations of the steps of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// Milliseconds by step: recorded, else the 75th percentile of the recorded ones.
    pub ms: BTreeMap<String, u64>,
    /// How many of the steps are recorded.
    pub known: usize,
}

impl Timings {
    /// The timings of a plan; `recorded` gives what is known of a step.
    pub fn of(plan: &Plan, recorded: &dyn Fn(&str) -> Option<u64>) -> Self {
        let known: BTreeMap<&str, u64> =
            plan.steps.iter().filter_map(|step| Some((step.name.as_str(), recorded(&step.name)?))).collect();
        let values: Vec<u64> = known.values().copied().collect();
        let other = percentile(&values, 75).unwrap_or(UNKNOWN_MS);
        let ms = plan.steps.iter().map(|step| {
            let ms = known.get(step.name.as_str()).copied().unwrap_or(other);
            (step.name.clone(), ms)
        });
        Self { ms: ms.collect(), known: known.len() }
    }

    /// `timings known 812/834`.
    pub fn line(&self) -> String {
        format!("timings known {}/{}", self.known, self.ms.len())
    }
}

/// One part of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which part of how many.
    pub shard: Shard,
    /// The digest of the whole plan: parts of different plans can't be joined.
    pub plan: Digest,
    /// The steps in order of the plan, with all that they need.
    pub steps: Vec<String>,
    /// How long they take one after the other, in milliseconds.
    pub expected_ms: u64,
}

/// Packs a plan into so many parts; as many as there are steps that no other needs where no number is given.
///
/// A part may be empty where there are more parts than that.
pub fn pack(plan: &Plan, timings: &Timings, total: Option<u32>) -> Result<Vec<Part>, Error> {
    let units = units(plan);
    let count = total.map_or(units.len().max(1), |total| usize::try_from(total).unwrap_or(usize::MAX));
    if count == 0 || count > MATRIX_LIMIT {
        return Err(too_many(count));
    }
    let cost = |step: usize| timings.ms.get(&plan.steps[step].name).copied().unwrap_or(UNKNOWN_MS);
    let mut units: Vec<(u64, BTreeSet<usize>)> =
        units.into_iter().map(|unit| (unit.iter().map(|&step| cost(step)).sum(), unit)).collect();
    units.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    let mut parts: Vec<(u64, BTreeSet<usize>)> = vec![(0, BTreeSet::new()); count];
    for (_, unit) in units {
        // What the part already has costs nothing more.
        let with =
            |(load, steps): &(u64, BTreeSet<usize>)| load + unit.difference(steps).map(|&step| cost(step)).sum::<u64>();
        let Some((index, load)) = parts.iter().map(with).enumerate().min_by_key(|&(index, load)| (load, index)) else {
            break;
        };
        parts[index].0 = load;
        parts[index].1.extend(unit);
    }
    let digest = plan.digest();
    let total = u32::try_from(count).unwrap_or(u32::MAX);
    let part = |(index, (expected_ms, steps)): (u32, (u64, BTreeSet<usize>))| Part {
        shard: Shard { index, total },
        plan: digest,
        steps: steps.into_iter().map(|step| plan.steps[step].name.clone()).collect(),
        expected_ms,
    };
    Ok((1..).zip(parts).map(part).collect())
}

/// The steps that no other step needs, each with all that it needs, as indices.
fn units(plan: &Plan) -> Vec<BTreeSet<usize>> {
    let index: BTreeMap<&str, usize> =
        plan.steps.iter().enumerate().map(|(index, step)| (step.name.as_str(), index)).collect();
    let needed: BTreeSet<&str> = plan.steps.iter().flat_map(|step| &step.needs).map(String::as_str).collect();
    let last = plan.steps.iter().enumerate().filter(|(_, step)| !needed.contains(step.name.as_str()));
    last.map(|(at, _)| {
        let mut unit = BTreeSet::new();
        let mut open = vec![at];
        while let Some(step) = open.pop() {
            if unit.insert(step) {
                open.extend(plan.steps[step].needs.iter().filter_map(|need| index.get(need.as_str()).copied()));
            }
        }
        unit
    })
    .collect()
}

fn too_many(count: impl std::fmt::Display) -> Error {
    Error::usage("too-many-shards", format!("make {count} parts: GitHub takes at most {MATRIX_LIMIT}"))
        .help(format!("say how many machines there are, from 1 to {MATRIX_LIMIT}: --shard i/n"))
}

/// What `--shard` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which part of how many.
    pub shard: Shard,
    /// The steps of the part, as the job that made the matrix packed them; none to pack them here.
    pub steps: Option<Vec<String>>,
}

/// Reads `i/n` or `i/n:STEP,STEP` of `--shard`.
pub fn parse(text: &str) -> Result<Asked, Error> {
    let wrong = || {
        Error::usage("shard", format!("read the shard `{text}`"))
            .help("write it as 2/5, the second of five parts, or as 2/5:fmt,test with the steps that are in it")
    };
    let (place, steps) = text.split_once(':').map_or((text, None), |(place, steps)| (place, Some(steps)));
    let (index, total) = place.split_once('/').ok_or_else(wrong)?;
    let (index, total): (u32, u32) = (index.parse().map_err(|_| wrong())?, total.parse().map_err(|_| wrong())?);
    if index == 0 || index > total {
        return Err(wrong());
    }
    if usize::try_from(total).is_ok_and(|total| total > MATRIX_LIMIT) {
        return Err(too_many(total));
    }
    let names = |steps: &str| steps.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Ok(Asked { shard: Shard { index, total }, steps: steps.map(names) })
}

impl Part {
    /// The argument of `--shard` that asks for just this part, whatever durations the machine knows that does it.
    pub fn argument(&self) -> String {
        let Shard { index, total } = self.shard;
        if self.steps.iter().any(|step| step.contains(',')) {
            return format!("{index}/{total}");
        }
        format!("{index}/{total}:{}", self.steps.join(","))
    }
}

/// The steps of a part: those that were asked for with all that they need, or what is packed here.
pub fn steps(asked: &Asked, plan: &Plan, timings: &Timings) -> Result<BTreeSet<String>, Error> {
    match &asked.steps {
        Some(names) if names.is_empty() => Ok(BTreeSet::new()),
        Some(names) => Ok(plan::select(plan, names)?.steps.into_iter().map(|step| step.name).collect()),
        None => {
            let parts = pack(plan, timings, Some(asked.shard.total))?;
            let mine = parts.into_iter().find(|part| part.shard.index == asked.shard.index);
            Ok(mine.map(|part| part.steps.into_iter().collect()).unwrap_or_default())
        }
    }
}
