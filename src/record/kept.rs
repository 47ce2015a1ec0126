//! A result that an earlier run left, read back from its line of the ledger.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use rayon::prelude::*;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::chain;
use crate::record::chain::Position;
use crate::record::failure;
use crate::record::halves::Half;
use crate::record::line;
use crate::record::line::Line;
use crate::record::load;
use crate::record::lookup;
use crate::record::lookup::Lookup;
use crate::record::lookup::OpenRun;
use crate::record::lookup::is_accepted;
use crate::record::named;
use crate::record::objects::Objects;
use crate::record::spot::Spot;
use crate::record::state::Known;
use crate::record::state::LEDGER;
use crate::steps::event::Event;
use crate::steps::event::StepEnded;
use crate::world::storage::Storage;

/// So many bytes between two results are read and thrown away.
const GAP: u64 = 16 << 10;
/// The most bytes that are read at once.
const MOST: u64 = 4 << 20;

/// A result that may stand in for an execution, if its key is the one that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The number of the line that holds it.
    pub n: u64,
    /// When it was written.
    pub at: String,
    /// The result. More than one attempt means that it is flaky.
    pub ended: StepEnded,
}

/// Results that were read, and the objects that were seen: as long as a record is open, none of them changes.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    results: Arc<Mutex<BTreeMap<u64, Option<Kept>>>>,
}

impl Seen {
    /// Takes what another one read, as far as the objects that it names stand.
    pub(crate) fn adopt(&self, other: &Self, objects: &Objects) {
        let stands = |kept: &Kept| {
            named::objects(&Event::StepEnded(kept.ended.clone())).iter().all(|object| objects.stands(object))
        };
        let other = other.results();
        let found = other.iter().map(|(n, kept)| (*n, kept.clone().filter(|kept| stands(kept))));
        self.results().extend(found);
    }

    fn results(&self) -> MutexGuard<'_, BTreeMap<u64, Option<Kept>>> {
        self.results.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What earlier runs left, read without a lock: for a plan, which records nothing.
pub struct Past {
    objects: Objects,
    storage: Arc<dyn Storage>,
    known: Known,
    seen: Seen,
}

impl Past {
    /// What is known to an open store.
    pub(crate) fn new(storage: Arc<dyn Storage>, objects: Objects, known: Known, seen: Seen) -> Self {
        Self { objects, storage, known, seen }
    }

    /// Reads it. Where there is no record, nothing was left; behind a torn tail nothing is read.
    pub fn load(storage: Arc<dyn Storage>) -> Result<Self, Error> {
        let known = load::load(&*storage)?.known;
        Ok(Self { objects: Objects::new(Arc::clone(&storage)), storage, known, seen: Seen::default() })
    }

    /// Reads the last results of many keys at once, for those who will ask for each.
    pub fn look_ahead<'k>(&self, keys: impl Iterator<Item = &'k Digest>) -> Result<(), Error> {
        let spots: Vec<Spot> = keys.filter_map(|key| self.known.lookup.by_key(key)).collect();
        let found = read_together(&self.storage, &self.objects, spots)?;
        // What stands elsewhere is for the one who asks for it to find.
        let found = found.into_iter().filter_map(|(n, found)| match found {
            Found::Kept(kept) => Some((n, Some(*kept))),
            Found::Nothing => Some((n, None)),
            Found::Elsewhere => None,
        });
        self.seen.results().extend(found);
        Ok(())
    }

    /// The results that were read.
    pub(crate) fn seen(&self) -> &Seen {
        &self.seen
    }

    fn read(&self, spot: Option<Spot>) -> Result<Found, Error> {
        let Some(spot) = spot else { return Ok(Found::Nothing) };
        match self.seen.results().get(&spot.n) {
            Some(Some(kept)) => return Ok(Found::Kept(Box::new(kept.clone()))),
            Some(None) => return Ok(Found::Nothing),
            None => {}
        }
        let found = read_together(&self.storage, &self.objects, vec![spot])?;
        Ok(found.into_values().next().unwrap_or(Found::Elsewhere))
    }

    /// The last result of a key, if it was accepted and all that it names is still kept.
    pub fn accepted(&self, key: &Digest) -> Result<Option<Kept>, Error> {
        let asked = |lookup: &Lookup| lookup.by_key(key);
        let kept = self.find(&asked)?;
        Ok(kept.filter(|kept| lookup::reusable_key(&kept.ended) == Some(*key)))
    }

    /// The last accepted result of a step, whatever its key.
    pub fn last_accepted(&self, step: &str) -> Result<Option<Kept>, Error> {
        let asked = |lookup: &Lookup| lookup.last_accepted(step);
        let kept = self.find(&asked)?;
        Ok(kept.filter(|kept| kept.ended.step == step))
    }

    fn find(&self, asked: &dyn Fn(&Lookup) -> Option<Spot>) -> Result<Option<Kept>, Error> {
        match self.read(asked(&self.known.lookup))? {
            Found::Kept(kept) => Ok(Some(*kept)),
            Found::Nothing => Ok(None),
            Found::Elsewhere => {
                let known = load::load_whole(&*self.storage)?.known;
                let Some(spot) = asked(&known.lookup) else { return Ok(None) };
                let found = read_together(&self.storage, &self.objects, vec![spot])?;
                Ok(found.into_values().next().and_then(Found::kept))
            }
        }
    }

    /// How long the executions of a step took that passed, in milliseconds, the newest last; at most 32.
    pub fn durations(&self, step: &str) -> Vec<u64> {
        self.known.lookup.durations(step)
    }

    /// The runs that have begun and not ended, in the order of their beginnings.
    pub fn unfinished(&self) -> Vec<OpenRun> {
        self.known.lookup.unfinished().into_iter().cloned().collect()
    }

    /// The steps that were cut short in a work tree and have not run to an end of their own since: what they left may be
    /// half-written.
    pub fn halves(&self, place: &Digest) -> Vec<Half> {
        self.known.lookup.halves(place)
    }

    /// The run that began last and does no other run again; none where none of the last ones is such.
    pub fn last_run(&self) -> Option<&str> {
        self.last_runs().next()
    }

    /// The last runs that do no other run again, the newest first.
    pub fn last_runs(&self) -> impl Iterator<Item = &str> {
        self.known.lookup.recent().rev().filter(|span| !span.replays).map(|span| span.run.as_str())
    }

    /// Says whether a run of this very name is among the last ones.
    pub fn is_recent(&self, run: &str) -> bool {
        self.known.lookup.recent().any(|span| span.run == run)
    }

    /// The lines from the beginning of one of the last runs to its end, or to the end of the ledger where it has none.
    ///
    /// Other runs that went on meanwhile have lines among them. None for an older run, and where another line stands there
    /// than the one that was seen: then only the whole ledger tells.
    pub fn lines_of(&self, run: &str) -> Result<Option<Vec<Line>>, Error> {
        let Some(span) = self.known.lookup.recent().rev().find(|span| span.run == run) else { return Ok(None) };
        let Spot { n, offset, length, digest } = span.begins;
        let most = span.ends.unwrap_or(self.known.position.offset).saturating_sub(offset);
        let bytes = self.storage.read(LEDGER, offset, most);
        let bytes = bytes.map_err(|error| failure::of(&*self.storage, "read", LEDGER, &error))?;
        let first = usize::try_from(length).ok().and_then(|length| bytes.get(..length));
        let Some(first) = first.and_then(|first| line::decode(first, offset).ok()).filter(|line| line.digest == digest)
        else {
            return Ok(None);
        };
        let mut lines = Vec::new();
        let before = Position { n, offset, head: first.prev, last: offset };
        let (_, broken) = chain::follow(before, &bytes, |line, _| lines.push(line));
        Ok(broken.is_none().then_some(lines))
    }

    /// The accepted result of a step under a key, if it stands in this line.
    pub fn result_in(&self, n: u64, step: &str, key: &Digest) -> Option<StepEnded> {
        let spots = [self.known.lookup.by_key(key), self.known.lookup.last_accepted(step)];
        let spot = spots.into_iter().flatten().find(|spot| spot.n == n);
        Some(self.read(spot).ok()?.kept()?.ended)
    }

    /// How many runs on the same files began before one of the last runs; none for another run.
    pub fn earlier(&self, run: &str) -> Option<u64> {
        self.known.lookup.recent().rev().find(|span| span.run == run).map(|span| span.earlier)
    }

    /// How many executions under a key did not end well.
    pub fn failures(&self, key: &Digest) -> u64 {
        self.known.lookup.failures(key)
    }

    /// How many valid lines the ledger has.
    pub fn entries(&self) -> u64 {
        self.known.position.n
    }

    /// The digest of the last valid line.
    pub fn head(&self) -> Digest {
        self.known.position.head
    }
}

/// What stands where a result should.
pub(crate) enum Found {
    /// The result.
    Kept(Box<Kept>),
    /// There is none, or what it names is gone.
    Nothing,
    /// Another line: the index is wrong.
    Elsewhere,
}

impl Found {
    pub(crate) fn kept(self) -> Option<Kept> {
        match self {
            Self::Kept(kept) => Some(*kept),
            Self::Nothing | Self::Elsewhere => None,
        }
    }
}

/// Reads results from their lines, neighbours together. Each must be the very line that was seen, and each object that it
/// names must stand.
fn read_together(
    storage: &Arc<dyn Storage>,
    objects: &Objects,
    mut spots: Vec<Spot>,
) -> Result<BTreeMap<u64, Found>, Error> {
    spots.sort_unstable_by_key(|spot| spot.offset);
    let mut found = BTreeMap::new();
    let mut rest = spots.as_slice();
    while let Some(first) = rest.first() {
        let mut end = first.offset + first.length;
        let near = rest.iter().take_while(|spot| {
            let is_near = spot.offset <= end + GAP && spot.offset + spot.length <= first.offset + MOST;
            end = if is_near { end.max(spot.offset + spot.length) } else { end };
            is_near
        });
        // The first is its own neighbour, however long it is.
        let (group, behind) = rest.split_at(near.count().max(1));
        let bytes = storage.read(LEDGER, first.offset, end - first.offset);
        let bytes = bytes.map_err(|error| failure::of(&**storage, "read", LEDGER, &error))?;
        let one = |spot: &Spot| {
            let from = usize::try_from(spot.offset - first.offset).ok()?;
            bytes.get(from..from + usize::try_from(spot.length).ok()?)
        };
        let judged = group.par_iter().with_min_len(16).map(|spot| (spot.n, judge(one(spot), *spot, objects)));
        found.extend(judged.collect::<Vec<_>>());
        rest = behind;
    }
    Ok(found)
}

fn judge(bytes: Option<&[u8]>, spot: Spot, objects: &Objects) -> Found {
    let line = bytes.and_then(|bytes| line::decode(bytes, spot.offset).ok());
    let Some(line) = line.filter(|line| line.n == spot.n && line.digest == spot.digest) else {
        return Found::Elsewhere;
    };
    let all_stand = named::objects(&line.event).iter().all(|object| objects.stands(object));
    match line {
        Line { n, at, event: Event::StepEnded(ended), .. } if is_accepted(&ended) => {
            if all_stand {
                Found::Kept(Box::new(Kept { n, at, ended }))
            } else {
                Found::Nothing
            }
        }
        _ => Found::Elsewhere,
    }
}
