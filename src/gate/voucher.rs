//! Who vouches for a proof: a signature that the base accepts, or for a merge the caller who hands it over.

use crate::gate::act::Act;
use crate::gate::case::Case;
use crate::gate::case::Handed;
use crate::gate::code::Code;
use crate::gate::decision::Decision;
use crate::proof::bundle::Bundle;
use crate::proof::verified::Verified;

/// Checks who vouches.
pub(super) fn check(case: &Case<'_>, bundle: &Bundle, verified: &Verified, decision: &mut Decision) {
    if !verified.signatures.is_empty() {
        return;
    }
    let demanded = match case.act {
        Act::Release => true,
        Act::Merge => case.policy.merge_gate.signers.is_some(),
    };
    let is_signed = !bundle.root.envelope.signatures.is_empty();
    let nobody = verified.gaps.iter().any(|gap| gap.what == "signatures");
    // A signature that nobody can check looks like more than none, and is less.
    if is_signed && nobody {
        return decision.refuse(Code::NoSigners, "the proof is signed, and the base names nobody who may sign");
    }
    if demanded && !is_signed {
        let message = format!("a {} demands a signature, and the proof has none", case.act.as_str());
        return decision.refuse(Code::Unsigned, message);
    }
    // A signature that speaks against itself is told by its own code.
    let wrong = ["bad-signature", "unknown-signer", "expired-signer", "signers-malformed", "malformed"];
    if verified.problems.iter().any(|problem| wrong.contains(&problem.code)) {
        return;
    }
    match case.handed {
        Handed::Outside => {
            decision.unchecked.push("nobody signed the proof: who handed it over vouches for it".to_owned());
        }
        Handed::Inside => decision.refuse(
            Code::Unsigned,
            "nobody vouches for the proof: it lies inside the repository, where the tested code can write",
        ),
        Handed::Found => {
            decision.refuse(Code::Unsigned, "nobody vouches for the proof: it was found, not handed over");
        }
    }
}
