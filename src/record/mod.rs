//! The record: objects named by their digest and a hash-chained ledger of events, in `<git common dir>/governed/`.

pub mod report;
