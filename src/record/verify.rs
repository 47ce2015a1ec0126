//! Recomputes the whole record: the chain, the checkpoint, every object that a line names. Executes nothing, takes no lock.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use rayon::iter::IntoParallelRefIterator;
use rayon::iter::ParallelIterator;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::chain;
use crate::record::checkpoint;
use crate::record::checkpoint::Checkpoint;
use crate::record::failure;
use crate::record::line::Line;
use crate::record::named;
use crate::record::objects;
use crate::record::part;
use crate::record::reader;
use crate::record::reader::Reading;
use crate::record::recovery::End;
use crate::record::slice;
use crate::steps::event::Event;
use crate::world::storage::Storage;

/// Something in the record that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The place, from the folder of the record: `ledger.jsonl:17`, `objects/sha256/ab/cd..`.
    pub place: String,
    /// A stable word: `ledger-altered`, `checkpoint-altered`, `object-altered`, `object-missing`, `quarantine-altered`.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
}

/// An object that a line can't be understood without, or that is there and wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Damage {
    /// The number of the first line that names it.
    pub n: u64,
    /// The object.
    pub object: Digest,
    /// Whether its file is there, and is not what its name says.
    pub altered: bool,
}

impl Damage {
    fn fault(&self) -> Fault {
        let by = chain::place(self.n);
        let (code, what) = if self.altered {
            ("object-altered", "is not what its name says")
        } else {
            ("object-missing", "is not there")
        };
        let message = format!("the object that {by} names {what}");
        Fault { place: objects::path(&self.object), code, message }
    }
}

/// What the record came to.
pub struct Verified {
    /// All lines, and how they end. A torn end is no fault: nothing in it was ever acknowledged.
    pub reading: Reading,
    /// How many objects were read and are what their names say.
    pub objects: usize,
    /// How many objects are not there because they were removed, as a line says.
    pub removed: usize,
    /// The objects that are not as they were written, by the line that names them first.
    pub damaged: Vec<Damage>,
    /// What is not as it was written: first the ledger in its order, then objects by the line that names them.
    pub faults: Vec<Fault>,
}

impl Verified {
    /// The checkpoint, if it is sound.
    pub fn checkpoint(&self) -> Option<&Checkpoint> {
        self.reading.checkpoint.as_ref().and_then(|read| read.as_ref().ok())
    }
}

/// Recomputes a record.
pub fn verify(storage: &Arc<dyn Storage>) -> Result<Verified, Error> {
    let reading = reader::read(storage)?;
    let mut faults: Vec<Fault> = ledger_fault(&reading).into_iter().chain(checkpoint_fault(&reading)).collect();
    let (objects, removed, damaged) = check_objects(storage, &reading.lines)?;
    faults.extend(damaged.iter().map(Damage::fault));
    check_quarantine(storage, &reading.lines, &mut faults)?;
    Ok(Verified { reading, objects, removed, damaged, faults })
}

fn ledger_fault(reading: &Reading) -> Option<Fault> {
    let altered = |place: String, message: String| Some(Fault { place, code: "ledger-altered", message });
    match &reading.end {
        End::Whole | End::Torn(_) | End::Unsettled(_) => None,
        // What can't be read as a checkpoint is told once, below.
        End::Tampered { place, .. } if place == checkpoint::PATH => None,
        End::Tampered { place, why } => altered(place.clone(), why.clone()),
        End::Broken(cut) => altered(cut.place(), cut.why.clone()),
    }
}

fn checkpoint_fault(reading: &Reading) -> Option<Fault> {
    let fault =
        |message: String| Some(Fault { place: checkpoint::PATH.to_owned(), code: "checkpoint-altered", message });
    let checkpoint = match &reading.checkpoint {
        Some(Ok(checkpoint)) => checkpoint,
        Some(Err(why)) => return fault(why.clone()),
        None => {
            return match &reading.end {
                End::Tampered { place, why } if place == checkpoint::PATH => fault(why.clone()),
                _ => None,
            };
        }
    };
    if let End::Tampered { place, why } = &reading.end
        && place == checkpoint::PATH
    {
        return fault(why.clone());
    }
    let origin = checkpoint::origin(&reading.known.first);
    if !reading.lines.is_empty() && checkpoint.origin != origin {
        return fault(format!("it is of `{}`, and the ledger is `{origin}`", checkpoint.origin));
    }
    match reading.covered_root {
        Some(root) if root != checkpoint.root => {
            fault(format!("its root is not that of the first {} lines of the ledger", checkpoint.size))
        }
        _ if checkpoint.size == 0 => fault("it covers no line".to_owned()),
        // A ledger that is too short is a fault of the ledger.
        _ => None,
    }
}

/// Which line names an object.
#[derive(Clone, Copy)]
struct Naming {
    /// The first line that does.
    n: u64,
    /// Whether a line can't be understood without it.
    needed: bool,
}

/// The objects that lines name.
fn named(lines: &[Line]) -> BTreeMap<Digest, Naming> {
    let mut found: BTreeMap<Digest, Naming> = BTreeMap::new();
    for line in lines {
        let n = line.n;
        for digest in named::objects(&line.event) {
            found.entry(digest).or_insert(Naming { n, needed: true }).needed = true;
        }
        for digest in named::optional(&line.event) {
            found.entry(digest).or_insert(Naming { n, needed: false });
        }
    }
    found
}

/// The objects that the lines of other machines name, which runs join.
fn joined(storage: &Arc<dyn Storage>, lines: &[Line]) -> BTreeMap<Digest, Naming> {
    let objects = objects::Objects::new(Arc::clone(storage));
    let mut found = BTreeMap::new();
    for line in lines {
        let Event::ShardJoined(joined) = &line.event else { continue };
        // Lines that can't be read are an object that is altered or missing: that is told by itself.
        let Some(stretch) = objects.read(&joined.lines).ok().and_then(|bytes| slice::read(&bytes).ok()) else {
            continue;
        };
        let needed: Vec<Line> = part::needed(&stretch, &joined.from).into_iter().cloned().collect();
        for (digest, Naming { needed, .. }) in named(&needed) {
            found.entry(digest).or_insert(Naming { n: line.n, needed }).needed |= needed;
        }
    }
    found
}

/// Reads all objects that lines name; gives how many are good, how many were removed as a line says, and the others.
fn check_objects(storage: &Arc<dyn Storage>, lines: &[Line]) -> Result<(usize, usize, Vec<Damage>), Error> {
    let mut all = named(lines);
    for (digest, naming) in joined(storage, lines) {
        all.entry(digest).or_insert(naming).needed |= naming.needed;
    }
    let named: Vec<(Digest, Naming)> = all.into_iter().collect();
    let looked: Vec<Looked> =
        named.par_iter().map(|(digest, _)| look(storage, &objects::path(digest), digest)).collect();
    let removed = removed(storage, lines);
    let (mut good, mut gone) = (0, 0);
    let mut damaged: Vec<Damage> = Vec::new();
    for ((object, Naming { n, needed }), looked) in named.into_iter().zip(looked) {
        match looked {
            Looked::Good => good += 1,
            Looked::Missing if removed.contains(&object) => gone += 1,
            Looked::Missing if !needed => {}
            Looked::Missing => damaged.push(Damage { n, object, altered: false }),
            Looked::Altered => damaged.push(Damage { n, object, altered: true }),
            Looked::Failed(error) => return Err(failure::of(&**storage, "read", &objects::path(&object), &error)),
        }
    }
    damaged.sort();
    Ok((good, gone, damaged))
}

enum Looked {
    Good,
    Missing,
    Altered,
    Failed(io::Error),
}

fn look(storage: &Arc<dyn Storage>, path: &str, digest: &Digest) -> Looked {
    match storage.read(path, 0, u64::MAX) {
        Ok(bytes) if Digest::of(&bytes) == *digest => Looked::Good,
        Ok(_) => Looked::Altered,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Looked::Missing,
        Err(error) => Looked::Failed(error),
    }
}

/// The objects that lines say were removed.
fn removed(storage: &Arc<dyn Storage>, lines: &[Line]) -> BTreeSet<Digest> {
    let objects = objects::Objects::new(Arc::clone(storage));
    let lists = lines.iter().filter_map(|line| match &line.event {
        Event::Collected(collected) => objects.read(&collected.removed).ok(),
        _ => None,
    });
    lists.flat_map(|list| named::digests(&list)).collect()
}

fn check_quarantine(storage: &Arc<dyn Storage>, lines: &[Line], faults: &mut Vec<Fault>) -> Result<(), Error> {
    for line in lines {
        let (path, digest) = match &line.event {
            Event::Recovered(recovered) => (&recovered.quarantine, &recovered.sha256),
            Event::Quarantined(quarantined) => (&quarantined.quarantine, &quarantined.sha256),
            _ => continue,
        };
        if !is_in_quarantine(path) {
            let message = format!("`{path}` is no place in the quarantine");
            faults.push(Fault { place: chain::place(line.n), code: "ledger-altered", message });
            continue;
        }
        let message = match look(storage, path, digest) {
            Looked::Good => continue,
            Looked::Missing => format!("what {} put there is not there", chain::place(line.n)),
            Looked::Altered => format!("it is not what {} put there", chain::place(line.n)),
            Looked::Failed(error) => return Err(failure::of(&**storage, "read", path, &error)),
        };
        faults.push(Fault { place: path.clone(), code: "quarantine-altered", message });
    }
    Ok(())
}

/// Says whether a path stays in the quarantine: what a ledger says is looked up nowhere else.
fn is_in_quarantine(path: &str) -> bool {
    let is_plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', ':']);
    path.strip_prefix("quarantine/").is_some_and(|rest| rest.split('/').all(is_plain))
}
