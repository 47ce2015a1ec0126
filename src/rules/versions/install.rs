//! Instructions that fetch a release by its version: `releases/download/1.2.3/`, `name_1.2.3_amd64.deb`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::facts::loose_version;
use crate::facts::place::Span;
use crate::facts::tag_line;
use crate::rules::level::Certainty;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::versions::copied;
use crate::rules::versions::copied::Copy;
use crate::rules::versions::copied::Exactness;
use crate::rules::versions::current::Current;
use crate::rules::versions::current::Currents;
use crate::rules::versions::passage;
use crate::rules::versions::passage::Passage;

const DOWNLOAD: &str = "/releases/download/";
const ARCHIVES: &[&str] = &[".deb", ".rpm", ".tar.gz", ".tar.xz", ".tgz", ".zip", ".msi", ".apk", ".AppImage", ".dmg"];

/// What every instruction holds. One pass for all of the literals.
static MAY_FETCH: LazyLock<Regex> = LazyLock::new(|| {
    let literals: Vec<String> = [DOWNLOAD].iter().chain(ARCHIVES).map(|literal| regex::escape(literal)).collect();
    Regex::new(&literals.join("|")).expect("escaped literals are a pattern")
});

/// Judges the versions that passages of documents fetch.
pub(super) fn instructions(context: &Context<'_>, currents: &Currents<'_>, outcome: &mut Outcome) {
    passage::each(context.facts, &|text| MAY_FETCH.is_match(text), &mut |passage| {
        // The address and the file that it brings are one instruction.
        let mut seen = BTreeSet::new();
        let mut at = 0;
        for line in passage.text.split_inclusive('\n') {
            let found = download(currents, line).or_else(|| archive(currents, line));
            if let Some((current, text, start)) = found
                && !passage::is_excused(&passage.context, line)
                && seen.insert(text)
            {
                judge(context, passage, current, text, at + start, outcome);
            }
            at += line.len();
        }
    });
}

fn judge(
    context: &Context<'_>,
    passage: &Passage<'_>,
    current: &Current<'_>,
    text: &str,
    start: usize,
    outcome: &mut Outcome,
) {
    let copy = Copy {
        path: &passage.file.path,
        text,
        span: passage.in_file(Span::new(start, start + text.len())),
        what: "the instruction to fetch a release".to_owned(),
        exactness: Exactness::Same,
        certainty: Certainty::Certain,
        fixable: false,
    };
    copied::judge(context, current, &copy, outcome);
}

/// The package and the version of an address of a release.
fn download<'c, 'a, 't>(currents: &'c Currents<'a>, line: &'t str) -> Option<(&'c Current<'a>, &'t str, usize)> {
    let found = line.find(DOWNLOAD)?;
    let before = &line[..found];
    let slug = before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || "/_-.".contains(c))).next()?;
    let mut parts = slug.rsplit('/');
    let (repository, owner) = (parts.next()?, parts.next()?);
    let start = found + DOWNLOAD.len();
    let tag = line[start..].split(['/', ' ', '"', '\'', '`', ')']).next()?;
    let (prefix, _) = tag_line::version_in(tag)?;
    let text = version_part(tag)?;
    let current =
        if prefix.is_empty() { of_repository(currents, owner, repository)? } else { currents.named(prefix)? };
    let offset = start + tag.len() - text.len();
    Some((current, text, offset))
}

/// The version at the end of a tag.
fn version_part(tag: &str) -> Option<&str> {
    tag.char_indices()
        .filter(|(_, character)| character.is_ascii_digit())
        .map(|(at, _)| &tag[at..])
        .find(|text| loose_version::parse(text).is_some())
}

/// The package that a repository releases under tags without a name: the one with its name, or the one at the root.
fn of_repository<'c, 'a>(currents: &'c Currents<'a>, owner: &str, repository: &str) -> Option<&'c Current<'a>> {
    let slug = format!("{owner}/{repository}").to_ascii_lowercase();
    let here = |current: &&Current<'a>| {
        current.package.repository.as_ref().is_some_and(|url| {
            let url = url.value.trim_end_matches('/').trim_end_matches(".git").to_ascii_lowercase();
            url.ends_with(&slug) || url.contains(&format!("{slug}/"))
        })
    };
    let named = currents.named(repository).filter(here);
    named.or_else(|| currents.all().filter(here).find(|current| current.package.folder.is_empty()))
}

/// The package and the version of a file of a release: `name_1.2.3_amd64.deb`.
fn archive<'c, 'a, 't>(currents: &'c Currents<'a>, line: &'t str) -> Option<(&'c Current<'a>, &'t str, usize)> {
    let mut offset = 0;
    for word in line.split(|c: char| c.is_whitespace() || "\"'`()<>/=".contains(c)) {
        let start = offset;
        // The next word begins behind the separator.
        offset += word.len() + line[start + word.len()..].chars().next().map_or(0, char::len_utf8);
        if !ARCHIVES.iter().any(|ending| word.ends_with(ending)) {
            continue;
        }
        let Some(at) = word.find(|c: char| c.is_ascii_digit()) else { continue };
        let name = word[..at].trim_end_matches('v').trim_end_matches(['-', '_']);
        let end = word[at..].find(['-', '_']).map_or(word.len(), |end| at + end);
        let Some(current) = currents.named(name) else { continue };
        if loose_version::parse(&word[at..end]).is_some() && word[at..end].split('.').count() == 3 {
            return Some((current, &word[at..end], start + at));
        }
    }
    None
}
