//! What a proof must say so that it does not contradict itself, whoever made it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::facts::digest::Digest;
use crate::proof::bundle::Bundle;
use crate::proof::link::Link;
use crate::proof::names;
use crate::proof::resource::Resource;
use crate::proof::scai::Attribute;
use crate::proof::scai::Basis;
use crate::proof::scai::Conditions;
use crate::proof::scai::Standing;
use crate::proof::step_lines;
use crate::proof::summary::Outcome;
use crate::proof::summary::Word;
use crate::proof::verified::Verified;

/// Checks a proof against itself.
pub(super) fn check(bundle: &Bundle, verified: &mut Verified) {
    let summary = bundle.root.predicate();
    let governed = &summary.governed;
    let before = verified.problems.len();
    if summary.verifier.id != names::VERIFIER {
        verified.against("unknown-verifier", format!("it was judged by {:?}", summary.verifier.id));
    }
    let passed = governed.verdict == Word::Accepted && governed.is_certifiable();
    let levels: &[&str] = if passed { &[names::LEVEL] } else { &[] };
    if passed != (summary.verification_result == Outcome::Passed) || summary.verified_levels != levels {
        verified.against("contradicts-itself", "its result is not what its verdict makes of it");
    }
    steps(bundle, passed, verified);
    not_proven(bundle, verified);
    kinds(bundle, verified);
    if verified.problems.len() == before {
        verified.agrees("it names just the lines that are there, and says the same in all of them");
    }
    if governed.verdict != Word::Accepted {
        let why = governed.because.first().map_or("no reason is given", |reason| &reason.message);
        verified.against("not-passed", format!("the run was not accepted: {why}"));
    }
    if let Some(reason) = governed.runs.iter().find_map(|run| run.overridden.as_ref()) {
        verified.against("non-certifiable", format!("the run was overridden: {reason}"));
    }
    let evaluated = |claim: &&Attribute| claim.conditions.standing != Standing::Absent;
    if bundle.steps.is_empty() || bundle.claims.predicate().attributes.iter().filter(evaluated).count() == 0 {
        verified.against("nothing-evaluated", "no step ran, or no claim was judged");
    }
}

/// How the claim of a step stands by its line alone.
fn standing(link: &Link) -> Standing {
    step_lines::standing_by(&link.byproducts.state, &link.byproducts.unproven)
}

fn steps(bundle: &Bundle, passed: bool, verified: &mut Verified) {
    let claims = bundle.claims.predicate().attributes.iter();
    let claims = claims.filter(|claim| claim.attribute.starts_with(names::STEP_CLAIM));
    let claims: BTreeMap<(&str, &str), &Attribute> = claims.filter_map(|claim| Some((claim.step()?, claim))).collect();
    let mut holding: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for step in &bundle.steps {
        let link = step.link.predicate();
        let name = format!("{}{}", names::STEP_CLAIM, link.name);
        let (holds, of) = holding.entry(&link.name).or_default();
        *of += 1;
        *holds += u64::from(standing(link) == Standing::Holds);
        // The bundle was read, so each step has its claim.
        let Some(claim) = claims.get(&(link.environment.run.as_str(), link.name.as_str())) else { continue };
        let basis = if link.byproducts.tests.is_some() { Basis::Reported } else { Basis::Observed };
        if claim.conditions.standing != standing(link) || claim.conditions.basis != basis {
            verified.against("contradicts-itself", format!("the claim {name} is not what the line of its step says"));
        }
    }
    let machines = bundle.root.predicate().governed.machines.as_deref();
    for (name, (holds, of)) in holding.into_iter().filter(|_| passed) {
        if !agree(machines, holds, of) {
            let message = format!("it passed, and step/{name} holds on {holds} of {of} machines");
            verified.against("contradicts-itself", message);
        }
    }
}

/// Says whether enough machines came to a result: all that tried, or as many as the proof itself demands.
fn agree(machines: Option<&str>, holds: u64, of: u64) -> bool {
    match machines.and_then(|rule| rule.strip_prefix("quorum:")) {
        Some(count) => count.parse::<u64>().is_ok_and(|count| count > 0 && holds >= count),
        None => holds == of,
    }
}

/// What is not proven must be listed, and nothing else.
fn not_proven(bundle: &Bundle, verified: &mut Verified) {
    let listed = &bundle.root.predicate().governed.not_proven;
    let listed: BTreeSet<&str> = listed.iter().map(|one| one.claim.as_str()).collect();
    let is_open = |claim: &&Attribute| match claim.conditions.basis {
        Basis::Derived => matches!(claim.conditions.standing, Standing::Refuted | Standing::Unproven),
        _ => claim.conditions.standing != Standing::Holds,
    };
    let open = bundle.claims.predicate().attributes.iter().filter(is_open);
    let open: BTreeSet<&str> = open.map(|claim| claim.attribute.as_str()).collect();
    if listed != open {
        verified.against("contradicts-itself", "what it lists as not proven is not what its claims say");
    }
}

/// The claims of rules are derived and rest on one report; declared ones are known as what they rest on is; nothing else is
/// claimed.
fn kinds(bundle: &Bundle, verified: &mut Verified) {
    let claims = &bundle.claims.predicate().attributes;
    let by_step: BTreeMap<(&str, &str), &Attribute> = claims
        .iter()
        .filter(|claim| claim.attribute.starts_with(names::STEP_CLAIM))
        .filter_map(|claim| Some((claim.step()?, claim)))
        .collect();
    let kept: BTreeSet<Option<Digest>> =
        bundle.steps.iter().flat_map(|step| &step.link.predicate().byproducts.outputs).map(Resource::sha256).collect();
    let mut evidence = None;
    let mut seen = BTreeSet::new();
    for claim in claims {
        let Conditions { basis, run, rests_on, sentences, .. } = &claim.conditions;
        let is_plain = rests_on.is_none() && sentences.is_empty();
        if !claim.attribute.starts_with(names::STEP_CLAIM) && !seen.insert(&claim.attribute) {
            verified.against("contradicts-itself", format!("the claim {} stands twice", claim.attribute));
        }
        let fits = if claim.attribute.starts_with(names::RULE_CLAIM) {
            if *evidence.get_or_insert(&claim.evidence) != &claim.evidence {
                verified.against("contradicts-itself", "its rules rest on more than one report");
            }
            is_plain && run.is_none() && *basis == Basis::Derived
        } else if claim.attribute.starts_with(names::STEP_CLAIM) {
            is_plain && *basis != Basis::Derived
        } else {
            claim.attribute.starts_with(names::DECLARED_CLAIM) && declared(claim, &by_step, &kept)
        };
        if !fits {
            verified.against("contradicts-itself", format!("the claim {} is of no kind that we know", claim.attribute));
        }
    }
}

/// Says whether a declared claim is known as what it rests on is, and stands no better.
fn declared(claim: &Attribute, by_step: &BTreeMap<(&str, &str), &Attribute>, kept: &BTreeSet<Option<Digest>>) -> bool {
    let Conditions { standing, basis, run, rests_on, .. } = &claim.conditions;
    let Some(rests_on) = rests_on else { return false };
    let is_open = matches!(standing, Standing::Refuted | Standing::Unproven);
    if rests_on.starts_with(names::FILE_GROUND) {
        return *basis == Basis::Derived && run.is_none();
    }
    if rests_on.starts_with(names::OUTPUT_GROUND) {
        return *basis == Basis::Reported && (is_open || kept.contains(&claim.evidence.sha256()));
    }
    match claim.step().and_then(|key| by_step.get(&key)) {
        Some(step) => *basis == step.conditions.basis && step.conditions.standing.worse(*standing) == *standing,
        None => rests_on.starts_with(names::STEP_CLAIM) && *basis != Basis::Derived && is_open,
    }
}
