//! The one comment for ever: found by its marker and its author, changed only by a newer run that says something else.

use crate::commands::action::warning::COMMENT;
use crate::commands::action::warning::Warning;
use crate::render::comment::marker;
use crate::render::comment::marker::Marker;
use crate::world::forge::comments;
use crate::world::forge::comments::Comment;
use crate::world::forge::connection::Connection;
use crate::world::forge::failure::Failure;

/// The author where the forge does not say who we are: that of the token of a workflow.
const USUAL_AUTHOR: &str = "github-actions";

/// Where the comment stands.
pub(crate) struct Spot<'a> {
    pub(crate) forge: &'a Connection,
    pub(crate) repository: &'a str,
    pub(crate) number: u64,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// There is none of ours.
    Create,
    /// Ours says something else.
    Update(u64),
    /// Ours says the same already, or a newer run wrote it.
    Leave(&'static str),
}

/// Our comments, the oldest first.
pub(crate) fn own(spot: &Spot<'_>, id: &str) -> Result<Vec<Comment>, Failure> {
    let mut marked = comments::list(spot.forge, spot.repository, spot.number)?;
    marked.retain(|comment| Marker::of(&comment.body).is_some_and(|marker| marker.id == id));
    if marked.is_empty() {
        return Ok(marked);
    }
    // Anybody can write our marker; only ours is changed.
    let us = comments::author(spot.forge)?;
    marked.retain(|comment| is_us(&comment.author, us.as_deref()));
    Ok(marked)
}

/// Whether an author is who writes with our token.
pub(crate) fn is_us(author: &str, us: Option<&str>) -> bool {
    bare(author) == bare(us.unwrap_or(USUAL_AUTHOR))
}

/// GraphQL leaves the mark of a bot out, REST does not.
fn bare(author: &str) -> &str {
    author.strip_suffix("[bot]").unwrap_or(author)
}

/// Decides what to do with a text, given our comments.
pub(crate) fn decide(own: &[Comment], body: &str) -> Act {
    let Some(first) = own.first() else { return Act::Create };
    let (old, new) = (Marker::of(&first.body), Marker::of(body));
    if old.zip(new).is_some_and(|(old, new)| old.run > new.run) {
        return Act::Leave("a newer run wrote it");
    }
    if marker::says_the_same(&first.body, body) {
        return Act::Leave("it says the same already");
    }
    Act::Update(first.id)
}

/// Brings the comment up to date; gives its page.
pub(crate) fn post(spot: &Spot<'_>, id: &str, own: &[Comment], body: &str) -> Result<(String, &'static str), Failure> {
    let page = |comment: &Comment| comment.url.clone();
    let done = match decide(own, body) {
        Act::Leave(why) => (own.first().map(page).unwrap_or_default(), why),
        Act::Update(number) => (page(&comments::update(spot.forge, spot.repository, number, body)?), "updated"),
        Act::Create => return create(spot, id, body),
    };
    // Two jobs may have made one each, long ago: the first one stays.
    for extra in own.iter().skip(1) {
        comments::delete(spot.forge, spot.repository, extra.id)?;
    }
    Ok(done)
}

fn create(spot: &Spot<'_>, id: &str, body: &str) -> Result<(String, &'static str), Failure> {
    let find = || Ok(own(spot, id)?.into_iter().find(|comment| marker::says_the_same(&comment.body, body)));
    let made = comments::create(spot.forge, spot.repository, spot.number, body, &find)?;
    // Another job may have made one at the same time: the lowest number stays, with the newest text.
    let all = own(spot, id)?;
    match all.first() {
        Some(first) if first.id != made.id => {
            if let Act::Update(number) = decide(&all[..1], body) {
                comments::update(spot.forge, spot.repository, number, body)?;
            }
            comments::delete(spot.forge, spot.repository, made.id)?;
            Ok((first.url.clone(), "updated: another job made it first"))
        }
        _ => Ok((made.url, "posted")),
    }
}

/// The warning of a comment that could not be posted.
pub(crate) fn warning(failure: &Failure, fork: bool) -> Warning {
    Warning::of(COMMENT, failure, fork)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str, run: u64) -> String {
        format!("{text}\n<sub>x</sub>\n\n<!-- cargo-governed:comment:v1 id=default run={run}.1 -->\n")
    }

    fn comment(id: u64, text: &str, run: u64) -> Comment {
        Comment { id, body: body(text, run), ..Comment::default() }
    }

    #[test]
    fn an_older_run_never_overwrites_a_newer_one() {
        assert_eq!(decide(&[], &body("a", 5)), Act::Create);
        assert_eq!(decide(&[comment(1, "b", 4)], &body("a", 5)), Act::Update(1));
        assert_eq!(decide(&[comment(1, "b", 5)], &body("a", 5)), Act::Update(1));
        assert_eq!(decide(&[comment(1, "b", 6)], &body("a", 5)), Act::Leave("a newer run wrote it"));
        assert_eq!(decide(&[comment(1, "a", 4)], &body("a", 5)), Act::Leave("it says the same already"));
    }
}
