//! Governed steps: what runs, on which inputs, with which environment, within which limits, and what came of it.
//!
//! Nothing here opens a file or starts a process but through `world`; nothing here knows the record, which only
//! receives the events of a run through [`sink::Sink`].

mod attempt;
pub mod base_policy;
pub mod catalog;
pub mod compare;
mod declared;
pub mod departed;
mod ending;
pub mod environment;
pub mod event;
pub mod event_release;
pub mod event_replayed;
pub mod event_run;
pub mod event_step;
pub mod event_store;
pub mod event_words;
pub mod evidence;
pub mod execute;
pub mod execution;
pub mod explain_key;
pub mod forecast;
pub mod inputs;
pub mod key;
mod keyed_digest;
pub mod keys;
pub mod lease;
pub mod listing_text;
pub mod needed_tools;
pub mod normal;
pub mod order;
pub mod outcome;
mod output;
pub mod outside;
pub mod plan;
pub mod plan_object;
pub mod policy_text;
pub mod prepare;
pub mod proved;
mod queue;
pub mod renewed;
pub mod replaced;
pub mod reuse;
pub mod scrub;
pub mod shard;
pub mod sink;
pub mod step;
pub mod unnamed;
pub mod verdict;
