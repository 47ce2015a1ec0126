//! The decision: each question asked in turn, all answers told.

use crate::facts::policy::gate::Gate;
use crate::gate::act::Act;
use crate::gate::case::Case;
use crate::gate::case::Given;
use crate::gate::claims;
use crate::gate::code::Code;
use crate::gate::decision::Decision;
use crate::gate::evidence;
use crate::gate::freshness;
use crate::gate::ground;
use crate::gate::limits;
use crate::gate::machines;
use crate::gate::required;
use crate::gate::rules;
use crate::gate::steps;
use crate::gate::voucher;

/// Decides.
pub fn decide(case: &Case<'_>) -> Decision {
    let mut decision = Decision::default();
    ground::policy(case, &mut decision);
    rules::authority(case, &mut decision);
    for setting in case.replaced {
        decision.refuse(Code::RunnerReplaced, setting.message.clone());
    }
    for setting in case.exposed.iter().filter(|_| case.act == Act::Release) {
        decision.refuse(Code::TokenExposed, setting.clone());
    }
    let tables = tables(case);
    let mut evaluated = true;
    for table in &tables {
        let names = required::names(case, table);
        evaluated &= !names.is_empty();
        if names.contains("rules") {
            rules::judge(case, &mut decision);
        }
        let Given::Proof(bundle, _) = case.given else { continue };
        for name in names.iter().filter(|name| !required::WORDS.contains(&name.as_str())) {
            let found = steps::of(bundle, name);
            let before = decision.because.len();
            if found.is_empty() {
                let claim = format!("step/{name}");
                decision.refuse_claim(Code::StepMissing, &claim, format!("the proof says nothing of the step {name}"));
            }
            machines::agree(table, name, &found, &mut decision);
            let found = machines::counting(table, found);
            for one in &found {
                evidence::check(case, one, &mut decision);
                limits::check(case, table, one, &mut decision);
                freshness::step(case, table, one, &mut decision);
            }
            if let Some(first) = found.first().filter(|_| decision.because.len() == before) {
                decision.rest(first.claim.attribute.clone(), steps::basis(first));
            }
        }
        claims::judge(case, bundle, &|name| names.contains(name), &mut decision);
        freshness::proof(case, table, bundle, &mut decision);
    }
    match case.given {
        Given::None(why) => decision.refuse(Code::NoProof, why),
        Given::Malformed(why) => decision.refuse(Code::Malformed, why),
        Given::Proof(bundle, verified) => {
            voucher::check(case, bundle, verified, &mut decision);
            ground::proof(case, bundle, verified, &mut decision);
        }
    }
    if !evaluated || (decision.because.is_empty() && decision.rests_on.is_empty()) {
        let message = format!("the policy requires nothing of a {}", case.act.as_str());
        decision.refuse(Code::NothingEvaluated, message);
    }
    tidy(&mut decision);
    decision
}

/// The tables that count: a release that requires a merge must satisfy both.
fn tables<'a>(case: &Case<'a>) -> Vec<&'a Gate> {
    let (merge, release) = (&case.policy.merge_gate, &case.policy.release_gate);
    match case.act {
        Act::Merge => vec![merge],
        Act::Release if required::asks_for_merge(release) => vec![release, merge],
        Act::Release => vec![release],
    }
}

/// Each thing once: two tables may ask the same question.
fn tidy(decision: &mut Decision) {
    let mut seen = Vec::new();
    decision.because.retain(|refusal| {
        let is_new = !seen.contains(refusal);
        seen.push(refusal.clone());
        is_new
    });
    decision.because.sort_by(|one, other| (one.code, &one.claim).cmp(&(other.code, &other.claim)));
    let mut seen = Vec::new();
    decision.rests_on.retain(|rested| {
        let is_new = !seen.contains(rested);
        seen.push(rested.clone());
        is_new
    });
}
