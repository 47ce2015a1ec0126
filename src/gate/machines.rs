//! How many machines must agree on a step. A result that one run took over from another is that other's, and counts once.

use std::collections::BTreeSet;

use crate::facts::policy::gate::Gate;
use crate::facts::policy::gate::Machines;
use crate::gate::code::Code;
use crate::gate::decision::Decision;
use crate::gate::steps::Did;
use crate::proof::scai::Standing;

fn holds(did: &Did<'_>) -> bool {
    did.claim.conditions.standing == Standing::Holds
}

/// Those that count: where so many must agree, the others need not.
pub(super) fn counting<'a>(gate: &Gate, found: Vec<Did<'a>>) -> Vec<Did<'a>> {
    let is_quorum = matches!(gate.machines.as_ref().map(|machines| machines.value), Some(Machines::Quorum(_)));
    if is_quorum && found.iter().any(holds) {
        return found.into_iter().filter(holds).collect();
    }
    found
}

/// Checks what all runs say of a step.
pub(super) fn agree(gate: &Gate, name: &str, found: &[Did<'_>], decision: &mut Decision) {
    let claim = format!("step/{name}");
    let good = found.iter().filter(|did| holds(did)).count();
    let quorum = gate.machines.as_ref().map(|machines| machines.value);
    if good > 0 && good < found.len() && !matches!(quorum, Some(Machines::Quorum(_))) {
        let message = format!("of {} runs that did the step {name}, {good} came to a good end", found.len());
        decision.refuse_claim(Code::MachinesDisagree, &claim, message);
    }
    let Some(Machines::Quorum(least)) = quorum else { return };
    let origin = |did: &Did<'_>| {
        let link = did.link;
        link.byproducts.reused_from.as_ref().map_or_else(|| link.environment.run.clone(), |from| from.run.clone())
    };
    let runs: BTreeSet<String> = found.iter().filter(|did| holds(did)).map(origin).collect();
    if runs.len() < least as usize {
        let message = format!("the step {name} passed in {} runs of its own, and {least} are demanded", runs.len());
        decision.refuse_claim(Code::TooFewMachines, &claim, message);
    }
}
