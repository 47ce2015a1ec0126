//! The rule `authority-weakened`: what a change takes away from the policy, the waivers, the signers and the gates of its base.

use crate::facts::policy::authority::Review;
use crate::facts::policy::change;
use crate::facts::policy::change::Change;
use crate::facts::policy::change::Signature;
use crate::facts::policy::find;
use crate::rules::authority::weakened::gates;
use crate::rules::authority::weakened::lints;
use crate::rules::authority::weakened::marks;
use crate::rules::authority::weakened::owners;
use crate::rules::authority::weakened::permissions;
use crate::rules::authority::weakened::pins;
use crate::rules::authority::weakened::policy;
use crate::rules::authority::weakened::required_jobs;
use crate::rules::authority::weakened::scripts;
use crate::rules::authority::weakened::signers;
use crate::rules::authority::weakened::sink::Of;
use crate::rules::authority::weakened::sink::Sink;
use crate::rules::authority::weakened::sink::Weakening;
use crate::rules::authority::weakened::submodules;
use crate::rules::authority::weakened::tokens;
use crate::rules::authority::weakened::tools;
use crate::rules::authority::weakened::waivers;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "authority-weakened",
    group: "authority",
    level: Level::Deny,
    claim: "nothing that decides about the repository asks for less than in the base",
    page: include_str!("authority_weakened.md"),
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    if context.base.is_none() {
        return outcome;
    }
    let Some(change) = context.change else {
        outcome.unproven("the policy of the base can't be read, so nobody can say what asks for less than it");
        return outcome;
    };
    let (found, looked_at) = compare(context, change);
    outcome.looked_at = looked_at;
    for weakening in found {
        outcome.find(finding(weakening, change));
    }
    outcome
}

/// All that is weaker, and how many entries were compared.
fn compare(context: &Context<'_>, change: &Change) -> (Vec<Weakening>, usize) {
    let (head, Some(base)) = (context.facts, context.base) else { return (Vec::new(), 0) };
    let file = |path: Option<&str>| path.unwrap_or(find::FILE).to_owned();
    let before = &change.before;
    let after = change.after.as_ref().ok();
    let files = (file(after.and_then(|after| after.path.as_deref())), file(before.path.as_deref()));
    let mut sink = Sink::new(head, base, (&files.0, &files.1));
    match &change.after {
        Ok(after) => {
            policy::compare(before, after, &change.rules, &mut sink);
            waivers::compare((base, before), (head, after), &mut sink);
            scripts::compare((base, before), (head, after), &mut sink);
        }
        Err(why) => sink.policy(format!("the policy can't be read any more: {why}"), None, None),
    }
    let mut anybody = false;
    for path in change::files(before) {
        let text = |texts: &std::collections::BTreeMap<String, String>| texts.get(path).cloned().unwrap_or_default();
        let (then, now) = (text(&change.signers_before), text(&change.signers_after));
        anybody |= signers::is_somebody(&then);
        signers::compare(path, &then, &now, &mut sink);
    }
    if let Some(after) = after.filter(|_| anybody) {
        gates::moved(before, after, &mut sink);
    }
    required_jobs::compare(base, head, &mut sink);
    permissions::compare(base, head, &mut sink);
    pins::compare(base, head, &mut sink);
    owners::compare(before, base, head, &mut sink);
    tools::compare(base, head, &mut sink);
    tokens::compare(before, base, head, &mut sink);
    lints::compare(base, head, &mut sink);
    submodules::compare(base, head, &mut sink);
    marks::compare(base, head, &mut sink);
    (sink.found, sink.looked_at)
}

/// A weakening as a finding: as loud as nobody accepts it.
fn finding(weakening: Weakening, change: &Change) -> Finding {
    let Weakening { message, at, against, of, certainty } = weakening;
    let (certainty, why) = match (accepted(of, change), change.before.authority.review) {
        (Ok(who), _) => (Certainty::Unsure, format!("{who} signed for it, whom the base trusts")),
        (Err(_), Review::Forge) => (Certainty::Probable, "the base leaves it to the review on the forge".to_owned()),
        (Err(why), Review::Refuse) => (certainty, why),
    };
    against.into_iter().fold(Finding::new(message, at).why(why).certainty(certainty), Finding::against)
}

/// Who accepts it; else why nobody does.
fn accepted(of: Of, change: &Change) -> Result<&str, String> {
    let signed = &change.signed;
    let candidates: &[(&Signature, &str)] = match of {
        Of::Policy => &[(&signed.policy, change::POLICY_SIGNATURE)],
        // A signature over the policy covers the waivers that stand in it.
        Of::Waiver => &[(&signed.waivers, change::WAIVERS_SIGNATURE), (&signed.policy, change::POLICY_SIGNATURE)],
        Of::Comment => &[(&signed.waivers, change::WAIVERS_SIGNATURE)],
    };
    let mut why = "nobody whom the base trusts signed for it".to_owned();
    for (signature, file) in candidates {
        match signature {
            Signature::By(who) => return Ok(who),
            Signature::Bad(bad) => why = format!("{file} does not count: {bad}"),
            Signature::None => {}
        }
    }
    Err(why)
}
