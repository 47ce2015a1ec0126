//! `recover`: what an interrupted run or store left behind, and what mends it. From the record alone, never from memory.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use serde_json::json;

use crate::commands::governed;
use crate::commands::shown;
use crate::error::Error;
use crate::record::gc;
use crate::record::gc::Keep;
use crate::record::lookup::OpenRun;
use crate::record::recover;
use crate::record::recover::Plan;
use crate::steps::lease;
use crate::world::checkout::Checkout;
use crate::world::clock;

/// How many of the last runs keep their objects when `--gc` removes others.
pub const KEPT_RUNS: usize = 50;

/// What was found, and done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// What the record needs.
    pub plan: Plan,
    /// Whether it was done.
    pub executed: bool,
    /// Objects that were removed, or would be: how many, and their bytes.
    pub collected: Option<(usize, u64)>,
}

impl Recovery {
    /// Says whether something is left to do.
    pub fn is_done(&self) -> bool {
        self.plan.is_empty() || (self.executed && self.plan.tampered.is_none())
    }
}

/// Looks, and with `execute` does.
pub fn recover(folder: &Path, execute: bool, gc: bool) -> Result<Recovery, Error> {
    let checkout = Checkout::open(folder, None)?;
    let site = governed::site(&checkout, &folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf()))?;
    let storage = shown::storage(&site.record);
    let plan = if execute { recover::execute(&storage, Arc::new(clock::stamp))? } else { recover::plan(&storage)? };
    let keep = Keep { runs: KEPT_RUNS, digests: std::collections::BTreeSet::new() };
    let waste = match (gc, execute) {
        (false, _) => None,
        (true, false) => Some(gc::plan(&storage, &keep)?),
        (true, true) => Some(gc::collect(&storage, Arc::new(clock::stamp), &keep)?),
    };
    let collected = waste.map(|waste| (waste.objects.len(), waste.bytes()));
    Ok(Recovery { plan, executed: execute, collected })
}

/// What is said to a person.
pub fn told(recovery: &Recovery) -> String {
    let mut text = String::new();
    let plan = &recovery.plan;
    let (cut, write) = if recovery.executed { ("was cut", "was written") } else { ("will be cut", "will be written") };
    if let Some(tampered) = &plan.tampered {
        let _ = writeln!(text, "altered: {}: {}", tampered.place, tampered.why);
        let _ = writeln!(
            text,
            "  no command mends that: put a copy of the record back, or move the folder away to begin a new one"
        );
    }
    if let Some(end) = &plan.cut {
        let _ = writeln!(text, "torn: {}: {} bytes behind the last good line: {}", end.place(), end.bytes, end.why);
        let _ = writeln!(text, "  the end {cut} and kept as {}", end.quarantine());
    }
    for recovered in &plan.untold {
        let _ = writeln!(
            text,
            "untold: {} was cut by a recovery that did not end; a line about it {write}",
            recovered.quarantine
        );
    }
    if plan.checkpoint_behind {
        let _ = writeln!(text, "checkpoint: it does not cover the last run that ended; a new one {write}");
    }
    if !plan.temporary.is_empty() {
        let gone = if recovery.executed { "were removed" } else { "will be removed" };
        let _ = writeln!(text, "temporary: {} files that a crash left {gone}", plan.temporary.len());
    }
    for open in &plan.unfinished {
        let _ = writeln!(text, "unfinished: {}", unfinished(open));
    }
    if let Some((objects, bytes)) = recovery.collected {
        let gone = if recovery.executed { "were removed" } else { "will be removed" };
        let _ = writeln!(text, "garbage: {objects} objects with {bytes} bytes {gone}");
    }
    let last = match (recovery.is_done(), plan.is_empty(), recovery.executed) {
        (true, true, _) => "nothing is left to do (exit 0)",
        (true, false, _) => "done (exit 0)",
        (false, _, true) => "something is left that no command mends (exit 3)",
        (false, ..) => "`cargo governed recover --execute` does it (exit 3)",
    };
    let _ = writeln!(text, "recover: {last}");
    text
}

fn unfinished(open: &OpenRun) -> String {
    let steps: Vec<&str> = open.steps.iter().map(|step| step.step.as_str()).collect();
    let flight =
        if steps.is_empty() { "no step was in flight".to_owned() } else { format!("in flight: {}", steps.join(", ")) };
    let is_alive = lease::is_alive(&open.lease) || open.steps.iter().any(|step| lease::is_alive(&step.lease));
    let next = if is_alive {
        format!("process {} still runs", open.lease.pid)
    } else {
        "its engine is gone; `cargo governed run --resume` goes on from it".to_owned()
    };
    format!("run {} of {}: {flight}; {next}", open.run, open.at)
}

/// The document `cargo-governed/recover/1`.
pub fn document(recovery: &Recovery) -> Value {
    let plan = &recovery.plan;
    json!({
        "schema": "cargo-governed/recover/1",
        "executed": recovery.executed,
        "done": recovery.is_done(),
        "altered": plan.tampered.as_ref().map(|tampered| json!({ "place": tampered.place, "why": tampered.why })),
        "cut": plan.cut.as_ref().map(|cut| json!({
            "place": cut.place(), "bytes": cut.bytes, "why": cut.why, "quarantine": cut.quarantine(),
        })),
        "checkpoint_behind": plan.checkpoint_behind,
        "temporary": plan.temporary.len(),
        "unfinished": plan.unfinished.iter().map(|open| json!({
            "run": open.run,
            "began": open.at,
            "in_flight": open.steps.iter().map(|step| &step.step).collect::<Vec<_>>(),
            "alive": lease::is_alive(&open.lease),
        })).collect::<Vec<_>>(),
        "collected": recovery.collected.map(|(objects, bytes)| json!({ "objects": objects, "bytes": bytes })),
    })
}
