//! What surrounds an attempt of a step: whether its inputs moved, what it left as evidence, and the canary beside it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;

use crate::commands::left_outputs;
use crate::commands::left_outputs::LeftOutputs;
use crate::commands::moved;
use crate::commands::unnamed;
use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::store::Store;
use crate::steps::event::Doubt;
use crate::steps::event::Event;
use crate::steps::event::Normal;
use crate::steps::event::Stream;
use crate::steps::evidence::archives;
use crate::steps::evidence::canary;
use crate::steps::evidence::canary::Standing;
use crate::steps::evidence::capture::Capture;
use crate::steps::evidence::collapse::Previous;
use crate::steps::evidence::minimum;
use crate::steps::evidence::minimum::Known;
use crate::steps::evidence::report_files;
use crate::steps::evidence::report_files::Found;
use crate::steps::execute;
use crate::steps::execution::Attempted;
use crate::steps::execution::Captured;
use crate::steps::execution::Ground;
use crate::steps::execution::LOCK_APPEARED;
use crate::steps::execution::Left;
use crate::steps::execution::Planned;
use crate::steps::execution::Watch;
use crate::steps::inputs::Globs;
use crate::steps::keys;
use crate::steps::keys::Keyed;
use crate::steps::keys::Keys;
use crate::steps::normal::normaliser::Normaliser;
use crate::steps::normal::places::Places;
use crate::steps::outcome::Output;
use crate::steps::outcome::State;
use crate::steps::prepare::Prepared;
use crate::steps::scrub;
use crate::steps::sink::Durability;
use crate::steps::sink::Sink;
use crate::steps::step::Origin;
use crate::steps::step::Step;
use crate::world::folders::Folders;
use crate::world::kept_files;
use crate::world::lock_file;
use crate::world::lying;
use crate::world::process::interrupt::Interrupt;
use crate::world::random;
use crate::world::snapshot;
use crate::world::snapshot::Snapshot;
use crate::world::stamp;
use crate::world::stamp::Stamp;
use crate::world::stamp::Time;

/// The most files that a doubt names.
const NAMED: usize = 5;

/// Watches over the steps of one run.
pub(crate) struct Watching<'a> {
    /// The files as the keys name them.
    pub(crate) before: Snapshot,
    /// Suites with a harness of their own, which tell nothing.
    pub(crate) silent: Vec<String>,
    /// The paths of the tree.
    pub(crate) files: BTreeSet<String>,
    /// The packages of the main workspace.
    pub(crate) members: Vec<String>,
    /// The folders of the workspaces, the main one first.
    pub(crate) folders: Vec<String>,
    /// When the last attempt of each step began, and how the folders of the tree were then.
    pub(crate) began: Mutex<BTreeMap<String, (Time, Folders)>>,
    /// What was there before an attempt of what may be a report of tests, by step and path.
    pub(crate) touched: Mutex<BTreeMap<String, BTreeMap<String, Option<Stamp>>>>,
    /// The plan, and what its keys were made from.
    pub(crate) prepared: &'a Prepared,
    /// The keys under the lock file that cargo wrote, by its digest.
    pub(crate) locked: Mutex<Option<(Digest, Keys)>>,
    /// What steps leave for those that need them.
    pub(crate) left: LeftOutputs,
    /// What all steps share.
    pub(crate) ground: &'a Ground,
    /// The record.
    pub(crate) sink: &'a dyn Sink,
    /// The tests of the last accepted run, by step.
    pub(crate) previous: BTreeMap<String, Previous>,
    /// Places of this machine, which normalised output names.
    pub(crate) places: Places,
    /// Whether the run must stop.
    pub(crate) interrupt: &'a Interrupt,
    /// What the canaries did, by their command: one is enough for steps with the same.
    pub(crate) canaries: Mutex<BTreeMap<Vec<String>, Standing>>,
}

impl Watch for Watching<'_> {
    fn before(&self, planned: &Planned, _: u32) -> Result<(), Error> {
        let touched = self.found(&planned.step, report_files::is_named).0.into_iter();
        let touched = touched.map(|(path, file)| (path, Stamp::at(&file))).collect();
        self.touched.lock().unwrap_or_else(PoisonError::into_inner).insert(planned.step.name.clone(), touched);
        let began = (stamp::now(), Folders::of(&self.prepared.listing, &self.ground.root));
        self.began.lock().unwrap_or_else(PoisonError::into_inner).insert(planned.step.name.clone(), began);
        self.left.before(&planned.step);
        Ok(())
    }

    fn after(&self, planned: &Planned, _: u32) -> Result<Vec<Doubt>, Error> {
        let globs = Globs::new(planned.step.inputs.as_deref());
        let outputs = Globs::new(Some(&planned.step.outputs));
        // Where no lock file was there, cargo makes one: the key says that there was none.
        let is_made = |path: &str| path == self.prepared.lock_path && !self.prepared.has_lock;
        let counts = |path: &str| globs.holds(path) && !outputs.holds(path) && !is_made(path);
        let now = self.before.relisted(&self.ground.root)?;
        let mut moved = snapshot::moved(&self.before, &now, &counts);
        moved.extend(moved::beside(self.prepared, &planned.step, &globs, &outputs, &self.ground.root));
        moved.sort();
        moved.dedup();
        let doubts = self.left.after(&planned.step);
        if moved.is_empty() {
            return Ok(doubts);
        }
        let more = moved.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let named = moved.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let message = format!("inputs were touched while it ran: {named}{more}");
        Ok([vec![Doubt { code: "inputs-moved".to_owned(), message }], doubts].concat())
    }

    fn left(&self, attempted: &Attempted<'_>) -> Result<Left, Error> {
        let step = &attempted.planned.step;
        let canary = self.canary(attempted.planned)?;
        let mut capture = Capture::with_silent(self.silent.clone());
        capture.feed(Stream::Out, &attempted.captured.out);
        capture.feed(Stream::Err, &attempted.captured.err);
        let captured = capture.finish();
        self.left.ended(step, attempted.state == State::Passed);
        let kept = self.outputs(step, attempted.exit)?;
        let chosen =
            report_files::choose(&kept.reports.iter().map(Report::found).collect::<Vec<_>>(), &captured.run_ids);
        let known = Known {
            junit: chosen.junit.as_ref().map(Result::as_ref),
            archives: archives::wanted(step, &self.members.iter().map(String::as_str).collect::<Vec<_>>()),
            previous: self.previous.get(&step.name),
            canary: canary.as_ref(),
            cut: attempted.captured.cut,
            files: Some(&self.files),
        };
        let mut judged = minimum::judge(step, attempted.exit, &captured, &known);
        judged.evidence.reports = chosen.objects;
        if let Some(results) = &judged.results {
            let bytes = serde_json::to_vec(results).unwrap_or_default();
            judged.evidence.results = Some(self.sink.object(&bytes)?);
        }
        let began = self.began.lock().unwrap_or_else(PoisonError::into_inner).remove(&step.name);
        let (began, folders) = began.unwrap_or_default();
        let passed = unnamed::passed_through(&folders, step, &self.ground.root);
        let (read, unnamed) = unnamed::of(self.prepared, self.ground, &self.folders, step, began);
        let outside = self.outside(step);
        // What was foreseen need not be told by each of its files.
        let outside = if outside.is_empty() { read } else { outside };
        Ok(Left {
            evidence: judged.evidence,
            outputs: kept.files,
            normal: Some(self.normal(step, attempted.captured)?),
            also: self.also(step)?,
            unproven: [judged.unproven, kept.doubts, outside].concat(),
            notes: [judged.notes, kept.notes, self.appeared(step), unnamed, passed].concat(),
        })
    }
}

impl Watching<'_> {
    /// What the step may have read and no key names: the same tree may come to something else elsewhere.
    fn outside(&self, step: &Step) -> Vec<Doubt> {
        let told = self.prepared.keys.steps.get(&step.name).and_then(Keyed::reads_outside);
        let doubt = |told| Doubt {
            code: "inputs-outside".to_owned(),
            message: format!("not all that it may read is in the tree: {told}"),
        };
        told.map(doubt).into_iter().collect()
    }

    /// Whether the lock file that was not there is there now, for a step that is not cargo's: it may have read it or not.
    fn appeared(&self, step: &Step) -> Vec<Doubt> {
        let path = &self.prepared.lock_path;
        let globs = Globs::new(step.inputs.as_deref());
        let hangs = !step.resolves() && keys::hangs_on_lock(step, &globs, path);
        if self.prepared.has_lock || !hangs || Stamp::at(&self.ground.root.join(path)).is_none() {
            return Vec::new();
        }
        let message = format!("{path} appeared before it ended: its result stands in for no other");
        vec![Doubt { code: LOCK_APPEARED.to_owned(), message }]
    }

    /// The key that a step has since cargo wrote the lock file that was not there, with all that it names.
    fn also(&self, step: &Step) -> Result<Option<Digest>, Error> {
        let prepared = self.prepared;
        // Who else found none may have read none, whatever cargo wrote beside it.
        if prepared.has_lock || !step.resolves() {
            return Ok(None);
        }
        let Some(lock) = lock_file::read(&self.ground.root, &prepared.lock_path)? else { return Ok(None) };
        let mut known = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        let digest = Digest::of(&lock);
        if known.as_ref().is_none_or(|(of, _)| *of != digest) {
            *known = Some((digest, prepared.keys_with(&lock)));
        }
        let Some((_, keys)) = known.as_ref() else { return Ok(None) };
        let Some(keyed) = keys.steps.get(&step.name) else { return Ok(None) };
        // A key can't be read without the keys and the files that it names.
        for bytes in keys.objects.values() {
            self.sink.object(bytes)?;
        }
        for need in step.needs.iter().filter_map(|need| keys.steps.get(need)) {
            self.sink.object(&need.bytes)?;
        }
        self.sink.object(&keyed.bytes).map(Some)
    }

    fn normal(&self, step: &Step, captured: &Captured) -> Result<Normal, Error> {
        let normaliser = Normaliser::of(step);
        let keep = |stream, bytes: &[u8]| self.sink.object(&normaliser.apply(stream, bytes, &self.places));
        Ok(Normal {
            by: normaliser.name().to_owned(),
            out: keep(Stream::Out, &captured.out)?,
            err: keep(Stream::Err, &captured.err)?,
        })
    }

    /// The files that the step declares, by the digests of what is kept of them, and those that may be test reports.
    fn outputs(&self, step: &Step, exit: Option<i32>) -> Result<Kept, Error> {
        let mut kept = Kept::default();
        let touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        let before = touched.get(&step.name);
        let (files, missed) = self.found(step, |_| true);
        kept.doubts.extend(missed.iter().map(|(path, why)| unkept(path, why)));
        if exit == Some(0) && matches!(step.origin, Origin::Declared(_)) {
            kept.doubts.extend(left_outputs::unmade(&self.ground.root, step, &files));
        }
        for (path, file) in files {
            let stamp = Stamp::at(&file);
            let written = match kept_files::read(&file) {
                Ok(written) => written,
                Err(why) => {
                    kept.doubts.push(unkept(&path, &why));
                    continue;
                }
            };
            let digest = Digest::of(&written);
            let bytes = scrub::scrubbed(&self.ground.secrets, written);
            let raw = self.sink.object(&bytes)?;
            if raw != digest {
                let message = format!("{path} held a secret: the record keeps it with the secret masked");
                kept.notes.push(Doubt { code: "output-masked".to_owned(), message });
            }
            kept.files.push(Output { path: path.clone(), raw, normal: None });
            if report_files::is_junit(&path, &bytes) {
                let is_fresh = before.and_then(|before| before.get(&path)).is_none_or(|before| *before != stamp);
                kept.reports.push(Report { path, object: raw, bytes, is_fresh });
            }
        }
        Ok(kept)
    }

    /// The files that the globs of a step's outputs match, each once, in order of their paths, and what could not be
    /// looked at.
    fn found(&self, step: &Step, counts: fn(&str) -> bool) -> (BTreeMap<String, PathBuf>, BTreeMap<String, String>) {
        let found = lying::matching(&self.ground.root, &step.outputs);
        let files = found.files.into_iter().filter(|(path, _)| counts(path)).collect();
        (files, found.missed.into_iter().collect())
    }

    /// Runs the canary of a step under the step's own environment, once for each command.
    fn canary(&self, planned: &Planned) -> Result<Option<Standing>, Error> {
        let Some(canary) = canary::plan(&planned.step, &random::nonce(12)) else { return Ok(None) };
        let mut known = self.canaries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(standing) = known.get(&canary.argv) {
            return Ok(Some(standing.clone()));
        }
        let folder = self.ground.root.join(&canary.folder);
        if let Err(error) = kept_files::write_all(&folder, &canary.files) {
            return Ok(Some(Standing::Unread(format!("its folder could not be written: {error}"))));
        }
        let standing = self.release(planned, &folder, &canary);
        kept_files::remove(&folder);
        let standing = standing?;
        known.insert(canary.argv.clone(), standing.clone());
        Ok(Some(standing))
    }

    fn release(&self, planned: &Planned, folder: &Path, canary: &canary::Canary) -> Result<Standing, Error> {
        // What the step needs has passed already, and is no part of this plan.
        let own = planned.step.clone();
        let step = Step {
            argv: canary.argv.clone(),
            attempts: 1,
            needs: Vec::new(),
            outputs: Vec::new(),
            inputs: None,
            ..own
        };
        let planned = Planned { step, ..planned.clone() };
        let ground = Ground { root: folder.to_path_buf(), threads: 1, ..self.ground.clone() };
        let heard = Heard::default();
        execute::execute(&ground, &[planned], &Nowhere, &heard, &|_| {}, self.interrupt)?;
        let (exit, captured) = heard.0.into_inner().unwrap_or_else(PoisonError::into_inner).unwrap_or_default();
        Ok(canary.judge(exit, &captured.out, &captured.err))
    }
}

/// What the record keeps of the files that a step made.
#[derive(Default)]
struct Kept {
    files: Vec<Output>,
    reports: Vec<Report>,
    /// What the step declares and the record does not have.
    doubts: Vec<Doubt>,
    notes: Vec<Doubt>,
}

fn unkept(path: &str, why: &str) -> Doubt {
    Doubt { code: "output-unkept".to_owned(), message: format!("{path} is declared as an output and not kept: {why}") }
}

/// A kept output that may be a report of tests.
struct Report {
    path: String,
    object: Digest,
    bytes: Vec<u8>,
    is_fresh: bool,
}

impl Report {
    fn found(&self) -> Found<'_> {
        Found { path: &self.path, object: self.object, bytes: &self.bytes, is_fresh: self.is_fresh }
    }
}

/// The tests of the last accepted run of each step.
pub(crate) fn previous<'s>(steps: impl Iterator<Item = &'s Step>, store: &Store) -> BTreeMap<String, Previous> {
    let past = store.past();
    let of = |step: &Step| {
        let kept = past.last_accepted(&step.name).ok()??;
        let results = kept.ended.evidence.results.and_then(|object| store.objects().read(&object).ok());
        let results: Vec<_> = results.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Some((step.name.clone(), Previous::new(&kept.ended.run, kept.ended.evidence.tests?, &results)))
    };
    steps.filter_map(of).collect()
}

/// Hears what a canary said.
#[derive(Default)]
struct Heard(Mutex<Option<(Option<i32>, Captured)>>);

impl Watch for Heard {
    fn before(&self, _: &Planned, _: u32) -> Result<(), Error> {
        Ok(())
    }

    fn after(&self, _: &Planned, _: u32) -> Result<Vec<Doubt>, Error> {
        Ok(Vec::new())
    }

    fn left(&self, attempted: &Attempted<'_>) -> Result<Left, Error> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((attempted.exit, attempted.captured.clone()));
        Ok(Left::default())
    }
}

/// Takes what a canary does, of which the record keeps only the standing.
struct Nowhere;

impl Sink for Nowhere {
    fn object(&self, bytes: &[u8]) -> Result<Digest, Error> {
        Ok(Digest::of(bytes))
    }

    fn append(&self, _: &Event, _: Durability) -> Result<u64, Error> {
        Ok(0)
    }
}
