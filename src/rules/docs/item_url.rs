//! Links to the documentation of the repository's own packages: `https://docs.rs/NAME/latest/name/struct.Item.html`.

use memchr::memmem;

use crate::facts::Facts;
use crate::facts::markdown::Link;
use crate::facts::path;
use crate::facts::place::Span;
use crate::facts::source::SourceFile;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::outcome::Outcome;

/// The kinds of items that rustdoc gives a page, and how the source begins them.
const KINDS: &[(&str, &[&str])] = &[
    ("struct", &["struct "]),
    ("enum", &["enum "]),
    ("trait", &["trait "]),
    ("union", &["union "]),
    ("fn", &["fn "]),
    ("type", &["type "]),
    ("constant", &["const "]),
    ("static", &["static ", "static mut "]),
    ("macro", &["macro_rules! ", "macro "]),
];

/// Judges a link to docs.rs: the item has a page of another kind, or none in that package.
pub(super) fn judge(facts: &Facts, file: &SourceFile, link: &Link, outcome: &mut Outcome) -> Option<Finding> {
    let (package, kind, item) = read(facts, &link.target.value)?;
    let declares = |kind: &str, folder: Option<&str>| {
        let starts = KINDS.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, starts)| starts);
        sources(facts).filter(|file| folder.is_none_or(|folder| path::is_within(&file.path, folder))).find_map(|file| {
            let at = starts.iter().find_map(|start| declared(file.text(), start, item))?;
            Some((file, at))
        })
    };
    // Whatever one of the packages declares may be shown by another one.
    if declares(kind, None).is_some() {
        outcome.look();
        return None;
    }
    let others = KINDS.iter().filter(|(other, _)| *other != kind && !is_of_values(other, item));
    let (other, (source, span)) =
        others.into_iter().find_map(|(other, _)| Some((*other, declares(other, Some(&package.folder))?)))?;
    outcome.look();
    let at = facts.place(&file.path, link.target.span, format!("no {kind} {item} is there"));
    let is = facts.place(&source.path, span, format!("is this kind: {other}"));
    let message =
        format!("the link leads to `{kind}.{item}` of `{}`, which is `{other} {item}` now", package.name.value);
    Some(Finding::new(message, at).against(is).certainty(Certainty::Probable).why("docs.rs has no such page"))
}

/// `fn Item` and `const Item` are no items that a link to a type means.
fn is_of_values(kind: &str, item: &str) -> bool {
    item.starts_with(|letter: char| letter.is_ascii_uppercase())
        && matches!(kind, "fn" | "constant" | "static" | "macro")
}

/// The package, the kind and the item that an address names, where it names the newest version of a package of the tree.
fn read<'a>(facts: &'a Facts, url: &'a str) -> Option<(&'a Package, &'a str, &'a str)> {
    let rest = url.strip_prefix("https://docs.rs/").or_else(|| url.strip_prefix("http://docs.rs/"))?;
    let mut parts = rest.split(['#', '?']).next()?.split('/');
    let (name, version) = (parts.next()?, parts.next()?);
    let page = parts.next_back()?.strip_suffix(".html")?;
    let (kind, item) = page.split_once('.')?;
    let plain = |name: &str| name.replace('_', "-");
    let package = facts
        .cargo
        .packages
        .iter()
        .find(|package| package.zone == Zone::Own && plain(&package.name.value) == plain(name))?;
    let known = KINDS.iter().any(|(known, _)| *known == kind) && !item.is_empty();
    let newest = matches!(version, "latest" | "*");
    (known && newest && item.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
        .then_some((package, kind, item))
}

fn sources(facts: &Facts) -> impl Iterator<Item = &SourceFile> {
    facts.files.values().filter(|file| path::extension(&file.path) == "rs")
}

/// Where a source declares an item: the kind, then the name as a whole word.
fn declared(text: &str, start: &str, item: &str) -> Option<Span> {
    let bytes = text.as_bytes();
    let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    memmem::find_iter(bytes, item.as_bytes()).find_map(|at| {
        let (before, after) = (&text.get(..at)?, at + item.len());
        let begins = before.strip_suffix(start)?;
        let whole = !is_word(bytes.get(after)) && !is_word(begins.as_bytes().last());
        // A comment or a text that speaks of the item declares nothing.
        let line = begins.rsplit('\n').next().unwrap_or_default().trim_start();
        // A foreign type has no other side, and macros make a struct of it.
        let end = text[after..].find([';', '{']).map_or(text.len(), |end| after + end);
        let is_foreign = start == "type " && !text[after..end].contains('=');
        (whole && !is_foreign && !line.starts_with("//") && !line.contains('"')).then(|| Span::new(at, after))
    })
}
