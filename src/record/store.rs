//! The record, open for writing: the sink of a run, shared by its threads, with as many other runs beside it as there are.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::checkpoint::Checkpoint;
use crate::record::failure;
use crate::record::kept::Past;
use crate::record::kept::Seen;
use crate::record::line::Line;
use crate::record::lookup;
use crate::record::lookup::Lookup;
use crate::record::objects::Objects;
use crate::record::runs;
use crate::record::state::LEDGER;
use crate::record::writer::Clock;
use crate::record::writer::Mend;
use crate::record::writer::Writer;
use crate::steps::event::Event;
use crate::steps::event::Recovered;
use crate::steps::event::StepBegan;
use crate::steps::lease;
use crate::steps::sink::Durability;
use crate::steps::sink::Sink;
use crate::world::clock;
use crate::world::disk_storage::DiskStorage;
use crate::world::storage::Held;
use crate::world::storage::Sharing;
use crate::world::storage::Storage;
use crate::world::storage::Wait;

/// The lock of an append.
pub const LOCK: &str = "lock";
/// The lock that every open store shares, and that only the removal of objects has alone.
pub const IN_USE: &str = "in-use";

/// An open record. A clone is the same record.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    storage: Arc<dyn Storage>,
    objects: Objects,
    writer: Mutex<Writer>,
    /// Results that were read.
    seen: Seen,
    /// Objects that were kept and are not durable yet.
    pending: Mutex<BTreeSet<Digest>>,
    _in_use: Box<dyn Held>,
}

impl Store {
    /// Opens the record in a folder on the disk, by the system's clock; begins it where there is none.
    pub fn in_folder(folder: &Path) -> Result<Self, Error> {
        Self::open(Arc::new(DiskStorage::at(folder)), Arc::new(clock::stamp))
    }

    /// Opens a record, begins it where there is none, and mends the torn tail that a writer's death left.
    pub fn open(storage: Arc<dyn Storage>, clock: Clock) -> Result<Self, Error> {
        Self::open_mending(storage, clock, Mend::Torn)
    }

    /// Opens a record and mends so much of its tail.
    pub(crate) fn open_mending(storage: Arc<dyn Storage>, clock: Clock, mend: Mend) -> Result<Self, Error> {
        storage.make_folder("").map_err(|error| failure::of(&*storage, "make the folder of the record", "", &error))?;
        let in_use = lock(&*storage, IN_USE, Sharing::Shared, Wait::Bounded)?;
        Self::open_holding(storage, clock, mend, in_use)
    }

    /// Opens a record whose lock of use is held.
    pub(crate) fn open_holding(
        storage: Arc<dyn Storage>,
        clock: Clock,
        mend: Mend,
        in_use: Box<dyn Held>,
    ) -> Result<Self, Error> {
        let mut writer = Writer::new(Arc::clone(&storage), clock);
        {
            let _held = lock(&*storage, LOCK, Sharing::Alone, Wait::Bounded)?;
            writer.catch_up(mend)?;
        }
        let objects = writer.objects.clone();
        let inner = Inner {
            storage,
            objects,
            writer: Mutex::new(writer),
            seen: Seen::default(),
            pending: Mutex::default(),
            _in_use: in_use,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The objects.
    pub fn objects(&self) -> &Objects {
        &self.inner.objects
    }

    /// What was cut from the end of the ledger since this store was opened: another writer, or the machine, had died.
    pub fn recovered(&self) -> Vec<Recovered> {
        self.writer().recovered.clone()
    }

    /// What all runs left up to now, as far as this store has read.
    pub fn past(&self) -> Past {
        let known = self.writer().known.settled();
        Past::new(Arc::clone(&self.inner.storage), self.inner.objects.clone(), known, self.inner.seen.clone())
    }

    /// Takes the results that a plan read before this store was opened: lines never change. Whether the objects that they
    /// name stand is looked at again, because from now on nothing is removed.
    pub fn adopt(&self, past: &Past) {
        self.inner.seen.adopt(past.seen(), &self.inner.objects);
    }

    /// The lines of a run that this store wrote itself behind a line of it.
    pub(crate) fn lines_behind(&self, run: &str, n: u64) -> Vec<Line> {
        let writer = self.writer();
        let behind = writer.own.iter().rev().take_while(|line| line.n > n);
        let mut lines: Vec<Line> = behind.filter(|line| runs::run_of(&line.event) == Some(run)).cloned().collect();
        lines.reverse();
        lines
    }

    /// The lines of a run that this store wrote itself, from the first; none where another one began it.
    pub fn lines_of(&self, run: &str) -> Option<Vec<Line>> {
        let writer = self.writer();
        let lines = writer.own.iter().filter(|line| runs::run_of(&line.event) == Some(run));
        let lines: Vec<Line> = lines.cloned().collect();
        matches!(lines.first()?.event, Event::RunBegan(_)).then_some(lines)
    }

    /// Makes everything durable and writes the checkpoint, if a run has ended that it does not cover.
    ///
    /// The end of a run does it by itself; this says why it could not, and tries again.
    pub fn checkpoint(&self) -> Result<Option<Checkpoint>, Error> {
        let mut writer = self.writer();
        self.settle(&writer)?;
        let _held = lock(&*self.inner.storage, LOCK, Sharing::Alone, Wait::Bounded)?;
        writer.catch_up(Mend::Torn)?;
        if writer.is_behind()? { self.anchor(&mut writer).map(Some) } else { Ok(None) }
    }

    /// Appends events of steps that nobody waits for, together: all of them, or after an error none.
    pub fn append_all(&self, events: &[Event]) -> Result<(), Error> {
        if events.is_empty() {
            return Ok(());
        }
        let mut writer = self.writer();
        events.iter().try_for_each(|event| writer.refuse_unkept(event))?;
        let _held = lock(&*self.inner.storage, LOCK, Sharing::Alone, Wait::Bounded)?;
        writer.catch_up(Mend::Torn)?;
        writer.write_all(events, Durability::Soon).map(|_| ())
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pending(&self) -> MutexGuard<'_, BTreeSet<Digest>> {
        self.inner.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes durable what is pending and what lines of any run name that were not waited for.
    fn settle(&self, writer: &Writer) -> Result<(), Error> {
        let pending = std::mem::take(&mut *self.pending());
        writer.settle(&pending).inspect_err(|_| self.pending().extend(&pending))
    }

    fn anchor(&self, writer: &mut Writer) -> Result<Checkpoint, Error> {
        self.settle(writer)?;
        if !writer.known.unsettled.is_empty() {
            let synced = self.inner.storage.sync(LEDGER);
            synced.map_err(|error| failure::of(&*self.inner.storage, "make durable", LEDGER, &error))?;
        }
        writer.anchor()
    }
}

impl Sink for Store {
    fn object(&self, bytes: &[u8]) -> Result<Digest, Error> {
        let (digest, settled) = self.inner.objects.keep(bytes)?;
        if !settled {
            self.pending().insert(digest);
        }
        Ok(digest)
    }

    fn append(&self, event: &Event, durability: Durability) -> Result<u64, Error> {
        let mut writer = self.writer();
        writer.refuse_unkept(event)?;
        if durability == Durability::Now {
            // Before the lock: others need not wait for our objects.
            self.settle(&writer)?;
        }
        let _held = lock(&*self.inner.storage, LOCK, Sharing::Alone, Wait::Bounded)?;
        writer.catch_up(Mend::Torn)?;
        if matches!(event, Event::RunBegan(_)) && writer.is_behind()? {
            self.anchor(&mut writer)?;
        }
        if durability == Durability::Now {
            self.settle(&writer)?;
        }
        if let Event::StepBegan(began) = event {
            refuse_second(&writer.known.lookup, began)?;
        }
        let n = writer.write(event, durability)?;
        if matches!(event, Event::RunEnded(_)) && durability == Durability::Now {
            // The end is recorded, whatever becomes of the checkpoint: `checkpoint` says it, and the next run mends it.
            let _ = self.anchor(&mut writer);
        }
        Ok(n)
    }
}

/// A step in flight under a living shepherd is never started twice. The lock is held, so nobody begins it meanwhile.
fn refuse_second(lookup: &Lookup, began: &StepBegan) -> Result<(), Error> {
    let open = lookup.unfinished();
    let own = open.iter().find(|run| run.run == began.run);
    let Some(own) = own.filter(|own| own.is_in_the_way(own.place.as_ref())) else { return Ok(()) };
    let others = open.iter().copied().filter(|run| run.run != began.run && run.is_in_the_way(own.place.as_ref()));
    let same = others.flat_map(|run| run.steps.iter().map(move |step| (run, step)));
    let alive = same.filter(|(_, step)| step.step == began.step).find(|(_, step)| lease::is_alive(&step.lease));
    match alive {
        None => Ok(()),
        Some((run, step)) => Err(lookup::in_flight(run, step)),
    }
}

/// Takes a lock of the record.
pub(crate) fn lock(storage: &dyn Storage, path: &str, sharing: Sharing, wait: Wait) -> Result<Box<dyn Held>, Error> {
    storage.lock(path, sharing, wait).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => failure::locked(storage, path),
        _ => failure::of(storage, "lock", path, &error),
    })
}
