//! Jobs and steps of workflows whose name says one release of Rust, and that install another one.

use crate::facts::Facts;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::workflow::job::Job;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::msrv::pin;
use crate::rules::msrv::rust_version::RustVersion;
use crate::rules::msrv::statement;
use crate::rules::outcome::Outcome;

/// Compares the names with the releases that are written beside them.
pub(super) fn judge(facts: &Facts, outcome: &mut Outcome) {
    for (file, workflow) in facts.workflows() {
        for job in &workflow.jobs {
            let installed: Vec<Spanned<String>> = job.steps.iter().filter_map(pin::toolchain).collect();
            let versions: Vec<_> =
                installed.iter().filter_map(|one| Some((RustVersion::parse(&one.value)?, one))).collect();
            // A toolchain of the matrix, or `stable`, may be any release.
            if versions.is_empty() || versions.len() != installed.len() {
                continue;
            }
            for name in names(job) {
                let Some((span, stated)) = version_of(&name) else { continue };
                outcome.look();
                if versions.iter().any(|(version, _)| version.agrees(stated)) {
                    continue;
                }
                let (_, pin) = versions[0];
                let message = format!("`{}` installs Rust {}", name.value, pin.value);
                let exact = file.text().get(name.span.start..name.span.end) == Some(name.value.as_str());
                let at = if exact { span.offset_by(name.span.start) } else { name.span };
                outcome.find(
                    Finding::new(message, facts.place(&file.path, at, "is called by this release"))
                        .against(facts.place(&file.path, pin.span, "installs this one"))
                        .certainty(Certainty::Probable),
                );
            }
        }
    }
}

/// The name of a job, and those of its steps that install a toolchain.
fn names(job: &Job) -> impl Iterator<Item = Spanned<String>> {
    let steps = job.steps.iter().filter(|step| pin::toolchain(step).is_some()).filter_map(|step| step.name.clone());
    job.name.clone().into_iter().chain(steps)
}

/// The one release that a name says.
fn version_of(name: &Spanned<String>) -> Option<(Span, RustVersion)> {
    let [span] = statement::versions(&name.value)[..] else { return None };
    Some((span, RustVersion::parse(&name.value[span.start..span.end])?))
}
