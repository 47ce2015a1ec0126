//! What rustc says that it read: the dep-info files (`*.d`) that it leaves below a target folder.

use std::path::Path;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::world::stamp::Stamp;
use crate::world::stamp::Time;

/// The most bytes of one such file.
const MOST: u64 = 64 << 20;

/// What one call of the compiler read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DepInfo {
    /// The file that says so.
    pub path: PathBuf,
    /// When it was written.
    pub written: Time,
    /// The files, as the compiler named them; the first is the root of the crate.
    pub files: Vec<String>,
    /// The variables that the code asked for.
    pub variables: Vec<String>,
    /// Whether it could not be read, so that nobody knows what it says.
    pub unread: bool,
}

/// All such files below target folders, in order of their paths.
pub fn below(targets: &[PathBuf]) -> Vec<DepInfo> {
    let mut folders: Vec<PathBuf> =
        targets.iter().flat_map(|target| profiles(target)).flat_map(|one| places(&one)).collect();
    folders.sort();
    folders.dedup();
    let files: Vec<PathBuf> = folders.par_iter().flat_map_iter(|folder| written_in(folder)).collect();
    files.par_iter().filter_map(|path| read(path)).collect()
}

/// Folders of profiles: `debug`, and `TARGET/debug`.
fn profiles(target: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in folders(target) {
        if is_profile(&folder) {
            found.push(folder);
        } else {
            found.extend(folders(&folder).into_iter().filter(|inner| is_profile(inner)));
        }
    }
    found
}

fn is_profile(folder: &Path) -> bool {
    folder.join("deps").is_dir() || folder.join("build").is_dir()
}

/// Where the compiler writes below the folder of a profile: `deps`, and a folder for each build script.
fn places(profile: &Path) -> Vec<PathBuf> {
    let mut found = vec![profile.join("deps")];
    for package in folders(&profile.join("build")) {
        // A newer layout of cargo has a folder for each unit, and what belongs to it below that.
        found.extend(folders(&package).into_iter().flat_map(|unit| [unit.join("out"), unit.join("deps"), unit]));
        found.push(package);
    }
    found
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).into_iter().flatten().flatten();
    read.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path()).collect()
}

fn written_in(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = read.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file())).map(|entry| entry.path());
    let mut found: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "d")).collect();
    found.sort();
    found
}

fn read(path: &Path) -> Option<DepInfo> {
    let stamp = Stamp::at(path)?;
    let known = DepInfo { path: path.to_owned(), written: stamp.modified, ..DepInfo::default() };
    let bytes = if stamp.size <= MOST { std::fs::read(path).ok() } else { None };
    let Some(bytes) = bytes else { return Some(DepInfo { unread: true, ..known }) };
    let (files, variables) = parse(&String::from_utf8_lossy(&bytes), path.file_name()?.to_str()?)?;
    Some(DepInfo { files, variables, ..known })
}

/// The files and variables of a dep-info file; none where another compiler than rustc wrote it, which does not begin with
/// the file itself.
fn parse(text: &str, name: &str) -> Option<(Vec<String>, Vec<String>)> {
    let (target, files) = text.lines().next()?.split_once(".d: ")?;
    let own = target.rsplit(['/', '\\']).next().unwrap_or(target);
    if format!("{own}.d") != name {
        return None;
    }
    let variables = text.lines().filter_map(|line| line.strip_prefix("# env-dep:"));
    let variables = variables.map(|line| line.split_once('=').map_or(line, |(name, _)| name).to_owned());
    Some((split(files), variables.collect()))
}

/// The names between spaces; a space in a name stands behind a backslash.
fn split(files: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = String::new();
    for part in files.split(' ') {
        if let Some(beginning) = part.strip_suffix('\\') {
            open.push_str(beginning);
            open.push(' ');
            continue;
        }
        open.push_str(part);
        if !open.is_empty() {
            found.push(std::mem::take(&mut open));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_variables_are_read_as_rustc_writes_them() {
        let text = "/t/debug/deps/a-1.d: src/lib.rs src/../../my\\ notes.txt\n\n/t/debug/deps/liba-1.rmeta: src/lib.rs\n\n\
                    src/lib.rs:\n\n# env-dep:HOME=/root\n# env-dep:ABSENT\n";
        let (files, variables) = parse(text, "a-1.d").unwrap();
        assert_eq!(files, ["src/lib.rs", "src/../../my notes.txt"]);
        assert_eq!(variables, ["HOME", "ABSENT"]);
    }

    #[test]
    fn what_can_not_be_read_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a-1.d");
        std::fs::File::create(&path).unwrap().set_len(MOST + 1).unwrap();
        assert!(read(&path).is_some_and(|info| info.unread && info.files.is_empty()));
        std::fs::write(&path, "/t/a-1.d: src/lib.rs\n").unwrap();
        assert!(read(&path).is_some_and(|info| !info.unread && info.files == ["src/lib.rs"]));
    }

    #[test]
    fn what_a_c_compiler_wrote_is_not_taken_for_it() {
        assert_eq!(parse("zlib.o: zlib.c /usr/include/stdio.h\n", "zlib.o.d"), None);
        assert_eq!(parse("", "a.d"), None);
    }
}
