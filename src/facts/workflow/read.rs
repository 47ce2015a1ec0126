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
    let container = node.get("container").map(|node| node.get("image").unwrap_or(node));
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
        image: container.and_then(YamlNode::scalar),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::facts::workflow::action;

    #[test]
    fn values_keep_their_places() {
        let text = "on:\n  push:\n    branches: [main]\njobs:\n  a:\n    needs: b\n    steps:\n      - uses: 'x/y@0123' # v1\n      - run: |\n          cargo test\n";
        let workflow = workflow(text, &mut Vec::new()).unwrap();
        let job = &workflow.jobs[0];
        assert_eq!((job.needs[0].value.as_str(), workflow.triggers[0].branches[0].value.as_str()), ("b", "main"));
        let uses = job.steps[0].uses.as_ref().unwrap();
        let reference = uses.reference.as_ref().unwrap();
        assert_eq!(&text[reference.span.start..reference.span.end], "0123");
        assert_eq!(uses.comment.as_ref().unwrap().value, "v1");
        assert_eq!(job.steps[1].run.as_ref().unwrap().value, "cargo test\n");
    }

    #[test]
    fn other_documents_are_no_workflows() {
        for text in ["", "- a\n- b\n", "a: 1\n", "--- \n...\n", "jobs\n", "on: push\njobs: 3\n"] {
            assert!(workflow(text, &mut Vec::new()).is_none_or(|workflow| workflow.jobs.is_empty()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(parts in prop::collection::vec(0usize..16, 0..40)) {
            const PARTS: &[&str] = &[
                "on: push\n", "jobs:\n", "  a:\n", "    steps:\n", "      - run: |\n", "          cd ${{ x\n", "      - uses: a@b # c\n",
                "    strategy:\n", "      matrix:\n", "        os: [a, 1.80]\n", "        include: {a: *b}\n", "    if: ${{ a && }}\n",
                "    needs: [a, {b: c}]\n", "&b ", "    runs-on: {labels: ä}\n", "? ",
            ];
            let text: String = parts.iter().map(|&part| PARTS[part]).collect();
            let _ = workflow(&text, &mut Vec::new());
            let _ = action::parse(&text, &mut Vec::new());
        }
    }
}
