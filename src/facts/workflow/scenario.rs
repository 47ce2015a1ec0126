//! The events that start a workflow, and what is known of the `github` context in each.

use crate::facts::workflow::document::Workflow;
use crate::facts::workflow::evaluate::Known;
use crate::facts::workflow::trigger::Trigger;
use crate::facts::workflow::value::Value;

/// One way in which a workflow is started.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// `github.event_name`; none where a caller decides.
    pub event: Option<String>,
    /// `github.ref`.
    pub reference: Known,
}

impl Scenario {
    /// What is known of `github.PATH`.
    pub fn github(&self, path: &[String]) -> Known {
        let Some(event) = &self.event else { return Known::Unknown };
        let text = |text: &str| Known::Value(Value::Text(text.to_owned()));
        let pull = event.starts_with("pull_request");
        match path {
            [name] if name.eq_ignore_ascii_case("event_name") => text(event),
            [name] if name.eq_ignore_ascii_case("ref") => self.reference.clone(),
            [name] if name.eq_ignore_ascii_case("ref_type") => match &self.reference {
                Known::Prefix(prefix) if prefix.starts_with("refs/tags/") => text("tag"),
                Known::Value(Value::Text(whole)) if whole.starts_with("refs/tags/") => text("tag"),
                Known::Prefix(prefix) if prefix.starts_with("refs/heads/") => text("branch"),
                Known::Value(Value::Text(whole)) if whole.starts_with("refs/heads/") => text("branch"),
                _ => Known::Unknown,
            },
            [name] if name.eq_ignore_ascii_case("ref_name") => match &self.reference {
                Known::Value(Value::Text(whole)) => {
                    text(whole.trim_start_matches("refs/heads/").trim_start_matches("refs/tags/"))
                }
                _ => Known::Unknown,
            },
            [name] if (name.eq_ignore_ascii_case("head_ref") || name.eq_ignore_ascii_case("base_ref")) && !pull => {
                text("")
            }
            _ => Known::Unknown,
        }
    }
}

/// All scenarios of a workflow; an unknown one among them where other workflows may call it.
pub fn of(workflow: &Workflow) -> Vec<Scenario> {
    workflow.triggers.iter().flat_map(of_trigger).collect()
}

fn of_trigger(trigger: &Trigger) -> Vec<Scenario> {
    let event = trigger.event.value.as_str();
    let references = match event {
        "workflow_call" => return vec![Scenario { event: None, reference: Known::Unknown }],
        "push" => pushed(trigger),
        "pull_request" | "pull_request_review" | "pull_request_review_comment" => {
            vec![Known::Prefix("refs/pull/".into())]
        }
        "merge_group" => vec![Known::Prefix("refs/heads/".into())],
        "release" => vec![Known::Prefix("refs/tags/".into())],
        _ => vec![Known::Unknown],
    };
    references.into_iter().map(|reference| Scenario { event: Some(event.to_owned()), reference }).collect()
}

/// The references that a push filter lets through: branches unless only tags are named, and the other way round.
fn pushed(trigger: &Trigger) -> Vec<Known> {
    let branches = !trigger.branches.is_empty() || !trigger.branches_ignore.is_empty();
    let tags = !trigger.tags.is_empty() || !trigger.tags_ignore.is_empty();
    let mut found = Vec::new();
    if branches || !tags {
        found.extend(named("refs/heads/", trigger.branches.iter().map(|branch| branch.value.as_str())));
    }
    if tags || !branches {
        found.extend(named("refs/tags/", trigger.tags.iter().map(|tag| tag.value.as_str())));
    }
    found
}

fn named<'a>(prefix: &str, patterns: impl Iterator<Item = &'a str>) -> Vec<Known> {
    let wild = |character: char| matches!(character, '*' | '?' | '+' | '[' | '\\');
    let mut found: Vec<_> = patterns
        .filter(|pattern| !pattern.starts_with('!'))
        .map(|pattern| match pattern.find(wild) {
            // `?` and `+` say how often the character before them stands there.
            Some(at) => Known::Prefix(format!(
                "{prefix}{}",
                &pattern[..pattern[..at].char_indices().last().map_or(0, |(at, _)| at)]
            )),
            None => Known::Value(Value::Text(format!("{prefix}{pattern}"))),
        })
        .collect();
    if found.is_empty() {
        found.push(Known::Prefix(prefix.to_owned()));
    }
    found
}
