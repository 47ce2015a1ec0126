//! What a proof is made from: a recorded run, what the record says beside it, and how its steps become lines.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::facts::digest::Digest;
use crate::proof::beside::Beside;
use crate::proof::bundle::StepSaid;
use crate::proof::machines;
use crate::proof::machines::Did;
use crate::proof::malformed::Malformed;
use crate::proof::resource::GitId;
use crate::proof::statement::Subject;
use crate::proof::step_lines;
use crate::proof::step_lines::Around;
use crate::proof::tree_listing;
use crate::proof::written::WrittenStep;
use crate::record::checkpoint::Checkpoint;
use crate::record::part::Part;
use crate::record::report::RunReport;
use crate::record::report::StepReport;
use crate::steps::key::Preimage;
use crate::steps::plan_object;
use crate::steps::step::Step;

/// A recorded run, and where it was done.
pub struct Case<'a> {
    /// The runs of other machines that it joins.
    pub parts: &'a [Part],
    /// What the record says of the run.
    pub report: &'a RunReport,
    /// What it says beside that.
    pub beside: &'a Beside,
    /// The bytes of an object.
    pub object: &'a (dyn Fn(&Digest) -> Option<Vec<u8>> + Sync),
    /// The ingredients of keys that are at hand; those of others are read.
    pub preimages: BTreeMap<Digest, &'a Preimage>,
    /// The checkpoint of the ledger.
    pub checkpoint: Option<&'a Checkpoint>,
    /// The address of the repository; none where the clone knows no remote.
    pub repository: Option<&'a str>,
}

/// What a proof is about, and the listing of its files.
pub(super) fn about(case: &Case<'_>) -> Result<(Subject, Vec<u8>), Malformed> {
    let digest = &case.report.began.subject.listing;
    let listing = (case.object)(digest).ok_or_else(|| missing("listing of the tree", digest))?;
    let listing = tree_listing::of(&listing)?;
    Ok((subject(case.report, &listing)?, listing))
}

/// The lines of all steps, machine by machine.
pub(super) fn steps_of(case: &Case<'_>, subject: &Subject) -> Result<Vec<WrittenStep>, Malformed> {
    // A result that was reused has the key of the planned command, and so its command is the planned one.
    let plan = (case.object)(&case.report.began.plan).and_then(|bytes| plan_object::parse(&bytes)).unwrap_or_default();
    let plan: BTreeMap<&str, &Step> = plan.iter().map(|step| (step.name.as_str(), step)).collect();
    let machines = machines::of(case.report, case.parts, case.beside);
    let did = machines.iter().flat_map(|did| did.steps.iter().map(move |step| (did, *step))).collect::<Vec<_>>();
    let write = |(did, step): &(&Did<'_>, &StepReport)| {
        let failures = did.failures(step.key);
        let around = Around { environment: &did.environment, streams: did.streams(step), failures };
        let mut link = step_lines::link(step, around, &|key| preimage(case, key));
        if let Some(planned) = plan.get(step.step.as_str()).filter(|_| step.reused_from.is_some()) {
            link.command.clone_from(&planned.argv);
        }
        WrittenStep::of(subject, StepSaid { link, tests: step_lines::tests(step, case.object) })
    };
    let written: Vec<Result<WrittenStep, Malformed>> = did.par_iter().map(write).collect();
    // The first fault in order, not the first that was found.
    written.into_iter().collect()
}

pub(super) fn missing(what: &str, digest: &Digest) -> Malformed {
    Malformed::new(format!("the record does not hold the {what} {digest}"))
}

/// The ingredients of a key; none where the record does not hold them any more.
fn preimage<'a>(case: &Case<'a>, key: &Digest) -> Cow<'a, Preimage> {
    match case.preimages.get(key) {
        Some(known) => Cow::Borrowed(*known),
        None => Cow::Owned((case.object)(key).and_then(|bytes| Preimage::parse(&bytes).ok()).unwrap_or_default()),
    }
}

fn subject(report: &RunReport, listing: &[u8]) -> Result<Subject, Malformed> {
    let began = &report.began.subject;
    let id = |id: &Option<String>| -> Result<Option<GitId>, Malformed> {
        // The ids of a commit that the files differ from would name something that was never looked at.
        let id = id.as_ref().filter(|_| !began.dirty);
        id.map(|id| id.parse().map_err(|why| Malformed::new(format!("{id:?}: {why}")))).transpose()
    };
    Ok(Subject { listing: Digest::of(listing), tree: id(&began.tree)?, commit: id(&began.revision)? })
}
