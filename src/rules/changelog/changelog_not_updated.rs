//! Changes of what a package ships that the changelog does not know of. Only with a base to compare with.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::kept_changelog::Kept;
use crate::facts::kind::Kind;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::source::SourceFile;
use crate::facts::workspace::Package;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "changelog-not-updated",
    group: "changelog",
    level: Level::Warn,
    claim: "what changed in a package since the base stands under Unreleased in its changelog",
    page: include_str!("changelog_not_updated.md"),
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(base) = context.base else { return outcome };
    let before = base.changelogs();
    if has_new_fragment(context.facts, base) {
        return outcome;
    }
    for kept in context.facts.changelogs() {
        let Some(earlier) = before.iter().find(|earlier| earlier.path == kept.path) else { continue };
        let changed = Changed::of(context.facts, base, kept);
        // Without a section for it on both sides, the changelog is written at the release.
        let (Some(now), Some(then)) = (unreleased(context.facts, kept), unreleased(base, earlier)) else { continue };
        let Some(changed) = changed else { continue };
        outcome.look();
        if now == then && kept.changelog.sections.len() <= earlier.changelog.sections.len() {
            outcome.find(changed.finding(context, base, kept));
        }
    }
    outcome
}

/// The text under Unreleased, white space at the ends of lines left out.
fn unreleased(facts: &Facts, kept: &Kept) -> Option<Vec<String>> {
    let text = facts.text(&kept.path)?;
    let mut sections = kept.changelog.sections.iter().filter(|section| section.title.planned).peekable();
    sections.peek()?;
    let lines = sections.flat_map(|section| text.get(section.body.start..section.body.end).unwrap_or_default().lines());
    Some(lines.map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect())
}

/// Projects that collect entries in files of their own: `.changeset/x.md`, `changes/123.md`, `newsfragments/1.md`.
fn has_new_fragment(facts: &Facts, base: &Facts) -> bool {
    let is_fragment = |path: &str| {
        let folder = path::parent(path).to_ascii_lowercase();
        ["change", "news", "unreleased", "release"].iter().any(|word| folder.contains(word))
            && matches!(path::extension(path), "md" | "toml" | "yml" | "yaml" | "txt" | "json")
    };
    facts.tree.entries().iter().any(|entry| is_fragment(&entry.path) && !base.tree.has_file(&entry.path))
}

/// What changed in the sources of the packages that a changelog speaks for.
struct Changed<'a> {
    package: &'a Package,
    files: Vec<&'a SourceFile>,
    public: Option<String>,
}

impl<'a> Changed<'a> {
    /// None where nothing shipped changed, or a version moved.
    fn of(facts: &'a Facts, base: &Facts, kept: &Kept) -> Option<Self> {
        let mut found: Option<Self> = None;
        for index in kept.packages(&facts.cargo) {
            let package = &facts.cargo.packages[index];
            let earlier = base.cargo.package_at(&package.manifest)?;
            let version = |package: &Package| package.version.as_ref().map(|version| version.value.clone());
            if version(earlier) != version(package) {
                return None;
            }
            let sources = path::child(&package.folder, "src");
            let differs = |file: &&SourceFile| {
                let then = base.text(&file.path).unwrap_or_default();
                then != file.text() && code_of(then) != code_of(file.text())
            };
            let files: Vec<&SourceFile> = facts
                .of_kind(Kind::Rust)
                .filter(|file| path::is_within(&file.path, &sources) && !is_test(&file.path))
                .filter(differs)
                .collect();
            if !files.is_empty() && found.is_none() {
                let public = package.library().and_then(|_| public_change(facts, base, &sources));
                found = Some(Self { package, files, public });
            }
        }
        found
    }

    fn finding(&self, context: &Context<'_>, base: &Facts, kept: &Kept) -> Finding {
        let name = &self.package.name.value;
        let section = kept.changelog.sections.iter().find(|section| section.title.planned);
        let at = section.map_or_else(
            || Place::whole(kept.path.as_ref(), "nothing new"),
            |section| context.facts.place(&kept.path, section.heading, "nothing new below"),
        );
        let count = self.files.len();
        let files = if count == 1 { "a source file".to_owned() } else { format!("{count} source files") };
        let message = format!("{files} of {name} changed since the base, its changelog says nothing of it");
        let mut finding = Finding::new(message, at);
        for file in self.files.iter().take(3) {
            let label = if base.file(&file.path).is_some() { "changed" } else { "is new" };
            finding = finding.against(Place::whole(file.path.as_ref(), label));
        }
        match &self.public {
            Some(line) => finding.why(format!("a public item differs: `{line}`")).certainty(Certainty::Probable),
            None => {
                finding.why("no public item differs, so that there may be nothing to tell").certainty(Certainty::Unsure)
            }
        }
    }
}

/// The lines of code: comments and blank lines left out, so that a mended comment asks for no entry.
fn code_of(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).collect()
}

fn is_test(path: &str) -> bool {
    let name = path::file_name(path);
    name == "tests.rs" || name.ends_with("_test.rs") || name.ends_with("_tests.rs") || path.contains("/tests/")
}

/// A line that begins a public item and is on one side only.
fn public_change(facts: &Facts, base: &Facts, sources: &str) -> Option<String> {
    let lines = |facts: &Facts, other: &Facts| -> BTreeSet<String> {
        facts
            .of_kind(Kind::Rust)
            .filter(|file| path::is_within(&file.path, sources) && !is_test(&file.path))
            .filter(|file| other.text(&file.path) != Some(file.text()))
            .flat_map(|file| file.text().lines())
            .map(str::trim)
            .filter(|line| line.starts_with("pub ") && !line.starts_with("pub mod tests"))
            .map(|line| line.trim_end_matches(['{', ' ', ';']).to_owned())
            .collect()
    };
    lines(facts, base).symmetric_difference(&lines(base, facts)).next().cloned()
}
