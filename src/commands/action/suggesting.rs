//! Suggestions on the difference of a pull request, where they were asked for: only mechanical fixes, only on lines that
//! the pull request shows, and never twice.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

use crate::commands::action::diff_lines;
use crate::commands::action::sticky;
use crate::commands::action::sticky::Spot;
use crate::judge::report::Judged;
use crate::judge::report::Report;
use crate::render::comment::offered;
use crate::render::comment::suggestion;
use crate::render::comment::suggestion::Suggestion;
use crate::render::text;
use crate::world::forge::comments;
use crate::world::forge::failure::Failure;
use crate::world::forge::reviews;
use crate::world::forge::reviews::OnLines;
use crate::world::forge::reviews::Review;
use crate::world::git::heads;

/// The most suggestions of one review.
const MOST: usize = 20;

/// What is suggested where.
pub(crate) struct Asked<'a> {
    pub(crate) spot: Spot<'a>,
    pub(crate) id: &'a str,
    /// The folder of the checkout, and the commit of the head.
    pub(crate) folder: &'a Path,
    pub(crate) head: &'a str,
    pub(crate) dry_run: bool,
}

/// Offers what is new; gives the line that is said of it.
pub(crate) fn offer(asked: &Asked<'_>, report: &Report) -> Result<String, Failure> {
    let possible = possible(report);
    if possible.is_empty() {
        return Ok("nothing to suggest".to_owned());
    }
    let shown = shown(asked, possible)?;
    let before = offered(asked)?;
    let fresh: Vec<(String, Suggestion)> = shown.into_iter().filter(|(print, _)| !before.contains(print)).collect();
    if fresh.is_empty() {
        return Ok("nothing to suggest that was not suggested before, on lines that the pull request shows".to_owned());
    }
    let (now, later) = fresh.split_at(fresh.len().min(MOST));
    let prints: Vec<String> = now.iter().map(|(print, _)| print.clone()).collect();
    let body = offered::body(asked.id, &prints, later.len());
    let told = format!("{} on pull request {}", text::count(now.len(), "suggestion"), asked.spot.number);
    if asked.dry_run {
        let bodies: String =
            now.iter().map(|(_, one)| format!("\n{}:{}\n{}", one.path, one.lines.0, one.body)).collect();
        return Ok(format!("dry run: {told}{bodies}"));
    }
    let on_lines =
        |(_, one): &(String, Suggestion)| OnLines { path: one.path.clone(), lines: one.lines, body: one.body.clone() };
    let comments: Vec<OnLines> = now.iter().map(on_lines).collect();
    let is_there = || offered(asked).map(|offered| prints.iter().all(|print| offered.contains(print)));
    let at = (asked.spot.repository, asked.spot.number);
    reviews::create(asked.spot.forge, at, asked.head, (&body, &comments), &is_there)?;
    Ok(told)
}

/// The suggestions of what the change brought, worst first; those that overlap an earlier one are left out.
fn possible(report: &Report) -> Vec<(String, Suggestion)> {
    let mut found: Vec<(String, Suggestion)> = Vec::new();
    let new = text::worst_first(report).into_iter().filter(|judged: &&Judged| judged.new);
    for judged in new {
        let Some(suggestion) = suggestion::of(judged) else { continue };
        let overlaps = |(_, other): &(String, Suggestion)| {
            other.path == suggestion.path && other.lines.0 <= suggestion.lines.1 && suggestion.lines.0 <= other.lines.1
        };
        if !found.iter().any(overlaps) {
            found.push((offered::print(judged, &suggestion), suggestion));
        }
    }
    found
}

/// Those on lines that the pull request shows, in files that are the same in what was judged and at its head.
fn shown(asked: &Asked<'_>, possible: Vec<(String, Suggestion)>) -> Result<Vec<(String, Suggestion)>, Failure> {
    let files: BTreeMap<String, String> =
        reviews::files(asked.spot.forge, asked.spot.repository, asked.spot.number)?.into_iter().collect();
    let fits = |(_, one): &(String, Suggestion)| {
        let hunks = files.get(&one.path).map(|patch| diff_lines::hunks(patch)).unwrap_or_default();
        diff_lines::holds(&hunks, one.lines) && heads::hold_the_same(asked.folder, "HEAD", asked.head, &one.path)
    };
    Ok(possible.into_iter().filter(fits).collect())
}

/// What our reviews offered before.
fn offered(asked: &Asked<'_>) -> Result<BTreeSet<String>, Failure> {
    let reviews = reviews::list(asked.spot.forge, asked.spot.repository, asked.spot.number)?;
    let marked: Vec<&Review> = reviews.iter().filter(|one| !offered::of(&one.body, asked.id).is_empty()).collect();
    if marked.is_empty() {
        return Ok(BTreeSet::new());
    }
    let us = comments::author(asked.spot.forge)?;
    let own = marked.into_iter().filter(|review| sticky::is_us(&review.author, us.as_deref()));
    Ok(own.flat_map(|review| offered::of(&review.body, asked.id)).collect())
}
