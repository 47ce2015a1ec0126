//! Addresses of documentation that name a version: `html_root_url` and links to docs.rs.

use std::collections::BTreeSet;

use memchr::memmem;

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::place::Span;
use crate::facts::source::Parsed;
use crate::facts::source::SourceFile;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::versions::copied;
use crate::rules::versions::copied::Copy;
use crate::rules::versions::copied::Exactness;
use crate::rules::versions::current::Currents;
use crate::rules::versions::passage;

const HOST: &str = "https://docs.rs/";

/// `#![doc(html_root_url = "https://docs.rs/NAME/VERSION")]` at the root of each published library.
pub(super) fn roots(context: &Context<'_>, currents: &Currents<'_>, outcome: &mut Outcome) {
    for current in currents.all().filter(|current| current.package.is_publishable()) {
        let Some(file) = current.package.library().and_then(|library| context.facts.file(&library.path)) else {
            continue;
        };
        let Parsed::Rust(rust) = &file.content.parsed else { continue };
        let Some(url) = &rust.html_root_url else { continue };
        let Some(address) = url.value.strip_prefix(HOST) else { continue };
        // The page of a release: `docs.rs/crate/NAME/VERSION`.
        let page = if address.starts_with("crate/") { "crate/" } else { "" };
        let address = &address[page.len()..];
        let (name, version) = address.split_once('/').unwrap_or((address, ""));
        let version = version.split('/').next().unwrap_or_default();
        let start = url.span.start + HOST.len() + page.len();
        let package = &current.package.name.value;
        if !same_crate(name, package) {
            // A derive crate may send its readers to the crate that uses it.
            if currents.named(name).is_some() {
                continue;
            }
            outcome.look();
            let message = format!("html_root_url names the crate `{name}`, the package is `{package}`");
            let at = context.facts.place(&file.path, Span::new(start, start + name.len()), "another crate");
            let against = context.facts.place(&current.package.name.path, current.package.name.span, "the name");
            outcome.find(Finding::new(message, at).against(against).against(current.place(context)));
            continue;
        }
        let at = start + name.len() + 1;
        let copy = Copy {
            path: &file.path,
            text: version,
            span: Span::new(at, at + version.len()),
            what: "html_root_url".to_owned(),
            exactness: Exactness::Same,
            certainty: Certainty::Certain,
            fixable: true,
        };
        copied::judge(context, current, &copy, outcome);
    }
}

fn same_crate(one: &str, other: &str) -> bool {
    one.replace('-', "_") == other.replace('-', "_")
}

/// Links to docs.rs in documents and doc comments that name a version of a package of the tree.
pub(super) fn links(context: &Context<'_>, currents: &Currents<'_>, outcome: &mut Outcome) {
    let finder = memmem::Finder::new("docs.rs/");
    for file in context.facts.files.values() {
        let speaks = matches!(file.kind, Kind::Rust | Kind::Markdown);
        if speaks && finder.find(file.text().as_bytes()).is_some() {
            links_in(context, currents, file, &finder, outcome);
        }
    }
}

fn links_in(
    context: &Context<'_>,
    currents: &Currents<'_>,
    file: &SourceFile,
    finder: &memmem::Finder<'_>,
    outcome: &mut Outcome,
) {
    let text = file.text();
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    for found in finder.find_iter(text.as_bytes()) {
        let start = found + "docs.rs/".len();
        let Some((name, version)) = name_and_version(&text[start..]) else { continue };
        let Some(current) = currents.published(name).or_else(|| currents.published(&name.replace('_', "-"))) else {
            continue;
        };
        if !in_documentation(context.facts, file, found) {
            continue;
        }
        let line = line_around(text, found);
        // A link whose text names the version is about that version.
        if line.matches(version).count() > 1 || passage::is_excused(line, "") || !seen.insert((name, version)) {
            continue;
        }
        if is_of_a_removed_item(context.facts, &current.package.folder, &text[start..]) {
            continue;
        }
        let at = start + name.len() + 1;
        let copy = Copy {
            path: &file.path,
            text: version,
            span: Span::new(at, at + version.len()),
            what: format!("the link to docs.rs/{name}"),
            exactness: Exactness::Series,
            certainty: Certainty::Probable,
            fixable: false,
        };
        copied::judge(context, current, &copy, outcome);
    }
}

/// Says whether an address leads to an item that the package has no more: only the older documentation has it.
pub(crate) fn is_of_a_removed_item(facts: &Facts, folder: &str, address: &str) -> bool {
    let address = address.split([')', ' ', '"', '>', '\n', '#']).next().unwrap_or_default();
    let Some(page) = address.rsplit('/').next().and_then(|page| page.strip_suffix(".html")) else { return false };
    let Some((kind, name)) = page.split_once('.') else { return false };
    if !matches!(kind, "struct" | "trait" | "enum" | "fn" | "macro" | "type") || name.is_empty() {
        return false;
    }
    let finder = memmem::Finder::new(name.as_bytes());
    let sources = facts.tree.within(folder).filter(|entry| entry.path.ends_with(".rs"));
    !sources.filter_map(|entry| facts.text(&entry.path)).any(|text| finder.find(text.as_bytes()).is_some())
}

/// `name/1.2` at the beginning of a text.
fn name_and_version(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')))?;
    let (name, rest) = text.split_at(end);
    let rest = rest.strip_prefix('/')?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'))).unwrap_or(rest.len());
    let version = rest[..end].trim_end_matches('.');
    (version.contains('.') && version.starts_with(|c: char| c.is_ascii_digit())).then_some((name, version))
}

fn in_documentation(facts: &Facts, file: &SourceFile, at: usize) -> bool {
    let inside = match &file.content.parsed {
        Parsed::Rust(rust) => {
            let index = rust.docs.partition_point(|block| block.span.start <= at);
            index.checked_sub(1).is_some_and(|index| rust.docs[index].span.contains(at))
        }
        _ => true,
    };
    inside && passage::speaks_of_today(facts, &file.path)
}

fn line_around(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |found| found + 1);
    text[start..].split('\n').next().unwrap_or_default()
}
