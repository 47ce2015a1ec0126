//! A result that an earlier run left, read back from its line of the ledger.

use std::sync::Arc;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::chain;
use crate::record::chain::Position;
use crate::record::failure;
use crate::record::line;
use crate::record::line::Line;
use crate::record::load;
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

/// What earlier runs left, read without a lock: for a plan, which records nothing.
pub struct Past {
    storage: Arc<dyn Storage>,
    known: Known,
}

impl Past {
    /// What is known to an open store.
    pub(crate) fn new(storage: Arc<dyn Storage>, known: Known) -> Self {
        Self { storage, known }
    }

    /// Reads it. Where there is no record, nothing was left; behind a torn tail nothing is read.
    pub fn load(storage: Arc<dyn Storage>) -> Result<Self, Error> {
        let known = load::load(&*storage)?.known;
        Ok(Self { storage, known })
    }

    /// The last result of a key, if it was accepted and all that it names is still kept.
    pub fn accepted(&self, key: &Digest) -> Result<Option<Kept>, Error> {
        let asked = |lookup: &Lookup| lookup.by_key(key);
        let kept = self.find(&asked)?;
        Ok(kept.filter(|kept| kept.ended.key == *key))
    }

    /// The last accepted result of a step, whatever its key.
    pub fn last_accepted(&self, step: &str) -> Result<Option<Kept>, Error> {
        let asked = |lookup: &Lookup| lookup.last_accepted(step);
        let kept = self.find(&asked)?;
        Ok(kept.filter(|kept| kept.ended.step == step))
    }

    fn find(&self, asked: &dyn Fn(&Lookup) -> Option<Spot>) -> Result<Option<Kept>, Error> {
        match read(&self.storage, asked(&self.known.lookup))? {
            Found::Kept(kept) => Ok(Some(*kept)),
            Found::Nothing => Ok(None),
            Found::Elsewhere => {
                let known = load::load_whole(&*self.storage)?.known;
                Ok(read(&self.storage, asked(&known.lookup))?.kept())
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

    /// The run that began last and does no other run again; none where none of the last ones is such.
    pub fn last_run(&self) -> Option<&str> {
        self.known.lookup.recent().rev().find(|span| !span.replays).map(|span| span.run.as_str())
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
        Some(read(&self.storage, spot).ok()?.kept()?.ended)
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

/// Reads a result from its line, which must be the very line that was seen.
pub(crate) fn read(storage: &Arc<dyn Storage>, spot: Option<Spot>) -> Result<Found, Error> {
    let Some(spot) = spot else { return Ok(Found::Nothing) };
    let bytes = storage.read(LEDGER, spot.offset, spot.length);
    let bytes = bytes.map_err(|error| failure::of(&**storage, "read", LEDGER, &error))?;
    let Ok(line) = line::decode(&bytes, spot.offset) else { return Ok(Found::Elsewhere) };
    let objects = Objects::new(Arc::clone(storage));
    let all_there = named::objects(&line.event).iter().all(|object| objects.has(object));
    let Line { n, at, digest, event: Event::StepEnded(ended), .. } = line else { return Ok(Found::Elsewhere) };
    if n != spot.n || digest != spot.digest || !is_accepted(&ended) {
        return Ok(Found::Elsewhere);
    }
    Ok(if all_there { Found::Kept(Box::new(Kept { n, at, ended })) } else { Found::Nothing })
}
