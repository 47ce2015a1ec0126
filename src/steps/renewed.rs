//! Which kept results may not stand in though their keys are known: a step that runs needs what they left, and it is not
//! on the disk as the record keeps it.
//!
//! Where nothing runs, nothing reads an output, and no file is looked at.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::steps::departed;
use crate::steps::departed::Need;
use crate::steps::forecast::Forecast;
use crate::steps::forecast::Foreseen;
use crate::steps::reuse::Accepted;
use crate::steps::reuse::Decision;
use crate::steps::reuse::Past;
use crate::steps::reuse::Why;
use crate::steps::step::Step;
use crate::world::lying::Lies;
use crate::world::lying::Lying;

impl Forecast {
    /// Lets steps run anew whose outputs a step that runs needs, and which are not as they were left.
    pub fn renew(&mut self, past: &dyn Past, lying: &dyn Fn(&Step) -> Lying) {
        renew(&mut self.steps, past, lying);
    }
}

fn renew(steps: &mut [Foreseen], past: &dyn Past, lying: &dyn Fn(&Step) -> Lying) {
    let is_standing = |foreseen: &Foreseen| !foreseen.step.outputs.is_empty() && left(foreseen).is_some();
    if !steps.iter().any(is_running) || !steps.iter().any(is_standing) {
        return;
    }
    let needed = departed::needed(steps.iter().map(|foreseen| &foreseen.step));
    let mut lies: BTreeMap<usize, Lying> = BTreeMap::new();
    // Who runs anew needs what others left, too.
    loop {
        let anew = anew(steps, &needed, &mut lies, lying);
        if anew.is_empty() {
            return;
        }
        for foreseen in steps.iter_mut() {
            let Some(why) = anew.get(&foreseen.step.name) else { continue };
            foreseen.decision = Decision::Run(Why::Output(why.clone()));
            foreseen.expected_ms = past.expected_ms(&foreseen.step.name);
        }
    }
}

/// What a step whose kept result stands in left; none for another.
pub fn left(foreseen: &Foreseen) -> Option<Lying> {
    let Decision::Reuse(Accepted { outputs, .. }) = &foreseen.decision else { return None };
    Some(outputs.iter().map(|output| (output.path.clone(), Lies::File(output.raw))).collect())
}

fn is_running(foreseen: &Foreseen) -> bool {
    matches!(foreseen.decision, Decision::Run(_))
}

/// The steps that are reused and can't be, by name, each with the reason.
fn anew(
    steps: &[Foreseen],
    needed: &[BTreeSet<usize>],
    lies: &mut BTreeMap<usize, Lying>,
    lying: &dyn Fn(&Step) -> Lying,
) -> BTreeMap<String, String> {
    let nothing = Lying::new();
    let mut found = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (reader, needed) in steps.iter().zip(needed).filter(|(reader, _)| is_running(reader)) {
        if !seen.insert(needed) {
            continue;
        }
        let all: Vec<(usize, Option<Lying>)> = needed.iter().map(|&place| (place, left(&steps[place]))).collect();
        for (place, _) in all.iter().filter(|(_, left)| left.is_some()) {
            lies.entry(*place).or_insert_with(|| lying(&steps[*place].step));
        }
        let needs = all.iter().map(|(place, left)| Need {
            step: &steps[*place].step,
            left: left.as_ref(),
            lies: lies.get(place).unwrap_or(&nothing),
        });
        for departed in departed::departed(&needs.collect::<Vec<_>>()) {
            for owner in &departed.owners {
                let why = || format!("{}, and `{}` needs it", departed.line(), reader.step.name);
                found.entry(owner.clone()).or_insert_with(why);
            }
        }
    }
    found
}
