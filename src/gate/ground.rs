//! Whether a proof is about what is judged: this commit, this repository, this base, this policy.

use crate::facts::policy::gate::GateBase;
use crate::gate::act::Act;
use crate::gate::case::Case;
use crate::gate::code::Code;
use crate::gate::decision::Decision;
use crate::proof::bundle::Bundle;
use crate::proof::names;
use crate::proof::verified::Verified;

/// What a gate judges by itself, or says in its own words.
const OWN: &[&str] = &["voucher", "signatures", "history", "ledger", "observed", "reported", "base", "commit"];

/// Checks the base, whatever the proof says.
pub(super) fn policy(case: &Case<'_>, decision: &mut Decision) {
    let base = case.base;
    if !base.same_policy {
        decision.refuse(
            Code::PolicyDiffers,
            format!("the policy has changed since {}, where the histories parted", short(base.parted.as_str())),
        );
    }
    let gate = match case.act {
        Act::Merge => &case.policy.merge_gate,
        Act::Release => &case.policy.release_gate,
    };
    let demanded = gate.base.as_ref().map_or(base.default, |base| base.value);
    if demanded == GateBase::Tip && base.tip != base.parted {
        decision.refuse(
            Code::StaleBase,
            format!(
                "the branch is at {}, and the histories parted at {}",
                short(base.tip.as_str()),
                short(base.parted.as_str())
            ),
        );
    }
}

/// Checks what the verification of a proof came to.
pub(super) fn proof(case: &Case<'_>, bundle: &Bundle, verified: &Verified, decision: &mut Decision) {
    let summary = bundle.root.predicate();
    let governed = &summary.governed;
    if governed.base.is_none() {
        decision.refuse(Code::NoBase, "the proof has no base: make it with --base");
    }
    if bundle.subject().commit.is_none() {
        decision.refuse(Code::NoCommit, "the files of the proof are those of no commit");
    }
    if !case.has_remote && summary.resource_uri != names::NO_REMOTE {
        let message = format!("the proof is of {}, and this clone has no remote to compare with", summary.resource_uri);
        decision.refuse(Code::OtherRepository, message);
    }
    for problem in &verified.problems {
        // A code that is unknown here is one of a verification that knows more than we do: it refuses all the same.
        let code = Code::named(problem.code).unwrap_or(Code::ContradictsItself);
        if code == Code::StaleBase && governed.base.is_none() {
            continue;
        }
        decision.refuse(code, problem.message.clone());
    }
    for gap in &verified.gaps {
        let told = format!("{}: {}", gap.what, gap.why);
        if gap.decides && !OWN.contains(&gap.what) {
            let code = if gap.why.contains("made by version") { Code::OtherVersion } else { Code::NotRecomputed };
            decision.refuse(code, told);
        } else if !matches!(gap.what, "voucher" | "signatures") {
            decision.unchecked.push(told);
        }
    }
    decision.checked.extend(verified.checked.iter().cloned());
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}
