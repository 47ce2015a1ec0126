//! One upload, until the registry's index shows it: what may have been stored is asked for before anything is sent again.

use std::time::Duration;

use semver::Version;

use crate::commands::release_crew::Crew;
use crate::commands::release_crew::Stop;
use crate::error::Error;
use crate::release::plan::Blocker;
use crate::release::publishing::act::Act;
use crate::release::publishing::journal;
use crate::release::publishing::report::Acted;
use crate::release::publishing::report::State;
use crate::world::clock;
use crate::world::clock::Deadline;
use crate::world::process::publishing;
use crate::world::process::publishing::Uploaded;
use crate::world::process::publishing::Yard;
use crate::world::registry::door::Door;

/// How many uploads that need not wait for each other go out at once.
const AT_ONCE: usize = 4;
/// How often an upload is tried whose end nobody knows.
const ATTEMPTS: u32 = 5;
/// How long to wait where a registry limits us and does not say how long.
const UNSAID: Duration = Duration::from_secs(60);
/// The first and the longest pause between two looks at an index.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(3)];

/// Uploads packages in layers, each after those that it needs. What became of each is told, also behind a stop.
pub(crate) fn layers(crew: &Crew<'_>, layers: &[Vec<Act>], acted: &mut Vec<Acted>) -> Result<(), Stop> {
    for part in layers.iter().flat_map(|layer| layer.chunks(AT_ONCE)) {
        let results: Vec<(State, String, Result<(), Stop>)> = std::thread::scope(|scope| {
            let running: Vec<_> = part.iter().map(|act| scope.spawn(move || upload(crew, act))).collect();
            running.into_iter().map(|one| one.join().unwrap_or_else(|_| died())).collect()
        });
        let mut stop = None;
        for (act, (state, says, result)) in part.iter().zip(results) {
            acted.push(Acted { act: act.clone(), state, says });
            stop = stop.or(result.err());
        }
        if let Some(stop) = stop {
            return Err(stop);
        }
    }
    Ok(())
}

fn died() -> (State, String, Result<(), Stop>) {
    let error = Error::failed("upload-died", "see the end of an upload: its thread died");
    (State::Unknown, String::new(), Err(error.into()))
}

/// What is uploaded.
struct Upload<'a> {
    crew: &'a Crew<'a>,
    act: &'a Act,
    name: &'a str,
    version: &'a Version,
    registry: &'a str,
    checksum: &'a str,
    door: &'a Door,
}

/// Uploads a package and waits for the index.
fn upload(crew: &Crew<'_>, act: &Act) -> (State, String, Result<(), Stop>) {
    let Act::Upload { name, version, registry, checksum, .. } = act else {
        return (State::NotDone, String::new(), Ok(()));
    };
    let Some(door) = crew.doors.get(registry) else {
        let error = Error::failed("registry-unknown", format!("reach {registry}: no door to it was opened"));
        return (State::NotDone, String::new(), Err(error.into()));
    };
    let upload = Upload { crew, act, name, version, registry, checksum, door };
    match upload.send() {
        Ok((state, says)) => match upload.wait() {
            Ok(()) => (state, says, Ok(())),
            Err(stop) => (state, says, Err(stop)),
        },
        Err((state, stop)) => {
            let says = match &stop {
                Stop::Blocked(blocker) => blocker.message.clone(),
                Stop::Failed(error) => error.to_string(),
            };
            (state, says, Err(stop))
        }
    }
}

impl Upload<'_> {
    /// Sends the crate until it is stored, for certain and once.
    fn send(&self) -> Result<(State, String), (State, Stop)> {
        let deadline = Deadline::after(self.crew.wait);
        let mut doubt = self.crew.journal.begun(&self.act.told()).map(|at| left_of(self.crew.settle, at));
        let mut attempt = 0;
        let failed = |state: State| move |error: Error| (state, Stop::from(error));
        loop {
            if let Some(patience) = doubt.take()
                && self.is_stored(patience).map_err(|stop| (State::Unknown, stop))?
            {
                self.crew.end(self.act, journal::DONE, "found on the registry").map_err(failed(State::Found))?;
                return Ok((State::Found, "it was stored already".to_owned()));
            }
            attempt += 1;
            self.crew.stays().map_err(failed(State::NotDone))?;
            self.is_as_judged().map_err(|stop| (State::NotDone, stop))?;
            self.crew.begin(self.act).map_err(failed(State::NotDone))?;
            let stdin = self.crew.lock.shared().map_err(failed(State::NotDone))?;
            let end = |outcome: &str, says: &str| self.crew.end(self.act, outcome, says);
            match publishing::upload(self.crew.yard(), stdin, self.name, self.registry) {
                Uploaded::Stored => {
                    end(journal::DONE, "stored").map_err(failed(State::Done))?;
                    return Ok((State::Done, String::new()));
                }
                Uploaded::AlreadyThere => {
                    end(journal::DONE, "it was there already").map_err(failed(State::Found))?;
                    return Ok((State::Found, "it was stored already".to_owned()));
                }
                Uploaded::Limited(told, says) => {
                    end(journal::NOT_DONE, &says).map_err(failed(State::NotDone))?;
                    self.wait_for_limit(told, &says, &deadline).map_err(|stop| (State::NotDone, stop))?;
                    attempt -= 1;
                }
                Uploaded::Denied(says) => {
                    end(journal::NOT_DONE, &says).map_err(failed(State::NotDone))?;
                    let error = Error::failed("registry-denied", format!("{}: {says}", self.act.told()))
                        .help("give cargo a token that may publish it (cargo login), then repeat the command");
                    return Err((State::NotDone, error.into()));
                }
                Uploaded::Refused(says) => {
                    end(journal::NOT_DONE, &says).map_err(failed(State::NotDone))?;
                    let remedy = "mend what is named, and run and prove the commit that has it";
                    let blocker = Blocker::new("registry-refused", says, remedy).of(self.name);
                    return Err((State::NotDone, blocker.into()));
                }
                Uploaded::Unknown(says) => {
                    end(journal::UNKNOWN, &says).map_err(failed(State::Unknown))?;
                    if attempt >= ATTEMPTS {
                        let error = Error::failed("upload-unknown", format!("{}: {says}", self.act.told()))
                            .help("repeat the command once the registry can be reached: it asks first what was stored");
                        return Err((State::Unknown, error.into()));
                    }
                    (self.crew.talk)(&format!(
                        "{}: {says}; asking the registry whether it was stored",
                        self.act.told()
                    ));
                    doubt = Some(self.crew.settle);
                    std::thread::sleep(PAUSES[0] * 2_u32.pow(attempt));
                }
            }
        }
    }

    /// Packs it once more, as cargo is about to do: an edit that git does not tell of since it was judged does not go out.
    fn is_as_judged(&self) -> Result<(), Stop> {
        let (yard, version) = (self.crew.yard(), self.version.to_string());
        let own = yard.target.join(self.name);
        let packed = publishing::pack(Yard { target: &own, ..yard }, &[(self.name, &version)], false);
        match packed.as_deref() {
            Ok([now]) if now == self.checksum => Ok(()),
            Ok(now) => {
                let message = format!(
                    "{} {version} packs to {} now, and {} was judged: something was edited meanwhile",
                    self.name,
                    now.first().map_or("nothing", String::as_str),
                    self.checksum
                );
                let remedy = "put the files back as the commit has them, also where git status says nothing (git ls-files -v \
                              shows what it leaves out), then repeat the command";
                Err(Blocker::new("bytes-differ", message, remedy).of(self.name).into())
            }
            Err(why) if publishing::is_missing(why) => {
                let message = format!("pack {} {version} before it is uploaded: {why}", self.name);
                Err(Error::failed("package-failed", message).help("repeat the command: it goes on from here").into())
            }
            Err(why) => {
                let message = format!("cargo can't pack {} {version} any more: {why}", self.name);
                let remedy = "put the files back as the commit has them, then repeat the command";
                Err(Blocker::new("package-failed", message, remedy).of(self.name).into())
            }
        }
    }

    /// Asks for as long as the patience lasts whether the registry has the crate: its index, and the file that it hands out.
    fn is_stored(&self, patience: Duration) -> Result<bool, Stop> {
        let deadline = Deadline::after(patience);
        let mut pause = PAUSES[0];
        loop {
            let index = self.on_index();
            let stored = match &index {
                Ok(Some(checksum)) => Ok(Some(checksum.clone())),
                _ => self.door.stored(self.name, self.version, self.checksum),
            };
            match (index, stored) {
                (_, Ok(Some(checksum))) => return self.compare(&checksum).map(|()| true),
                (Ok(_), Ok(None)) if deadline.is_over() => return Ok(false),
                (Err(why), _) | (_, Err(why)) if deadline.is_over() => {
                    let message = format!("learn whether {} {} was stored: {why}", self.name, self.version);
                    return Err(Error::failed("upload-unknown", message)
                        .help("repeat the command once the registry can be reached")
                        .into());
                }
                _ => {}
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(PAUSES[1]);
        }
    }

    /// The checksum of this version on the index.
    fn on_index(&self) -> Result<Option<String>, crate::world::registry::failure::Failure> {
        let entries = self.door.versions(self.name)?;
        Ok(entries.into_iter().find(|entry| entry.version == *self.version).map(|entry| entry.checksum))
    }

    /// Waits until the index shows the version, and compares it with what was packed.
    fn wait(&self) -> Result<(), Stop> {
        let deadline = Deadline::after(self.crew.wait);
        let mut pause = PAUSES[0];
        let mut told = false;
        loop {
            let why = match self.on_index() {
                Ok(Some(checksum)) => return self.compare(&checksum),
                Ok(None) => "it does not show the version yet".to_owned(),
                Err(failure) => failure.to_string(),
            };
            if deadline.is_over() {
                let message = format!(
                    "{} {} was stored, and the index of {} is late: {why}",
                    self.name, self.version, self.registry
                );
                let remedy = "repeat the command later: it goes on from here";
                return Err(Blocker::new("index-late", message, remedy).of(self.name).unproven().into());
            }
            if pause >= PAUSES[1] && !told {
                let most = self.crew.wait.as_secs();
                (self.crew.talk)(&format!(
                    "waiting up to {most} s for the index to show {} {}",
                    self.name, self.version
                ));
                told = true;
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(PAUSES[1]);
        }
    }

    fn compare(&self, checksum: &str) -> Result<(), Stop> {
        let version = self.version.to_string();
        if checksum == self.checksum || self.crew.journal.meant(self.name, &version, self.crew.commit, checksum) {
            return Ok(());
        }
        let message = format!(
            "{} has {} {version} with the checksum {checksum}, and the crate packed from this commit has {}",
            self.registry, self.name, self.checksum
        );
        let remedy = "find out who published it, and give this commit another version; a version is never replaced";
        Err(Blocker::new("checksum-differs", message, remedy).of(self.name).into())
    }

    /// Waits as long as the registry asks for, if there is time.
    fn wait_for_limit(&self, told: Option<Duration>, says: &str, deadline: &Deadline) -> Result<(), Stop> {
        let pause = told.unwrap_or(UNSAID);
        let seconds = pause.as_secs().max(1);
        let until = clock::stamp_of((clock::seconds() + i64::try_from(seconds).unwrap_or(i64::MAX / 2_000)) * 1_000);
        if !deadline.holds(pause) {
            let message = format!("{} asks to wait {seconds} s, until {until}: {says}", self.registry);
            let remedy = format!("repeat the command after {until}: it goes on from here");
            return Err(Blocker::new("rate-limited", message, remedy).of(self.name).unproven().into());
        }
        let asks = if told.is_some() { "asks to wait" } else { "limits us and does not say how long; waiting" };
        (self.crew.talk)(&format!("{} {asks} {seconds} s, until {until}, before {}", self.registry, self.act.told()));
        std::thread::sleep(pause);
        Ok(())
    }
}

/// What is left of a patience that began at a time of the record.
fn left_of(patience: Duration, at: &str) -> Duration {
    let since = clock::seconds_since(at).unwrap_or(0);
    patience.saturating_sub(Duration::from_secs(since))
}
