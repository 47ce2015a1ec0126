//! A plan for people: what stands against it first, then each package that is released with its reasons.

use std::fmt::Write as _;

use crate::release::plan::Because;
use crate::release::plan::Blocker;
use crate::release::plan::Kind;
use crate::release::plan::Plan;
use crate::release::plan::Planned;
use crate::release::step::Bump;
use crate::release::step::Weight;
use crate::render::human::look::Detail;
use crate::render::human::look::Look;
use crate::render::text::count;

/// How many commits of a package are shown without `-v`.
const COMMITS: usize = 6;

/// Renders a plan.
pub fn render(plan: &Plan, look: Look) -> String {
    let mut text = String::new();
    blockers(&mut text, &plan.blockers, look);
    for planned in plan.released() {
        package(&mut text, planned, look);
    }
    if look.detail != Detail::Quiet {
        let resting = plan.packages.iter().filter(|planned| planned.next.is_none());
        let resting: Vec<String> = resting.map(|planned| format!("{} {}", planned.name, planned.current)).collect();
        if !resting.is_empty() {
            let _ = writeln!(text, "not released: {}", look.charset.line(&resting.join(", ")));
        }
    }
    if look.detail == Detail::Full {
        for note in &plan.notes {
            let _ = writeln!(text, "note: {}", look.charset.line(note));
        }
    }
    closing(&mut text, plan);
    text
}

/// What stands against a plan, each with what to do.
pub fn blockers(text: &mut String, blockers: &[Blocker], look: Look) {
    for blocker in blockers {
        let word = if blocker.unproven { "unproven" } else { "blocked" };
        let _ = writeln!(text, "{word}: {} [{}]", look.charset.line(&blocker.message), blocker.code);
        let _ = writeln!(text, "  help: {}", look.charset.line(&blocker.remedy));
    }
    if !blockers.is_empty() {
        text.push('\n');
    }
}

fn package(text: &mut String, planned: &Planned, look: Look) {
    let Some(next) = &planned.next else { return };
    let name = look.charset.line(&planned.name);
    let from = planned.baseline.as_ref().map_or(&planned.current, |baseline| &baseline.version);
    let _ = match planned.bump {
        Bump::First => writeln!(text, "{name}: {next}, its first release"),
        bump => writeln!(text, "{name}: {from} -> {next} ({})", bump.as_str()),
    };
    if look.detail == Detail::Quiet {
        return;
    }
    if let Some(baseline) = &planned.baseline {
        let line = format!("compared with {}: {}", baseline.reference, baseline.why);
        let _ = writeln!(text, "  {}", look.charset.line(&line));
    }
    let most = planned.because.iter().map(|because| because.weight).max();
    // A word that differs from the one in front of the reasons is told why.
    if next.major == 0
        && matches!(
            (planned.bump, most),
            (Bump::Minor, Some(Weight::Breaking)) | (Bump::Patch, Some(Weight::Feature | Weight::Breaking))
        )
    {
        text.push_str("  below 1.0 a breaking change moves the first number that is not 0, all else the last\n");
    }
    let (commits, others): (Vec<&Because>, Vec<&Because>) =
        planned.because.iter().partition(|because| because.kind == Kind::Commit);
    for because in others {
        let _ = writeln!(text, "  {}{}: {}", asks(because), because.kind.as_str(), look.charset.line(&because.detail));
    }
    let shown = if look.detail == Detail::Full { commits.len() } else { COMMITS };
    for because in commits.iter().take(shown) {
        let id = because.commit.as_ref().and_then(|id| id.0.get(..9)).unwrap_or_default();
        let _ = writeln!(text, "  {}commit {id}: {}", asks(because), look.charset.line(&because.detail));
    }
    if commits.len() > shown {
        let _ = writeln!(text, "         and {} (-v shows them)", count(commits.len() - shown, "commit"));
    }
    for unproven in &planned.unproven {
        let _ = writeln!(text, "  unproven: {}", look.charset.line(unproven));
    }
    text.push('\n');
}

/// What a reason asks for, in a column; nothing where it asks for nothing.
fn asks(because: &Because) -> &'static str {
    match because.weight {
        Weight::Nothing => "       ",
        Weight::Fix => "patch  ",
        Weight::Feature => "minor  ",
        Weight::Breaking => "major  ",
    }
}

fn closing(text: &mut String, plan: &Plan) {
    let released = plan.released().count();
    let of = count(plan.packages.len(), "package");
    let state = match (plan.blockers.iter().any(|one| !one.unproven), plan.blockers.is_empty(), released) {
        (true, ..) => "blocked",
        (false, false, _) => "unproven",
        (false, true, 0) => "nothing to release",
        (false, true, _) => "ready",
    };
    let _ = writeln!(text, "release plan: {state}, {released} of {of} to be released");
}
