//! One walk over the ancestors of a commit, newest first, kept between questions.

use std::collections::BinaryHeap;
use std::collections::HashMap;
use std::collections::HashSet;
use std::collections::hash_map::Entry;

use git2::ObjectType;
use git2::Odb;
use git2::Oid;

/// How far behind a commit's own time the walk looks for it: clocks of committers differ.
const SLACK: i64 = 30 * 24 * 60 * 60;

/// What has been seen of the ancestors so far.
///
/// Commits leave the heap by time; `low` of a commit is the earliest time that had left the heap when it was met. A commit is
/// an ancestor if it is met before the walk is [`SLACK`] older than it: that does not depend on what was asked before.
pub(super) struct Walk {
    waiting: BinaryHeap<Waiting>,
    met: HashMap<Oid, i64>,
    low: i64,
    /// The time of the commit at which it began.
    newest: i64,
    border: HashSet<Oid>,
    at_border: bool,
}

impl Walk {
    /// Begins at a commit. `border` holds the commits whose parents a shallow clone leaves out.
    pub(super) fn new(odb: &Odb<'_>, head: Oid, border: HashSet<Oid>) -> Result<Self, git2::Error> {
        let first = Waiting::read(odb, head)?;
        Ok(Self {
            newest: first.time,
            waiting: BinaryHeap::from([first]),
            met: HashMap::from([(head, i64::MAX)]),
            low: i64::MAX,
            border,
            at_border: false,
        })
    }

    /// Says whether the commit of a time is met; an error where the history could not be read.
    pub(super) fn meets(&mut self, odb: &Odb<'_>, oid: Oid, time: i64) -> Result<bool, git2::Error> {
        // A clock that was far ahead of the newest one tells nothing of where the commit lies.
        let is_ahead = time > self.newest.saturating_add(SLACK);
        let floor = if is_ahead { i64::MIN } else { time.saturating_sub(SLACK) };
        loop {
            if let Some(&low) = self.met.get(&oid) {
                return Ok(low >= floor);
            }
            match self.waiting.peek() {
                Some(next) if self.low.min(next.time) >= floor => self.step(odb)?,
                _ => return Ok(false),
            }
        }
    }

    /// Says whether the walk has come to the border of a shallow clone.
    pub(super) fn is_at_border(&self) -> bool {
        self.at_border
    }

    fn step(&mut self, odb: &Odb<'_>) -> Result<(), git2::Error> {
        let Some(next) = self.waiting.pop() else { return Ok(()) };
        self.low = self.low.min(next.time);
        if self.border.contains(&next.oid) {
            self.at_border = true;
            return Ok(());
        }
        for parent in next.parents {
            if let Entry::Vacant(entry) = self.met.entry(parent) {
                entry.insert(self.low);
                self.waiting.push(Waiting::read(odb, parent)?);
            }
        }
        Ok(())
    }
}

/// A commit that was met and not passed yet; the newest comes first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    time: i64,
    oid: Oid,
    parents: Vec<Oid>,
}

impl Waiting {
    /// Reads what the walk needs. libgit2's own commits also hold the message and the people, which cost as much again.
    fn read(odb: &Odb<'_>, oid: Oid) -> Result<Self, git2::Error> {
        let object = odb.read(oid)?;
        if object.kind() != ObjectType::Commit {
            return Err(git2::Error::from_str("an ancestor is no commit"));
        }
        let mut parents = Vec::new();
        for line in object.data().split(|&byte| byte == b'\n') {
            if let Some(parent) = line.strip_prefix(b"parent ") {
                parents.push(Oid::from_str(str::from_utf8(parent).unwrap_or_default())?);
            } else if let Some(committer) = line.strip_prefix(b"committer ") {
                return Ok(Self { time: time_of(committer), oid, parents });
            }
        }
        Err(git2::Error::from_str("a commit without a committer"))
    }
}

/// The seconds behind the address of a committer: `A U Thor <a@example.org> 1700000000 +0100`; 0 where there are none.
pub(super) fn time_of(committer: &[u8]) -> i64 {
    let behind = memchr::memrchr(b'>', committer).map_or(&[][..], |at| &committer[at + 1..]);
    let mut words = behind.split(|&byte| byte == b' ').filter(|word| !word.is_empty());
    words.next().and_then(|word| str::from_utf8(word).ok()?.parse().ok()).unwrap_or_default()
}
