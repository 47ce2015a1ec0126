//! The remote that tags go to, and what it says of them: asked in few questions, however many tags there are.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use crate::error::Error;
use crate::release::witness::Asked;
use crate::world::process::git;

/// The remote where the caller names none.
const ORIGIN: &str = "origin";
/// The most bytes of names in one question: the answer has each twice with its commits, and is read to 64 KiB.
const NAMES: usize = 12 << 10;
/// The bytes beside the name in a line of an answer, which are counted as a name's.
const BESIDE: usize = 64;

/// The remote that tags go to: the one that is named, else `origin`; none where the clone has no such one.
pub(crate) fn named(
    root: &Path,
    variables: &BTreeMap<OsString, OsString>,
    name: Option<&str>,
) -> Result<Option<String>, Error> {
    let is_there = |name: &str| git::run(root, &["remote", "get-url", "--", name], variables).is_ok();
    match name {
        Some(name) if !is_there(name) => {
            Err(Error::usage("unknown-remote", format!("find the remote `{name}`")).help("git remote -v"))
        }
        Some(name) => Ok(Some(name.to_owned())),
        None => Ok(is_there(ORIGIN).then(|| ORIGIN.to_owned())),
    }
}

/// The commits that tags name on a remote, asked now; a tag that it does not have is not among them.
pub(crate) fn tags(
    root: &Path,
    variables: &BTreeMap<OsString, OsString>,
    remote: &str,
    names: &[&str],
) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    let mut rest = names;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = |name: &&&str| {
            bytes += name.len() + BESIDE;
            bytes <= NAMES
        };
        let count = rest.iter().take_while(fits).count().max(1);
        let (part, later) = rest.split_at(count);
        ask(root, variables, remote, part, &mut found)?;
        rest = later;
    }
    Ok(found)
}

fn ask(
    root: &Path,
    variables: &BTreeMap<OsString, OsString>,
    remote: &str,
    names: &[&str],
    found: &mut BTreeMap<String, String>,
) -> Result<(), String> {
    let references: Vec<String> =
        names.iter().flat_map(|name| [format!("refs/tags/{name}"), format!("refs/tags/{name}^{{}}")]).collect();
    let mut words = vec!["ls-remote", "--quiet", "--", remote];
    words.extend(references.iter().map(String::as_str));
    let answer = git::run(root, &words, variables)?;
    let lines: BTreeMap<&str, &str> =
        answer.lines().filter_map(|line| line.split_once('\t')).map(|(id, name)| (name, id)).collect();
    for name in names {
        let (plain, peeled) = (format!("refs/tags/{name}"), format!("refs/tags/{name}^{{}}"));
        // An annotated tag names an object of its own, and behind it the commit.
        if let Some(id) = lines.get(peeled.as_str()).or_else(|| lines.get(plain.as_str())) {
            found.insert((*name).to_owned(), (*id).to_owned());
        }
    }
    Ok(())
}

/// What an answer says of one tag.
pub(crate) fn answered(answer: &Result<BTreeMap<String, String>, String>, name: &str) -> Asked<Option<String>> {
    match answer {
        Ok(found) => Asked::Answer(found.get(name).cloned()),
        Err(why) => Asked::Unknown(why.clone()),
    }
}

/// The commit that one tag names on a remote, asked now; none where it has no such tag.
pub(crate) fn tag(
    root: &Path,
    variables: &BTreeMap<OsString, OsString>,
    remote: &str,
    name: &str,
) -> Result<Option<String>, String> {
    Ok(tags(root, variables, remote, &[name])?.remove(name))
}
