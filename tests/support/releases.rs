//! The part of a GitHub that keeps releases, on loopback: it keeps to what GitHub does for a release of a tag, and fails when
//! it is told to.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::thread;

use serde_json::Value;
use serde_json::json;

/// What goes wrong with the making of the next release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The token may not.
    Denied,
    /// It is made, and the answer is a page of a proxy.
    StoredThenBroken,
}

#[derive(Default)]
struct State {
    releases: Vec<Value>,
    faults: Vec<Fault>,
    /// The tokens that were sent.
    tokens: Vec<String>,
}

/// The running forge.
pub(crate) struct Releases {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

impl Releases {
    /// Begins to listen.
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = serve(stream, &shared);
            }
        });
        Self { url, state }
    }

    /// Lets the making of the next release go wrong.
    pub(crate) fn fail(&self, fault: Fault) {
        self.state.lock().expect("no test panics with the lock").faults.push(fault);
    }

    /// Keeps a release of somebody.
    pub(crate) fn keep(&self, tag: &str, draft: bool) {
        let release = shown(&json!({ "tag_name": tag, "draft": draft, "body": "by hand" }));
        self.state.lock().expect("no test panics with the lock").releases.push(release);
    }

    /// Forgets what it keeps of a tag.
    pub(crate) fn forget(&self, tag: &str) {
        self.state.lock().expect("no test panics with the lock").releases.retain(|release| release["tag_name"] != tag);
    }

    /// The releases that it keeps.
    pub(crate) fn kept(&self) -> Vec<Value> {
        self.state.lock().expect("no test panics with the lock").releases.clone()
    }

    /// The tokens that were sent, each once.
    pub(crate) fn tokens(&self) -> Vec<String> {
        let mut tokens = self.state.lock().expect("no test panics with the lock").tokens.clone();
        tokens.sort();
        tokens.dedup();
        tokens
    }
}

fn shown(sent: &Value) -> Value {
    let mut release = sent.clone();
    release["html_url"] =
        json!(format!("https://github.com/o/r/releases/tag/{}", sent["tag_name"].as_str().unwrap_or_default()));
    release["draft"] = json!(sent["draft"] == true);
    release
}

fn serve(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    let (mut length, mut token) = (0, String::new());
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or_default(),
            "authorization" => value.trim().clone_into(&mut token),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let (status, answer) = {
        let mut state = state.lock().expect("no test panics with the lock");
        state.tokens.push(token);
        answer(&mut state, &method, &path, &body)
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        answer.len()
    );
    reader.into_inner().write_all((head + &answer).as_bytes())
}

fn answer(state: &mut State, method: &str, path: &str, body: &Value) -> (u16, String) {
    let path = path.split('?').next().unwrap_or_default();
    let missing = json!({ "message": "Not Found" }).to_string();
    match (method, path.strip_prefix("/repos/o/r/releases")) {
        ("GET", Some("")) => (200, Value::from(state.releases.clone()).to_string()),
        // A draft has no address of its own.
        ("GET", Some(rest)) => {
            let tag = rest.trim_start_matches("/tags/");
            let found = state.releases.iter().find(|one| one["tag_name"] == tag && one["draft"] == false);
            found.map_or((404, missing), |release| (200, release.to_string()))
        }
        ("POST", Some("")) => {
            let fault = if state.faults.is_empty() { None } else { Some(state.faults.remove(0)) };
            if fault == Some(Fault::Denied) {
                return (403, json!({ "message": "Resource not accessible by integration" }).to_string());
            }
            if state.releases.iter().any(|one| one["tag_name"] == body["tag_name"]) {
                return (
                    422,
                    json!({ "message": "Validation Failed", "errors": [{ "code": "already_exists" }] }).to_string(),
                );
            }
            let release = shown(body);
            state.releases.push(release.clone());
            if fault == Some(Fault::StoredThenBroken) { (502, "<html>".to_owned()) } else { (201, release.to_string()) }
        }
        _ => (404, missing),
    }
}
