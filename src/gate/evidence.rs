//! What the line of a step must say so that its claim counts: the planned command, the planned files, a good end.

use crate::gate::case::Case;
use crate::gate::code::Code;
use crate::gate::decision::Decision;
use crate::gate::steps::Did;
use crate::proof::resource::Resource;
use crate::proof::scai::Standing;

/// The material that names the files that a step read.
const FILES: &str = "source/listing";

/// Checks what one run says of a step.
pub(super) fn check(case: &Case<'_>, did: &Did<'_>, decision: &mut Decision) {
    let (claim, link) = (did.claim.attribute.as_str(), did.link);
    let name = &link.name;
    match did.claim.conditions.standing {
        Standing::Holds => {}
        Standing::Refuted => {
            decision.refuse_claim(Code::ClaimRefuted, claim, format!("the step {name} {}", ended(did)));
        }
        _ => {
            let why = link.byproducts.unproven.first().map_or_else(|| ended(did), Clone::clone);
            decision.refuse_claim(Code::ClaimUnproven, claim, format!("the step {name} proves nothing: {why}"));
        }
    }
    if did.claim.conditions.standing == Standing::Holds
        && let Some(why) = contradicted(did)
    {
        decision.refuse_claim(Code::ContradictsItself, claim, format!("the step {name} holds, and {why}"));
    }
    let ran = link.command.join(" ");
    match case.plan.step(name).or_else(|| case.whole.step(name)) {
        Some(step) if step.argv == link.command => {}
        Some(step) => {
            let message = format!("the step {name} ran `{ran}`, and the plan says `{}`", step.argv.join(" "));
            decision.refuse_claim(Code::StepDiffers, claim, message);
        }
        None => {
            let message = format!("the step {name} ran `{ran}`, and no plan of this tree has it");
            decision.refuse_claim(Code::StepDiffers, claim, message);
        }
    }
    let Some(inputs) = case.inputs else {
        let told = format!("the files that the step {name} read: the tree has submodules, whose files are not at hand");
        return decision.unchecked.push(told);
    };
    let Some(files) = inputs.get(name) else { return };
    let read = link.materials.iter().find(|material| material.name.as_deref() == Some(FILES));
    if read.and_then(Resource::sha256) != Some(*files) {
        let message = format!("the step {name} did not read the files of this tree");
        decision.refuse_claim(Code::StepDiffers, claim, message);
    }
}

fn ended(did: &Did<'_>) -> String {
    let byproducts = &did.link.byproducts;
    match (byproducts.exit, byproducts.signal) {
        (_, Some(signal)) => format!("was ended by signal {signal}"),
        (Some(exit), None) => format!("{} with exit code {exit}", byproducts.state),
        (None, None) => byproducts.state.clone(),
    }
}

/// What in the line of a step speaks against its own claim.
fn contradicted(did: &Did<'_>) -> Option<String> {
    let byproducts = &did.link.byproducts;
    if byproducts.exit != Some(0) || byproducts.signal.is_some() {
        return Some(ended(did));
    }
    if byproducts.canary_failed == Some(false) {
        return Some("its canary passed".to_owned());
    }
    match byproducts.tests {
        Some(tests) if tests.executed == 0 => Some("it ran no test".to_owned()),
        Some(tests) if tests.failed > 0 => Some(format!("{} of its tests failed", tests.failed)),
        _ => None,
    }
}
