//! Man pages against the options that the sources declare.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::manifest::TargetKind;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;
use crate::rules::docs::declared_options;
use crate::rules::finding::Finding;
use crate::rules::outcome::Outcome;

/// A page that lists fewer options is no reference.
const FEW: usize = 5;

/// Judges all man pages of a tree.
pub(super) fn judge(facts: &Facts, outcome: &mut Outcome) {
    for file in facts.files.values() {
        let Some(program) = program(&file.path) else { continue };
        if facts.zone(&file.path) == Zone::Own {
            page(facts, file, program, outcome);
        }
    }
}

/// The program of a man page of section 1: `doc/tool.1`, `man/tool.1.md`.
fn program(path: &str) -> Option<&str> {
    let (program, rest) = path::file_name(path).split_once(".1")?;
    matches!(rest, "" | ".md" | ".adoc" | ".in" | ".scd" | ".ronn").then_some(program)
}

fn page(facts: &Facts, file: &SourceFile, program: &str, outcome: &mut Outcome) {
    let package = facts.cargo.packages.iter().find(|package| {
        package.zone == Zone::Own
            && package.targets.iter().any(|target| target.kind == TargetKind::Bin && target.name == program)
    });
    let Some(package) = package else { return };
    let mut declared: BTreeMap<String, (&str, Span)> = BTreeMap::new();
    let sources = path::child(&package.folder, "src");
    for entry in facts.tree.within(&sources) {
        let Some(source) = facts.file(&entry.path).filter(|file| path::extension(&file.path) == "rs") else { continue };
        let options = declared_options::of(source.text());
        // With subcommands each has options of its own, and pages of its own.
        if options.subcommands {
            return;
        }
        for (name, span) in options.shown {
            declared.entry(name).or_insert((source.path.as_ref(), span));
        }
    }
    let listed = listed(file.text());
    let present = declared.keys().filter(|name| listed.contains(*name)).count();
    if present < FEW {
        return;
    }
    let missing: Vec<_> =
        declared.iter().filter(|(name, _)| !listed.contains(*name) && !is_spelling(name, &listed)).collect();
    for _ in 0..present {
        outcome.look();
    }
    // A page that leaves out many does so on purpose.
    if missing.len() * 4 > declared.len() {
        return;
    }
    for (name, (source, span)) in missing {
        outcome.look();
        let message = format!("the man page of {program} does not have the option `--{name}`");
        let at = Place::whole(file.path.as_ref(), format!("lists {present} other options"));
        let against = facts.place(source, *span, "declared here");
        outcome.find(Finding::new(message, at).against(against).why("the sources declare it, and it is not hidden"));
    }
}

/// Says whether the page has the option in another spelling: `--colour` for `--color`.
fn is_spelling(name: &str, listed: &BTreeSet<String>) -> bool {
    listed.iter().any(|other| other.replace("colour", "color") == name.replace("colour", "color"))
}

/// The long options that a page names anywhere, without the dashes.
fn listed(text: &str) -> BTreeSet<String> {
    let plain =
        text.replace("\\-", "-").replace("\\fR", "").replace("\\fP", "").replace("\\fB", "").replace("\\fI", "");
    plain
        .match_indices("--")
        .filter_map(|(at, _)| {
            let rest = plain[at..].trim_start_matches('-');
            let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').unwrap_or(rest.len());
            (end > 1).then(|| rest[..end].trim_end_matches('-').to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_through_roff_and_markdown() {
        let found = listed(".B \\-W, \\-\\-warm\\-up\n`--long`, --a--b ----------\n\\fB\\-\\-x1\\fP=N");
        let found: Vec<_> = found.iter().map(String::as_str).collect();
        assert_eq!(found, ["a--b", "long", "warm-up", "x1"]);
        assert_eq!(program("doc/fd.1"), Some("fd"));
        assert_eq!(program("doc/v1.10.md"), None);
    }
}
