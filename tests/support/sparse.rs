//! A small registry that speaks the sparse protocol: an index that may be late, files by checksum, a token where it is asked
//! for, and no version twice.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use cargo_governed::facts::digest::Digest;
use serde_json::Value;
use serde_json::json;

/// What is kept of a version.
#[derive(Clone, Debug)]
struct Kept {
    entry: Value,
    bytes: Vec<u8>,
    shown: Instant,
}

#[derive(Default)]
struct State {
    crates: BTreeMap<String, Vec<Kept>>,
    lag: Duration,
    /// Answers with 500 to the next uploads, after they were stored.
    broken: u32,
    /// The token without which nothing is shown.
    token: Option<String>,
    refused: u32,
}

/// The running registry.
pub(crate) struct Sparse {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

impl Sparse {
    /// Begins to listen.
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(Mutex::new(State::default()));
        let (shared, own) = (Arc::clone(&state), url.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (shared, own) = (Arc::clone(&shared), own.clone());
                thread::spawn(move || {
                    let _ = serve(stream, &own, &shared);
                });
            }
        });
        Self { url, state }
    }

    /// The index, as cargo's configuration names it.
    pub(crate) fn index(&self) -> String {
        format!("sparse+{}/index/", self.url)
    }

    /// Shows what is uploaded from now on so much later.
    pub(crate) fn lag(&self, lag: Duration) {
        self.state.lock().expect("no test panics with the lock").lag = lag;
    }

    /// Stores so many uploads and answers with 500.
    pub(crate) fn break_after_storing(&self, uploads: u32) {
        self.state.lock().expect("no test panics with the lock").broken = uploads;
    }

    /// Shows nothing without a token.
    pub(crate) fn closed(&self, token: &str) {
        self.state.lock().expect("no test panics with the lock").token = Some(token.to_owned());
    }

    /// Puts another checksum in place of that of a crate.
    pub(crate) fn alter(&self, name: &str) {
        let mut state = self.state.lock().expect("no test panics with the lock");
        for kept in state.crates.get_mut(name).into_iter().flatten() {
            kept.entry["cksum"] = json!("0".repeat(64));
        }
    }

    /// Says that a crate was yanked.
    pub(crate) fn yank(&self, name: &str) {
        let mut state = self.state.lock().expect("no test panics with the lock");
        for kept in state.crates.get_mut(name).into_iter().flatten() {
            kept.entry["yanked"] = json!(true);
        }
    }

    /// How many versions it keeps of each crate, and how many uploads it refused because it had them.
    pub(crate) fn kept(&self) -> (BTreeMap<String, usize>, u32) {
        let state = self.state.lock().expect("no test panics with the lock");
        (state.crates.iter().map(|(name, kept)| (name.clone(), kept.len())).collect(), state.refused)
    }
}

fn serve(stream: TcpStream, url: &str, state: &Mutex<State>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    let (mut length, mut token, mut expects) = (0, String::new(), false);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or_default(),
            "authorization" => value.trim().clone_into(&mut token),
            "expect" => expects = true,
            _ => {}
        }
    }
    if expects {
        reader.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (status, answer) = {
        let mut state = state.lock().expect("no test panics with the lock");
        if state.token.as_ref().is_some_and(|wanted| *wanted != token) {
            (401, b"a token is asked for".to_vec())
        } else {
            answer(&mut state, url, &method, &path, &body)
        }
    };
    let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", answer.len());
    let mut stream = reader.into_inner();
    stream.write_all(head.as_bytes())?;
    stream.write_all(&answer)
}

fn answer(state: &mut State, url: &str, method: &str, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let nothing = || (404, b"nothing".to_vec());
    if method == "PUT" {
        return upload(state, body);
    }
    if path == "/index/config.json" {
        let config = json!({ "dl": format!("{url}/files/{{crate}}/{{sha256-checksum}}"), "api": url,
            "auth-required": state.token.is_some() });
        return (200, config.to_string().into_bytes());
    }
    if let Some(file) = path.strip_prefix("/files/") {
        let Some((name, checksum)) = file.split_once('/') else { return nothing() };
        let found = state.crates.get(name).into_iter().flatten().find(|kept| Digest::of(&kept.bytes).hex() == checksum);
        return found.map_or_else(nothing, |kept| (200, kept.bytes.clone()));
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    let shown = state.crates.get(name).into_iter().flatten().filter(|kept| kept.shown <= Instant::now());
    let text: String = shown.map(|kept| format!("{}\n", kept.entry)).collect();
    if text.is_empty() { nothing() } else { (200, text.into_bytes()) }
}

/// <https://doc.rust-lang.org/cargo/reference/registry-web-api.html#publish>
fn upload(state: &mut State, body: &[u8]) -> (u16, Vec<u8>) {
    let number =
        |at: usize| body.get(at..at + 4).and_then(|part| part.try_into().ok()).map_or(0, u32::from_le_bytes) as usize;
    let length = number(0);
    let metadata: Value = serde_json::from_slice(&body[4..4 + length]).expect("metadata");
    let bytes = body[8 + length..8 + length + number(4 + length)].to_vec();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (name, version) = (text(&metadata["name"]), text(&metadata["vers"]));
    let own = state.crates.entry(name.clone()).or_default();
    if own.iter().any(|kept| kept.entry["vers"] == version.as_str()) {
        state.refused += 1;
        let detail = format!("crate version `{version}` is already uploaded");
        return (400, json!({ "errors": [{ "detail": detail }] }).to_string().into_bytes());
    }
    let deps = metadata["deps"].as_array().into_iter().flatten().map(|one| {
        json!({ "name": one["name"], "req": one["version_req"], "features": one["features"], "optional": one["optional"],
            "default_features": one["default_features"], "target": one["target"], "kind": one["kind"],
            "registry": one["registry"] })
    });
    let entry = json!({ "name": name, "vers": version, "deps": deps.collect::<Vec<_>>(), "cksum": Digest::of(&bytes).hex(),
        "features": metadata["features"], "yanked": false, "links": null });
    own.push(Kept { entry, bytes, shown: Instant::now() + state.lag });
    if state.broken > 0 {
        state.broken -= 1;
        return (500, b"broken".to_vec());
    }
    (200, b"{}".to_vec())
}
