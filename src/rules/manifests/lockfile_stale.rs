//! Lock files that disagree with the manifests beside them, or that cargo never reads.

use std::collections::BTreeMap;

use crate::facts::lockfile::Lockfile;
use crate::facts::path;
use crate::facts::place::Span;
use crate::facts::source::SourceFile;
use crate::facts::workspace::Package;
use crate::facts::workspace::Workspace;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::manifests::broken;
use crate::rules::manifests::locked::Locked;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "lockfile-stale",
    group: "manifests",
    level: Level::Deny,
    claim: "every lock file agrees with the manifests that it locks",
    page: "\
`Cargo.lock` repeats the names, versions and dependencies of the local packages. Where it lags behind, `--locked` fails
and everybody else's build rewrites it. Nested workspaces (fuzzers, examples) have lock files of their own, and those are
forgotten most often.

## What is compared

Each checked-in `Cargo.lock` with the workspace whose root lies beside it: every member is locked at its version, no local
package is left over, the members' dependencies are those of the manifests, and each locked version satisfies the
requirement. Path dependencies outside the workspace are compared by version and by the dependencies that every build of
them needs. A lock file beside a member of another
workspace is never read by cargo.

## Example of drift

`fuzz/Cargo.lock` locks `globset` 0.4.16, the package at `../crates/globset` is 0.4.20.

## How to mend it

`cargo update --workspace` in the folder of the lock file; delete a lock file that nothing reads.

## When the rule keeps silent

Lock files of fixtures, templates and vendored folders, those that git ignores, and those beside no manifest are not
looked at. Where a manifest of the workspace can't be parsed, the claim is unproven. At most five contradictions a lock
file are listed: the same command mends all.",
    check,
};

/// The most contradictions that are listed of one lock file.
const LISTED: usize = 5;

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    let mut outcome = Outcome::default();
    let broken = broken::manifests(facts);
    let by_lockfile: BTreeMap<&str, &Workspace> =
        facts.cargo.workspaces.iter().filter_map(|one| Some((one.lockfile.as_deref()?, one))).collect();
    for (file, lockfile) in facts.lockfiles() {
        if facts.zone(&file.path) != Zone::Own || !file.content.problems.is_empty() {
            continue;
        }
        let folder = path::parent(&file.path);
        let workspace = by_lockfile.get(file.path.as_ref()).copied();
        match (workspace, facts.cargo.package_in(folder)) {
            (Some(workspace), _) => {
                if let Some(broken) = broken.iter().find(|path| path::is_within(path, &workspace.folder)) {
                    outcome.unproven(format!("{broken} could not be read, and {} may lock it", file.path));
                    continue;
                }
                outcome.look();
                let mut found = Locked::new(facts, file, lockfile, workspace).compare();
                let more = found.len().saturating_sub(LISTED);
                found.truncate(LISTED);
                if let (1.., Some(last)) = (more, found.last_mut()) {
                    last.why = Some(format!("{more} more contradictions of this lock file are not listed"));
                }
                let sure = if folder.is_empty() { Certainty::Certain } else { Certainty::Probable };
                outcome.findings.extend(found.into_iter().map(|finding| finding.certainty(sure)));
            }
            (None, Some(package)) => {
                outcome.look();
                outcome.find(unread(context, file, lockfile, package));
            }
            (None, None) => {}
        }
    }
    outcome
}

/// The finding for a lock file beside a member of a workspace whose root lies elsewhere.
fn unread(context: &Context<'_>, file: &SourceFile, lockfile: &Lockfile, package: &Package) -> Finding {
    let facts = context.facts;
    let root = &facts.cargo.workspace_of(package).manifest;
    let name = &package.name.value;
    let own = lockfile.local().find(|locked| locked.name.value == *name);
    let locked = own.or_else(|| lockfile.local().next());
    let (span, label) = match locked {
        Some(locked) => (locked.name.span, format!("locks {}", locked.name.value)),
        None => (Span::new(0, 1), "is never read".to_owned()),
    };
    let message = match locked.filter(|_| own.is_none()) {
        Some(locked) => {
            format!("this lock file is for {}, the package beside it is {name}, a member of {root}", locked.name.value)
        }
        None => format!("cargo never reads this lock file: {name} is a member of {root}"),
    };
    Finding::new(message, facts.place(&file.path, span, label))
        .against(facts.place_of(&package.name, "is the package beside it"))
        .why("cargo reads only the lock file beside the root of the workspace")
        .certainty(Certainty::Probable)
}
