//! From outcomes to a report: levels, waivers, standings, order, verdict.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::policy::Policy;
use crate::facts::policy::level::RuleLevel;
use crate::judge::demand;
use crate::judge::fingerprint::fingerprints;
use crate::judge::report::Judged;
use crate::judge::report::PolicyUsed;
use crate::judge::report::Report;
use crate::judge::report::RuleReport;
use crate::judge::report::Standing;
use crate::judge::report::Subject;
use crate::judge::report::Verdict;
use crate::judge::report::WaiverReport;
use crate::judge::report::WaiverState;
use crate::judge::report::WaiverUsed;
use crate::judge::waivers::Waivers;
use crate::rules;
use crate::rules::claims::binding;
use crate::rules::finding::Finding;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::policy::waiver_unused;
use crate::rules::policy::waiver_unused::Fate;
use crate::rules::policy::waiver_unused::IdleWaiver;
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
    /// The tree in which an inline waiver must stand as well; none where those of the judged tree count by themselves.
    pub waivers_of: Option<&'a Facts>,
}

/// The tree that `--since` names, and what the same rules say of it.
pub struct Base {
    /// The revision as it was given.
    pub revision: String,
    /// What the rules say of the base. A finding with a fingerprint from here is inherited.
    pub outcomes: Outcomes,
}

/// A finding on its way into the report.
struct Found {
    rule: &'static Rule,
    finding: Finding,
    level: Level,
    waiver: Option<WaiverUsed>,
}

/// Judges the outcomes of the rules of one tree.
pub fn judge(case: Case<'_>) -> Report {
    let Case { subject, facts, policy, mut outcomes, base, today, deny_warn, waivers_of } = case;
    let warnings_decide =
        deny_warn || policy.check.fail_on.as_ref().is_some_and(|level| level.value == RuleLevel::Warn);
    let mut waivers = Waivers::gather(facts, waivers_of, policy, &rules::vocabulary(), today);
    let covered = cover(&mut waivers, &outcomes);
    let waivers = waivers.into_reports(&judged_in_full(&outcomes));
    for (rule, outcome) in &mut outcomes {
        if rule.name == waiver_unused::RULE.name {
            *outcome = waiver_unused::outcome(&idle(&waivers));
        }
    }
    let mut rules = Vec::new();
    let mut found = Vec::new();
    for ((rule, outcome), covered) in outcomes.into_iter().zip(covered) {
        rules.push(weigh(rule, outcome, covered, facts, policy, &mut found));
    }
    demand::apply(policy, &mut rules);
    let (findings, fixed) = compare(found, base.as_ref());
    let mut report = Report {
        subject,
        policy: PolicyUsed { path: policy.path.as_deref().map(str::to_owned), sha256: policy.sha256.clone() },
        since: base.map(|base| base.revision),
        fail_on: if warnings_decide { Level::Warn } else { Level::Deny },
        files_read: facts.files.len(),
        rules,
        waivers,
        findings,
        claims: binding::all(facts, policy),
        fixed,
        verdict: Verdict::Accepted,
    };
    report.verdict = verdict(&report);
    report
}

/// The waiver of each finding, rule by rule.
fn cover(waivers: &mut Waivers, outcomes: &Outcomes) -> Vec<Vec<Option<WaiverUsed>>> {
    let mut covered = Vec::new();
    for (rule, outcome) in outcomes {
        covered.push(outcome.findings.iter().map(|finding| waivers.cover(rule, finding)).collect());
    }
    covered
}

/// The rules that looked at something and could judge all of it: a waiver of another one may wait for better days.
fn judged_in_full(outcomes: &Outcomes) -> BTreeSet<&'static str> {
    let in_full = |outcome: &Outcome| outcome.looked_at > 0 && outcome.unproven.is_empty();
    outcomes.iter().filter(|(_, outcome)| in_full(outcome)).map(|(rule, _)| rule.name).collect()
}

/// The waivers as the rule about unused ones wants them.
fn idle(waivers: &[WaiverReport]) -> Vec<IdleWaiver> {
    let fate = |state: &WaiverState| match state {
        WaiverState::Covers => Some(Fate::Covers),
        WaiverState::Unused => Some(Fate::CoversNothing),
        WaiverState::Unreadable(why) => Some(Fate::Unreadable(why.clone())),
        // An expired waiver is the other rule's; of one whose rule was not judged nothing can be said.
        WaiverState::Expired | WaiverState::Unknown => None,
    };
    let idle = |waiver: &WaiverReport| {
        let fate = fate(&waiver.state)?;
        Some(IdleWaiver { rules: waiver.rules.join(", "), at: waiver.at.clone(), fate })
    };
    waivers.iter().filter_map(idle).collect()
}

/// Says how the claim of a rule stands, and adds its findings with their levels and waivers.
fn weigh(
    rule: &'static Rule,
    outcome: Outcome,
    covered: Vec<Option<WaiverUsed>>,
    facts: &Facts,
    policy: &Policy,
    found: &mut Vec<Found>,
) -> RuleReport {
    let entry = policy.levels.of(rule.name, rule.group);
    let level = match entry.map(|entry| entry.level) {
        None | Some(RuleLevel::Allow) => rule.level,
        Some(RuleLevel::Note) => Level::Note,
        Some(RuleLevel::Warn) => Level::Warn,
        Some(RuleLevel::Deny) => Level::Deny,
    };
    let allowed = entry.filter(|entry| entry.level == RuleLevel::Allow).map(|entry| WaiverUsed {
        reason: "allowed in [rules]".to_owned(),
        until: None,
        at: facts.place(policy.path.as_deref().unwrap_or_default(), entry.span, "allowed here"),
    });
    let findings = outcome.findings.len();
    let mut open = 0;
    for (finding, waiver) in outcome.findings.into_iter().zip(covered.into_iter().chain(std::iter::repeat(None))) {
        let waiver = waiver.or_else(|| allowed.clone());
        open += usize::from(waiver.is_none());
        found.push(Found { rule, level: finding.certainty.cap(level), finding, waiver });
    }
    let standing = if open > 0 {
        Standing::Refuted
    } else if !outcome.unproven.is_empty() {
        Standing::Unproven
    } else if findings > 0 {
        Standing::Waived
    } else if outcome.looked_at == 0 {
        Standing::Absent
    } else {
        Standing::Holds
    };
    RuleReport {
        rule: rule.name,
        group: rule.group,
        level,
        claim: rule.claim,
        page: rule.page,
        standing,
        looked_at: outcome.looked_at,
        findings,
        unproven: outcome.unproven,
        demanded: false,
    }
}

/// Sorts the findings and says which of them are new, and which of the base's are gone.
fn compare(mut found: Vec<Found>, base: Option<&Base>) -> (Vec<Judged>, Vec<String>) {
    found.sort_by(|one, other| order(one.rule, &one.finding).cmp(&order(other.rule, &other.finding)));
    let prints = fingerprints(found.iter().map(|found| (found.rule.name, &found.finding)));
    let inherited = base.map(base_fingerprints);
    let here: BTreeSet<&String> = prints.iter().collect();
    let fixed = inherited.iter().flatten().filter(|print| !here.contains(print)).cloned().collect();
    let judged = |(found, fingerprint): (Found, String)| Judged {
        rule: found.rule.name,
        level: found.level,
        finding: found.finding,
        new: inherited.as_ref().is_none_or(|inherited| !inherited.contains(&fingerprint)),
        fingerprint,
        waiver: found.waiver,
    };
    (found.into_iter().zip(prints.iter().cloned()).map(judged).collect(), fixed)
}

fn base_fingerprints(base: &Base) -> BTreeSet<String> {
    let mut found: Vec<(&Rule, &Finding)> = base
        .outcomes
        .iter()
        .flat_map(|(rule, outcome)| outcome.findings.iter().map(move |finding| (*rule, finding)))
        .collect();
    found.sort_by(|(one, a), (other, b)| order(one, a).cmp(&order(other, b)));
    fingerprints(found.iter().map(|(rule, finding)| (rule.name, *finding))).into_iter().collect()
}

fn order<'f>(rule: &Rule, finding: &'f Finding) -> (&'f str, usize, &'static str, &'f Place, &'f str) {
    (&finding.at.path, finding.at.line, rule.name, &finding.at, &finding.message)
}

/// A deciding finding refuses; else a demanded claim that could not be judged in full leaves the tree unproven, and so
/// does a check of all rules in which nothing at all was compared: a folder that holds no Rust package proves nothing.
pub fn verdict(report: &Report) -> Verdict {
    if report.findings.iter().any(|judged| report.decides(judged)) {
        return Verdict::Refused;
    }
    let unproven = |rule: &RuleReport| rule.demanded && !rule.unproven.is_empty();
    let is_whole = report.rules.len() == rules::all().count();
    let is_empty = is_whole
        && report.findings.is_empty()
        && report.rules.iter().all(|rule| rule.looked_at == 0 || rule.group == "reading");
    if is_empty || report.rules.iter().any(unproven) { Verdict::Unproven } else { Verdict::Accepted }
}
