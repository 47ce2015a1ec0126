//! Ends what descends from this process: whoever loses its parent becomes our child, so what is left has nowhere to hide.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use rustix::io::Errno;
use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::WaitOptions;
use rustix::process::kill_process;
use rustix::process::wait;

use crate::world::process::identity::stat;

/// How long killed processes may take to vanish before they are called survivors.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a process that is just about to end is given before it counts as left behind.
const SETTLING: Duration = Duration::from_millis(50);
/// How often children are asked for.
const BEAT: Duration = Duration::from_millis(2);

/// What a sweep found.
#[derive(Debug, Default)]
pub(super) struct Swept {
    /// Names and ids of what was there and is gone.
    pub(super) left: Vec<String>,
    /// Names and ids of what is still there.
    pub(super) survived: Vec<String>,
}

/// Makes this process the parent of every descendant that loses its own.
pub(super) fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    // A kernel that refuses leaves us with process groups alone, as on other systems.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Ends all descendants: SIGTERM, after `grace` SIGKILL, until none is left. Children that ended are reaped.
///
/// `spared` says which children are to live.
pub(super) fn sweep(grace: Duration, spared: &dyn Fn(u32) -> bool) -> Swept {
    if is_rid(SETTLING, spared) {
        return Swept::default();
    }
    let mut found = BTreeMap::new();
    signal_all(Signal::TERM, spared, &mut found);
    if !is_rid(grace, spared) {
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE {
            signal_all(Signal::KILL, spared, &mut found);
            if is_rid(BEAT * 5, spared) {
                break;
            }
        }
    }
    let survivors = descendants(std::process::id(), spared);
    let mut swept = Swept::default();
    for (pid, name) in found {
        let list = if survivors.contains_key(&pid) { &mut swept.survived } else { &mut swept.left };
        list.push(format!("{name} ({pid})"));
    }
    swept
}

/// Sends a signal to every descendant, and notes who that was.
pub(super) fn signal_all(signal: Signal, spared: &dyn Fn(u32) -> bool, found: &mut BTreeMap<u32, String>) {
    for (pid, name) in descendants(std::process::id(), spared) {
        if let Some(target) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
            let _ = kill_process(target, signal);
            if signal == Signal::TERM {
                // A stopped process sees no SIGTERM before it goes on.
                let _ = kill_process(target, Signal::CONT);
            }
        }
        found.insert(pid, name);
    }
}

/// Waits until there are no children but the spared ones, for as long as `time`.
fn is_rid(time: Duration, spared: &dyn Fn(u32) -> bool) -> bool {
    let begin = Instant::now();
    loop {
        if !reap() || descendants_are_spared(spared) {
            return true;
        }
        if begin.elapsed() >= time {
            return false;
        }
        thread::sleep(BEAT);
    }
}

fn descendants_are_spared(spared: &dyn Fn(u32) -> bool) -> bool {
    // Without a list of processes only the absence of children says that nobody is left.
    cfg!(target_os = "linux") && descendants(std::process::id(), spared).is_empty()
}

/// Takes the children that have ended away; says whether any are left.
fn reap() -> bool {
    loop {
        match wait(WaitOptions::NOHANG) {
            Ok(Some(_)) | Err(Errno::INTR) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

/// The living descendants of a process, by pid with their names. Empty where the system has no `/proc`.
pub(super) fn descendants(root: u32, spared: &dyn Fn(u32) -> bool) -> BTreeMap<u32, String> {
    let mut children: BTreeMap<u32, Vec<(u32, String, bool)>> = BTreeMap::new();
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    for pid in entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()) {
        if let Some(stat) = stat(pid) {
            let is_dead = stat.is_dead();
            children.entry(stat.parent).or_default().push((pid, stat.name, is_dead));
        }
    }
    let mut found = BTreeMap::new();
    let mut open = vec![root];
    while let Some(parent) = open.pop() {
        for (pid, name, is_dead) in children.remove(&parent).unwrap_or_default() {
            if spared(pid) {
                continue;
            }
            open.push(pid);
            if !is_dead {
                found.insert(pid, name);
            }
        }
    }
    found
}
