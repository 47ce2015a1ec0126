//! What a proof must say so that it does not contradict itself, whoever made it.

use std::collections::BTreeSet;

use crate::proof::bundle::Bundle;
use crate::proof::link::Link;
use crate::proof::names;
use crate::proof::scai::Attribute;
use crate::proof::scai::Basis;
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
    rules(bundle, verified);
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
    for step in &bundle.steps {
        let link = step.link.predicate();
        let name = format!("{}{}", names::STEP_CLAIM, link.name);
        let run = Some(&link.environment.run);
        let claims = &bundle.claims.predicate().attributes;
        // The bundle was read, so each step has its claim.
        let Some(claim) = claims.iter().find(|claim| claim.attribute == name && claim.conditions.run.as_ref() == run)
        else {
            continue;
        };
        let basis = if link.byproducts.tests.is_some() { Basis::Reported } else { Basis::Observed };
        if claim.conditions.standing != standing(link) || claim.conditions.basis != basis {
            verified.against("contradicts-itself", format!("the claim {name} is not what the line of its step says"));
        }
        if passed && standing(link) != Standing::Holds {
            verified.against("contradicts-itself", format!("it passed, and {name} is {}", standing(link).as_str()));
        }
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

/// The claims of rules are derived, rest on one report, and nothing else claims to be derived.
fn rules(bundle: &Bundle, verified: &mut Verified) {
    let claims = &bundle.claims.predicate().attributes;
    let mut evidence = None;
    for claim in claims {
        let is_rule = claim.attribute.starts_with(names::RULE_CLAIM);
        let is_step = claim.attribute.starts_with(names::STEP_CLAIM);
        let derived = claim.conditions.basis == Basis::Derived;
        if is_rule == is_step || is_rule != derived {
            verified.against("contradicts-itself", format!("the claim {} is of no kind that we know", claim.attribute));
        }
        if is_rule && *evidence.get_or_insert(&claim.evidence) != &claim.evidence {
            verified.against("contradicts-itself", "its rules rest on more than one report");
        }
    }
}
