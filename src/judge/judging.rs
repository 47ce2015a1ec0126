//! From outcomes to a report: levels, standings, order, verdict.

use crate::judge::fingerprint::fingerprints;
use crate::judge::report::Judged;
use crate::judge::report::PolicyUsed;
use crate::judge::report::Report;
use crate::judge::report::RuleReport;
use crate::judge::report::Standing;
use crate::judge::report::Subject;
use crate::judge::report::Verdict;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Rule;

/// Judges the outcomes of the rules of one tree.
pub fn judge(subject: Subject, files_read: usize, outcomes: Vec<(&'static Rule, Outcome)>) -> Report {
    let mut rules = Vec::new();
    let mut found = Vec::new();
    for (rule, outcome) in outcomes {
        let standing = standing(&outcome);
        rules.push(RuleReport {
            rule: rule.name,
            group: rule.group,
            level: rule.level,
            claim: rule.claim,
            page: rule.page,
            standing,
            looked_at: outcome.looked_at,
            findings: outcome.findings.len(),
            unproven: outcome.unproven,
        });
        found.extend(outcome.findings.into_iter().map(|finding| (rule, finding)));
    }
    found.sort_by(|(one, a), (other, b)| {
        (&a.at.path, a.at.line, one.name, &a.at, &a.message)
            .cmp(&(&b.at.path, b.at.line, other.name, &b.at, &b.message))
    });
    let prints = fingerprints(found.iter().map(|(rule, finding)| (rule.name, finding)));
    let findings: Vec<Judged> = found
        .into_iter()
        .zip(prints)
        .map(|((rule, finding), fingerprint)| Judged {
            rule: rule.name,
            level: finding.certainty.cap(rule.level),
            finding,
            fingerprint,
            new: true,
            waiver: None,
        })
        .collect();
    let refused = findings.iter().any(|judged| judged.level == Level::Deny);
    let verdict = if refused { Verdict::Refused } else { Verdict::Accepted };
    Report {
        subject,
        policy: PolicyUsed::default(),
        since: None,
        files_read,
        rules,
        findings,
        fixed: Vec::new(),
        verdict,
    }
}

fn standing(outcome: &Outcome) -> Standing {
    if !outcome.findings.is_empty() {
        Standing::Refuted
    } else if !outcome.unproven.is_empty() {
        Standing::Unproven
    } else if outcome.looked_at == 0 {
        Standing::Absent
    } else {
        Standing::Holds
    }
}
