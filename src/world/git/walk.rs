//! One walk over the ancestors of a commit, newest first, kept between questions.

use std::collections::BinaryHeap;
use std::collections::HashMap;
use std::collections::HashSet;

use git2::Oid;

/// How far behind a commit's own time the walk looks for it: clocks of committers differ.
const SLACK: i64 = 30 * 24 * 60 * 60;

/// What has been seen of the ancestors so far.
///
/// Commits leave the heap by time; `low` of a commit is the earliest time that had left the heap when it was met. A commit is
/// an ancestor if it is met before the walk is [`SLACK`] older than it: that does not depend on what was asked before.
pub(super) struct Walk {
    waiting: BinaryHeap<(i64, Oid)>,
    met: HashMap<Oid, i64>,
    low: i64,
    border: HashSet<Oid>,
    at_border: bool,
}

impl Walk {
    /// Begins at a commit. `border` holds the commits whose parents a shallow clone leaves out.
    pub(super) fn new(head: Oid, time: i64, border: HashSet<Oid>) -> Self {
        Self {
            waiting: BinaryHeap::from([(time, head)]),
            met: HashMap::from([(head, i64::MAX)]),
            low: i64::MAX,
            border,
            at_border: false,
        }
    }

    /// Says whether the commit of a time is met; an error where the history could not be read.
    pub(super) fn meets(&mut self, repository: &git2::Repository, oid: Oid, time: i64) -> Result<bool, git2::Error> {
        let floor = time.saturating_sub(SLACK);
        loop {
            if let Some(&low) = self.met.get(&oid) {
                return Ok(low >= floor);
            }
            match self.waiting.peek() {
                Some(&(next, _)) if self.low.min(next) >= floor => self.step(repository)?,
                _ => return Ok(false),
            }
        }
    }

    /// Says whether the walk has come to the border of a shallow clone.
    pub(super) fn is_at_border(&self) -> bool {
        self.at_border
    }

    fn step(&mut self, repository: &git2::Repository) -> Result<(), git2::Error> {
        let Some((time, oid)) = self.waiting.pop() else { return Ok(()) };
        self.low = self.low.min(time);
        if self.border.contains(&oid) {
            self.at_border = true;
            return Ok(());
        }
        for parent in repository.find_commit(oid)?.parent_ids() {
            if let std::collections::hash_map::Entry::Vacant(entry) = self.met.entry(parent) {
                entry.insert(self.low);
                let time = repository.find_commit(parent)?.time().seconds();
                self.waiting.push((time, parent));
            }
        }
        Ok(())
    }
}
