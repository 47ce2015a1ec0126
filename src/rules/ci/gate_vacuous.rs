//! `gate-vacuous`: a test step that can't fail, or that runs nothing.

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::shell::cargo_call;
use crate::facts::shell::cargo_call::CargoCall;
use crate::facts::shell::lexer::Word;
use crate::facts::shell::script::Command;
use crate::facts::shell::script::Join;
use crate::facts::workflow::job::Job;
use crate::facts::workflow::job::Step;
use crate::facts::workflow::scripts;
use crate::facts::workflow::scripts::Script;
use crate::facts::yaml::around;
use crate::rules::ci::unread;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "gate-vacuous",
    group: "ci",
    level: Level::Deny,
    claim: "every test step of a workflow can fail, and has something to run",
    page: "\
## What is compared

Steps that run tests, lints or format checks, against what lets them pass whatever happens: `|| true` behind the command, \
`continue-on-error: true`, an `if [ -f FILE ]` around it where the tree has no such file, and a test filter whose words \
stand nowhere in the sources, so that it selects no test.

## Example of drift

```yaml
- run: cargo test parser_roundtrip      # renamed to round_trip last year: runs 0 tests, and passes
- run: |
    if [ -f ./ci/check.sh ]; then       # ci/ was renamed: never runs, and passes
      ./ci/check.sh
    fi
```

## How to mend it

Let the command fail, name the test or the file that is there, or delete the step.

## When the rule keeps silent

A comment beside the step or a name such as `nightly`, `optional`, `experimental` says that the failure is meant to be \
tolerated; a later step asks for the outcome; the matrix decides (`${{ matrix.experimental }}`); the file is one that an \
earlier step makes. A lint that may fail is a note: it is often meant as advice.
",
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = unread::noted(context.facts);
    for (file, workflow) in context.facts.workflows() {
        for script in scripts::of(file, workflow) {
            judge(context.facts, &script, &mut outcome);
        }
    }
    outcome
}

fn judge(facts: &Facts, script: &Script<'_>, outcome: &mut Outcome) {
    let commands = script.commands();
    let tolerated = is_tolerated(script);
    let mut checks = 0;
    let mut sure = Certainty::Unsure;
    for (index, command) in commands.iter().enumerate() {
        if let Some(call) = cargo_call::read(command).filter(is_check) {
            checks += 1;
            // Lints that may fail are often meant as advice; tests are not.
            let own = if call.runs_tests() { Certainty::Probable } else { Certainty::Unsure };
            sure = if own == Certainty::Probable { own } else { sure };
            outcome.look();
            let swallowed = commands.get(index + 1).filter(|next| next.join == Join::Or && swallows(next));
            if let Some(next) = swallowed.filter(|_| !tolerated && !has_comment(script, command)) {
                let what = format!("a failure of `cargo {}` is swallowed by `|| {}`", call.subcommand, next.word(0));
                let at = place(facts, script, next.span, "makes it pass");
                let why = "the step is green whatever the command finds";
                outcome.find(
                    Finding::new(what, at)
                        .against(place(facts, script, command.span, "may fail"))
                        .why(why)
                        .certainty(own),
                );
            }
            judge_filter(facts, script, &call, outcome);
        }
        judge_guard(facts, script, &commands, index, outcome);
    }
    let flag = script.step.continue_on_error.as_ref().filter(|flag| flag.value == "true");
    if let Some(flag) = flag.filter(|_| checks > 0 && !tolerated && !asks_for_outcome(script.job, script.step)) {
        let title = script.step.name.as_ref().map_or("the step", |name| name.value.as_str());
        let at = facts.place(&script.file.path, flag.span, "makes it pass");
        let finding = Finding::new(format!("`{title}` runs a check and passes whatever it finds"), at).against(place(
            facts,
            script,
            Span::new(0, script.run.value.trim_end().len()),
            "may fail",
        ));
        outcome.find(finding.certainty(sure));
    }
}

fn place(facts: &Facts, script: &Script<'_>, inner: Span, label: &str) -> Place {
    facts.place(&script.file.path, script.span(inner), label)
}

/// Says whether a command judges the code: tests, lints, format checks.
fn is_check(call: &CargoCall) -> bool {
    call.runs_tests() && !call.other.iter().any(|flag| flag.text == "--no-run")
        || matches!(call.subcommand.as_str(), "clippy" | "semver-checks")
        || call.subcommand == "fmt" && call.other.iter().chain(&call.rest).any(|flag| flag.text == "--check")
}

fn swallows(command: &Command) -> bool {
    match command.program() {
        "true" | ":" => true,
        "exit" => command.word(1) == "0",
        _ => false,
    }
}

/// Says whether somebody wrote down that a failure is meant to be tolerated.
fn is_tolerated(script: &Script<'_>) -> bool {
    const WORDS: &[&str] = &[
        "nightly",
        "beta",
        "optional",
        "experimental",
        "allow",
        "advisory",
        "flaky",
        "informational",
        "non-blocking",
        "continue",
        "unstable",
        "best effort",
        "may fail",
        "report",
        "coverage",
        "expected",
        "fail",
    ];
    let titles =
        [Some(&script.job.id), script.job.name.as_ref(), script.step.name.as_ref(), script.workflow.name.as_ref()];
    let named = titles.into_iter().flatten().any(|title| {
        let lower = title.value.to_ascii_lowercase();
        WORDS.iter().any(|word| lower.contains(word))
    });
    let text = script.file.text();
    let beside = |span: Span| {
        around::comment_behind(text, span.end).is_some() || !around::comments_above(text, span.start).is_empty()
    };
    let nightly = script.run.value.contains("+nightly");
    named
        || nightly
        || beside(script.step.span)
        || !around::comments_above(text, script.run.span.start).is_empty()
        || script.step.continue_on_error.as_ref().is_some_and(|flag| beside(flag.span))
}

/// Says whether a comment stands in the script before or behind a command.
fn has_comment(script: &Script<'_>, command: &Command) -> bool {
    let text = &script.run.value;
    let line_end = text[command.span.end..].find('\n').map_or(text.len(), |at| command.span.end + at);
    text[command.span.end..line_end].contains('#') || !around::comments_above(text, command.span.start).is_empty()
}

/// Says whether another step asks what became of this one.
fn asks_for_outcome(job: &Job, step: &Step) -> bool {
    let Some(id) = &step.id else { return false };
    let asked = format!("steps.{}.", id.value);
    job.steps.iter().any(|other| {
        let texts = [other.condition.as_ref(), other.run.as_ref()].into_iter().flatten();
        texts.chain(other.env.iter().chain(&other.with).map(|(_, value)| value)).any(|text| text.value.contains(&asked))
    })
}

/// `if [ -f FILE ]` around commands, where nothing makes the file.
fn judge_guard(facts: &Facts, script: &Script<'_>, commands: &[Command], index: usize, outcome: &mut Outcome) {
    let command = &commands[index];
    let tests = matches!(command.program(), "[" | "[[" | "test") && command.keyword == Some("if");
    let Some(file) = command.words.get(2).filter(|_| tests && matches!(command.word(1), "-f" | "-e" | "-d" | "-x"))
    else {
        return;
    };
    let alone = command.words.len() <= 4 && commands.get(index + 1).is_some_and(|next| next.join == Join::Next);
    let body = commands[index + 1..].iter().take_while(|inner| inner.depth > command.depth);
    let works = body.into_iter().any(|inner| {
        cargo_call::read(inner).is_some_and(|call| is_check(&call)) || inner.word(0).contains(file.text.as_str())
    });
    let (Some(name), true) = (file.known(), alone && works) else { return };
    let Some(starts) = script.folders_of(command) else { return };
    outcome.look();
    let paths: Option<Vec<String>> = starts.iter().map(|start| path::join(start, name)).collect();
    let Some(paths) = paths.filter(|paths| !paths.is_empty()) else { return };
    if name.contains(['*', '?', '~']) || paths.iter().any(|path| facts.tree.exists(path) || facts.tree.hides(path)) {
        return;
    }
    let last = path::file_name(name);
    let made = script.job.steps[..=script.index].iter().any(|step| {
        let with = step.with.iter().any(|(_, value)| value.value.contains(last));
        let earlier = !std::ptr::eq(step, script.step) && step.run.as_ref().is_some_and(|run| run.value.contains(last));
        with || earlier
            || step.uses.as_ref().is_some_and(|uses| uses.target.contains("artifact") || uses.target.contains("cache"))
    });
    if made || path::join("", name).is_some_and(|path| path.starts_with("target")) {
        return;
    }
    let message = format!("the check runs only where `{name}` is there, and it is not in the tree");
    outcome.find(
        Finding::new(message, place(facts, script, command.span, "never true"))
            .against(Place::whole(paths[0].clone(), "is not there"))
            .why("a check that never runs never fails")
            .certainty(Certainty::Probable),
    );
}

/// A filter whose words stand nowhere in the Rust sources.
fn judge_filter(facts: &Facts, script: &Script<'_>, call: &CargoCall, outcome: &mut Outcome) {
    if !call.runs_tests() || call.open || !call.benches.is_empty() {
        return;
    }
    let sources = facts.cargo.main_workspace().map_or("Cargo.toml", |workspace| &workspace.manifest);
    for filter in filters(call) {
        let Some(name) = filter.known() else { continue };
        outcome.look();
        let absent = name.split("::").filter(|part| !part.is_empty()).find(|part| !stands_in_sources(facts, part));
        let Some(part) = absent else { continue };
        let message = format!("the filter `{name}` selects no test: `{part}` stands in no Rust source");
        let at = Spanned::new((), script.span(filter.span));
        outcome.find(
            Finding::new(message, facts.place(&script.file.path, at.span, "selects nothing"))
                .against(Place::whole(sources, "no source has the name"))
                .why("cargo passes when it runs 0 tests")
                .certainty(Certainty::Probable),
        );
    }
}

/// The words that select tests by name: the first operand, and what stands behind `--` without a flag.
fn filters(call: &CargoCall) -> Vec<&Word> {
    const WITH_VALUE: &[&str] =
        &["--test-threads", "--skip", "--format", "--color", "--logfile", "-Z", "--report-time", "--shuffle-seed"];
    // Behind a flag that we may not know, a word may be the value of that flag.
    let is_value =
        |word: &Word| call.other.iter().any(|flag| flag.span.end < word.span.start && follows(call, flag, word));
    let mut found: Vec<&Word> = call.operands.iter().filter(|word| !is_value(word)).collect();
    let mut rest = call.rest.iter();
    while let Some(word) = rest.next() {
        if WITH_VALUE.contains(&word.text.as_str()) {
            rest.next();
        } else if !word.text.starts_with('-') {
            found.push(word);
        }
    }
    // A harness of its own takes words that we can't read.
    found.retain(|word| {
        !word.text.is_empty() && word.text.chars().all(|one| one.is_alphanumeric() || matches!(one, '_' | ':'))
    });
    found
}

/// Says whether a word comes next behind a flag that may take a value.
fn follows(call: &CargoCall, flag: &Word, word: &Word) -> bool {
    const ALONE: &[&str] = &[
        "--no-fail-fast",
        "--release",
        "--locked",
        "--offline",
        "--frozen",
        "--verbose",
        "-v",
        "-vv",
        "-q",
        "--quiet",
        "-r",
        "--no-run",
        "--no-capture",
        "--nocapture",
        "--keep-going",
        "--all-targets",
    ];
    let between = |other: &Word| flag.span.end <= other.span.start && other.span.end <= word.span.start;
    !flag.text.contains('=')
        && !ALONE.contains(&flag.text.as_str())
        && !call.operands.iter().chain(&call.other).any(between)
}

fn stands_in_sources(facts: &Facts, part: &str) -> bool {
    let finder = memchr::memmem::Finder::new(part);
    facts.rust().any(|(file, _)| finder.find(file.text().as_bytes()).is_some() || file.path.contains(part))
        || facts.cargo.packages.iter().any(|package| package.name.value.replace('-', "_").contains(part))
}
