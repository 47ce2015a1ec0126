//! `[gate.merge]` and `[gate.release]`: an act may not require less.

use crate::facts::place::Spanned;
use crate::facts::policy::Policy;
use crate::facts::policy::change;
use crate::facts::policy::gate::Gate;
use crate::facts::policy::gate::GateBase;
use crate::facts::policy::gate::Machines;
use crate::facts::policy::step::INFERRED;
use crate::facts::policy::step::OPTIONAL;
use crate::rules::authority::weakened::sink::Sink;

/// Compares both gates.
pub fn compare(before: &Policy, after: &Policy, sink: &mut Sink<'_>) {
    for (act, then, now) in
        [("merge", &before.merge_gate, &after.merge_gate), ("release", &before.release_gate, &after.release_gate)]
    {
        requires(act, then, now, (before, after), sink);
        base(act, then, now, sink);
        machines(act, then, now, sink);
        limit(act, "max-attempts", then.max_attempts.as_ref(), now.max_attempts.as_ref(), sink);
        limit(act, "max-age", then.max_age.as_ref(), now.max_age.as_ref(), sink);
    }
    signers("merge", (before, &before.merge_gate), (after, &after.merge_gate), sink);
    signers("release", (before, &before.release_gate), (after, &after.release_gate), sink);
}

/// Who may sign a proof for an act, where the base names the file; of the file that counts by default see [`moved`].
fn signers(act: &str, then: (&Policy, &Gate), now: (&Policy, &Gate), sink: &mut Sink<'_>) {
    let Some(before) = &then.1.signers else { return };
    sink.look();
    let span = now.1.signers.as_ref().map(|path| path.span);
    match change::signs_for(now.0, now.1, act == "release") {
        None => sink.policy(format!("a {act} does not demand a signature any more"), None, Some(before.span)),
        Some(after) if after != before.value => {
            let message = format!("who signs for a {act} is said by {after} in place of {}", before.value);
            sink.policy(message, span, Some(before.span));
        }
        Some(_) => {}
    }
}

/// Says where the file of signers that counts for the policy is another one; whether the base has one there, its caller
/// knows.
pub fn moved(before: &Policy, after: &Policy, sink: &mut Sink<'_>) {
    let (then, now) = (change::trusted(before), change::trusted(after));
    if then != now {
        let span = |policy: &Policy| {
            let gates = [&policy.release_gate, &policy.merge_gate];
            gates.into_iter().find_map(|gate| gate.signers.as_ref()).map(|path| path.span)
        };
        sink.policy(format!("signers are taken from {now} in place of {then}"), span(after), span(before));
    }
}

fn requires(act: &str, then: &Gate, now: &Gate, policies: (&Policy, &Policy), sink: &mut Sink<'_>) {
    let (before, after) = policies;
    let Some(now) = &now.requires else { return unlisted(act, then, after, sink) };
    sink.look();
    let has = |name: &str| now.iter().any(|own| own.value == name);
    let span = now.first().map(|name| name.span);
    let Some(then) = &then.requires else {
        let declared = before.steps.iter().map(|step| step.name.value.as_str());
        let inferred = INFERRED.iter().copied().filter(|_| before.run.infer);
        let all = ["rules"].into_iter().chain(declared).chain(inferred);
        let missing: Vec<&str> = all.filter(|name| !has(name)).collect();
        let by_merge = act == "release" && has("merge");
        if !missing.is_empty() && !by_merge {
            let message = format!("a {act} required every planned step, and now not {}", missing.join(", "));
            sink.policy(message, span, None);
        }
        return;
    };
    for gone in then.iter().filter(|name| !has(&name.value)) {
        sink.policy(format!("a {act} does not require {} any more", gone.value), span, Some(gone.span));
    }
}

/// Without a list the rules and every planned step are required: what no plan has for certain only by its name.
fn unlisted(act: &str, then: &Gate, after: &Policy, sink: &mut Sink<'_>) {
    let is_planned = |name: &str| {
        let is_inferred = after.run.infer && INFERRED.contains(&name) && !OPTIONAL.contains(&name);
        is_inferred || after.steps.iter().any(|step| step.name.value == name)
    };
    let by_name = |name: &str| name != "rules" && !is_planned(name);
    for gone in then.requires.iter().flatten().filter(|name| by_name(&name.value)) {
        sink.look();
        let message = format!("a {act} does not require {} any more: only a list does", gone.value);
        sink.policy(message, None, Some(gone.span));
    }
}

fn base(act: &str, then: &Gate, now: &Gate, sink: &mut Sink<'_>) {
    let of = |gate: &Gate| gate.base.as_ref().map(|base| base.value);
    let span = |gate: &Gate| gate.base.as_ref().map(|base| base.span);
    sink.look();
    match (of(then), of(now)) {
        (Some(GateBase::Tip), None | Some(GateBase::Ancestor)) => {
            let message = format!("a {act} does not demand the tip of the branch as base any more");
            sink.policy(message, span(now), span(then));
        }
        // Where the policy does not say, a merge queue demands the tip.
        (None, Some(GateBase::Ancestor)) if act == "merge" => {
            sink.policy("a merge queue does not demand the tip of the branch as base any more", span(now), None);
        }
        _ => {}
    }
}

fn machines(act: &str, then: &Gate, now: &Gate, sink: &mut Sink<'_>) {
    let of = |gate: &Gate| gate.machines.as_ref().map_or(Machines::Unanimous, |machines| machines.value);
    let weaker = match (of(then), of(now)) {
        (Machines::Unanimous, Machines::Quorum(_)) => true,
        (Machines::Quorum(least), Machines::Unanimous) => least > 1,
        (Machines::Quorum(then), Machines::Quorum(now)) => now < then,
        (Machines::Unanimous, Machines::Unanimous) => false,
    };
    if weaker {
        let span = |gate: &Gate| gate.machines.as_ref().map(|machines| machines.span);
        let word = |gate: &Gate| match of(gate) {
            Machines::Unanimous => "all that took part".to_owned(),
            Machines::Quorum(least) => format!("{least} of them"),
        };
        let message = format!("for a {act} {} must agree in place of {}", word(now), word(then));
        sink.policy(message, span(now), span(then));
    }
}

fn limit<T: Copy + PartialOrd + std::fmt::Display>(
    act: &str,
    key: &str,
    then: Option<&Spanned<T>>,
    now: Option<&Spanned<T>>,
    sink: &mut Sink<'_>,
) {
    let Some(then) = then else { return };
    sink.look();
    match now {
        None => sink.policy(format!("{key} of a {act} is gone"), None, Some(then.span)),
        Some(now) if now.value > then.value => {
            let message = format!("{key} of a {act} goes from {} to {}", then.value, now.value);
            sink.policy(message, Some(now.span), Some(then.span));
        }
        Some(_) => {}
    }
}
