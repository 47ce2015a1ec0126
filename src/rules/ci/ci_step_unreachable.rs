//! `ci-step-unreachable`: a condition of a job or step that no row of its matrix and no event can make true.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::place::Spanned;
use crate::facts::source::SourceFile;
use crate::facts::workflow::document::Workflow;
use crate::facts::workflow::evaluate;
use crate::facts::workflow::evaluate::Known;
use crate::facts::workflow::expand;
use crate::facts::workflow::expand::Rows;
use crate::facts::workflow::expression::Expression;
use crate::facts::workflow::job::Job;
use crate::facts::workflow::matrix::Combination;
use crate::facts::workflow::scenario;
use crate::facts::workflow::scenario::Scenario;
use crate::facts::workflow::scripts;
use crate::facts::workflow::value::Value;
use crate::rules::ci::unread;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "ci-step-unreachable",
    group: "ci",
    level: Level::Deny,
    claim: "every job and step of a workflow can run in some row of its matrix, for some event",
    page: "\
## What is compared

Each `if:` of a workflow, against the rows of the job's matrix, the events and branches under `on`, the steps before it \
and the jobs that it needs. The condition is evaluated for every row and every event, with everything that only a run \
knows taken as unknown. A condition that is false in all of them is a step that never runs, and that nobody misses.

## Example of drift

```yaml
strategy:
  matrix:
    toolchain: [stable, nightly]
steps:
  - run: cargo miri test
    if: matrix.rust == 'nightly'     # the axis is called toolchain: this is never true
```

## How to mend it

Compare with a value that the matrix really has, or delete the step.

## When the rule keeps silent

Where a run decides: outputs of steps, inputs of callers, repository variables, a matrix that is an expression. A \
condition without any context (`if: false`) or with a value such as `linux-disabled` is a switch that somebody turned \
on purpose, and a step that can only print and fail is a guard. Where only the list of events \
makes the condition false, the finding is a warning; where a comment in the job's matrix sets the key or names what the \
condition asks for, it is a note.
",
    check,
};

/// What decides a condition: where it stands, and what is known there.
struct Site<'a> {
    workflow: &'a Workflow,
    job: &'a Job,
    /// The number of the step; none for the condition of the job.
    step: Option<usize>,
    condition: &'a Spanned<String>,
}

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = unread::noted(context.facts);
    for (file, workflow) in context.facts.workflows() {
        let scenarios = scenario::of(workflow);
        if scenarios.is_empty() || is_generated(file.text()) {
            continue;
        }
        for job in &workflow.jobs {
            judge_job(context.facts, file, workflow, job, &scenarios, &mut outcome);
        }
    }
    outcome
}

/// Says whether the first lines say that the workflow is made of a template: what is dead in it is alive in another copy.
fn is_generated(text: &str) -> bool {
    let head: String = text.lines().take_while(|line| line.starts_with('#')).collect::<Vec<_>>().join(" ");
    let head = head.to_ascii_lowercase();
    head.contains("generated") && (head.contains("template") || head.contains("do not edit"))
}

fn judge_job(
    facts: &Facts,
    file: &SourceFile,
    workflow: &Workflow,
    job: &Job,
    scenarios: &[Scenario],
    outcome: &mut Outcome,
) {
    let rows = Rows::of(Some(job));
    let mut possible: Vec<&Scenario> = scenarios.iter().collect();
    if let Some(condition) = &job.condition
        && let Some(expression) = Expression::condition(&condition.value).filter(looks_at_a_context)
    {
        outcome.look();
        let site = Site { workflow, job, step: None, condition };
        possible.retain(|scenario| site.can_be_true(&expression, scenario, None));
        if possible.is_empty() {
            outcome.find(site.finding(facts, file, &expression, scenarios, &rows));
            return;
        }
    }
    for (index, step) in job.steps.iter().enumerate() {
        let Some(condition) = &step.condition else { continue };
        let Some(expression) = Expression::condition(&condition.value).filter(looks_at_a_context) else { continue };
        outcome.look();
        // A step that can only print and fail is a guard: that it never runs is what it is for.
        if step.run.is_some() && scripts::does_no_work(step) {
            continue;
        }
        let site = Site { workflow, job, step: Some(index), condition };
        let reachable = possible.iter().any(|scenario| match &rows.combinations {
            Some(rows) => rows.iter().any(|row| site.can_be_true(&expression, scenario, Some(row))),
            None => site.can_be_true(&expression, scenario, None),
        });
        if !reachable {
            let possible: Vec<Scenario> = possible.iter().map(|scenario| (*scenario).clone()).collect();
            let mut finding = site.finding(facts, file, &expression, &possible, &rows);
            if waits_for_a_row(file.text(), job, &expression) {
                finding.certainty = Certainty::Unsure;
            }
            outcome.find(finding);
        }
    }
}

/// Says whether a comment in the job's matrix sets the key, or names what the condition asks for: it waits for its return.
fn waits_for_a_row(text: &str, job: &Job, expression: &Expression) -> bool {
    let Some(matrix) = &job.matrix else { return false };
    let paths = expression.paths();
    let keys = paths.iter().filter(|path| path.first().is_some_and(|context| context == "matrix"));
    let keys: Vec<String> = keys.filter_map(|path| path.get(1)).map(|key| format!("{key}:")).collect();
    if keys.is_empty() {
        return false;
    }
    let mut values = Vec::new();
    expression.visit(&mut |part| {
        if let Expression::Literal(Value::Text(value)) = part {
            let word = value.split(|character: char| !character.is_alphanumeric()).next().unwrap_or_default();
            values.extend((word.len() > 3).then(|| word.to_ascii_lowercase()));
        }
    });
    let inside = text.get(matrix.span.start..matrix.span.end).unwrap_or_default();
    // What follows the last row as a comment still belongs to the matrix.
    let behind = text.get(matrix.span.end..).unwrap_or_default().lines();
    let behind = behind.take_while(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
    let mut comments = inside.lines().chain(behind).filter_map(|line| line.trim_start().strip_prefix('#'));
    comments.any(|line| {
        let lower = line.to_ascii_lowercase();
        keys.iter().any(|key| line.contains(key.as_str())) || values.iter().any(|value| lower.contains(value.as_str()))
    })
}

/// Says whether anything but literals decides: `if: false` is a switch, not a mistake, and so is `'linux-disabled'`.
fn looks_at_a_context(expression: &Expression) -> bool {
    let mut switched = false;
    expression.visit(&mut |part| {
        if let Expression::Literal(Value::Text(text)) = part {
            let lower = text.to_ascii_lowercase();
            switched |= lower
                .split(|character: char| !character.is_ascii_alphanumeric())
                .any(|word| matches!(word, "disabled" | "disable" | "never" | "todo"));
        }
    });
    !switched && !expression.paths().is_empty()
}

impl Site<'_> {
    fn can_be_true(&self, expression: &Expression, scenario: &Scenario, row: Option<&Combination>) -> bool {
        evaluate::evaluate(expression, &|path| self.lookup(path, scenario, row)).truth() != Some(false)
    }

    fn lookup(&self, path: &[String], scenario: &Scenario, row: Option<&Combination>) -> Known {
        let Some((context, rest)) = path.split_first() else { return Known::Unknown };
        let null = Known::Value(Value::Null);
        match (context.to_ascii_lowercase().as_str(), rest) {
            ("github", rest) => scenario.github(rest),
            ("matrix", rest) if self.step.is_some() => row.map_or(Known::Unknown, |row| expand::of_matrix(row, rest)),
            ("runner", [name]) if name == "os" => row.map_or(Known::Unknown, |row| self.runner(row)),
            ("steps", [id, ..]) if id != "*" && self.names_no_step(id) => null,
            ("needs", [id, ..]) if id != "*" && self.names_no_need(rest) => null,
            _ => Known::Unknown,
        }
    }

    fn names_no_step(&self, id: &str) -> bool {
        let before = self.step.map_or(&[][..], |index| &self.job.steps[..index]);
        self.step.is_some()
            && !before.iter().any(|step| step.id.as_ref().is_some_and(|own| own.value.eq_ignore_ascii_case(id)))
    }

    /// Says whether the job does not need the job that is named, or that job has no output of the name.
    fn names_no_need(&self, path: &[String]) -> bool {
        let id = path[0].as_str();
        if !self.job.needs.iter().any(|need| need.value.eq_ignore_ascii_case(id)) {
            return true;
        }
        let Some(needed) = self.workflow.jobs.iter().find(|job| job.id.value.eq_ignore_ascii_case(id)) else {
            return false;
        };
        match path {
            [_, outputs, name] if outputs == "outputs" && name != "*" => {
                needed.uses.is_none() && !needed.outputs.iter().any(|output| output.value.eq_ignore_ascii_case(name))
            }
            _ => false,
        }
    }

    fn runner(&self, row: &Combination) -> Known {
        let rows = Rows { combinations: Some(vec![row.clone()]) };
        let [label] = self.job.runs_on.as_slice() else { return Known::Unknown };
        let texts = rows.texts(&label.value, &|_| None).unwrap_or_default();
        let system = texts.first().and_then(|label| {
            let known = [("ubuntu-", "Linux"), ("windows-", "Windows"), ("macos-", "macOS")];
            known.into_iter().find(|(prefix, _)| label.starts_with(prefix))
        });
        system.map_or(Known::Unknown, |(_, system)| Known::Value(Value::Text(system.to_owned())))
    }

    fn finding(
        &self,
        facts: &Facts,
        file: &SourceFile,
        expression: &Expression,
        scenarios: &[Scenario],
        rows: &Rows,
    ) -> Finding {
        let what = if self.step.is_some() { "step" } else { "job" };
        let mut reasons = Vec::new();
        let mut places = Vec::new();
        let mut certainty = Certainty::Certain;
        for path in expression.paths() {
            let (reason, place) = self.reason(facts, file, path, scenarios, rows);
            if path[0].eq_ignore_ascii_case("github") && reason.is_some() {
                certainty = Certainty::Probable;
            }
            for reason in reason.into_iter().filter(|reason| !reasons.contains(reason)).collect::<Vec<_>>() {
                reasons.push(reason);
            }
            for place in place.into_iter().filter(|place| !places.contains(place)).collect::<Vec<_>>() {
                places.push(place);
            }
        }
        let condition = self.condition.value.split_whitespace().collect::<Vec<_>>().join(" ");
        let message = match reasons.as_slice() {
            [] => format!("the condition `{condition}` can never be true"),
            reasons => format!("the condition `{condition}` can never be true: {}", reasons.join("; ")),
        };
        let at = facts.place(&file.path, self.condition.span, format!("the {what} never runs"));
        let mut finding = Finding::new(message, at).certainty(certainty);
        for place in places {
            finding = finding.against(place);
        }
        finding.why("what never runs never fails: the check it stands for is green for ever")
    }

    /// What a path of the condition can be, in words, and where that is said.
    fn reason(
        &self,
        facts: &Facts,
        file: &SourceFile,
        path: &[String],
        scenarios: &[Scenario],
        rows: &Rows,
    ) -> (Option<String>, Option<Place>) {
        let place = |span, label: &str| Some(facts.place(&file.path, span, label));
        let name = path.join(".");
        match (path[0].to_ascii_lowercase().as_str(), path.get(1).map(String::as_str)) {
            ("matrix", Some(_)) => {
                let values: BTreeSet<String> = rows
                    .combinations
                    .iter()
                    .flatten()
                    .map(|row| match expand::of_matrix(row, &path[1..]) {
                        Known::Value(Value::Null) => "not set".to_owned(),
                        Known::Value(value) => value.as_text().unwrap_or_else(|| "a list".to_owned()),
                        _ => "unknown".to_owned(),
                    })
                    .collect();
                let matrix = self.job.matrix.as_ref().and_then(|matrix| place(matrix.span, "the rows of the job"));
                (
                    Some(format!("{name} is {}", listed(values))),
                    matrix.or_else(|| place(self.job.id.span, "has no matrix")),
                )
            }
            ("runner", _) => (
                Some(format!(
                    "the job runs on {}",
                    listed(self.job.runs_on.iter().map(|label| label.value.clone()).collect())
                )),
                self.job.runs_on.first().and_then(|label| place(label.span, "the runner")),
            ),
            ("steps", Some(id)) if self.names_no_step(id) => {
                (Some(format!("no step before it has the id `{id}`")), place(self.job.id.span, "the steps of this job"))
            }
            ("needs", Some(id)) if self.names_no_need(&path[1..]) => {
                let needed = self.job.needs.iter().any(|need| need.value.eq_ignore_ascii_case(id));
                let reason = if needed {
                    format!("the job `{id}` has no such output")
                } else {
                    format!("the job does not need `{id}`")
                };
                let stands = self.workflow.job(id).map_or(self.job.id.span, |job| job.id.span);
                (Some(reason), place(stands, "the job"))
            }
            ("github", Some("event_name" | "ref" | "ref_name" | "ref_type" | "head_ref" | "base_ref")) => {
                let events: BTreeSet<String> = scenarios.iter().filter_map(|scenario| scenario.event.clone()).collect();
                let reason = format!("it starts on {}", listed(events));
                (Some(reason), self.workflow.on.and_then(|on| place(on, "the events")))
            }
            _ => (None, None),
        }
    }
}

fn listed(values: BTreeSet<String>) -> String {
    let shown: Vec<_> = values.into_iter().collect();
    match shown.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [most @ .., last] if shown.len() <= 6 => format!("{} or {last}", most.join(", ")),
        [first, second, ..] => format!("{first}, {second} or one of {} others", shown.len() - 2),
    }
}
