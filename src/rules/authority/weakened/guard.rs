//! A call of this tool in a workflow: when it happens, how it is made, and what may keep it from running or failing.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::shell::script::Command;
use crate::facts::shell::script::Join;
use crate::facts::workflow::document::Workflow;
use crate::facts::workflow::job::Job;
use crate::facts::workflow::job::Step;
use crate::facts::workflow::scripts;
use crate::facts::workflow::scripts::Script;
use crate::facts::workflow::trigger::Trigger;
use crate::facts::workflow::value::Pair;

/// Events that stand before a merge.
const EVENTS: &[&str] = &["pull_request", "merge_group", "push"];
/// Conditions that skip less than none at all.
const ALWAYS: &[&str] = &["always()", "!cancelled()", "success() || failure()"];
/// Of these the ones under which a job runs even where a job before it was skipped.
const EVEN_BEHIND_SKIPPED: &[&str] = &["always()", "!cancelled()"];
/// Verbs that decide.
const VERBS: &[&str] = &["check", "run", "verify", "gate", "action"];
/// Commands that change what a later line of a script means, or end it.
const TURNS: &[&str] = &["exit", "exec", "return", "trap", "alias", "source", ".", "eval", "export", "hash", "enable"];
/// Variables that change what a call does, whoever names them; those with a `_` at the end by how they begin.
const DECISIVE: &[&str] = &[
    "PATH",
    "SHELL",
    "BASH_ENV",
    "ENV",
    "IFS",
    "HOME",
    "LD_",
    "DYLD_",
    "GIT_",
    "CARGO_GOVERNED_",
    "CARGO_ALIAS_",
    "CARGO_BUILD_",
    "CARGO_TARGET_",
    "CARGO_ENCODED_",
    "RUSTC",
    "RUSTC_",
    "RUSTDOC",
    "RUSTFLAGS",
    "RUSTDOCFLAGS",
    "RUSTUP_TOOLCHAIN",
];
/// Of these the ones that say only where something lies, or how fast it is made.
const HARMLESS: &[&str] =
    &["CARGO_TARGET_DIR", "CARGO_BUILD_JOBS", "CARGO_BUILD_TARGET_DIR", "CARGO_BUILD_INCREMENTAL"];

/// How a call is made, by what of it is meant: nothing of it may differ.
pub(super) type Made = BTreeMap<&'static str, String>;

/// A call of this tool in a workflow.
pub(super) struct Guard<'a> {
    pub(super) path: &'a str,
    pub(super) span: Span,
    pub(super) trigger: &'a Trigger,
    pub(super) verb: String,
    /// How it is made.
    pub(super) made: Made,
    /// What may keep it from running, or from failing.
    pub(super) escapes: BTreeSet<String>,
}

/// Where a step stands.
#[derive(Clone, Copy)]
struct Around<'a> {
    workflow: &'a Workflow,
    job: &'a Job,
    step: &'a Step,
    index: usize,
}

/// All calls, once for each event before a merge that starts them.
pub(super) fn of(facts: &Facts) -> Vec<Guard<'_>> {
    let mut found = Vec::new();
    for (file, workflow) in facts.workflows() {
        let triggers: Vec<&Trigger> =
            workflow.triggers.iter().filter(|trigger| EVENTS.contains(&trigger.event.value.as_str())).collect();
        let mut add = |span: Span, verb: &str, made: Made, escapes: BTreeSet<String>| {
            found.extend(triggers.iter().map(|trigger| Guard {
                path: &file.path,
                span,
                trigger,
                verb: verb.to_owned(),
                made: made.clone(),
                escapes: escapes.clone(),
            }));
        };
        for script in scripts::of(file, workflow) {
            let commands = script.commands();
            let around = Around { workflow, job: script.job, step: script.step, index: script.index };
            for (at, command) in commands.iter().enumerate() {
                let Some((verb, place)) = verb(command) else { continue };
                let mut escapes = skipped(workflow, script.job, Some(script.step));
                escapes.extend(passed_over(&script, &commands, at));
                add(script.span(command.span), verb, called(around, command, verb, place), escapes);
            }
        }
        for job in &workflow.jobs {
            for (index, step) in job.steps.iter().enumerate() {
                let Some(uses) = step.uses.as_ref().filter(|uses| is_ours(&uses.target)) else { continue };
                let around = Around { workflow, job, step, index };
                let made = used(around, &uses.target, &step.with);
                add(uses.text.span, "action", made, skipped(workflow, job, Some(step)));
            }
            let Some(uses) = job.uses.as_ref().filter(|uses| is_ours(&uses.target)) else { continue };
            let made =
                Made::from([("the workflow", uses.target.to_ascii_lowercase()), ("its inputs", pairs(&job.with))]);
            add(uses.text.span, "action", made, skipped(workflow, job, None));
        }
    }
    found
}

fn is_ours(target: &str) -> bool {
    target.contains("cargo-governed")
}

/// The verb of a call of this tool that decides, and the place of its word.
fn verb(command: &Command) -> Option<(&'static str, usize)> {
    let word = |index: usize| command.words.get(index).map(|word| word.text.as_str());
    let mut next = 1;
    match command.program() {
        "cargo" => {
            next += usize::from(word(next).is_some_and(|word| word.starts_with('+')));
            word(next).filter(|word| *word == "governed")?;
            next += 1;
        }
        "cargo-governed" => next += usize::from(word(next) == Some("governed")),
        _ => return None,
    }
    (next..command.words.len()).find_map(|at| Some((*VERBS.iter().find(|verb| word(at) == Some(**verb))?, at)))
}

/// How a command is called.
fn called(around: Around<'_>, command: &Command, verb: &str, place: usize) -> Made {
    let words = |words: &[crate::facts::shell::lexer::Word]| -> String {
        words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    };
    let Around { workflow, job, step, .. } = around;
    let text = |own: &Option<Spanned<String>>, of_job: &Option<Spanned<String>>, of_all: &Option<Spanned<String>>| {
        own.as_ref().or(of_job.as_ref()).or(of_all.as_ref()).map(|text| text.value.clone()).unwrap_or_default()
    };
    let mut made = common(around, verb);
    let variables = command.variables.iter().map(|(name, value)| format!("{name}={value}"));
    let before: Vec<String> = variables.chain([words(&command.words[..place])]).collect();
    made.insert("its program", before.join(" "));
    made.insert("its arguments", words(&command.words[place + 1..]));
    made.insert("its shell", text(&step.shell, &job.defaults.shell, &workflow.defaults.shell));
    let (of_job, of_all) = (&job.defaults.working_directory, &workflow.defaults.working_directory);
    made.insert("its folder", text(&step.working_directory, of_job, of_all));
    let named = step.run.as_ref().map_or("", |run| run.value.as_str());
    made.insert("its environment", environment(around, named));
    made
}

/// How an action is used.
fn used(around: Around<'_>, target: &str, with: &[Pair]) -> Made {
    let mut made = common(around, "action");
    made.insert("the action", target.to_ascii_lowercase());
    made.insert("its inputs", pairs(with));
    made.insert("its environment", environment(around, &pairs(with)));
    made
}

/// What a call of any kind is made in. Of a gate it is also what stands before it in its job: nothing else is to run there.
fn common(around: Around<'_>, verb: &str) -> Made {
    let image = around.job.image.as_ref().map_or("", |image| image.value.as_str());
    let mut made = Made::from([("its container", unnumbered(image))]);
    if verb == "gate" {
        let before: Vec<String> = around.job.steps[..around.index].iter().map(work).collect();
        made.insert("what runs before it", before.join("\n"));
    }
    made
}

/// What a step does, but for numbers of versions and pins, which others judge.
fn work(step: &Step) -> String {
    let uses = step.uses.as_ref().map_or("", |uses| uses.target.as_str());
    let run = step.run.as_ref().map_or("", |run| run.value.trim());
    unnumbered(&format!("{uses} {run} {} {}", pairs(&step.with), pairs(&step.env)))
}

/// A text in which all numbers and digests are the same.
fn unnumbered(text: &str) -> String {
    let is_digest = |word: &str| word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts = text.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric());
    let mut made = String::with_capacity(text.len());
    for part in parts {
        let word = part.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
        let digits = word.trim_start_matches('v');
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        made.push_str(if is_number || is_digest(word) { "0" } else { word });
        made.push_str(&part[word.len()..]);
    }
    made
}

fn pairs(pairs: &[Pair]) -> String {
    let mut pairs: Vec<String> =
        pairs.iter().map(|(key, value)| format!("{}={}", key.value.to_ascii_lowercase(), value.value.trim())).collect();
    pairs.sort();
    pairs.join(" ")
}

/// The variables of the step, and those from around it that a text names or that change what any program does.
fn environment(around: Around<'_>, text: &str) -> String {
    let Around { workflow, job, step, .. } = around;
    let counts = |(name, _): &&Pair| {
        let name = name.value.as_str();
        let is_named = ["$", "${", "env."].iter().any(|sign| text.contains(&format!("{sign}{name}")));
        let fits = |own: &str| if own.ends_with('_') { name.starts_with(own) } else { name == own };
        let decides = DECISIVE.iter().any(|own| fits(own)) && !HARMLESS.contains(&name);
        is_named || decides
    };
    let outer: Vec<Pair> = job.env.iter().chain(&workflow.env).filter(counts).cloned().collect();
    pairs(&[step.env.clone(), outer].concat())
}

/// What may keep a step from running, or its failure from counting.
fn skipped(workflow: &Workflow, job: &Job, step: Option<&Step>) -> BTreeSet<String> {
    let conditions = [job.condition.as_ref(), step.and_then(|step| step.condition.as_ref())].into_iter().flatten();
    let mut found: BTreeSet<String> = conditions.map(|text| condition(&text.value)).collect();
    found.retain(|text| !ALWAYS.contains(&text.as_str()));
    let goes_on = [job.continue_on_error.as_ref(), step.and_then(|step| step.continue_on_error.as_ref())];
    let goes_on = goes_on.into_iter().flatten();
    found.extend(goes_on.filter(|flag| flag.value.trim() != "false").map(|_| "continue-on-error".to_owned()));
    found.extend(job.matrix.as_ref().map(|_| "a matrix".to_owned()));
    found.extend(job.environment.as_ref().map(|name| format!("the environment {}", name.value)));
    let own = job.condition.as_ref().map(|text| condition(&text.value)).unwrap_or_default();
    if !EVEN_BEHIND_SKIPPED.contains(&own.as_str()) {
        found.extend(waits(workflow, job));
    }
    found
}

/// The jobs that a job waits for: where one of them is skipped or fails, it is skipped itself, and that counts as passed.
fn waits(workflow: &Workflow, job: &Job) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = job.needs.iter().map(|need| need.value.as_str()).collect();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    while let Some(name) = open.pop() {
        if !seen.insert(name) {
            continue;
        }
        // Counted, not named: a job may get another name.
        found.insert(format!("a job before it ({})", seen.len()));
        let Some(need) = workflow.job(name) else { continue };
        found.extend(need.condition.as_ref().map(|text| format!("a job before it if {}", condition(&text.value))));
        open.extend(need.needs.iter().map(|need| need.value.as_str()));
    }
    found
}

fn condition(text: &str) -> String {
    let text = text.trim();
    text.strip_prefix("${{").and_then(|text| text.strip_suffix("}}")).unwrap_or(text).trim().to_owned()
}

/// What in a script may keep a command from running, or its failure from ending the script.
fn passed_over(script: &Script<'_>, commands: &[Command], at: usize) -> BTreeSet<String> {
    let (command, behind) = (&commands[at], &commands[at + 1..]);
    let mut found = BTreeSet::new();
    let mut say = |what: &str| found.extend([what.to_owned()]);
    if command.depth > 0 || matches!(command.keyword, Some("if" | "elif" | "while" | "until" | "!")) {
        say("inside a condition of the script");
    }
    if behind.first().is_some_and(|next| matches!(next.join, Join::Or | Join::Pipe)) {
        say("another command decides behind it");
    }
    // In `a && b` the failure of a ends no script.
    let chained = behind.iter().take_while(|next| next.join == Join::And).count();
    if chained > 0 && chained < behind.len() {
        say("the script goes on behind its chain");
    }
    let text = script.run.value.as_str();
    let rest = text.get(command.span.end..).unwrap_or_default().trim_start_matches([' ', '\t']);
    if rest.starts_with('&') && !rest.starts_with("&&") {
        say("nobody waits for it");
    }
    if lenient(&commands[..at]) && !behind.is_empty() {
        say("the script goes on where it fails");
    }
    if ["cargo-governed()", "cargo()", "function cargo"].iter().any(|name| text.replace(" (", "(").contains(name)) {
        say("a function of its name");
    }
    let turns = commands[..at].iter().filter(|one| TURNS.contains(&one.program()));
    found.extend(turns.map(|one| {
        let words: Vec<&str> = one.words.iter().map(|word| word.text.as_str()).collect();
        format!("`{}` before it", words.join(" "))
    }));
    found
}

/// Whether a script no longer ends at the first failure.
fn lenient(commands: &[Command]) -> bool {
    let mut lenient = false;
    for command in commands.iter().filter(|command| command.program() == "set") {
        let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
        for (index, word) in words.iter().enumerate() {
            let is_long = words.get(index + 1) == Some(&"errexit");
            match word.chars().next() {
                Some('+') if word.contains('e') || (*word == "+o" && is_long) => lenient = true,
                Some('-') if word.contains('e') || (*word == "-o" && is_long) => lenient = false,
                _ => {}
            }
        }
    }
    lenient
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_digests_are_all_the_same() {
        assert_eq!(unnumbered("install x --version 1.2.3"), unnumbered("install x --version 1.20.0"));
        assert_eq!(unnumbered("a@0123abcd v4"), unnumbered("a@ffff0000 v12"));
        assert_ne!(unnumbered("cargo install a"), unnumbered("cargo install b"));
        assert_ne!(unnumbered("x y"), unnumbered("x  y"));
    }
}
