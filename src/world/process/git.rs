//! Runs the user's own git: for what only it can do as the user set it up (signing, transports, credentials). Hooks of the
//! repository never run, and nothing is asked on a terminal.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::world::process::query;

/// The longest that git is waited for.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// What ties git to another repository than the one of the folder.
const ELSEWHERE: &[&str] = &["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"];

/// Runs git with arguments in a folder. Its answer where it ends with 0, else what it says.
pub fn run(folder: &Path, arguments: &[&str], variables: &BTreeMap<OsString, OsString>) -> Result<String, String> {
    run_holding(Stdio::null(), folder, arguments, variables)
}

/// The same with a standard input: an open file that git holds until it ends.
pub fn run_holding(
    stdin: Stdio,
    folder: &Path,
    arguments: &[&str],
    variables: &BTreeMap<OsString, OsString>,
) -> Result<String, String> {
    let mut environment = variables.clone();
    for name in ELSEWHERE {
        environment.remove(OsString::from(name).as_os_str());
    }
    environment.insert("GIT_TERMINAL_PROMPT".into(), "0".into());
    environment.insert("LC_ALL".into(), "C".into());
    let words: Vec<&str> = ["-c", "core.hooksPath=/dev/null"].iter().chain(arguments).copied().collect();
    let answer = query::run_holding(stdin, Path::new("git"), &words, folder, &environment, PATIENCE)?;
    if answer.code == Some(0) {
        return Ok(answer.out);
    }
    let said: Vec<&str> = answer.err.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Err(if said.is_empty() { format!("git {} failed", arguments.first().unwrap_or(&"")) } else { said.join("; ") })
}
