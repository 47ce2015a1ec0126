//! Appends to the ledger while the lock is held: reads on what others added, mends what a crash left, writes, waits.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io;
use std::sync::Arc;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::chain::FORMAT;
use crate::record::chain::Why;
use crate::record::checkpoint;
use crate::record::checkpoint::Checkpoint;
use crate::record::failure;
use crate::record::index;
use crate::record::line;
use crate::record::line::Head;
use crate::record::line::Line;
use crate::record::load;
use crate::record::load::Loaded;
use crate::record::load::Tail;
use crate::record::named;
use crate::record::objects::FOLDER;
use crate::record::objects::Objects;
use crate::record::objects::QUARANTINE;
use crate::record::objects::TEMPORARY;
use crate::record::recovery;
use crate::record::recovery::Cut;
use crate::record::recovery::End;
use crate::record::state::Known;
use crate::record::state::LEDGER;
use crate::steps::event::Event;
use crate::steps::event::Recovered;
use crate::steps::event::StoreBegan;
use crate::steps::sink::Durability;
use crate::world::storage::Storage;

/// Gives the time as a line has it.
pub type Clock = Arc<dyn Fn() -> String + Send + Sync>;

/// How far a writer goes to be able to append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mend {
    /// What a writer's death left.
    Torn,
    /// A tail with whole lines in it too: only when a person asked for it.
    Broken,
}

/// What a writer knows. All calls but the first want the lock held.
pub(crate) struct Writer {
    pub storage: Arc<dyn Storage>,
    pub objects: Objects,
    pub clock: Clock,
    pub known: Known,
    /// Whether what is known may not be what is there, after a write that failed.
    pub stale: bool,
    /// What was cut from the tail by this writer.
    pub recovered: Vec<Recovered>,
    /// The lines that this writer wrote, as they are read back.
    pub own: Vec<Line>,
}

impl Writer {
    pub(crate) fn new(storage: Arc<dyn Storage>, clock: Clock) -> Self {
        let objects = Objects::new(Arc::clone(&storage));
        Self { storage, objects, clock, known: Known::default(), stale: true, recovered: Vec::new(), own: Vec::new() }
    }

    fn failed<'a>(&'a self, what: &'a str, path: &'a str) -> impl Fn(io::Error) -> Error + 'a {
        move |error| failure::of(&*self.storage, what, path, &error)
    }

    /// Takes in what others appended, mends the tail, and begins the store where there is none.
    pub(crate) fn catch_up(&mut self, mend: Mend) -> Result<(), Error> {
        let was_stale = std::mem::replace(&mut self.stale, true);
        let tail = if was_stale {
            // Mending is for a ledger that is looked at from its first line on.
            let whole = mend == Mend::Broken;
            let loaded = if whole { load::load_whole(&*self.storage) } else { load::load(&*self.storage) };
            let Loaded { known, tail } = loaded?;
            self.known = known;
            tail
        } else {
            let tail = load::read_on(&*self.storage, &mut self.known)?;
            tail.ok_or_else(|| failure::altered(LEDGER, "lines that were there are gone"))?
        };
        if was_stale || tail.broken.is_some() {
            self.judge(&tail, mend)?;
        }
        if self.known.position.n == 0 {
            self.begin()?;
        }
        self.stale = false;
        Ok(())
    }

    fn judge(&mut self, tail: &Tail, mend: Mend) -> Result<(), Error> {
        let checkpoint = load::checkpoint(&*self.storage)?;
        let is_good = |digest: &Digest| self.objects.is_good(digest);
        match recovery::judge(&self.known, tail.broken.as_ref(), &tail.rest, checkpoint.as_ref(), &is_good) {
            End::Whole => Ok(()),
            End::Torn(cut) | End::Unsettled(cut) => self.cut(&cut),
            End::Broken(cut) if mend == Mend::Broken => self.cut(&cut),
            End::Broken(cut) => Err(failure::altered(cut.place(), &cut.why)),
            End::Tampered { place, why } => Err(failure::altered(place, &why)),
        }
    }

    /// Cuts the tail: kept aside and durable first, then gone, then told.
    fn cut(&mut self, cut: &Cut) -> Result<(), Error> {
        let bytes = self.storage.read(LEDGER, cut.offset, u64::MAX).map_err(self.failed("read", LEDGER))?;
        self.quarantine(&cut.quarantine(), &bytes)?;
        self.storage.truncate(LEDGER, cut.offset).map_err(self.failed("cut", LEDGER))?;
        self.storage.sync(LEDGER).map_err(self.failed("cut", LEDGER))?;
        if cut.offset < self.known.position.offset {
            self.known = load::load_whole(&*self.storage)?.known;
        }
        if self.known.position.n == 0 {
            self.begin()?;
        }
        let recovered = Recovered { bytes: cut.bytes, sha256: cut.sha256, quarantine: cut.quarantine() };
        self.settle(&BTreeSet::new())?;
        self.write(&Event::Recovered(recovered.clone()), Durability::Now)?;
        self.recovered.push(recovered);
        Ok(())
    }

    fn quarantine(&self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        self.make_folders()?;
        let temporary = self.objects.write_temporary(bytes)?;
        let failed = self.failed("keep the cut bytes in", path);
        self.storage.sync(&temporary).map_err(&failed)?;
        self.storage.replace(&temporary, path).map_err(&failed)?;
        self.storage.sync_folder(QUARANTINE).map_err(&failed)
    }

    fn make_folders(&self) -> Result<(), Error> {
        let missing: Vec<&str> = [FOLDER, TEMPORARY, QUARANTINE]
            .into_iter()
            .filter(|folder| !matches!(self.storage.look(folder), Ok(Some(_))))
            .collect();
        for folder in &missing {
            self.storage.make_folder(folder).map_err(self.failed("make", folder))?;
        }
        if missing.contains(&FOLDER) {
            let above = FOLDER.split('/').next().unwrap_or_default();
            self.storage.sync_folder(above).map_err(self.failed("make durable", above))?;
        }
        if missing.is_empty() { Ok(()) } else { self.storage.sync_folder("").map_err(self.failed("make durable", "")) }
    }

    /// Begins a store: its folders and the name of the ledger are durable before the first line is.
    fn begin(&mut self) -> Result<(), Error> {
        self.make_folders()?;
        if self.storage.look(LEDGER).map_err(self.failed("look at", LEDGER))?.is_none() {
            self.storage.create(LEDGER, b"").map_err(self.failed("begin", LEDGER))?;
        }
        self.storage.sync(LEDGER).map_err(self.failed("begin", LEDGER))?;
        for folder in ["objects", ""] {
            self.storage.sync_folder(folder).map_err(self.failed("begin", LEDGER))?;
        }
        let version = env!("CARGO_PKG_VERSION").to_owned();
        self.write(&Event::StoreBegan(StoreBegan { format: FORMAT.to_owned(), version }), Durability::Now)?;
        Ok(())
    }

    /// Makes the objects durable that are given, and those of all lines that were not waited for.
    pub(crate) fn settle(&self, pending: &BTreeSet<Digest>) -> Result<(), Error> {
        let named = self.known.unsettled.iter().flat_map(|line| &line.objects);
        let all: BTreeSet<Digest> = named.chain(pending).copied().collect();
        if all.is_empty() { Ok(()) } else { self.objects.settle(&all) }
    }

    /// Writes a line at the end that is known. After an error the event is not in the ledger.
    pub(crate) fn write(&mut self, event: &Event, durability: Durability) -> Result<u64, Error> {
        self.write_all(std::slice::from_ref(event), durability)
    }

    /// Writes a line for each event, all at once, and gives the number of the first. After an error none is in the ledger.
    pub(crate) fn write_all(&mut self, events: &[Event], durability: Durability) -> Result<u64, Error> {
        let position = self.known.position;
        let at = (self.clock)();
        let mut head = Head { n: position.n, prev: position.head, at: &at, soon: durability == Durability::Soon };
        let mut bytes = Vec::new();
        let mut lines = Vec::with_capacity(events.len());
        for event in events {
            let written = line::encode(head, event).map_err(|error| unwritable(&error))?;
            let line = read_back(head, event, &written, position.offset + bytes.len() as u64)?;
            head = Head { n: head.n + 1, prev: line.digest, ..head };
            bytes.extend_from_slice(&written);
            lines.push(line);
        }
        let written = self.storage.append(LEDGER, position.offset, &bytes);
        let written = match (written, durability) {
            (Ok(()), Durability::Now) => self.storage.sync(LEDGER),
            (written, _) => written,
        };
        if let Err(error) = written {
            return Err(self.take_back(position.offset, &error));
        }
        let mut rest = bytes.as_slice();
        for line in lines {
            let (written, behind) = rest.split_at(usize::try_from(line.length).unwrap_or(rest.len()));
            self.known.push(&line, written);
            self.own.push(line);
            rest = behind;
        }
        Ok(position.n)
    }

    /// Cuts what a write that failed left.
    fn take_back(&mut self, offset: u64, error: &io::Error) -> Error {
        self.stale = true;
        let cut = self.storage.truncate(LEDGER, offset).and_then(|()| self.storage.sync(LEDGER));
        let mut failed = failure::of(&*self.storage, "append to", LEDGER, error);
        failed.message.push_str(match cut {
            Ok(()) => "; nothing was recorded",
            Err(_) => "; nothing was acknowledged, and the torn end is cut when the record is next opened",
        });
        failed
    }

    /// Refuses an event that names an object which the record does not have.
    pub(crate) fn refuse_unkept(&self, event: &Event) -> Result<(), Error> {
        match named::objects(event).into_iter().find(|object| !self.objects.has(object)) {
            None => Ok(()),
            Some(object) => {
                let message = format!("record an event that names the object {object}, which was not kept");
                Err(Error::failed("object-missing", message))
            }
        }
    }

    /// Writes the checkpoint over all lines, and the index with it. All lines must be settled.
    pub(crate) fn anchor(&mut self) -> Result<Checkpoint, Error> {
        let checkpoint = Checkpoint {
            origin: checkpoint::origin(&self.known.first),
            size: self.known.position.n,
            root: self.known.frontier.root(),
        };
        let temporary = self.objects.write_temporary(checkpoint.text().as_bytes())?;
        let failed = self.failed("write", checkpoint::PATH);
        self.storage.sync(&temporary).map_err(&failed)?;
        self.storage.replace(&temporary, checkpoint::PATH).map_err(&failed)?;
        self.storage.sync_folder("").map_err(&failed)?;
        self.write_index();
        Ok(checkpoint)
    }

    /// Writes the index. It is only a help: whatever goes wrong, the next one that opens the record reads more.
    fn write_index(&self) {
        let Some(bytes) = index::write(&self.known) else { return };
        if let Ok(temporary) = self.objects.write_temporary(&bytes) {
            let _ = self.storage.replace(&temporary, index::PATH);
        }
    }

    /// Says whether a run has ended that the checkpoint does not cover.
    pub(crate) fn is_behind(&self) -> Result<bool, Error> {
        let covered = match load::checkpoint(&*self.storage)? {
            Some(Ok(checkpoint)) => checkpoint.size,
            Some(Err(why)) => return Err(failure::altered(checkpoint::PATH, &why)),
            None => 0,
        };
        Ok(self.known.lookup.last_ended().is_some_and(|ended| ended >= covered))
    }
}

fn unwritable(error: &dyn Display) -> Error {
    Error::failed("record-failed", format!("write the event down: {error}; nothing was recorded"))
}

/// A line as its readers will see it, before it is written. What comes by the hundred is a plain text and not read again.
fn read_back(head: Head<'_>, event: &Event, bytes: &[u8], offset: u64) -> Result<Line, Error> {
    if !matches!(event, Event::StepReused(_) | Event::StepOutput(_)) {
        // Only an event that is not what its type says is none: an unknown one that bears a known name.
        return line::decode(bytes, offset).map_err(|fault| unwritable(&Why::Line(fault)));
    }
    Ok(Line {
        n: head.n,
        prev: head.prev,
        at: head.at.to_owned(),
        soon: head.soon,
        event: event.clone(),
        digest: Digest::of(bytes),
        offset,
        length: bytes.len() as u64,
    })
}
