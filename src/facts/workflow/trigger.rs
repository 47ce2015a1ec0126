//! What starts a workflow: the events under `on` with their filters.

use crate::facts::place::Spanned;
use crate::facts::workflow::value;
use crate::facts::yaml::tree::YamlNode;

/// One event under `on`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// The event: `push`, `pull_request`, `schedule`.
    pub event: Spanned<String>,
    /// `branches`.
    pub branches: Vec<Spanned<String>>,
    /// `branches-ignore`.
    pub branches_ignore: Vec<Spanned<String>>,
    /// `tags`.
    pub tags: Vec<Spanned<String>>,
    /// `tags-ignore`.
    pub tags_ignore: Vec<Spanned<String>>,
    /// `paths`.
    pub paths: Vec<Spanned<String>>,
    /// `paths-ignore`.
    pub paths_ignore: Vec<Spanned<String>>,
    /// `types`.
    pub types: Vec<Spanned<String>>,
    /// `workflows`, the names that `workflow_run` waits for.
    pub workflows: Vec<Spanned<String>>,
    /// The names of `inputs`, of `workflow_dispatch` and `workflow_call`.
    pub inputs: Vec<Spanned<String>>,
}

impl Trigger {
    fn read(event: Spanned<String>, node: Option<YamlNode<'_>>) -> Self {
        let list = |key: &str| node.and_then(|node| node.get(key)).map(YamlNode::scalars).unwrap_or_default();
        let inputs = node.and_then(|node| node.get("inputs")).map(value::keys).unwrap_or_default();
        Self {
            event,
            branches: list("branches"),
            branches_ignore: list("branches-ignore"),
            tags: list("tags"),
            tags_ignore: list("tags-ignore"),
            paths: list("paths"),
            paths_ignore: list("paths-ignore"),
            types: list("types"),
            workflows: list("workflows"),
            inputs,
        }
    }
}

/// Reads the value of `on`: one event, a list of events, or a mapping of events.
pub fn read(on: YamlNode<'_>) -> Vec<Trigger> {
    if on.is_mapping() {
        on.entries().filter_map(|(key, value)| Some(Trigger::read(key.scalar()?, Some(value)))).collect()
    } else {
        on.scalars().into_iter().map(|event| Trigger::read(event, None)).collect()
    }
}
