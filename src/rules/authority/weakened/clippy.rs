//! `clippy.toml`: what is disallowed stays disallowed, and no limit becomes wider.

use std::collections::BTreeMap;

use toml::de::DeValue;

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::toml::Document;
use crate::facts::toml::Table;
use crate::rules::authority::weakened::sink::Of;
use crate::rules::authority::weakened::sink::Sink;
use crate::rules::level::Certainty;

/// Lists of what is not to be used: a shorter one asks for less.
const LISTS: &[&str] = &[
    "await-holding-invalid-types",
    "disallowed-fields",
    "disallowed-macros",
    "disallowed-methods",
    "disallowed-names",
    "disallowed-types",
    "enforced-import-renames",
];
/// Limits from which on a lint speaks: a higher one lets more pass.
const LIMITS: &[&str] = &[
    "array-size-threshold",
    "cognitive-complexity-threshold",
    "cyclomatic-complexity-threshold",
    "enum-variant-name-threshold",
    "enum-variant-size-threshold",
    "excessive-nesting-threshold",
    "future-size-threshold",
    "large-error-threshold",
    "max-fn-params-bools",
    "max-include-file-size",
    "max-struct-bools",
    "max-trait-bounds",
    "pass-by-value-size-limit",
    "single-char-binding-names-threshold",
    "stack-size-threshold",
    "struct-field-name-threshold",
    "too-large-for-stack",
    "too-many-arguments-threshold",
    "too-many-lines-threshold",
    "type-complexity-threshold",
];

/// What a file says: of each list its entries, of each limit its number, and the flags that leave tests out.
#[derive(Default)]
struct Said {
    disallowed: BTreeMap<(&'static str, String), Span>,
    limits: BTreeMap<&'static str, (u64, Span)>,
    flags: BTreeMap<String, Span>,
}

/// Compares one configuration of both trees.
pub(super) fn compare(before: &Facts, after: &Facts, file: &str, sink: &mut Sink<'_>) {
    let (then, now) = (said(before.text(file)), said(in_force(after, file)));
    for ((list, name), span) in &then.disallowed {
        if !now.disallowed.contains_key(&(list, name.clone())) {
            let against = vec![sink.of_base(file, *span, "the base says this")];
            let message = format!("{file} lets more pass: `{list}` does not name `{name}` any more");
            sink.add(Of::Policy, message, Place::whole(file, "does not say so any more"), against);
        }
    }
    // What another file says is held against that file.
    let now = if after.tree.has_file(file) { now } else { Said::default() };
    for (name, (limit, span)) in &now.limits {
        // Without a number in the base nobody can say which one counted.
        let Some((earlier, place)) = then.limits.get(name).filter(|(earlier, _)| earlier < limit) else { continue };
        let at = sink.of_head(file, *span, "lets more pass");
        let against = vec![sink.of_base(file, *place, "the base says this")];
        let message = format!("{file} lets more pass: `{name}` goes from {earlier} to {limit}");
        sink.suspect(Of::Policy, message, at, against);
    }
    for (name, span) in now.flags.iter().filter(|(name, _)| !then.flags.contains_key(*name)) {
        let at = sink.of_head(file, *span, "lets more pass");
        sink.as_sure_as(Certainty::Unsure, format!("{file} lets more pass: `{name}` is true"), at, Vec::new());
    }
}

/// The configuration that counts where one was: itself, or that of the nearest folder above. Clippy joins no two.
fn in_force<'a>(facts: &'a Facts, file: &str) -> Option<&'a str> {
    if facts.tree.has_file(file) {
        return facts.text(file);
    }
    let mut folder = path::parent(file);
    loop {
        let found = [".clippy.toml", "clippy.toml"].iter().find_map(|name| facts.text(&path::child(folder, name)));
        if found.is_some() || folder.is_empty() {
            return found;
        }
        folder = path::parent(folder);
    }
}

fn said(text: Option<&str>) -> Said {
    let mut said = Said::default();
    let Some(text) = text else { return said };
    let document = Document::parse(text);
    let root = document.root();
    for list in LISTS {
        said.disallowed.extend(entries(root, list).into_iter().map(|(name, span)| ((*list, name), span)));
    }
    for limit in LIMITS {
        let Some(value) = root.get(limit) else { continue };
        let span = Span::from(value.span());
        let number = text.get(span.start..span.end).and_then(|text| text.replace('_', "").parse().ok());
        said.limits.extend(number.map(|number| (*limit, (number, span))));
    }
    for (name, value) in root.entries() {
        let leaves_out = name.value.starts_with("allow-") && name.value.ends_with("-in-tests");
        if leaves_out && matches!(value.get_ref(), DeValue::Boolean(true)) {
            said.flags.insert(name.value, value.span().into());
        }
    }
    said
}

/// The entries of a list: names, or tables with a path. `..` stands for those that clippy has anyway.
fn entries(root: Table<'_>, list: &str) -> Vec<(String, Span)> {
    let Some(value) = root.get(list) else { return Vec::new() };
    let DeValue::Array(array) = value.get_ref() else { return Vec::new() };
    let named = array.iter().filter_map(|one| match one.get_ref() {
        DeValue::String(_) => root.as_string(one),
        _ => root.as_table(one)?.string("path"),
    });
    named.map(|name| (name.value, name.span)).collect()
}
