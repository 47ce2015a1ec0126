//! What the rules say of the tree, judged by the gate itself.

use crate::gate::case::Case;
use crate::gate::code::Code;
use crate::gate::decision::Decision;
use crate::gate::inferred;
use crate::judge::report::Standing;
use crate::judge::report::Verdict;
use crate::rules::authority::authority_weakened;
use crate::rules::level::Certainty;

/// Refuses what is weaker than the base, whatever level or waiver the policy has for the rule.
pub(super) fn authority(case: &Case<'_>, decision: &mut Decision) {
    let own = case.report.findings.iter().filter(|judged| judged.rule == authority_weakened::RULE.name);
    for judged in own {
        let told = match &judged.finding.why {
            Some(why) => format!("{}: {why}", judged.finding.message),
            None => judged.finding.message.clone(),
        };
        if judged.finding.certainty == Certainty::Certain {
            decision.refuse_claim(Code::AuthorityWeakened, &claim(judged.rule), told);
        } else {
            decision.unchecked.push(told);
        }
    }
    match case.before {
        Ok(before) => {
            for told in inferred::weaker(before, case.plan) {
                if case.is_accepted {
                    decision.unchecked.push(told);
                } else {
                    decision.refuse_claim(Code::AuthorityWeakened, &claim(authority_weakened::RULE.name), told);
                }
            }
        }
        Err(why) => decision.refuse(Code::NotRecomputed, format!("the plan of the base can't be made: {why}")),
    }
    let unproven = case.report.rules.iter().filter(|rule| rule.rule == authority_weakened::RULE.name);
    for why in unproven.flat_map(|rule| &rule.unproven) {
        decision.refuse_claim(Code::NotRecomputed, &claim(authority_weakened::RULE.name), why.why.clone());
    }
}

/// Judges the rules as a check does.
pub(super) fn judge(case: &Case<'_>, decision: &mut Decision) {
    let report = case.report;
    match report.verdict {
        Verdict::Accepted => {
            let judged = report.rules.iter().filter(|rule| rule.standing != Standing::Absent);
            let judged = judged.filter(|rule| rule.looked_at > 0).map(|rule| claim(rule.rule));
            judged.for_each(|claim| decision.rest(claim, "derived"));
        }
        Verdict::Refused => {
            let deciding = report.findings.iter().filter(|judged| report.decides(judged));
            for judged in deciding.filter(|judged| judged.rule != authority_weakened::RULE.name) {
                let at = &judged.finding.at;
                let place = if at.line == 0 { at.path.clone() } else { format!("{}:{}", at.path, at.line) };
                let message = format!("{place}: {}", judged.finding.message);
                decision.refuse_claim(Code::ClaimRefuted, &claim(judged.rule), message);
            }
        }
        Verdict::Unproven => {
            let demanded = report.rules.iter().filter(|rule| rule.demanded && !rule.unproven.is_empty());
            let before = decision.because.len();
            for rule in demanded {
                let why = rule.unproven.first().map_or("it could not be judged", |unproven| &unproven.why);
                decision.refuse_claim(Code::ClaimUnproven, &claim(rule.rule), why);
            }
            if decision.because.len() == before {
                decision.refuse(Code::NothingEvaluated, "no rule had anything to compare");
            }
        }
    }
}

fn claim(rule: &str) -> String {
    format!("rule/{rule}")
}
