//! Files of the tree that the steps of the policy run: to edit one is to edit the step.

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::policy::Policy;
use crate::facts::shell::lexer::Shell;
use crate::facts::shell::script;
use crate::facts::shell::script::Command;
use crate::facts::tree::Mode;
use crate::rules::authority::own_configs;
use crate::rules::authority::own_configs::Own;
use crate::rules::authority::weakened::sink::Of;
use crate::rules::authority::weakened::sink::Sink;

/// Programs that run what stands behind them.
const PASS_ON: &[&str] = &["env", "time", "nice", "nohup", "sudo", "exec", "command"];
/// Programs that run the text of `-c`.
const SHELLS: &[&str] = &["sh", "bash", "dash", "zsh", "ksh"];
/// Programs that run the file that is named first.
const INTERPRETERS: &[&str] = &[
    "sh", "bash", "dash", "zsh", "ksh", "fish", "python", "python3", "node", "ruby", "perl", "pwsh", "nu", "source",
    ".",
];
/// Programs that run a file that is named behind one of these flags.
const RECIPES: &[&str] = &["-f", "--file", "--makefile", "--justfile"];
/// How many commands are looked at.
const MOST: usize = 10_000;

/// Compares the files that the steps of both trees run. A step that calls something else is told apart.
pub fn compare(before: (&Facts, &Policy), after: (&Facts, &Policy), sink: &mut Sink<'_>) {
    let (base, head) = (before.0, after.0);
    for step in &before.1.steps {
        let words = |step: &crate::facts::policy::step::Step| -> Vec<String> {
            step.run.iter().map(|word| word.value.clone()).collect()
        };
        let same = after.1.steps.iter().any(|own| own.name.value == step.name.value && words(own) == words(step));
        if !same {
            continue;
        }
        let argv = words(step);
        for path in of(base, &argv.iter().map(String::as_str).collect::<Vec<_>>()) {
            sink.look();
            let name = &step.name.value;
            let Some(what) = differs(base, head, &path) else { continue };
            let against = before.1.path.as_deref().zip(step.run.first().map(|word| word.span));
            let against = against.map(|(file, span)| sink.of_base(file, span, "the step runs it"));
            let message = format!("{path}, which the step {name} runs, is {what}");
            sink.add(Of::Policy, message, Place::whole(path.as_str(), what), against.into_iter().collect());
        }
        alias((base, head), &argv, sink);
    }
}

/// Says where a step calls cargo by an alias that means something else now.
fn alias((base, head): (&Facts, &Facts), argv: &[String], sink: &mut Sink<'_>) {
    let mut words = argv.iter().map(String::as_str).skip_while(|word| passes_on(word));
    if words.next().map(path::file_name) != Some("cargo") {
        return;
    }
    let Some(name) = words.find(|word| !word.starts_with(['+', '-'])) else { return };
    let key = ["alias", name];
    let (then, now) = (own_configs::of(base), own_configs::of(head));
    let said = |own: &Own<'_>| -> Option<(String, Span, String)> {
        let mut all = own.configs.iter();
        all.find_map(|(file, config)| {
            let setting = config.get(&key)?;
            Some((file.path.to_string(), setting.span, setting.value.shown()))
        })
    };
    let Some((file, span, before)) = said(&then) else { return };
    sink.look();
    let (at, after) = match said(&now) {
        Some((_, _, after)) if after == before => return,
        Some((file, span, after)) => (sink.of_head(&file, span, "says so now"), format!("means `{after}`")),
        None => (Place::whole(file.as_str(), "does not say so any more"), "is gone".to_owned()),
    };
    let message = format!("the alias `{name}`, by which a step calls cargo, {after}, and meant `{before}`");
    let against = vec![sink.of_base(&file, span, "the base says this")];
    sink.add(Of::Policy, message, at, against);
}

/// How a file is another one, if it is.
pub fn differs(base: &Facts, head: &Facts, path: &str) -> Option<&'static str> {
    let then = base.tree.get(path)?;
    let Some(now) = head.tree.get(path) else { return Some("gone") };
    let is_regular = |mode: Mode| matches!(mode, Mode::File | Mode::Executable);
    if is_regular(then.mode) != is_regular(now.mode) {
        return Some("edited");
    }
    let same = match (base.text(path), head.text(path)) {
        (Some(then), Some(now)) => then == now,
        _ => then.id.is_some() && then.id == now.id,
    };
    (!same).then_some("edited")
}

/// The files of a tree that a command runs: its program, what its program reads as a script, and what scripts for a shell run
/// in turn.
pub fn of(facts: &Facts, argv: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let first = argv.iter().map(|word| (*word).to_owned()).collect();
    // The words of a command with the folder of the script that has it; the first one is no script's.
    let mut open: Vec<(String, Vec<String>)> = vec![(String::new(), first)];
    let mut looked = 0;
    while let Some((folder, words)) = open.pop() {
        looked += 1;
        if looked > MOST {
            break;
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let Some(at) = words.iter().position(|word| !passes_on(word)) else { continue };
        let (program, rest) = (words[at], &words[at + 1..]);
        let name = path::file_name(program);
        let text = rest.iter().position(|word| *word == "-c").and_then(|at| rest.get(at + 1));
        let mut named: Vec<&str> = Vec::new();
        if program.contains('/') {
            named.push(program);
        }
        if let Some(text) = text.filter(|_| SHELLS.contains(&name)) {
            let commands = script::commands(text, Shell::Posix);
            open.extend(commands.iter().map(|command| (folder.clone(), texts(command))));
        } else if INTERPRETERS.contains(&name) {
            named.extend(rest.iter().find(|word| !word.starts_with('-')));
        }
        let recipes = rest.windows(2).filter(|pair| matches!(name, "make" | "just") && RECIPES.contains(&pair[0]));
        named.extend(recipes.map(|pair| pair[1]));
        for path in named.into_iter().filter_map(|word| named_file(facts, &folder, word)) {
            if found.contains(&path) {
                continue;
            }
            let commands = shell_script(facts, &path).map(|text| script::commands(text, Shell::Posix));
            let own = path::parent(&path).to_owned();
            open.extend(commands.into_iter().flatten().map(|command| (own.clone(), texts(&command))));
            found.push(path);
        }
    }
    found.sort();
    found.dedup();
    found
}

fn texts(command: &Command) -> Vec<String> {
    command.words.iter().map(|word| word.text.clone()).collect()
}

/// The file of the tree that a word names: from the root, or from the folder of the script that says it, where only a run
/// knows how the path begins (`$(dirname "$0")/b.sh`).
fn named_file(facts: &Facts, folder: &str, word: &str) -> Option<String> {
    let is_there = |path: &String| facts.tree.has_file(path);
    let known = match word.rfind(['$', '`']) {
        None => return path::join("", word).filter(is_there),
        Some(at) => word.get(at..)?.split_once('/')?.1,
    };
    path::join(folder, known).filter(is_there).or_else(|| path::join("", known).filter(is_there))
}

/// The text of a script for a shell, by its name or its first line.
fn shell_script<'a>(facts: &'a Facts, path: &str) -> Option<&'a str> {
    let text = facts.text(path)?;
    let first = text.lines().next().unwrap_or_default();
    let called = first.strip_prefix("#!").map(|line| line.split([' ', '/']).any(|word| SHELLS.contains(&word)));
    called.unwrap_or_else(|| SHELLS.contains(&path::extension(path))).then_some(text)
}

/// A word in front of the program: what passes on to it, its flags, a variable.
fn passes_on(word: &str) -> bool {
    PASS_ON.contains(&path::file_name(word)) || word.starts_with('-') || (word.contains('=') && !word.contains('/'))
}

/// The files that a step reads as recipes without naming them.
pub fn recipes(argv: &[&str]) -> &'static [&'static str] {
    match argv.iter().find(|word| !passes_on(word)).map(|program| path::file_name(program)) {
        Some("make" | "gmake") => &["GNUmakefile", "makefile", "Makefile"],
        Some("just") => &["justfile", "Justfile", ".justfile"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::tree::Entry;
    use crate::facts::tree::Tree;

    #[test]
    fn programs_and_scripts_are_found_and_files_that_are_only_read_are_not() {
        let entry = |path: &str| Entry { path: Arc::from(path), mode: Mode::File, id: None, tracked: true };
        let tree = Tree::new(["ci/t.sh", "t.py", "Cargo.toml", "a.mk", "docs/a.md"].map(entry).to_vec());
        let facts = Facts::assemble(tree, []);
        for (argv, expected) in [
            (&["./ci/t.sh", "docs/a.md"][..], &["ci/t.sh"][..]),
            (&["ci/t.sh"], &["ci/t.sh"]),
            (&["sh", "-e", "ci/t.sh"], &["ci/t.sh"]),
            (&["env", "A=1", "python3", "t.py"], &["t.py"]),
            (&["sh", "-c", "cat docs/a.md && ./ci/t.sh; python3 -u t.py"], &["ci/t.sh", "t.py"]),
            (&["bash", "-c", "bash -c './ci/t.sh'"], &["ci/t.sh"]),
            (&["make", "-f", "a.mk", "test"], &["a.mk"]),
            (&["cargo", "test", "--manifest-path", "Cargo.toml"], &[]),
            (&["cat", "docs/a.md"], &[]),
            (&["../ci/t.sh"], &[]),
        ] {
            assert_eq!(of(&facts, argv), expected, "{argv:?}");
        }
    }
}
