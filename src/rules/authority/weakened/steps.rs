//! `[[step]]`: no step may go, ask for less, or see more.

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::policy::Policy;
use crate::facts::policy::step::INFERRED;
use crate::facts::policy::step::Step;
use crate::rules::authority::weakened::sink::Sink;

/// Compares the steps by their names. One that only the tree has is more, unless it takes the place of a built-in one.
pub fn compare(before: &Policy, after: &Policy, sink: &mut Sink<'_>) {
    for step in &before.steps {
        sink.look();
        let name = &step.name.value;
        match after.steps.iter().find(|own| own.name.value == *name) {
            Some(own) => one(step, own, sink),
            None => sink.policy(format!("the step {name} is gone"), None, Some(step.name.span)),
        }
    }
    for step in &after.steps {
        let name = step.name.value.as_str();
        let is_new = !before.steps.iter().any(|own| own.name.value == name);
        if is_new && before.run.infer && INFERRED.contains(&name) {
            sink.look();
            let message = format!("the step {name} takes the place of the built-in one");
            sink.policy(message, Some(step.name.span), None);
        }
    }
}

fn words(list: &[Spanned<String>]) -> Vec<&str> {
    list.iter().map(|word| word.value.as_str()).collect()
}

fn one(before: &Step, after: &Step, sink: &mut Sink<'_>) {
    let name = &before.name.value;
    let mut say = |what: String, now: Option<Span>, then: Option<Span>| {
        let (now, then) = (now.unwrap_or(after.name.span), then.unwrap_or(before.name.span));
        sink.policy(what, Some(now), Some(then));
    };
    let first = |list: &[Spanned<String>]| list.first().map(|word| word.span);
    if words(&before.run) != words(&after.run) {
        let shown = |step: &Step| words(&step.run).join(" ");
        let message = format!("the step {name} runs `{}` in place of `{}`", shown(after), shown(before));
        say(message, first(&after.run), first(&before.run));
    }
    if let Some(need) = before.needs.iter().find(|need| !words(&after.needs).contains(&need.value.as_str())) {
        say(format!("the step {name} does not need {} any more", need.value), None, Some(need.span));
    }
    let inputs = |step: &Step| step.inputs.as_deref().map(|globs| words(globs).join(" "));
    if after.inputs.is_some() && inputs(before) != inputs(after) {
        let span = |step: &Step| step.inputs.as_deref().and_then(first);
        say(format!("the step {name} reads other inputs"), span(after), span(before));
    }
    if let Some(added) = after.env.iter().find(|name| !words(&before.env).contains(&name.value.as_str())) {
        say(format!("the step {name} sees the variable {}", added.value), Some(added.span), None);
    }
    if after.attempts > before.attempts {
        let message = format!("the step {name} has {} attempts in place of {}", after.attempts, before.attempts);
        say(message, None, None);
    }
    if after.network && !before.network {
        say(format!("the step {name} may use the network"), None, None);
    }
    let varies =
        |step: &Step| -> Vec<String> { step.nondeterminism.iter().map(|one| one.source.value.clone()).collect() };
    let known = varies(before);
    if let Some(added) = after.nondeterminism.iter().find(|one| !known.contains(&one.source.value)) {
        say(format!("the step {name} may vary by {}", added.source.value), Some(added.source.span), None);
    }
    if let Some(gone) = before.outputs.iter().find(|glob| !words(&after.outputs).contains(&glob.value.as_str())) {
        say(format!("the step {name} does not keep {} any more", gone.value), None, Some(gone.span));
    }
}
