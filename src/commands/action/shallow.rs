//! Which line is missing where a checkout brought too little, and in which file.

use std::path::Path;

use crate::commands::action::runner::Runner;
use crate::world::given;

/// The most bytes of a workflow that is looked at.
const MOST: u64 = 1 << 20;

/// What is to be added, and where.
pub(crate) struct Remedy {
    /// `.github/workflows/ci.yml:12`.
    pub(crate) place: Option<String>,
    /// The lines.
    pub(crate) lines: String,
}

/// The lines that bring the whole history, after the checkout of this job.
pub(crate) fn remedy(folder: &Path, runner: &Runner) -> Remedy {
    let text = runner.workflow.as_ref().and_then(|path| {
        let bytes = given::document(&folder.join(path), MOST).ok()?;
        Some((path, String::from_utf8_lossy(&bytes).into_owned()))
    });
    let line = text.as_ref().and_then(|(_, text)| checkout(text, &runner.job));
    Remedy {
        place: text.as_ref().zip(line).map(|((path, _), line)| format!("{path}:{line}")),
        lines: "give the step with actions/checkout these lines:\n  with:\n    fetch-depth: 0".to_owned(),
    }
}

/// The line of the checkout in a job, from 1; that of the first one where the job has none.
fn checkout(workflow: &str, job: &str) -> Option<usize> {
    let is_checkout = |line: &str| line.contains("uses:") && line.contains("actions/checkout@");
    let begins = |line: &str| !job.is_empty() && line.trim_end() == format!("  {job}:");
    let at = workflow.lines().position(begins).unwrap_or_default();
    let after = workflow.lines().enumerate().skip(at).find(|(_, line)| is_checkout(line));
    after.or_else(|| workflow.lines().enumerate().find(|(_, line)| is_checkout(line))).map(|(line, _)| line + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_that_of_the_job() {
        let text = "jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v1\n  b:\n    steps:\n      - uses: actions/checkout@v1\n";
        assert_eq!(checkout(text, "b"), Some(7));
        assert_eq!(checkout(text, "a"), Some(4));
        assert_eq!(checkout(text, ""), Some(4));
        assert_eq!(checkout("jobs:\n", "a"), None);
    }
}
