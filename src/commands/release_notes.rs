//! `release notes`: what a release brings, from the changelog where somebody wrote it, else from the commits.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use jiff::civil::Date;
use semver::Version;

use crate::commands::names;
use crate::commands::release_ground;
use crate::commands::release_ground::Read;
use crate::error::Error;
use crate::facts::commit_log::CommitLog;
use crate::facts::commit_log::Logged;
use crate::facts::commit_log::Standing;
use crate::facts::history::ObjectId;
use crate::facts::history::Unavailable;
use crate::facts::loose_version;
use crate::facts::path;
use crate::facts::releases;
use crate::facts::releases::Releases;
use crate::facts::tag_line;
use crate::facts::tag_line::Line;
use crate::facts::tag_line::Tagged;
use crate::release::baseline;
use crate::release::candidates;
use crate::release::entries;
use crate::release::messages;
use crate::release::notes;
use crate::release::notes::Note;
use crate::release::notes::Source;
use crate::world::git::commit_log;
use crate::world::git::commit_log::Paths;
use crate::world::git::folder_log;
use crate::world::git::folder_log::After;
use crate::world::git::folder_log::Brought;

/// How many tags are asked where their histories parted from the examined one.
const ASKED: usize = 4;

/// What notes are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Of what is not released yet.
    Unreleased,
    /// Of one version.
    Version(Version),
    /// Of every release, the newest first.
    All,
}

/// Where notes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// The changelog where it has the section, else the commits.
    Best,
    /// The commits alone.
    Commits,
}

/// One part of the answer: the packages that share it.
struct Part<'a> {
    index: usize,
    name: &'a str,
    /// Its folder.
    folder: &'a str,
    /// Whether other packages are in the repository, so that paths tell whose a commit is.
    apart: bool,
}

struct Writer<'a> {
    read: &'a Read,
    lines: &'a [Line<'a>],
    releases: &'a Releases<'a>,
    from: From,
    parts: &'a [Part<'a>],
    /// The whole history, read once.
    log: OnceCell<CommitLog>,
    /// What is not released of the parts that nobody wrote of, read once.
    since: OnceCell<Since<'a>>,
}

/// The newest release of each part, and what came after it.
struct Since<'a> {
    newest: Vec<Option<&'a Tagged<'a>>>,
    /// The commits after the releases of the whole repository.
    log: CommitLog,
    /// What was brought into the folder of each part that stands apart.
    brought: Vec<Option<Brought>>,
    conventional: bool,
}

/// The notes, those of one package after those of another. Empty `wanted` mean every package that has some.
pub(crate) fn notes(read: &Read, wanted: &[String], which: &Which, from: From) -> Result<Vec<Note>, Error> {
    let (facts, history) = (&read.examined.facts, read.examined.history());
    let tags = release_ground::tags(history)?;
    let lines: Vec<Line<'_>> = tag_line::lines(&facts.cargo, tags);
    let found = candidates::among(facts, &lines);
    let name = |index: usize| facts.cargo.packages[index].name.value.as_str();
    let known: Vec<&str> = found.indices.iter().map(|&index| name(index)).collect();
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(names::unknown_package(unknown, &known));
    }
    let releases = Releases::of(facts, history);
    let tagged = lines.iter().any(|line| !line.tags.is_empty());
    let mut parts = Vec::new();
    let mut shared = false;
    for &index in &found.indices {
        // Packages under the same tags have one part: that of the first of them.
        let is_shared = lines[index].shared || lines[index].tags.is_empty() && found.indices.len() == 1;
        let asked = wanted.is_empty() || wanted.iter().any(|one| one == name(index));
        // What no tag names has no beginning: it is noted where it is asked for.
        let untold = lines[index].tags.is_empty() && tagged;
        if !asked || wanted.is_empty() && (is_shared && shared || untold) {
            continue;
        }
        shared |= is_shared;
        let apart = !is_shared || !wanted.is_empty() && found.indices.len() > 1;
        parts.push(Part { index, name: name(index), folder: &facts.cargo.packages[index].folder, apart });
    }
    let (log, since) = (OnceCell::new(), OnceCell::new());
    let writer = Writer { read, lines: &lines, releases: &releases, from, parts: &parts, log, since };
    let mut found = Vec::new();
    for part in &parts {
        found.extend(writer.part(part, which)?.into_iter().filter(|note| !note.body.is_empty()));
    }
    if found.is_empty() {
        return Err(nothing(which, wanted));
    }
    Ok(found)
}

fn nothing(which: &Which, wanted: &[String]) -> Error {
    let of = if wanted.is_empty() { String::new() } else { format!(" of {}", wanted.join(", ")) };
    if let Which::Version(version) = which {
        let message = format!("find a release {version}{of}: no tag and no section of a changelog names it");
        return Error::usage("unknown-version", message)
            .help("fetch the tags (git fetch --tags), or leave the version out for what is not released yet");
    }
    let message =
        format!("find anything{of} to note: no commit came since the last release, and no section tells of one");
    Error::usage("nothing-to-note", message).help("name a version (cargo governed release notes 1.2.3), or say --all")
}

/// Refuses commits of which some may be missing.
fn whole(cut: bool) -> Result<(), Error> {
    if cut { Err(release_ground::unread(&Unavailable::Shallow)) } else { Ok(()) }
}

impl<'a> Writer<'a> {
    fn part(&self, part: &Part<'_>, which: &Which) -> Result<Vec<Note>, Error> {
        Ok(match which {
            Which::Unreleased => self.unreleased(part)?.into_iter().collect(),
            Which::Version(version) => self.version(part, version)?.into_iter().collect(),
            Which::All => self.all(part)?,
        })
    }

    /// A note of the words that somebody wrote, else of the commits.
    fn note(
        &self,
        part: &Part<'_>,
        version: Option<&Version>,
        date: Option<Date>,
        commits: impl FnOnce() -> Result<String, Error>,
    ) -> Result<Note, Error> {
        let written = self.section(part, version).filter(|text| !text.is_empty());
        let source = if written.is_some() { Source::Changelog } else { Source::Commits };
        let body = written.map_or_else(commits, Ok)?;
        let package = self.called(part).map(str::to_owned);
        Ok(Note { package, version: version.cloned(), date, source, body: body.trim_end().to_owned() })
    }

    /// The name in headings: none where the tags bear none.
    fn called<'p>(&self, part: &Part<'p>) -> Option<&'p str> {
        (!self.lines[part.index].shared && self.read.examined.facts.cargo.packages.len() > 1 && part.apart)
            .then_some(part.name)
    }

    fn unreleased(&self, part: &Part<'_>) -> Result<Option<Note>, Error> {
        let history = self.read.examined.history();
        let commits = || {
            let Some(head) = history.head() else { return Ok(String::new()) };
            let since = self.since(&head.id)?;
            let at = self.parts.iter().position(|one| one.index == part.index);
            if let Some((at, tagged)) = at.and_then(|at| Some((at, since.newest[at]?))) {
                return Ok(match &since.brought[at] {
                    Some(brought) => notes::of_commits(self.mine(part, brought.commits.iter()), since.conventional),
                    None => notes::of_commits(since.log.after(&tagged.tag.commit), since.conventional),
                });
            }
            self.begins(part)?;
            let log = self.log(&head.id, &[], &[part])?;
            Ok(self.commits(part, &log, log.commits.iter()))
        };
        self.note(part, None, None, commits).map(Some)
    }

    /// Refuses to take everything for new where a release is told of and not one tag is there.
    fn begins(&self, part: &Part<'_>) -> Result<(), Error> {
        let lost = baseline::lost(&self.read.examined.facts, self.read.examined.history(), part.index);
        lost.map_or(Ok(()), |blocker| Err(release_ground::unproven(&blocker)))
    }

    fn version(&self, part: &Part<'_>, version: &Version) -> Result<Option<Note>, Error> {
        let tagged = self.lines[part.index].of(version);
        let date = tagged.and_then(|tagged| self.read.examined.history().commit(&tagged.tag.commit).ok());
        let date = date.map(|commit| releases::day(commit.time));
        let commits = || {
            let Some(tagged) = tagged else { return Ok(String::new()) };
            let before: Vec<ObjectId> =
                self.before(part, tagged).map(|one| one.tag.commit.clone()).into_iter().collect();
            let log = self.log(&tagged.tag.commit, &before, &[part])?;
            let text = self.commits(part, &log, log.commits.iter());
            Ok(if text.is_empty() { "Nothing of it changed.\n".to_owned() } else { text })
        };
        self.note(part, Some(version), date, commits).map(Some)
    }

    /// What came after the newest release of each part of which nobody wrote. Nearly always the newest tag is that release,
    /// which the walk that reads the commits tells too: it is asked first, and the history once more only where it is not.
    fn since(&self, head: &ObjectId) -> Result<&Since<'a>, Error> {
        if let Some(since) = self.since.get() {
            return Ok(since);
        }
        let unwritten = |part: &Part<'_>| self.section(part, None).is_none_or(|text| text.is_empty());
        let newest = self.parts.iter().map(|part| self.reached(part).next().filter(|_| unwritten(part))).collect();
        let mut since = self.after(head, newest)?;
        let mut sure = since.newest.clone();
        for (at, newest) in sure.iter_mut().enumerate() {
            let stands = match (&since.brought[at], &newest) {
                (Some(brought), _) => Some(brought.standing),
                (None, Some(tagged)) => since.log.standing.get(&tagged.tag.commit).copied(),
                (None, None) => continue,
            };
            if !matches!(stands, Some(Standing::Behind | Standing::Parted)) {
                *newest = self.newest(&self.parts[at])?;
            }
        }
        if sure != since.newest {
            since = self.after(head, sure)?;
        }
        Ok(self.since.get_or_init(|| since))
    }

    /// What came after one release of each part: of the whole repository all of it, of a package what was brought into it.
    fn after(&self, head: &ObjectId, newest: Vec<Option<&'a Tagged<'a>>>) -> Result<Since<'a>, Error> {
        let both = || self.parts.iter().zip(&newest).filter_map(|(part, newest)| Some((part, (*newest)?)));
        let bases: Vec<ObjectId> =
            both().filter(|(part, _)| !part.apart).map(|(_, tagged)| tagged.tag.commit.clone()).collect();
        let asked: Vec<(&ObjectId, &str)> =
            both().filter(|(part, _)| part.apart).map(|(part, tagged)| (&tagged.tag.commit, part.folder)).collect();
        let After { log, brought } = match &self.read.repository {
            Some(repository) => folder_log::read(repository, head, &bases, &asked)?,
            None => After::default(),
        };
        let all = log.commits.iter().chain(brought.iter().flat_map(|brought| &brought.commits));
        let conventional = messages::is_conventional(all);
        whole(log.cut || brought.iter().any(|brought| brought.cut))?;
        let mut found = brought.into_iter();
        let asks = |(part, newest): (&Part<'_>, Option<_>)| part.apart && newest.is_some();
        let all = self.parts.iter().zip(newest.iter().copied());
        let brought = all.map(|pair| if asks(pair) { found.next() } else { None }).collect();
        Ok(Since { newest, log, brought, conventional })
    }

    /// The tags of versions that the manifest has come to, the newest first.
    fn reached(&self, part: &Part<'_>) -> impl Iterator<Item = &'a Tagged<'a>> {
        let tags = &self.lines[part.index].tags;
        let stated = self.read.examined.facts.cargo.packages[part.index].version.as_ref().map(|version| &version.value);
        let reached = move |tagged: &Tagged<'_>| {
            stated.is_none_or(|stated| tagged.version <= *stated || loose_version::same(&tagged.version, stated))
        };
        // A manifest that no tag has come to yet is one that gets its version only when it is released.
        let all = !tags.iter().any(reached);
        tags.iter().rev().filter(move |tagged| all || reached(tagged))
    }

    /// The newest release that the manifest has come to: behind the examined commit, or on a branch that parted from it.
    fn newest(&self, part: &Part<'_>) -> Result<Option<&'a Tagged<'a>>, Error> {
        let history = self.read.examined.history();
        let head = history.head().map(|head| head.id);
        for (at, tagged) in self.reached(part).enumerate() {
            let commit = &tagged.tag.commit;
            let found = if at < ASKED {
                let parted = history.parted(commit).map_err(|error| release_ground::unread(&error))?;
                parted.as_ref() == Some(commit) || parted.is_some() && parted != head
            } else {
                history.is_in_head(commit).map_err(|error| release_ground::unread(&error))?
            };
            if found {
                return Ok(Some(tagged));
            }
        }
        Ok(None)
    }

    /// The release before another one of the same line: for a release the one before its pre-releases.
    fn before(&self, part: &Part<'_>, tagged: &Tagged<'_>) -> Option<&Tagged<'_>> {
        let fits = |one: &&Tagged<'_>| {
            one.version < tagged.version
                && !loose_version::same(&one.version, &tagged.version)
                && (!tagged.version.pre.is_empty() || one.version.pre.is_empty())
        };
        self.lines[part.index].tags.iter().rev().find(fits)
    }

    /// Every release that the history holds, the newest first.
    fn all(&self, part: &Part<'_>) -> Result<Vec<Note>, Error> {
        let history = self.read.examined.history();
        let Some(head) = history.head() else { return Ok(Vec::new()) };
        self.begins(part)?;
        let tags = &self.lines[part.index].tags;
        let commits: Vec<ObjectId> = tags.iter().map(|tagged| tagged.tag.commit.clone()).collect();
        let log = self.whole(&head.id)?;
        let holders = log.holders(&commits);
        let mut by_tag: BTreeMap<Option<usize>, Vec<&Logged>> = BTreeMap::new();
        for (commit, holder) in log.commits.iter().zip(holders) {
            by_tag.entry(holder).or_default().push(commit);
        }
        let conventional = messages::is_conventional(log.commits.iter());
        let of = |commits: &[&Logged]| Ok(notes::of_commits(self.mine(part, commits.iter().copied()), conventional));
        let open = by_tag.get(&None).map(Vec::as_slice).unwrap_or_default();
        let mut found = vec![self.note(part, None, None, || of(open))?];
        let times: BTreeMap<&ObjectId, i64> = log.commits.iter().map(|commit| (&commit.id, commit.time)).collect();
        for (at, tagged) in tags.iter().enumerate().rev() {
            let Some(commits) = by_tag.get(&Some(at)) else { continue };
            let date = times.get(&tagged.tag.commit).copied().map(releases::day);
            found.push(self.note(part, Some(&tagged.version), date, || of(commits))?);
        }
        Ok(found)
    }

    /// The section of a version, or of what is not released, as the changelog has it.
    fn section(&self, part: &Part<'_>, version: Option<&Version>) -> Option<String> {
        if self.from == From::Commits {
            return None;
        }
        let facts = &self.read.examined.facts;
        let kept = entries::of_package(&self.releases.changelogs, facts, part.index)?;
        let text = facts.text(&kept.path)?;
        let section = match version {
            Some(version) => kept.section_of(&facts.cargo, part.index, version)?,
            None => kept.changelog.sections.iter().find(|section| section.is_unreleased())?,
        };
        Some(notes::written(text, section))
    }

    /// The whole history, with what it did to all parts.
    fn whole(&self, head: &ObjectId) -> Result<&CommitLog, Error> {
        if self.log.get().is_none() {
            let parts: Vec<&Part<'_>> = self.parts.iter().collect();
            let _ = self.log.set(self.log(head, &[], &parts)?);
        }
        Ok(self.log.get_or_init(CommitLog::default))
    }

    /// The commits behind one and not behind the bases, each with the paths that tell whether it is of one of the parts.
    fn log(&self, head: &ObjectId, bases: &[ObjectId], parts: &[&Part<'_>]) -> Result<CommitLog, Error> {
        let Some(repository) = &self.read.repository else { return Ok(CommitLog::default()) };
        let folders: Vec<&str> = parts.iter().filter(|part| part.apart).map(|part| part.folder).collect();
        let paths = if folders.is_empty() { Paths::Left } else { Paths::Below(&folders) };
        let log = commit_log::read(repository, head, bases, paths)?;
        whole(log.cut)?;
        Ok(log)
    }

    fn commits<'c>(&self, part: &Part<'_>, log: &CommitLog, commits: impl Iterator<Item = &'c Logged>) -> String {
        notes::of_commits(self.mine(part, commits), messages::is_conventional(log.commits.iter()))
    }

    /// The commits that changed something in the folder of the package, and in no other package's inside it.
    fn mine<'c>(&self, part: &Part<'_>, commits: impl Iterator<Item = &'c Logged>) -> impl Iterator<Item = &'c Logged> {
        let cargo = &self.read.examined.facts.cargo;
        let folder = cargo.packages[part.index].folder.as_str();
        let apart = part.apart;
        commits.filter(move |commit| {
            let owned = |file: &str| {
                path::is_within(file, folder) && cargo.owner(file).is_some_and(|owner| owner.folder == folder)
            };
            !apart || commit.paths.iter().any(|file| owned(file))
        })
    }
}
