//! An HTTP proxy in front of a registry that makes what networks and registries do wrong: cargo and git go through it by
//! `http_proxy`, the registry behind it stays what it is.

use std::io::Read;
use std::io::Write;
use std::net::Shutdown;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::thread;
use std::time::Duration;
use std::time::Instant;

/// What goes wrong with an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// 429, with the seconds to wait in a header, before anything was stored.
    Limited(u64),
    /// 429 with the time in the message alone, as crates.io does it.
    LimitedInWords(u64),
    /// 500, before anything was stored.
    Broken,
    /// 500, after it was stored.
    StoredThenBroken,
    /// The connection ends, before anything was stored.
    Cut,
    /// The connection ends, after it was stored.
    StoredThenCut,
    /// It is stored, and the index does not show it for so long.
    Late(Duration),
    /// 403: whoever asks may not.
    Denied,
}

#[derive(Default)]
struct State {
    /// Faults of the next uploads, each with the package that it is for; an empty name fits all.
    faults: Vec<(String, Fault)>,
    /// What was sent: the packages, in order.
    uploads: Vec<String>,
    /// How many of them were passed on.
    passed: Vec<String>,
    /// What the index was, and until when it is shown so.
    late: Option<(Vec<u8>, Instant)>,
}

/// The running proxy.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    state: Arc<Mutex<State>>,
}

impl Proxy {
    /// Begins to listen.
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let _ = serve(stream, &shared);
                });
            }
        });
        Self { port, state }
    }

    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Lets the next upload of a package go wrong; an empty name fits all.
    pub(crate) fn fail(&self, package: &str, fault: Fault) {
        locked(&self.state).faults.push((package.to_owned(), fault));
    }

    /// Nothing goes wrong any more.
    pub(crate) fn heal(&self) {
        let mut state = locked(&self.state);
        state.faults.clear();
        state.late = None;
    }

    /// The packages of which an upload reached the registry, in order.
    pub(crate) fn passed(&self) -> Vec<String> {
        locked(&self.state).passed.clone()
    }

    /// The packages of which an upload was tried, in order.
    pub(crate) fn uploads(&self) -> Vec<String> {
        locked(&self.state).uploads.clone()
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("no test panics with the lock")
}

/// A head and the bytes behind it that came with it.
fn head(stream: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let rest = bytes.split_off(end + 4);
            return Ok((String::from_utf8_lossy(&bytes).into_owned(), rest));
        }
        let read = stream.read(&mut part)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&part[..read]);
    }
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let (text, mut body) = head(&mut stream)?;
    let mut words = text.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    if method == "CONNECT" {
        let upstream = TcpStream::connect(&target)?;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
        return tunnel(stream, upstream);
    }
    if header(&text, "expect").is_some() {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let length: usize = header(&text, "content-length").and_then(|value| value.parse().ok()).unwrap_or_default();
    while body.len() < length {
        let mut part = vec![0; length - body.len()];
        let read = stream.read(&mut part)?;
        if read == 0 {
            return Ok(());
        }
        body.extend_from_slice(&part[..read]);
    }
    let answer = if method == "PUT" {
        upload(state, &target, &text, &body)?
    } else if target.contains("/info/refs") {
        let late = locked(state).late.clone().filter(|(_, until)| Instant::now() < *until);
        match late {
            Some((answer, _)) => Some(answer),
            None => Some(forward(&method, &target, &text, &body)?),
        }
    } else {
        Some(forward(&method, &target, &text, &body)?)
    };
    match answer {
        Some(answer) => stream.write_all(&answer)?,
        None => stream.shutdown(Shutdown::Both)?,
    }
    Ok(())
}

/// The name in the metadata that stands in front of the packed crate.
fn package(body: &[u8]) -> String {
    let length = body.get(..4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes) as usize;
    let metadata = body.get(4..4 + length).unwrap_or_default();
    let metadata: serde_json::Value = serde_json::from_slice(metadata).unwrap_or_default();
    metadata["name"].as_str().unwrap_or_default().to_owned()
}

/// Passes an upload on, or not, and gives the answer; none cuts the connection.
fn upload(state: &Mutex<State>, target: &str, text: &str, body: &[u8]) -> std::io::Result<Option<Vec<u8>>> {
    let package = package(body);
    let fault = {
        let mut state = locked(state);
        state.uploads.push(package.clone());
        let at = state.faults.iter().position(|(name, _)| name.is_empty() || *name == package);
        at.map(|at| state.faults.remove(at).1)
    };
    let said = |status: &str, headers: &str, body: &str| {
        let length = body.len();
        format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}")
            .into_bytes()
    };
    let pass = || {
        let answer = forward("PUT", target, text, body);
        locked(state).passed.push(package.clone());
        answer
    };
    match fault {
        Some(Fault::Limited(seconds)) => {
            return Ok(Some(said("429 Too Many Requests", &format!("retry-after: {seconds}\r\n"), "slow down")));
        }
        Some(Fault::LimitedInWords(seconds)) => {
            let detail = format!("You have published too many crates. Please try again in {seconds} seconds");
            let body = serde_json::json!({ "errors": [{ "detail": detail }] }).to_string();
            return Ok(Some(said("429 Too Many Requests", "content-type: application/json\r\n", &body)));
        }
        Some(Fault::Denied) => {
            let body = serde_json::json!({ "errors": [{ "detail": "this token may not" }] }).to_string();
            return Ok(Some(said("403 Forbidden", "content-type: application/json\r\n", &body)));
        }
        Some(Fault::Broken) => return Ok(Some(said("500 Internal Server Error", "", "broken"))),
        Some(Fault::Cut) => return Ok(None),
        Some(Fault::StoredThenBroken) => {
            pass()?;
            return Ok(Some(said("500 Internal Server Error", "", "broken")));
        }
        Some(Fault::StoredThenCut) => {
            pass()?;
            return Ok(None);
        }
        Some(Fault::Late(lag)) => {
            let before = target.split("/api/").next().unwrap_or_default().to_owned() + "/git/info/refs";
            let before = forward("GET", &before, "", b"")?;
            locked(state).late = Some((before, Instant::now() + lag));
        }
        None => {}
    }
    pass().map(Some)
}

/// Sends a request on and gives the whole answer.
fn forward(method: &str, target: &str, text: &str, body: &[u8]) -> std::io::Result<Vec<u8>> {
    let rest = target.trim_start_matches("http://");
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let mut stream = TcpStream::connect(host)?;
    let mut sent = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    for line in text.lines().skip(1).take_while(|line| !line.is_empty()) {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if !matches!(name.as_str(), "host" | "connection" | "proxy-connection" | "expect" | "accept-encoding") {
            sent.push_str(line);
            sent.push_str("\r\n");
        }
    }
    sent.push_str("\r\n");
    stream.write_all(sent.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

/// Passes bytes on in both ways until one side ends.
fn tunnel(stream: TcpStream, upstream: TcpStream) -> std::io::Result<()> {
    let (mut from, mut to) = (stream.try_clone()?, upstream.try_clone()?);
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let (mut from, mut to) = (upstream, stream);
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
    Ok(())
}
