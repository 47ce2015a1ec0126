//! Asks a program for the token of a registry, as cargo asks it:
//! <https://doc.rust-lang.org/cargo/reference/credential-provider-protocol.html>. What it answers is told to nobody else.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

/// The longest that one answer is waited for: a person may have to unlock something.
const PATIENCE: Duration = Duration::from_secs(60);
/// The most bytes that a program may say.
const LIMIT: u64 = 1 << 16;
/// The form of the protocol that is spoken here.
const FORM: u64 = 1;

/// What is asked about.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The address of the index, as cargo has it.
    pub(crate) index: &'a str,
    /// The name of the registry.
    pub(crate) name: &'a str,
    /// The environment.
    pub(crate) variables: &'a BTreeMap<OsString, OsString>,
}

/// A program that waits for the next line; it is ended when nobody waits for it any more.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[derive(Deserialize)]
struct Hello {
    v: Vec<u64>,
}

#[derive(Deserialize)]
enum Answer {
    Ok(Given),
    Err(Refusal),
}

#[derive(Deserialize)]
struct Given {
    token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Refusal {
    kind: String,
    message: Option<String>,
}

/// Asks a program that speaks the protocol; none where it has no token for this registry.
pub(crate) fn get(program: &Path, arguments: &[String], asked: Asked<'_>) -> Result<Option<String>, String> {
    let mut running = started(Command::new(program).arg("--cargo-plugin"), asked, Stdio::piped())?;
    let lines = lines(&mut running)?;
    let next = || lines.recv_timeout(PATIENCE).map_err(|_| "it says nothing".to_owned());
    let hello: Hello = serde_json::from_str(&next()?).map_err(|_| "it does not speak cargo's protocol".to_owned())?;
    if !hello.v.contains(&FORM) {
        return Err(format!("it speaks other forms of cargo's protocol than {FORM}"));
    }
    let registry = json!({ "index-url": asked.index, "name": asked.name });
    let question = json!({ "v": FORM, "registry": registry, "kind": "get", "operation": "read", "args": arguments });
    let mut input = running.0.stdin.take().ok_or("it takes no question")?;
    writeln!(input, "{question}").map_err(|error| format!("it takes no question: {}", error.kind()))?;
    // What can't be read is not shown: it may be the token.
    let answer: Answer = serde_json::from_str(&next()?).map_err(|_| "its answer can't be read".to_owned())?;
    match answer {
        Answer::Ok(given) => given.token.filter(|token| is_plain(token)).map(Some).ok_or("it gave no token".to_owned()),
        Answer::Err(refusal) if matches!(refusal.kind.as_str(), "not-found" | "url-not-supported") => Ok(None),
        Answer::Err(refusal) => Err(refusal.message.unwrap_or(refusal.kind)),
    }
}

/// Runs a command that prints the token, and nothing else.
pub(crate) fn printed(program: &Path, arguments: &[String], asked: Asked<'_>) -> Result<String, String> {
    let mut command = Command::new(program);
    let mut running = started(command.args(arguments), asked, Stdio::null())?;
    let token = lines(&mut running)?.recv_timeout(PATIENCE).map_err(|_| "it prints nothing".to_owned())?;
    let token = token.trim().to_owned();
    if is_plain(&token) { Ok(token) } else { Err("what it prints is no token".to_owned()) }
}

/// Whether a text may be a header.
fn is_plain(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}

fn started(command: &mut Command, asked: Asked<'_>, stdin: Stdio) -> Result<Running, String> {
    let child = command
        .env_clear()
        .envs(asked.variables)
        .env("CARGO_REGISTRY_INDEX_URL", asked.index)
        .env("CARGO_REGISTRY_NAME_OPT", asked.name)
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    child.map(Running).map_err(|error| format!("it can't be started: {}", error.kind()))
}

/// What a program says, line by line; a thread reads it, so that who waits can give up.
fn lines(running: &mut Running) -> Result<mpsc::Receiver<String>, String> {
    let output = running.0.stdout.take().ok_or("it says nothing")?;
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output.take(LIMIT)).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    Ok(lines)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[track_caller]
    fn asked(script: &str) -> Result<Option<String>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("provider");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let variables = BTreeMap::from([("PATH".into(), std::env::var_os("PATH").unwrap())]);
        get(&path, &[], Asked { index: "sparse+https://x/", name: "mine", variables: &variables })
    }

    #[test]
    fn a_program_is_asked_as_cargo_asks_it() {
        let hello = "echo '{\"v\":[1]}'; read -r question";
        let token = "echo '{\"Ok\":{\"kind\":\"get\",\"token\":\"t0ken\",\"cache\":\"session\",\"operation_independent\":true}}'";
        let right = format!(
            "[ \"$1\" = --cargo-plugin ] || exit 1; {hello}; case $question in *'\"index-url\":\"sparse+https://x/\"'*) {token};; esac"
        );
        assert_eq!(asked(&right), Ok(Some("t0ken".to_owned())));
        assert_eq!(asked(&format!("{hello}; echo '{{\"Err\":{{\"kind\":\"not-found\"}}}}'")), Ok(None));
        for (script, why) in [
            (format!("{hello}; echo '{{\"Err\":{{\"kind\":\"other\",\"message\":\"locked\"}}}}'"), "locked"),
            (format!("{hello}; echo s3cret"), "its answer can't be read"),
            ("echo '{\"v\":[7]}'".to_owned(), "it speaks other forms of cargo's protocol than 1"),
            ("exit 1".to_owned(), "it says nothing"),
            (format!("{hello}; printf '{{\"Ok\":{{\"token\":\"a\\\\r\\\\nb: c\"}}}}\\n'"), "it gave no token"),
        ] {
            assert_eq!(asked(&script), Err(why.to_owned()), "{script}");
        }
    }
}
