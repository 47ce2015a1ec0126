//! Run: the tests are run by what is checked in.

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::policy::Policy;
use crate::facts::shell::cargo_call::CargoCall;
use crate::facts::shell::lexer::Word;
use crate::facts::shell::script::Command;
use crate::facts::shell::script::Folder;
use crate::facts::zone::Zone;
use crate::judge::operating_loop::live::LiveStep;
use crate::judge::operating_loop::scripts;

/// Programs that run recipes by their names.
const RUNNERS: &[&str] = &["just", "make", "mask", "task", "earthly", "cargo-make"];

/// A declared step of the policy, else a step of a workflow that runs tests, else one that calls a recipe named for it,
/// else a script that runs tests.
pub(super) fn source(facts: &Facts, policy: &Policy, live: &[LiveStep<'_>]) -> Option<Place> {
    let declared = policy.steps.first().zip(policy.path.as_ref());
    if let Some((step, path)) = declared {
        return Some(facts.place(path, step.name.span, "a declared step"));
    }
    let counting: Vec<&LiveStep<'_>> = live.iter().filter(|step| !step.is_ignored() && !step.is_elsewhere()).collect();
    let direct = |about_all: bool| {
        counting.iter().find_map(|step| {
            let takes = |(command, call): &(Command, CargoCall)| {
                runs_tests(facts, call) && (!about_all || (step.starts_at_root() && is_about_all(command, call)))
            };
            let (_, call) = step.cargo().into_iter().find(takes)?;
            step.place(facts, call.span, "runs the tests")
        })
    };
    let named = || {
        counting.iter().find_map(|step| {
            if is_action_for_tests(step) {
                return step.place_of_uses(facts, "runs the tests");
            }
            let command = step.commands().into_iter().find(calls_for_tests)?;
            step.place(facts, command.span, "calls for the tests")
        })
    };
    direct(true).or_else(|| direct(false)).or_else(named).or_else(|| {
        scripts::line(facts, "runs the tests", |code| {
            ["cargo test", "cargo nextest run", "cargo t "].iter().any(|call| code.starts_with(call))
        })
    })
}

/// An action that calls cargo with `command: test`.
fn is_action_for_tests(step: &LiveStep<'_>) -> bool {
    let calls_cargo = step.uses().is_some_and(|uses| uses.target.to_ascii_lowercase().contains("cargo"));
    let command = step.step.and_then(|step| step.input("command"));
    calls_cargo && command.is_some_and(|command| matches!(command.value.trim(), "test" | "nextest" | "tarpaulin"))
}

fn runs_tests(facts: &Facts, call: &CargoCall) -> bool {
    let only_builds = call.other.iter().any(|flag| flag.text == "--no-run");
    (call.runs_tests() && !only_builds) || is_alias_of_tests(facts, &call.subcommand)
}

/// Says whether a call picks no package, folder, target or test: it tells more than one about a single example.
fn is_about_all(command: &Command, call: &CargoCall) -> bool {
    let picked = [&call.packages, &call.tests, &call.bins, &call.examples, &call.benches];
    let one_kind = call.switches.iter().any(|switch| matches!(&*switch.text, "--benches" | "--examples" | "--doc"));
    let at_root = command.folder == Folder::Relative(String::new()) && call.folder.is_none();
    let filters = call.operands.iter().any(|operand| !operand.unknown);
    at_root && call.manifest_path.is_none() && picked.iter().all(|words| words.is_empty()) && !one_kind && !filters
}

/// An alias of the checked-in configuration whose first word is `test` or `nextest`.
fn is_alias_of_tests(facts: &Facts, name: &str) -> bool {
    let own = facts.cargo_configs().filter(|(file, _)| facts.zone(&file.path) == Zone::Own);
    let mut found = own.filter_map(|(file, config)| {
        let setting = config.get(&["alias", name])?;
        file.text().get(setting.span.start..setting.span.end)
    });
    !name.is_empty() && found.any(|alias| matches!(first_word(alias), "test" | "t" | "nextest"))
}

fn first_word(alias: &str) -> &str {
    let mut words = alias.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
    words.find(|word| !word.is_empty()).unwrap_or_default()
}

/// `just test`, `make test-all`, `cargo xtask test`, `cargo run -p ci build-and-test`, `./ci/test.sh`.
fn calls_for_tests(command: &Command) -> bool {
    let program = command.words.first().and_then(Word::known).unwrap_or_default();
    let named = |words: &[Word]| words.iter().filter_map(Word::known).any(says_test);
    match command.program() {
        runner if RUNNERS.contains(&runner) => named(&command.words[1..]),
        "cargo" => match command.word(1) {
            "xtask" | "make" | "dev" | "xtest" => named(&command.words[1..]),
            // A program of the repository with a task for an argument; a path is none.
            "run" => {
                command.words[2..].iter().filter_map(Word::known).any(|word| !word.contains('/') && says_test(word))
            }
            _ => false,
        },
        // `${{ matrix.cargo }} test`: cargo or what stands in for it.
        "" => {
            let flag =
                |word: &Word| ["--locked", "--workspace", "--all-targets", "--all-features"].contains(&&*word.text);
            let stands_for_cargo =
                command.word(0).to_ascii_lowercase().contains("cargo") || command.words.iter().any(flag);
            stands_for_cargo && command.word(1) == "test"
        }
        "bash" | "sh" => {
            command.words.get(1).and_then(Word::known).is_some_and(|path| is_script(path) && says_test(path))
        }
        _ => program.contains('/') && is_script(program) && says_test(program),
    }
}

fn is_script(path: &str) -> bool {
    ["sh", "bash", "zsh", "nu", "py", "ps1"].contains(&path::extension(path)) || !path::file_name(path).contains('.')
}

/// Says whether `test` or `tests` is a word of a name.
fn says_test(name: &str) -> bool {
    let name = path::file_name(name);
    name.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| matches!(word, "test" | "tests" | "xtest"))
}
