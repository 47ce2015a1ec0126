//! What the record says of earlier attempts: what was meant to come out, and which acts have begun and not ended.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::steps::event::Event;
use crate::steps::event::ReleaseBegan;

/// The memory of releases, folded from events in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    /// What was packed, by name and version: the commit and the checksum.
    packed: BTreeMap<(String, String), BTreeSet<(String, String)>>,
    /// Acts that may have been done, with the time of their beginning.
    open: BTreeMap<String, String>,
    /// The release that has begun last, until one ends well; with the time of its line.
    pub unfinished: Option<(ReleaseBegan, String)>,
}

impl Journal {
    /// Takes the next event, with the time of its line.
    pub fn see(&mut self, event: &Event, at: &str) {
        match event {
            Event::ReleaseBegan(began) => {
                self.unfinished = Some((began.clone(), at.to_owned()));
                for package in &began.packages {
                    let Some(checksum) = &package.checksum else { continue };
                    let key = (package.name.clone(), package.version.clone());
                    self.packed.entry(key).or_default().insert((began.commit.clone(), checksum.clone()));
                }
            }
            Event::ReleaseActBegan(began) => {
                self.open.insert(began.act.clone(), at.to_owned());
            }
            Event::ReleaseActEnded(ended) if ended.outcome != UNKNOWN => {
                self.open.remove(&ended.act);
            }
            Event::ReleaseEnded(ended) if ended.verdict == "accepted" => {
                // Every witness agrees: whatever may have been done, was.
                self.unfinished = None;
                self.open.clear();
            }
            _ => {}
        }
    }

    /// The acts that may have been done, in order.
    pub fn open(&self) -> impl Iterator<Item = &str> {
        self.open.keys().map(String::as_str)
    }

    /// When an act began that may have been done.
    pub fn begun(&self, act: &str) -> Option<&str> {
        self.open.get(act).map(String::as_str)
    }

    /// Whether a checksum is that of a crate that was packed from this commit and journaled before it went out.
    pub fn meant(&self, name: &str, version: &str, commit: &str, checksum: &str) -> bool {
        self.with(name, version).any(|(own, sum)| own == commit && sum == checksum)
    }

    /// The commit from which an earlier release brought out a crate of this checksum.
    pub fn released_at(&self, name: &str, version: &str, checksum: &str) -> Option<&str> {
        self.with(name, version).find(|(_, sum)| sum == checksum).map(|(commit, _)| commit.as_str())
    }

    fn with(&self, name: &str, version: &str) -> impl Iterator<Item = &(String, String)> {
        self.packed.get(&(name.to_owned(), version.to_owned())).into_iter().flatten()
    }
}

/// An act was done.
pub const DONE: &str = "done";
/// It was not, for certain.
pub const NOT_DONE: &str = "not-done";
/// It may have been.
pub const UNKNOWN: &str = "unknown";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::event::Lease;
    use crate::steps::event::ReleaseActBegan;
    use crate::steps::event::ReleaseActEnded;
    use crate::steps::event::ReleaseEnded;
    use crate::steps::event::ReleasedPackage;

    fn ended(outcome: &str) -> Event {
        Event::ReleaseActEnded(ReleaseActEnded {
            release: "r".to_owned(),
            act: "upload a".to_owned(),
            outcome: outcome.to_owned(),
            says: String::new(),
        })
    }

    #[test]
    fn an_act_is_open_until_somebody_saw_its_end() {
        let began = Event::ReleaseActBegan(ReleaseActBegan {
            release: "r".to_owned(),
            act: "upload a".to_owned(),
            commit: "c".to_owned(),
        });
        let mut journal = Journal::default();
        journal.see(&began, "now");
        assert_eq!(journal.begun("upload a"), Some("now"));
        journal.see(&ended(UNKNOWN), "later");
        assert_eq!(journal.open().collect::<Vec<_>>(), ["upload a"]);
        journal.see(&ended(NOT_DONE), "later");
        assert_eq!(journal.begun("upload a"), None);
    }

    #[test]
    fn what_was_packed_is_known_by_commit() {
        let mut journal = Journal::default();
        let package = ReleasedPackage {
            name: "a".to_owned(),
            version: "0.1.0".to_owned(),
            registry: Some("mine".to_owned()),
            checksum: Some("ab".to_owned()),
            tag: None,
        };
        let lease = Lease { boot: String::new(), pid: 1, started: 1 };
        let (release, commit) = ("r".to_owned(), "c".to_owned());
        journal.see(
            &Event::ReleaseBegan(ReleaseBegan {
                release,
                commit,
                lease,
                base: "main".to_owned(),
                proof: None,
                packages: vec![package],
            }),
            "",
        );
        assert!(journal.meant("a", "0.1.0", "c", "ab"));
        assert!(!journal.meant("a", "0.1.0", "d", "ab"));
        assert_eq!(journal.released_at("a", "0.1.0", "ab"), Some("c"));
        assert!(journal.unfinished.as_ref().is_some_and(|(began, _)| began.base == "main"));
        let verdict = |verdict: &str| ReleaseEnded { release: "r".to_owned(), verdict: verdict.to_owned(), acts: 1 };
        journal.see(&Event::ReleaseEnded(verdict("failed")), "");
        assert!(journal.unfinished.is_some());
        journal.see(&Event::ReleaseEnded(verdict("accepted")), "");
        assert!(journal.unfinished.is_none());
    }
}
