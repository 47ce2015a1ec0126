//! `prove --merge`: joins the records of several machines into one run with one verdict, and records it.
//!
//! A job that is missing, skipped or cancelled has left no record, and that is all that counts: what the service says of
//! its jobs is not asked.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::commands::exit;
use crate::commands::governed;
use crate::commands::judging;
use crate::commands::packing;
use crate::commands::policy;
use crate::commands::reporting;
use crate::commands::shown;
use crate::error::Error;
use crate::facts::digest::Digest;
use crate::facts::policy::gate::Machines;
use crate::record::export;
use crate::record::export::Export;
use crate::record::export::Unusable;
use crate::record::join;
use crate::record::named;
use crate::record::part::Part;
use crate::record::report::Source;
use crate::record::store::Store;
use crate::render::run::Shown;
use crate::steps::event::CheckSummary;
use crate::steps::event::Event;
use crate::steps::event::JudgedRun;
use crate::steps::event::RunBegan;
use crate::steps::event::RunEnded;
use crate::steps::event::ShardJoined;
use crate::steps::lease;
use crate::steps::outcome::State;
use crate::steps::plan_object;
use crate::steps::replaced;
use crate::steps::sink::Durability;
use crate::steps::sink::Sink;
use crate::world::checkout::Checkout;
use crate::world::disk_storage::DiskStorage;
use crate::world::export_folder;
use crate::world::storage::Storage;

/// What is joined: the exports, their parts in the same order, and what the rules came to.
struct Gathered {
    exports: Vec<Export>,
    parts: Vec<Part>,
    check: CheckSummary,
    quorum: Option<u32>,
}

/// Joins the runs that are exported at or below these folders, or as these files.
pub(crate) fn merge(folder: &Path, from: &[PathBuf]) -> Result<Shown, Error> {
    let checkout = Checkout::open(folder, None)?;
    let site = governed::site(&checkout, &folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf()))?;
    let gathered = gather(from)?;
    let store = Store::in_folder(&site.record)?;
    let run = begin(&store, &gathered)?;
    conclude(&site.record, &store, &run, gathered)?;
    shown::writing(&site.record, &store).shown(&run)
}

/// Reads the exports, and refuses where one is not what was written or they are not of one run. All is told at once.
fn gather(from: &[PathBuf]) -> Result<Gathered, Error> {
    let (mut exports, mut refusals): (Vec<Export>, Vec<Error>) = (Vec::new(), Vec::new());
    for path in from {
        // One file, or folders of exports.
        if path.is_file() {
            take(path, packing::read(path)?, &mut exports, &mut refusals);
            continue;
        }
        for folder in export_folder::find(path)? {
            let storage: Arc<dyn Storage> = Arc::new(DiskStorage::foreign(&folder));
            take(&folder, export::take(&storage, None)?, &mut exports, &mut refusals);
        }
    }
    exports.sort_by_key(|export| order(&export.part));
    // The same record from two folders is one record.
    exports.dedup_by_key(|export| export.part.lines.last().map_or(Digest::ZERO, |line| line.digest));
    let parts: Vec<Part> = exports.iter().map(|export| export.part.clone()).collect();
    refusals.extend(join::strangers(&parts).into_iter().map(|stranger| {
        refused(stranger.code, format!("join {}", stranger.message))
            .help("join only what was made of one commit, under one policy and one plan")
    }));
    // What is certain comes first: its exit code is the one that counts.
    refusals.sort_by_key(|refusal| refusal.exit != exit::REFUSED);
    let mut refusals = refusals.into_iter();
    if let Some(first) = refusals.next() {
        return Err(Error { also: refusals.collect(), ..first });
    }
    let check = join::join(&parts, None).check.ok_or_else(|| {
        let error = Error::usage("no-shards", "find the record of a run in what is to be joined".to_owned());
        Error { exit: exit::UNPROVEN, ..error }
            .help("`cargo governed run --shard I/N` leaves one in target/governed/shard-I-of-N: hand its folder over")
    })?;
    let quorum = quorum(&exports)?;
    Ok(Gathered { exports, parts, check, quorum })
}

/// How many machines must agree, by `[gate.merge] machines` of the policy of the runs; none where all must.
fn quorum(exports: &[Export]) -> Result<Option<u32>, Error> {
    let Some(first) = exports.first() else { return Ok(None) };
    let began = &first.part.began;
    let Some(digest) = named::policy(&began.policy) else { return Ok(None) };
    let text = first.object(&digest).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| {
        let error =
            Error::usage("policy-missing", format!("read the policy of run {}: it was not handed over", began.run));
        Error { exit: exit::UNPROVEN, ..error }.help("run it again: what `run` writes holds the policy")
    })?;
    let policy = policy::of_text(began.policy.path.as_deref().unwrap_or_default(), &text)?;
    Ok(match policy.merge_gate.machines.map(|machines| machines.value) {
        Some(Machines::Quorum(count)) => Some(count),
        Some(Machines::Unanimous) | None => None,
    })
}

fn take(place: &Path, taken: Result<Export, Unusable>, exports: &mut Vec<Export>, refusals: &mut Vec<Error>) {
    match taken {
        Ok(export) if !export.part.began.joins.is_empty() => {
            let message = format!("join {}: run {} joins others already", place.display(), export.part.began.run);
            refusals.push(refused("shard-is-joined", message).help("join what the machines themselves exported"));
        }
        Ok(export) => exports.push(export),
        Err(unusable) => refusals.push(refusal(place, &unusable)),
    }
}

fn order(part: &Part) -> (u32, String, String) {
    (part.shard().index, part.report.at.clone(), part.began.run.clone())
}

fn refused(code: &'static str, message: String) -> Error {
    Error { exit: exit::REFUSED, ..Error::usage(code, message) }
}

fn refusal(folder: &Path, unusable: &Unusable) -> Error {
    let folder = folder.display();
    match unusable {
        Unusable::Altered(place, why) => refused("shard-altered", format!("join {folder}: {place}: {why}"))
            .help("hand over what `run` wrote, as it is"),
        Unusable::Unfinished => {
            let error = Error::usage("shard-unfinished", format!("join {folder}: no run ends with its last line"));
            Error { exit: exit::UNPROVEN, ..error }.help("run that shard again")
        }
    }
}

/// Records that a run begins which joins the others, and what it joins.
fn begin(store: &Store, gathered: &Gathered) -> Result<String, Error> {
    for export in &gathered.exports {
        for object in &export.objects {
            store.object(&export.object(object)?)?;
        }
    }
    let run = governed::new_name();
    let first = &gathered.parts[0].began;
    let began = RunBegan {
        run: run.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        machine: governed::machine(),
        lease: lease::engine(),
        shard: None,
        chosen_of: None,
        resumes: None,
        place: None,
        joins: gathered.parts.iter().map(|part| part.began.run.clone()).collect(),
        quorum: gathered.quorum,
        overridden: gathered.parts.iter().find_map(|part| part.began.overridden.clone()),
        ..first.clone()
    };
    store.append(&Event::RunBegan(began), Durability::Now)?;
    for export in &gathered.exports {
        let joined = ShardJoined {
            run: run.clone(),
            shard: export.part.began.shard,
            from: export.part.began.run.clone(),
            lines: store.object(&export.bytes)?,
            took: took(&export.part),
        };
        store.append(&Event::ShardJoined(joined), Durability::Now)?;
    }
    Ok(run)
}

fn took(part: &Part) -> BTreeMap<String, u64> {
    let steps = part.report.steps.iter();
    let executed = steps.filter(|step| step.source == Some(Source::Executed) && step.state == Some(State::Passed));
    executed.map(|step| (step.step.clone(), step.duration_ms)).collect()
}

/// Judges the run from what is recorded now, and ends it.
fn conclude(record: &Path, store: &Store, run: &str, gathered: Gathered) -> Result<(), Error> {
    let Gathered { parts, check, .. } = gathered;
    let Shown { report, check: document, .. } = shown::writing(record, store).shown(run)?;
    let plan = plan_object::parse(&store.objects().read(&report.began.plan)?).unwrap_or_default();
    let (checked, replaced) = judging::checked(store.objects(), Some(&check));
    let claims = judging::claims(store.objects(), &check, &plan, &report);
    let (verdict, because) = judging::of(checked, &replaced::deciding(replaced, &plan), &claims, &report);
    let junit = Some(reporting::junit(store, &report, document.as_ref())?);
    let verdict = verdict.as_str().to_owned();
    let judged = JudgedRun { run: run.to_owned(), check, verdict: verdict.clone(), because, junit };
    store.append(&Event::Judged(judged), Durability::Soon)?;
    let ended = RunEnded {
        run: run.to_owned(),
        verdict,
        // Machines work side by side: the slowest says how long it took.
        duration_ms: parts.iter().filter_map(|part| part.report.duration_ms).max().unwrap_or_default(),
        certifiable: report.certifiable && parts.iter().all(|part| part.report.certifiable),
    };
    store.append(&Event::RunEnded(ended), Durability::Now)?;
    store.checkpoint().map(|_| ())
}
