//! The policy of a base over a tree that has changed it: what the tree adds is run too, what it takes away is run all the
//! same and told.

use crate::facts::policy::Policy;
use crate::facts::policy::run::Isolation;
use crate::facts::policy::step::INFERRED;
use crate::facts::policy::step::Step;

/// Adds the steps to the policy of a base that only the tree declares; gives what the tree takes away or loosens, a
/// sentence each.
///
/// A step that has the name of a built-in one is not added: it would take its place.
pub fn join(base: &mut Policy, head: &Policy) -> Vec<String> {
    let mut told = Vec::new();
    for step in &base.steps {
        let name = &step.name.value;
        match head.steps.iter().find(|own| own.name.value == *name) {
            None => told.push(format!("the tree removes the step {name}; it runs as in the base")),
            Some(own) if differs(step, own) => {
                told.push(format!("the tree changes the step {name}; it runs as in the base"));
            }
            Some(_) => {}
        }
    }
    if base.run.infer && !head.run.infer {
        told.push("the tree sets `[run] infer = false`; the built-in steps run all the same".to_owned());
    }
    if strictness(base.run.isolation) > strictness(head.run.isolation) {
        told.push("the tree asks for less isolation; that of the base is demanded".to_owned());
    }
    let is_new = |waiver: &&crate::facts::policy::waiver::Waiver| {
        let words = |one: &crate::facts::policy::waiver::Waiver| {
            (one.rule.value.clone(), one.path.as_ref().map(|path| path.value.clone()), one.reason.value.clone())
        };
        !base.waivers.iter().any(|own| words(own) == words(waiver))
    };
    let waivers = head.waivers.iter().filter(is_new).count();
    if waivers > 0 {
        told.push(format!("the tree adds waivers: {waivers}; none of them counts"));
    }
    let added: Vec<Step> = head.steps.iter().filter(|own| is_added(base, own)).cloned().collect();
    let replaced = head.steps.iter().filter(|own| INFERRED.contains(&own.name.value.as_str()) && !has(base, own));
    told.extend(
        replaced
            .map(|own| format!("the tree declares the built-in step {} anew; it runs as in the base", own.name.value)),
    );
    base.steps.extend(added);
    claims(base, head, &mut told);
    told
}

/// A claim is a promise of the tree: what the tree says that it rests on counts, so that a sentence and the digest of its
/// evidence change together. What the tree takes back is told, and judged as in the base.
fn claims(base: &mut Policy, head: &Policy, told: &mut Vec<String>) {
    base.claims.retain(|claim| {
        let is_removed = head.claims.iter().all(|own| own.name.value != claim.name.value);
        if is_removed {
            told.push(format!("the tree takes back the claim {}; it is judged as in the base", claim.name.value));
        }
        is_removed
    });
    base.claims.extend(head.claims.iter().cloned());
}

fn strictness(isolation: Isolation) -> u8 {
    match isolation {
        Isolation::None => 0,
        Isolation::Best => 1,
        Isolation::Landlock => 2,
    }
}

fn has(base: &Policy, own: &Step) -> bool {
    base.steps.iter().any(|step| step.name.value == own.name.value)
}

fn is_added(base: &Policy, own: &Step) -> bool {
    !has(base, own) && !INFERRED.contains(&own.name.value.as_str())
}

/// Says whether two declarations of one step ask for something else, wherever they stand.
fn differs(one: &Step, other: &Step) -> bool {
    fn plain(list: &[crate::facts::place::Spanned<String>]) -> Vec<&str> {
        list.iter().map(|word| word.value.as_str()).collect()
    }
    let inputs =
        |step: &Step| step.inputs.as_ref().map(|globs| globs.iter().map(|glob| glob.value.clone()).collect::<Vec<_>>());
    let varies = |step: &Step| step.nondeterminism.iter().map(|one| one.source.value.clone()).collect::<Vec<_>>();
    plain(&one.run) != plain(&other.run)
        || plain(&one.needs) != plain(&other.needs)
        || plain(&one.env) != plain(&other.env)
        || plain(&one.outputs) != plain(&other.outputs)
        || inputs(one) != inputs(other)
        || varies(one) != varies(other)
        || one.timeout.as_ref().map(|time| time.value) != other.timeout.as_ref().map(|time| time.value)
        || (one.attempts, one.network) != (other.attempts, other.network)
}
