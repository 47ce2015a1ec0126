//! The scripts of all workflows, each with the shell and the folder it runs in.

use std::collections::BTreeSet;

use crate::facts::path;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::shell::lexer::Shell;
use crate::facts::shell::script;
use crate::facts::shell::script::Command;
use crate::facts::source::SourceFile;
use crate::facts::workflow::document::Workflow;
use crate::facts::workflow::expand;
use crate::facts::workflow::expand::Rows;
use crate::facts::workflow::job::Job;
use crate::facts::workflow::job::Step;
use crate::facts::yaml::around;

/// One `run` step.
#[derive(Clone, Debug)]
pub struct Script<'a> {
    /// The workflow's file.
    pub file: &'a SourceFile,
    /// The workflow.
    pub workflow: &'a Workflow,
    /// The job.
    pub job: &'a Job,
    /// The step.
    pub step: &'a Step,
    /// The position of the step in the job.
    pub index: usize,
    /// The script.
    pub run: &'a Spanned<String>,
    /// The shell.
    pub shell: Shell,
    /// The folders of the tree that it may start in, one for each row that differs; none where only a run knows them,
    /// or where no step before it checks this repository out at the place that is given.
    pub folders: Option<BTreeSet<String>>,
}

impl Script<'_> {
    /// The commands, in order.
    pub fn commands(&self) -> Vec<Command> {
        script::commands(&self.run.value, self.shell)
    }

    /// Where a span of the script stands in the file.
    pub fn span(&self, inner: Span) -> Span {
        around::locate(self.file.text(), self.run, inner)
    }

    /// The folders of the tree that a command may run in.
    pub fn folders_of(&self, command: &Command) -> Option<BTreeSet<String>> {
        self.folders.as_ref()?.iter().map(|start| command.folder.from(start)).collect()
    }

    /// The value of a variable where `env` blocks alone decide it.
    pub fn variable(&self, name: &str) -> Option<String> {
        if expand::sets_environment(self.job, name) {
            return None;
        }
        expand::variable(Some(self.workflow), Some(self.job), self.step, name)
    }

    /// All texts that a text becomes in the rows of the job.
    pub fn texts(&self, text: &str) -> Option<BTreeSet<String>> {
        Rows::of(Some(self.job)).texts(text, &|name| self.variable(name))
    }
}

/// The scripts of a workflow, in order.
pub fn of<'a>(file: &'a SourceFile, workflow: &'a Workflow) -> Vec<Script<'a>> {
    let mut found = Vec::new();
    for job in &workflow.jobs {
        let rows = Rows::of(Some(job));
        for (index, step) in job.steps.iter().enumerate() {
            let Some(run) = &step.run else { continue };
            let named = step.shell.as_ref().or(job.defaults.shell.as_ref()).or(workflow.defaults.shell.as_ref());
            let shell = named.map_or_else(|| default_shell(job), |shell| Shell::of(&shell.value));
            let folders = folders(workflow, job, step, index, &rows);
            found.push(Script { file, workflow, job, step, index, run, shell, folders });
        }
    }
    found
}

fn default_shell(job: &Job) -> Shell {
    let windows = !job.runs_on.is_empty() && job.runs_on.iter().all(|label| label.value.starts_with("windows"));
    if windows { Shell::PowerShell } else { Shell::Posix }
}

fn folders(workflow: &Workflow, job: &Job, step: &Step, index: usize, rows: &Rows) -> Option<BTreeSet<String>> {
    let root = checkout(&job.steps[..index])?;
    let given = step
        .working_directory
        .as_ref()
        .or(job.defaults.working_directory.as_ref())
        .or(workflow.defaults.working_directory.as_ref())
        .map_or("", |folder| folder.value.as_str());
    let given = given.replace("${{ github.workspace }}/", "").replace("${{ github.workspace }}", "");
    let texts = rows.texts(&given, &|name| expand::variable(Some(workflow), Some(job), step, name))?;
    let inside = |folder: &String| {
        let folder = path::join("", folder)?;
        if root.is_empty() {
            return Some(folder);
        }
        let rest = folder.strip_prefix(root.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_start_matches('/').to_owned())
    };
    texts.iter().map(inside).collect()
}

/// The folder that this repository is checked out in by the steps so far; none where none does, or another revision.
fn checkout(steps: &[Step]) -> Option<String> {
    let mut root = None;
    for step in steps {
        let Some(uses) = &step.uses else { continue };
        if uses.local().is_some() {
            // A local action needs the checkout that it stands in.
            root = root.or(Some(String::new()));
        }
        if !uses.target.to_ascii_lowercase().contains("checkout") {
            continue;
        }
        let foreign = step.input("repository").is_some_and(|repository| !repository.value.contains("github."));
        let pinned = step.input("ref").is_some_and(|reference| !reference.value.contains("${{"));
        let folder = step.input("path").map_or(Some(String::new()), |folder| path::join("", &folder.value));
        if !foreign && !pinned {
            root = folder;
        } else if folder.as_deref() == Some("") {
            root = None;
        }
    }
    root
}

/// Says whether a step only prints, exits or looks at results: a guard, not a check.
pub fn does_no_work(step: &Step) -> bool {
    const HARMLESS: &[&str] = &[
        "echo",
        "exit",
        "true",
        "false",
        ":",
        "test",
        "[",
        "[[",
        "jq",
        "printf",
        "set",
        "grep",
        "Write-Host",
        "Write-Output",
    ];
    if step.uses.as_ref().is_some_and(|uses| !uses.target.to_ascii_lowercase().contains("alls-green")) {
        return false;
    }
    let Some(run) = &step.run else { return true };
    script::commands(&run.value, Shell::Posix)
        .iter()
        .all(|command| HARMLESS.contains(&command.program()) || command.words[0].unknown)
}
