//! From outcomes to a report: levels, standings, order, verdict.

use jiff::civil::Date;

use crate::facts::Facts;
use crate::facts::policy::Policy;
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

/// The outcome of each rule that was run, in the order of the documentation.
pub type Outcomes = Vec<(&'static Rule, Outcome)>;

/// Everything that a verdict rests on.
pub struct Case<'a> {
    /// What was examined.
    pub subject: Subject,
    /// Its facts: inline waivers stand in them.
    pub facts: &'a Facts,
    /// The policy that applies.
    pub policy: &'a Policy,
    /// What the rules say of it.
    pub outcomes: Outcomes,
    /// With `--since`: what the rules say of the base.
    pub base: Option<Base>,
    /// Today: an input, never the clock.
    pub today: Date,
    /// Whether warnings decide, too.
    pub deny_warn: bool,
}

/// The tree that `--since` names, and what the same rules say of it.
pub struct Base {
    /// The revision as it was given.
    pub revision: String,
    /// What the rules say of the base. A finding with a fingerprint from here is inherited.
    pub outcomes: Outcomes,
}

/// Judges the outcomes of the rules of one tree.
pub fn judge(case: Case<'_>) -> Report {
    let Case { subject, facts, outcomes, base, deny_warn, .. } = case;
    let fail_on = if deny_warn { Level::Warn } else { Level::Deny };
    let files_read = facts.files.len();
    let since = base.map(|base| base.revision);
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
            demanded: false,
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
    let refused = findings.iter().any(|judged| judged.level >= fail_on);
    let verdict = if refused { Verdict::Refused } else { Verdict::Accepted };
    Report {
        subject,
        policy: PolicyUsed::default(),
        since,
        fail_on,
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
