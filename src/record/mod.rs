//! The record: objects named by their digest and a hash-chained ledger of events, in `<git common dir>/governed/`.

pub mod chain;
pub mod checkpoint;
pub(crate) mod failure;
pub mod gc;
mod index;
pub mod kept;
pub mod line;
mod load;
pub mod lookup;
pub mod merkle;
pub mod named;
pub mod objects;
pub mod reader;
pub mod recover;
pub mod recovery;
pub mod report;
pub mod reusable;
pub mod runs;
pub mod spot;
pub mod state;
pub mod store;
mod table;
pub mod verify;
pub mod writer;
