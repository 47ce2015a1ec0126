//! Recipes of package managers and citation files that state the version of a package of the tree.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::path;
use crate::facts::place::Span;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;
use crate::rules::level::Certainty;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::versions::copied;
use crate::rules::versions::copied::Copy;
use crate::rules::versions::copied::Exactness;
use crate::rules::versions::current::Current;
use crate::rules::versions::current::Currents;

/// What a recipe says: the package that it is about, and the version with its offset.
struct Said<'t> {
    name: Option<&'t str>,
    version: &'t str,
    at: usize,
    /// Whether the version is all that has to change: no checksum, no date beside it.
    alone: bool,
}

/// Judges the recipes of a tree.
pub(super) fn all(context: &Context<'_>, currents: &Currents<'_>, outcome: &mut Outcome) {
    for file in context.facts.files.values().filter(|file| file.kind == Kind::Text) {
        let Some(said) = read(file) else { continue };
        if context.facts.zone(&file.path) != Zone::Own {
            continue;
        }
        let Some(current) = about(context.facts, currents, &said, file) else { continue };
        if !copied::is_older(said.version, current) {
            if said.version == current.manifest.value.to_string() {
                outcome.look();
            }
            continue;
        }
        let written = is_written_by_machine(context.facts, file);
        let copy = Copy {
            path: &file.path,
            text: said.version,
            span: Span::new(said.at, said.at + said.version.len()),
            what: path::file_name(&file.path).to_owned(),
            exactness: Exactness::Same,
            certainty: if written { Certainty::Unsure } else { Certainty::Certain },
            fixable: said.alone,
        };
        copied::judge(context, current, &copy, outcome);
    }
}

/// Reads a file as a recipe, by its name.
fn read(file: &SourceFile) -> Option<Said<'_>> {
    let text = file.text();
    match path::file_name(&file.path) {
        "CITATION.cff" => {
            let (version, at) = value(text, "version:")?;
            Some(Said {
                name: value(text, "title:").map(|(name, _)| name),
                version,
                at,
                alone: value(text, "date-released:").is_none(),
            })
        }
        "PKGBUILD" => {
            let (version, at) = value(text, "pkgver=")?;
            let name = value(text, "pkgname=")?.0;
            let name = name.strip_suffix("-bin").unwrap_or(name);
            Some(Said { name: Some(name), version, at, alone: false })
        }
        "snapcraft.yaml" | "snapcraft.yml" => {
            let (version, at) = value(text, "version:")?;
            Some(Said { name: Some(value(text, "name:")?.0), version, at, alone: true })
        }
        name => match path::extension(name) {
            "rb" if text.contains("< Formula") => {
                let (version, at) = indented(text, "version ")?;
                let stem = name.strip_suffix(".rb").unwrap_or(name);
                Some(Said { name: Some(stem.strip_suffix("-bin").unwrap_or(stem)), version, at, alone: false })
            }
            "nix" => {
                let (version, at) = indented(text, "version = ")?;
                Some(Said { name: Some(indented(text, "pname = ")?.0), version, at, alone: false })
            }
            "spec" => {
                let (version, at) = value(text, "Version:")?;
                Some(Said { name: Some(value(text, "Name:")?.0), version, at, alone: true })
            }
            _ => None,
        },
    }
}

/// The value behind a key at the beginning of a line, and its offset, quotes left out.
fn value<'t>(text: &'t str, key: &str) -> Option<(&'t str, usize)> {
    find(text, |line| line.strip_prefix(key))
}

/// The only value behind a key that may be indented; none where several lines have the key.
fn indented<'t>(text: &'t str, key: &str) -> Option<(&'t str, usize)> {
    let once = text.lines().filter(|line| line.trim_start().starts_with(key)).count() == 1;
    once.then(|| find(text, |line| line.trim_start().strip_prefix(key)))?
}

fn find<'t>(text: &'t str, rest: impl Fn(&'t str) -> Option<&'t str>) -> Option<(&'t str, usize)> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        if let Some(rest) = rest(line) {
            let start = end - rest.trim_start().trim_start_matches(['"', '\'']).len();
            let stop = text[start..end].find(['"', '\'', '#', ';', '\n', '\r']).map_or(end, |stop| start + stop);
            let found = text[start..stop].trim_end();
            return (!found.is_empty()).then_some((found, start));
        }
        at = end;
    }
    None
}

/// The package that a recipe is about; a citation that names none is about the package at the root.
fn about<'c, 'a>(
    facts: &Facts,
    currents: &'c Currents<'a>,
    said: &Said<'_>,
    file: &SourceFile,
) -> Option<&'c Current<'a>> {
    let name = said.name?;
    let by_binary = || {
        currents.all().find(|current| {
            current.package.targets.iter().any(|target| {
                target.kind == crate::facts::manifest::TargetKind::Bin && target.name.eq_ignore_ascii_case(name)
            })
        })
    };
    let found = currents.named(name).or_else(|| currents.named(&name.to_ascii_lowercase())).or_else(by_binary);
    if found.is_some() || path::file_name(&file.path) != "CITATION.cff" || !path::parent(&file.path).is_empty() {
        return found;
    }
    let workspace = facts.cargo.main_workspace()?;
    currents.all().find(|current| {
        current.package.folder.is_empty() && facts.cargo.workspace_of(current.package).folder == workspace.folder
    })
}

/// Says whether a workflow or a script writes the file: what is checked in may be a template for it.
fn is_written_by_machine(facts: &Facts, file: &SourceFile) -> bool {
    let name = path::file_name(&file.path);
    facts.files.values().filter(|other| matches!(other.kind, Kind::Workflow | Kind::Action | Kind::Text)).any(|other| {
        other.path != file.path
            && other.text().lines().any(|line| line.contains(name) && (line.contains("sed ") || line.contains('>')))
    })
}
