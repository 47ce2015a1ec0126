//! The keeper: the process between the shepherd and one step. It confines, starts, watches and ends the step, and all that
//! descends from it, and goes when nothing of it is left.
//!
//! Its standard input is a socket to the shepherd: the launch comes first; another byte or the end of the stream ends the
//! step. Its output and errors are the step's.

use std::collections::BTreeMap;
use std::io;
use std::io::BufReader;
use std::io::Read;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::RecvTimeoutError;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use rustix::io::Errno;
use rustix::net::Shutdown;
use rustix::net::shutdown;
use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::WaitOptions;
use rustix::process::WaitStatus;
use rustix::process::kill_process_group;
use rustix::process::wait;

use crate::world::process::identity::Identity;
use crate::world::process::identity::stat;
use crate::world::process::spec::Ended;
use crate::world::process::spec::EndedBy;
use crate::world::process::spec::Launch;
use crate::world::process::spec::Reached;
use crate::world::process::sweep;
use crate::world::process::wire;
use crate::world::process::wire::Word;

/// Does the hidden verb; gives the exit code, which nobody reads.
pub(super) fn run() -> u8 {
    u8::from(keep().is_err())
}

fn keep() -> io::Result<()> {
    sweep::adopt_orphans();
    // Without a terminal nobody can wait for an answer of it, or be stopped by it.
    let _ = rustix::process::setsid();
    let mut channel = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut orders = BufReader::new(channel.try_clone()?);
    let Some(launch) = wire::read_line::<Launch>(&mut orders)? else { return Ok(()) };
    let mut reached = Reached::default();
    let begin = Instant::now();
    let word = match start(&launch, &mut reached) {
        Err(error) => Word::Unstarted(error.to_string()),
        Ok(child) => {
            let process = Identity::of(child.id());
            // Should the shepherd be gone, the watch on the same socket sees it at once.
            let _ = wire::write_line(&mut channel, &Word::Began { process, reached });
            Word::Ended(watch(&child, &launch, orders, begin)?)
        }
    };
    wire::write_line(&mut channel, &word)
}

/// Starts the step, confined as far as the system lets us.
fn start(launch: &Launch, reached: &mut Reached) -> io::Result<Child> {
    let mut command = Command::new(&launch.program);
    command.args(launch.argv.iter().skip(1)).env_clear().current_dir(&launch.folder).stdin(Stdio::null());
    command.arg0(launch.argv.first().map_or_else(|| launch.program.as_os_str(), AsRef::as_ref));
    command.envs(launch.env.iter().map(|(name, value)| (name, value))).process_group(0);
    if !launch.network {
        cut_network(reached)?;
    }
    let Some(writable) = &launch.writable else { return command.spawn() };
    // Landlock confines a thread and what it starts: this process stays outside, where the step's signals don't reach.
    let confined = thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let confined = confine(writable);
            (confined, command.spawn())
        });
        thread.join()
    });
    let (confined, child) = confined.map_err(|_| io::Error::other("the confined thread ended early"))?;
    match confined {
        Ok(()) => reached.landlock = true,
        Err(why) => reached.why.push(format!("writes are not confined: {why}")),
    }
    child
}

#[cfg(target_os = "linux")]
fn confine(writable: &[std::path::PathBuf]) -> Result<(), String> {
    crate::world::process::landlocked::confine(writable)
}

#[cfg(not(target_os = "linux"))]
fn confine(_writable: &[std::path::PathBuf]) -> Result<(), String> {
    Err("the system has no Landlock".to_owned())
}

#[cfg(target_os = "linux")]
fn cut_network(reached: &mut Reached) -> io::Result<()> {
    let probe = Command::new("/proc/self/exe").arg(crate::world::process::verb::PROBE).stdin(Stdio::null()).output()?;
    if probe.status.success() {
        crate::world::process::loopback::leave_network()?;
        reached.own_network = true;
    } else {
        let why = String::from_utf8_lossy(&probe.stdout);
        reached.why.push(format!("the network could not be cut: {}", why.trim()));
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn cut_network(reached: &mut Reached) -> io::Result<()> {
    reached.why.push("the network could not be cut: the system has no network namespaces".to_owned());
    Ok(())
}

/// Who ended the step, and whether it is over.
#[derive(Debug)]
struct Standing {
    by: EndedBy,
    is_over: bool,
}

/// Waits for the end of the step, by itself or by others, and sweeps up behind it.
fn watch(child: &Child, launch: &Launch, orders: BufReader<UnixStream>, begin: Instant) -> io::Result<Ended> {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or(Errno::SRCH)?;
    let standing = Mutex::new(Standing { by: EndedBy::Itself, is_over: false });
    let socket = orders.get_ref().try_clone()?;
    let (over, is_over) = mpsc::channel::<()>();
    let (status, duration) = thread::scope(|scope| {
        let standing = &standing;
        scope.spawn(move || end_on_order(pid, launch, orders, standing, &is_over));
        let status = wait_for(pid);
        let duration = begin.elapsed();
        standing.lock().unwrap_or_else(PoisonError::into_inner).is_over = true;
        drop(over);
        // Whoever waits for an order wakes up.
        let _ = shutdown(&socket, Shutdown::Read);
        (status, duration)
    });
    let (status, by) = (status?, standing.into_inner().unwrap_or_else(PoisonError::into_inner).by);
    // Who was told to end had his time already.
    let is_natural = by == EndedBy::Itself;
    let swept = sweep::sweep(if is_natural { launch.grace } else { Duration::ZERO }, &|_| false);
    if let Some(temp) = &launch.temp {
        // The engine does it as well, if it lives.
        let _ = std::fs::remove_dir_all(temp);
    }
    if !cfg!(target_os = "linux") {
        // Orphans are not ours there: those that stayed in the group can be ended still.
        let _ = kill_process_group(pid, Signal::KILL);
    }
    Ok(Ended {
        exit: status.exit_status(),
        signal: status.terminating_signal(),
        by,
        duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        cpu_ms: cpu_ms(),
        // After an order to end, that something had to be killed is no news.
        left: if is_natural { swept.left } else { Vec::new() },
        survived: swept.survived,
    })
}

/// Waits for the step, and takes away the orphans that end meanwhile.
fn wait_for(pid: Pid) -> io::Result<WaitStatus> {
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((ended, status))) if ended == pid => return Ok(status),
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Waits for the order to end, the end of the shepherd or the end of the time, and then ends the step.
fn end_on_order(
    pid: Pid,
    launch: &Launch,
    mut orders: BufReader<UnixStream>,
    standing: &Mutex<Standing>,
    is_over: &Receiver<()>,
) {
    let _ = orders.get_ref().set_read_timeout(launch.timeout.map(|time| time.max(Duration::from_millis(1))));
    let by = loop {
        match orders.read(&mut [0]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                break EndedBy::Timeout;
            }
            Ok(_) | Err(_) => break EndedBy::Order,
        }
    };
    {
        let mut standing = standing.lock().unwrap_or_else(PoisonError::into_inner);
        if standing.is_over {
            return;
        }
        standing.by = by;
    }
    signal_step(pid, Signal::TERM);
    let mut patience = launch.grace;
    while is_over.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
        signal_step(pid, Signal::KILL);
        patience = Duration::from_millis(10);
    }
}

/// Signals the group of the step and every other descendant.
fn signal_step(pid: Pid, signal: Signal) {
    let _ = kill_process_group(pid, signal);
    sweep::signal_all(signal, &|_| false, &mut BTreeMap::new());
}

/// The processor time of all children that were reaped.
fn cpu_ms() -> Option<u64> {
    let ticks = stat(std::process::id())?.children_ticks;
    Some(ticks * 1000 / rustix::param::clock_ticks_per_second().max(1))
}
