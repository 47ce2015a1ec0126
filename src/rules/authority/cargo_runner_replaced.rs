//! The rule `cargo-runner-replaced`: checked-in configuration that puts other programs or sources in cargo's hands.

use std::collections::BTreeMap;

use crate::facts::cargo_config::Setting;
use crate::facts::cargo_config::SettingValue;
use crate::facts::policy::authority::Authority;
use crate::rules::authority::own_configs;
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

In each checked-in configuration `build.rustc`, `build.rustdoc`, `build.rustc-wrapper`,
`build.rustc-workspace-wrapper`, `target.*.runner`, `[env]` entries with `force`, `paths`, and `source.*.replace-with`
against `allow` in the `[authority]` table of the policy.

## Example of drift

`runner = \"true\"` below `[target.'cfg(all())']`: every test binary passes without being started.

## How to mend it

Remove the setting, or accept it in the policy by its key, with or without its value:

```toml
[authority]
allow = [\"target.*.runner=qemu-arm\", \"build.rustc-wrapper=sccache\"]
```

## Levels

A note. `run` refuses to accept where a replacement could decide a step: the runner of a target on which no cargo can
run (WebAssembly, bare metal) only where a step may ask for another target. Emulators and caches are normal; what matters is that somebody decided it.

## When the rule keeps silent

In fixtures, vendored, archived and template folders.
";

/// How the message of a finding ends whose setting decides nothing unless a command names a target.
pub const ONLY_WHERE_ASKED: &str = ", where a command asks for this target";

/// The most further places that are listed of one setting.
const LISTED: usize = 3;

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut told: BTreeMap<(&str, String), (usize, usize)> = BTreeMap::new();
    let chosen = own_configs::of(context.facts).any(|(_, config)| config.get(&["build", "target"]).is_some());
    for (file, config) in own_configs::of(context.facts) {
        outcome.look();
        for setting in &config.settings {
            let Some(what) = replaces(setting) else { continue };
            let (key, value) = (setting.path.join("."), shown(&setting.value));
            outcome.look();
            if is_allowed(&context.policy.authority, &key, &value) {
                continue;
            }
            let place = file.content.text.place(&file.path, setting.span, what);
            // Many examples for some boards say the same of one program: it is told once, with the other places.
            let program = value.split_whitespace().next().unwrap_or_default().to_owned();
            if let Some((first, more)) = told.get_mut(&(what, program.clone())) {
                *more += 1;
                if *more <= LISTED {
                    outcome.findings[*first].against.push(place);
                }
                continue;
            }
            told.insert((what, program), (outcome.findings.len(), 0));
            let said = if value.is_empty() { String::new() } else { format!(" by `{value}`") };
            let asked = if !chosen && is_of_a_target_that_runs_no_cargo(setting) { ONLY_WHERE_ASKED } else { "" };
            outcome.find(
                Finding::new(format!("`{key}` replaces {what}{said}{asked}"), place)
                    .why("what runs in CI is decided here, and `[authority] allow` does not name it"),
            );
        }
    }
    for (first, more) in told.into_values().filter(|(_, more)| *more > LISTED) {
        let why =
            format!("{} more settings name the same program, and `[authority] allow` does not name it", more - LISTED);
        outcome.findings[first].why = Some(why);
    }
    outcome
}

/// What a setting replaces, if it replaces anything.
fn replaces(setting: &Setting) -> Option<&'static str> {
    let path: Vec<&str> = setting.path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["build", "rustc"] => Some("the compiler"),
        ["build", "rustdoc"] => Some("rustdoc"),
        ["build", "rustc-wrapper" | "rustc-workspace-wrapper"] if !shown(&setting.value).is_empty() => {
            Some("the call of the compiler")
        }
        ["target", _, "runner"] => Some("the start of tests and binaries"),
        ["env", _, "force"] if setting.value == SettingValue::Flag(true) => Some("a variable of the environment"),
        ["paths"] => Some("packages"),
        ["source", _, "replace-with"] => Some("the source of packages"),
        _ => None,
    }
}

/// Says whether a setting is of a target on which no cargo can run, so that it never is the host.
fn is_of_a_target_that_runs_no_cargo(setting: &Setting) -> bool {
    let Some([target, triple, _]) = setting.path.get(..3) else { return false };
    target == "target"
        && !triple.starts_with("cfg(")
        && (triple.starts_with("wasm") || triple.split('-').any(|part| part.starts_with("none") || part == "uefi"))
}

fn shown(value: &SettingValue) -> String {
    match value {
        SettingValue::Text(text) => text.clone(),
        SettingValue::List(list) => list.iter().map(|one| one.value.as_str()).collect::<Vec<_>>().join(" "),
        SettingValue::Flag(_) | SettingValue::Other => String::new(),
    }
}

fn is_allowed(authority: &Authority, key: &str, value: &str) -> bool {
    authority.allow.iter().any(|allowed| match allowed.value.split_once('=') {
        Some((pattern, wanted)) => fits(pattern, key) && wanted == value,
        None => fits(&allowed.value, key),
    })
}

/// Says whether a key fits a pattern in which `*` stands for any text.
fn fits(pattern: &str, key: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| key.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, key, expected) in [
            ("target.*.runner", "target.cfg(unix).runner", true),
            ("target.*.runner", "target.x.linker", false),
            ("paths", "paths", true),
            ("paths", "paths.x", false),
            ("*", "anything", true),
            ("a*b*c", "a-b-b-c", true),
            ("ab*bc", "abc", false),
        ] {
            assert_eq!(fits(pattern, key), expected, "{pattern} {key}");
        }
    }
}
