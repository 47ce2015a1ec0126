//! Which kept results may stand in for a step of a coming run.
//!
//! Of what the record keeps under a key only a result counts whose first attempt passed without a doubt, in a run that
//! ended: a torn run proves nothing but to the run that goes on from it. Results of overridden runs are not kept at all.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::kept::Kept;
use crate::record::kept::Past;
use crate::steps::reuse;
use crate::steps::reuse::Accepted;

/// What earlier runs left for one that is planned.
pub struct Reusable<'p> {
    past: &'p Past,
    /// Runs that have begun and not ended: torn ones, and those that go on beside us.
    open: BTreeSet<String>,
}

impl<'p> Reusable<'p> {
    /// What a coming run may take; `resumes` names the torn run that it goes on from.
    pub fn new(past: &'p Past, resumes: Option<&str>) -> Self {
        let open = past.unfinished().into_iter().map(|open| open.run).filter(|run| Some(run.as_str()) != resumes);
        Self { past, open: open.collect() }
    }

    /// Reads what is known of many keys at once: they will be asked for one by one.
    pub fn look_ahead<'k>(&self, keys: impl Iterator<Item = &'k Digest>) -> Result<(), Error> {
        self.past.look_ahead(keys)
    }

    fn counts(&self, kept: &Kept) -> bool {
        // A second attempt follows a failed one: what is flaky is not reused.
        kept.ended.attempt == 1 && !self.open.contains(&kept.ended.run)
    }
}

impl reuse::Past for Reusable<'_> {
    fn accepted(&self, step: &str, key: &Digest) -> Result<Option<Accepted>, Error> {
        let kept = self.past.accepted(key)?.filter(|kept| kept.ended.step == step && self.counts(kept));
        Ok(kept.map(|Kept { n, at, ended }| Accepted {
            run: ended.run,
            line: n,
            at,
            duration_ms: ended.duration_ms,
            isolation: ended.isolation,
            outputs: ended.outputs,
        }))
    }

    fn last_accepted_key(&self, step: &str) -> Result<Option<Digest>, Error> {
        Ok(self.past.last_accepted(step)?.map(|kept| kept.ended.also.unwrap_or(kept.ended.key)))
    }

    fn durations(&self, step: &str) -> Vec<u64> {
        self.past.durations(step)
    }
}
