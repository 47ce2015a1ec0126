//! The documents that maintainers write for maintainers: how to contribute, release, operate. Not the users' manual.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::markdown::Markdown;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;

/// Beginnings of words in file names that say so wherever the file is.
const NAMES: &[&str] = &["contributing", "development", "developing", "hacking", "maintain", "releasing", "runbook"];
/// Those that a user's manual has, too: they count beside the manifests and at the top of the documentation.
const TOP_NAMES: &[&str] = &["release", "publish", "operations", "playbook"];
/// Parts of the names of folders that say so.
const FOLDERS: &[&str] = &[
    "operations",
    "ops",
    "runbooks",
    "maintainers",
    "maintenance",
    "contributing",
    "contrib",
    "development",
    "dev",
    "devdocs",
    "dev-docs",
    "internal-docs",
    "releasing",
];

/// The documents, nearest to the root first.
pub(super) fn of(facts: &Facts) -> Vec<(&SourceFile, &Markdown)> {
    let mut found: Vec<_> = facts
        .markdown()
        .filter(|(file, _)| {
            !is_changelog(file) && is_for_maintainers(&file.path) && facts.zone(&file.path) == Zone::Own
        })
        .collect();
    found.sort_by_key(|(file, _)| (file.path.matches('/').count(), &file.path));
    found
}

fn is_changelog(file: &SourceFile) -> bool {
    file.kind == Kind::Changelog
}

fn is_for_maintainers(path: &str) -> bool {
    let name = path::file_name(path).to_ascii_lowercase();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    let folders = path::parent(path).to_ascii_lowercase();
    let begins = |names: &[&str]| words(stem).iter().any(|word| names.iter().any(|name| word.starts_with(name)));
    let at_top = matches!(folders.as_str(), "" | ".github" | "doc" | "docs");
    folders.split('/').any(|folder| FOLDERS.contains(&folder)) || begins(NAMES) || (at_top && begins(TOP_NAMES))
}

/// The words of a text, in lower case.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// The first heading for which a test on its words is true.
pub(super) fn heading(
    facts: &Facts,
    documents: &[(&SourceFile, &Markdown)],
    label: &str,
    says: impl Fn(&[String]) -> bool,
) -> Option<Place> {
    documents.iter().find_map(|(file, markdown)| {
        let heading = markdown.headings.iter().find(|heading| says(&words(&heading.text)))?;
        Some(facts.place(&file.path, heading.span, label))
    })
}
