//! Which packages are evidently published, and what says so.

use std::collections::BTreeMap;

use memchr::memmem::Finder;

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::manifest::DependencyKind;
use crate::facts::manifest::Publish;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::tag_line;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;
use crate::rules::rule::Context;

/// The most commands that are read of one file.
const COMMANDS: usize = 100;

/// The packages that are published, each with the place that says so.
pub(super) fn evidence(context: &Context<'_>) -> BTreeMap<usize, Place> {
    let facts = context.facts;
    let mut found: BTreeMap<usize, Place> = BTreeMap::new();
    let candidates: Vec<usize> = (0..facts.cargo.packages.len())
        .filter(|&index| {
            let package = &facts.cargo.packages[index];
            package.zone == Zone::Own && package.is_publishable()
        })
        .collect();
    let by_name: BTreeMap<&str, usize> =
        candidates.iter().rev().map(|&index| (facts.cargo.packages[index].name.value.as_str(), index)).collect();
    by_links(facts, &by_name, &mut found);
    by_commands(facts, &candidates, &by_name, &mut found);
    by_tags(context, &candidates, &mut found);
    by_dependents(facts, &mut found);
    found
}

/// Tags that bear the name of one package, where the package has all that a registry asks for: an application that is
/// released on a forge alone has tags too.
fn by_tags(context: &Context<'_>, candidates: &[usize], found: &mut BTreeMap<usize, Place>) {
    let facts = context.facts;
    let Ok(tags) = context.history.tags() else { return };
    let lines = tag_line::lines(&facts.cargo, tags);
    for &index in candidates {
        let package = &facts.cargo.packages[index];
        let line = lines.get(index).filter(|line| is_complete(package) && !line.shared);
        if let Some(newest) = line.and_then(|line| line.tags.last()) {
            let place = || Place::whole(format!("git:refs/tags/{}", newest.tag.name), "was released");
            found.entry(index).or_insert_with(place);
        }
    }
}

/// Says whether a package may be published and has what crates.io asks for.
pub(super) fn is_complete(package: &Package) -> bool {
    let licence = package.license.is_some() || package.license_file.is_some();
    package.is_publishable() && package.description.is_some() && licence
}

/// Says whether the package goes to crates.io, whose demands are known.
pub(super) fn goes_to_crates_io(package: &Package) -> bool {
    match package.publish.as_ref().map(|publish| &publish.value) {
        Some(Publish::Registries(registries)) => registries.iter().any(|one| one == "crates-io"),
        _ => true,
    }
}

/// Links and badges that lead to the package on the registry.
fn by_links(facts: &Facts, by_name: &BTreeMap<&str, usize>, found: &mut BTreeMap<usize, Place>) {
    // Part of both markers: of tens of thousands of links few hold it.
    let either = Finder::new(".io/crates/");
    for (file, markdown) in facts.markdown() {
        if facts.zone(&file.path) != Zone::Own {
            continue;
        }
        for link in markdown.links.iter().filter(|link| either.find(link.target.value.as_bytes()).is_some()) {
            let name = ["crates.io/crates/", "img.shields.io/crates/v/"]
                .iter()
                .find_map(|marker| link.target.value.split_once(marker))
                .map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default());
            let name = name.map(|name| name.strip_suffix(".svg").unwrap_or(name));
            if let Some(&index) = name.and_then(|name| by_name.get(name)) {
                let place = || facts.place(&file.path, link.target.span, "is on the registry");
                found.entry(index).or_insert_with(place);
            }
        }
    }
}

/// Commands in documents, workflows and scripts that publish packages by name, by folder, or all of them.
fn by_commands(
    facts: &Facts,
    candidates: &[usize],
    by_name: &BTreeMap<&str, usize>,
    found: &mut BTreeMap<usize, Place>,
) {
    let kinds = [Kind::Markdown, Kind::Workflow, Kind::Action, Kind::Text];
    for (path, file) in facts.files.iter().filter(|(_, file)| kinds.contains(&file.kind)) {
        let text = file.text();
        if memchr::memmem::find(text.as_bytes(), b"cargo publish").is_none() || facts.zone(path) != Zone::Own {
            continue;
        }
        for (start, _) in text.match_indices("cargo publish").take(COMMANDS) {
            let line = file.content.text.line_span(file.content.text.line_of(start));
            let command = text[start..line.end].split(['`', '&', '|', ';', '#']).next().unwrap_or_default();
            let place = || facts.place(path, Span::new(start, start + command.trim_end().len()), "publishes it");
            let before = &text[line.start..start];
            for index in named(facts, command, before, candidates, by_name) {
                found.entry(index).or_insert_with(place);
            }
        }
    }
}

fn named(
    facts: &Facts,
    command: &str,
    before: &str,
    candidates: &[usize],
    by_name: &BTreeMap<&str, usize>,
) -> Vec<usize> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let values = |long: &str, short: &str| -> Vec<&str> {
        let after = words.windows(2).filter(|pair| pair[0] == long || pair[0] == short).map(|pair| pair[1]);
        let joined = words.iter().filter_map(|word| word.strip_prefix(long)?.strip_prefix('='));
        after.chain(joined).collect()
    };
    let package_in = |folder: &str| {
        let at = facts.cargo.index_in(folder).filter(|index| candidates.binary_search(index).is_ok());
        at.into_iter().collect::<Vec<_>>()
    };
    if words.iter().any(|word| matches!(*word, "--workspace" | "--all")) {
        let excluded = values("--exclude", "--exclude");
        let main = facts.cargo.main_workspace().map(|one| one.members.clone()).unwrap_or_default();
        let is_meant = |index: &usize| {
            main.binary_search(index).is_ok() && !excluded.contains(&facts.cargo.packages[*index].name.value.as_str())
        };
        return candidates.iter().copied().filter(is_meant).collect();
    }
    let packages = values("--package", "-p");
    if !packages.is_empty() {
        return packages.iter().filter_map(|name| by_name.get(name.split('@').next()?)).copied().collect();
    }
    if let [manifest, ..] = values("--manifest-path", "--manifest-path").as_slice() {
        return path::join("", manifest).map_or(Vec::new(), |manifest| package_in(path::parent(&manifest)));
    }
    match before.rsplit_once("cd ") {
        Some((_, folder)) => {
            let folder = folder.split([' ', '&', ';']).next().unwrap_or_default();
            path::join("", folder).map_or(Vec::new(), |folder| package_in(&folder))
        }
        None => package_in(""),
    }
}

/// What a published package needs from the registry is published too.
fn by_dependents(facts: &Facts, found: &mut BTreeMap<usize, Place>) {
    let mut rest: Vec<usize> = found.keys().copied().collect();
    while let Some(index) = rest.pop() {
        for edge in &facts.cargo.packages[index].dependencies {
            let is_shipped = matches!(edge.kind, DependencyKind::Normal | DependencyKind::Build);
            let (Some(local), Some(_), true) = (edge.local, &edge.version, is_shipped) else { continue };
            let package = &facts.cargo.packages[local];
            if package.zone == Zone::Own && package.is_publishable() && !found.contains_key(&local) {
                let name = &facts.cargo.packages[index].name.value;
                found.insert(local, facts.place_of(&edge.key, format!("{name} is published and needs it")));
                rest.push(local);
            }
        }
    }
}
