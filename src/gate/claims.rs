//! Declared claims in the proof: a sentence that a required step does not bear out lets nothing through.
//!
//! What the tree alone says against a claim is judged by its rule, with the waivers of the base.

use crate::facts::policy::claim::Evidence;
use crate::facts::policy::pattern;
use crate::gate::case::Case;
use crate::gate::code::Code;
use crate::gate::decision::Decision;
use crate::proof::bundle::Bundle;
use crate::proof::names;
use crate::proof::scai::Attribute;
use crate::proof::scai::Standing;

/// Checks every declared claim that rests on what a run saw.
pub(super) fn judge(case: &Case<'_>, bundle: &Bundle, is_required: &dyn Fn(&str) -> bool, decision: &mut Decision) {
    for claim in &case.policy.claims {
        let attribute = format!("{}{}", names::DECLARED_CLAIM, claim.name.value);
        let (counts, refutes) = match &claim.evidence {
            Evidence::File(_) => continue,
            Evidence::Step(step) => (is_required(&step.value), is_required(&step.value)),
            // A kept output that says otherwise refutes, whoever kept it, as it does in a run.
            Evidence::Output(pointer) => (is_kept(case, &pointer.file.value, is_required), true),
        };
        let mut all = bundle.claims.predicate().attributes.iter().filter(|own| own.attribute == attribute).peekable();
        if all.peek().is_none() && counts {
            decision.refuse_claim(Code::ClaimMissing, &attribute, format!("the proof says nothing of {attribute}"));
        }
        for own in all {
            let told = told(bundle, own);
            match own.conditions.standing {
                Standing::Holds => decision.rest(attribute.clone(), own.conditions.basis.as_str()),
                Standing::Refuted if refutes => decision.refuse_claim(Code::ClaimRefuted, &attribute, told),
                _ if counts => decision.refuse_claim(Code::ClaimUnproven, &attribute, told),
                _ => decision.unchecked.push(told),
            }
        }
    }
}

/// Whether a required step keeps a file.
fn is_kept(case: &Case<'_>, path: &str, is_required: &dyn Fn(&str) -> bool) -> bool {
    let mut steps = case.whole.steps.iter().filter(|step| is_required(&step.name));
    steps.any(|step| {
        let mut globs = step.outputs.iter().filter_map(|glob| pattern::glob(glob).ok());
        globs.any(|glob| glob.is_match(path))
    })
}

fn told(bundle: &Bundle, claim: &Attribute) -> String {
    let not_proven = &bundle.root.predicate().governed.not_proven;
    let why = not_proven.iter().find(|one| one.claim == claim.attribute).map(|one| one.why.join("; "));
    let standing = claim.conditions.standing.as_str();
    format!("{} is {standing}: {}", claim.attribute, why.unwrap_or_else(|| "the proof does not say why".to_owned()))
}
