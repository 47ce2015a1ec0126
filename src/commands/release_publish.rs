//! `release publish`: the gate first; then what every witness says, what is left to do, and, with --execute, doing it. The
//! dry run and the real one take the same way to the same decision.

use std::path::Path;
use std::path::PathBuf;

use crate::commands::exit;
use crate::commands::gating;
use crate::commands::gating::Asked as GateAsked;
use crate::commands::gating::Judged;
use crate::commands::release_api;
use crate::commands::release_assets::Owner;
use crate::commands::release_crew::Crew;
use crate::commands::release_crew::Stop;
use crate::commands::release_forge::Wanted;
use crate::commands::release_ground;
use crate::commands::release_ground::Options;
use crate::commands::release_ground::Read;
use crate::commands::release_look;
use crate::commands::release_look::Candidate;
use crate::commands::release_said;
use crate::commands::release_site::How;
use crate::commands::release_site::Site;
use crate::commands::release_site::View;
use crate::commands::release_status;
use crate::commands::release_upload;
use crate::commands::signing;
use crate::error::Error;
use crate::error::FAILED;
use crate::facts::kind::Kind;
use crate::gate::act::Act as GateAct;
use crate::gate::code::Code;
use crate::judge::report::Source;
use crate::release::order;
use crate::release::plan::Blocker;
use crate::release::publishing::act::Act;
use crate::release::publishing::journal::Journal;
use crate::release::publishing::report::Acted;
use crate::release::publishing::report::Report;
use crate::release::publishing::report::State;
use crate::release::publishing::seen::Package;
use crate::release::publishing::settle::Stands;
use crate::world::checkout::Checkout;
use crate::world::process::git;
use crate::world::release_lock::ReleaseLock;

/// Publishes the release of the commit that is checked out, or says what that would do.
pub(crate) fn publish(folder: &Path, how: &How<'_>) -> Result<Report, Error> {
    let judged = gate(folder, how)?;
    if judged.dirty {
        return Err(dirty());
    }
    let mut report = Report {
        execute: how.execute,
        commit: judged.commit.clone().unwrap_or_default(),
        base: how.base.clone(),
        decision: judged.decision,
        ..Report::default()
    };
    if !report.decision.allows() {
        return Ok(report);
    }
    let read = read(folder)?;
    let root = admit(&read, &report.commit)?;
    report.blockers = own_authority(&root, how, &judged.tip, &report.commit)
        .into_iter()
        .chain(bytes(folder, &report.commit)?)
        .collect();
    if !report.blockers.is_empty() {
        return Ok(report);
    }
    let mut site = Site::open(folder, root, how, &read, &report.commit, judged.proof.map(PathBuf::from))?;
    // Whatever an interrupted command began ends before anything is asked.
    let lock = if how.execute {
        let waiting = || (how.talk)("another release, or an upload it began, still runs: waiting for its end");
        Some(ReleaseLock::take(&site.record, how.wait, &waiting)?)
    } else {
        None
    };
    let Some(mut candidates) = site.candidates(&read, &mut report)? else { return Ok(report) };
    let journal = site.journal()?;
    let mut view = site.view(&read, &candidates, &journal);
    if view.settled.stands.iter().any(|stands| matches!(stands, Stands::Earlier(_))) {
        if !site.pack_without_earlier(&read, &mut candidates, &view, &mut report) {
            return Ok(report);
        }
        view = site.view(&read, &candidates, &journal);
    }
    site.tell(&read, &view, &mut report);
    let Some(lock) = lock.filter(|_| report.blockers.is_empty() && !report.acts.is_empty()) else { return Ok(report) };
    report.acts.clear();
    site.execute(&read, &lock, &candidates, &view, &journal, &mut report)?;
    Ok(report)
}

/// Asks the gate, as `gate release` does. Once tags are made, the claims are those of before: then it is asked as before.
fn gate(folder: &Path, how: &How<'_>) -> Result<Judged, Error> {
    let (act, base, proof) = (GateAct::Release, how.base.clone(), how.proof.clone());
    let asked = GateAsked { folder: folder.to_path_buf(), act, base, proof, rev: None };
    let judged = gating::decide(&asked)?;
    // With the first tag of all, what was unproven or absent for want of tags can be judged, and the other way round.
    let of_tags =
        [Code::ClaimDiffers, Code::NotRecomputed, Code::ClaimMissing, Code::ClaimRefuted, Code::ClaimUnproven];
    if judged.decision.allows() || !judged.decision.because.iter().any(|refusal| of_tags.contains(&refusal.code)) {
        return Ok(judged);
    }
    let read = read(folder)?;
    let (indices, _) = release_status::chosen(&read, &how.packages)?;
    let before = gating::decide_untagged(&asked, &release_look::tag_names(&read, &indices))?;
    Ok(if before.decision.allows() { before } else { judged })
}

/// The exit code of a report.
pub(crate) fn code(report: &Report) -> u8 {
    match report.verdict() {
        "accepted" => exit::ACCEPTED,
        "refused" => exit::REFUSED,
        "failed" => report.failure.as_ref().map_or(FAILED, |error| error.exit),
        _ => exit::UNPROVEN,
    }
}

/// The kinds of files that releases are published from: no source.
fn is_told(kind: Kind) -> bool {
    matches!(kind, Kind::Manifest | Kind::Changelog | Kind::Policy)
}

fn read(folder: &Path) -> Result<Read, Error> {
    release_ground::read(&Options { folder: folder.to_path_buf(), rev: None, config: None }, is_told)
}

/// Only what is committed, and what the gate has judged, comes out.
fn admit(read: &Read, commit: &str) -> Result<PathBuf, Error> {
    let subject = read.examined.subject();
    let Some(root) = read.examined.root.clone().filter(|_| subject.source == Source::Worktree) else {
        return Err(
            Error::usage("no-worktree", "publish a release: there is no git work tree").help("run inside a clone")
        );
    };
    if subject.dirty {
        return Err(dirty());
    }
    if subject.revision.as_deref() != Some(commit) {
        return Err(Error::usage("moved", "publish a release: HEAD has moved while the gate decided").help("repeat it"));
    }
    Ok(root)
}

fn dirty() -> Error {
    Error::usage("dirty", "publish a release: the work tree has changes that are in no commit")
        .help("commit or put them away (git stash), so that what comes out is what was proved")
}

/// What speaks against a base that is the very commit that comes out: its policy and its signers judge themselves, unless the
/// commit is one that the remote has taken.
fn own_authority(root: &Path, how: &How<'_>, tip: &str, commit: &str) -> Option<Blocker> {
    let variables = std::env::vars_os().collect();
    let taken = || {
        let words = ["for-each-ref", "--count=1", "--contains", commit, "refs/remotes"];
        git::run(root, &words, &variables).is_ok_and(|found| !found.trim().is_empty())
    };
    (tip == commit && !taken()).then(|| {
        let message =
            format!("the base {} is the very commit that is to come out, and no branch of a remote has it", how.base);
        let remedy = "name the branch that decides (--base origin/main), or push this commit to it first";
        Blocker::new("own-authority", message, remedy)
    })
}

/// What speaks against files that are not what their commit holds, though git says nothing.
fn bytes(folder: &Path, commit: &str) -> Result<Option<Blocker>, Error> {
    let (here, held) = (Checkout::open(folder, None)?, Checkout::open(folder, Some(commit))?);
    Ok(signing::unfiltered(&here, &held)?.map(|path| {
        let message =
            format!("the bytes of {path} are not those that the commit holds, and git takes them for the same");
        let remedy = "take the attribute away that changes them (git check-attr -a), and check the file out again";
        Blocker::new("bytes-differ", message, remedy)
    }))
}

/// The packages of a release on the forge.
fn of_forge(act: &Act) -> &[usize] {
    match act {
        Act::ForgeRelease { packages, .. } => packages,
        _ => &[],
    }
}

impl Site<'_> {
    /// Puts into the report what was seen, and what would be done.
    fn tell(&self, read: &Read, view: &View, report: &mut Report) {
        let acted = |act: &Act| Acted { act: act.clone(), state: State::Would, says: String::new() };
        report.acts = view.settled.acts.iter().map(acted).collect();
        report.blockers.clone_from(&view.settled.blockers);
        report.blockers.extend(release_api::unproven(
            read,
            view.settled.acts.as_slice(),
            &view.versions,
            self.proof.as_deref(),
        ));
        report.stands.clone_from(&view.settled.stands);
        report.packages.clone_from(&view.packages);
        if report.acts.is_empty() && report.blockers.is_empty() {
            report.blockers = self.disagreements(read, view);
        }
    }

    /// What the witnesses say against the end, once nothing is left to do.
    fn disagreements(&self, read: &Read, view: &View) -> Vec<Blocker> {
        let of =
            |(package, stands): (&Package, &Stands)| (!matches!(stands, Stands::Earlier(_))).then_some(package.index);
        let indices: Vec<usize> = view.packages.iter().zip(&view.settled.stands).filter_map(of).collect();
        let outside = release_look::outside(&view.packages, &view.versions, self.places.remote.as_deref());
        let states = release_status::of(read, &indices, &outside);
        release_said::disagreements(&states)
    }

    fn execute(
        &self,
        read: &Read,
        lock: &ReleaseLock,
        candidates: &[Candidate],
        view: &View,
        journal: &Journal,
        report: &mut Report,
    ) -> Result<(), Error> {
        let store = crate::record::store::Store::in_folder(&self.record)?;
        let release = release_said::begin(&store, self, &view.packages, &view.settled.stands)?;
        report.release = Some(release.clone());
        let crew = Crew {
            store: &store,
            lock,
            release: &release,
            commit: &self.commit,
            root: &self.root,
            target: self.target.clone(),
            variables: &self.places.variables,
            doors: &self.places.doors,
            forge: self.places.forge.as_ref().ok(),
            journal,
            wait: self.how.wait,
            settle: self.how.settle,
            talk: self.how.talk,
        };
        let stop = self.acts(&crew, read, view, &mut report.acts).err();
        // What was not reached is told as it was planned.
        let reached: Vec<Act> = report.acts.iter().map(|acted| acted.act.clone()).collect();
        let left = view.settled.acts.iter().filter(|act| !reached.contains(act));
        report.acts.extend(left.map(|act| Acted { act: act.clone(), state: State::NotDone, says: String::new() }));
        match stop {
            Some(Stop::Blocked(blocker)) => report.blockers.push(*blocker),
            Some(Stop::Failed(error)) => report.failure = Some(*error),
            None => self.look_again(candidates, report)?,
        }
        if let Err(error) = release_said::end(&store, &release, report) {
            report.failure = report.failure.take().or(Some(error));
        }
        Ok(())
    }

    fn acts(&self, crew: &Crew<'_>, read: &Read, view: &View, acted: &mut Vec<Acted>) -> Result<(), Stop> {
        let acts = view.settled.acts.as_slice();
        let uploads: Vec<Act> = acts.iter().filter(|act| matches!(act, Act::Upload { .. })).cloned().collect();
        let index = |act: &Act| match act {
            Act::Upload { index, .. } => Some(*index),
            _ => None,
        };
        let indices: Vec<usize> = uploads.iter().filter_map(index).collect();
        let layers = order::layers(&read.examined.facts.cargo, &indices).map_err(|_| {
            let message = "order the uploads: packages that are left need each other";
            Stop::Failed(Box::new(Error::failed("circle", message)))
        })?;
        let find = |wanted: &usize| uploads.iter().find(|act| index(act) == Some(*wanted)).cloned();
        let layers: Vec<Vec<Act>> = layers.iter().map(|layer| layer.iter().filter_map(find).collect()).collect();
        release_upload::layers(crew, &layers, acted)?;
        let facts = &read.examined.facts;
        let owners: Vec<Owner> = view.packages.iter().map(|package| Owner::of(facts, package.index)).collect();
        let released: Vec<usize> = acts.iter().flat_map(of_forge).copied().collect();
        if !released.is_empty() {
            for name in self.how.assets.left(&owners, &released) {
                (self.how.talk)(&format!("{name} goes to no release: by its name it is of none that comes out now"));
            }
        }
        for act in acts.iter().filter(|act| !matches!(act, Act::Upload { .. })) {
            let assets = match of_forge(act) {
                [] => Vec::new(),
                packages => self.how.assets.of(&owners, packages).map_err(|error| Stop::Failed(Box::new(error)))?,
            };
            let wanted = |act: &Act| {
                let wanted = release_said::wanted(read, act, &self.commit)?;
                Some(Wanted { assets: assets.clone(), ..wanted })
            };
            let (state, says, result) = crew.act(act, &wanted);
            acted.push(Acted { act: act.clone(), state, says });
            result?;
        }
        Ok(())
    }

    /// Asks every witness once more: it is done when nothing is left to do and all of them agree.
    fn look_again(&self, candidates: &[Candidate], report: &mut Report) -> Result<(), Error> {
        let read = read(self.folder)?;
        let view = self.view(&read, candidates, &self.journal()?);
        report.stands.clone_from(&view.settled.stands);
        report.packages.clone_from(&view.packages);
        report.blockers.clone_from(&view.settled.blockers);
        for act in &view.settled.acts {
            let message = format!("all acts were done, and a witness still asks for one: {}", act.told());
            report
                .blockers
                .push(Blocker::new("unfinished", message, "repeat the command: it goes on from here").unproven());
        }
        if report.blockers.is_empty() {
            report.blockers = self.disagreements(&read, &view);
        }
        Ok(())
    }
}
