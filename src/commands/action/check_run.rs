//! The check run: title, summary, and every finding that has a line as an annotation, worst first.

use serde_json::Value;
use serde_json::json;

use crate::commands::action::outcome::Outcome;
use crate::commands::action::runner::Runner;
use crate::facts::place::Place;
use crate::judge::report::Judged;
use crate::judge::report::Verdict;
use crate::render::encode::invisible;
use crate::render::text;
use crate::rules::level::Level;
use crate::world::forge::checks::CheckRun;
use crate::world::random;

/// The name of the check run.
const NAME: &str = "cargo governed";
/// The most annotations: ten requests.
const MOST: usize = 500;
/// The most characters of a message.
const CUT: usize = 4_000;

/// The check run of an outcome; none where it is not known which commit it is about.
pub(crate) fn of(runner: &Runner, outcome: &Outcome, page: String) -> Option<CheckRun> {
    let commit = runner.event.head.clone().or_else(|| runner.commit.clone())?;
    let worst = outcome.report.as_ref().map(text::worst_first).unwrap_or_default();
    let (run, attempt) = runner.run;
    Some(CheckRun {
        name: NAME.to_owned(),
        commit,
        conclusion: match outcome.verdict {
            Verdict::Accepted => "success",
            Verdict::Refused => "failure",
            Verdict::Unproven => "action_required",
        },
        // The legs of a matrix share run and job: the rest tells them apart.
        key: format!("{run}.{attempt}.{}.{}", runner.job, random::nonce(8)),
        output: (title(&page), page),
        details: runner.page(),
        annotations: worst.iter().filter_map(|judged| annotation(judged)).take(MOST).collect(),
    })
}

/// The heading of the page, without its marks.
fn title(page: &str) -> String {
    let line = page.lines().next().unwrap_or_default();
    text::shortened(&line.trim_start_matches(['#', ' ']).replace(['`', '\\'], ""), 200)
}

fn annotation(judged: &Judged) -> Option<Value> {
    let finding = &judged.finding;
    let at = &finding.at;
    if at.line == 0 || at.path.starts_with("git:") || at.path.chars().any(invisible::is_deceptive) {
        return None;
    }
    let shown = |text: &str| invisible::shown(text, |sign| matches!(sign, '\n' | '\t'));
    let spot = |place: &Place| format!("against {}", text::spot(place));
    let lines: Vec<String> =
        std::iter::once(finding.message.clone()).chain(finding.against.iter().take(4).map(spot)).collect();
    let mut annotation = json!({
        "path": at.path,
        "start_line": at.line,
        "end_line": at.end_line.max(at.line),
        "annotation_level": match judged.level {
            Level::Deny => "failure",
            Level::Warn => "warning",
            Level::Note => "notice",
        },
        "title": judged.rule,
        "message": text::shortened(&shown(&lines.join("\n")), CUT),
    });
    if let Some(fields) = annotation.as_object_mut().filter(|_| at.end_line == at.line && at.end_column > at.column) {
        fields.insert("start_column".to_owned(), json!(at.column));
        fields.insert("end_column".to_owned(), json!(at.end_column));
    }
    Some(annotation)
}
