//! The shepherd's own life: it starts a keeper for each step, passes on what steps write, and outlives the engine just
//! long enough to see that no step does.

use std::collections::BTreeMap;
use std::io;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::os::fd::AsFd;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use rustix::net::Shutdown;
use rustix::net::shutdown;
use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::WaitOptions;
use rustix::process::kill_process;
use rustix::process::kill_process_group;
use rustix::process::waitpid;

use crate::world::process::spec::Launch;
use crate::world::process::spec::Pipe;
use crate::world::process::sweep;
use crate::world::process::verb;
use crate::world::process::wire;
use crate::world::process::wire::Order;
use crate::world::process::wire::Word;

/// How long the output of an ended step may stay open before it is given up: somebody else holds it then.
const DRAIN: Duration = Duration::from_secs(1);
/// How long keepers may take, beyond the grace of their steps, once the engine is gone.
const LAST_PATIENCE: Duration = Duration::from_secs(8);

/// A step that runs.
struct Keeper {
    pid: u32,
    socket: UnixStream,
    grace: Duration,
}

/// What the threads share.
struct Fold {
    engine: Mutex<UnixStream>,
    keepers: Mutex<BTreeMap<u32, Keeper>>,
    changed: Condvar,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does the hidden verb; gives the exit code, which nobody reads.
pub(super) fn run() -> u8 {
    u8::from(tend().is_err())
}

fn tend() -> io::Result<()> {
    sweep::adopt_orphans();
    let engine = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut orders = BufReader::new(engine.try_clone()?);
    let fold = Arc::new(Fold { engine: Mutex::new(engine), keepers: Mutex::default(), changed: Condvar::new() });
    while let Ok(Some(order)) = wire::read_line::<Order>(&mut orders) {
        match order {
            Order::Start(step, launch) => {
                if let Err(error) = start(&fold, step, &launch) {
                    fold.say(step, &Word::Unstarted(error.to_string()));
                }
            }
            Order::End(step) => fold.end(step),
        }
    }
    fold.end_all();
    Ok(())
}

impl Fold {
    /// Tells the engine; if it is gone, the end of the orders says so too.
    fn say(&self, step: u32, word: &Word) {
        let _ = wire::write_word(&mut *locked(&self.engine), step, word);
    }

    fn end(&self, step: u32) {
        if let Some(keeper) = locked(&self.keepers).get(&step) {
            let _ = (&keeper.socket).write_all(b".");
        }
    }

    /// Ends every step and waits until none is left; then whatever is, is killed.
    fn end_all(&self) {
        let mut keepers = locked(&self.keepers);
        let grace = keepers.values().map(|keeper| keeper.grace).max().unwrap_or_default();
        for keeper in keepers.values() {
            let _ = shutdown(&keeper.socket, Shutdown::Write);
        }
        let begin = Instant::now();
        while !keepers.is_empty() && begin.elapsed() < grace + LAST_PATIENCE {
            keepers = self
                .changed
                .wait_timeout(keepers, Duration::from_millis(100))
                .map_or_else(|poisoned| poisoned.into_inner().0, |(keepers, _)| keepers);
        }
        for keeper in keepers.values() {
            kill(keeper.pid, false);
        }
        drop(keepers);
        sweep::sweep(Duration::ZERO, &|_| false);
    }
}

fn kill(pid: u32, whole_group: bool) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = if whole_group { kill_process_group(pid, Signal::KILL) } else { kill_process(pid, Signal::KILL) };
    }
}

/// Starts a keeper and the threads that listen to it and to its step.
fn start(fold: &Arc<Fold>, step: u32, launch: &Launch) -> io::Result<()> {
    let (ours, theirs) = UnixStream::pair()?;
    // What runs is what started: the file of this program may have been replaced since.
    let program = if cfg!(target_os = "linux") { "/proc/self/exe".into() } else { std::env::current_exe()? };
    let mut command = Command::new(program);
    command.arg(verb::KEEPER).env_clear().stdin(OwnedFd::from(theirs)).stdout(Stdio::piped()).stderr(Stdio::piped());
    let begin = Instant::now();
    let mut child = command.spawn()?;
    // Its copy of the other end must not outlive it here.
    drop(command);
    let keeper = Keeper { pid: child.id(), socket: ours.try_clone()?, grace: launch.grace };
    locked(&fold.keepers).insert(step, keeper);
    wire::write_line(&mut &ours, launch)?;
    let (done, is_done) = mpsc::channel();
    if let Some(out) = child.stdout.take() {
        pass_on(fold, step, Pipe::Out, out, begin, done.clone());
    }
    if let Some(err) = child.stderr.take() {
        pass_on(fold, step, Pipe::Err, err, begin, done);
    }
    let (fold, pid) = (Arc::clone(fold), child.id());
    thread::spawn(move || listen(&fold, step, pid, ours, &is_done));
    Ok(())
}

/// Passes on what a step writes, in a thread of its own; `done` is dropped at the end.
fn pass_on(
    fold: &Arc<Fold>,
    step: u32,
    pipe: Pipe,
    mut from: impl Read + Send + 'static,
    begin: Instant,
    done: mpsc::Sender<()>,
) {
    let fold = Arc::clone(fold);
    thread::spawn(move || {
        let mut piece = vec![0; wire::PIECE];
        loop {
            let length = match from.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => break,
            };
            let at_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
            if wire::write_output(&mut *locked(&fold.engine), step, pipe, at_ms, &piece[..length]).is_err() {
                break;
            }
        }
        drop(done);
    });
}

/// Listens to a keeper until it goes, and tells the engine how the step ended once all its output has been passed on.
fn listen(fold: &Fold, step: u32, pid: u32, socket: UnixStream, is_done: &mpsc::Receiver<()>) {
    let mut words = BufReader::new(socket);
    let mut group = None;
    let mut last = None;
    while let Ok(Some(word)) = wire::read_line::<Word>(&mut words) {
        match word {
            Word::Began { ref process, .. } => {
                group = Some(process.pid);
                fold.say(step, &word);
            }
            word => last = Some(word),
        }
    }
    let last = last.unwrap_or_else(|| lost(fold, pid, group));
    let _ = is_done.recv_timeout(DRAIN);
    reap(pid);
    // The engine may start the next step at once; it must not find this one among the living.
    locked(&fold.keepers).remove(&step);
    fold.say(step, &last);
    fold.changed.notify_all();
}

/// A keeper was killed: its step and all orphans are ours now. Who has a keeper has no orphan here.
fn lost(fold: &Fold, pid: u32, group: Option<u32>) -> Word {
    reap(pid);
    if let Some(group) = group {
        kill(group, true);
    }
    let spared = |other: u32| other != pid && locked(&fold.keepers).values().any(|keeper| keeper.pid == other);
    let swept = sweep::sweep(Duration::ZERO, &spared);
    Word::Lost { left: [swept.left, swept.survived].concat() }
}

fn reap(pid: u32) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = waitpid(Some(pid), WaitOptions::empty());
    }
}
