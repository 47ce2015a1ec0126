//! A GitHub of the tests' own on loopback: it keeps what it is given, follows its own description, and fails when it is told
//! to. Every request and every answer is held against that description; the forge itself fails the test at its end.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::thread;

use serde_json::Value;
use serde_json::json;

use crate::support::contract;
use crate::support::hosted;

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
    pub(crate) bytes: Vec<u8>,
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
pub(crate) struct State {
    pub(crate) comments: Vec<Kept>,
    pub(crate) checks: Vec<Value>,
    /// Open pull requests of others: number, `owner:branch`, head.
    pub(crate) pulls: Vec<(u64, String, String)>,
    /// Pull requests that were made here.
    pub(crate) made: Vec<Value>,
    /// The files of the pull request: path and patch.
    pub(crate) files: Vec<(String, String)>,
    /// Reviews, each with its author, its text and its comments.
    pub(crate) reviews: Vec<Value>,
    /// Releases, and their assets with the bytes.
    pub(crate) releases: Vec<Value>,
    pub(crate) assets: Vec<(Value, Vec<u8>)>,
    /// The bare repository behind the git data.
    pub(crate) repository: Option<PathBuf>,
    pub(crate) requests: Vec<Request>,
    /// Faults by method and part of the path.
    pub(crate) faults: Vec<(&'static str, &'static str, Fault)>,
    /// Whether it knows GraphQL, as GitHub does.
    pub(crate) graphql: bool,
    /// Whether who has no token may read, as in a public repository.
    pub(crate) public: bool,
    pub(crate) document: &'static Value,
    pub(crate) url: String,
    violations: Vec<String>,
    pub(crate) last: u64,
}

/// The running forge.
pub(crate) struct Forge {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

impl Drop for Forge {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.kept_to_the_contract();
        }
    }
}

impl Forge {
    /// Begins to listen.
    pub(crate) fn new() -> Self {
        Self::at("", &contract::PUBLIC)
    }

    /// Begins to listen below a path and by the description of an enterprise.
    pub(crate) fn enterprise() -> Self {
        Self::at("/api/v3", &contract::ENTERPRISE)
    }

    fn at(prefix: &'static str, document: &'static Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}{prefix}", listener.local_addr().expect("an address"));
        let state = Arc::new(Mutex::new(State::empty(document, &url)));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(stream, prefix, &shared));
            }
        });
        Self { url, state }
    }

    /// Lets who has no token read.
    pub(crate) fn public(self) -> Self {
        self.state().public = true;
        self
    }

    /// Keeps the git data in a bare repository.
    pub(crate) fn hosting(self, repository: &Path) -> Self {
        self.state().repository = Some(repository.to_path_buf());
        self
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics with the lock")
    }

    /// Lets the next fitting request go wrong.
    pub(crate) fn fail(&self, method: &'static str, part: &'static str, fault: Fault) {
        self.state().faults.push((method, part, fault));
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

    /// How many requests changed something.
    pub(crate) fn changes(&self) -> usize {
        ["POST", "PATCH", "DELETE"].iter().map(|method| self.asked(method).len()).sum()
    }

    /// Keeps a release of somebody.
    pub(crate) fn release(&self, tag: &str, draft: bool) {
        let mut state = self.state();
        let id = state.next();
        state.releases.push(json!({ "id": id, "tag_name": tag, "draft": draft, "body": "by hand" }));
    }

    /// The tags of the releases that it keeps, in the order in which they were made.
    pub(crate) fn released(&self) -> Vec<String> {
        let state = self.state();
        state.releases.iter().map(|one| one["tag_name"].as_str().expect("a tag").to_owned()).collect()
    }

    /// Every request and answer kept to GitHub's own description, and every request had the token, or needed none.
    fn kept_to_the_contract(&self) {
        let state = self.state();
        assert!(state.violations.is_empty(), "{:#?}", state.violations);
        for request in &state.requests {
            let token = request.headers.iter().find(|(name, _)| name == "authorization");
            if token.is_none() && state.public && request.method == "GET" {
                continue;
            }
            assert_eq!(token.map(|(_, value)| value.as_str()), Some("Bearer t0ken"), "{request:?}");
        }
    }
}

impl State {
    fn empty(document: &'static Value, url: &str) -> Self {
        Self {
            comments: Vec::new(),
            checks: Vec::new(),
            pulls: Vec::new(),
            made: Vec::new(),
            files: Vec::new(),
            reviews: Vec::new(),
            releases: Vec::new(),
            assets: Vec::new(),
            repository: None,
            requests: Vec::new(),
            faults: Vec::new(),
            graphql: true,
            public: false,
            document,
            url: url.to_owned(),
            violations: Vec::new(),
            last: 100,
        }
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    pub(crate) fn store(&mut self, author: &str, body: &str) -> u64 {
        let id = self.next();
        self.comments.push(Kept { id, author: author.to_owned(), body: body.to_owned() });
        id
    }

    fn fault(&mut self, method: &str, path: &str) -> Option<Fault> {
        let at = self.faults.iter().position(|(known, part, _)| *known == method && path.contains(part))?;
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

/// Reads a request; none where nothing comes.
pub(crate) fn read(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or_default() == 0 {
        return None;
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
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
    Some(Request { method, path, headers, body, bytes, status: 0 })
}

fn serve(stream: TcpStream, prefix: &str, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream);
    let Some(mut request) = read(&mut reader) else { return };
    let mut state = state.lock().expect("no test panics with the lock");
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
        // The one question that has no place in the description of REST.
        if request.body["query"] != "query { viewer { login } }" {
            state.violations.push(format!("an unknown question: {}", request.body));
        }
        if let Some(answer) = state.fault("POST", "/graphql").as_ref().and_then(refused) {
            return answer;
        }
        let viewer = json!({ "data": { "viewer": { "login": hosted::US } } });
        return if state.graphql { Answer::json(200, &viewer) } else { Answer::json(404, &json!({ "message": "no" })) };
    }
    let Some(path) = request.path.strip_prefix(prefix) else {
        state.violations.push(format!("{} lies outside {prefix}", request.path));
        return Answer::json(404, &json!({ "message": "Not Found" }));
    };
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let Some(operation) = contract::operation(state.document, &request.method, path) else {
        state.violations.push(format!("GitHub has no {} {path}", request.method));
        return Answer::json(404, &json!({ "message": "Not Found" }));
    };
    let faults = operation.faults_of_request(path, query, &request.body);
    state.violations.extend(faults.into_iter().map(|fault| format!("{} {path}: {fault}", request.method)));
    let fault = state.fault(&request.method, path);
    if let Some(answer) = fault.as_ref().and_then(refused) {
        return answer;
    }
    if let Some(Fault::Before(body)) = &fault {
        state.store(hosted::US, body);
    }
    let (status, body, more) = hosted::done(state, &operation, request, path, query);
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

/// The answer of a fault that keeps anything from being done.
fn refused(fault: &Fault) -> Option<Answer> {
    let refusal =
        |status: u16, message: &str| Answer::json(status, &json!({ "message": message, "documentation_url": "" }));
    Some(match fault {
        Fault::Denied => refusal(403, "Resource not accessible by integration")
            .with("x-accepted-github-permissions", "issues=write; pull_requests=write"),
        Fault::Limited(seconds) => refusal(429, "Too many requests").with("retry-after", seconds.to_string()),
        Fault::Secondary(seconds) => {
            refusal(403, "You have exceeded a secondary rate limit").with("retry-after", seconds.to_string())
        }
        Fault::Broken => {
            let body = "<html>\r\n<h1>502 Bad Gateway</h1>\u{1b}[31m".to_owned();
            Answer { status: 502, headers: Vec::new(), body }
        }
        _ => return None,
    })
}
