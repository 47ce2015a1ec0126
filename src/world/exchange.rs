//! Replaces several files of a checkout as one set: all of them or none, also where the process is killed between two.
//!
//! A journal names the set before its first step. Whoever comes next finds it there and puts the old texts back, or, where
//! every file had been replaced, only tidies up.

use std::path::Path;
use std::path::PathBuf;

use crate::facts::digest::Digest;
use crate::facts::limits;
use crate::world::entry_path;
use crate::world::exchange_journal::Journal;
use crate::world::exchange_journal::Note;
use crate::world::exchange_journal::Noted;
use crate::world::file;
use crate::world::outfile;
use crate::world::process::identity::Identity;
use crate::world::rewrite;

/// One file that is to be replaced.
#[derive(Clone, Copy, Debug)]
pub struct Replacement<'a> {
    /// The path from the root, with `/`.
    pub path: &'a str,
    /// What it must still hold; none for a file that is not there yet.
    pub before: Option<&'a str>,
    /// What it shall hold.
    pub after: &'a str,
}

/// Replaces the texts of several files. Every new text is on the disk before the first one takes its name, and where one
/// can't, those before it are put back. Without a journal, a kill in between leaves a part of them: for trees that nobody keeps.
pub fn exchange(root: &Path, files: &[Replacement<'_>], journal: Option<&Journal>) -> Result<(), String> {
    let own = Exchange { root, files, noted: noted(files), journal };
    own.begin()?;
    let result = own.steps().try_for_each(|step| own.take(step));
    match result {
        Ok(()) => own.end(),
        Err(why) => match own.back() {
            Ok(()) => Err(why),
            // The journal stays: `recover` does it when it can be done.
            Err(lost) => Err(format!("{why}; not put back: {lost}")),
        },
    }
}

fn noted(files: &[Replacement<'_>]) -> Noted {
    let note = |file: &Replacement<'_>| Note {
        path: file.path.to_owned(),
        before: file.before.map(|text| Digest::of(text.as_bytes())),
        after: Digest::of(file.after.as_bytes()),
    };
    Noted { owner: Identity::own(), files: files.iter().map(note).collect() }
}

/// One step of the way: a kill comes between two of them.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The new text of a file is written beside it, and the old one gets another name.
    Stage(usize),
    /// The new text takes the name of the file.
    Rename(usize),
}

struct Exchange<'a> {
    root: &'a Path,
    files: &'a [Replacement<'a>],
    noted: Noted,
    journal: Option<&'a Journal>,
}

impl Exchange<'_> {
    fn begin(&self) -> Result<(), String> {
        self.journal.map_or(Ok(()), |journal| journal.begin(&self.noted))
    }

    fn steps(&self) -> impl Iterator<Item = Step> + use<> {
        let count = self.files.len();
        (0..count).map(Step::Stage).chain((0..count).map(Step::Rename))
    }

    fn take(&self, step: Step) -> Result<(), String> {
        match step {
            Step::Stage(at) => self.stage(at).map_err(|why| format!("{}: {why}", self.files[at].path)),
            Step::Rename(at) => self
                .rename(at)
                .map_err(|error| format!("{}: it could not be replaced: {}", self.files[at].path, error.kind())),
        }
    }

    fn stage(&self, at: usize) -> Result<(), String> {
        let file = &self.files[at];
        let names = self.noted.names(self.root, at);
        let said = |error: std::io::Error| format!("it could not be written: {}", error.kind());
        let Some(before) = file.before else {
            outfile::folders_below(self.root, file.path).map_err(|why| why.to_string())?;
            rewrite::real_folder(self.root, &names.target)?;
            if names.target.symlink_metadata().is_ok() {
                return Err("it is there by now".to_owned());
            }
            return rewrite::write_new(&names.beside, None, file.after).map_err(said);
        };
        rewrite::real_folder(self.root, &names.target)?;
        let bytes = file::read(&names.target, before.len() as u64 + 1).map_err(|problem| problem.message)?;
        if bytes != before.as_bytes() {
            return Err("it changed since it was read".to_owned());
        }
        rewrite::write_new(&names.beside, Some(&names.target), file.after).map_err(said)?;
        // The old file under another name: putting it back is one rename.
        std::fs::hard_link(&names.target, &names.kept)
            .or_else(|_| std::fs::copy(&names.target, &names.kept).map(|_| ()))
            .map_err(said)
    }

    fn rename(&self, at: usize) -> std::io::Result<()> {
        let names = self.noted.names(self.root, at);
        std::fs::rename(&names.beside, &names.target)
    }

    fn end(&self) -> Result<(), String> {
        self.noted.tidy(self.root);
        self.journal.map_or(Ok(()), Journal::end)
    }

    fn back(&self) -> Result<(), String> {
        let edited = self.noted.put_back(self.root)?;
        debug_assert!(edited.is_empty(), "nobody else wrote them between two steps");
        self.journal.map_or(Ok(()), Journal::end)
    }
}

/// Where the texts of one file of a set lie.
pub(super) struct Names {
    /// The file.
    pub(super) target: PathBuf,
    /// Its new text, until it takes the name.
    pub(super) beside: PathBuf,
    /// Its old text, until the whole set is replaced.
    pub(super) kept: PathBuf,
}

impl Noted {
    /// The names of a file of the set.
    pub(super) fn names(&self, root: &Path, at: usize) -> Names {
        let target = entry_path::below(root, self.files[at].path.as_bytes());
        let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let own = self.owner.pid;
        let beside = target.with_file_name(format!(".{name}.{own}.governed"));
        let kept = target.with_file_name(format!(".{name}.{own}.governed-kept"));
        Names { target, beside, kept }
    }

    /// The digest of what a file holds now; none where it can't be read.
    fn now(&self, root: &Path, at: usize) -> Option<Digest> {
        let target = self.names(root, at).target;
        rewrite::real_folder(root, &target).ok()?;
        file::read(&target, limits::TOTAL_BYTES).ok().map(|bytes| Digest::of(&bytes))
    }

    /// Says whether every file holds its new text.
    pub(super) fn is_whole(&self, root: &Path) -> bool {
        (0..self.files.len()).all(|at| self.now(root, at) == Some(self.files[at].after))
    }

    /// Puts the old texts back. Gives the files that hold something else by now: they stay, and so does what was kept of them.
    pub(super) fn put_back(&self, root: &Path) -> Result<Vec<String>, String> {
        let mut edited = Vec::new();
        for (at, note) in self.files.iter().enumerate() {
            let names = self.names(root, at);
            match self.now(root, at) {
                now if now == note.before => {}
                Some(now) if now == note.after => {
                    let back = match note.before {
                        Some(_) => std::fs::rename(&names.kept, &names.target),
                        None => std::fs::remove_file(&names.target),
                    };
                    back.map_err(|error| format!("{}: {}", note.path, error.kind()))?;
                }
                _ if names.kept.symlink_metadata().is_err() => {}
                _ => {
                    let kept = names.kept.strip_prefix(root).unwrap_or(&names.kept).display().to_string();
                    edited.push(format!("{}: its text before the release is kept as {kept}", note.path));
                    let _ = std::fs::remove_file(&names.beside);
                    continue;
                }
            }
            let _ = std::fs::remove_file(&names.beside);
            let _ = std::fs::remove_file(&names.kept);
        }
        self.sync(root);
        Ok(edited)
    }

    /// Removes what lies beside the files of a set that is whole.
    pub(super) fn tidy(&self, root: &Path) {
        self.sync(root);
        for at in 0..self.files.len() {
            let names = self.names(root, at);
            let _ = std::fs::remove_file(&names.beside);
            let _ = std::fs::remove_file(&names.kept);
        }
    }

    /// Makes the names in the folders of the files durable, as far as the system does that.
    fn sync(&self, root: &Path) {
        let mut folders: Vec<PathBuf> =
            (0..self.files.len()).filter_map(|at| Some(self.names(root, at).target.parent()?.to_path_buf())).collect();
        folders.sort();
        folders.dedup();
        for folder in folders {
            let _ = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::exchange_journal::Ended;

    const FILES: [Replacement<'_>; 4] = [
        Replacement { path: "a", before: Some("one"), after: "1" },
        Replacement { path: "in/b", before: Some("two"), after: "2" },
        Replacement { path: "in/c", before: Some("three"), after: "3" },
        Replacement { path: "target/notes/d", before: None, after: "4" },
    ];

    struct Place {
        _folder: tempfile::TempDir,
        root: PathBuf,
        journal: Journal,
    }

    fn place() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("tree");
        std::fs::create_dir_all(root.join("in")).unwrap();
        for file in FILES {
            file.before.into_iter().for_each(|text| std::fs::write(root.join(file.path), text).unwrap());
        }
        let journal = Journal::of(&root, &root.with_file_name("record"));
        Place { _folder: folder, root, journal }
    }

    impl Place {
        fn texts(&self) -> [String; 4] {
            FILES.map(|file| std::fs::read_to_string(self.root.join(file.path)).unwrap_or_default())
        }

        /// What lies in the tree beside the files of the set.
        fn beside(&self) -> Vec<String> {
            let read = |folder: &str| std::fs::read_dir(self.root.join(folder)).into_iter().flatten().flatten();
            let entries = ["", "in", "target/notes"].iter().flat_map(|folder| read(folder));
            let names = entries.map(|entry| entry.file_name().into_string().unwrap());
            names.filter(|name| name.starts_with('.')).collect()
        }

        /// What a process leaves that is killed after so many steps.
        fn killed_after(&self, steps: usize) {
            let dead = Identity { pid: u32::MAX, ..Identity::own() };
            let noted = Noted { owner: dead, ..noted(&FILES) };
            let own = Exchange { root: &self.root, files: &FILES, noted, journal: Some(&self.journal) };
            own.begin().unwrap();
            own.steps().take(steps).for_each(|step| own.take(step).unwrap());
        }
    }

    const OLD: [&str; 4] = ["one", "two", "three", ""];
    const NEW: [&str; 4] = ["1", "2", "3", "4"];
    const NOTHING: Vec<String> = Vec::new();

    #[test]
    fn all_files_change_or_none() {
        let place = place();
        let changed = [FILES[0], Replacement { before: Some("changed"), ..FILES[1] }];
        assert!(exchange(&place.root, &changed, Some(&place.journal)).is_err());
        let missing = [FILES[0], Replacement { path: "missing", ..FILES[1] }];
        assert!(exchange(&place.root, &missing, Some(&place.journal)).is_err());
        assert_eq!((place.texts(), place.beside()), (OLD.map(str::to_owned), NOTHING));
        assert!(place.journal.left().is_none());
        exchange(&place.root, &FILES, Some(&place.journal)).unwrap();
        assert_eq!((place.texts(), place.beside()), (NEW.map(str::to_owned), NOTHING), "nothing is left beside them");
        assert!(place.journal.left().is_none());
    }

    #[test]
    fn what_was_replaced_before_a_failure_is_put_back() {
        let place = place();
        let own = Exchange { root: &place.root, files: &FILES, noted: noted(&FILES), journal: Some(&place.journal) };
        own.begin().unwrap();
        own.steps().take(5).for_each(|step| own.take(step).unwrap());
        // The new text of the second file vanishes between the two phases.
        std::fs::remove_file(own.noted.names(&place.root, 1).beside).unwrap();
        assert!(own.take(Step::Rename(1)).is_err());
        own.back().unwrap();
        assert_eq!((place.texts(), place.beside()), (OLD.map(str::to_owned), NOTHING));
    }

    #[test]
    fn a_kill_after_any_step_leaves_what_can_be_put_back_or_is_whole() {
        for steps in 0..=8 {
            let place = place();
            place.killed_after(steps);
            let left = place.journal.left().expect("the journal tells of it");
            assert_eq!((left.alive, left.files.len()), (false, 4));
            assert!(place.journal.begin(&noted(&FILES)).is_err(), "nobody begins over it");
            let ended = place.journal.mend(&place.root).unwrap();
            let expected = if steps == 8 { (NEW, Ended::Whole) } else { (OLD, Ended::Back(Vec::new())) };
            assert_eq!((place.texts(), ended), (expected.0.map(str::to_owned), expected.1), "{steps}");
            assert_eq!(place.beside(), NOTHING, "{steps}: nothing is left beside them");
            assert!(place.journal.left().is_none());
            place.journal.mend(&place.root).unwrap();
            if steps < 8 {
                exchange(&place.root, &FILES, Some(&place.journal)).unwrap();
            }
            assert_eq!(place.texts(), NEW.map(str::to_owned));
        }
    }

    #[test]
    fn a_kill_while_the_old_texts_are_put_back_is_no_end() {
        for steps in 4..8 {
            let place = place();
            place.killed_after(steps);
            let names = |at| {
                Noted { owner: Identity { pid: u32::MAX, ..Identity::own() }, ..noted(&FILES) }.names(&place.root, at)
            };
            if steps > 4 {
                std::fs::rename(names(0).kept, names(0).target).unwrap();
            } else {
                std::fs::remove_file(names(0).beside).unwrap();
            }
            assert_eq!(place.journal.mend(&place.root).unwrap(), Ended::Back(Vec::new()));
            assert_eq!((place.texts(), place.beside()), (OLD.map(str::to_owned), NOTHING), "{steps}");
        }
    }

    #[test]
    fn what_somebody_wrote_since_stays() {
        let place = place();
        place.killed_after(5);
        std::fs::write(place.root.join("a"), "by hand").unwrap();
        let Ended::Back(edited) = place.journal.mend(&place.root).unwrap() else { panic!("it was no whole set") };
        assert_eq!(edited, [format!("a: its text before the release is kept as .a.{}.governed-kept", u32::MAX)]);
        assert_eq!(place.texts(), ["by hand", "two", "three", ""]);
        let kept = place.root.join(format!(".a.{}.governed-kept", u32::MAX));
        assert_eq!(std::fs::read_to_string(kept).unwrap(), "one");
    }

    #[test]
    fn what_can_not_be_put_back_is_kept_until_it_can() {
        let place = place();
        let own = Exchange { root: &place.root, files: &FILES, noted: noted(&FILES), journal: Some(&place.journal) };
        own.begin().unwrap();
        own.steps().take(6).for_each(|step| own.take(step).unwrap());
        // A folder in the place of a file: nothing can take its name.
        let names = own.noted.names(&place.root, 0);
        let aside = place.root.join("aside");
        std::fs::rename(&names.kept, &aside).unwrap();
        assert!(own.back().unwrap_err().starts_with("a: "));
        assert!(place.journal.left().is_some(), "the journal still tells of it");
        assert!(own.noted.names(&place.root, 1).kept.exists(), "the old texts are kept");
        std::fs::rename(&aside, &names.kept).unwrap();
        place.journal.mend(&place.root).unwrap();
        assert_eq!(place.texts(), OLD);
    }

    #[test]
    fn a_new_file_is_written_through_no_link_and_over_nothing() {
        let place = place();
        let outside = tempfile::tempdir().unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(outside.path(), place.root.join("target")).unwrap();
        let said = exchange(&place.root, &FILES, Some(&place.journal)).unwrap_err();
        assert!(said.starts_with("target/notes/d: "), "{said}");
        assert_eq!((place.texts(), std::fs::read_dir(outside.path()).unwrap().count()), (OLD.map(str::to_owned), 0));
        std::fs::remove_file(place.root.join("target")).unwrap();
        std::fs::create_dir_all(place.root.join("target/notes")).unwrap();
        std::fs::write(place.root.join("target/notes/d"), "by hand").unwrap();
        assert!(exchange(&place.root, &FILES, Some(&place.journal)).is_err());
        assert_eq!(place.texts(), ["one", "two", "three", "by hand"]);
    }
}
