//! `init --github`: the workflow that checks every pull request, where there is none yet, and what a person must set.

use std::path::Path;

use crate::commands::init;
use crate::commands::init::Mode;
use crate::error::Error;
use crate::judge::workflow_proposal;
use crate::render::line_diff;
use crate::world::checkout::Checkout;
use crate::world::outfile;
use crate::world::reading;

/// Writes the workflow where the mode allows and none of its name is there; says what was done, and what is left to do.
pub fn write(folder: &Path, mode: Mode) -> Result<String, Error> {
    let mut checkout = Checkout::open(folder, None)?;
    let tree = std::mem::take(&mut checkout.tree);
    let facts = reading::read_facts(tree, |entry, limit| checkout.read(entry, limit), None);
    let branch = init::branch(&facts);
    let branch = branch.strip_prefix("origin/").unwrap_or(&branch);
    let text = workflow_proposal::propose(branch);
    let path = workflow_proposal::PATH;
    let settings = workflow_proposal::settings(branch);
    let told = match (facts.text(path), mode) {
        (Some(old), _) if old == text => format!("{path} is what would be proposed now\n"),
        (Some(old), _) => {
            let difference = line_diff::difference(old, &text);
            format!("{path} stays as it is; against it a new proposal reads:\n\n{difference}\n")
        }
        (None, Mode::DryRun) => format!("{path} would be written:\n\n{}\n", line_diff::difference("", &text)),
        (None, Mode::Write) => {
            let root = checkout.root.ok_or_else(|| {
                Error::usage("no-worktree", "write a workflow into a bare repository").help("run init in a work tree")
            })?;
            outfile::create_below(&root, path, text.as_bytes())?;
            format!("{path} was written; commit it to the branch {branch}\n")
        }
    };
    Ok(format!("{told}{settings}"))
}
