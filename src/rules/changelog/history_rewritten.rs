//! Sections of versions that are out, compared with what they said in the tree of their tag.

use std::collections::BTreeSet;
use std::collections::HashSet;

use crate::facts::changelog;
use crate::facts::changelog::Section;
use crate::facts::history::Introduced;
use crate::facts::history::Unavailable;
use crate::facts::kept_changelog::Kept;
use crate::facts::markdown;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::releases::Releases;
use crate::facts::tag_line::Tagged;
use crate::rules::changelog::entry::Entry;
use crate::rules::changelog::entry::entries;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "history-rewritten",
    group: "changelog",
    level: Level::Warn,
    claim: "a released section of a changelog says what it said when its version was tagged",
    page: include_str!("history_rewritten.md"),
    check,
};

/// How many old texts are read, beside the newest one of each changelog.
const TEXTS: usize = 8;
/// How many releases of a changelog are compared.
const RELEASES: usize = 3;
/// How many tags of a package count as the last ones.
const LAST: usize = 6;
/// The most entries of one section whose origin is asked for.
const ASKED: usize = 4;

/// The extensions of code and scripts: what an entry of a changelog may be about, and no words about it.
const CODE: &[&str] = &[
    "rs", "c", "h", "cc", "cpp", "hpp", "cu", "py", "js", "ts", "sh", "bash", "zsh", "fish", "ps1", "nu", "go", "java",
    "kt", "swift", "m", "mm", "proto", "sql", "lua", "wgsl", "glsl", "hlsl", "asm", "s", "lalrpop", "pest", "scm",
];
/// The names of build scripts that have no extension.
const CODE_NAMES: &[&str] = &["Makefile", "makefile", "justfile", "Justfile", "Dockerfile"];

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let releases = Releases::of(context.facts, context.history);
    let cases: Vec<Case<'_>> = releases
        .changelogs
        .iter()
        .map(|kept| Case { context, releases: &releases, kept, packages: releases.packages_of(kept) })
        .collect();
    let mut left = TEXTS;
    for round in 0..RELEASES {
        for case in &cases {
            if round > 0 && left == 0 {
                return outcome;
            }
            match case.judge(round, &mut outcome) {
                Ok(read) if round > 0 => left -= usize::from(read),
                Ok(_) => {}
                Err(error) => outcome.unproven(format!("{}: {error}", case.kept.path)),
            }
        }
    }
    outcome
}

/// One changelog.
struct Case<'a> {
    context: &'a Context<'a>,
    releases: &'a Releases<'a>,
    kept: &'a Kept,
    packages: Vec<usize>,
}

impl Case<'_> {
    /// Compares the section of the release of a place in the order, the newest being 0. Says whether an old text was read.
    fn judge(&self, round: usize, outcome: &mut Outcome) -> Result<bool, Unavailable> {
        let Some((index, section, tagged)) = self.releases_told().nth(round) else {
            if round == 0 {
                self.without_tags(outcome);
            }
            return Ok(false);
        };
        let now = self.context.facts.text(&self.kept.path).unwrap_or_default();
        let own = entries(now, section.body);
        // What a tool makes of the commits it makes anew.
        let body = now.get(section.body.start..section.body.end).unwrap_or_default();
        let says_so = ["do-not-edit", "do not edit", "DO NOT EDIT"].iter().any(|words| body.contains(words));
        let is_generated = says_so || own.iter().filter(|entry| entry.is_generated()).count() * 2 > own.len();
        if is_generated || !self.is_kept(index, tagged) || !self.releases.is_in_head(tagged.tag)? {
            return Ok(false);
        }
        let Some(text) = self.context.history.text_at(&tagged.tag.commit, &self.kept.path)? else { return Ok(true) };
        let Some(before) = self.body_then(now, section, &text) else { return Ok(true) };
        outcome.look();
        if text.get(before.start..before.end).map(str::trim) == Some(body.trim()) {
            return Ok(true);
        }
        let old = entries(&text, before);
        let everywhere: HashSet<&str> = text.lines().map(str::trim).collect();
        self.added(index, tagged, &own, &old, &everywhere, outcome)?;
        self.gone(index, tagged, section, &own, &old, outcome);
        Ok(true)
    }

    /// Says whether a release is one of the last ones: an old changelog that rests is asked for nothing.
    fn is_kept(&self, index: usize, tagged: &Tagged<'_>) -> bool {
        let tags = self.releases.line(index).map_or(&[][..], |line| line.tags.as_slice());
        let full = tags.iter().rev().filter(|one| one.version.pre.is_empty() || !tagged.version.pre.is_empty());
        full.take(LAST).any(|one| one.version == tagged.version)
    }

    /// Where the body of a section stood in an earlier text: between the same headings, else where a reader finds its version.
    fn body_then(&self, now: &str, section: &Section, then: &str) -> Option<Span> {
        let line = |text: &'_ str, at: usize| -> Option<String> {
            Some(format!("\n{}\n", text.get(text[..at].rfind('\n').map_or(0, |end| end + 1)..)?.lines().next()?))
        };
        let heading = line(now, section.heading.start)?;
        let next = self.kept.changelog.sections.iter().find(|other| other.heading.start > section.heading.start);
        let found = next.and_then(|next| {
            let start = then.find(&heading)? + heading.len();
            let end = start - 1 + then[start - 1..].find(&line(now, next.heading.start)?)? + 1;
            (end >= start && section.body.start > section.heading.end).then(|| Span::new(start, end))
        });
        found.or_else(|| {
            let read = changelog::read(then, &markdown::parse(then));
            let same = |one: &&Section| {
                one.title.releases.iter().any(|release| {
                    section
                        .title
                        .releases
                        .iter()
                        .any(|now| (&now.package, &now.version.value) == (&release.package, &release.version.value))
                })
            };
            read.sections.iter().find(same).map(|section| section.body)
        })
    }

    /// The sections of versions that are tagged, the newest version first, each with the package and its tag.
    fn releases_told(&self) -> impl Iterator<Item = (usize, &Section, &Tagged<'_>)> {
        let cargo = &self.context.facts.cargo;
        let mut told: Vec<(usize, &Section, &Tagged<'_>)> = Vec::new();
        let mut seen = BTreeSet::new();
        for &index in &self.packages {
            let Some(line) = self.releases.line(index) else { continue };
            for (section, release) in self.kept.releases(cargo, index).filter(|(section, _)| !section.title.planned) {
                if let Some(tagged) = line.of(&release.version.value).filter(|_| seen.insert(section.heading.start)) {
                    told.push((index, section, tagged));
                }
            }
        }
        told.sort_by(|one, other| (&other.2.version, one.0).cmp(&(&one.2.version, other.0)));
        told.into_iter()
    }

    fn without_tags(&self, outcome: &mut Outcome) {
        let told = self.kept.changelog.sections.iter().any(|section| section.released().next().is_some());
        if let (true, true, Some(why)) = (told, self.releases.has_history(), self.releases.no_tags()) {
            outcome.unproven(format!("{}: what was released can't be compared: {why}", self.kept.path));
        }
    }

    /// Entries that came after the release, with code that the release does not hold.
    fn added(
        &self,
        index: usize,
        tagged: &Tagged<'_>,
        now: &[Entry<'_>],
        old: &[Entry<'_>],
        everywhere: &HashSet<&str>,
        outcome: &mut Outcome,
    ) -> Result<(), Unavailable> {
        let lost: Vec<&Entry<'_>> =
            old.iter().filter(|entry| now.iter().all(|other| other.line != entry.line)).collect();
        let fresh = now.iter().filter(|entry| {
            !everywhere.contains(entry.line)
                && !entry.is_generated()
                && !entry.takes_back()
                && lost.iter().all(|lost| !lost.is_like(entry))
        });
        for entry in fresh.take(ASKED) {
            let Some(found) = self.context.history.introduced(&self.kept.path, entry.line)? else { continue };
            let is_later = !is_release(&found) && found.paths.iter().any(|file| self.is_code(file));
            if is_later {
                outcome.find(self.later(index, tagged, entry, &found));
            }
        }
        Ok(())
    }

    fn later(&self, index: usize, tagged: &Tagged<'_>, entry: &Entry<'_>, found: &Introduced) -> Finding {
        let called = self.releases.called(self.kept, index, &tagged.version);
        let tag = &tagged.tag.name;
        let label = format!("not there when {} was tagged", tagged.version);
        let at = self.context.facts.place(&self.kept.path, entry.span, label);
        let short = found.commit.id.0.get(..9).unwrap_or(&found.commit.id.0);
        let code = found.paths.iter().find(|file| self.is_code(file)).map_or("", String::as_str);
        let message = format!("{called} is told to hold what came after its tag {tag}");
        Finding::new(message, at)
            .against(Place::whole(format!("git:{tag}:{}", self.kept.path), "has no such entry"))
            .against(Place::whole(format!("git:{short}:{code}"), "changed with the entry, and is not behind the tag"))
            .why(format!("the entry came with {short} ({}), which the release does not hold", found.commit.summary))
            .certainty(Certainty::Probable)
    }

    /// An entry of the release that nothing is left of.
    fn gone(
        &self,
        index: usize,
        tagged: &Tagged<'_>,
        section: &Section,
        now: &[Entry<'_>],
        old: &[Entry<'_>],
        outcome: &mut Outcome,
    ) {
        let text = self.context.facts.text(&self.kept.path).unwrap_or_default();
        let lines: HashSet<&str> = text.lines().map(str::trim).collect();
        let fresh: Vec<&Entry<'_>> =
            now.iter().filter(|entry| old.iter().all(|other| other.line != entry.line)).collect();
        let gone = old.iter().filter(|entry| {
            !lines.contains(entry.line) && !entry.is_generated() && fresh.iter().all(|fresh| !fresh.is_like(entry))
        });
        let gone: Vec<&Entry<'_>> = gone.collect();
        let Some(first) = gone.first() else { return };
        let called = self.releases.called(self.kept, index, &tagged.version);
        let more = if gone.len() > 1 { format!(" and {} more", gone.len() - 1) } else { String::new() };
        let shown: String = first.line.chars().take(60).collect();
        let at = self.context.facts.place(&self.kept.path, section.heading, "an entry of it is gone");
        let message = format!("the changelog of {called} lost what it said at its tag: `{shown}`{more}");
        let there = Place::whole(format!("git:{}:{}", tagged.tag.name, self.kept.path), "had the entry");
        outcome.find(Finding::new(message, at).against(there).certainty(Certainty::Unsure));
    }

    /// Says whether a path is code or a script of the packages that the changelog speaks for: no document and no manifest.
    fn is_code(&self, file: &str) -> bool {
        let is_ours = || match self.context.facts.cargo.owner(file) {
            Some(owner) => self.packages.iter().any(|&index| self.releases.package(index).manifest == owner.manifest),
            None => path::parent(&self.kept.path).is_empty(),
        };
        let is_code = CODE.contains(&path::extension(file)) || CODE_NAMES.contains(&path::file_name(file));
        is_code && !file.starts_with("docs/") && is_ours()
    }
}

/// Says whether a commit made a release: it brought a section of a version.
fn is_release(found: &Introduced) -> bool {
    let versions =
        |text: &str| changelog::read(text, &markdown::parse(text)).sections.iter().flat_map(Section::released).count();
    versions(&found.after) != versions(&found.before)
}
