//! What the fuzz targets share: reading bytes as a file of a kind, and as a small tree that all rules look at.

use std::collections::BTreeMap;
use std::sync::Arc;

use cargo_governed::facts::history::NoHistory;
use cargo_governed::facts::kind::Kind;
use cargo_governed::facts::parse::parse;
use cargo_governed::facts::place::Place;
use cargo_governed::facts::place::Span;
use cargo_governed::facts::policy::find;
use cargo_governed::facts::source::Content;
use cargo_governed::facts::tree::Entry;
use cargo_governed::facts::tree::Mode;
use cargo_governed::facts::tree::Tree;
use cargo_governed::judge::fixes;
use cargo_governed::judge::judging;
use cargo_governed::judge::judging::Case;
use cargo_governed::judge::report::Report;
use cargo_governed::judge::report::Source;
use cargo_governed::judge::report::Subject;
use cargo_governed::render::format::Format;
use cargo_governed::render::human::look::Look;
use cargo_governed::rules;
use cargo_governed::rules::rule::Context;
use cargo_governed::world::reading;

/// Panics where a span does not lie in a text, or cuts a character.
pub fn in_text(text: &str, span: Span) {
    assert!(text.get(span.start..span.end).is_some(), "{span:?} is no part of a text of {} bytes", text.len());
}

/// Reads bytes as a file of a kind: every problem lies in the text, but where the bytes are no text at all.
pub fn read_as(kind: Kind, bytes: &[u8]) -> Content {
    let content = parse(kind, bytes.to_vec());
    for span in content.problems.iter().filter_map(|problem| problem.span) {
        in_text(content.text.as_str(), span);
    }
    content
}

/// Reads a text as a small tree: `-- path --` begins a file, as in tests/fixtures; sections and results are passed over.
pub fn files(text: &str) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut current: Option<String> = None;
    for line in text.split_inclusive('\n') {
        if line.starts_with("== ") {
            current = None;
        } else if let Some(name) = line.trim_end().strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --")) {
            current = (!name.is_empty()).then(|| name.to_owned());
            files.extend(current.iter().map(|name| (name.clone(), String::new())));
        } else if let Some(file) = current.as_ref().and_then(|name| files.get_mut(name)) {
            file.push_str(line);
        }
    }
    files
}

/// Judges a tree by all rules, renders it in all formats, and applies what the fixes say.
pub fn check(files: &BTreeMap<String, String>) {
    let entry = |path: &String| Entry { path: Arc::from(path.as_str()), mode: Mode::File, id: None, tracked: true };
    let tree = Tree::new(files.keys().map(entry).collect());
    let facts = reading::read_facts(tree, |entry, _| Ok(files[entry.path.as_ref()].clone().into_bytes()), None);
    let policy = find::find(&facts, &rules::vocabulary()).unwrap_or_default();
    let today = jiff::civil::date(2026, 11, 22);
    let context = Context { facts: &facts, history: &NoHistory, policy: &policy, base: None, change: None, today };
    let outcomes = rules::all().map(|rule| (rule, (rule.check)(&context))).collect();
    let subject = Subject { source: Source::Folder, revision: None, tree: None, dirty: false, notes: Vec::new() };
    let case = Case {
        subject,
        facts: &facts,
        policy: &policy,
        outcomes,
        base: None,
        waivers_of: None,
        today,
        deny_warn: false,
    };
    let report = judging::judge(case);
    for (_, format) in Format::ALL {
        format.render(&report, Look::plain());
    }
    places_are_true(files, &report);
    for (path, edits) in fixes::plan(&report.findings).files {
        let text = files.get(&path).unwrap_or_else(|| panic!("a fix edits {path:?}, which is not there"));
        for span in edits.keys() {
            in_text(text, *span);
        }
        assert!(fixes::applied(text, &edits).is_some(), "the fixes of {path:?} can't be applied: {edits:?}");
    }
}

fn places_are_true(files: &BTreeMap<String, String>, report: &Report) {
    let places =
        report.findings.iter().flat_map(|judged| [&judged.finding.at].into_iter().chain(&judged.finding.against));
    for place in places.filter(|place: &&Place| place.line > 0 && !place.path.starts_with("git:")) {
        let text = files.get(&place.path).unwrap_or_else(|| panic!("a line of {:?}, which is not there", place.path));
        in_text(text, place.span);
    }
}
