//! `--fix`: the mechanical fixes of a report, written into the work tree.

use std::path::Path;

use crate::error::Error;
use crate::facts::Facts;
use crate::judge::fixes;
use crate::judge::report::Report;
use crate::judge::report::Source;
use crate::world::rewrite;

/// What was written and what was left alone, one line a fix.
#[derive(Default)]
pub(crate) struct Fixed {
    pub(crate) written: Vec<String>,
    pub(crate) left: Vec<String>,
}

/// Refuses to edit what could not be put back: a tree that is no commit's.
pub(crate) fn admit(report: &Report, allow_dirty: bool) -> Result<(), Error> {
    let subject = &report.subject;
    if subject.source == Source::Revision {
        return Err(
            Error::usage("fix-revision", "write fixes into a revision").help("leave --rev out to fix the work tree")
        );
    }
    if allow_dirty || !(subject.dirty || subject.source == Source::Folder) {
        return Ok(());
    }
    let why =
        if subject.source == Source::Folder { "it is under no version control" } else { "it has changes of its own" };
    Err(Error::usage("dirty", format!("write fixes into the tree: {why}"))
        .help("commit or stash first, or say --allow-dirty"))
}

/// Writes the fixes of a report that was made from the facts of a checkout at a root.
pub(crate) fn write(root: &Path, facts: &Facts, report: &Report) -> Fixed {
    let mut plan = fixes::plan(&report.findings);
    let mut fixed = Fixed { written: plan.lines, left: std::mem::take(&mut plan.left) };
    for (path, edits) in &plan.files {
        let edited = facts.text(path).and_then(|text| Some((text, fixes::applied(text, edits)?)));
        let result = match edited {
            Some((before, after)) => rewrite::rewrite(root, path, before, &after),
            None => Err("its text was not read".to_owned()),
        };
        if let Err(why) = result {
            let of_path = |line: &String| line.starts_with(&format!("{path}:"));
            fixed.left.push(format!("{path}: {why}"));
            fixed.written.retain(|line| !of_path(line));
        }
    }
    fixed
}
