//! `action.yml`: the steps of a composite action, and the names that it takes and gives.

use crate::facts::place::Spanned;
use crate::facts::problem::Problem;
use crate::facts::workflow::job::Step;
use crate::facts::workflow::read;
use crate::facts::workflow::value;
use crate::facts::yaml::parse;
use crate::facts::yaml::tree::YamlNode;

/// An action of the repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Action {
    /// `runs.using`: `composite`, `docker`, `node20`.
    pub using: Option<Spanned<String>>,
    /// The names under `inputs`.
    pub inputs: Vec<Spanned<String>>,
    /// The names under `outputs`.
    pub outputs: Vec<Spanned<String>>,
    /// The steps of a composite action, in order.
    pub steps: Vec<Step>,
}

/// Reads an action. None where the YAML is broken (a problem says so) or it is no action.
pub fn parse(text: &str, problems: &mut Vec<Problem>) -> Option<Action> {
    let before = problems.len();
    let yaml = parse::parse(text, problems);
    if problems.len() > before {
        return None;
    }
    let root = yaml.root()?;
    let runs = root.get("runs")?;
    Some(Action {
        using: runs.get("using").and_then(YamlNode::scalar),
        inputs: root.get("inputs").map(value::keys).unwrap_or_default(),
        outputs: root.get("outputs").map(value::keys).unwrap_or_default(),
        steps: runs.get("steps").map(|steps| read::steps(text, steps)).unwrap_or_default(),
    })
}
