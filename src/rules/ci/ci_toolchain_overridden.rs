//! `ci-toolchain-overridden`: a job installs a toolchain, and a checked-in toolchain file makes cargo use another one.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::cargo_config::Setting;
use crate::facts::cargo_config::SettingValue;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::shell::cargo_call;
use crate::facts::shell::cargo_call::CargoCall;
use crate::facts::shell::lexer::Word;
use crate::facts::shell::script::Command;
use crate::facts::source::SourceFile;
use crate::facts::workflow::document::Workflow;
use crate::facts::workflow::expand::Rows;
use crate::facts::workflow::expression::Expression;
use crate::facts::workflow::job::Job;
use crate::facts::workflow::job::Step;
use crate::facts::workflow::scripts;
use crate::facts::workflow::scripts::Script;
use crate::rules::ci::unread;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "ci-toolchain-overridden",
    group: "ci",
    level: Level::Deny,
    claim: "every CI job compiles with the toolchain that it installs",
    page: "\
## What is compared

The toolchain that a job installs as rustup's default (`dtolnay/rust-toolchain`, `actions-rs/toolchain` without \
`override`, `rustup default`), or that it adds for each row of its matrix (`rustup toolchain install ${{ matrix.rust }}`), \
against the channel of the `rust-toolchain.toml` or `rust-toolchain` file that covers the \
folder in which the job then runs plain `cargo`. rustup ranks the file above the default: whatever was installed, cargo \
runs the channel of the file.

## Example of drift

```yaml
# rust-toolchain.toml says channel = \"1.70.0\"
strategy:
  matrix:
    rust: [1.70.0, stable, nightly]      # three jobs, and all of them compile with 1.70.0
steps:
  - uses: dtolnay/rust-toolchain@master
    with:
      toolchain: ${{ matrix.rust }}
  - run: cargo test
```

## How to mend it

Say `cargo +${{ matrix.rust }} test`, set `RUSTUP_TOOLCHAIN` in the job's `env`, or run `rustup override set` after the \
installation. Or drop the installation, where the file is what is meant.

## When the rule keeps silent

The job names its toolchain (`cargo +nightly`, `RUSTUP_TOOLCHAIN`, `rustup override set`, `override: true`), moves the \
file away, runs a program of the repository that may pick one (`cargo xtask`), works in a folder that the file does not cover, or installs the channel that the file names. A job that \
installs plain `stable` beside a file that names a release is a note: the installation is idle, and no check was promised.
",
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let files = channels(context.facts);
    if files.is_empty() {
        return Outcome::default();
    }
    let mut outcome = unread::noted(context.facts);
    for (file, workflow) in context.facts.workflows() {
        let scripts = scripts::of(file, workflow);
        for job in &workflow.jobs {
            let own: Vec<_> = scripts.iter().filter(|script| std::ptr::eq(script.job, job)).collect();
            judge(context.facts, &files, file, workflow, job, &own, &mut outcome);
        }
    }
    outcome
}

/// The toolchain files that name a channel: the folder each covers, and where the channel stands.
fn channels(facts: &Facts) -> Vec<(&str, &SourceFile, &Spanned<String>)> {
    facts
        .toolchains()
        .filter_map(|(file, toolchain)| Some((path::parent(&file.path), file, toolchain.channel.as_ref()?)))
        .collect()
}

/// A toolchain that a step makes the default.
struct Setup {
    channels: BTreeSet<String>,
    /// Where the channels are named.
    span: Span,
    step: usize,
}

fn judge(
    facts: &Facts,
    files: &[(&str, &SourceFile, &Spanned<String>)],
    file: &SourceFile,
    workflow: &Workflow,
    job: &Job,
    scripts: &[&Script<'_>],
    outcome: &mut Outcome,
) {
    if names_its_toolchain(workflow, job) {
        return;
    }
    let Some(setup) = setup(job, scripts) else { return };
    let Some((folder, command)) = plain_cargo(facts, job, scripts, &setup) else { return };
    let covering = files.iter().filter(|(covered, ..)| path::is_within(&folder, covered));
    let Some((_, toolchain, channel)) = covering.max_by_key(|(covered, ..)| covered.len()) else { return };
    outcome.look();
    let others: Vec<&str> =
        setup.channels.iter().map(String::as_str).filter(|one| !same(one, &channel.value)).collect();
    if others.is_empty() {
        return;
    }
    let idle = setup.channels.len() == 1 && others == ["stable"];
    let message = format!(
        "the job `{}` installs {}, and cargo runs {}: the toolchain file outranks what is installed",
        job.id.value,
        others.join(", "),
        channel.value
    );
    let finding = Finding::new(message, facts.place(&file.path, setup.span, "installed here"))
        .against(facts.place(&toolchain.path, channel.span, "what cargo runs"))
        .against(Place { label: "runs in the folder of the toolchain file".to_owned(), ..command.place(facts, file) })
        .why("rustup takes a toolchain file before the default toolchain")
        .certainty(if idle { Certainty::Unsure } else { Certainty::Certain });
    outcome.find(finding);
}

fn same(installed: &str, file: &str) -> bool {
    let version = |text: &str| text.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
    let within = |long: &str, short: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
    };
    // `1.70` is some patch of `1.70.0`'s release, and `stable-x86_64-...` is `stable`.
    within(installed, file) && (version(file) || !installed.starts_with("nightly-2"))
        || within(file, installed) && (version(file) || !file.starts_with("nightly-2"))
}

/// Says whether something in the job picks the toolchain in a way that outranks the file, or touches the file itself.
fn names_its_toolchain(workflow: &Workflow, job: &Job) -> bool {
    let variable = |(key, _): &(Spanned<String>, Spanned<String>)| key.value == "RUSTUP_TOOLCHAIN";
    let outranks = |text: &str| {
        text.contains("rustup override") || text.contains("RUSTUP_TOOLCHAIN") || text.contains("rust-toolchain")
    };
    workflow.env.iter().chain(&job.env).any(variable)
        || job.steps.iter().any(|step| {
            step.env.iter().any(variable)
                || step.run.as_ref().is_some_and(|run| outranks(&run.value))
                || step.input("override").is_some_and(|value| value.value != "false")
        })
}

/// The last step that makes a toolchain the default, with all channels that it stands for in the rows of the job.
fn setup(job: &Job, scripts: &[&Script<'_>]) -> Option<Setup> {
    let rows = Rows::of(Some(job));
    let texts = |text: &str| rows.texts(text, &|name| scripts.first().and_then(|script| script.variable(name)));
    let mut found = None;
    for (index, step) in job.steps.iter().enumerate() {
        if let Some((named, span)) = of_action(step) {
            let span = axis(job, &named).unwrap_or(span);
            found = texts(&named).map(|channels| Setup { channels, span, step: index });
        }
        for script in scripts.iter().filter(|script| script.index == index) {
            for command in script.commands() {
                if command.program() != "rustup" {
                    continue;
                }
                if command.word(1) == "default" && command.words.len() > 2 {
                    let named = command.word(2);
                    let span = axis(job, named).unwrap_or_else(|| script.span(command.words[2].span));
                    found = texts(named)
                        .filter(|channels| channels.iter().all(|channel| !channel.contains('$')))
                        .map(|channels| Setup { channels, span, step: index });
                } else if let Some(word) = from_matrix(&command) {
                    // A single toolchain may be there for one tool; several are what the rows of the job are for.
                    let channels = texts(&word.text).filter(|channels| channels.len() > 1);
                    let span = axis(job, &word.text).unwrap_or_else(|| script.span(word.span));
                    found = channels.map(|channels| Setup { channels, span, step: index }).or(found);
                }
            }
        }
    }
    found.filter(|setup| setup.channels.iter().all(|channel| is_channel(channel)))
}

/// The word of `rustup toolchain install`, `rustup install` or `rustup update` that the matrix gives.
fn from_matrix(command: &Command) -> Option<&Word> {
    let installs = match command.word(1) {
        "toolchain" => command.word(2) == "install",
        name => matches!(name, "install" | "update"),
    };
    command.words.iter().find(|word| installs && word.text.contains("matrix."))
}

/// The channel that an action makes the default, as written, and where.
fn of_action(step: &Step) -> Option<(String, Span)> {
    let uses = step.uses.as_ref()?;
    let given = step.input("toolchain").map(|value| (value.value.clone(), value.span));
    if uses.is("actions-rs/toolchain") {
        return given;
    }
    if !uses.is("dtolnay/rust-toolchain") {
        return None;
    }
    if given.is_some() {
        return given;
    }
    // Without the input the branch decides; behind a commit id only the comment tells which it was.
    match (uses.pin(), &uses.comment) {
        (None, _) => uses.reference.as_ref().map(|reference| (reference.value.clone(), reference.span)),
        (Some(pin), Some(comment)) => {
            let channel = comment.value.split_whitespace().next().unwrap_or_default().to_owned();
            Some((channel, Span::new(pin.span.start, comment.span.end)))
        }
        _ => None,
    }
}

fn is_channel(text: &str) -> bool {
    let name = text.split('-').next().unwrap_or_default();
    let version = name.split('.').count() > 1 && name.split('.').all(|part| part.parse::<u32>().is_ok());
    version || matches!(name, "stable" | "beta" | "nightly")
}

/// Where the axis stands whose values a text such as `${{ matrix.rust }}` takes.
fn axis(job: &Job, text: &str) -> Option<Span> {
    let expression = Expression::condition(text)?;
    let paths = expression.paths();
    let [[context, name, ..]] = paths.as_slice() else { return None };
    let matrix = job.matrix.as_ref().filter(|_| context == "matrix")?;
    match matrix.axes.iter().find(|axis| axis.name.value == *name) {
        Some(axis) => Some(Span::new(axis.name.span.start, axis.values.last()?.span.end)),
        None => Some(Span::new(matrix.include.first()?.span.start, matrix.include.last()?.span.end)),
    }
}

/// A use of cargo that takes the default toolchain, and where it stands.
enum Plain {
    Command(Span),
    Action(Span),
}

impl Plain {
    fn place(&self, facts: &Facts, file: &SourceFile) -> Place {
        let (Self::Command(span) | Self::Action(span)) = self;
        facts.place(&file.path, *span, "")
    }
}

/// The first plain cargo command behind the setup, with its folder; none where the job names the toolchain anywhere.
fn plain_cargo(facts: &Facts, job: &Job, scripts: &[&Script<'_>], setup: &Setup) -> Option<(String, Plain)> {
    let mut found: Vec<(usize, String, Plain)> = Vec::new();
    for script in scripts {
        for command in script.commands() {
            let Some(call) = cargo_call::read(&command) else { continue };
            if picks_its_toolchain(&call) {
                return None;
            }
            if script.index < setup.step
                || matches!(call.subcommand.as_str(), "install" | "binstall" | "uninstall" | "")
                    && call.wrapper.is_none()
                || runs_a_program(facts, &call.subcommand)
            {
                continue;
            }
            let Some(folder) = script.folders_of(&command).and_then(|folders| folders.into_iter().next()) else {
                continue;
            };
            found.push((script.index, folder, Plain::Command(script.span(command.span))));
        }
    }
    for (index, step) in job.steps.iter().enumerate().skip(setup.step) {
        if let Some(uses) = step.uses.as_ref().filter(|uses| uses.is("actions-rs/cargo")) {
            if step.input("toolchain").is_some() {
                return None;
            }
            found.push((index, String::new(), Plain::Action(uses.text.span)));
        }
    }
    found.sort_by_key(|(index, ..)| *index);
    found.into_iter().next().map(|(_, folder, plain)| (folder, plain))
}

/// Says whether a subcommand is an alias for a program of the repository, which may pick a toolchain for what it calls.
fn runs_a_program(facts: &Facts, subcommand: &str) -> bool {
    let is_alias =
        |setting: &Setting| matches!(setting.path.as_slice(), [table, name] if table == "alias" && name == subcommand);
    let mut aliases =
        facts.cargo_configs().flat_map(|(_, config)| &config.settings).filter(|setting| is_alias(setting));
    aliases.any(|setting| match &setting.value {
        SettingValue::Text(text) => matches!(text.split_whitespace().next(), Some("run" | "r")),
        SettingValue::List(words) => words.first().is_some_and(|word| matches!(word.value.as_str(), "run" | "r")),
        SettingValue::Flag(_) | SettingValue::Other => false,
    })
}

fn picks_its_toolchain(call: &CargoCall) -> bool {
    call.toolchain.is_some()
        || call.cross
        || call.other.iter().any(|word| word.text == "--rust-version" || word.text.starts_with("--version-range"))
}
