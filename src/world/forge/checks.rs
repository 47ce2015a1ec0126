//! Check runs: made once, with as many annotations as GitHub takes in a request, and the rest appended.

use serde_json::Value;
use serde_json::json;

use crate::world::forge::connection::Connection;
use crate::world::forge::failure::Failure;
use crate::world::forge::failure::Kind;
use crate::world::forge::retry::Method;

/// The most annotations of one request.
const PER_REQUEST: usize = 50;

/// A check run that has ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckRun {
    /// Its name.
    pub name: String,
    /// The commit.
    pub commit: String,
    /// `success`, `failure`, `neutral`, `action_required`.
    pub conclusion: &'static str,
    /// What tells runs of one name on one commit apart.
    pub key: String,
    /// Its title and its summary.
    pub output: (String, String),
    /// Its page of details.
    pub details: Option<String>,
    /// Its annotations, as GitHub's API has them.
    pub annotations: Vec<Value>,
}

/// Makes the check run, and appends the annotations that one request does not take; gives its page.
pub fn create(forge: &Connection, repository: &str, run: &CheckRun) -> Result<String, Failure> {
    let (first, rest) = run.annotations.split_at(run.annotations.len().min(PER_REQUEST));
    let path = format!("/repos/{repository}/check-runs");
    let mut sent = json!({
        "name": run.name,
        "head_sha": run.commit,
        "status": "completed",
        "conclusion": run.conclusion,
        "external_id": run.key,
        "output": output(run, first),
    });
    if let (Some(details), Some(fields)) = (&run.details, sent.as_object_mut()) {
        fields.insert("details_url".to_owned(), json!(details));
    }
    let made = match forge.ask(Method::Post, &path, Some(&sent)) {
        Ok(answer) => answer.body,
        Err(failure) if failure.maybe_done => find(forge, repository, run)?.ok_or(failure)?,
        Err(failure) => return Err(failure),
    };
    let id = made["id"].as_u64();
    let url = made["html_url"].as_str().unwrap_or_default().to_owned();
    for part in rest.chunks(PER_REQUEST) {
        let id = id.ok_or_else(|| {
            Failure::without_answer(Kind::Unreadable, &format!("POST {path}"), "the answer names no check run")
        })?;
        let sent = json!({ "output": output(run, part) });
        forge.ask(Method::Patch, &format!("{path}/{id}"), Some(&sent))?;
    }
    Ok(url)
}

fn output(run: &CheckRun, annotations: &[Value]) -> Value {
    json!({ "title": run.output.0, "summary": run.output.1, "annotations": annotations })
}

/// The run that an earlier request made, though the forge failed to say so.
fn find(forge: &Connection, repository: &str, run: &CheckRun) -> Result<Option<Value>, Failure> {
    let path = format!("/repos/{repository}/commits/{}/check-runs?per_page=100", run.commit);
    let answer = forge.ask(Method::Get, &path, None)?;
    let runs = answer.body["check_runs"].as_array().cloned().unwrap_or_default();
    Ok(runs.into_iter().find(|found| found["external_id"].as_str() == Some(&run.key)))
}
