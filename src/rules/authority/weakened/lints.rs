//! `[lints]` and `[workspace.lints]` of manifests: a level that goes down silences a lint as well as a flag in CI does.
//!
//! Compared is what each package is held to, so that a table may move between a package and its workspace.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use toml::de::DeValue;

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::toml::Document;
use crate::facts::toml::Table;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;
use crate::rules::authority::weakened::sink::Sink;
use crate::rules::level::Certainty;

/// Groups of lints that speak unless they are told not to.
const SPEAKING: &[&str] = &[
    "rust::warnings",
    "rust::unused",
    "rust::nonstandard_style",
    "clippy::all",
    "clippy::correctness",
    "clippy::suspicious",
    "clippy::style",
    "clippy::complexity",
    "clippy::perf",
    "rustdoc::all",
];
/// Groups of lints that are silent unless they are told to speak.
const SILENT: &[&str] = &[
    "rust::future_incompatible",
    "rust::keyword_idents",
    "rust::let_underscore",
    "rust::rust_2018_compatibility",
    "rust::rust_2018_idioms",
    "rust::rust_2021_compatibility",
    "rust::rust_2024_compatibility",
    "clippy::cargo",
    "clippy::nursery",
    "clippy::pedantic",
    "clippy::restriction",
];
/// How many lints a message names.
const NAMED: usize = 3;

/// The level of a lint, from silent to unalterable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Allow,
    Warn,
    Deny,
    Forbid,
}

const LEVELS: &[(&str, Level)] =
    &[("allow", Level::Allow), ("warn", Level::Warn), ("deny", Level::Deny), ("forbid", Level::Forbid)];

/// What a table says of a lint, and where.
#[derive(Clone, Debug)]
struct Entry {
    level: Level,
    priority: i64,
    file: String,
    span: Span,
}

/// The lints of a table by their whole names.
type Lints = BTreeMap<String, Entry>;

/// What a package is held to.
#[derive(Default)]
struct Held {
    lints: Lints,
    /// Where it takes those of its workspace.
    inherits: Option<Span>,
}

/// One lint or group of which less is asked.
struct Less {
    lint: String,
    certainty: Certainty,
    message: String,
}

/// Compares what the maintainers' own packages are held to.
pub fn compare(before: &Facts, after: &Facts, sink: &mut Sink<'_>) {
    let (mut then, mut now) = (Reader::of(before), Reader::of(after));
    let (mut told, mut left) = (BTreeSet::new(), Vec::new());
    for package in before.cargo.packages.iter().filter(|package| package.zone == Zone::Own) {
        let same = after.cargo.package_at(&package.manifest);
        let Some(own) = same.or_else(|| after.cargo.named(&package.name.value).next()) else { continue };
        let (was, is) = (then.held(package), now.held(own));
        if was.lints.is_empty() && is.lints.is_empty() {
            continue;
        }
        sink.look();
        if let (Some(span), None, true) = (was.inherits, is.inherits, is.lints.is_empty()) {
            let place = sink.of_base(&package.manifest, span, "the base says so");
            let is_loud = was.lints.iter().any(|(name, entry)| entry.level > Level::Warn || is_group(name));
            let certainty = if is_loud { Certainty::Certain } else { Certainty::Probable };
            left.push((own.manifest.to_string(), place, certainty));
            continue;
        }
        let asked = if is.inherits.is_some() { &after.cargo.workspace_of(own).manifest } else { &own.manifest };
        for less in less(&was.lints, &is.lints) {
            tell(less, (&was.lints, &is.lints), asked, &mut told, sink);
        }
        told_together(&was.lints, &is.lints, asked, &mut told, sink);
    }
    tell_left(left, sink);
}

/// Packages that leave the lints of their workspace, in one sentence.
fn tell_left(mut left: Vec<(String, Place, Certainty)>, sink: &mut Sink<'_>) {
    left.sort_by_key(|(_, _, certainty)| *certainty != Certainty::Certain);
    let more = match left.len().saturating_sub(1) {
        0 => String::new(),
        count => format!(", as {count} more"),
    };
    let Some((first, _, certainty)) = left.first() else { return };
    let message = format!("{first} does not take the lints of its workspace any more{more}");
    let (at, certainty) = (Place::whole(first.as_str(), "does not say so any more"), *certainty);
    let against = left.into_iter().take(NAMED).map(|(_, place, _)| place).collect();
    sink.as_sure_as(certainty, message, at, against);
}

/// The levels of all lints of a tree: what a signature over them is about.
pub fn text(facts: &Facts) -> String {
    let mut reader = Reader::of(facts);
    let mut made = String::new();
    for package in facts.cargo.packages.iter().filter(|package| package.zone == Zone::Own) {
        let held = reader.held(package);
        for (name, Entry { level, priority, .. }) in &held.lints {
            let word = LEVELS.iter().find(|(_, own)| own == level).map_or("", |(word, _)| word);
            let _ = writeln!(made, "{} {name} {word} {priority}", package.manifest);
        }
    }
    made
}

/// Reads the tables of a tree, those of each workspace once.
struct Reader<'a> {
    facts: &'a Facts,
    of_workspaces: BTreeMap<String, Lints>,
}

impl<'a> Reader<'a> {
    fn of(facts: &'a Facts) -> Self {
        Self { facts, of_workspaces: BTreeMap::new() }
    }

    fn held(&mut self, package: &Package) -> Held {
        let text = self.text(&package.manifest);
        let document = Document::parse(text);
        let Some(table) = document.root().table("lints") else { return Held::default() };
        match table.get("workspace").map(|value| (value, value.get_ref())) {
            Some((value, DeValue::Boolean(true))) => {
                let root = self.facts.cargo.workspace_of(package).manifest.to_string();
                let text = self.text(&root);
                let lints = self.of_workspaces.entry(root).or_insert_with_key(|root| {
                    let document = Document::parse(text);
                    let table = document.root().table("workspace").and_then(|workspace| workspace.table("lints"));
                    table.map(|table| lints(root, table)).unwrap_or_default()
                });
                Held { lints: lints.clone(), inherits: Some(value.span().into()) }
            }
            _ => Held { lints: lints(&package.manifest, table), inherits: None },
        }
    }

    /// The text of a manifest; empty where it has no such table.
    fn text(&self, manifest: &str) -> &'a str {
        let text = self.facts.text(manifest).unwrap_or_default();
        if memchr::memmem::find(text.as_bytes(), b"lints").is_some() { text } else { "" }
    }
}

fn lints(file: &str, table: Table<'_>) -> Lints {
    let mut found = Lints::new();
    for (tool, value) in table.entries() {
        let Some(own) = table.as_table(value) else { continue };
        for (name, value) in own.entries() {
            let (level, priority) = match own.as_table(value) {
                Some(inner) => (inner.get("level"), inner.get("priority")),
                None => (Some(value), None),
            };
            let word = level.and_then(|level| match level.get_ref() {
                DeValue::String(word) => Some(word.as_ref()),
                _ => None,
            });
            let Some((_, level)) = LEVELS.iter().find(|(own, _)| Some(*own) == word) else { continue };
            let priority = priority.and_then(|value| match value.get_ref() {
                DeValue::Integer(number) => number.as_str().parse().ok(),
                _ => None,
            });
            let entry =
                Entry { level: *level, priority: priority.unwrap_or(0), file: file.to_owned(), span: name.span };
            found.insert(format!("{}::{}", tool.value, name.value.replace('-', "_")), entry);
        }
    }
    found
}

/// What is asked less of, one by one.
fn less(then: &Lints, now: &Lints) -> Vec<Less> {
    let mut found = Vec::new();
    for (lint, was) in then {
        let made = match now.get(lint) {
            Some(is) if is.level < was.level => {
                Some((lowered(lint, was.level), format!("goes from {} to {}", word(was.level), word(is.level))))
            }
            Some(_) => None,
            None => removed(lint, was.level, then, now)
                .map(|certainty| (certainty, format!("is not asked for any more, and was at {}", word(was.level)))),
        };
        found.extend(made.map(|(certainty, what)| Less {
            message: format!("the {} `{lint}` {what}", kind(lint)),
            lint: lint.clone(),
            certainty,
        }));
    }
    for (lint, is) in now.iter().filter(|(lint, _)| is_group(lint)) {
        let was = then.get(lint);
        if was.is_none() && is.level == Level::Allow && SPEAKING.contains(&lint.as_str()) {
            let message = format!("the group of lints `{lint}` is newly allowed");
            found.push(Less { message, lint: lint.clone(), certainty: Certainty::Certain });
        } else if let Some(over) = overrides(lint, then, now) {
            let message = format!("the group of lints `{lint}` comes behind `{over}` now, and may silence it");
            found.push(Less { message, lint: lint.clone(), certainty: Certainty::Probable });
        }
    }
    found
}

fn lowered(lint: &str, from: Level) -> Certainty {
    if from > Level::Warn || SPEAKING.contains(&lint) { Certainty::Certain } else { Certainty::Probable }
}

/// How sure it is that less is asked where a lint is not spoken of any more; none where nobody can tell.
fn removed(lint: &str, from: Level, then: &Lints, now: &Lints) -> Option<Certainty> {
    let name = |lint: &str| lint.split_once("::").map(|(_, name)| name.to_owned());
    let tool = |lint: &str| lint.split_once("::").map(|(tool, _)| tool.to_owned());
    let is_new = |own: &str, entry: &Entry| then.get(own).is_none_or(|was| was.level < entry.level);
    // The same lint of another tool, or a group that may hold it.
    let covers = |(own, entry): (&String, &Entry)| {
        let is_wider = is_group(own) && tool(own) == tool(lint) && is_new(own, entry);
        entry.level >= from && (name(own) == name(lint) || is_wider)
    };
    if from < Level::Warn || now.iter().any(covers) {
        return None;
    }
    if from == Level::Warn {
        return SILENT.contains(&lint).then_some(Certainty::Probable);
    }
    // One that is asked for instead may be the same under its new name.
    let renamed = |(own, entry): (&String, &Entry)| {
        !then.contains_key(own) && tool(own) == tool(lint) && entry.level >= from && !is_group(lint)
    };
    Some(if now.iter().any(renamed) { Certainty::Probable } else { Certainty::Certain })
}

/// A lint that a group of a lower level comes behind and did not before: cargo takes the highest priority last, and of
/// one priority the first name.
fn overrides<'a>(group: &str, then: &Lints, now: &'a Lints) -> Option<&'a str> {
    let tool = group.split("::").next();
    let behind = |lints: &Lints, lint: &str| {
        let (group_entry, own) = (lints.get(group)?, lints.get(lint)?);
        let order = |entry: &Entry, name: &str| (entry.priority, Reverse(name.to_owned()));
        Some(group_entry.level < own.level && order(group_entry, group) > order(own, lint))
    };
    let mut lints = now.keys().filter(|lint| !is_group(lint) && lint.split("::").next() == tool);
    let newly =
        |lint: &str| then.contains_key(lint) && behind(now, lint) == Some(true) && behind(then, lint) != Some(true);
    lints.find(|lint| newly(lint)).map(String::as_str)
}

fn tell(
    less: Less,
    (was, is): (&Lints, &Lints),
    asked: &str,
    told: &mut BTreeSet<(String, String)>,
    sink: &mut Sink<'_>,
) {
    let (then, now) = (was.get(&less.lint), is.get(&less.lint));
    let file = now.map_or(asked, |now| now.file.as_str());
    if !told.insert((file.to_owned(), less.lint)) {
        return;
    }
    let at = match now {
        Some(now) => sink.of_head(&now.file, now.span, "says so now"),
        None => Place::whole(asked, "does not say so any more"),
    };
    let against = then.map(|then| sink.of_base(&then.file, then.span, "the base says this"));
    let against = against.into_iter().collect();
    sink.as_sure_as(less.certainty, less.message, at, against);
}

/// Single lints that are newly allowed, in one sentence; none where more is asked of a group, which they only trim.
fn told_together(was: &Lints, is: &Lints, asked: &str, told: &mut BTreeSet<(String, String)>, sink: &mut Sink<'_>) {
    let raised = |(lint, entry): (&String, &Entry)| {
        is_group(lint) && entry.level > was.get(lint).map_or(Level::Allow, |was| was.level)
    };
    if is.iter().any(raised) {
        return;
    }
    let is_new =
        |(lint, entry): &(&String, &Entry)| entry.level == Level::Allow && !was.contains_key(*lint) && !is_group(lint);
    let allowed: Vec<(&String, &Entry)> = is.iter().filter(is_new).collect();
    let Some((_, first)) = allowed.first() else { return };
    if !told.insert((asked.to_owned(), "newly allowed".to_owned())) {
        return;
    }
    let names: Vec<&str> = allowed.iter().take(NAMED).map(|(lint, _)| lint.as_str()).collect();
    let more = match allowed.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!("lints are newly allowed: `{}`{more}", names.join("`, `"));
    let at = sink.of_head(&first.file, first.span, "newly allowed");
    sink.as_sure_as(Certainty::Unsure, message, at, Vec::new());
}

fn is_group(lint: &str) -> bool {
    SPEAKING.contains(&lint) || SILENT.contains(&lint)
}

fn kind(lint: &str) -> &'static str {
    if is_group(lint) { "group of lints" } else { "lint" }
}

fn word(level: Level) -> &'static str {
    LEVELS.iter().find(|(_, own)| *own == level).map_or("", |(word, _)| word)
}
