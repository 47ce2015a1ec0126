//! The first lines, which must be enough for a notification, and the last ones: how to reproduce, and what was used.

use std::fmt::Write as _;

use crate::judge::report::Judged;
use crate::judge::report::Report;
use crate::judge::report::Standing;
use crate::judge::report::Verdict;
use crate::render::comment::case::Case;
use crate::render::encode::markdown;
use crate::render::text;
use crate::render::text::count;

/// The characters of a commit or digest that are shown.
const SHORT: usize = 9;

/// The heading: mark, verdict, counts, and the worst of all with its place.
pub(crate) fn heading(case: &Case<'_>, worst: &[&Judged]) -> String {
    let (mark, word) = match case.verdict {
        Verdict::Accepted => ("\u{2705}", "Accepted"),
        Verdict::Refused => ("\u{274c}", "Refused"),
        Verdict::Unproven => ("\u{26a0}\u{fe0f}", "Unproven"),
    };
    let told = match case.because.first() {
        Some(first) => format!("{} ({})", markdown::message(&text::shortened(&first.message, 100)), first.code),
        None => counts(case, worst),
    };
    format!("## {mark} {word}: {told}\n")
}

fn counts(case: &Case<'_>, worst: &[&Judged]) -> String {
    let mut told: Vec<String> = Vec::new();
    if let Some(report) = case.report {
        let loud = worst.iter().any(|judged| judged.new);
        if loud || case.verdict != Verdict::Accepted && case.steps.is_empty() {
            told.push(text::counts(report));
        } else {
            told.push(format!("{} compared", count(compared(report), "fact")));
        }
    }
    if case.rests_on > 0 {
        told.push(format!("{} of the proof hold", count(case.rests_on, "claim")));
    }
    let failed = case.steps.iter().filter(|step| !step.passed).count();
    match (case.steps.len(), failed) {
        (0, _) => {}
        (all, 0) => told.push(format!("{} passed", count(all, "step"))),
        (all, failed) => told.push(format!("{failed} of {} did not pass", count(all, "step"))),
    }
    let failed: Vec<&str> =
        case.jobs.iter().filter(|job| job.standing() != Standing::Holds).map(|job| job.name.as_str()).collect();
    if let Some(first) = failed.first() {
        let more = if failed.len() > 1 { format!(" and {} more", failed.len() - 1) } else { String::new() };
        told.push(format!("job {}{more} did not pass", markdown::code(&text::shortened(first, 60))));
    }
    if case.verdict == Verdict::Unproven {
        told.extend(case.report.and_then(unjudged));
    }
    if let Some(first) = worst.first().filter(|judged| judged.new) {
        let spot = markdown::code(&text::shortened(&text::spot(&first.finding.at), 60));
        told.push(format!("{} at {spot}", first.rule));
    }
    told.join(" \u{b7} ")
}

/// What was demanded and could not be judged.
fn unjudged(report: &Report) -> Option<String> {
    let mut demanded = report.rules.iter().filter(|rule| rule.demanded && !rule.unproven.is_empty());
    let first = demanded.next()?;
    let more = demanded.count();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!("{}{more} could not be judged", first.rule))
}

/// How many facts were compared.
pub(crate) fn compared(report: &Report) -> usize {
    report.rules.iter().map(|rule| rule.looked_at).sum()
}

/// The line below the heading: what was compared with what, and what changed since the last push.
pub(crate) fn second(case: &Case<'_>) -> String {
    let mut told = vec![subject(case)];
    if let Some(report) = case.report {
        let unproven = report.claims(Standing::Unproven);
        let unproven = if unproven > 0 { format!(", {unproven} unproven") } else { String::new() };
        told.push(format!(
            "{} hold, {} refuted{unproven}",
            count(report.claims(Standing::Holds), "claim"),
            report.claims(Standing::Refuted)
        ));
        told.extend(text::waivers(report).map(|waivers| format!("waivers: {}", markdown::plain(&waivers))));
        if !report.fixed.is_empty() {
            told.push(format!("{} of the base mended", report.fixed.len()));
        }
    }
    told.extend(pushed(case));
    told.retain(|part| !part.is_empty());
    told.join(" \u{b7} ")
}

fn pushed(case: &Case<'_>) -> Option<String> {
    let before = case.around.before.as_ref()?;
    let report = case.report?;
    let (more, fewer) = (before.came(report), before.gone(report).len());
    (before.head != head(case)).then(|| format!("since the last push: {more} came, {fewer} went"))
}

/// The commit and the base.
pub(crate) fn subject(case: &Case<'_>) -> String {
    let head = head(case);
    if head.is_empty() {
        return String::new();
    }
    let base = match &case.around.base {
        Some((name, sha)) => {
            let sha = if sha.is_empty() { String::new() } else { format!("@{}", short(sha)) };
            format!(" against {}", markdown::code(&format!("{}{sha}", text::shortened(name, 60))))
        }
        None => String::new(),
    };
    format!("{}{base}", markdown::code(short(&head)))
}

/// The commit that the page speaks of.
pub(crate) fn head(case: &Case<'_>) -> String {
    let linked = case.around.links.as_ref().map(|links| links.commit.clone());
    linked.or_else(|| case.report?.subject.revision.clone()).unwrap_or_default()
}

/// How to come to the same on one's own machine, and what to read.
pub(crate) fn reproduce(case: &Case<'_>, worst: &[&Judged]) -> String {
    if case.around.gated {
        let base = case.around.base.as_ref().map_or("BASE", |(_, sha)| sha.as_str());
        let verb = format!("cargo governed gate merge --base {base} --proof PROOF");
        return format!("**Reproduce:** {}\n", markdown::code(&verb));
    }
    let verb = if case.steps.is_empty() { "check" } else { "run" };
    let flag = if case.steps.is_empty() { "--since" } else { "--base" };
    let since = case.around.base.as_ref().map(|(_, sha)| sha.as_str()).filter(|sha| !sha.is_empty());
    let since = since.or_else(|| case.report?.since.as_deref());
    let since = since.map(|since| format!(" {flag} {since}")).unwrap_or_default();
    let mut out = format!("**Reproduce:** {}", markdown::code(&format!("cargo governed {verb}{since}")));
    if let Some(first) = worst.first() {
        let explain = markdown::code(&format!("cargo governed explain {}", first.rule));
        let _ = write!(out, " \u{b7} **Why?** {explain}");
    }
    if worst.iter().any(|judged| judged.finding.fix.is_some()) {
        let _ = write!(out, " \u{b7} **Mend:** {}", markdown::code("cargo governed check --fix"));
    }
    out.push('\n');
    out
}

/// The last line.
pub(crate) fn last(case: &Case<'_>, front: &str) -> String {
    let mut told: Vec<String> = if front.is_empty() { Vec::new() } else { vec![front.to_owned()] };
    let policy = case.report.and_then(|report| report.policy.sha256.as_deref());
    told.extend(policy.map(|sha256| format!("policy {}", markdown::code(short(sha256)))));
    let proof = case.around.proof.as_deref();
    told.extend(proof.map(|proof| format!("proof {}", markdown::code(short(proof)))));
    told.push(format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")));
    told.extend(case.around.run.as_ref().map(|run| format!("[run]({run})")));
    // What every run changes stands here alone: the rest is compared with what was said before.
    let times = [case.around.took.as_ref(), Some(&case.around.at)];
    told.extend(times.into_iter().flatten().filter(|time| !time.is_empty()).cloned());
    format!("<sub>{}</sub>\n", told.join(" \u{b7} "))
}

/// The beginning of a commit or digest.
pub(crate) fn short(id: &str) -> &str {
    let id = id.strip_prefix("sha256:").unwrap_or(id);
    id.get(..SHORT).unwrap_or(id)
}
