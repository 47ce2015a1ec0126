//! `recover`: what an interrupted run or store left behind, and what mends it. From the record alone, never from memory.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::commands::edits;
use crate::commands::governed;
use crate::commands::governed::Site;
use crate::commands::shown;
use crate::error::Error;
use crate::record::gc;
use crate::record::gc::Keep;
use crate::record::reader;
use crate::record::recover;
use crate::record::recover::Plan;
use crate::record::store;
use crate::release::publishing::journal::Journal;
use crate::steps::event::ReleaseBegan;
use crate::steps::event::may_be_one_place;
use crate::steps::lease;
use crate::steps::prepare;
use crate::world::checkout::Checkout;
use crate::world::clock;
use crate::world::elsewhere;
use crate::world::elsewhere::Leftover;
use crate::world::exchange_journal::Left;
use crate::world::record_access;
use crate::world::record_access::Barred;
use crate::world::record_access::Holder;
use crate::world::record_salt;
use crate::world::storage::Storage;

/// How many of the last runs keep their objects when `--gc` removes others.
pub const KEPT_RUNS: usize = 50;

/// What was found, and done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// The folder of the record.
    pub record: PathBuf,
    /// What keeps the repository or the record from being read: another owner, a newer format.
    pub closed: Option<Error>,
    /// What the record needs, as it was found.
    pub plan: Plan,
    /// What is left of it, where it was done.
    pub left: Option<Plan>,
    /// Why the record can't be written.
    pub barred: Option<Barred>,
    /// Who holds the lock of the record.
    pub holder: Option<Holder>,
    /// The processes that go on with unfinished runs, by the name of the run.
    pub alive: Vec<(String, u32)>,
    /// The unfinished runs of other work trees of the repository.
    pub elsewhere: Vec<String>,
    /// Fresh folders of revisions that killed engines left behind; removed where it was done.
    pub leftovers: Vec<Leftover>,
    /// The files of a set of edits that a kill cut; put back where it was done.
    pub edits: Option<Left>,
    /// What a person should know of their end.
    pub mended: Vec<String>,
    /// Where the folder of the record can be moved out of the way: nothing has that name.
    pub aside: PathBuf,
    /// The release that has begun and not ended well.
    pub release: Option<OpenRelease>,
    /// Objects that were removed, or would be: how many, and their bytes.
    pub collected: Option<(usize, u64)>,
}

/// A release that was interrupted: the same command goes on with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRelease {
    /// How it began.
    pub began: ReleaseBegan,
    /// When.
    pub at: String,
    /// The acts that may have been done.
    pub acts: Vec<String>,
    /// The process that goes on with it.
    pub alive: Option<u32>,
}

impl Recovery {
    /// Says whether the record is whole, and can be written.
    pub fn is_done(&self) -> bool {
        let is_open = self.closed.is_none() && self.barred.is_none() && self.holder.is_none();
        let is_cut = self.edits.as_ref().is_some_and(|left| left.alive || self.left.is_none());
        let is_tidy = !is_cut && (self.leftovers.is_empty() || self.left.is_some());
        is_open && is_tidy && self.left.as_ref().unwrap_or(&self.plan).is_empty()
    }
}

/// Looks, and with `execute` does.
pub fn recover(folder: &Path, execute: bool, gc: bool) -> Result<Recovery, Error> {
    let site = Checkout::open(folder, None).and_then(|checkout| {
        governed::site(&checkout, &folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf()))
    });
    let Site { root, record } = match site {
        Ok(site) => site,
        Err(error) if error.code == "not-owner" => return Ok(Recovery { closed: Some(error), ..Recovery::default() }),
        Err(error) => return Err(error),
    };
    let storage = shown::storage(&record);
    let tree = edits::around(folder)?;
    let mut found = Recovery { aside: aside(&record), record, ..Recovery::default() };
    found.barred = record_access::barred(&found.record);
    found.plan = match recover::plan(&storage) {
        Ok(plan) => plan,
        // What can't be read because it is another user's is told with the way to make it ours.
        Err(_) if found.barred.is_some() => return Ok(found),
        Err(error) if error.code == "record-newer" => return Ok(Recovery { closed: Some(error), ..found }),
        Err(error) => return Err(error),
    };
    found.alive = alive(&found.plan);
    found.elsewhere = in_other_trees(&found.plan, &found.record, &root);
    found.release = release(&storage)?;
    found.leftovers = elsewhere::leftovers(&found.record);
    found.edits = tree.as_ref().and_then(|(_, journal)| journal.left());
    found.holder = record_access::holder(&*storage, &found.record, store::LOCK);
    if execute && found.barred.is_none() && found.holder.is_none() {
        found.left = Some(recover::execute(&storage, Arc::new(clock::stamp))?);
        found.leftovers.iter().try_for_each(elsewhere::remove)?;
        if let Some((root, journal)) = tree.filter(|_| found.edits.as_ref().is_some_and(|left| !left.alive)) {
            found.mended = edits::mend(&root, &journal)?;
        }
    }
    if gc {
        found.collected = Some(collect(&storage, execute)?);
    }
    Ok(found)
}

fn collect(storage: &Arc<dyn Storage>, execute: bool) -> Result<(usize, u64), Error> {
    let keep = Keep { runs: KEPT_RUNS, digests: std::collections::BTreeSet::new() };
    let waste = if execute { gc::collect(storage, Arc::new(clock::stamp), &keep)? } else { gc::plan(storage, &keep)? };
    Ok((waste.objects.len(), waste.bytes()))
}

/// The processes that hold a lease of an unfinished run: the engine, or the shepherd that outlived it.
fn alive(plan: &Plan) -> Vec<(String, u32)> {
    let of = |open: &crate::record::lookup::OpenRun| {
        let leases = std::iter::once(&open.lease).chain(open.steps.iter().map(|step| &step.lease));
        leases.into_iter().find(|held| lease::is_alive(held)).map(|held| (open.run.clone(), held.pid))
    };
    plan.unfinished.iter().filter_map(of).collect()
}

/// The unfinished runs whose steps are in another work tree: they are gone on from there.
fn in_other_trees(plan: &Plan, record: &Path, root: &Path) -> Vec<String> {
    let Some(salt) = record_salt::known(record) else { return Vec::new() };
    let here = prepare::place(&salt, root);
    let others = plan.unfinished.iter().filter(|open| !may_be_one_place(open.place.as_ref(), Some(&here)));
    others.map(|open| open.run.clone()).collect()
}

/// The release that was interrupted, if the last one was.
fn release(storage: &Arc<dyn Storage>) -> Result<Option<OpenRelease>, Error> {
    let mut journal = Journal::default();
    for line in &reader::read(storage)?.lines {
        journal.see(&line.event, &line.at);
    }
    let acts: Vec<String> = journal.open().map(str::to_owned).collect();
    Ok(journal.unfinished.map(|(began, at)| {
        let alive = lease::is_alive(&began.lease).then_some(began.lease.pid);
        OpenRelease { began, at, acts, alive }
    }))
}

/// The first free name beside the record: `governed.aside-1`.
fn aside(record: &Path) -> PathBuf {
    let name = record.file_name().unwrap_or_default().to_string_lossy();
    let free = (1..u32::MAX).map(|number| record.with_file_name(format!("{name}.aside-{number}")));
    free.into_iter().find(|path| path.symlink_metadata().is_err()).unwrap_or_default()
}
