//! Built-in steps that ask for less than in the base, because what they are inferred from does: a workflow that tests less
//! makes a step that tests less.

use crate::steps::plan::Plan;
use crate::steps::step::Origin;
use crate::steps::step::Step;

/// The steps that take their command from workflows.
const FROM_WORKFLOWS: &[&str] = &["fmt", "clippy", "test", "doc"];
/// Words that may go with the file that they are about.
const MAY_GO: &[&str] = &["--locked", "--frozen", "--offline"];
/// Words of cargo that ask for as much, or for more. Any other word may narrow what it is added to.
const MORE: &[&str] = &[
    "--workspace",
    "--all",
    "--all-features",
    "--all-targets",
    "--locked",
    "--frozen",
    "--offline",
    "--check",
    "--no-fail-fast",
    "--keep-going",
    "--document-private-items",
    "--future-incompat-report",
    "--timings",
    "--verbose",
    "-v",
    "-vv",
];
/// Such words with a value behind them.
const MORE_WITH_VALUE: &[&str] = &["--features", "--color"];
/// Words behind `--` that ask for as much, or for more.
const MORE_BEHIND: &[&str] = &["--check", "--nocapture", "--show-output", "--include-ignored", "--verbose", "-v"];
/// Flags that set the level of a lint, with the words for them.
const LEVELS: &[(&str, &str, Level)] = &[
    ("-A", "--allow", Level::Allow),
    ("-W", "--warn", Level::Warn),
    ("-D", "--deny", Level::Deny),
    ("-F", "--forbid", Level::Forbid),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Allow,
    Warn,
    Deny,
    Forbid,
}

/// A word behind `--`: the level of a lint, or anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit<'a> {
    Lint(Level, &'a str),
    Word(&'a str),
}

/// What is weaker, a sentence each.
pub(super) fn weaker(before: &Plan, after: &Plan) -> Vec<String> {
    let mut found = Vec::new();
    let inferred = |step: &&Step| matches!(step.origin, Origin::Inferred(_));
    for step in before.steps.iter().filter(inferred).filter(|step| FROM_WORKFLOWS.contains(&step.name.as_str())) {
        let name = &step.name;
        match after.step(name) {
            None => found.push(format!("the built-in step {name} is not planned any more")),
            Some(own) if is_less(&step.argv, &own.argv) => {
                let (now, then) = (own.argv.join(" "), step.argv.join(" "));
                found.push(format!("the built-in step {name} runs `{now}` in place of `{then}`"));
            }
            Some(_) => {}
        }
    }
    found
}

fn is_less(then: &[String], now: &[String]) -> bool {
    if then == now {
        return false;
    }
    let (before, behind) = parts(then);
    let (own_before, own_behind) = parts(now);
    is_less_of_cargo(&before, &own_before) || is_less_of_the_tool(&units(&behind), &units(&own_behind))
}

/// The words in front of `--`, and those behind it.
fn parts(argv: &[String]) -> (Vec<&str>, Vec<&str>) {
    let words: Vec<&str> = argv.iter().map(String::as_str).collect();
    let end = words.iter().position(|word| *word == "--").unwrap_or(words.len());
    (words[..end].to_vec(), words.get(end + 1..).unwrap_or_default().to_vec())
}

/// The channel that a word in front of the command names: another number or day of it is bumped, not less.
fn channel(word: &str) -> Option<&'static str> {
    let name = word.strip_prefix('+')?;
    let is_number = name.starts_with(|first: char| first.is_ascii_digit());
    let named = ["nightly", "beta", "stable"].into_iter().find(|channel| name.starts_with(channel));
    named.map(|named| if named == "nightly" { named } else { "stable" }).or(is_number.then_some("stable"))
}

fn is_less_of_cargo(then: &[&str], now: &[&str]) -> bool {
    let keeps = |word: &str| {
        let channel = channel(word);
        channel.is_some() && now.get(1).is_some_and(|own| self::channel(own) == channel)
    };
    if then.iter().any(|word| !MAY_GO.contains(word) && !now.contains(word) && !keeps(word)) {
        return true;
    }
    let mut words = now.iter().enumerate().filter(|(_, word)| !then.contains(word));
    words.any(|(at, word)| {
        let is_toolchain = at == 1 && word.starts_with('+');
        let is_value = at > 0 && MORE_WITH_VALUE.contains(&now[at - 1]);
        let joined =
            MORE_WITH_VALUE.iter().any(|flag| word.strip_prefix(flag).is_some_and(|rest| rest.starts_with('=')));
        !(MORE.contains(word) || MORE_WITH_VALUE.contains(word) || is_toolchain || is_value || joined)
    })
}

/// Of two lint levels the later one counts, so what is demanded must stay in its order.
fn is_less_of_the_tool(then: &[Unit<'_>], now: &[Unit<'_>]) -> bool {
    let demands = |unit: &Unit<'_>| !matches!(unit, Unit::Lint(Level::Allow | Level::Warn, _));
    let mut rest = now.iter();
    if then.iter().filter(|unit| demands(unit)).any(|unit| !rest.any(|own| own == unit)) {
        return true;
    }
    // To warn of more is more, where all that is denied are the warnings.
    let denied = then.iter().filter_map(|unit| match unit {
        Unit::Lint(Level::Deny | Level::Forbid, lint) => Some(*lint),
        _ => None,
    });
    let warnings = denied.clone().all(|lint| lint == "warnings");
    let is_more = |unit: &Unit<'_>| match unit {
        Unit::Lint(Level::Deny | Level::Forbid, _) => true,
        Unit::Lint(Level::Warn, _) => warnings,
        Unit::Lint(Level::Allow, _) => false,
        Unit::Word(word) => MORE_BEHIND.contains(word),
    };
    now.iter().filter(|unit| !then.contains(unit)).any(|unit| !is_more(unit))
}

fn units<'a>(words: &[&'a str]) -> Vec<Unit<'a>> {
    let mut units = Vec::new();
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        let apart = LEVELS.iter().find(|(short, long, _)| word == *short || word == *long);
        let joined = LEVELS.iter().find_map(|(short, long, level)| {
            let lint = word.strip_prefix(long).and_then(|rest| rest.strip_prefix('='));
            Some((*level, lint.or_else(|| word.strip_prefix(short))?))
        });
        units.push(match (apart, joined) {
            (Some((_, _, level)), _) => Unit::Lint(*level, words.next().unwrap_or_default()),
            (None, Some((level, lint))) => Unit::Lint(level, lint),
            (None, None) => Unit::Word(word),
        });
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::step::Profile;

    fn plan(argv: &str) -> Plan {
        let argv = argv.split(' ').map(str::to_owned).collect();
        let step = Step::inferred("test", Profile::Test, argv, "ci.yml runs it");
        Plan { steps: vec![step], left_out: Vec::new() }
    }

    #[test]
    fn fewer_words_are_less_and_of_more_words_only_known_ones_are_not() {
        for (before, after, expected) in [
            ("cargo test --workspace --locked", "cargo test --workspace --locked", 0),
            ("cargo test --workspace --locked", "cargo test --all-features --workspace", 0),
            ("cargo test --workspace --locked", "cargo test --locked", 1),
            ("cargo test --workspace --locked", "cargo test --workspace --no-default-features", 1),
            ("cargo test --workspace", "cargo test --workspace --exclude r", 1),
            ("cargo test --workspace", "cargo test --workspace --lib", 1),
            ("cargo test --workspace", "cargo test --workspace --features x --color=always", 0),
            ("cargo test --workspace", "cargo test --workspace -- --nocapture", 0),
            ("cargo test --workspace", "cargo test --workspace -- --skip slow", 1),
            ("cargo fmt --check", "cargo +nightly fmt --all --check", 0),
            ("cargo +1.97 fmt --check", "cargo +1.98 fmt --check", 0),
            ("cargo +nightly-2026-01-01 fmt --check", "cargo +nightly fmt --check", 0),
            ("cargo +nightly fmt --check", "cargo +stable fmt --check", 1),
            ("cargo +nightly fmt --check", "cargo fmt --check", 1),
            ("cargo fmt -- --check", "cargo fmt -- --check --config disable_all_formatting=true", 1),
            ("cargo clippy -- -D warnings", "cargo clippy --all-targets -- -D warnings -D clippy::all", 0),
            ("cargo clippy -- -D warnings", "cargo clippy -- -D warnings -W clippy::pedantic", 0),
            ("cargo clippy -- -D warnings", "cargo clippy -- -Dwarnings", 0),
            ("cargo clippy -- -D warnings", "cargo clippy -- -D warnings -A warnings", 1),
            ("cargo clippy -- -D warnings", "cargo clippy -- -D warnings --cap-lints allow", 1),
            ("cargo clippy -- -D unused", "cargo clippy -- -D unused -W unused", 1),
            ("cargo clippy -- -D warnings -A dead_code", "cargo clippy -- -D warnings", 0),
            ("cargo clippy -- -D warnings", "cargo clippy -- --deny=warnings --allow clippy::all", 1),
        ] {
            assert_eq!(weaker(&plan(before), &plan(after)).len(), expected, "{before} -> {after}");
        }
        let base = plan("cargo test");
        assert_eq!(weaker(&base, &Plan::default()).len(), 1);
        assert_eq!(weaker(&Plan::default(), &base).len(), 0);
    }
}
