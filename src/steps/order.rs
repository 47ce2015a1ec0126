//! Steps in an order in which each stands behind those that it needs; the order given where that leaves a choice.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::steps::step::Step;

/// Steps that can't be put in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disorder {
    /// The names of steps that need one another in a circle, each needing the next.
    pub circle: Vec<String>,
}

/// The indices of the steps in order. Needs that name no step are passed over: they are told elsewhere.
pub fn topological(steps: &[Step]) -> Result<Vec<usize>, Disorder> {
    let by_name: BTreeMap<&str, usize> =
        steps.iter().enumerate().map(|(index, step)| (step.name.as_str(), index)).collect();
    let needs: Vec<BTreeSet<usize>> = steps
        .iter()
        .map(|step| step.needs.iter().filter_map(|need| by_name.get(need.as_str()).copied()).collect())
        .collect();
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    for (index, needs) in needs.iter().enumerate() {
        for &need in needs {
            needed_by[need].push(index);
        }
    }
    let mut open: Vec<usize> = needs.iter().map(BTreeSet::len).collect();
    let mut ready: BTreeSet<usize> = (0..steps.len()).filter(|&index| open[index] == 0).collect();
    let mut order = Vec::with_capacity(steps.len());
    while let Some(index) = ready.pop_first() {
        order.push(index);
        for &waiting in &needed_by[index] {
            open[waiting] -= 1;
            if open[waiting] == 0 {
                ready.insert(waiting);
            }
        }
    }
    if order.len() == steps.len() { Ok(order) } else { Err(Disorder { circle: circle(steps, &needs, &open) }) }
}

/// One circle among the steps that never became ready: each of them needs another one of them.
fn circle(steps: &[Step], needs: &[BTreeSet<usize>], open: &[usize]) -> Vec<String> {
    let mut way: Vec<usize> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut at = open.iter().position(|&needs| needs > 0);
    while let Some(index) = at {
        if !seen.insert(index) {
            let start = way.iter().position(|&before| before == index).unwrap_or_default();
            return way[start..].iter().map(|&index| steps[index].name.clone()).collect();
        }
        way.push(index);
        at = needs[index].iter().copied().find(|&need| open[need] > 0);
    }
    Vec::new()
}
