//! Does the acts of a release: each is in the record before it is done, and its end behind it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use crate::commands::release_forge::Forge;
use crate::commands::release_forge::Wanted;
use crate::commands::release_remote;
use crate::error::Error;
use crate::record::store::Store;
use crate::release::plan::Blocker;
use crate::release::publishing::act::Act;
use crate::release::publishing::journal;
use crate::release::publishing::journal::Journal;
use crate::release::publishing::report::State;
use crate::steps::event::Event;
use crate::steps::event::ReleaseActBegan;
use crate::steps::event::ReleaseActEnded;
use crate::steps::sink::Durability;
use crate::steps::sink::Sink;
use crate::world::process::git;
use crate::world::process::publishing::Yard;
use crate::world::registry::door::Door;
use crate::world::release_lock::ReleaseLock;

/// How often a push is tried whose end nobody knows.
const PUSHES: u32 = 3;

/// A push of one reference and of nothing else, whatever git is set up to send along.
const PUSH: [&str; 8] =
    ["-c", "push.pushOption=", "push", "--quiet", "--no-verify", "--no-follow-tags", "--recurse-submodules=no", "--"];

/// Why nothing further is done.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something speaks against it.
    Blocked(Box<Blocker>),
    /// Our own work failed.
    Failed(Box<Error>),
}

impl From<Blocker> for Stop {
    fn from(blocker: Blocker) -> Self {
        Self::Blocked(Box::new(blocker))
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(Box::new(error))
    }
}

/// Everything that acts need.
pub(crate) struct Crew<'a> {
    pub(crate) store: &'a Store,
    pub(crate) lock: &'a ReleaseLock,
    pub(crate) release: &'a str,
    pub(crate) commit: &'a str,
    pub(crate) root: &'a Path,
    pub(crate) target: PathBuf,
    pub(crate) variables: &'a BTreeMap<OsString, OsString>,
    pub(crate) doors: &'a BTreeMap<String, Door>,
    pub(crate) forge: Option<&'a Forge>,
    pub(crate) journal: &'a Journal,
    pub(crate) wait: Duration,
    pub(crate) settle: Duration,
    pub(crate) talk: &'a (dyn Fn(&str) + Sync),
}

impl Crew<'_> {
    /// Writes down that an act is about to be done; durable when it returns.
    pub(crate) fn begin(&self, act: &Act) -> Result<(), Error> {
        (self.talk)(&act.told());
        let (release, commit) = (self.release.to_owned(), self.commit.to_owned());
        let began = ReleaseActBegan { release, act: act.told(), commit };
        self.store.append(&Event::ReleaseActBegan(began), Durability::Now).map(|_| ())
    }

    /// Writes down what came of an act.
    pub(crate) fn end(&self, act: &Act, outcome: &str, says: &str) -> Result<(), Error> {
        let says = says.chars().take(400).collect();
        let (release, outcome) = (self.release.to_owned(), outcome.to_owned());
        let ended = ReleaseActEnded { release, act: act.told(), outcome, says };
        self.store.append(&Event::ReleaseActEnded(ended), Durability::Now).map(|_| ())
    }

    /// Refuses to go on from another commit than the one that was judged and packed.
    pub(crate) fn stays(&self) -> Result<(), Error> {
        let head = git::run(self.root, &["rev-parse", "HEAD"], self.variables);
        if head.is_ok_and(|head| head.trim() == self.commit) {
            return Ok(());
        }
        Err(Error::usage("moved", "go on: HEAD has moved since the gate decided")
            .help(format!("git switch --detach {}, then repeat the command", self.commit)))
    }

    /// Where cargo uploads from.
    pub(crate) fn yard(&self) -> Yard<'_> {
        Yard { root: self.root, target: &self.target, variables: self.variables }
    }

    fn git(&self, words: &[&str]) -> Result<String, Stop> {
        Ok(git::run_holding(self.lock.shared()?, self.root, words, self.variables)
            .map_err(|why| Error::failed("git-failed", why))?)
    }

    /// Does one act that is no upload.
    pub(crate) fn act(&self, act: &Act, wanted: &dyn Fn(&Act) -> Option<Wanted>) -> (State, String, Result<(), Stop>) {
        if let Err(error) = self.begin(act) {
            return (State::NotDone, String::new(), Err(error.into()));
        }
        let done = match act {
            Act::Tag { name } => self.tag(name),
            Act::Fetch { name, remote } => self.fetch(name, remote),
            Act::Push { name, remote } => self.push(name, remote),
            Act::ForgeRelease { tag, .. } => self.forge_release(tag, wanted(act)),
            Act::Upload { .. } => Err(Error::failed("no-upload", "upload: that is done in layers").into()),
        };
        match done {
            Ok(says) => match self.end(act, journal::DONE, &says) {
                Ok(()) => (State::Done, says, Ok(())),
                // It is done; what could not be written down is asked for again.
                Err(error) => (State::Done, says, Err(error.into())),
            },
            Err(stop) => {
                let says = match &stop {
                    Stop::Blocked(blocker) => blocker.message.clone(),
                    Stop::Failed(error) => error.to_string(),
                };
                // A record that can't be written keeps the first reason.
                let _ = self.end(act, journal::UNKNOWN, &says);
                (State::Unknown, says, Err(stop))
            }
        }
    }

    /// Makes a tag as git is set up to: signed where it is, with a message where git knows who we are.
    fn tag(&self, name: &str) -> Result<String, Stop> {
        let message = format!("Release {name}");
        let signs = git::run(self.root, &["config", "--type=bool", "--get", "tag.gpgSign"], self.variables);
        let signs = signs.is_ok_and(|value| value.trim() == "true");
        let known = git::run(self.root, &["var", "GIT_COMMITTER_IDENT"], self.variables).is_ok();
        let words: &[&str] = if signs || known {
            &["tag", "--annotate", "--message", &message, "--", name, self.commit]
        } else {
            &["tag", "--", name, self.commit]
        };
        self.git(words)?;
        Ok(if signs {
            "signed"
        } else if known {
            "annotated"
        } else {
            "lightweight: git knows no committer"
        }
        .to_owned())
    }

    fn fetch(&self, name: &str, remote: &str) -> Result<String, Stop> {
        let reference = format!("refs/tags/{name}:refs/tags/{name}");
        self.git(&["fetch", "--quiet", "--no-tags", remote, &reference])?;
        Ok(String::new())
    }

    /// Pushes a tag: never by force, and asked for before it is tried again.
    fn push(&self, name: &str, remote: &str) -> Result<String, Stop> {
        let reference = format!("refs/tags/{name}:refs/tags/{name}");
        let mut attempt = 1;
        loop {
            let Err(why) = self.git(&[&PUSH[..], &[remote, &reference]].concat()) else {
                return Ok(String::new());
            };
            match release_remote::tag(self.root, self.variables, remote, name) {
                Ok(Some(commit)) if commit == self.commit => return Ok("the remote has it".to_owned()),
                Ok(Some(commit)) => {
                    let message =
                        format!("the tag {name} is on {remote} already and names {commit}, not {}", self.commit);
                    let remedy = "find out who made it; a tag is never moved";
                    return Err(Blocker::new("tag-elsewhere", message, remedy).into());
                }
                _ if attempt >= PUSHES => return Err(why),
                _ => {}
            }
            (self.talk)(&format!("push the tag {name} again: it did not arrive"));
            std::thread::sleep(Duration::from_millis(500) * 2_u32.pow(attempt));
            attempt += 1;
        }
    }

    fn forge_release(&self, tag: &str, wanted: Option<Wanted>) -> Result<String, Stop> {
        let (Some(forge), Some(wanted)) = (self.forge, wanted) else {
            return Err(Error::failed("forge-failed", format!("make the release of {tag}: no forge is known")).into());
        };
        Ok(forge.make(&wanted)?.url)
    }
}
