//! Brings a record back that a crash left torn: says first what it would do, and does it only when asked.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::failure;
use crate::record::lookup::OpenRun;
use crate::record::objects::QUARANTINE;
use crate::record::objects::TEMPORARY;
use crate::record::reader;
use crate::record::recovery::Cut;
use crate::record::recovery::End;
use crate::record::runs;
use crate::record::store;
use crate::record::store::Store;
use crate::record::verify;
use crate::record::verify::Damage;
use crate::record::verify::Fault;
use crate::record::verify::Verified;
use crate::record::writer::Clock;
use crate::record::writer::Mend;
use crate::steps::event::Collected;
use crate::steps::event::Event;
use crate::steps::event::Recovered;
use crate::steps::sink::Durability;
use crate::steps::sink::Sink;
use crate::world::storage::Sharing;
use crate::world::storage::Storage;
use crate::world::storage::Wait;

/// What stands in the way, and cannot be mended: only a copy of the record helps, or a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tampered {
    /// The first place that is not as it was.
    pub place: String,
    /// What is wrong.
    pub why: String,
}

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What cannot be mended.
    pub tampered: Option<Tampered>,
    /// The end of the ledger that goes into quarantine.
    pub cut: Option<Cut>,
    /// Whether whole lines are in that end, so that no run may go on before `--execute`.
    pub blocks_runs: bool,
    /// Ends that were cut and that no line tells of: the recovery before was interrupted.
    pub untold: Vec<Recovered>,
    /// Whether a run has ended that the checkpoint does not cover.
    pub checkpoint_behind: bool,
    /// Objects that are missing or altered, each with the run that names it first.
    pub damaged: Vec<(Damage, Option<String>)>,
    /// Temporary files that a crash left.
    pub temporary: Vec<String>,
    /// The runs that have begun and not ended; they stay as they are, and are never accepted.
    pub unfinished: Vec<OpenRun>,
    /// Whether a run ended after the last of them began.
    pub ended_since: bool,
}

impl Plan {
    /// Says whether there is anything to do.
    pub fn is_empty(&self) -> bool {
        let nothing_cut = self.tampered.is_none() && self.cut.is_none() && self.untold.is_empty();
        nothing_cut && !self.checkpoint_behind && self.temporary.is_empty() && self.damaged.is_empty()
    }
}

/// Says what is to be done. Takes no lock; temporary files count only when no run uses the record.
pub fn plan(storage: &Arc<dyn Storage>) -> Result<Plan, Error> {
    let Verified { reading, damaged, faults, .. } = verify::verify(storage)?;
    let mut plan = Plan {
        damaged: damaged.into_iter().map(|damage| named_by(&reading, damage)).collect(),
        unfinished: reading.known.lookup.unfinished().into_iter().cloned().collect(),
        untold: untold(storage, &reading)?,
        ..Plan::default()
    };
    match &reading.end {
        End::Whole => {}
        End::Torn(cut) | End::Unsettled(cut) => plan.cut = Some(cut.clone()),
        End::Broken(cut) => {
            plan.cut = Some(cut.clone());
            plan.blocks_runs = true;
        }
        End::Tampered { place, why } => {
            plan.tampered = Some(Tampered { place: place.clone(), why: why.clone() });
        }
    }
    // What the end of the ledger does not show: a checkpoint with another root, a file of the quarantine that was altered.
    let beyond = faults.into_iter().find(|fault| !fault.code.starts_with("object-"));
    if plan.tampered.is_none() && plan.cut.is_none() {
        plan.tampered = beyond.map(|Fault { place, message, .. }| Tampered { place, why: message });
    }
    let last_ended = reading.known.lookup.last_ended();
    plan.ended_since = plan.unfinished.last().is_some_and(|open| last_ended.is_some_and(|ended| ended > open.n));
    let covered = reading.checkpoint.iter().flatten().map(|checkpoint| checkpoint.size).next().unwrap_or(0);
    plan.checkpoint_behind = last_ended.is_some_and(|ended| ended >= covered);
    if let Some(cut) = &plan.cut {
        // Lines that go take what they name with them.
        plan.damaged.retain(|(damage, _)| damage.n < cut.n);
    }
    let is_free = matches!(storage.look(store::IN_USE), Ok(Some(_)))
        && storage.lock(store::IN_USE, Sharing::Alone, Wait::Not).is_ok();
    if is_free {
        plan.temporary = list(storage, TEMPORARY)?;
    }
    Ok(plan)
}

/// Finds the run of the line that names a damaged object first.
fn named_by(reading: &reader::Reading, damage: Damage) -> (Damage, Option<String>) {
    let line = usize::try_from(damage.n).ok().and_then(|n| reading.lines.get(n));
    let run = line.and_then(|line| runs::run_of(&line.event)).map(str::to_owned);
    (damage, run)
}

/// The quarantined ends that no line tells of.
fn untold(storage: &Arc<dyn Storage>, reading: &reader::Reading) -> Result<Vec<Recovered>, Error> {
    let told: BTreeSet<&str> = reading
        .lines
        .iter()
        .filter_map(|line| match &line.event {
            Event::Recovered(recovered) => Some(recovered.quarantine.as_str()),
            _ => None,
        })
        .collect();
    let about_to_be = match &reading.end {
        End::Torn(cut) | End::Unsettled(cut) | End::Broken(cut) => Some(cut.quarantine()),
        _ => None,
    };
    let mut untold = Vec::new();
    for name in list(storage, QUARANTINE)? {
        let quarantine = format!("{QUARANTINE}/{name}");
        let is_told = told.contains(quarantine.as_str()) || about_to_be.as_ref() == Some(&quarantine);
        if !name.starts_with("tail-") || is_told {
            continue;
        }
        let bytes = storage.read(&quarantine, 0, u64::MAX);
        let bytes = bytes.map_err(|error| failure::of(&**storage, "read", &quarantine, &error))?;
        untold.push(Recovered { bytes: bytes.len() as u64, sha256: Digest::of(&bytes), quarantine });
    }
    Ok(untold)
}

fn list(storage: &Arc<dyn Storage>, folder: &str) -> Result<Vec<String>, Error> {
    storage.list(folder).map_err(|error| failure::of(&**storage, "list", folder, &error))
}

/// Does what [`plan`] says, under the lock, and gives what is left to do: nothing, or what cannot be mended.
pub fn execute(storage: &Arc<dyn Storage>, clock: Clock) -> Result<Plan, Error> {
    let todo = plan(storage)?;
    if todo.tampered.is_some() || todo.is_empty() {
        return Ok(todo);
    }
    let store = Store::open_mending(Arc::clone(storage), clock, Mend::Broken)?;
    for recovered in &todo.untold {
        store.append(&Event::Recovered(recovered.clone()), Durability::Now)?;
    }
    lose(&store, &todo)?;
    store.checkpoint()?;
    drop(store);
    if let Ok(_alone) = storage.lock(store::IN_USE, Sharing::Alone, Wait::Not) {
        for name in &todo.temporary {
            let path = format!("{TEMPORARY}/{name}");
            storage.remove(&path).map_err(|error| failure::of(&**storage, "remove", &path, &error))?;
        }
    }
    plan(storage)
}

/// Takes altered objects out of the way, and says in a line which objects are lost: what rests on them can't be judged again.
fn lose(store: &Store, todo: &Plan) -> Result<(), Error> {
    if todo.damaged.is_empty() {
        return Ok(());
    }
    for (damage, _) in todo.damaged.iter().filter(|(damage, _)| damage.altered) {
        store.objects().put_aside(&damage.object)?;
    }
    let names: BTreeSet<String> = todo.damaged.iter().map(|(damage, _)| format!("{}\n", damage.object)).collect();
    let removed = store.object(names.into_iter().collect::<String>().as_bytes())?;
    let lost = Collected { removed, objects: todo.damaged.len() as u64, bytes: 0, lost: true };
    store.append(&Event::Collected(lost), Durability::Now).map(|_| ())
}
