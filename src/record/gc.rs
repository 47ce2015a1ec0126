//! Removes objects that neither the last runs nor the given digests need. The ledger is never cut: a line says what went.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::failure;
use crate::record::line::Line;
use crate::record::named;
use crate::record::objects;
use crate::record::objects::Objects;
use crate::record::objects::TEMPORARY;
use crate::record::reader;
use crate::record::recovery::End;
use crate::record::runs;
use crate::record::store;
use crate::record::store::Store;
use crate::record::writer::Clock;
use crate::record::writer::Mend;
use crate::steps::event::Collected;
use crate::steps::event::Event;
use crate::steps::sink::Durability;
use crate::steps::sink::Sink;
use crate::world::storage::Sharing;
use crate::world::storage::Storage;
use crate::world::storage::Wait;

/// What stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// All that so many of the last runs name, and the results that they reuse. Runs with a signed proof stay besides.
    pub runs: usize,
    /// What else is needed.
    pub digests: BTreeSet<Digest>,
}

/// What goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waste {
    /// The objects, with their sizes.
    pub objects: BTreeMap<Digest, u64>,
    /// The temporary files that no process writes any more.
    pub temporary: Vec<String>,
}

impl Waste {
    /// How many bytes the objects have.
    pub fn bytes(&self) -> u64 {
        self.objects.values().sum()
    }
}

/// The objects that lines need, before what is named inside of them.
pub fn needed(lines: &[Line], keep: &Keep) -> BTreeSet<Digest> {
    let mut began: Vec<&str> = Vec::new();
    for line in lines {
        if let Event::RunBegan(event) = &line.event {
            began.push(&event.run);
        }
    }
    let mut last: BTreeSet<&str> = began.iter().rev().take(keep.runs).copied().collect();
    // Who has a signed proof may ask for all that it names, however old it is.
    last.extend(lines.iter().filter_map(|line| match &line.event {
        Event::Proved(proved) if proved.signed => Some(proved.run.as_str()),
        _ => None,
    }));
    let is_last = |line: &Line| runs::run_of(&line.event).is_some_and(|run| last.contains(run));
    let reused: BTreeSet<(&str, &str)> = lines
        .iter()
        .filter_map(|line| match &line.event {
            Event::StepReused(event) if is_last(line) => Some((event.from.as_str(), event.step.as_str())),
            _ => None,
        })
        .collect();
    let stays = |line: &Line| match &line.event {
        // What removed objects were is needed for as long as lines name them; what a newer version means we can't know.
        Event::Collected(_) | Event::Unknown(_) => true,
        Event::StepBegan(event) if reused.contains(&(event.run.as_str(), event.step.as_str())) => true,
        Event::StepOutput(event) if reused.contains(&(event.run.as_str(), event.step.as_str())) => true,
        Event::StepEnded(event) if reused.contains(&(event.run.as_str(), event.step.as_str())) => true,
        _ => is_last(line),
    };
    let lines = lines.iter().filter(|line| stays(line));
    let named = lines.flat_map(|line| named::objects(&line.event).into_iter().chain(named::optional(&line.event)));
    named.chain(keep.digests.iter().copied()).collect()
}

/// What neither the needed objects nor those named inside of them are.
pub fn waste(
    there: &BTreeMap<Digest, u64>,
    needed: BTreeSet<Digest>,
    read: &dyn Fn(&Digest) -> Vec<u8>,
) -> BTreeMap<Digest, u64> {
    let mut kept: BTreeSet<Digest> = BTreeSet::new();
    let mut open: Vec<Digest> = needed.into_iter().filter(|digest| there.contains_key(digest)).collect();
    while let Some(digest) = open.pop() {
        if kept.insert(digest) {
            open.extend(
                named::inside(&read(&digest))
                    .into_iter()
                    .filter(|digest| there.contains_key(digest) && !kept.contains(digest)),
            );
        }
    }
    there.iter().filter(|(digest, _)| !kept.contains(digest)).map(|(digest, bytes)| (*digest, *bytes)).collect()
}

/// Says what would go. Takes no lock.
pub fn plan(storage: &Arc<dyn Storage>, keep: &Keep) -> Result<Waste, Error> {
    let reading = reader::read(storage)?;
    if let End::Broken(cut) = &reading.end {
        return Err(failure::altered(cut.place(), &cut.why));
    }
    if let End::Tampered { place, why } = &reading.end {
        return Err(failure::altered(place.clone(), why));
    }
    let objects = Objects::new(Arc::clone(storage));
    // What can't be read names nothing; it stays, and verification tells of it.
    let read = |digest: &Digest| objects.read(digest).unwrap_or_default();
    let there = there(&**storage)?;
    let objects = waste(&there, needed(&reading.lines, keep), &read);
    let temporary = storage.list(TEMPORARY).map_err(|error| failure::of(&**storage, "list", TEMPORARY, &error))?;
    Ok(Waste { objects, temporary })
}

/// Removes what [`plan`] says, when no run uses the record: first the line that says so, then the objects.
pub fn collect(storage: &Arc<dyn Storage>, clock: Clock, keep: &Keep) -> Result<Waste, Error> {
    storage.make_folder("").map_err(|error| failure::of(&**storage, "make the folder of the record", "", &error))?;
    let alone = store::lock(&**storage, store::IN_USE, Sharing::Alone, Wait::Not)?;
    let store = Store::open_holding(Arc::clone(storage), clock, Mend::Torn, alone)?;
    let waste = plan(storage, keep)?;
    if !waste.objects.is_empty() {
        let list: String = waste.objects.keys().map(|digest| format!("{digest}\n")).collect();
        let removed = store.object(list.as_bytes())?;
        let (objects, bytes) = (waste.objects.len() as u64, waste.bytes());
        store.append(&Event::Collected(Collected { removed, objects, bytes, lost: false }), Durability::Now)?;
    }
    let paths = waste.objects.keys().map(objects::path);
    for path in paths.chain(waste.temporary.iter().map(|name| format!("{TEMPORARY}/{name}"))) {
        storage.remove(&path).map_err(|error| failure::of(&**storage, "remove", &path, &error))?;
    }
    Ok(waste)
}

/// All objects with their sizes.
fn there(storage: &dyn Storage) -> Result<BTreeMap<Digest, u64>, Error> {
    let failed = |error| failure::of(storage, "list", objects::FOLDER, &error);
    let mut found = BTreeMap::new();
    for folder in storage.list(objects::FOLDER).map_err(failed)? {
        let path = format!("{}/{folder}", objects::FOLDER);
        for name in storage.list(&path).map_err(failed)? {
            let Ok(digest) = format!("sha256:{folder}{name}").parse() else { continue };
            let seen = storage.look(&format!("{path}/{name}")).map_err(failed)?;
            found.insert(digest, seen.map_or(0, |seen| seen.length));
        }
    }
    Ok(found)
}
