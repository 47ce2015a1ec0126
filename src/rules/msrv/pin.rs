//! Toolchains of workflows that somebody marked as the minimum: by a name or by a comment.

use crate::facts::place::Spanned;
use crate::facts::workflow::document::Workflow;
use crate::facts::workflow::job::Job;
use crate::facts::workflow::job::Step;
use crate::facts::workflow::value::Value;
use crate::facts::yaml::around;
use crate::rules::msrv::statement;

/// The versions that a workflow marks as the minimum, each where it stands.
pub(super) fn of(text: &str, workflow: &Workflow) -> Vec<Spanned<String>> {
    let mut found = Vec::new();
    let jobs = workflow.jobs.iter().flat_map(|job| job.env.iter().chain(job.steps.iter().flat_map(|step| &step.env)));
    let named: Vec<_> = workflow.env.iter().chain(jobs).filter(|(name, _)| names_the_minimum(&name.value)).collect();
    // Beside `MSRV` itself, `BLAS_MSRV` is that of a part.
    let plain = |name: &str| matches!(name.to_ascii_lowercase().as_str(), "msrv" | "rust_msrv" | "msrv_version");
    let whole = named.iter().any(|(name, _)| plain(&name.value));
    found.extend(named.iter().filter(|(name, _)| !whole || plain(&name.value)).map(|(_, value)| value.clone()));
    for job in &workflow.jobs {
        of_matrix(text, job, &mut found);
        of_rows(text, job, &mut found);
        let marked =
            names_the_minimum(&job.id.value) || job.name.as_ref().is_some_and(|name| names_the_minimum(&name.value));
        for step in &job.steps {
            if let Some(toolchain) = toolchain(step)
                && (marked || is_marked(text, toolchain.span.end))
            {
                found.push(toolchain);
            }
        }
    }
    found.retain(|pin| is_one_version(&pin.value));
    found.sort_by_key(|pin| pin.span);
    found.dedup();
    found
}

/// Says whether the workflow works in the root of the tree; one that works in a folder tests the package there.
pub(super) fn works_at_root(workflow: &Workflow) -> bool {
    let folder = workflow.defaults.working_directory.as_ref();
    folder.is_none_or(|folder| matches!(folder.value.trim_matches('/'), "" | "."))
}

fn is_one_version(text: &str) -> bool {
    matches!(statement::versions(text).as_slice(), [one] if one.start == 0 && one.end == text.len())
}

/// Says whether a name is that of the minimum: `MSRV`, `rust_min`, `minimum-rust`, `Test (MSRV)`.
fn names_the_minimum(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let words: Vec<&str> =
        lower.split(|one: char| !one.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let minimum = words.iter().any(|word| matches!(*word, "minimum" | "minimal" | "min" | "oldest"));
    let rust = words.iter().any(|word| matches!(*word, "rust" | "rustc" | "toolchain"));
    let together = words.iter().any(|word| matches!(*word, "msrv" | "minrust" | "rustmin"));
    let versions = words.iter().any(|word| matches!(*word, "versions" | "dependencies" | "deps" | "features"));
    together || minimum && rust && !versions
}

/// The toolchain that a step installs, where it is written there: the input, or the branch of the action.
pub(super) fn toolchain(step: &Step) -> Option<Spanned<String>> {
    let uses = step.uses.as_ref()?;
    let target = uses.target.to_ascii_lowercase();
    if !(target.contains("toolchain") || target.contains("setup-rust") || target.contains("rustup")) {
        return None;
    }
    step.input("toolchain")
        .or_else(|| step.input("rust-version"))
        .or_else(|| step.input("channel"))
        .cloned()
        .or_else(|| uses.reference.clone())
}

/// Says whether the comment behind a value marks it: `# MSRV`.
fn is_marked(text: &str, end: usize) -> bool {
    let quoted = matches!(text.as_bytes().get(end), Some(b'"' | b'\''));
    around::comment_behind(text, end + usize::from(quoted)).is_some_and(|comment| {
        let lower = comment.value.to_ascii_lowercase();
        lower == "msrv" || lower.starts_with("msrv ") || lower.starts_with("minimum supported")
    })
}

fn of_matrix(text: &str, job: &Job, found: &mut Vec<Spanned<String>>) {
    let Some(matrix) = &job.matrix else { return };
    for axis in &matrix.axes {
        let named = names_the_minimum(&axis.name.value);
        for value in &axis.values {
            let (Value::Text(pinned) | Value::Number(pinned)) = &value.value else { continue };
            if named && axis.values.len() == 1 || is_marked(text, value.span.end) {
                found.push(Spanned::new(pinned.clone(), value.span));
            }
        }
    }
}

/// The rows of `include` that are called the minimum, or whose version is marked by a comment.
fn of_rows(text: &str, job: &Job, found: &mut Vec<Spanned<String>>) {
    for row in job.matrix.iter().flat_map(|matrix| &matrix.include) {
        let named = row.value.iter().any(|(_, value)| value.as_text().is_some_and(|text| names_the_minimum(&text)));
        let source = text.get(row.span.start..row.span.end).unwrap_or_default();
        let mut at = row.span.start;
        for line in source.split_inclusive('\n') {
            let key = line.split(':').next().unwrap_or_default().trim().trim_start_matches("- ").to_ascii_lowercase();
            let keyed = ["rust", "toolchain", "channel", "version"].iter().any(|word| key.contains(word));
            let value = line.split('#').next().unwrap_or_default();
            if let ([version], true) = (statement::versions(value).as_slice(), keyed) {
                let span = version.offset_by(at);
                if named || is_marked(text, span.end) {
                    found.push(Spanned::new(text[span.start..span.end].to_owned(), span));
                }
            }
            at += line.len();
        }
    }
}
