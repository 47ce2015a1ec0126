//! `init`: writes a policy from what the tree shows, where there is none yet.

use std::path::Path;

use crate::commands::check;
use crate::commands::check::Options;
use crate::commands::policy;
use crate::error::Error;
use crate::facts::Facts;
use crate::facts::policy::find;
use crate::judge::proposal;
use crate::render::line_diff;
use crate::world::checkout::Checkout;
use crate::world::git::remote;
use crate::world::outfile;
use crate::world::reading;

/// Whether `init` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It writes where there is no policy.
    Write,
    /// It shows what it would write.
    DryRun,
}

/// What `init` came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Initialised {
    /// The file that was or would be written, from the root of the tree.
    pub path: &'static str,
    /// The whole text that is proposed.
    pub text: String,
    /// The file in which a policy stands already: it is never touched.
    pub kept: Option<String>,
    /// Whether the file was written.
    pub written: bool,
    /// What differs between the policy that is there (none: nothing) and the proposal, by lines.
    pub difference: String,
}

/// Proposes a policy for the tree around a folder, and writes it where there is none and the mode allows.
pub fn init(folder: &Path, mode: Mode) -> Result<Initialised, Error> {
    let mut checkout = Checkout::open(folder, None)?;
    let tree = std::mem::take(&mut checkout.tree);
    let facts = reading::read_facts(tree, |entry, limit| checkout.read(entry, limit), None);
    let kept = policy::of_tree(&facts)?.path.map(|path| path.to_string());
    // A policy that stands in a manifest is compared with nothing: the manifest holds other things too.
    let old = kept.as_deref().filter(|path| *path == find::FILE).and_then(|path| facts.text(path)).unwrap_or_default();
    let report = check::check(&Options::in_folder(folder))?.report;
    let text = proposal::propose(&report, &branch(folder, &facts));
    let difference = line_diff::difference(old, &text);
    let mut written = false;
    if kept.is_none() && mode == Mode::Write {
        let root = checkout.root.ok_or_else(|| {
            Error::usage("no-worktree", "write a policy into a bare repository").help("run init in a work tree")
        })?;
        outfile::create(&root.join(find::FILE), text.as_bytes())?;
        written = true;
    }
    Ok(Initialised { path: find::FILE, text, kept, written, difference })
}

/// What `init` says to a person.
pub fn told(initialised: &Initialised, mode: Mode) -> String {
    let path = initialised.path;
    match (&initialised.kept, mode) {
        (Some(kept), Mode::Write) => {
            format!(
                "{kept} holds a policy already and was left as it is\n`init --dry-run` shows what would be proposed now\n"
            )
        }
        (Some(kept), Mode::DryRun) if kept == path && initialised.difference.is_empty() => {
            format!("{path} is what would be proposed now\n")
        }
        (Some(kept), Mode::DryRun) if kept == path => {
            format!("{path} stays as it is; against it a new proposal reads:\n\n{}", initialised.difference)
        }
        (Some(kept), Mode::DryRun) => {
            format!("{kept} holds a policy and stays as it is; a {path} would read:\n\n{}", initialised.difference)
        }
        (None, Mode::DryRun) => format!("{path} would be written:\n\n{}", initialised.difference),
        (None, Mode::Write) => format!("{path} was written; `cargo governed check` takes it from here\n"),
    }
}

/// Names that a branch has where others are made against it.
const USUAL: [&str; 4] = ["main", "master", "trunk", "develop"];

/// The branch that pull requests of the repository are made against: what the clone's origin begins with, else what its
/// workflows tell, else the one that is checked out where its name is a usual one.
pub(crate) fn branch(folder: &Path, facts: &Facts) -> String {
    let (origin, checked_out) = remote::branches(folder);
    let says = |branch: &str| {
        facts
            .workflows()
            .any(|(file, _)| file.text().split(|sign: char| !sign.is_alphanumeric()).any(|word| word == branch))
    };
    let told = match (says("main"), says("master")) {
        (true, _) => Some("main".to_owned()),
        (false, true) => Some("master".to_owned()),
        (false, false) => checked_out.filter(|branch| USUAL.contains(&branch.as_str())),
    };
    // It goes into files that others read: a name of git's may hold quotes.
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "-._/".contains(sign);
    let origin = origin.filter(|branch| branch.chars().all(plain));
    format!("origin/{}", origin.or(told).unwrap_or_else(|| "main".to_owned()))
}
