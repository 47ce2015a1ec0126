//! The tables of the policy in which an entry may go or become milder.

use crate::facts::place::Spanned;
use crate::facts::policy::Policy;
use crate::facts::policy::authority::Review;
use crate::facts::policy::claim::Claim;
use crate::facts::policy::claim::Evidence;
use crate::facts::policy::evidence::Pointer;
use crate::facts::policy::evidence::Selector;
use crate::facts::policy::level::RuleLevel;
use crate::facts::policy::release::Api;
use crate::facts::policy::release::Release;
use crate::facts::policy::replay::Accept;
use crate::facts::policy::run::Isolation;
use crate::rules::authority::weakened::sink::Sink;

/// `[check]`.
pub fn check(before: &Policy, after: &Policy, sink: &mut Sink<'_>) {
    let (then, now) = (&before.check, &after.check);
    if let Some(level) = then.fail_on.as_ref().filter(|level| level.value == RuleLevel::Warn) {
        sink.look();
        if now.fail_on.as_ref().is_none_or(|level| level.value != RuleLevel::Warn) {
            let after = now.fail_on.as_ref().map(|level| level.span);
            sink.policy("warnings do not decide any more", after, Some(level.span));
        }
    }
    for name in &then.demand {
        sink.look();
        if !now.demand.iter().any(|own| own.value == name.value) {
            sink.policy(format!("{} is not demanded any more", name.value), None, Some(name.span));
        }
    }
    if then.require_until && !now.require_until {
        sink.policy("a waiver need not say any more when it ends", None, None);
    }
}

/// `[run]`.
pub fn run(before: &Policy, after: &Policy, sink: &mut Sink<'_>) {
    if before.run.infer && !after.run.infer {
        sink.policy("the built-in steps are not run any more: `infer = false`", None, None);
    }
    let strictness = |isolation: Isolation| match isolation {
        Isolation::None => 0,
        Isolation::Best => 1,
        Isolation::Landlock => 2,
    };
    if strictness(after.run.isolation) < strictness(before.run.isolation) {
        sink.policy("less isolation is demanded of the steps", None, None);
    }
}

/// `[[contract]]`.
pub fn contracts(before: &Policy, after: &Policy, sink: &mut Sink<'_>) {
    for contract in &before.contracts {
        sink.look();
        let name = &contract.name.value;
        let then = Some(contract.name.span);
        let Some(own) = after.contracts.iter().find(|own| own.name.value == *name) else {
            sink.policy(format!("the contract {name:?} is gone"), None, then);
            continue;
        };
        if words(&own.truth) != words(&contract.truth) {
            sink.policy(format!("the contract {name:?} has another truth"), Some(own.truth.span), then);
        }
        let has = |copy: &Pointer| own.copies.iter().any(|other| words(other) == words(copy));
        if let Some(copy) = contract.copies.iter().find(|copy| !has(copy)) {
            let message = format!("the contract {name:?} does not look at the copy in {} any more", copy.file.value);
            sink.policy(message, Some(own.name.span), Some(copy.span));
        }
    }
}

/// `[[claim]]`.
pub fn claims(before: &Policy, after: &Policy, sink: &mut Sink<'_>) {
    for claim in &before.claims {
        sink.look();
        let name = &claim.name.value;
        match after.claims.iter().find(|own| own.name.value == *name) {
            None => sink.policy(format!("the claim {name} is gone"), None, Some(claim.name.span)),
            Some(own) if evidence(own) != evidence(claim) => {
                let message = format!("the claim {name} rests on other evidence");
                sink.policy(message, Some(own.name.span), Some(claim.name.span));
            }
            Some(own) if own.digest.is_none() => {
                if let Some(digest) = &claim.digest {
                    let message = format!("the evidence of the claim {name} is not held to its digest any more");
                    sink.policy(message, Some(own.name.span), Some(digest.span));
                }
            }
            Some(_) => {}
        }
    }
}

fn evidence(claim: &Claim) -> (&'static str, Vec<&str>) {
    match &claim.evidence {
        Evidence::Step(step) => ("step", vec![step.value.as_str()]),
        Evidence::File(pointer) => ("file", words(pointer)),
        Evidence::Output(pointer) => ("output", words(pointer)),
    }
}

fn words(pointer: &Pointer) -> Vec<&str> {
    let selector = pointer.selector.as_ref().map(|selector| match selector {
        Selector::Key(key) => ["key", key.value.as_str()],
        Selector::Regex(regex) => ["regex", regex.value.as_str()],
    });
    std::iter::once(pointer.file.value.as_str()).chain(selector.into_iter().flatten()).collect()
}

/// `[replay]`.
pub fn replay(before: &Policy, after: &Policy, sink: &mut Sink<'_>) {
    let mildness = |accept: Accept| match accept {
        Accept::Exact => 0,
        Accept::SameOutcome => 1,
        Accept::WithinBudget => 2,
    };
    if mildness(after.replay.accept) > mildness(before.replay.accept) {
        sink.policy("a replay may differ further: `accept`", None, None);
    }
    if after.replay.flaky_tests > before.replay.flaky_tests {
        let (then, now) = (before.replay.flaky_tests, after.replay.flaky_tests);
        sink.policy(format!("the budget of flaky tests goes from {then} to {now}"), None, None);
    }
}

/// `[authority]`.
pub fn authority(before: &Policy, after: &Policy, sink: &mut Sink<'_>) {
    let allowed = |name: &str| before.authority.allow.iter().any(|own| own.value == name);
    for added in after.authority.allow.iter().filter(|name| !allowed(&name.value)) {
        sink.policy(format!("{} may be checked in", added.value), Some(added.span), None);
    }
    if before.authority.review == Review::Refuse && after.authority.review == Review::Forge {
        sink.policy("weakening is left to the review on the forge", None, None);
    }
}

/// `[release]`.
pub fn release(before: &Policy, after: &Policy, sink: &mut Sink<'_>) {
    let (then, now) = (&before.release, &after.release);
    tag_and_groups(then, now, sink);
    if let Some(api) = then.api.as_ref().filter(|api| api.value == Api::Demand)
        && now.api.as_ref().is_none_or(|api| api.value != Api::Demand)
    {
        sink.policy("the difference of the public API is not demanded any more", None, Some(api.span));
    }
    if let Some(witnesses) = &now.witnesses {
        let has = |name| witnesses.iter().any(|own| own.value == name);
        let span = witnesses.first().map(|witness| witness.span);
        match &then.witnesses {
            Some(then) => {
                for gone in then.iter().filter(|witness| !has(witness.value)) {
                    let message = format!("the witness {:?} of a release is not demanded any more", gone.value);
                    sink.policy(message.to_ascii_lowercase(), span, Some(gone.span));
                }
            }
            None if witnesses.is_empty() => sink.policy("a release has no witnesses any more", None, None),
            None => {}
        }
    } else if let Some(then) = then.witnesses.as_ref().and_then(|witnesses| witnesses.first()) {
        sink.policy("the witnesses of a release are not named any more", None, Some(then.span));
    }
}

/// What is a release, and which versions move together: another answer makes another plan, and hides what is out already.
fn tag_and_groups(then: &Release, now: &Release, sink: &mut Sink<'_>) {
    if let Some(tag) = &then.tag {
        sink.look();
        let own = now.tag.as_ref();
        if own.is_none_or(|own| own.value != tag.value) {
            let word = own.map_or("what the history shows", |own| own.value.as_str());
            let message = format!("the tags of releases are {word} in place of {}", tag.value);
            sink.policy(message, own.map(|own| own.span), Some(tag.span));
        }
    }
    for group in &then.groups {
        sink.look();
        let holds = |own: &Vec<Spanned<String>>| group.iter().all(|name| own.iter().any(|one| one.value == name.value));
        if !now.groups.iter().any(holds) {
            let names: Vec<&str> = group.iter().map(|name| name.value.as_str()).collect();
            let message = format!("the versions of {} do not move together any more", names.join(", "));
            sink.policy(message, None, group.first().map(|name| name.span));
        }
    }
}
