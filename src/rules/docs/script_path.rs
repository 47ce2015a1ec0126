//! Documented commands that are no cargo commands: scripts of the tree, and recipes of a justfile or Makefile.

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::shell::lexer::Word;
use crate::facts::shell::script::Command;
use crate::rules::docs::command_text::Shown;
use crate::rules::docs::program;
use crate::rules::finding::Finding;
use crate::rules::outcome::Outcome;

/// Endings of what can be run as it stands: a document or a source of the name is no twin.
const SCRIPTS: &[&str] =
    &["", "sh", "bash", "zsh", "fish", "py", "rb", "pl", "ps1", "nu", "js", "mjs", "ts", "bat", "cmd"];

/// Judges one command that may run in some folders.
pub(super) fn judge(facts: &Facts, shown: &Shown<'_>, command: &Command, folders: &[String], outcome: &mut Outcome) {
    let Some(first) = command.words.first().and_then(|word| word.known()) else { return };
    match first {
        "just" | "make" if program::is_built_here(facts, first) => {}
        "just" => recipe(facts, shown, command, folders, &["justfile", "Justfile", ".justfile"], outcome),
        "make" => recipe(facts, shown, command, folders, &["GNUmakefile", "makefile", "Makefile"], outcome),
        "bash" | "sh" | "zsh" | "python" | "python3" | "nu" | "node" | "ruby" | "perl" | "pwsh" | "source" => {
            let script = command.words.get(1).filter(|word| path::file_name(&word.text).contains('.'));
            if let Some(word) = script.filter(|word| word.text.contains('/')) {
                script_of(facts, shown, word, folders, outcome);
            }
        }
        _ => {
            if command.words[0].text.starts_with("./") {
                script_of(facts, shown, &command.words[0], folders, outcome);
            }
        }
    }
}

/// `./folder/script`, `bash folder/script.sh`: the folder is there and the script is not.
fn script_of(facts: &Facts, shown: &Shown<'_>, word: &Word, folders: &[String], outcome: &mut Outcome) {
    let written = word.text.trim_start_matches("./");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    if word.unknown
        || written.is_empty()
        || written.starts_with(['/', '-'])
        || written.starts_with("target/")
        || !written.bytes().all(plain)
    {
        return;
    }
    // A program of this repository is run where it was built or unpacked.
    if !written.contains('/') && program::is_built_here(facts, written) {
        return;
    }
    let paths: Vec<String> = folders.iter().filter_map(|folder| path::join(folder, written)).collect();
    let seen = |path: &String| facts.tree.exists(path) || facts.tree.hides(path);
    if paths.iter().any(seen) {
        outcome.look();
        return;
    }
    for missing in &paths {
        let folder = path::parent(missing);
        let inside = written.contains('/') && facts.tree.has_folder(folder);
        let mut twins = facts.tree.within(folder).filter(|entry| {
            path::parent(&entry.path) == folder
                && path::file_name(&entry.path).split('.').next() == Some(path::file_name(missing))
                && SCRIPTS.contains(&path::extension(&entry.path))
        });
        let fetched = ["curl ", "wget ", "tar ", "unzip "].iter().any(|tool| shown.text.contains(tool));
        let twin = twins.next().filter(|_| !fetched);
        // A program in the root may be what a build or a download left there.
        let extension = path::extension(missing);
        if twin.is_none() && !(inside && matches!(extension, "sh" | "py" | "bash" | "rb" | "pl" | "ps1" | "nu")) {
            continue;
        }
        outcome.look();
        let at = facts.place(&shown.file.path, shown.span(word.span), "is not there");
        let against = twin.map_or_else(
            || Place::whole(missing, "is not there"),
            |twin| Place::whole(twin.path.as_ref(), "the script of this name"),
        );
        let message = format!("the command runs `{}`, which is not in the tree", word.text);
        outcome.find(Finding::new(message, at).against(against));
        return;
    }
}

/// `just RECIPE`, `make TARGET`: the file is there and says all that it offers.
fn recipe(
    facts: &Facts,
    shown: &Shown<'_>,
    command: &Command,
    folders: &[String],
    names: &[&str],
    outcome: &mut Outcome,
) {
    let Some(word) = command.words.get(1) else { return };
    let name = word.text.as_str();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    let next_is_value = command.words.len() > 2 && names[0] != "justfile";
    if word.unknown || name.is_empty() || name.starts_with('-') || !name.bytes().all(plain) || next_is_value {
        return;
    }
    let files: Vec<String> = folders
        .iter()
        .flat_map(|folder| names.iter().map(|name| path::child(folder, name)))
        .filter(|path| facts.tree.has_file(path))
        .collect();
    let mut texts = files.iter().filter_map(|file| facts.text(file).map(|text| (file, text))).peekable();
    if texts.peek().is_none() {
        return;
    }
    let mut offers: Option<&String> = None;
    for (file, text) in texts {
        if offers_recipe(text, name) {
            outcome.look();
            return;
        }
        offers = Some(file);
    }
    let Some(file) = offers else { return };
    outcome.look();
    let at = facts.place(&shown.file.path, shown.span(word.span), "no such recipe");
    let message = format!("the command names the recipe `{name}`, which {file} has not");
    outcome.find(Finding::new(message, at).against(Place::whole(file.as_str(), "has no recipe of this name")));
}

/// Says whether a justfile or Makefile has a recipe, or may have any.
fn offers_recipe(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let open = line.starts_with("include")
            || line.starts_with("-include")
            || line.starts_with("import")
            || line.starts_with("mod ")
            || line.starts_with("$(")
            || line.contains("$(eval");
        if open {
            return true;
        }
        let bare = line.trim_start_matches('@').trim_start_matches("alias ");
        let head = bare.split(':').next().unwrap_or_default();
        bare.contains(':')
            && !line.starts_with([' ', '\t', '#'])
            && head.split_whitespace().any(|word| {
                word == name || word.split_once('%').is_some_and(|(a, b)| name.starts_with(a) && name.ends_with(b))
            })
    })
}
