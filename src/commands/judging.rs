//! The verdict of a run from its report: what `run` records and what `replay` makes again.

use serde_json::Value;

use crate::facts::digest::Digest;
use crate::facts::policy::pattern;
use crate::judge::report::Verdict;
use crate::proof::assemble;
use crate::proof::check_claims;
use crate::proof::declared::Declared;
use crate::proof::declared::Kind;
use crate::proof::scai::Standing;
use crate::record::objects::Objects;
use crate::record::report::RunReport;
use crate::steps::event::CheckSummary;
use crate::steps::event::Doubt;
use crate::steps::outcome::State;
use crate::steps::replaced::RULES;
use crate::steps::replaced::Replaced;
use crate::steps::step::Step;
use crate::steps::verdict;
use crate::steps::verdict::Ended;

/// Judges a run.
pub(crate) fn of(check: Verdict, replaced: &[Replaced], claims: &[Doubt], report: &RunReport) -> (Verdict, Vec<Doubt>) {
    let ended: Vec<Ended<'_>> = report
        .steps
        .iter()
        .map(|step| Ended {
            step: &step.step,
            // What began and did not end was interrupted; what never began was not run.
            state: step.state.unwrap_or(if step.in_flight() { State::Interrupted } else { State::NotRun }),
            exit: step.exit,
            signal: step.signal,
            doubts: &step.doubts,
        })
        .collect();
    if report.began.shard.is_some() && ended.is_empty() {
        return verdict::of_empty_part(check, replaced);
    }
    verdict::with(verdict::with(verdict::judge(check, replaced, &ended), claims), &report.doubts)
}

/// What the declared claims come to that rest on kept outputs. What speaks against the others, a rule or a step has said.
///
/// A claim whose output no step of the plan keeps, or whose step did not pass, is told in the proof and decides nothing.
pub(crate) fn claims(objects: &Objects, check: &CheckSummary, plan: &[Step], report: &RunReport) -> Vec<Doubt> {
    let document = objects.read(&check.report).ok();
    let declared = document.and_then(|document| check_claims::apart(&document).ok()).map(|apart| apart.declared);
    let declared: Vec<Declared> =
        declared.into_iter().flatten().filter(|one| one.evidence.kind == Kind::Output).collect();
    let judged = assemble::judged(&declared, report, &|digest: &Digest| objects.read(digest).ok());
    let mut doubts = Vec::new();
    for (declared, judged) in declared.iter().zip(judged) {
        let code = match judged.claim.conditions.standing {
            Standing::Refuted => "claim-refuted",
            Standing::Unproven if is_kept(&declared.evidence.name, plan, report) => "claim-unproven",
            _ => continue,
        };
        // What a collection removed was there when the run was judged.
        if judged.claim.evidence.sha256().is_some_and(|digest| !objects.has(&digest)) {
            continue;
        }
        let message = format!("{}: {}", declared.claim, judged.why.join("; "));
        doubts.push(Doubt { code: code.to_owned(), message });
    }
    doubts
}

/// Says whether a step that passed should have kept a file.
fn is_kept(path: &str, plan: &[Step], report: &RunReport) -> bool {
    let keeps =
        |step: &&Step| step.outputs.iter().filter_map(|glob| pattern::glob(glob).ok()).any(|glob| glob.is_match(path));
    let passed = |name: &str| report.steps.iter().any(|step| step.step == name && step.state == Some(State::Passed));
    plan.iter().filter(keeps).any(|step| passed(&step.name))
}

/// The verdict that a word of the record names; an unknown word proves nothing.
pub(crate) fn verdict(word: &str) -> Verdict {
    match word {
        "accepted" => Verdict::Accepted,
        "refused" => Verdict::Refused,
        _ => Verdict::Unproven,
    }
}

/// The verdict of a check by its own report, which must say the same as its summary; and the replaced programs in it.
pub(crate) fn checked(objects: &Objects, summary: Option<&CheckSummary>) -> (Verdict, Vec<Replaced>) {
    let Some(summary) = summary else { return (verdict(""), Vec::new()) };
    let document = objects.read(&summary.report).ok();
    let document: Value = document.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let word = document["verdict"].as_str().unwrap_or_default();
    let findings = document["findings"].as_array().into_iter().flatten();
    let word_of = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let one = |finding: &Value| Replaced { rule: word_of(finding, "rule"), message: word_of(finding, "message") };
    let of = |finding: &&Value| RULES.contains(&word_of(finding, "rule").as_str());
    let replaced = findings.filter(of).map(one).collect();
    (verdict(if word == summary.verdict { word } else { "" }), replaced)
}
