//! Notes of a release: the words of the changelog where somebody wrote them, else the commits, none of them dropped.

use std::fmt::Write as _;

use jiff::civil::Date;
use semver::Version;

use crate::facts::changelog::Section;
use crate::facts::commit_log::Logged;
use crate::release::messages::Message;
use crate::release::step::Weight;

/// The headings of what commits bring, in order.
const GROUPS: [&str; 5] = ["Breaking changes", "Added", "Fixed", "Changed", "Other changes"];

/// What a note was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The section that somebody wrote.
    Changelog,
    /// The messages of commits.
    Commits,
}

impl Source {
    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changelog => "changelog",
            Self::Commits => "commits",
        }
    }
}

/// What one release brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The package; none where the note is about all that is released together.
    pub package: Option<String>,
    /// The version; none for what is not released yet.
    pub version: Option<Version>,
    /// The day of its tag.
    pub date: Option<Date>,
    /// What it was made of.
    pub source: Source,
    /// The text without its heading, as Markdown.
    pub body: String,
}

impl Note {
    /// The heading.
    pub fn heading(&self) -> String {
        let version = self.version.as_ref().map_or_else(|| "Unreleased".to_owned(), ToString::to_string);
        heading(self.package.as_deref(), &version, self.date)
    }
}

/// The text of a section without its heading, as it was written: link definitions of the whole file left out.
pub fn written(text: &str, section: &Section) -> String {
    let body = text.get(section.body.start..section.body.end).unwrap_or_default();
    let is_definition = |line: &str| line.starts_with('[') && line.contains("]: ");
    let kept: Vec<&str> = body.lines().collect();
    // Only those at the end: in the midst of the text they may be part of it.
    let end = kept.iter().rposition(|line| !line.trim().is_empty() && !is_definition(line)).map_or(0, |at| at + 1);
    kept[..end].join("\n").trim_matches('\n').to_owned()
}

/// The heading of a release.
pub fn heading(name: Option<&str>, version: &str, date: Option<Date>) -> String {
    let name = name.map(|name| format!("{name} ")).unwrap_or_default();
    let date = date.map(|date| format!(" - {date}")).unwrap_or_default();
    format!("## {name}{version}{date}")
}

/// What commits bring, by kind. Merges speak through the commits that they join; what follows no convention is kept.
pub fn of_commits<'c>(commits: impl Iterator<Item = &'c Logged>, conventional: bool) -> String {
    let mut groups: [Vec<String>; GROUPS.len()] = Default::default();
    for commit in commits.filter(|commit| !commit.merge) {
        let message = Message::read(commit).filter(|message| conventional || message.breaking.is_some());
        let (group, line) = match message {
            None => (4, plain(commit.subject())),
            Some(message) => (group(&message), told(&message)),
        };
        // Without a convention there is one list, as the commits have it.
        groups[group].push(format!("- {line} ({})", commit.short()));
    }
    let mut text = String::new();
    let alone = groups[..4].iter().all(Vec::is_empty);
    for (name, lines) in GROUPS.iter().zip(&groups).filter(|(_, lines)| !lines.is_empty()) {
        if !text.is_empty() {
            text.push('\n');
        }
        if !alone {
            let _ = write!(text, "### {name}\n\n");
        }
        for line in lines {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

/// What a release brings that nobody wrote of and no commit changed: the new versions of what it needs.
pub fn of_nothing(needs: &[String]) -> String {
    match needs {
        [] => "Nothing of it changed.\n".to_owned(),
        needs => format!("Nothing of it changed but what it needs: {}.\n", needs.join(", ")),
    }
}

fn group(message: &Message) -> usize {
    match (message.weight(), message.kind.as_str()) {
        (Weight::Breaking, _) => 0,
        (Weight::Feature, _) => 1,
        (Weight::Fix, "fix" | "bugfix" | "hotfix" | "security") => 2,
        (Weight::Fix, _) => 3,
        (Weight::Nothing, _) => 4,
    }
}

fn told(message: &Message) -> String {
    let scope = message.scope.as_ref().map(|scope| format!("{}: ", plain(scope))).unwrap_or_default();
    let broken = message.breaking.as_ref().filter(|told| !told.is_empty());
    let broken = broken.map(|told| format!(": {}", plain(told))).unwrap_or_default();
    format!("{scope}{}{broken}", plain(&message.description))
}

/// A text of the repository in one line of Markdown: it opens no element of HTML.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('<', "\\<")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::history::ObjectId;

    fn commits(messages: &[&str]) -> Vec<Logged> {
        let commit = |message: &&str| Logged {
            id: ObjectId(Arc::from("0123456789abcdef")),
            time: 0,
            message: (*message).into(),
            merge: message.starts_with("Merge"),
            parents: Vec::new(),
            paths: Vec::new(),
        };
        messages.iter().map(commit).collect()
    }

    #[test]
    fn commits_are_grouped_and_none_is_dropped() {
        let log = commits(&[
            "feat(io): read it",
            "fix: mend",
            "words <b>",
            "ci: run",
            "Merge x",
            "fix!: turn\n\nBREAKING CHANGE: gone",
        ]);
        let text = of_commits(log.iter(), true);
        assert_eq!(
            text,
            "### Breaking changes\n\n- turn: gone (012345678)\n\n### Added\n\n- io: read it (012345678)\n\n### Fixed\n\n\
             - mend (012345678)\n\n### Other changes\n\n- words \\<b> (012345678)\n- run (012345678)\n"
        );
        assert_eq!(of_commits(commits(&["one", "two"]).iter(), false), "- one (012345678)\n- two (012345678)\n");
    }
}
