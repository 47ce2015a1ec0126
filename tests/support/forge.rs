//! A GitHub of the tests' own on loopback: it keeps comments and check runs, follows its own description, and fails when
//! it is told to.

use std::io::BufRead;
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
use serde_json::json;

use crate::support::contract;

/// The most characters of a comment. GitHub's description does not say so, GitHub does.
const LONGEST: usize = 65_536;

/// What goes wrong with the next fitting request.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// The token may only read.
    Denied,
    /// Too many requests; how many seconds to wait.
    Limited(u64),
    /// The secondary limit: 403, and how many seconds to wait.
    Secondary(u64),
    /// A page of a proxy, before anything was done.
    Broken,
    /// A page of a proxy, after it was done.
    StoredThenBroken,
    /// Done, and the answer leaves out nearly everything.
    Terse,
    /// Another job writes this comment at the same moment, before ours is stored.
    Before(String),
}

/// A request as it came in, and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
    pub(crate) status: u16,
}

/// A comment that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) id: u64,
    pub(crate) author: String,
    pub(crate) body: String,
}

/// What the forge holds.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) comments: Vec<Kept>,
    pub(crate) checks: Vec<Value>,
    /// Open pull requests: number, `owner:branch`, head.
    pub(crate) pulls: Vec<(u64, String, String)>,
    pub(crate) requests: Vec<Request>,
    /// Faults by method and end of the path.
    pub(crate) faults: Vec<(&'static str, &'static str, Fault)>,
    /// Whether it knows GraphQL, as GitHub does.
    pub(crate) graphql: bool,
    violations: Vec<String>,
    last: u64,
}

/// The running forge.
pub(crate) struct Forge {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

impl Forge {
    /// Begins to listen.
    pub(crate) fn new() -> Self {
        Self::below("")
    }

    /// Begins to listen below a path, as an enterprise does.
    pub(crate) fn below(prefix: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}{prefix}", listener.local_addr().expect("an address"));
        let state = Arc::new(Mutex::new(State { graphql: true, last: 100, ..State::default() }));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(stream, prefix, &shared));
            }
        });
        Self { url, state }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics with the lock")
    }

    /// Lets the next fitting request go wrong.
    pub(crate) fn fail(&self, method: &'static str, end: &'static str, fault: Fault) {
        self.state().faults.push((method, end, fault));
    }

    /// Keeps a comment of somebody.
    pub(crate) fn comment(&self, author: &str, body: &str) -> u64 {
        self.state().store(author, body)
    }

    /// The requests of a method, but for the question who we are.
    pub(crate) fn asked(&self, method: &str) -> Vec<Request> {
        let requests = self.state().requests.clone();
        requests.into_iter().filter(|one| one.method == method && !one.path.ends_with("/graphql")).collect()
    }

    /// Every request and answer kept to GitHub's own description.
    pub(crate) fn kept_to_the_contract(&self) {
        let state = self.state();
        assert!(state.violations.is_empty(), "{:#?}", state.violations);
        for request in &state.requests {
            let token = request.headers.iter().find(|(name, _)| name == "authorization");
            assert_eq!(token.map(|(_, value)| value.as_str()), Some("Bearer t0ken"), "{request:?}");
        }
    }
}

impl State {
    fn store(&mut self, author: &str, body: &str) -> u64 {
        self.last += 1;
        self.comments.push(Kept { id: self.last, author: author.to_owned(), body: body.to_owned() });
        self.last
    }

    fn fault(&mut self, method: &str, path: &str) -> Option<Fault> {
        let at = self.faults.iter().position(|(known, end, _)| *known == method && path.contains(end))?;
        Some(self.faults.remove(at).2)
    }
}

struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Answer {
    fn json(status: u16, body: &Value) -> Self {
        Self { status, headers: Vec::new(), body: if body.is_null() { String::new() } else { body.to_string() } }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

fn serve(stream: TcpStream, prefix: &str, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or_default() == 0 {
        return;
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).expect("a header");
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or_default();
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes).expect("a body");
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    let mut state = state.lock().expect("no test panics with the lock");
    let mut request = Request { method, path: target, headers, body, status: 0 };
    let answer = answer(&mut state, prefix, &request).with("x-github-request-id", "ABCD:1");
    request.status = answer.status;
    state.requests.push(request);
    drop(state);
    let mut head =
        format!("HTTP/1.1 {} X\r\nconnection: close\r\ncontent-length: {}\r\n", answer.status, answer.body.len());
    for (name, value) in &answer.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    let mut stream = reader.into_inner();
    let _ = stream.write_all(format!("{head}\r\n{}", answer.body).as_bytes());
}

fn answer(state: &mut State, prefix: &str, request: &Request) -> Answer {
    if request.path == format!("{}/graphql", prefix.strip_suffix("/v3").unwrap_or(prefix)) {
        let viewer = json!({ "data": { "viewer": { "login": "github-actions[bot]" } } });
        return if state.graphql { Answer::json(200, &viewer) } else { Answer::json(404, &json!({ "message": "no" })) };
    }
    let Some(path) = request.path.strip_prefix(prefix) else {
        state.violations.push(format!("{} lies outside {prefix}", request.path));
        return Answer::json(404, &json!({ "message": "Not Found" }));
    };
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let Some(operation) = contract::operation(&request.method, path) else {
        state.violations.push(format!("GitHub has no {} {path}", request.method));
        return Answer::json(404, &json!({ "message": "Not Found" }));
    };
    let faults = operation.faults_of_request(path, query, &request.body);
    state.violations.extend(faults.into_iter().map(|fault| format!("{} {path}: {fault}", request.method)));
    let fault = state.fault(&request.method, path);
    let refusal =
        |status: u16, message: &str| Answer::json(status, &json!({ "message": message, "documentation_url": "" }));
    match &fault {
        Some(Fault::Denied) => {
            return refusal(403, "Resource not accessible by integration")
                .with("x-accepted-github-permissions", "issues=write; pull_requests=write");
        }
        Some(Fault::Limited(seconds)) => {
            return refusal(429, "Too many requests").with("retry-after", seconds.to_string());
        }
        Some(Fault::Secondary(seconds)) => {
            return refusal(403, "You have exceeded a secondary rate limit").with("retry-after", seconds.to_string());
        }
        Some(Fault::Broken) => {
            let body = "<html>\r\n<h1>502 Bad Gateway</h1>\u{1b}[31m".to_owned();
            return Answer { status: 502, headers: Vec::new(), body };
        }
        Some(Fault::Before(body)) => {
            state.store("github-actions[bot]", body);
        }
        _ => {}
    }
    let (status, body, more) = done(state, &operation, &request.method, path, query, &request.body);
    let faults = operation.faults_of_answer(status, &body);
    state
        .violations
        .extend(faults.into_iter().map(|fault| format!("our answer to {} {path}: {fault}", request.method)));
    match fault {
        Some(Fault::StoredThenBroken) => Answer { status: 502, headers: Vec::new(), body: "<html>".to_owned() },
        Some(Fault::Terse) => Answer::json(status, &json!({ "id": body["id"] })),
        _ if more => Answer::json(status, &body).with("link", "<https://elsewhere.example/?page=2>; rel=\"next\""),
        _ => Answer::json(status, &body),
    }
}

/// Does what a request asks for: status, body, and whether there is another page.
fn done(
    state: &mut State,
    operation: &contract::Operation,
    method: &str,
    path: &str,
    query: &str,
    body: &Value,
) -> (u16, Value, bool) {
    let shown = |kept: &Kept| {
        json!({ "id": kept.id, "body": kept.body, "user": { "login": kept.author },
            "html_url": format!("https://github.com/o/r/pull/7#issuecomment-{}", kept.id) })
    };
    let asked = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let number = |text: &str| text.rsplit('/').next().and_then(|id| id.parse::<u64>().ok()).unwrap_or_default();
    let text = body["body"].as_str().unwrap_or_default();
    if matches!(method, "POST" | "PATCH") && text.chars().count() > LONGEST {
        let message = "body is too long (maximum is 65536 characters)";
        return (422, json!({ "message": "Validation Failed", "documentation_url": "", "errors": [message] }), false);
    }
    match method {
        "GET" if path.ends_with("/comments") => {
            let page: usize = asked("page").and_then(|page| page.parse().ok()).unwrap_or(1);
            let items = state.comments.iter().skip((page - 1) * 100).take(100).map(|kept| operation.item(&shown(kept)));
            (200, items.collect(), state.comments.len() > page * 100)
        }
        "POST" if path.ends_with("/comments") => {
            state.store("github-actions[bot]", text);
            let kept = state.comments.last().expect("just stored");
            (201, operation.answer(201, &shown(kept)), false)
        }
        "PATCH" if path.contains("/comments/") => {
            match state.comments.iter_mut().find(|kept| kept.id == number(path)) {
                Some(kept) => {
                    text.clone_into(&mut kept.body);
                    (200, operation.answer(200, &shown(kept)), false)
                }
                None => (404, json!({ "message": "Not Found" }), false),
            }
        }
        "DELETE" => {
            state.comments.retain(|kept| kept.id != number(path));
            (204, Value::Null, false)
        }
        "GET" if path.ends_with("/pulls") => {
            let head = asked("head").unwrap_or_default().replace("%26", "&").replace("%3D", "=");
            let found = state.pulls.iter().filter(|(_, known, _)| *known == head);
            let items =
                found.map(|(number, _, sha)| operation.item(&json!({ "number": number, "head": { "sha": sha } })));
            (200, items.collect(), false)
        }
        "POST" => {
            state.last += 1;
            let mut run = body.clone();
            run["id"] = json!(state.last);
            state.checks.push(run);
            (201, operation.answer(201, &json!({ "id": state.last, "external_id": body["external_id"] })), false)
        }
        "PATCH" => {
            let run = state.checks.iter_mut().find(|run| run["id"] == number(path)).expect("a run that was made");
            let more = body["output"]["annotations"].as_array().cloned().unwrap_or_default();
            run["output"]["annotations"].as_array_mut().expect("a list").extend(more);
            (200, operation.answer(200, &json!({ "id": number(path) })), false)
        }
        "GET" if path.ends_with("/check-runs") => {
            let one = |run: &Value| json!({ "id": run["id"], "external_id": run["external_id"] });
            let runs: Vec<Value> = state.checks.iter().map(one).collect();
            let maker = contract::operation("POST", "/repos/o/r/check-runs").expect("there is one");
            let runs: Vec<Value> = runs.iter().map(|run| maker.answer(201, run)).collect();
            (200, json!({ "total_count": runs.len(), "check_runs": runs }), false)
        }
        _ => (200, operation.answer(200, &json!({ "login": "github-actions[bot]" })), false),
    }
}
