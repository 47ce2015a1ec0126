//! `[[step]]`: the governed commands.

use std::collections::BTreeMap;

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::policy::section::Section;
use crate::facts::policy::vocabulary::nearest;

/// The keys of the table.
pub const KEYS: &[&str] =
    &["name", "run", "needs", "inputs", "env", "timeout", "attempts", "nondeterminism", "network", "outputs"];
/// The steps that a plan can have without any declaration.
pub const INFERRED: &[&str] = &["fmt", "clippy", "test", "doc", "package", "semver"];
/// Those that a plan has only where a tool is installed.
pub const OPTIONAL: &[&str] = &["semver"];
/// Names that mean something else in a gate.
pub const RESERVED: &[&str] = &["rules", "merge", "release"];

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The name.
    pub name: Spanned<String>,
    /// The program and its arguments.
    pub run: Vec<Spanned<String>>,
    /// The steps that must have passed before.
    pub needs: Vec<Spanned<String>>,
    /// Globs over the files that the step reads; none for all.
    pub inputs: Option<Vec<Spanned<String>>>,
    /// Variables that the step sees beside the default ones.
    pub env: Vec<Spanned<String>>,
    /// The most seconds that it may take.
    pub timeout: Option<Spanned<u64>>,
    /// How often it is tried.
    pub attempts: u32,
    /// What makes its outcome vary, with the reason.
    pub nondeterminism: Vec<Nondeterminism>,
    /// Whether it may use the network.
    pub network: bool,
    /// Globs over the files that it makes and the record keeps.
    pub outputs: Vec<Spanned<String>>,
    /// The header of the table.
    pub span: Span,
}

/// A declared source of variance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nondeterminism {
    /// What varies.
    pub source: Spanned<String>,
    /// Why that is accepted.
    pub why: Spanned<String>,
}

impl Step {
    /// Reads one table.
    pub fn read(section: Section<'_>) -> Option<Self> {
        let name = section.demanded("name", "name the step");
        let run = section.strings("run");
        if run.as_ref().is_none_or(Vec::is_empty) {
            let help = "add `run = [\"cargo\", \"test\"]`: the program and its arguments".to_owned();
            section.fault(section.span(), "has no command in `run`", Some(help));
        }
        let nondeterminism = section
            .each("nondeterminism", "[[step]] nondeterminism", &["source", "why"])
            .into_iter()
            .filter_map(|section| {
                let source = section.demanded("source", "say what varies");
                let why = section.demanded("why", "say why that is accepted");
                Some(Nondeterminism { source: source?, why: why? })
            })
            .collect();
        let step = Self {
            needs: section.strings("needs").unwrap_or_default(),
            inputs: section.globs("inputs"),
            env: section.strings("env").unwrap_or_default(),
            timeout: section.duration("timeout"),
            attempts: section.count("attempts", 1).map_or(1, |count| count.value),
            nondeterminism,
            network: section.flag("network").is_none_or(|flag| flag.value),
            outputs: section.globs("outputs").unwrap_or_default(),
            span: section.span(),
            name: name?,
            run: run?,
        };
        if RESERVED.contains(&step.name.value.as_str()) {
            section.fault(step.name.span, format!("`name` is reserved: `{}`", step.name.value), None);
        }
        Some(step)
    }
}

/// Says whether a name is a step of a plan, declared or inferred; where it is none, with the nearest one.
pub fn known(name: &str, steps: &[Step]) -> Result<(), Option<String>> {
    let names = || steps.iter().map(|step| step.name.value.as_str()).chain(INFERRED.iter().copied());
    if names().any(|known| known == name) {
        return Ok(());
    }
    Err(nearest(name, names()).map(|near| format!("write `{near}`")))
}

/// Checks the steps together: names are used once, needs are steps, and no step needs itself in the end.
pub fn check_graph(section: Section<'_>, steps: &[Step]) {
    let mut by_name: BTreeMap<&str, &Step> = BTreeMap::new();
    for step in steps {
        if by_name.insert(&step.name.value, step).is_some() {
            section.fault(step.name.span, format!("`name` is used twice: `{}`", step.name.value), None);
        }
        for need in &step.needs {
            if let Err(advice) = known(&need.value, steps) {
                section.fault(need.span, format!("`needs` names no step: `{}`", need.value), advice);
            }
        }
    }
    if let Some(step) = in_a_circle(steps, &by_name) {
        section.fault(step.name.span, format!("`{}` needs itself in the end", step.name.value), None);
    }
}

/// A step that needs itself in the end: what is left when steps are taken away whose needs are all gone.
fn in_a_circle<'s>(steps: &'s [Step], by_name: &BTreeMap<&str, &'s Step>) -> Option<&'s Step> {
    let mut needed_by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    for step in by_name.values() {
        let needs: Vec<_> = step.needs.iter().filter(|need| by_name.contains_key(need.value.as_str())).collect();
        open.insert(&step.name.value, needs.len());
        for need in needs {
            needed_by.entry(&need.value).or_default().push(&step.name.value);
        }
    }
    let mut ready: Vec<&str> = open.iter().filter(|(_, needs)| **needs == 0).map(|(name, _)| *name).collect();
    while let Some(name) = ready.pop() {
        open.remove(name);
        for waiting in needed_by.remove(name).unwrap_or_default() {
            if let Some(needs) = open.get_mut(waiting) {
                *needs -= 1;
                if *needs == 0 {
                    ready.push(waiting);
                }
            }
        }
    }
    steps.iter().find(|step| open.contains_key(step.name.value.as_str()))
}
