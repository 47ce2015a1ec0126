//! Where the commands of a document are meant to run: in which folders of this tree, or in another repository.

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::shell::script::Command;
use crate::facts::shell::script::Folder;
use crate::rules::docs::command_text::Shown;

/// A block that clones or creates something else says nothing about this tree.
pub(super) fn is_of_another_repository(facts: &Facts, text: &str) -> bool {
    let created = ["cargo new", "cargo init", "cargo generate", "cargo quickstart"];
    if created.iter().any(|word| text.contains(word)) {
        return true;
    }
    let Some((_, cloned)) = text.split_once("git clone") else {
        // One state of a repository is that of the one that was spoken of before.
        return text.contains("git checkout ")
            && text.split_once("git checkout ").is_some_and(|(_, rest)| is_commit(rest));
    };
    let cloned = cloned.lines().next().unwrap_or_default();
    let url = cloned.split_whitespace().find(|word| word.contains('/')).unwrap_or_default();
    let name = path::file_name(url.trim_end_matches('/')).trim_end_matches(".git");
    !is_ours(facts, name)
}

/// A path without the folder that the block clones this repository into: `./tool/src` behind `git clone .../tool`.
pub(super) fn inside<'p>(facts: &Facts, shown: &Shown<'_>, written: &'p str) -> &'p str {
    let bare = written.trim_start_matches("./");
    match bare.split_once('/') {
        Some((first, rest)) if shown.text.contains("git clone") && is_ours(facts, first) => rest,
        _ => written,
    }
}

/// Says whether a line begins with the id of a commit.
fn is_commit(line: &str) -> bool {
    let word = line.split_whitespace().next().unwrap_or_default();
    word.len() >= 7
        && word.bytes().all(|byte| byte.is_ascii_hexdigit())
        && word.bytes().any(|byte| byte.is_ascii_digit())
}

/// Says whether a name is that of a package of this tree or of its repository.
fn is_ours(facts: &Facts, name: &str) -> bool {
    facts.cargo.packages.iter().any(|package| {
        let repository = package.repository.as_ref().map_or("", |repository| repository.value.as_str());
        let repository = path::file_name(repository.trim_end_matches('/')).trim_end_matches(".git");
        repository.eq_ignore_ascii_case(name) || package.name.value.eq_ignore_ascii_case(name)
    })
}

/// The folders in which a documented command may be meant to run; none where only the reader knows.
pub(super) fn folders(facts: &Facts, shown: &Shown<'_>, command: &Command) -> Option<Vec<String>> {
    let here = path::parent(&shown.file.path);
    let owner = facts.cargo.owner(&shown.file.path);
    let mut starts = vec![here.to_owned()];
    starts.extend(owner.map(|package| package.folder.clone()));
    starts.extend(owner.map(|package| facts.cargo.workspace_of(package).folder.clone()));
    starts.push(String::new());
    let Folder::Relative(relative) = &command.folder else { return None };
    let mut found: Vec<String> = starts
        .iter()
        .filter_map(|start| path::join(start, relative))
        .filter(|folder| facts.tree.has_folder(folder))
        .collect();
    if found.is_empty() {
        // `cd tool` behind `git clone .../tool`.
        let relative = relative.trim_start_matches("./");
        let (first, inside) = relative.split_once('/').unwrap_or((relative, ""));
        let ours = !inside.is_empty() || is_ours(facts, first) || shown.text.contains("git clone");
        found.extend(path::join("", inside).filter(|folder| ours && facts.tree.has_folder(folder)));
    }
    found.dedup();
    (!found.is_empty()).then_some(found)
}
