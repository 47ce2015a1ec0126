//! Where a step may write: made of what is there just before it starts, because Landlock can allow and can't except.
//!
//! A folder that holds something protected is not allowed itself; its entries are. So a step can't make new entries there,
//! unless they are its declared outputs, which are made for it.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::world::target_folder;

/// What cargo puts into a target folder that it makes; also how a target folder is told from a link to somewhere else.
const CACHE_TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n# This file is a cache directory tag created by cargo.\n# For information about cache directory tags see https://bford.info/cachedir/\n";
/// The parts of cargo's home that cargo writes while it builds; the programs beside them are not among them.
const CARGO_FOLDERS: &[&str] = &["registry", "git"];
/// The files of cargo's home that it locks and writes while it builds.
const CARGO_FILES: &[&str] = &[".package-cache", ".package-cache-mutate", ".global-cache"];

/// The places that matter to a step's confinement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The root of the tree.
    pub root: PathBuf,
    /// The folders that cargo builds in, the target folder first.
    pub targets: Vec<PathBuf>,
    /// Cargo's home.
    pub cargo_home: Option<PathBuf>,
    /// The folders for temporary files; the first is the one that the step's environment names.
    pub temp: Vec<PathBuf>,
    /// The record: nothing of it may be written.
    pub record: PathBuf,
    /// This program's own file.
    pub tool: PathBuf,
    /// The globs of the step's outputs, from the root.
    pub outputs: Vec<String>,
}

/// Where a step may write, and what was made so that it can.
#[derive(Debug, Default)]
pub struct Fence {
    /// The files and folders, with all below them.
    pub writable: Vec<PathBuf>,
    /// A temporary folder of the step's own, where the usual one holds the record.
    pub temp: Option<PathBuf>,
    /// Whether the record lies where the step may write.
    pub record_is_open: bool,
    /// Whether this program's file does.
    pub tool_is_open: bool,
    made: Vec<PathBuf>,
}

impl Fence {
    /// Looks at what is there, makes the places that outputs need, and says where the step may write.
    pub fn around(places: &Places) -> Self {
        let mut fence = Self::default();
        let record = real(&places.record);
        fence.allow_tree(places, &record);
        fence.allow_outputs(places);
        fence.allow_target(places);
        fence.allow_cargo_home(places);
        fence.allow_temp(places, &record);
        fence.writable.push(PathBuf::from("/dev"));
        let tool = real(&places.tool);
        fence.record_is_open = fence.writable.iter().any(|open| record.starts_with(open));
        fence.tool_is_open = fence.writable.iter().any(|open| tool.starts_with(open));
        fence
    }

    /// Takes away what was made and not used.
    pub fn lower(self) {
        for path in self.made.iter().rev() {
            match path.symlink_metadata() {
                Ok(found) if found.is_file() && found.len() == 0 => drop(fs::remove_file(path)),
                // Not empty: it was used.
                Ok(found) if found.is_dir() => drop(fs::remove_dir(path)),
                _ => {}
            }
        }
        if let Some(temp) = self.temp {
            drop(fs::remove_dir_all(temp));
        }
    }

    /// The tree: whole where nothing protected is in it, else its entries but git's own.
    fn allow_tree(&mut self, places: &Places, record: &Path) {
        let root = real(&places.root);
        let git = root.join(".git");
        if git.symlink_metadata().is_err() && !record.starts_with(&root) {
            self.writable.push(root);
            return;
        }
        for entry in fs::read_dir(&root).into_iter().flatten().flatten() {
            // What a link leads to is not of the tree.
            let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            // A name that is no text can't be told to the process that sets the fence up: the step may not write there.
            let is_text = entry.path().to_str().is_some();
            if !is_link && is_text && entry.path() != git && !is_same(&entry.path(), record) {
                self.writable.push(entry.path());
            }
        }
    }

    /// Makes the first part of each output that is not there: a folder, or an empty file where it is the whole path.
    fn allow_outputs(&mut self, places: &Places) {
        let root = real(&places.root);
        for output in &places.outputs {
            let (first, rest) = output.split_once('/').unwrap_or((output, ""));
            let is_plain = !first.is_empty() && first != ".." && first != "." && first != ".git";
            let path = root.join(first);
            if !is_plain || first.contains(['*', '?', '[', '{']) || path.symlink_metadata().is_ok() {
                continue;
            }
            let made = if rest.is_empty() {
                fs::OpenOptions::new().write(true).create_new(true).open(&path).map(drop)
            } else {
                fs::create_dir(&path)
            };
            if made.is_ok() {
                self.made.push(path.clone());
                self.writable.push(path);
            }
        }
    }

    /// The folders that cargo builds in, made as cargo makes them. A link is followed only to a folder that cargo has marked.
    fn allow_target(&mut self, places: &Places) {
        let is_cargos = places.root.join("Cargo.toml").is_file();
        for target in &places.targets {
            if is_cargos && target.symlink_metadata().is_err() && fs::create_dir_all(target).is_ok() {
                let tag = fs::File::create_new(target.join("CACHEDIR.TAG"));
                let _ = tag.and_then(|mut tag| tag.write_all(CACHE_TAG.as_bytes()));
            }
            let is_link = target.symlink_metadata().is_ok_and(|found| found.is_symlink());
            if !is_link || target_folder::is_marked(target) {
                self.writable.push(real(target));
            }
        }
    }

    fn allow_cargo_home(&mut self, places: &Places) {
        let Some(home) = places.cargo_home.as_deref().map(real) else { return };
        if !home.parent().is_some_and(Path::is_dir) {
            return;
        }
        for folder in CARGO_FOLDERS {
            let _ = fs::create_dir_all(home.join(folder));
            self.writable.push(home.join(folder));
        }
        for file in CARGO_FILES {
            let _ = fs::OpenOptions::new().append(true).create(true).open(home.join(file));
            self.writable.push(home.join(file));
        }
    }

    /// The folders for temporary files, or one of the step's own inside where they hold the record or the tree's git.
    fn allow_temp(&mut self, places: &Places, record: &Path) {
        let git = real(&places.root).join(".git");
        for (index, temp) in places.temp.iter().enumerate() {
            let temp = real(temp);
            if !record.starts_with(&temp) && !git.starts_with(&temp) {
                self.writable.push(temp);
            } else if index == 0 {
                self.temp = own_folder(&temp);
                self.writable.extend(self.temp.clone());
            }
        }
    }
}

/// A fresh folder; none where none can be made.
fn own_folder(temp: &Path) -> Option<PathBuf> {
    let free = |number: &u32| {
        let folder = temp.join(format!("governed-{}-{number}", std::process::id()));
        fs::create_dir(&folder).ok().map(|()| folder)
    };
    (0..10_000).find_map(|number| free(&number))
}

/// The path without links, as far as it exists.
fn real(path: &Path) -> PathBuf {
    for ancestor in path.ancestors() {
        if let (Ok(found), Ok(rest)) = (ancestor.canonicalize(), path.strip_prefix(ancestor)) {
            return if rest.as_os_str().is_empty() { found } else { found.join(rest) };
        }
    }
    path.to_owned()
}

/// Says whether a protected path is the entry itself.
fn is_same(entry: &Path, protected: &Path) -> bool {
    entry == protected
}
