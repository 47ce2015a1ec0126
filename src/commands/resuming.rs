//! What must hold before a torn run is gone on from: its inputs are as they were. And before any step runs again that was
//! cut short: its half-written outputs are away.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;

use crate::commands::exit;
use crate::commands::shown;
use crate::commands::shown::Opened;
use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::halves::Half;
use crate::record::kept::Past;
use crate::record::store::Store;
use crate::steps::event::Event;
use crate::steps::event::Quarantined;
use crate::steps::event::may_be_one_place;
use crate::steps::listing_text;
use crate::steps::outcome::State;
use crate::steps::plan::Plan;
use crate::steps::sink::Durability;
use crate::steps::sink::Sink;
use crate::steps::verdict::INTERRUPTED;
use crate::world::kept_files;
use crate::world::lying;

/// The most files that an error names.
const NAMED: usize = 5;

/// The last run in this work tree, where it was told to stop: it has an end, and steps that have none.
pub(crate) fn interrupted(record: &Path, past: &Past, here: Option<&Digest>) -> Result<Option<String>, Error> {
    let mut opened = None;
    for run in past.last_runs() {
        let opened = match &opened {
            Some(opened) => opened,
            None => opened.insert(shown::open(record)?),
        };
        let report = opened.report(run)?;
        if !may_be_one_place(report.began.place.as_ref(), here) {
            continue;
        }
        let stopped = report.steps.iter().any(|step| {
            step.state == Some(State::Interrupted) || step.doubts.iter().any(|doubt| doubt.code == INTERRUPTED)
        });
        return Ok((report.has_ended() && stopped).then(|| run.to_owned()));
    }
    Ok(None)
}

/// Refuses where the tree is not the one that the run began on.
pub(crate) fn refuse_edited(record: &Path, run: &str, now: &[u8]) -> Result<(), Error> {
    let opened = shown::open(record)?;
    let report = opened.report(run)?;
    let then = opened.objects.read(&report.began.subject.listing)?;
    let (then, now) = (files(&then), files(now));
    let mut edited: Vec<&str> =
        then.iter().filter(|(path, line)| now.get(*path) != Some(line)).map(|(path, _)| path.as_str()).collect();
    edited.extend(now.keys().filter(|path| !then.contains_key(*path)).map(String::as_str));
    if edited.is_empty() {
        return Ok(());
    }
    let more = edited.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let named = edited.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let message = format!("go on from run {run}: the tree was edited since: {named}{more}");
    Err(Error { exit: exit::UNPROVEN, ..Error::usage("inputs-edited", message) }
        .help("put the files back, or begin a new run: cargo governed run (what had ended is reused by key where it still holds)"))
}

fn files(listing: &[u8]) -> BTreeMap<String, (String, String)> {
    let lines = std::str::from_utf8(listing).ok().and_then(listing_text::parse).unwrap_or_default();
    lines.into_iter().map(|line| (line.path, (line.mode, line.hex))).collect()
}

/// Moves what steps left that were cut short into the record's quarantine, and records that; gives a line for each file.
///
/// They are about to run again, and whoever finds a file there might take it for whole. A file of the tree stays: it is an
/// input, so that what stands in it is known by its digest.
pub(crate) fn put_away(
    (record, root): (&Path, &Path),
    halves: &[Half],
    plan: &Plan,
    is_of_tree: &dyn Fn(&str) -> bool,
    store: &Store,
) -> Result<Vec<String>, Error> {
    let mut away = Vec::new();
    let opened = shown::open(record)?;
    for Half { step, run, .. } in halves {
        for (path, file) in left_of(&opened, root, (run, step), plan)? {
            if is_of_tree(&path) {
                continue;
            }
            let quarantine = kept_files::free(record, &format!("quarantine/{run}/{path}"));
            let event = Quarantined {
                run: run.clone(),
                step: step.clone(),
                path: path.clone(),
                sha256: kept_files::digest(&file).map_err(|why| unmoved(&path, &why))?,
                quarantine: quarantine.clone(),
            };
            // Said before it is done: what vanished from its place can be found by the record, whenever we die.
            store.append(&Event::Quarantined(event), Durability::Now)?;
            let moved = kept_files::move_to(&file, &record.join(&quarantine));
            moved.map_err(|error| unmoved(&path, &error.to_string()))?;
            away.push(format!(
                "put away: {path}: run {run} cut `{step}` short, so it may be half-written; kept in the record as {quarantine}"
            ));
        }
    }
    Ok(away)
}

/// The files that match the outputs of a step as the run had planned it; where that plan is lost, as it is planned now.
fn left_of(
    opened: &Opened,
    root: &Path,
    (run, step): (&str, &str),
    now: &Plan,
) -> Result<Vec<(String, PathBuf)>, Error> {
    let record = opened.record(run)?;
    let planned = record.plan().iter().chain(&now.steps).find(|planned| planned.name == step);
    let found = lying::matching(root, planned.map_or(&[], |planned| &planned.outputs));
    match found.missed.first() {
        Some((place, why)) => Err(unmoved(place, why)),
        None => Ok(found.files),
    }
}

fn unmoved(path: &str, why: &str) -> Error {
    Error::failed("file-unwritable", format!("put {path} into quarantine: {why}"))
        .help("make the file readable, and it and the folder of the record writable")
}
