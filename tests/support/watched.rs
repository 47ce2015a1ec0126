//! A door before a foreign server: every request that goes through, and every answer, is held against GitHub's own
//! description. What the server is known to say otherwise stands in a list, with what that means for the tests.

use std::collections::BTreeSet;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::thread;

use serde_json::Value;

use crate::support::acting::OWNER;
use crate::support::contract;
use crate::support::deviations;
use crate::support::forge;
use crate::support::forge::Request;

#[derive(Default)]
struct Seen {
    requests: usize,
    /// Those of jobs that changed something.
    changes: usize,
    /// Answers that have a shape in the description.
    held: usize,
    faults: Vec<String>,
    /// The known deviations that were met, by their places in the list.
    deviated: BTreeSet<usize>,
}

/// The open door; it fails the test at its end.
pub(crate) struct Watched {
    pub(crate) url: String,
    seen: Arc<Mutex<Seen>>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        if !thread::panicking() {
            let seen = self.seen();
            assert!(seen.faults.is_empty(), "{:#?}", seen.faults);
            assert!(seen.requests > 0 && seen.held > 0, "nothing went through the door");
        }
    }
}

impl Watched {
    /// Opens it before a port.
    pub(crate) fn before(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || through(stream, port, &shared));
            }
        });
        Self { url, seen }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("no test panics with the lock")
    }

    /// How many requests of jobs changed something.
    pub(crate) fn changes(&self) -> usize {
        self.seen().changes
    }

    /// The known deviations that were not met.
    pub(crate) fn agreed(&self) -> Vec<&'static str> {
        let seen = self.seen();
        let list = deviations::OF_EMULATE.iter().enumerate();
        list.filter(|(index, _)| !seen.deviated.contains(index)).map(|(_, one)| one.fault).collect()
    }
}

/// The one question that has no place in the description of REST.
fn is_known_question(request: &Request) -> bool {
    request.path == "/graphql" && request.body["query"] == "query { viewer { login } }"
}

fn faults(request: &Request) -> Vec<String> {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    match contract::operation(&contract::PUBLIC, &request.method, path) {
        Some(operation) => operation.faults_of_request(path, query, &request.body),
        None => vec!["GitHub has no such thing".to_owned()],
    }
}

/// What is wrong with an answer that has a shape in the description; none where it has none.
fn faults_of_answer(request: &Request, answer: &[u8]) -> Option<(String, Vec<String>)> {
    let (path, _) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let operation = contract::operation(&contract::PUBLIC, &request.method, path)?;
    let (status, body) = opened(answer)?;
    if body.is_empty() {
        return Some((operation.name(), operation.faults_of_answer(status, &Value::Null)));
    }
    let faults = serde_json::from_slice(&body).map_or_else(
        |error| vec![format!("it is no JSON: {error}")],
        |body: Value| operation.faults_of_answer(status, &body),
    );
    Some((operation.name(), faults))
}

/// Status and body of an answer.
fn opened(answer: &[u8]) -> Option<(u16, Vec<u8>)> {
    let at = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..at]).to_ascii_lowercase();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let body = &answer[at + 4..];
    let is_chunked = head.lines().any(|line| line.starts_with("transfer-encoding:") && line.contains("chunked"));
    Some((status, if is_chunked { joined(body)? } else { body.to_vec() }))
}

/// A body without the sizes of its chunks.
fn joined(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&body[..end]).ok()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(body.get(end + 2..end + 2 + size)?);
        body = body.get(end + 2 + size + 2..)?;
    }
}

fn through(stream: TcpStream, port: u16, seen: &Mutex<Seen>) {
    let mut reader = BufReader::new(stream);
    let Some(request) = forge::read(&mut reader) else { return };
    let is_question = is_known_question(&request);
    let mut head = format!("{} {} HTTP/1.1\r\nconnection: close\r\n", request.method, request.path);
    for (name, value) in request.headers.iter().filter(|(name, _)| name != "connection") {
        head.extend([name, ": ", value, "\r\n"]);
    }
    let mut server = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
    server.write_all(&[head.as_bytes(), b"\r\n", &request.bytes].concat()).expect("the server reads");
    let mut answer = Vec::new();
    let _ = server.read_to_end(&mut answer);
    let of_request = if is_question { Vec::new() } else { faults(&request) };
    let of_answer = if is_question { None } else { faults_of_answer(&request, &answer) };
    {
        let mut seen = seen.lock().expect("no test panics with the lock");
        seen.requests += 1;
        let of_owner = request.headers.iter().any(|(name, value)| name == "authorization" && value.ends_with(OWNER));
        seen.changes += usize::from(!is_question && !of_owner && request.method != "GET");
        let place = format!("{} {}", request.method, request.path);
        seen.faults.extend(of_request.into_iter().map(|fault| format!("{place}: {fault}")));
        if let Some((name, faults)) = of_answer {
            seen.held += 1;
            for fault in faults {
                match deviations::OF_EMULATE.iter().position(|known| known.fits(&name, &fault)) {
                    Some(index) => drop(seen.deviated.insert(index)),
                    None => seen.faults.push(format!("the answer to {place}: {fault}")),
                }
            }
        }
    }
    let mut stream = reader.into_inner();
    match opened(&answer) {
        // Whole again: who asks here reads no chunks.
        Some((status, body)) => {
            let text = String::from_utf8_lossy(&answer);
            let kept = text.split("\r\n\r\n").next().unwrap_or_default().lines().skip(1).filter(|line| {
                let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
                !matches!(name.as_str(), "transfer-encoding" | "content-length" | "connection")
            });
            let mut head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n");
            // Where there is no content, a length has no place.
            if status != 204 {
                head.extend(["content-length: ", &body.len().to_string(), "\r\n"]);
            }
            kept.for_each(|line| head.extend([line, "\r\n"]));
            let _ = stream.write_all(&[head.as_bytes(), b"\r\n", &body].concat());
        }
        None => {
            let _ = stream.write_all(&answer);
        }
    }
}
