//! `init --github`: the workflows that check, gate and release, where there are none yet, and what a person must set.

use std::fmt::Write as _;
use std::path::Path;

use crate::commands::init;
use crate::commands::init::Mode;
use crate::error::Error;
use crate::facts::tag_line;
use crate::judge::workflow_proposal::ground::Ground;
use crate::judge::workflow_proposal::ground::Released;
use crate::judge::workflow_proposal::settings;
use crate::judge::workflow_proposal::texts;
use crate::judge::workflow_proposal::texts::Part;
use crate::release::candidates;
use crate::release::candidates::Candidates;
use crate::render::line_diff;
use crate::world::checkout::Checkout;
use crate::world::outfile;
use crate::world::reading;

/// Writes each workflow of some parts where the mode allows and none of its name is there; says what was done, and what is
/// left to do.
pub fn write(folder: &Path, mode: Mode, parts: &[Part]) -> Result<String, Error> {
    let mut checkout = Checkout::open(folder, None)?;
    let tree = std::mem::take(&mut checkout.tree);
    let facts = reading::read_facts(tree, |entry, limit| checkout.read(entry, limit), None);
    let branch = init::branch(folder, &facts);
    // What is released is what `release plan` takes.
    let lines = tag_line::lines(&facts.cargo, checkout.history.tags().unwrap_or_default());
    let Candidates { indices, left } = candidates::among(&facts, &lines);
    let released = Released { indices: &indices, left: &left };
    let ground = Ground::of(&facts, branch.strip_prefix("origin/").unwrap_or(&branch), &released);
    let mut told = String::new();
    for (path, text) in texts::propose(&ground, parts) {
        match (facts.text(path), mode) {
            (Some(old), _) if old == text => {
                let _ = writeln!(told, "{path} is what would be proposed now");
            }
            (Some(old), _) => {
                let difference = line_diff::difference(old, &text);
                let _ = writeln!(told, "{path} stays as it is; against it a new proposal reads:\n\n{difference}");
            }
            (None, Mode::DryRun) => {
                let _ = writeln!(told, "{path} would be written:\n\n{}", line_diff::difference("", &text));
            }
            (None, Mode::Write) => {
                let root = checkout.root.as_deref().ok_or_else(|| {
                    Error::usage("no-worktree", "write a workflow into a bare repository")
                        .help("run init in a work tree")
                })?;
                outfile::create_below(root, path, text.as_bytes())?;
                let _ = writeln!(told, "{path} was written; commit it to the branch {}", ground.branch);
            }
        }
    }
    told.push_str(&settings::told(&ground, parts));
    Ok(told)
}
