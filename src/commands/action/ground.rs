//! What the tree is compared with, and what a reader must know of what is checked out.

use std::path::Path;
use std::path::PathBuf;

use crate::commands::action::inputs::Command;
use crate::commands::action::inputs::Inputs;
use crate::commands::action::runner::Runner;
use crate::commands::action::shallow;
use crate::commands::exit;
use crate::error::Error;
use crate::world::git::heads;
use crate::world::git::heads::Heads;

/// The ground of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ground {
    /// The name of the base and its commit; none judges the whole tree.
    pub(crate) base: Option<(String, String)>,
    /// What a reader must know.
    pub(crate) notes: Vec<String>,
    /// The folder of the checkout.
    pub(crate) folder: PathBuf,
}

/// Finds the base: that of the input, else that of the event.
pub(crate) fn of(folder: &Path, inputs: &Inputs, runner: &Runner) -> Result<Ground, Error> {
    let heads = heads::of(folder)?;
    let ground = Ground { folder: folder.to_path_buf(), ..Ground::default() };
    refuse_another(&heads, runner)?;
    // A release is of the whole tree: the input names the branch that its pull request is made against.
    if inputs.command == Command::ReleasePr {
        return Ok(ground);
    }
    let (name, commit) = match (inputs.base_ref.as_deref(), &runner.event.base) {
        (Some("none"), _) | (None, None) => return Ok(ground),
        (Some(name), _) => (name.to_owned(), name.to_owned()),
        (None, Some((name, sha))) => (name.clone(), merged(&heads, runner).unwrap_or_else(|| sha.clone())),
    };
    let Some(found) = heads::commit(folder, &commit) else {
        return Err(missing(folder, &name, &commit, heads.shallow, runner));
    };
    Ok(Ground { base: Some((name, found)), ..ground })
}

/// The side of the base where the merge of a pull request is checked out, as GitHub makes it: the base may have moved
/// on since the event, and what it brought is not new.
fn merged(heads: &Heads, runner: &Runner) -> Option<String> {
    let [base, head] = heads.parents.as_slice() else { return None };
    (runner.event.pull.is_some() && runner.event.head.as_deref() == Some(head)).then(|| base.clone())
}

/// What is checked out must be what the event is about: the head, its merge, or the commit that the workflow runs on.
/// On `pull_request_target` that commit is the base, and to judge it says nothing of the pull request.
fn refuse_another(heads: &Heads, runner: &Runner) -> Result<(), Error> {
    let (Some(head), Some(commit)) = (&runner.event.head, &heads.commit) else { return Ok(()) };
    let is_base = runner.event.name == "pull_request_target";
    // A shallow clone has forgotten what its commit joins, so the commit of the workflow counts as it is.
    let joined = heads.parents.contains(head) || (!is_base && Some(commit) == runner.commit.as_ref());
    let fits = commit == head || (runner.event.pull.is_some() && joined);
    if fits {
        return Ok(());
    }
    let error =
        Error::usage("other-commit", format!("judge {head}, which the event is about: checked out is {commit}"));
    let help = if is_base {
        "use the event pull_request; docs/action.md shows how to report on forks"
    } else {
        "leave out `ref` of actions/checkout, or give it the head of the event"
    };
    Err(Error { exit: exit::UNPROVEN, ..error }.help(help))
}

fn missing(folder: &Path, name: &str, commit: &str, shallow: bool, runner: &Runner) -> Error {
    let why = if shallow { "the clone is shallow and does not hold it" } else { "the clone does not hold it" };
    let shown = if name == commit { format!("`{name}`") } else { format!("`{name}` ({commit})") };
    let error = Error::usage("base-missing", format!("compare with the base {shown}: {why}"));
    let error = Error { exit: exit::UNPROVEN, ..error };
    let remedy = shallow::remedy(folder, runner);
    let error = match remedy.place {
        Some(place) => error.at(place),
        None => error,
    };
    error.help(remedy.lines)
}
