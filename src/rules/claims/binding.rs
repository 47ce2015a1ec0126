//! Binds each declared claim to the sentences that bear its name and to its evidence.

use crate::facts::Facts;
use crate::facts::digest::Digest;
use crate::facts::place::Place;
use crate::facts::policy::Policy;
use crate::facts::policy::claim::Claim;
use crate::facts::policy::claim::Evidence;
use crate::facts::policy::evidence::Pointer;
use crate::facts::policy::evidence::Selector;
use crate::rules::claims::bound::Bound;
use crate::rules::claims::bound::Ground;
use crate::rules::claims::bound::Kind;
use crate::rules::claims::bound::Said;
use crate::rules::claims::evidence;
use crate::rules::claims::sentences;
use crate::rules::claims::sentences::Marked;
use crate::rules::outcome::Outcome;

/// All declared claims in order of the policy, each with what the rule came to about it.
pub(super) fn judged(facts: &Facts, policy: &Policy) -> Vec<(Bound, Outcome)> {
    if policy.claims.is_empty() {
        return Vec::new();
    }
    let marked = sentences::marked(facts);
    policy.claims.iter().map(|claim| one(facts, policy, claim, &marked)).collect()
}

/// All declared claims in order of the policy.
pub fn all(facts: &Facts, policy: &Policy) -> Vec<Bound> {
    judged(facts, policy).into_iter().map(|(bound, _)| bound).collect()
}

fn one(facts: &Facts, policy: &Policy, claim: &Claim, marked: &[Marked<'_>]) -> (Bound, Outcome) {
    let mut outcome = Outcome::default();
    let own = marked.iter().filter(|marked| marked.mark.name == claim.name.value);
    let said: Vec<Said> = own.filter_map(|marked| sentences::said(facts, marked, &mut outcome)).collect();
    let declared = facts.place(policy.path.as_deref().unwrap_or_default(), claim.name.span, "the claim");
    let places: Vec<&Place> = if said.is_empty() { vec![&declared] } else { said.iter().map(|one| &one.at).collect() };
    let found = evidence::check(facts, policy, claim, &said, &places, &mut outcome);
    let bound = Bound {
        name: claim.name.value.clone(),
        against: outcome.findings.iter().map(|finding| finding.message.clone()).collect(),
        unproven: outcome.unproven.iter().map(|one| one.why.clone()).collect(),
        ground: ground(claim, found),
        sentences: said,
    };
    (bound, outcome)
}

fn ground(claim: &Claim, found: Option<Digest>) -> Ground {
    let of_pointer = |kind, pointer: &Pointer| {
        let (key, regex) = match &pointer.selector {
            Some(Selector::Key(key)) => (Some(key.value.clone()), None),
            Some(Selector::Regex(regex)) => (None, Some(regex.value.clone())),
            None => (None, None),
        };
        Ground { kind, name: pointer.file.value.clone(), key, regex, demanded: None, found }
    };
    let ground = match &claim.evidence {
        Evidence::Step(step) => {
            Ground { kind: Kind::Step, name: step.value.clone(), key: None, regex: None, demanded: None, found }
        }
        Evidence::File(pointer) => of_pointer(Kind::File, pointer),
        Evidence::Output(pointer) => of_pointer(Kind::Output, pointer),
    };
    Ground { demanded: claim.digest.as_ref().map(|digest| digest.value), ..ground }
}
