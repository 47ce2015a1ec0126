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

/// One replacement: the file that it stands in, the path of the file that it edits, and its table.
struct Replacement<'a> {
    file: &'a SourceFile,
    path: String,
    search: Spanned<String>,
    replace: Option<String>,
    /// Whether it may match nothing.
    tolerant: bool,
}

/// Checks the replacements of cargo-release, in manifests and in `release.toml`.
pub(crate) fn check(facts: &Facts, outcome: &mut Outcome) {
    let mut all: Vec<Replacement<'_>> = Vec::new();
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
                all.extend(release.tables(KEY).iter().filter_map(|table| read(file, table)));
            }
        }
    }
    for (index, replacement) in all.iter().enumerate() {
        judge(facts, replacement, index, &all, outcome);
    }
}

fn read<'a>(file: &'a SourceFile, table: &Table<'_>) -> Option<Replacement<'a>> {
    let (name, search) = (table.string("file")?, table.string("search")?);
    // Templates are filled in by the tool, and a count of nought allows for nothing.
    let tolerant = ["min", "exactly"].iter().any(|key| {
        table
            .get(key)
            .is_some_and(|value| matches!(value.get_ref(), toml::de::DeValue::Integer(count) if count.as_str() == "0"))
    });
    Some(Replacement {
        file,
        path: path::join(path::parent(&file.path), &name.value)?,
        replace: table.string("replace").map(|replace| replace.value),
        tolerant: tolerant || search.value.contains("{{"),
        search,
    })
}

fn judge(facts: &Facts, one: &Replacement<'_>, index: usize, all: &[Replacement<'_>], outcome: &mut Outcome) {
    let Some(target) = facts.file(&one.path).filter(|_| !one.tolerant) else { return };
    outcome.look();
    let Ok(regex) = pattern::regex(&one.search.value) else { return };
    // A replacement that runs before puts in what this one looks for; those of another package may run before, or after.
    let made = all.iter().enumerate().any(|(other, before)| {
        (other < index || !std::ptr::eq(before.file, one.file))
            && before.path == one.path
            && before.replace.as_ref().is_some_and(|text| regex.is_match(text))
    });
    let between = planned_section::is_between_releases(target, &one.search.value);
    if !regex.is_match(target.text()) && !made && !between {
        outcome.find(finding(facts, one.file, &one.search, target));
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
