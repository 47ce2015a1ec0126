//! The path patterns of a workflow: event filters, inputs of filtering actions, `hashFiles`.

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::workflow::document::Workflow;
use crate::facts::workflow::job::Step;
use crate::facts::yaml::around;
use crate::facts::yaml::parse;
use crate::facts::yaml::tree::YamlNode;

/// Patterns that decide one thing together.
#[derive(Clone, Debug)]
pub struct Filter {
    /// What they decide, as a fragment: `the event push`.
    pub decides: String,
    /// The patterns as written, with their places in the file.
    pub patterns: Vec<Spanned<String>>,
    /// Whether a trigger of the whole workflow depends on them.
    pub trigger: bool,
}

/// All filters of a workflow.
pub fn of(text: &str, workflow: &Workflow) -> Vec<Filter> {
    let mut found = Vec::new();
    for trigger in workflow.triggers.iter().filter(|trigger| !trigger.paths.is_empty()) {
        let decides = format!("the event {}", trigger.event.value);
        found.push(Filter { decides, patterns: trigger.paths.clone(), trigger: true });
    }
    for step in workflow.jobs.iter().flat_map(|job| &job.steps) {
        let Some(uses) = &step.uses else { continue };
        if uses.is("dorny/paths-filter") {
            found.extend(step.input("filters").into_iter().flat_map(|filters| nested(text, filters)));
        } else if uses.is("tj-actions/changed-files") {
            found.extend(step.input("files").map(|files| lines(text, files)));
        }
        found.extend(hashed(text, step));
    }
    found
}

/// The filters of a YAML text inside a YAML text.
fn nested(text: &str, filters: &Spanned<String>) -> Vec<Filter> {
    let yaml = parse::parse(&filters.value, &mut Vec::new());
    let Some(root) = yaml.root() else { return Vec::new() };
    root.entries()
        .filter_map(|(name, patterns)| {
            let patterns = patterns.items().flat_map(leaves).chain(patterns.scalar());
            let moved = patterns.map(|one| Spanned::new(one.value, around::locate(text, filters, one.span)));
            Some(Filter { decides: format!("the filter {}", name.text()?), patterns: moved.collect(), trigger: false })
        })
        .collect()
}

/// The patterns of one item: itself, or what stands behind `added|modified:`.
fn leaves(item: YamlNode<'_>) -> Vec<Spanned<String>> {
    match item.scalar() {
        Some(one) => vec![one],
        None => item.entries().flat_map(|(_, value)| value.scalars()).collect(),
    }
}

fn lines(text: &str, files: &Spanned<String>) -> Filter {
    let mut patterns = Vec::new();
    let mut at = 0;
    for line in files.value.split_inclusive('\n') {
        let bare = line.trim();
        if !bare.is_empty() {
            let start = at + (line.len() - line.trim_start().len());
            let span = around::locate(text, files, Span::new(start, start + bare.len()));
            patterns.push(Spanned::new(bare.to_owned(), span));
        }
        at += line.len();
    }
    Filter { decides: "the list of changed files".to_owned(), patterns, trigger: false }
}

/// The arguments of `hashFiles('a', 'b')` in the inputs of a step.
fn hashed(text: &str, step: &Step) -> Vec<Filter> {
    let mut found = Vec::new();
    for (_, value) in &step.with {
        let mut from = 0;
        while let Some(start) = value.value.get(from..).and_then(|rest| rest.find("hashFiles(")) {
            let open = from + start + "hashFiles(".len();
            let Some(length) = value.value[open..].find(')') else { break };
            let mut patterns = Vec::new();
            let mut at = open;
            for argument in value.value[open..open + length].split(',') {
                let bare = argument.trim();
                if let Some(name) = bare.strip_prefix('\'').and_then(|bare| bare.strip_suffix('\'')) {
                    let start = at + argument.find('\'').unwrap_or(0) + 1;
                    let span = around::locate(text, value, Span::new(start, start + name.len()));
                    patterns.push(Spanned::new(name.to_owned(), span));
                }
                at += argument.len() + 1;
            }
            found.push(Filter { decides: "the cache key".to_owned(), patterns, trigger: false });
            from = open + length;
        }
    }
    found
}
