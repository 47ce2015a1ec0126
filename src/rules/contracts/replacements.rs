//! Replacements that release tools make: what they look for must be in the files.

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Spanned;
use crate::facts::policy::pattern;
use crate::facts::source::SourceFile;
use crate::facts::toml::Document;
use crate::facts::toml::Table;
use crate::facts::zone::Zone;
use crate::rules::contracts::planned_section;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::outcome::Outcome;

const KEY: &str = "pre-release-replacements";

/// Checks the replacements of cargo-release, in manifests and in `release.toml`.
pub(crate) fn check(facts: &Facts, outcome: &mut Outcome) {
    for file in facts.files.values() {
        let tables: &[&[&str]] = match path::file_name(&file.path) {
            "Cargo.toml" => &[&["package", "metadata", "release"]],
            "release.toml" => &[&[]],
            _ => continue,
        };
        if memchr::memmem::find(file.text().as_bytes(), KEY.as_bytes()).is_none()
            || facts.zone(&file.path) != Zone::Own
            // The files are named from the folder of each package, which for a virtual workspace is another one.
            || facts.cargo.package_at(&path::child(path::parent(&file.path), "Cargo.toml")).is_none()
        {
            continue;
        }
        let document = Document::parse(file.text());
        for table in tables {
            if let Some(release) = table.iter().try_fold(document.root(), |table, key| table.table(key)) {
                judge_all(facts, file, release, outcome);
            }
        }
    }
}

fn judge_all(facts: &Facts, file: &SourceFile, release: Table<'_>, outcome: &mut Outcome) {
    let mut made: Vec<(String, String)> = Vec::new();
    for replacement in release.tables(KEY) {
        let (Some(name), Some(search)) = (replacement.string("file"), replacement.string("search")) else { continue };
        // Templates are filled in by the tool, and a count of nought allows for nothing.
        let tolerant = ["min", "exactly"].iter().any(|key| {
            replacement.get(key).is_some_and(
                |value| matches!(value.get_ref(), toml::de::DeValue::Integer(count) if count.as_str() == "0"),
            )
        });
        let Some(path) = path::join(path::parent(&file.path), &name.value) else { continue };
        let Some(target) = facts.file(&path).filter(|_| !tolerant && !search.value.contains("{{")) else { continue };
        outcome.look();
        let Ok(regex) = pattern::regex(&search.value) else { continue };
        let made_before = made.iter().any(|(file, text)| *file == path && regex.is_match(text));
        let between = planned_section::is_between_releases(target, &search.value);
        if !regex.is_match(target.text()) && !made_before && !between {
            outcome.find(finding(facts, file, &search, target));
        }
        if let Some(replace) = replacement.string("replace") {
            made.push((path, replace.value));
        }
    }
}

fn finding(facts: &Facts, file: &SourceFile, search: &Spanned<String>, target: &SourceFile) -> Finding {
    let path = target.path.as_ref();
    let message =
        format!("cargo-release looks for `{}` in {path}, which holds no such text", search.value.trim().escape_debug());
    Finding::new(message, facts.place(&file.path, search.span, "matches nothing"))
        .against(Place::whole(path, "has no text that it matches"))
        .why("the release stops there, or goes out without the replacement")
        .certainty(Certainty::Probable)
}
