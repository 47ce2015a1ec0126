//! How old what a proof says may be.

use jiff::Timestamp;

use crate::facts::policy::gate::Gate;
use crate::gate::case::Case;
use crate::gate::code::Code;
use crate::gate::decision::Decision;
use crate::gate::steps::Did;
use crate::proof::bundle::Bundle;

/// How far clocks of two machines may be apart, in seconds.
const APART: i64 = 600;

/// Checks the time of a proof.
pub(super) fn proof(case: &Case<'_>, gate: &Gate, bundle: &Bundle, decision: &mut Decision) {
    let time = &bundle.root.predicate().time_verified;
    if let Some(why) = aged(case, gate, time) {
        decision.refuse(Code::Expired, format!("the proof {why}"));
    }
}

/// Checks the time of a step that was executed in another run: a proof of today may rest on a result of last year.
pub(super) fn step(case: &Case<'_>, gate: &Gate, did: &Did<'_>, decision: &mut Decision) {
    let Some(from) = &did.link.byproducts.reused_from else { return };
    if let Some(why) = aged(case, gate, &from.at) {
        let message = format!("the result of the step {} {why}", did.link.name);
        decision.refuse_claim(Code::Expired, &did.claim.attribute, message);
    }
}

/// Why a time is none that counts.
fn aged(case: &Case<'_>, gate: &Gate, time: &str) -> Option<String> {
    let Ok(then) = time.parse::<Timestamp>() else { return Some(format!("is of no time: {time:?}")) };
    let age = case.now - then.as_second();
    if age < -APART {
        return Some(format!("is of {time}, which is to come"));
    }
    let most = i64::try_from(gate.max_age.as_ref()?.value).unwrap_or(i64::MAX);
    (age > most).then(|| format!("is of {time}: older than the {most} seconds that are accepted"))
}
