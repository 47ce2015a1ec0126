//! A mechanical fix as a suggestion on lines of a pull request, which a person takes with one click.

use crate::facts::place::Place;
use crate::judge::report::Judged;
use crate::render::comment::change;
use crate::render::encode::invisible;
use crate::render::encode::markdown;
use crate::render::text;

/// The most characters of the message.
const CUT: usize = 500;

/// A suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The file.
    pub path: String,
    /// The first line and the last one that are replaced.
    pub lines: (usize, usize),
    /// The lines that stand there afterwards.
    pub new: Vec<String>,
    /// The text of the comment.
    pub body: String,
}

/// The suggestion of a finding; none where its fix is not one change of whole lines that the finding shows, or where a
/// character in them could not be seen.
pub fn of(judged: &Judged) -> Option<Suggestion> {
    let (place, changed) = change::only(judged)?;
    let old: Vec<&str> = place.excerpt.lines().collect();
    let new: Vec<&str> = changed.lines().collect();
    let (front, back) = change::common(&old, &new);
    // At least one line is replaced: what is only added stands beside a line that stays.
    let (front, back) = match old.len() - front - back {
        0 if front > 0 => (front - 1, back),
        0 => (front, back.checked_sub(1)?),
        _ => (front, back),
    };
    let shown = |line: &&str| line.chars().any(|sign| sign == '\r' || (sign != '\t' && invisible::is_deceptive(sign)));
    if old.iter().chain(&new).any(shown) || place.excerpt.len() + 4 > Place::EXCERPT_BYTES {
        return None;
    }
    let new: Vec<String> = new[front..new.len() - back].iter().map(|line| (*line).to_owned()).collect();
    let message = markdown::message(&text::shortened(&judged.finding.message, CUT));
    let body = format!(
        "{message} \u{b7} [{}]({})\n\n{}",
        judged.rule,
        text::rule_url(judged.rule),
        markdown::suggestion(&new)
    );
    let first = place.line + front;
    Some(Suggestion { path: place.path.clone(), lines: (first, place.line + old.len() - back - 1), new, body })
}
