//! `ci-gate-skippable`: a merge gate that is skipped, and so passes, when a job that it needs fails.

use crate::facts::Facts;
use crate::facts::source::SourceFile;
use crate::facts::workflow::document::Workflow;
use crate::facts::workflow::evaluate;
use crate::facts::workflow::evaluate::Known;
use crate::facts::workflow::expression::Expression;
use crate::facts::workflow::job::Job;
use crate::facts::workflow::scripts;
use crate::facts::workflow::value::Value;
use crate::rules::ci::unread;
use crate::rules::finding::Finding;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "ci-gate-skippable",
    group: "ci",
    level: Level::Deny,
    claim: "every merge gate fails when a job that it needs fails",
    page: "\
## What is compared

Jobs that do nothing but wait for others (`needs:` and a step that only prints, exits or looks at results, with a name \
such as `success`, `all-green`, `required`), against what GitHub does when one of the needed jobs fails: a job without \
a status function in its `if:` is then *skipped*, and a skipped required check counts as passed.

## Example of drift

```yaml
  success:
    needs: [lint, test]
    runs-on: ubuntu-latest
    steps:
      - run: echo all good        # skipped, and green, when lint or test fails
```

## How to mend it

Let the gate run always, and look at the results:

```yaml
    if: always()
    steps:
      - if: contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled')
        run: exit 1
```

## When the rule keeps silent

Jobs that other jobs need (a stage, not a gate), jobs that do work of their own, gates that ask the results through an \
action or a script, pairs of gates of which one \
runs on failure, and workflows of a merge robot (`staging`, `trying`) that waits for the gate to run.
",
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = unread::noted(context.facts);
    for (file, workflow) in context.facts.workflows() {
        if waits_for_bors(workflow) {
            continue;
        }
        for job in workflow.jobs.iter().filter(|job| is_gate(workflow, job)) {
            outcome.look();
            if let Some(finding) = judge(context.facts, file, workflow, job) {
                outcome.find(finding);
            }
        }
    }
    outcome
}

/// Says whether a merge robot that takes a skipped gate for none reads the workflow: it pushes to `staging` and `trying`.
fn waits_for_bors(workflow: &Workflow) -> bool {
    let branches = || workflow.triggers.iter().flat_map(|trigger| &trigger.branches);
    branches().any(|branch| branch.value.starts_with("staging"))
        && branches().any(|branch| branch.value.starts_with("trying"))
}

/// The words in names of jobs that stand for all the others.
const NAMES: &[&str] = &[
    "success",
    "successful",
    "succeeded",
    "gate",
    "gates",
    "required",
    "pass",
    "passed",
    "passes",
    "conclusion",
    "complete",
    "completed",
    "done",
    "finished",
    "bors",
    "green",
    "ok",
    "merge",
    "mergeable",
    "all",
    "everything",
];

/// Says whether a job does no work of its own and stands for all the others.
pub(in crate::rules) fn is_gate(workflow: &Workflow, job: &Job) -> bool {
    let needed = workflow.jobs.iter().any(|other| other.needs.iter().any(|need| need.value == job.id.value));
    let named = [Some(&job.id), job.name.as_ref()].into_iter().flatten().any(|name| {
        let lower = name.value.to_ascii_lowercase();
        lower.split(|character: char| !character.is_ascii_alphanumeric()).any(|word| NAMES.contains(&word))
    });
    named
        && !needed
        && !job.needs.is_empty()
        && (job.needs.len() > 1 || workflow.jobs.len() == 2)
        && job.uses.is_none()
        && !job.steps.is_empty()
        && job.steps.iter().all(scripts::does_no_work)
}

fn judge(facts: &Facts, file: &SourceFile, workflow: &Workflow, gate: &Job) -> Option<Finding> {
    let name = &gate.title().value;
    let needs = facts.place(&file.path, gate.needs.first()?.span, "waits for these jobs");
    let at = |label: &str| match &gate.condition {
        Some(condition) => facts.place(&file.path, condition.span, label),
        None => facts.place(&file.path, gate.id.span, label),
    };
    if !runs_after_a_failure(gate) {
        if has_counterpart(workflow, gate) {
            return None;
        }
        let message =
            format!("the gate `{name}` is skipped when a job that it needs fails, and a skipped check passes");
        let label = if gate.condition.is_some() { "false when a needed job fails" } else { "has no `if: always()`" };
        return Some(
            Finding::new(message, at(label)).against(needs).why("GitHub reports a skipped required check as a success"),
        );
    }
    if looks_at_results(gate) {
        return None;
    }
    let message =
        format!("the gate `{name}` runs whatever happens and never looks at the results of the jobs it needs");
    let why = "it passes when every job that it needs has failed";
    Some(Finding::new(message, at("runs always")).against(needs).why(why))
}

/// Says whether the gate's own condition can be true after a needed job failed.
fn runs_after_a_failure(gate: &Job) -> bool {
    let Some(condition) = &gate.condition else { return false };
    // What can't be read may do anything.
    let Some(expression) = Expression::condition(&condition.value) else { return true };
    let asks = ["always", "failure", "cancelled", "success"].iter().any(|name| expression.calls(name));
    asks && is_true_after(&expression)
}

/// Evaluates a condition where one needed job failed, the others passed and nobody cancelled.
fn is_true_after(expression: &Expression) -> bool {
    let replaced = with_status(expression);
    let text = |text: &str| Value::Text(text.to_owned());
    let known = evaluate::evaluate(&replaced, &|path| match path {
        [needs, star, result] if needs == "needs" && star == "*" && result == "result" => {
            Known::Value(Value::List(vec![text("failure"), text("success")]))
        }
        _ => Known::Unknown,
    });
    known.truth() != Some(false)
}

/// Puts the values that the status functions have after a failure in their place.
fn with_status(expression: &Expression) -> Expression {
    let all = |parts: &[Expression]| parts.iter().map(with_status).collect();
    match expression {
        Expression::Call(name, _) if matches!(name.as_str(), "always" | "failure") => {
            Expression::Literal(Value::Bool(true))
        }
        Expression::Call(name, _) if matches!(name.as_str(), "success" | "cancelled") => {
            Expression::Literal(Value::Bool(false))
        }
        Expression::Call(name, parts) => Expression::Call(name.clone(), all(parts)),
        Expression::Not(inner) => Expression::Not(Box::new(with_status(inner))),
        Expression::And(parts) => Expression::And(all(parts)),
        Expression::Or(parts) => Expression::Or(all(parts)),
        Expression::Compare(comparison, left, right) => {
            Expression::Compare(*comparison, Box::new(with_status(left)), Box::new(with_status(right)))
        }
        other => other.clone(),
    }
}

/// Says whether another job of the same needs, or of the same name, runs when one of them fails.
fn has_counterpart(workflow: &Workflow, gate: &Job) -> bool {
    workflow.jobs.iter().any(|other| {
        other.id != gate.id
            && (other.title().value == gate.title().value
                || gate.needs.iter().all(|need| other.needs.iter().any(|own| own.value == need.value)))
            && runs_after_a_failure(other)
            && looks_at_results(other)
    })
}

/// Says whether a step asks what became of the needed jobs.
fn looks_at_results(gate: &Job) -> bool {
    let asks = |text: &str| {
        ["needs.", "needs)", "needs[", "failure()", "success()", "cancelled()", "job.status"]
            .iter()
            .any(|word| text.contains(word))
    };
    // A gate that runs only after a failure, and then fails, has asked in its condition.
    let fails = gate
        .steps
        .iter()
        .any(|step| step.condition.is_none() && step.run.as_ref().is_some_and(|run| run.value.trim() == "exit 1"));
    fails
        || gate.env.iter().any(|(_, value)| asks(&value.value))
        || gate.steps.iter().any(|step| {
            step.uses.is_some()
                || [step.condition.as_ref(), step.run.as_ref()].into_iter().flatten().any(|text| asks(&text.value))
                || step.env.iter().chain(&step.with).any(|(_, value)| asks(&value.value))
        })
}
