//! The rule `cargo-runner-replaced`: checked-in configuration that puts other programs or sources in cargo's hands.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::facts::cargo_config::Setting;
use crate::facts::place::Place;
use crate::facts::policy::authority::Authority;
use crate::rules::authority::allowed::is_allowed;
use crate::rules::authority::own_configs;
use crate::rules::authority::replacement;
use crate::rules::authority::replacement::Replacement;
use crate::rules::finding::Finding;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "cargo-runner-replaced",
    group: "authority",
    level: Level::Note,
    claim: "no checked-in configuration replaces the compiler, the runner or the source of packages unless the policy allows it",
    page: PAGE,
    check,
};

const PAGE: &str = "\
## What is compared

`.cargo/config.toml` can decide what `cargo test` really runs: another compiler, a wrapper around it, a runner that
starts every test, forced variables, other copies of packages. Then a green test says what the replacement says.

In each checked-in configuration, and in the files that it includes, against `allow` in the `[authority]` table of the
policy: `build.rustc`, `build.rustdoc`, `build.rustc-wrapper`, `build.rustc-workspace-wrapper`, `target.*.runner`, `[env]`
entries with `force` or that load a library into every program, `paths`, `source.*.replace-with`; a linker that lies in the
tree (`target.*.linker`, or `linker` among the `rustflags`), a program of the tree that is handed the tokens of registries
(`credential-provider`), and `rustflags` that cap the lints. Of the toolchain file `path`. What cargo or rustup would read and is no regular file (a link in the place of `.cargo/config.toml`) can't be judged,
and is told, too. A name of another case (`.Cargo/config.toml`) counts: on some systems it is the same file.

## Example of drift

`runner = \"true\"` below `[target.'cfg(all())']`: every test binary passes without being started.

## How to mend it

Remove the setting, or accept it in the policy by its key, with or without its value; no waiver does:

```toml
[authority]
allow = [\"target.*.runner=qemu-arm\", \"build.rustc-wrapper=sccache\"]
```

## Levels

A note. `run` refuses to accept where a replacement could decide a step: the runner of a target on which no cargo can
run (WebAssembly, bare metal) only where a step may ask for another target. Emulators and caches are normal; what matters is that somebody decided it.

## When the rule keeps silent

In fixtures, vendored, archived and template folders, but never in the folders that commands start in: the root, and that of
the main workspace. Of linkers that are looked for on the search path: `clang`, `rust-lld`, `aarch64-linux-gnu-gcc`.
";

/// How the message of a finding ends whose setting decides nothing unless a command names a target.
pub const ONLY_WHERE_ASKED: &str = ", where a command asks for this target";

/// The most further places that are listed of one setting.
const LISTED: usize = 3;

/// A replacement that nobody allowed.
struct Found {
    what: &'static str,
    message: String,
    /// What it is told by, beside what is replaced: settings of many boards say the same of one program.
    program: String,
    /// Whether it decides only where a command asks for its target.
    asked: bool,
    place: Place,
}

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    let authority = &context.policy.authority;
    let own = own_configs::of(facts);
    let mut outcome = Outcome::default();
    let mut found = Vec::new();
    let chosen = own.configs.iter().any(|(_, config)| config.get(&["build", "target"]).is_some());
    for (file, config) in &own.configs {
        outcome.look();
        for setting in &config.settings {
            let Some(Replacement { what, by }) = replacement::of(setting) else { continue };
            outcome.look();
            let key = setting.path.join(".");
            if is_allowed(authority, &key, &setting.value.shown()) {
                continue;
            }
            let asked = !chosen && is_of_a_target_that_runs_no_cargo(setting);
            let said = if by.is_empty() { String::new() } else { format!(" by `{by}`") };
            let message = format!("`{key}` replaces {what}{said}{}", if asked { ONLY_WHERE_ASKED } else { "" });
            let program = by.split_whitespace().next().unwrap_or_default().to_owned();
            let place = file.content.text.place(&file.path, setting.span, what);
            found.push(Found { what, message, program, asked, place });
        }
    }
    for (path, place, why) in &own.hidden {
        outcome.look();
        if !is_allowed(authority, path, "") {
            let message = format!("{path} {why}: what it replaces can't be judged");
            let (program, place) = (path.clone(), place.clone());
            found.push(Found { what: "what can't be judged", message, program, asked: false, place });
        }
    }
    found.extend(toolchains(facts, authority, &mut outcome));
    tell(found, &mut outcome);
    outcome
}

/// Toolchain files that name a folder: every program of Rust is taken from there.
fn toolchains(facts: &Facts, authority: &Authority, outcome: &mut Outcome) -> Vec<Found> {
    let starts = own_configs::starts(facts);
    let mut found = Vec::new();
    for (file, toolchain) in facts.toolchains().filter(|(file, _)| own_configs::is_own(facts, &starts, &file.path)) {
        let Some(path) = &toolchain.path else { continue };
        outcome.look();
        if !is_allowed(authority, "toolchain.path", &path.value) {
            found.push(Found {
                what: "the toolchain",
                message: format!("`toolchain.path` replaces the toolchain by `{}`", path.value),
                program: path.value.clone(),
                asked: false,
                place: file.content.text.place(&file.path, path.span, "the toolchain"),
            });
        }
    }
    found
}

/// Tells each program once, with the other places that say the same of it.
fn tell(found: Vec<Found>, outcome: &mut Outcome) {
    let mut told: BTreeMap<(&str, String, bool), (usize, usize)> = BTreeMap::new();
    for Found { what, message, program, asked, place } in found {
        // What decides always must not hide behind what decides now and then.
        if let Some((first, more)) = told.get_mut(&(what, program.clone(), asked)) {
            *more += 1;
            if *more <= LISTED {
                outcome.findings[*first].against.push(place);
            }
            continue;
        }
        told.insert((what, program, asked), (outcome.findings.len(), 0));
        let why = "what runs in CI is decided here, and `[authority] allow` does not name it";
        outcome.find(Finding::new(message, place).why(why));
    }
    for (first, more) in told.into_values().filter(|(_, more)| *more > LISTED) {
        let why =
            format!("{} more settings name the same program, and `[authority] allow` does not name it", more - LISTED);
        outcome.findings[first].why = Some(why);
    }
}

/// Says whether a setting is of a target on which no cargo can run, so that it never is the host.
fn is_of_a_target_that_runs_no_cargo(setting: &Setting) -> bool {
    let Some([target, triple, _]) = setting.path.get(..3) else { return false };
    target == "target"
        && !triple.starts_with("cfg(")
        && (triple.starts_with("wasm") || triple.split('-').any(|part| part.starts_with("none") || part == "uefi"))
}
