//! Asks a program who it is: short, without input, in a given environment, and never longer than a moment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

/// The longest that an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// The most bytes of an answer.
const LIMIT: u64 = 1 << 16;

/// Runs a program with arguments in a folder. Its standard output where it ends with 0, else why there is none.
pub(crate) fn ask(
    program: &Path,
    arguments: &[&str],
    folder: &Path,
    environment: &BTreeMap<OsString, OsString>,
) -> Result<String, String> {
    let answer = run(program, arguments, folder, environment, PATIENCE)?;
    if answer.code == Some(0) {
        return Ok(answer.out);
    }
    let first = answer.err.lines().chain(answer.out.lines()).find(|line| !line.trim().is_empty());
    Err(format!("{} {}: {}", program.display(), arguments.join(" "), first.unwrap_or("no reason given")))
}

/// What a program came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The exit code; none where a signal ended it.
    pub(crate) code: Option<i32>,
    /// The beginning of its standard output.
    pub(crate) out: String,
    /// The beginning of its standard error.
    pub(crate) err: String,
}

/// Runs a program with arguments in a folder, without input and no longer than the patience lasts.
pub(crate) fn run(
    program: &Path,
    arguments: &[&str],
    folder: &Path,
    environment: &BTreeMap<OsString, OsString>,
    patience: Duration,
) -> Result<Answer, String> {
    run_holding(Stdio::null(), program, arguments, folder, environment, patience)
}

/// The same with a standard input: an open file that the program holds until it ends.
pub(crate) fn run_holding(
    stdin: Stdio,
    program: &Path,
    arguments: &[&str],
    folder: &Path,
    environment: &BTreeMap<OsString, OsString>,
    patience: Duration,
) -> Result<Answer, String> {
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs(environment)
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{} can't be started: {}", program.display(), error.kind()))?;
    let (sender, answers) = mpsc::channel();
    // Each thread ends when its stream does, which no grandchild can delay beyond the patience of the receiver.
    for (index, stream) in [
        child.stdout.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>),
        child.stderr.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>),
    ]
    .into_iter()
    .enumerate()
    {
        let (sender, Some(stream)) = (sender.clone(), stream) else { continue };
        std::thread::spawn(move || {
            let mut text = Vec::new();
            let mut stream = stream;
            let _ = stream.by_ref().take(LIMIT).read_to_end(&mut text);
            // What is too much is read and forgotten: the program must not stand still.
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
            let _ = sender.send((index, String::from_utf8_lossy(&text).into_owned()));
        });
    }
    drop(sender);
    let mut streams = [String::new(), String::new()];
    for _ in 0..2 {
        let Ok((index, text)) = answers.recv_timeout(patience) else {
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!("{} gave no answer in {} s", program.display(), patience.as_secs()));
        };
        streams[index] = text;
    }
    // A program that closed its streams and does not end is ended.
    if !matches!(child.try_wait(), Ok(Some(_))) {
        std::thread::sleep(Duration::from_millis(1));
    }
    let status = match child.try_wait() {
        Ok(Some(status)) => status,
        _ => ended(&mut child).ok_or_else(|| format!("{} does not end", program.display()))?,
    };
    let [out, err] = streams;
    Ok(Answer { code: status.code(), out, err })
}

/// Waits a moment for a program whose streams are closed.
fn ended(child: &mut std::process::Child) -> Option<std::process::ExitStatus> {
    for _ in 0..200 {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}
