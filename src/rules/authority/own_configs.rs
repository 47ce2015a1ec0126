//! The maintainers' own configurations of cargo, and what they include: all that cargo follows in the tree.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::cargo_config;
use crate::facts::cargo_config::CargoConfig;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Spanned;
use crate::facts::source::SourceFile;
use crate::facts::tree::Entry;
use crate::facts::tree::Mode;
use crate::facts::zone::Zone;

/// The folder with cargo's configuration.
const FOLDER: &str = ".cargo";
/// What cargo and rustup read in a folder that commands are started in, and the folder itself.
const READ: &[&str] = &[FOLDER, ".cargo/config", ".cargo/config.toml", "rust-toolchain", "rust-toolchain.toml"];

/// The configurations that were found.
#[derive(Default)]
pub(super) struct Own<'a> {
    /// Those that can be read, with their files.
    pub(super) configs: Vec<(&'a SourceFile, Cow<'a, CargoConfig>)>,
    /// What cargo or rustup would read and nobody else can: the path, where it is named, and why.
    pub(super) hidden: Vec<(String, Place, &'static str)>,
}

/// The configurations; none of fixtures, templates, archives and vendored folders, unless commands start there.
pub(super) fn of(facts: &Facts) -> Own<'_> {
    let starts = starts(facts);
    let mut own = Own::default();
    for entry in read(facts, &starts) {
        let name = entry.path.to_string();
        let is_regular = matches!(entry.mode, Mode::File | Mode::Executable);
        if !is_regular || (facts.file(&name).is_none() && !is_folder(&name)) {
            let why = if is_regular { "is not read" } else { "is no regular file" };
            own.hidden.push((name.clone(), Place::whole(name, why), why));
        }
    }
    let configs = facts.cargo_configs().filter(|(file, _)| is_own(facts, &starts, &file.path));
    own.configs = configs.map(|(file, config)| (file, Cow::Borrowed(config))).collect();
    let mut seen: BTreeSet<String> = own.configs.iter().map(|(file, _)| file.path.to_string()).collect();
    let mut at = 0;
    while let Some((file, config)) = own.configs.get(at) {
        let (file, includes) = (*file, config.includes.clone());
        for include in includes {
            follow(facts, file, &include, &mut seen, &mut own);
        }
        at += 1;
    }
    own
}

/// What cargo and rustup read where commands start. On some systems a name of other case is the same name.
fn read<'a>(facts: &'a Facts, starts: &[String]) -> Vec<&'a Entry> {
    let names: Vec<String> =
        starts.iter().flat_map(|folder| READ.iter().map(|name| path::child(folder, name))).collect();
    let is_read = |entry: &&Entry| names.iter().any(|name| name.eq_ignore_ascii_case(&entry.path));
    facts.tree.entries().iter().filter(is_read).collect()
}

fn is_folder(path: &str) -> bool {
    path::file_name(path).eq_ignore_ascii_case(FOLDER)
}

/// Whether a file of cargo or rustup is the maintainers' own: in the folders that commands start in it always is.
pub(super) fn is_own(facts: &Facts, starts: &[String], file: &str) -> bool {
    is_of(starts, file) || facts.zone(file) == Zone::Own
}

/// Whether commands start where a file of cargo or rustup lies.
pub(super) fn is_read_where_commands_start(facts: &Facts, file: &str) -> bool {
    is_of(&starts(facts), file)
}

fn is_of(starts: &[String], file: &str) -> bool {
    let folder = path::parent(file);
    let above = if is_folder(folder) { path::parent(folder) } else { folder };
    starts.iter().any(|start| start.eq_ignore_ascii_case(above))
}

/// The folders that commands start in: the root, that of the main workspace, and those between.
pub(super) fn starts(facts: &Facts) -> Vec<String> {
    let mut starts = vec![String::new()];
    let mut folder = facts.cargo.main_workspace().map_or("", |workspace| workspace.folder.as_str());
    while !folder.is_empty() {
        starts.push(folder.to_owned());
        folder = path::parent(folder);
    }
    starts
}

fn follow<'a>(
    facts: &'a Facts,
    file: &SourceFile,
    include: &Spanned<String>,
    seen: &mut BTreeSet<String>,
    own: &mut Own<'a>,
) {
    let mut hide = |why| {
        let place = file.content.text.place(&file.path, include.span, why);
        own.hidden.push((include.value.clone(), place, why));
    };
    let Some(path) = path::join(path::parent(&file.path), &include.value) else { return hide("leads out of the tree") };
    if !seen.insert(path.clone()) {
        return;
    }
    match (facts.tree.get(&path).map(|entry| entry.mode), facts.file(&path)) {
        (Some(Mode::File | Mode::Executable), Some(included)) => {
            let config = cargo_config::parse(included.text(), &mut Vec::new());
            own.configs.push((included, Cow::Owned(config)));
        }
        (Some(Mode::File | Mode::Executable), None) => hide("is not read"),
        (Some(_), _) => hide("is no regular file"),
        (None, _) if facts.tree.hides(&path) => hide("lies behind a link"),
        // What is not there decides nothing: cargo stops, or passes over it.
        (None, _) => {}
    }
}
