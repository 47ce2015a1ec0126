//! The engine's side of a shepherd: start it, have it start and end steps, hear what becomes of them.

use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use rustix::net::Shutdown;
use rustix::net::shutdown;
use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process_group;

use crate::error::Error;
use crate::world::process::identity::Identity;
use crate::world::process::routes::Routes;
use crate::world::process::spec::Launch;
use crate::world::process::spec::Report;
use crate::world::process::verb;
use crate::world::process::wire;
use crate::world::process::wire::Order;

/// How long the engine waits for a step to vanish whose shepherd and keeper are gone.
const PATIENCE: Duration = Duration::from_secs(5);

/// A shepherd. It ends with this value, and its steps with it.
#[derive(Debug)]
pub struct Shepherd {
    identity: Identity,
    child: Child,
    orders: Mutex<UnixStream>,
    next: AtomicU32,
    routes: Arc<Routes>,
}

/// A step that a shepherd was told to start.
#[derive(Debug)]
pub struct Started {
    step: u32,
    /// What is told about it; it closes without a last word only where the shepherd was killed.
    pub reports: Receiver<Report>,
}

impl Shepherd {
    /// Starts a shepherd from `program`, which must be this program's own file.
    pub fn start(program: &Path) -> Result<Self, Error> {
        let failed = |error: std::io::Error| {
            Error::failed("no-shepherd", format!("start the process that watches over steps: {error}"))
                .help("see that this program's file can still be executed")
        };
        let (ours, theirs) = UnixStream::pair().map_err(failed)?;
        let mut command = Command::new(program);
        // A group of its own: Ctrl-C is for the engine to judge.
        command.arg(verb::SHEPHERD).env_clear().process_group(0).stdin(OwnedFd::from(theirs));
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().map_err(failed)?;
        drop(command);
        let routes = Arc::new(Routes::new());
        let (frames, open) = (ours.try_clone().map_err(failed)?, Arc::clone(&routes));
        thread::spawn(move || open.run(&frames));
        let identity = Identity::of(child.id());
        let orders = Mutex::new(ours);
        Ok(Self { identity, child, orders, next: AtomicU32::new(1), routes })
    }

    /// Which process it is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Says whether it was killed; its steps then end themselves.
    pub fn is_lost(&self) -> bool {
        self.routes.is_closed()
    }

    /// Has a step started. That it could not be is told by its first report.
    pub fn launch(&self, launch: &Launch) -> Result<Started, Error> {
        let step = self.next.fetch_add(1, Ordering::Relaxed);
        let lost = || Error::failed("shepherd-lost", "start a step: the process that watches over steps was killed");
        let reports = self.routes.open(step).ok_or_else(lost)?;
        self.order(&Order::Start(step, launch.clone())).ok_or_else(lost)?;
        Ok(Started { step, reports })
    }

    /// Has a step ended: SIGTERM, and after its grace SIGKILL. Its last report says what came of it.
    pub fn end(&self, started: &Started) {
        // Where the shepherd is gone, its steps are ending already.
        let _ = self.order(&Order::End(started.step));
    }

    fn order(&self, order: &Order) -> Option<()> {
        let mut line = Vec::new();
        wire::write_line(&mut line, order).ok()?;
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line).ok()
    }
}

impl Drop for Shepherd {
    /// Waits until the shepherd is gone, and so every step.
    fn drop(&mut self) {
        let orders = self.orders.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = shutdown(orders, Shutdown::Write);
        let _ = self.child.wait();
    }
}

/// Sees that a process whose watchers were killed is gone, and its group with it; false where it stays.
pub fn ensure_gone(process: &Identity) -> bool {
    let Some(group) = i32::try_from(process.pid).ok().and_then(Pid::from_raw) else { return true };
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        // An orphan's keeper ends it as well; the group is ours to kill only while its leader is the one we know, or
        // while others of the group hold its number.
        if kill_process_group(group, Signal::KILL).is_err() {
            return true;
        }
        thread::sleep(Duration::from_millis(5));
    }
    !process.is_alive()
}
