//! What `recover` says: what was found, and the commands that mend it, in the order in which they are to be run.
//!
//! The commands are the whole advice: a test stages each disaster, runs what is printed and nothing else, and looks again.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use serde_json::json;

use crate::commands::recover::OpenRelease;
use crate::commands::recover::Recovery;
use crate::record::chain;
use crate::record::lookup::OpenRun;
use crate::record::objects;
use crate::record::recover::Plan;
use crate::render::run::words;
use crate::world::record_access::Barred;

/// The most damaged objects that are told one by one.
const TOLD: usize = 8;

/// A command that mends something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// As it is typed.
    pub command: String,
    /// Whether only the administrator may do it.
    pub as_root: bool,
    /// Whether to wait does the same: it ends a process that may be healthy.
    pub or_wait: bool,
}

impl Next {
    fn typed(command: String) -> Self {
        Self { command, as_root: false, or_wait: false }
    }
}

/// The commands that mend what was found, the first first; none where nothing is to be done.
pub fn next(found: &Recovery) -> Vec<Next> {
    let plan = found.left.as_ref().unwrap_or(&found.plan);
    let record = || words::quoted(&found.record.to_string_lossy());
    let mut commands: Vec<Next> = Vec::new();
    let mut say = |command: String| commands.push(Next::typed(command));
    match (&found.closed, &found.barred) {
        (Some(error), _) if error.code == "not-owner" => {
            let folder = words::quoted(error.place.as_deref().unwrap_or_default());
            say(format!("git config --global --add safe.directory {folder}"));
            return commands;
        }
        (_, Some(Barred::Owner { user, group, .. })) => {
            let command = format!("chown -R {user}:{group} {}", record());
            return vec![Next { as_root: true, ..Next::typed(command) }];
        }
        (_, Some(Barred::Mode(_))) => say(format!("chmod -R u+rwX {}", record())),
        _ => {}
    }
    let holder = found.holder.as_ref().and_then(|holder| holder.pid);
    for pid in holder.iter().chain(found.alive.iter().map(|(_, pid)| pid)) {
        commands.push(Next { or_wait: true, ..Next::typed(format!("kill {pid}")) });
    }
    let mut say = |command: String| commands.push(Next::typed(command));
    if found.closed.is_some() || plan.tampered.is_some() {
        say(format!("mv {} {}", record(), words::quoted(&found.aside.to_string_lossy())));
        say("cargo governed run".to_owned());
        return commands;
    }
    let is_cut = found.edits.as_ref().is_some_and(|left| !left.alive);
    let is_littered = found.left.is_none() && (!found.leftovers.is_empty() || is_cut);
    if !plan.is_empty() || is_littered {
        say("cargo governed recover --execute".to_owned());
    }
    if !found.plan.damaged.is_empty() {
        say("cargo governed run --fresh".to_owned());
    } else if let Some(open) = torn(found) {
        // A run of a revision is gone on from on that revision, whatever is checked out.
        let rev = open.revision.as_ref().map_or(String::new(), |revision| format!(" --rev {revision}"));
        // One of another work tree is gone on from there; here a new one begins.
        let resume = if found.elsewhere.contains(&open.run) { "" } else { " --resume" };
        say(format!("cargo governed run{rev}{resume}"));
    }
    if let Some(release) = found.release.as_ref().filter(|release| release.alive.is_none()) {
        let proof =
            release.began.proof.as_ref().map_or(String::new(), |proof| format!(" --proof {}", words::quoted(proof)));
        say(format!("cargo governed release publish --base {}{proof} --execute", words::quoted(&release.began.base)));
    }
    commands
}

/// The last run, where it did not end and its engine is gone. Of earlier ones nothing is to be done: later runs began.
fn torn(found: &Recovery) -> Option<&OpenRun> {
    let plan = found.left.as_ref().unwrap_or(&found.plan);
    let is_alive = |open: &OpenRun| found.alive.iter().any(|(run, _)| *run == open.run);
    // A replay is not gone on from: it says nothing that another one would not.
    let last = plan.unfinished.iter().rev().find(|open| open.replays.is_none());
    last.filter(|open| !plan.ended_since && !is_alive(open))
}

/// What is said to a person.
pub fn told(found: &Recovery) -> String {
    let mut text = String::new();
    opening(&mut text, found);
    let is_executed = found.left.is_some();
    let plan = &found.plan;
    if let Some(tampered) = &plan.tampered {
        let _ = writeln!(text, "altered: {}: {}", tampered.place, tampered.why);
        text.push_str(
            "  no command makes that good: put a copy of the record back, or begin a new one; the old one is kept\n",
        );
    }
    mendable(&mut text, plan, is_executed);
    for leftover in &found.leftovers {
        let gone = if is_executed { "was removed" } else { "will be removed" };
        let root = leftover.root.as_ref().map_or_else(|| "its place".to_owned(), |root| root.display().to_string());
        let _ = writeln!(text, "fresh folder: {root} was left by a run that was killed; it {gone}");
    }
    edits(&mut text, found);
    if plan.tampered.is_none() {
        unfinished(&mut text, found);
    }
    if let Some(release) = &found.release {
        let OpenRelease { began, at, acts, alive } = release;
        let flight = if acts.is_empty() {
            "no act was under way".to_owned()
        } else {
            format!("may have been done: {}", acts.join(", "))
        };
        let next = match alive {
            Some(pid) => format!("process {pid} goes on with it: wait for it"),
            None => "the same command asks what was done, and goes on".to_owned(),
        };
        let _ = writeln!(text, "unfinished: release {} of {at}: {flight}; {next}", began.release);
    }
    if let Some((objects, bytes)) = found.collected {
        let gone = if is_executed { "were removed" } else { "will be removed" };
        let _ = writeln!(text, "garbage: {objects} objects with {bytes} bytes {gone}");
    }
    closing(&mut text, found);
    text
}

/// Files of the work tree that were to change as one set.
fn edits(text: &mut String, found: &Recovery) {
    for line in &found.mended {
        let _ = writeln!(text, "{line}");
    }
    if let Some(left) = found.edits.as_ref().filter(|_| found.mended.is_empty()) {
        let files = left.files.join(", ");
        let _ = if left.alive {
            writeln!(text, "edits: a process is at work on {files}: wait for it")
        } else {
            writeln!(text, "edits: a process was killed while it edited {files}; they will be put back")
        };
    }
}

/// What keeps us from the record.
fn opening(text: &mut String, found: &Recovery) {
    if let Some(error) = &found.closed {
        let help = error.help.as_deref().unwrap_or_default();
        let _ = writeln!(text, "closed: {error}\n  {help}");
    }
    let record = found.record.display();
    let _ = match &found.barred {
        Some(Barred::Owner { owner, user, .. }) => {
            writeln!(text, "owner: {record} is of user {owner}, and this is user {user}: runs can't be recorded")
        }
        Some(Barred::Mode(path)) => {
            writeln!(text, "read-only: {} may not be written: runs can't be recorded", path.display())
        }
        Some(Barred::Filesystem) => writeln!(
            text,
            "read-only: the filesystem of {record} is mounted for reading: mount it for writing, or work on a clone"
        ),
        None => Ok(()),
    };
    if let Some(holder) = &found.holder {
        let who = holder.pid.map_or_else(|| "a process".to_owned(), |pid| format!("process {pid}"));
        let _ = writeln!(text, "locked: {who} holds {}: wait for it, or end it", holder.path.display());
    }
}

/// What `--execute` mends.
fn mendable(text: &mut String, plan: &Plan, is_executed: bool) {
    let did = |will: &'static str, was: &'static str| if is_executed { was } else { will };
    if let Some(end) = &plan.cut {
        let _ = writeln!(text, "torn: {}: {} bytes behind the last good line: {}", end.place(), end.bytes, end.why);
        let _ = writeln!(text, "  the end {} and kept as {}", did("will be cut", "was cut"), end.quarantine());
    }
    for recovered in &plan.untold {
        let write = did("will be written", "was written");
        let quarantine = &recovered.quarantine;
        let _ = writeln!(text, "untold: {quarantine} was cut by a recovery that did not end; a line about it {write}");
    }
    for (damage, run) in plan.damaged.iter().take(TOLD) {
        let what = if damage.altered { "is not what its name says" } else { "is not there" };
        let by = chain::place(damage.n);
        let place = objects::path(&damage.object);
        let _ = writeln!(text, "damaged: {place} {what}; {by} names it");
        let taken =
            if damage.altered { did("it will be kept in quarantine/; ", "it is kept in quarantine/; ") } else { "" };
        let run = run.as_ref().map_or(String::new(), |run| format!(", and run {run} can't be replayed"));
        let _ = writeln!(text, "  {taken}a line {} that it is lost{run}", did("will say", "says"));
    }
    if plan.damaged.len() > TOLD {
        let _ = writeln!(text, "damaged: {} more objects", plan.damaged.len() - TOLD);
    }
    if plan.checkpoint_behind {
        let write = did("will be written", "was written");
        let _ = writeln!(text, "checkpoint: it does not cover the last run that ended; a new one {write}");
    }
    if !plan.temporary.is_empty() {
        let gone = did("will be removed", "were removed");
        let _ = writeln!(text, "temporary: {} files that a crash left {gone}", plan.temporary.len());
    }
}

fn unfinished(text: &mut String, found: &Recovery) {
    let plan = found.left.as_ref().unwrap_or(&found.plan);
    let torn = torn(found).map(|open| open.run.as_str());
    let mut earlier = 0;
    for open in &plan.unfinished {
        let alive = found.alive.iter().find(|(run, _)| *run == open.run);
        let next = match alive {
            Some((_, pid)) => format!("process {pid} goes on with it: wait for it, or end it"),
            None if torn == Some(open.run.as_str()) && found.elsewhere.contains(&open.run) => {
                "its engine is gone; it can be gone on from in its own work tree, which is another one".to_owned()
            }
            None if torn == Some(open.run.as_str()) => "its engine is gone; it can be gone on from".to_owned(),
            None => {
                earlier += 1;
                continue;
            }
        };
        let steps: Vec<&str> = open.steps.iter().map(|step| step.step.as_str()).collect();
        let flight = if steps.is_empty() {
            "no step was in flight".to_owned()
        } else {
            format!("in flight: {}", steps.join(", "))
        };
        let _ = writeln!(text, "unfinished: run {} of {}: {flight}; {next}", open.run, open.at);
    }
    if earlier > 0 {
        let _ =
            writeln!(text, "unfinished: {earlier} earlier, before runs that began later; they stay, and prove nothing");
    }
}

fn closing(text: &mut String, found: &Recovery) {
    let commands = next(found);
    let last = match (found.is_done(), commands.is_empty(), found.left.is_some()) {
        (true, true, true) if !found.plan.is_empty() || !found.leftovers.is_empty() || found.edits.is_some() => {
            "done (exit 0)"
        }
        (true, true, _) => "nothing is left to do (exit 0)",
        (true, false, _) if commands.iter().all(|next| next.or_wait) => {
            "the record is whole (exit 0); to end what goes on, instead of waiting for it:"
        }
        (true, false, _) => "the record is whole (exit 0); to go on:",
        (false, true, _) => "something is left that no command mends (exit 3)",
        (false, false, _) => "to be done, in this order (exit 3):",
    };
    let _ = writeln!(text, "recover: {last}");
    for Next { command, as_root, .. } in commands {
        let prompt = if as_root { '#' } else { '$' };
        let _ = writeln!(text, "  {prompt} {command}");
    }
}

/// The document `cargo-governed/recover/1`.
pub fn document(found: &Recovery) -> Value {
    let plan = &found.plan;
    let path = |path: &Path| path.display().to_string();
    json!({
        "schema": "cargo-governed/recover/1",
        "record": path(&found.record),
        "executed": found.left.is_some(),
        "done": found.is_done(),
        "closed": found.closed.as_ref().map(|error| json!({
            "code": error.code, "message": error.to_string(), "help": error.help,
        })),
        "barred": found.barred.as_ref().map(|barred| match barred {
            Barred::Owner { .. } => "owner",
            Barred::Mode(_) => "mode",
            Barred::Filesystem => "filesystem",
        }),
        "locked": found.holder.as_ref().map(|holder| json!({ "path": path(&holder.path), "pid": holder.pid })),
        "altered": plan.tampered.as_ref().map(|tampered| json!({ "place": tampered.place, "why": tampered.why })),
        "cut": plan.cut.as_ref().map(|cut| json!({
            "place": cut.place(), "bytes": cut.bytes, "why": cut.why, "quarantine": cut.quarantine(),
        })),
        "untold": plan.untold.iter().map(|recovered| &recovered.quarantine).collect::<Vec<_>>(),
        "damaged": plan.damaged.iter().map(|(damage, run)| json!({
            "object": damage.object,
            "what": if damage.altered { "altered" } else { "missing" },
            "named_by": chain::place(damage.n),
            "run": run,
        })).collect::<Vec<_>>(),
        "checkpoint_behind": plan.checkpoint_behind,
        "temporary": plan.temporary.len(),
        "fresh_folders": found.leftovers.iter().map(|leftover| leftover.root.as_deref().map(path)).collect::<Vec<_>>(),
        "edits": found.edits.as_ref().map(|left| json!({ "files": left.files, "alive": left.alive })),
        "unfinished": plan.unfinished.iter().map(|open| json!({
            "run": open.run,
            "began": open.at,
            "in_flight": open.steps.iter().map(|step| &step.step).collect::<Vec<_>>(),
            "alive": found.alive.iter().any(|(run, _)| *run == open.run),
        })).collect::<Vec<_>>(),
        "release": found.release.as_ref().map(|release| json!({
            "release": release.began.release,
            "commit": release.began.commit,
            "began": release.at,
            "acts": release.acts,
            "alive": release.alive.is_some(),
        })),
        "collected": found.collected.map(|(objects, bytes)| json!({ "objects": objects, "bytes": bytes })),
        "next": next(found).into_iter().map(|Next { command, as_root, or_wait }| json!({
            "command": command, "as_root": as_root, "or_wait": or_wait,
        })).collect::<Vec<_>>(),
    })
}
