//! The steps of workflows that can run: started by some event, by no condition kept from it for ever, called by
//! something that runs.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::shell::cargo_call;
use crate::facts::shell::cargo_call::CargoCall;
use crate::facts::shell::lexer::Shell;
use crate::facts::shell::script;
use crate::facts::shell::script::Command;
use crate::facts::shell::script::Join;
use crate::facts::source::SourceFile;
use crate::facts::workflow::document::Workflow;
use crate::facts::workflow::evaluate;
use crate::facts::workflow::evaluate::Known;
use crate::facts::workflow::expression::Expression;
use crate::facts::workflow::job::Job;
use crate::facts::workflow::job::Step;
use crate::facts::workflow::job::Uses;
use crate::facts::workflow::scenario;
use crate::facts::workflow::scenario::Scenario;
use crate::facts::yaml::around;

/// A step, or a job that calls a workflow, that can run.
pub(super) struct LiveStep<'a> {
    /// The file.
    pub(super) file: &'a SourceFile,
    /// The job; none in an action.
    pub(super) job: Option<&'a Job>,
    /// The step; none for a job that calls a workflow.
    pub(super) step: Option<&'a Step>,
    /// The shell of its script.
    shell: Shell,
}

impl<'a> LiveStep<'a> {
    /// The action or workflow that it uses.
    pub(super) fn uses(&self) -> Option<&'a Uses> {
        match (self.step, self.job) {
            (Some(step), _) => step.uses.as_ref(),
            (None, Some(job)) => job.uses.as_ref(),
            (None, None) => None,
        }
    }

    /// The name that a person reads; empty where it has none.
    pub(super) fn name(&self) -> &'a str {
        self.step.and_then(|step| step.name.as_ref()).map_or("", |name| &name.value)
    }

    /// The commands of its script.
    pub(super) fn commands(&self) -> Vec<Command> {
        self.script().map(|run| script::commands(&run.value, self.shell)).unwrap_or_default()
    }

    /// The cargo commands of its script, but for those whose failure is swallowed on the spot.
    pub(super) fn cargo(&self) -> Vec<(Command, CargoCall)> {
        let commands = self.commands();
        let swallowed = |index: usize| {
            commands.get(index + 1).is_some_and(|next| next.join == Join::Or && matches!(next.program(), "true" | ":"))
        };
        let kept = commands.iter().enumerate().filter(|(index, _)| !swallowed(*index));
        kept.filter_map(|(_, command)| Some((command.clone(), cargo_call::read(command)?))).collect()
    }

    /// Says whether its script starts where this repository's manifest is, and not in a folder below.
    pub(super) fn starts_at_root(&self) -> bool {
        let given = [
            self.step.and_then(|step| step.working_directory.as_ref()),
            self.job.and_then(|job| job.defaults.working_directory.as_ref()),
        ];
        given.iter().all(Option::is_none) && !self.is_elsewhere()
    }

    /// Says whether its job works on another repository's files: it checks one out, and this one never.
    pub(super) fn is_elsewhere(&self) -> bool {
        let Some(job) = self.job else { return false };
        let checkouts =
            job.steps.iter().filter(|step| step.uses.as_ref().is_some_and(|uses| uses.is("actions/checkout")));
        let foreign = |step: &&Step| step.input("repository").is_some_and(|name| !name.value.contains("github."));
        let (others, own): (Vec<&Step>, Vec<&Step>) = checkouts.partition(foreign);
        !others.is_empty() && own.is_empty()
    }

    /// The script.
    pub(super) fn script(&self) -> Option<&'a Spanned<String>> {
        self.step?.run.as_ref()
    }

    /// Says whether the workflow goes on whatever comes of the step.
    pub(super) fn is_ignored(&self) -> bool {
        let flags = [
            self.step.and_then(|step| step.continue_on_error.as_ref()),
            self.job.and_then(|job| job.continue_on_error.as_ref()),
        ];
        flags.into_iter().flatten().any(|flag| flag.value.trim() == "true")
    }

    /// The place of a part of its script.
    pub(super) fn place(&self, facts: &Facts, inner: Span, label: &str) -> Option<Place> {
        let span = around::locate(self.file.text(), self.script()?, inner);
        Some(facts.place(&self.file.path, span, label))
    }

    /// The place of the action or workflow that it uses.
    pub(super) fn place_of_uses(&self, facts: &Facts, label: &str) -> Option<Place> {
        Some(facts.place(&self.file.path, self.uses()?.text.span, label))
    }
}

/// All steps that can run, in order of files; those of local actions and called workflows behind what calls them.
pub(super) fn steps(facts: &Facts) -> Vec<LiveStep<'_>> {
    let mut found = Vec::new();
    let mut called: Vec<String> = Vec::new();
    for (file, workflow) in facts.workflows() {
        let scenarios: Vec<Scenario> =
            scenario::of(workflow).into_iter().filter(|scenario| scenario.event.is_some()).collect();
        of_workflow(file, workflow, &scenarios, &mut found, &mut called);
    }
    let mut done: BTreeSet<String> = BTreeSet::new();
    while let Some(path) = called.pop() {
        if !done.insert(path.clone()) {
            continue;
        }
        if let Some((file, workflow)) = facts.workflows().find(|(file, _)| *file.path == *path) {
            if !workflow.triggers.iter().any(|trigger| trigger.event.value != "workflow_call") {
                of_workflow(file, workflow, &scenario::of(workflow), &mut found, &mut called);
            }
            continue;
        }
        for name in ["action.yml", "action.yaml"] {
            let path = path::child(&path, name);
            for (file, action) in facts.actions().filter(|(file, _)| *file.path == *path) {
                for step in action.steps.iter().filter(|step| can_run(step.condition.as_ref(), &[])) {
                    let shell = step.shell.as_ref().map_or(Shell::Posix, |shell| Shell::of(&shell.value));
                    take(LiveStep { file, job: None, step: Some(step), shell }, &mut found, &mut called);
                }
            }
        }
    }
    found
}

fn of_workflow<'a>(
    file: &'a SourceFile,
    workflow: &'a Workflow,
    scenarios: &[Scenario],
    found: &mut Vec<LiveStep<'a>>,
    called: &mut Vec<String>,
) {
    if scenarios.is_empty() {
        return;
    }
    let mut dead: BTreeSet<&str> = workflow
        .jobs
        .iter()
        .filter(|job| !can_run(job.condition.as_ref(), scenarios))
        .map(|job| job.id.value.as_str())
        .collect();
    // What needs a job that never runs never runs either, unless it says that it always does.
    for _ in 0..workflow.jobs.len() {
        let more: Vec<&str> = workflow
            .jobs
            .iter()
            .filter(|job| !dead.contains(job.id.value.as_str()) && job.condition.is_none())
            .filter(|job| job.needs.iter().any(|need| dead.contains(need.value.as_str())))
            .map(|job| job.id.value.as_str())
            .collect();
        if more.is_empty() {
            break;
        }
        dead.extend(more);
    }
    for job in workflow.jobs.iter().filter(|job| !dead.contains(job.id.value.as_str())) {
        if job.uses.is_some() {
            take(LiveStep { file, job: Some(job), step: None, shell: Shell::Other }, found, called);
        }
        for step in job.steps.iter().filter(|step| can_run(step.condition.as_ref(), scenarios)) {
            let named = step.shell.as_ref().or(job.defaults.shell.as_ref()).or(workflow.defaults.shell.as_ref());
            let shell = named.map_or(Shell::Posix, |shell| Shell::of(&shell.value));
            take(LiveStep { file, job: Some(job), step: Some(step), shell }, found, called);
        }
    }
}

fn take<'a>(step: LiveStep<'a>, found: &mut Vec<LiveStep<'a>>, called: &mut Vec<String>) {
    let local = step.uses().and_then(Uses::local);
    called.extend(local.map(|local| local.split('@').next().unwrap_or(local).trim_end_matches('/').to_owned()));
    found.push(step);
}

/// Says whether a condition is true in some scenario, as far as can be told before a run.
fn can_run(condition: Option<&Spanned<String>>, scenarios: &[Scenario]) -> bool {
    let Some(expression) = condition.and_then(|condition| Expression::condition(&condition.value)) else { return true };
    let free = Scenario { event: None, reference: Known::Unknown };
    let scenarios = if scenarios.is_empty() { std::slice::from_ref(&free) } else { scenarios };
    scenarios.iter().any(|scenario| {
        let lookup = |path: &[String]| match path.split_first() {
            Some((context, rest)) if context.eq_ignore_ascii_case("github") => scenario.github(rest),
            _ => Known::Unknown,
        };
        evaluate::evaluate(&expression, &lookup).truth() != Some(false)
    })
}
