//! `release prepare`: the edits of a plan, tried in a scratch copy first, then shown or written as one set.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;

use jiff::civil::Date;

use crate::commands::edits;
use crate::commands::exit;
use crate::commands::place;
use crate::commands::release_ground;
use crate::commands::release_ground::Laid;
use crate::commands::release_ground::Read;
use crate::error::Error;
use crate::facts::releases::Releases;
use crate::judge::report::Source;
use crate::release::dependents;
use crate::release::edit::overlay;
use crate::release::edit::prepare;
use crate::release::edit::prepare::Changelogs;
use crate::release::edit::prepare::Ground;
use crate::release::edit::prepare::Prepared;
use crate::release::edit::set::Change;
use crate::release::entries;
use crate::release::notes;
use crate::release::plan::Blocker;
use crate::release::plan::Planned;
use crate::steps::environment;
use crate::world::checkout::Checkout;
use crate::world::exchange;
use crate::world::exchange::Replacement;
use crate::world::materialise;
use crate::world::process::packaging;
use crate::world::process::packaging::Packed;
use crate::world::record_folder;
use crate::world::rewrite;

/// The folder that notes are written into, below the root.
const NOTES: &str = "target/governed/release";

/// How a release is prepared: the arguments, resolved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct How {
    /// Whether the files are written.
    pub(crate) execute: bool,
    /// Whether a work tree with changes of its own may be edited.
    pub(crate) allow_dirty: bool,
    /// Whether the new versions are packed against each other first.
    pub(crate) package: bool,
    /// Whether cargo may use the network for that.
    pub(crate) offline: bool,
    /// Whether changelogs are edited.
    pub(crate) changelogs: Changelogs,
    /// The day of the release.
    pub(crate) date: Date,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) prepared: Prepared,
    /// The files that were written, edited ones and notes, from the root.
    pub(crate) written: Vec<String>,
    /// What was packed.
    pub(crate) packed: Vec<String>,
    /// Why nothing was packed.
    pub(crate) unpacked: Option<String>,
    /// Why it was packed without the lock file.
    pub(crate) unlocked: Option<String>,
    pub(crate) code: u8,
}

/// Makes the edits of a plan that nothing stands against; tries them in a scratch copy, and writes them if that is asked for.
pub(crate) fn prepare(folder: &Path, read: &Read, laid: &Laid, how: How) -> Result<Done, Error> {
    let root = admit(read, how)?;
    let (facts, history, plan) = (&read.examined.facts, read.examined.history(), &laid.plan);
    let ground = Ground { facts, history, policy: &read.policy, plan, date: how.date, changelogs: how.changelogs };
    let mut done = Done { prepared: prepare::prepare(&ground), ..Done::default() };
    if !done.prepared.blockers.is_empty() {
        done.code = exit::REFUSED;
        return Ok(done);
    }
    if let Some(blocker) = packed(folder, read, laid, how, &mut done)? {
        done.code = if blocker.unproven { exit::UNPROVEN } else { exit::REFUSED };
        done.prepared.blockers.push(blocker);
        return Ok(done);
    }
    if how.execute {
        write(&root, read, laid, how, &mut done)?;
    }
    Ok(done)
}

/// Refuses a tree that can't be put back, or that no branch would keep.
fn admit(read: &Read, how: How) -> Result<PathBuf, Error> {
    let subject = read.examined.subject();
    let root = read.examined.root.clone().filter(|_| subject.source == Source::Worktree);
    let Some(root) = root else {
        return Err(Error::usage("no-worktree", "prepare a release: there is no git work tree")
            .help("run inside a clone of the repository that has a work tree"));
    };
    if subject.dirty && !how.allow_dirty {
        return Err(Error::usage("dirty", "prepare a release: the work tree has changes of its own").help(
            "commit them first (git commit), or say --allow-dirty: they can then not be told from the release's",
        ));
    }
    if read.repository.as_ref().is_some_and(crate::world::git::repository::Repository::is_detached) {
        return Err(Error::usage(
            "detached-head",
            "prepare a release: HEAD is on no branch, and a commit would be lost",
        )
        .help("begin a branch: git switch -c release"));
    }
    Ok(root)
}

fn replacements(changes: &[Change]) -> Vec<Replacement<'_>> {
    changes
        .iter()
        .map(|change| Replacement { path: &change.path, before: Some(&change.before), after: &change.after })
        .collect()
}

/// Writes the edits into a scratch copy, and packs there what comes out.
fn packed(folder: &Path, read: &Read, laid: &Laid, how: How, done: &mut Done) -> Result<Option<Blocker>, Error> {
    let packages = &read.examined.facts.cargo.packages;
    let names: Vec<&str> = laid
        .plan
        .released()
        .filter(|planned| packages[planned.index].is_publishable())
        .map(|planned| planned.name.as_str())
        .collect();
    if names.is_empty() || !how.package {
        done.unpacked = (!how.package).then(|| "--no-package was said".to_owned());
        return Ok(None);
    }
    let around = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let fresh = place::fresh(&around, &record_folder::of(&around, &around)?)?;
    let tree = fresh.root().join("tree");
    materialise::write(&Checkout::open(folder, None)?, &tree)?;
    exchange::exchange(&tree, &replacements(&done.prepared.changes), None)
        .map_err(|why| Error::failed("scratch-unwritable", format!("edit the scratch copy: {why}")))?;
    let variables: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    let seen: BTreeMap<OsString, OsString> =
        environment::of(&variables, &[]).variables.into_iter().map(|one| (one.name.into(), one.value)).collect();
    Ok(match packaging::package(&tree, &fresh.root().join("target"), &names, &seen, how.offline) {
        packed @ (Packed::Whole | Packed::Unlocked(_)) => {
            done.packed = names.iter().map(|name| (*name).to_owned()).collect();
            done.unlocked = if let Packed::Unlocked(why) = packed { Some(why) } else { None };
            None
        }
        Packed::Refused(why) => {
            let remedy = "mend what cargo says, then prepare again";
            Some(Blocker::new("package-failed", format!("cargo can't pack the new versions: {why}"), remedy))
        }
        Packed::Unable(why) => {
            let message = format!("whether the new versions can be packed is not known: {why}");
            let remedy = "give cargo what it misses (cargo fetch), or leave this out with --no-package";
            Some(Blocker::new("package-unproven", message, remedy).unproven())
        }
    })
}

/// Writes the edits and the notes as one set.
fn write(root: &Path, read: &Read, laid: &Laid, how: How, done: &mut Done) -> Result<(), Error> {
    let unchanged = "nothing was changed: mend what is named and prepare again";
    let failed = |why: String| Error::failed("file-unwritable", format!("write the edits: {why}"));
    let notes = notes_of(read, laid, how, &done.prepared.changes);
    let old: Vec<Option<String>> = notes
        .iter()
        .map(|(path, _)| rewrite::text_of(root, path).map_err(|why| format!("{path}: {why}")))
        .collect::<Result<_, String>>()
        .map_err(|why| failed(why).help(unchanged))?;
    let mut set = replacements(&done.prepared.changes);
    for ((path, text), old) in notes.iter().zip(&old) {
        if old.as_ref() != Some(text) {
            done.written.push(path.clone());
            set.push(Replacement { path, before: old.as_deref(), after: text });
        }
    }
    if set.is_empty() {
        return Ok(());
    }
    let journal = edits::journal(root)?;
    exchange::exchange(root, &set, Some(&journal)).map_err(|why| {
        let put_back = "mend what is named, then put the rest back: cargo governed recover --execute";
        failed(why).help(if journal.left().is_none() { unchanged } else { put_back })
    })?;
    done.written.splice(0..0, done.prepared.changes.iter().map(|change| change.path.clone()));
    Ok(())
}

/// The notes of each release, by the path that they are written to.
pub(crate) fn notes_of(read: &Read, laid: &Laid, how: How, changes: &[Change]) -> Vec<(String, String)> {
    let texts = changes.iter().map(|change| (change.path.clone(), change.after.clone())).collect();
    let facts = overlay::facts(&read.examined.facts, &texts);
    let releases = Releases::of(&facts, read.examined.history());
    let note = |planned: &Planned| {
        let version = planned.next.as_ref()?;
        let kept = entries::of_package(&releases.changelogs, &facts, planned.index);
        let section = kept.and_then(|kept| Some((kept, kept.section_of(&facts.cargo, planned.index, version)?)));
        let written =
            section.map(|(kept, section)| notes::written(facts.text(&kept.path).unwrap_or_default(), section));
        let nothing = || notes::of_nothing(&dependents::coming(&facts, &laid.plan, planned.index));
        let commits = Some(laid.notes(planned.index).to_owned()).filter(|text| !text.is_empty());
        let body = written.filter(|text| !text.is_empty()).or(commits).unwrap_or_else(nothing);
        let heading = notes::heading(Some(&planned.name), &version.to_string(), Some(how.date));
        Some((notes_path(planned, &version.to_string()), format!("{heading}\n\n{}\n", body.trim_end())))
    };
    laid.plan.released().filter_map(note).collect()
}

fn notes_path(planned: &Planned, version: &str) -> String {
    format!("{NOTES}/{}-{version}.md", planned.name)
}

/// The exit code of a plan that is not carried out.
pub(crate) fn blocked(laid: &Laid) -> Option<u8> {
    (!laid.plan.blockers.is_empty()).then(|| release_ground::code(&laid.plan))
}
