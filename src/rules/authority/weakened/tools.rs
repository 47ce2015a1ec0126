//! Settings of the tools that steps run: rustfmt, clippy, nextest. A line in them makes a step pass as well as one in CI.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use toml::de::DeValue;

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::place::Span;
use crate::facts::toml::Document;
use crate::facts::toml::Table;
use crate::facts::zone::Zone;
use crate::rules::authority::own_configs;
use crate::rules::authority::weakened::clippy;
use crate::rules::authority::weakened::sink::Of;
use crate::rules::authority::weakened::sink::Sink;

const RUSTFMT: &str = "the configuration of rustfmt";
const CLIPPY: &str = "the configuration of clippy";
const NEXTEST: &str = "the configuration of nextest";

/// A setting by its name, with how much it lets pass, what it says, and where.
type Settings = BTreeMap<String, (u64, String, Span)>;

/// What a file configures, if it is one of a tool that steps run: on some systems whatever the case of its name.
pub fn configures(file: &str) -> Option<&'static str> {
    let is = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(path::file_name(file)));
    if is(&["rustfmt.toml", ".rustfmt.toml"]) {
        return Some(RUSTFMT);
    }
    if is(&["clippy.toml", ".clippy.toml"]) {
        return Some(CLIPPY);
    }
    (is(&["nextest.toml"]) && is_folder(path::parent(file))).then_some(NEXTEST)
}

fn is_folder(folder: &str) -> bool {
    path::file_name(folder).eq_ignore_ascii_case(".config")
}

/// The maintainers' own configurations of tools, by path.
pub fn of(facts: &Facts) -> BTreeSet<String> {
    let starts = own_configs::starts(facts);
    let own = |file: &&str| {
        let folder = path::parent(file);
        let folder = if is_folder(folder) { path::parent(folder) } else { folder };
        starts.iter().any(|start| start.eq_ignore_ascii_case(folder)) || facts.zone(file) == Zone::Own
    };
    let paths = facts.tree.entries().iter().map(|entry| entry.path.as_ref());
    paths.filter(|file| configures(file).is_some()).filter(own).map(str::to_owned).collect()
}

/// Compares the configurations of both trees.
pub fn compare(before: &Facts, after: &Facts, sink: &mut Sink<'_>) {
    for file in of(after).union(&of(before)) {
        sink.look();
        if configures(file) == Some(CLIPPY) {
            clippy::compare(before, after, file, sink);
            continue;
        }
        let (then, now) = (lenient(before, file), lenient(after, file));
        for (name, (weight, said, span)) in &now {
            let earlier = then.get(name);
            let (least, words) = earlier.map_or((0, ""), |(weight, said, _)| (*weight, said.as_str()));
            if *weight <= least && said == words {
                continue;
            }
            // More than before, or another filter: only of a number it can be said that it is less.
            if *weight < least && name.ends_with("retries") {
                continue;
            }
            let at = sink.of_head(file, *span, "lets more pass");
            let against = earlier.map(|(_, _, span)| sink.of_base(file, *span, "the base says this"));
            let message = format!("{file} lets more pass: `{name}` is {said}");
            if name.ends_with("ignore") {
                sink.suspect(Of::Policy, message, at, against.into_iter().collect());
            } else {
                sink.add(Of::Policy, message, at, against.into_iter().collect());
            }
        }
    }
}

/// The settings of a file that let something pass.
fn lenient(facts: &Facts, file: &str) -> Settings {
    let Some(text) = facts.text(file) else { return Settings::new() };
    let document = Document::parse(text);
    let mut found = Settings::new();
    match configures(file) {
        Some(RUSTFMT) => formatting(text, document.root(), &mut found),
        Some(NEXTEST) => tests(text, document.root(), &mut found),
        _ => {}
    }
    found
}

fn formatting(text: &str, root: Table<'_>, found: &mut Settings) {
    if let Some(flag) = root.flag("disable_all_formatting").filter(|flag| flag.value) {
        found.insert("disable_all_formatting".to_owned(), (1, "true".to_owned(), flag.span));
    }
    if let Some(value) = root.get("ignore") {
        let span = Span::from(value.span());
        let said = text.get(span.start..span.end).unwrap_or_default();
        let count = root.as_strings(value).len();
        found.insert("ignore".to_owned(), (u64::try_from(count).unwrap_or(u64::MAX), said.to_owned(), span));
    }
}

/// Of nextest the filter that leaves tests out, tries after the first, wrappers, and what a timeout counts for.
fn tests(text: &str, root: Table<'_>, found: &mut Settings) {
    let Some(profiles) = root.table("profile") else { return };
    for (name, value) in profiles.entries() {
        let Some(profile) = profiles.as_table(value) else { continue };
        let own = format!("profile.{}", name.value);
        one(text, &own, profile, found);
        for (index, over) in profile.tables("overrides").into_iter().enumerate() {
            // Found again by its filter: overrides have no names.
            let filter = over.string("filter").map_or_else(|| index.to_string(), |filter| filter.value);
            one(text, &format!("{own}.overrides[{filter}]"), over, found);
        }
        for script in profile.tables("scripts") {
            if let Some(wrapper) = script.get("run-wrapper") {
                insert(text, format!("{own}.scripts.run-wrapper"), wrapper.span().into(), 1, found);
            }
        }
    }
}

fn one(text: &str, own: &str, table: Table<'_>, found: &mut Settings) {
    if let Some(filter) = table.get("default-filter") {
        insert(text, format!("{own}.default-filter"), filter.span().into(), 1, found);
    }
    if let Some(retries) = table.get("retries") {
        let counted = table.as_table(retries).and_then(|inner| inner.get("count")).unwrap_or(retries);
        let span = Span::from(counted.span());
        let count = text.get(span.start..span.end).and_then(|text| text.replace('_', "").parse().ok());
        let count = count.unwrap_or(u64::MAX);
        if count > 0 {
            insert(text, format!("{own}.retries"), span, count, found);
        }
    }
    let timeout = table.get("slow-timeout").and_then(|value| table.as_table(value));
    if let Some(passes) = timeout.and_then(|timeout| timeout.get("on-timeout"))
        && matches!(passes.get_ref(), DeValue::String(word) if word.as_ref() == "pass")
    {
        insert(text, format!("{own}.slow-timeout.on-timeout"), passes.span().into(), 1, found);
    }
}

fn insert(text: &str, name: String, span: Span, weight: u64, found: &mut Settings) {
    let said = text.get(span.start..span.end).unwrap_or_default().to_owned();
    let more = found.get(&name).is_none_or(|(least, _, _)| *least < weight);
    if more {
        found.insert(name, (weight, said, span));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(file: &str, text: &str) -> Vec<String> {
        let document = Document::parse(text);
        let mut found = Settings::new();
        match configures(file) {
            Some(RUSTFMT) => formatting(text, document.root(), &mut found),
            _ => super::tests(text, document.root(), &mut found),
        }
        found.into_iter().map(|(name, (weight, ..))| format!("{name} {weight}")).collect()
    }

    #[test]
    fn what_lets_more_pass_is_found_and_the_rest_is_not() {
        for (file, text, expected) in [
            ("rustfmt.toml", "max_width = 120\ndisable_all_formatting = false\n", &[][..]),
            ("a/.rustfmt.toml", "disable_all_formatting = true\n", &["disable_all_formatting 1"]),
            ("rustfmt.toml", "ignore = ['a', 'b']\n", &["ignore 2"]),
            (".config/nextest.toml", "[profile.ci]\nfail-fast = false\nretries = 0\n", &[]),
            (".config/nextest.toml", "[profile.ci]\nretries = 3\n", &["profile.ci.retries 3"]),
            (
                ".config/nextest.toml",
                "[profile.default]\ndefault-filter = 'none()'\nretries = { backoff = 'fixed', count = 2, delay = '1s' }\n",
                &["profile.default.default-filter 1", "profile.default.retries 2"],
            ),
            (
                ".config/nextest.toml",
                "[[profile.default.overrides]]\nfilter = 'test(a)'\nretries = 1\n",
                &["profile.default.overrides[test(a)].retries 1"],
            ),
            (
                ".config/nextest.toml",
                "[profile.default]\nslow-timeout = { period = '1s', terminate-after = 1, on-timeout = 'pass' }\n",
                &["profile.default.slow-timeout.on-timeout 1"],
            ),
        ] {
            assert_eq!(names(file, text), expected, "{text}");
        }
        assert_eq!(configures("nextest.toml"), None);
    }
}
