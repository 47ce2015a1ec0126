//! What a commit message asks for: conventional where it is, and told as not understood where it is not.

use crate::facts::commit_log::Logged;
use crate::release::step::Weight;

/// A message that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The type in small letters: `feat`.
    pub kind: String,
    /// The scope.
    pub scope: Option<String>,
    /// What stands behind the colon.
    pub description: String,
    /// What it says that it breaks; empty where it only bears the mark.
    pub breaking: Option<String>,
}

/// The types that the convention and its users know.
const KINDS: &[(&str, Weight)] = &[
    ("feat", Weight::Feature),
    ("feature", Weight::Feature),
    ("fix", Weight::Fix),
    ("bugfix", Weight::Fix),
    ("hotfix", Weight::Fix),
    ("perf", Weight::Fix),
    ("refactor", Weight::Fix),
    ("revert", Weight::Fix),
    ("deps", Weight::Fix),
    ("security", Weight::Fix),
    ("change", Weight::Fix),
    ("docs", Weight::Nothing),
    ("doc", Weight::Nothing),
    ("style", Weight::Nothing),
    ("test", Weight::Nothing),
    ("tests", Weight::Nothing),
    ("chore", Weight::Nothing),
    ("build", Weight::Nothing),
    ("ci", Weight::Nothing),
    ("release", Weight::Nothing),
];

impl Message {
    /// Reads a commit's message; none where it does not follow the convention.
    pub fn read(commit: &Logged) -> Option<Self> {
        let kind = header_kind(commit.subject())?.to_ascii_lowercase();
        // A forge puts the number of the pull request and a list of commits behind the title: the header says enough.
        let parsed = git_conventional::Commit::parse(&commit.message)
            .or_else(|_| git_conventional::Commit::parse(commit.subject()))
            .ok()?;
        let known = KINDS.iter().any(|(known, _)| *known == kind);
        if !known && !parsed.breaking() {
            return None;
        }
        Some(Self {
            kind,
            scope: parsed.scope().map(|scope| scope.as_str().to_owned()),
            description: parsed.description().to_owned(),
            breaking: parsed.breaking().then(|| {
                let told = parsed.breaking_description().unwrap_or_default();
                if told == parsed.description() { String::new() } else { told.to_owned() }
            }),
        })
    }

    /// What it asks for.
    pub fn weight(&self) -> Weight {
        if self.breaking.is_some() {
            return Weight::Breaking;
        }
        KINDS.iter().find(|(known, _)| *known == self.kind).map_or(Weight::Fix, |(_, weight)| *weight)
    }
}

/// The type in the form `type(scope)!: text`: one look, before a parser is asked. None where the line has another form.
fn header_kind(subject: &str) -> Option<&str> {
    let end = subject.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-' && letter != '_')?;
    let (kind, rest) = subject.split_at(end);
    let rest = match rest.strip_prefix('(') {
        Some(scope) => &scope[scope.find(')')? + 1..],
        None => rest,
    };
    let rest = rest.strip_prefix('!').unwrap_or(rest);
    (!kind.is_empty() && rest.starts_with(": ")).then_some(kind)
}

/// Says whether the commits of a repository follow the convention: at least half of those that are no merges do.
pub fn is_conventional<'c>(commits: impl Iterator<Item = &'c Logged>) -> bool {
    let (mut all, mut known) = (0, 0);
    for commit in commits.filter(|commit| !commit.merge) {
        all += 1;
        let kind = header_kind(commit.subject());
        known += usize::from(kind.is_some_and(|kind| KINDS.iter().any(|(known, _)| kind.eq_ignore_ascii_case(known))));
    }
    all > 0 && known * 2 >= all
}
