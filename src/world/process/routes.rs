//! Which step's receiver a frame goes to.

use std::collections::BTreeMap;
use std::os::unix::net::UnixStream;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::SyncSender;
use std::sync::mpsc::sync_channel;

use crate::world::process::spec::Report;
use crate::world::process::wire;
use crate::world::process::wire::Content;

/// How many reports wait for a step's reader: a slow reader slows its step down, and memory stays bounded.
const WAITING: usize = 16;

/// The open routes, by the numbers of their steps.
#[derive(Debug, Default)]
pub(super) struct Routes {
    open: Mutex<Option<BTreeMap<u32, SyncSender<Report>>>>,
}

impl Routes {
    pub(super) fn new() -> Self {
        Self { open: Mutex::new(Some(BTreeMap::new())) }
    }

    /// Opens a route; none where the shepherd is gone.
    pub(super) fn open(&self, step: u32) -> Option<Receiver<Report>> {
        let (sender, receiver) = sync_channel(WAITING);
        self.locked().as_mut()?.insert(step, sender);
        Some(receiver)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.locked().is_none()
    }

    /// Hands frames over until the shepherd is gone; then every receiver sees the end.
    pub(super) fn run(&self, mut from: &UnixStream) {
        while let Ok(Some((step, content))) = wire::read_frame(&mut from) {
            let report = match content {
                Content::Output { pipe, bytes, at_ms } => Report::Output { pipe, bytes, at_ms },
                Content::Word(word) => word.into(),
            };
            let is_last = matches!(report, Report::Unstarted(_) | Report::Ended(_) | Report::Lost { .. });
            let sender = match self.locked().as_mut() {
                Some(open) if is_last => open.remove(&step),
                Some(open) => open.get(&step).cloned(),
                None => None,
            };
            if let Some(sender) = sender {
                // Nobody listens: the step's output is let go, so that the others' comes through.
                let _ = sender.send(report);
            }
        }
        *self.locked() = None;
    }

    fn locked(&self) -> MutexGuard<'_, Option<BTreeMap<u32, SyncSender<Report>>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
