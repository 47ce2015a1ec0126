//! What the compiler read and no key names: files outside of the tree, files that git ignores, and variables that only say
//! where things are. Pure: what rustc said that it read comes in, and what is known of the disk by two questions.

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

use crate::facts::path;
use crate::world::dep_info::DepInfo;
use crate::world::plain_path::plain;
use crate::world::stamp::Time;

/// What a file that the compiler read is held against.
pub struct Ground<'a> {
    /// The root of the tree.
    pub root: &'a Path,
    /// The folders of workspaces from the root, the main one first: cargo starts the compiler in that of the workspace
    /// that it builds.
    pub folders: &'a [String],
    /// Whether a path from the root is one that keys name, or one that steps make.
    pub is_named: &'a dyn Fn(&str) -> bool,
    /// Folders whose files keys name otherwise, or that cargo makes: its home, the toolchain, target folders.
    pub known: &'a [PathBuf],
    /// The variables that a step sees and no key names.
    pub plumbing: &'a BTreeSet<&'a str>,
    /// Where a path really leads.
    pub real: &'a dyn Fn(&Path) -> Option<PathBuf>,
    /// When a file was last written; none where it is not there.
    pub written: &'a dyn Fn(&Path) -> Option<Time>,
}

/// What counts of what the compiler said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// What was written since then was read for the step.
    pub began: Time,
    /// Whether also older words count, where cargo takes what was built then for fresh.
    pub also_fresh: bool,
}

/// What the compiler read and no key names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unnamed {
    /// Files outside of the tree.
    pub outside: BTreeSet<String>,
    /// Files in the tree that are no part of it: git ignores them.
    pub ignored: BTreeSet<String>,
    /// Variables.
    pub variables: BTreeSet<String>,
}

/// What some calls of the compiler read that no key names.
pub fn of(infos: &[DepInfo], ground: &Ground<'_>, since: Since) -> Unnamed {
    let mut found = Unnamed::default();
    for info in infos {
        if info.unread && info.written >= since.began {
            // What it says may be anything: nothing is reused on the strength of it.
            found.ignored.insert(info.path.display().to_string());
            continue;
        }
        let one = of_one(info, ground);
        if one != Unnamed::default() && counts(info, ground, since) {
            found.outside.extend(one.outside);
            found.ignored.extend(one.ignored);
            found.variables.extend(one.variables);
        }
    }
    found
}

fn of_one(info: &DepInfo, ground: &Ground<'_>) -> Unnamed {
    let mut found = Unnamed::default();
    let base = base(info, ground);
    if base.is_none() && info.files.iter().all(|file| !Path::new(file).is_absolute()) {
        return found;
    }
    for file in &info.files {
        let Some(way) = way(file, base, ground) else { continue };
        match of_path(&way, ground) {
            Place::Named => {}
            Place::Ignored(path) => {
                found.ignored.insert(path);
            }
            Place::Outside(path) => {
                found.outside.insert(path.display().to_string());
            }
        }
    }
    if base.is_some() {
        let asked = info.variables.iter().filter(|name| ground.plumbing.contains(name.as_str()));
        found.variables.extend(asked.cloned());
    }
    found
}

/// The folder in which the compiler was started: that of the workspace whose target folder holds the file, else of the
/// first from which the root of the crate is a file of the tree.
fn base<'g>(info: &DepInfo, ground: &Ground<'g>) -> Option<&'g str> {
    let first = info.files.first()?;
    let holds = |folder: &&String| match Path::new(first).strip_prefix(ground.root) {
        Ok(inner) => inner.to_str().is_some_and(|inner| (ground.is_named)(inner)),
        Err(_) => path::join(folder, first).is_some_and(|inner| (ground.is_named)(&inner)),
    };
    let builds = |folder: &&String| info.path.starts_with(ground.root.join(folder).join("target"));
    let own = ground.folders.iter().filter(builds).max_by_key(|folder| folder.len());
    let mut all = own.into_iter().chain(ground.folders);
    // Cargo also finds targets that git ignores: then it is the one from which the file is there.
    let is_there = |folder: &&String| (ground.written)(&ground.root.join(folder).join(first)).is_some();
    all.clone().find(holds).or_else(|| all.find(is_there)).map(String::as_str)
}

/// Where a file is; none where that is not known.
fn way(file: &str, base: Option<&str>, ground: &Ground<'_>) -> Option<PathBuf> {
    let is_absolute = Path::new(file).is_absolute();
    if is_absolute { Some(PathBuf::from(file)) } else { base.map(|base| ground.root.join(base).join(file)) }
}

enum Place {
    Named,
    Ignored(String),
    Outside(PathBuf),
}

/// What a file is. One that may be a file of the tree is taken to be.
fn of_path(file: &Path, ground: &Ground<'_>) -> Place {
    let written = plain(file);
    // A way up behind a link is another one than its text says.
    let real = (ground.real)(file);
    let ways = [Some(&written), real.as_ref()];
    let is_known = |way: &&PathBuf| ground.known.iter().any(|known| way.starts_with(known));
    if ways.iter().flatten().any(is_known) {
        return Place::Named;
    }
    let inner = |way: &PathBuf| way.strip_prefix(ground.root).ok().and_then(|inner| inner.to_str()).map(str::to_owned);
    let inner: Vec<Option<String>> = ways.into_iter().flatten().map(inner).collect();
    if inner.iter().flatten().any(|inner| (ground.is_named)(inner)) {
        return Place::Named;
    }
    match inner.into_iter().next_back().flatten() {
        Some(inner) => Place::Ignored(inner),
        None => Place::Outside(real.unwrap_or(written)),
    }
}

/// Says whether what was built then stands for the step: it was built for it, or cargo takes it for fresh, because
/// everything that it was made from is there and no younger.
fn counts(info: &DepInfo, ground: &Ground<'_>, since: Since) -> bool {
    if info.written >= since.began {
        return true;
    }
    let base = base(info, ground);
    let is_older = |file: &String| {
        let way = way(file, base, ground);
        way.and_then(|way| (ground.written)(&way)).is_some_and(|written| written <= info.written)
    };
    since.also_fresh && info.files.iter().all(is_older)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "/work/tree";

    fn info(files: &[&str], written: i64) -> DepInfo {
        DepInfo {
            path: PathBuf::from("/work/tree/target/debug/deps/a-1.d"),
            written: (written, 0),
            files: files.iter().map(|file| (*file).to_owned()).collect(),
            variables: vec!["HOME".to_owned(), "CARGO_PKG_NAME".to_owned()],
            unread: false,
        }
    }

    /// Everything on the disk was written at second 10.
    fn found(info: DepInfo, began: i64, also_fresh: bool) -> Unnamed {
        let listed = ["src/lib.rs", "shared.txt", "vendor/x/src/lib.rs", "crates/b/src/lib.rs"];
        let folders = ["", "vendor/x"].map(str::to_owned);
        let ground = Ground {
            root: Path::new(ROOT),
            folders: &folders,
            is_named: &|path| listed.contains(&path),
            known: &[PathBuf::from("/home/cargo"), PathBuf::from("/work/tree/target")],
            plumbing: &BTreeSet::from(["HOME"]),
            real: &|path| (!path.ends_with("gone.txt")).then(|| plain(path)),
            written: &|path| {
                let is_gone = path.ends_with("gone.txt") || path.ends_with("elsewhere/lib.rs");
                (!is_gone).then_some((10, 0))
            },
        };
        of(&[info], &ground, Since { began: (began, 0), also_fresh })
    }

    fn outside(files: &[&str]) -> Vec<String> {
        found(info(files, 20), 15, false).outside.into_iter().collect()
    }

    #[test]
    fn files_outside_are_named_and_those_of_the_tree_of_cargo_and_of_the_build_are_not() {
        let known =
            ["src/lib.rs", "shared.txt", "/home/cargo/registry/src/x/lib.rs", "/work/tree/target/debug/out/x.rs"];
        assert!(outside(&known).is_empty());
        assert_eq!(outside(&["src/lib.rs", "src/../../notes.txt"]), ["/work/notes.txt"]);
        assert_eq!(outside(&["src/lib.rs", "/etc/hostname"]), ["/etc/hostname"]);
        // What was built from sources elsewhere speaks of no file of the tree.
        assert!(outside(&["elsewhere/lib.rs", "../x"]).is_empty());
    }

    #[test]
    fn what_nobody_could_read_is_not_taken_for_nothing() {
        let unread = |written| found(DepInfo { unread: true, ..info(&[], written) }, 15, true).ignored.len();
        assert_eq!((unread(20), unread(14)), (1, 0));
    }

    #[test]
    fn a_way_up_is_counted_from_where_the_compiler_was_started() {
        assert!(outside(&["crates/b/src/lib.rs", "crates/b/src/../../../shared.txt"]).is_empty());
        assert_eq!(outside(&["src/lib.rs", "../../shared.txt"]), ["/shared.txt"]);
        let nested = DepInfo {
            path: PathBuf::from("/work/tree/vendor/x/target/debug/deps/x-1.d"),
            ..info(&["src/lib.rs", "../../shared.txt", "../../../notes.txt"], 20)
        };
        assert_eq!(found(nested, 15, false).outside, BTreeSet::from(["/work/notes.txt".to_owned()]));
    }

    #[test]
    fn what_git_ignores_and_variables_without_a_key_are_told_apart() {
        let found = found(info(&["src/lib.rs", "src/made.rs"], 20), 15, false);
        assert_eq!(found.ignored, BTreeSet::from(["src/made.rs".to_owned()]));
        assert_eq!(found.variables, BTreeSet::from(["HOME".to_owned()]));
        assert!(found.outside.is_empty());
    }

    #[test]
    fn what_is_older_counts_only_where_cargo_takes_it_for_fresh() {
        let old = || info(&["src/lib.rs", "/etc/hostname"], 12);
        assert_eq!(found(old(), 15, false), Unnamed::default());
        assert_eq!(found(old(), 15, true).outside.len(), 1);
        // The source was edited behind it: cargo builds it anew, and says what it read then.
        assert_eq!(found(info(&["src/lib.rs", "/etc/hostname"], 9), 15, true), Unnamed::default());
        assert_eq!(found(info(&["src/lib.rs", "/etc/gone.txt"], 12), 15, true), Unnamed::default());
        assert_eq!(found(info(&["src/lib.rs", "/etc/gone.txt"], 16), 15, true).outside.len(), 1);
    }
}
