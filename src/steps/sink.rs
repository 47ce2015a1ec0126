//! Where the events of a run go: the record, or a test's list. The engine knows only this.

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::steps::event::Event;

/// When an event must have reached the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Durability {
    /// Before the call returns, and with it everything handed over before.
    Now,
    /// With the next event that must: a crash may lose it, but never leaves it half.
    Soon,
}

/// Takes events and objects. Calls come from several threads.
pub trait Sink: Send + Sync {
    /// Keeps bytes and gives their name. They are durable when the next durable event is.
    fn object(&self, bytes: &[u8]) -> Result<Digest, Error>;

    /// Appends an event and gives the number of its line.
    ///
    /// An error means that the event is not in the record: what could not be recorded is no evidence, and the caller stops.
    fn append(&self, event: &Event, durability: Durability) -> Result<u64, Error>;
}
