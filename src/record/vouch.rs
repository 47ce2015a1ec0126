//! What a ledger can say of a proof: whether it names it, and whether its history is the one that the proof pins.

use std::io;
use std::sync::Arc;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::chain;
use crate::record::chain::Position;
use crate::record::checkpoint;
use crate::record::checkpoint::Checkpoint;
use crate::record::failure;
use crate::record::merkle::Frontier;
use crate::record::state::LEDGER;
use crate::steps::event::Event;
use crate::world::storage::Storage;

/// What a ledger says of a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// Its origin.
    pub origin: String,
    /// The checkpoint of its lines up to the size that was asked for; none where it has fewer.
    pub at_size: Option<Checkpoint>,
    /// Whether a line says that the proof was made.
    pub names_it: bool,
    /// Whether every line follows from the one before, to the last byte.
    pub is_whole: bool,
}

/// Asks a ledger about a proof; none where there is no ledger.
pub fn ask(storage: &Arc<dyn Storage>, root: &Digest, size: Option<u64>) -> Result<Option<Vouched>, Error> {
    let bytes = match storage.read(LEDGER, 0, u64::MAX) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failure::of(&**storage, "read", LEDGER, &error)),
    };
    let mut frontier = Frontier::default();
    let mut origin = String::new();
    let mut at_size = None;
    let mut names_it = false;
    let (_, broken) = chain::follow(Position::START, &bytes, |line, bytes| {
        if line.n == 0 {
            origin = checkpoint::origin(&line.digest);
        }
        frontier.add(bytes);
        if size == Some(frontier.size()) {
            let (origin, size) = (origin.clone(), frontier.size());
            at_size = Some(Checkpoint { origin, size, root: frontier.root() });
        }
        names_it |= matches!(&line.event, Event::Proved(proved) if proved.root == *root);
    });
    Ok(Some(Vouched { origin, at_size, names_it, is_whole: broken.is_none() }))
}
