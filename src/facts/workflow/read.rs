//! Reads workflows from YAML. Keys of an unexpected shape are passed over: GitHub's own checker judges those.

use crate::facts::place::Span;
use crate::facts::problem::Problem;
use crate::facts::workflow::document::Workflow;
use crate::facts::workflow::job::Job;
use crate::facts::workflow::job::Permissions;
use crate::facts::workflow::job::RunDefaults;
use crate::facts::workflow::job::Step;
use crate::facts::workflow::job::Uses;
use crate::facts::workflow::matrix::Matrix;
use crate::facts::workflow::trigger;
use crate::facts::workflow::value;
use crate::facts::yaml::around;
use crate::facts::yaml::parse;
use crate::facts::yaml::tree::YamlNode;

/// Reads a workflow. None where the YAML is broken (a problem says so) or the first document is no workflow.
pub fn workflow(text: &str, problems: &mut Vec<Problem>) -> Option<Workflow> {
    let before = problems.len();
    let yaml = parse::parse(text, problems);
    // What stands before an error is no basis for a claim about what a workflow lacks.
    if problems.len() > before {
        return None;
    }
    let root = yaml.root().filter(|root| root.is_mapping())?;
    let jobs = root.get("jobs")?;
    let on = root.get("on");
    Some(Workflow {
        name: root.get("name").and_then(YamlNode::scalar),
        triggers: on.map(trigger::read).unwrap_or_default(),
        on: on.map(YamlNode::span),
        env: root.get("env").map(value::pairs).unwrap_or_default(),
        defaults: defaults(root),
        permissions: permissions(root),
        jobs: jobs.entries().filter_map(|(key, value)| job(text, key, value)).collect(),
    })
}

fn job(text: &str, key: YamlNode<'_>, node: YamlNode<'_>) -> Option<Job> {
    let scalar = |name: &str| node.get(name).and_then(YamlNode::scalar);
    let matrix = node.get("strategy").and_then(|strategy| strategy.get("matrix"));
    let runs_on = node.get("runs-on").map(|runs_on| runs_on.get("labels").unwrap_or(runs_on));
    let environment = node.get("environment").map(|node| node.get("name").unwrap_or(node));
    Some(Job {
        id: key.scalar()?,
        name: scalar("name"),
        needs: node.get("needs").map(YamlNode::scalars).unwrap_or_default(),
        condition: scalar("if"),
        matrix: matrix.map(Matrix::read),
        runs_on: runs_on.map(YamlNode::scalars).unwrap_or_default(),
        env: node.get("env").map(value::pairs).unwrap_or_default(),
        defaults: defaults(node),
        permissions: permissions(node),
        continue_on_error: scalar("continue-on-error"),
        outputs: node.get("outputs").map(value::keys).unwrap_or_default(),
        container: node.get("container").is_some(),
        environment: environment.and_then(YamlNode::scalar),
        uses: uses(text, node),
        with: node.get("with").map(value::pairs).unwrap_or_default(),
        steps: node.get("steps").map(|steps| self::steps(text, steps)).unwrap_or_default(),
        span: Span::new(key.span().start, node.span().end.max(key.span().end)),
    })
}

/// Reads a list of steps, of a job or of a composite action.
pub fn steps(text: &str, node: YamlNode<'_>) -> Vec<Step> {
    node.items().filter(|step| step.is_mapping()).map(|step| self::step(text, step)).collect()
}

fn step(text: &str, node: YamlNode<'_>) -> Step {
    let scalar = |name: &str| node.get(name).and_then(YamlNode::scalar);
    Step {
        id: scalar("id"),
        name: scalar("name"),
        condition: scalar("if"),
        uses: uses(text, node),
        with: node.get("with").map(value::pairs).unwrap_or_default(),
        env: node.get("env").map(value::pairs).unwrap_or_default(),
        run: scalar("run"),
        shell: scalar("shell"),
        working_directory: scalar("working-directory"),
        continue_on_error: scalar("continue-on-error"),
        span: node.span(),
    }
}

fn uses(text: &str, node: YamlNode<'_>) -> Option<Uses> {
    let value = node.get("uses")?.scalar()?;
    let quoted = matches!(text.as_bytes().get(value.span.end), Some(b'"' | b'\''));
    let comment = around::comment_behind(text, value.span.end + usize::from(quoted));
    Some(Uses::new(value, comment))
}

fn defaults(node: YamlNode<'_>) -> RunDefaults {
    let run = node.get("defaults").and_then(|defaults| defaults.get("run"));
    let scalar = |key: &str| run.and_then(|run| run.get(key)).and_then(YamlNode::scalar);
    RunDefaults { shell: scalar("shell"), working_directory: scalar("working-directory") }
}

fn permissions(node: YamlNode<'_>) -> Option<Permissions> {
    let node = node.get("permissions")?;
    Some(Permissions { all: node.scalar(), scopes: value::pairs(node), span: node.span() })
}
