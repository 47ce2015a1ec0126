//! A door before a foreign server: every request that goes through is held against GitHub's own description.

use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::thread;

use crate::support::contract;
use crate::support::forge;
use crate::support::forge::Request;

/// The open door; it fails the test at its end.
pub(crate) struct Watched {
    pub(crate) url: String,
    seen: Arc<Mutex<(usize, Vec<String>)>>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        if !thread::panicking() {
            let seen = self.seen.lock().expect("no test panics with the lock");
            assert!(seen.1.is_empty(), "{:#?}", seen.1);
            assert!(seen.0 > 0, "nothing went through the door");
        }
    }
}

impl Watched {
    /// Opens it before a port.
    pub(crate) fn before(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new((0, Vec::new())));
        let shared = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || through(stream, port, &shared));
            }
        });
        Self { url, seen }
    }

    /// How many requests went through.
    pub(crate) fn requests(&self) -> usize {
        self.seen.lock().expect("no test panics with the lock").0
    }
}

fn faults(request: &Request) -> Vec<String> {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    // The one question that has no place in the description of REST.
    if path == "/graphql" && request.body["query"] == "query { viewer { login } }" {
        return Vec::new();
    }
    match contract::operation(&contract::PUBLIC, &request.method, path) {
        Some(operation) => operation.faults_of_request(path, query, &request.body),
        None => vec!["GitHub has no such thing".to_owned()],
    }
}

fn through(stream: TcpStream, port: u16, seen: &Mutex<(usize, Vec<String>)>) {
    let mut reader = BufReader::new(stream);
    let Some(request) = forge::read(&mut reader) else { return };
    let found = faults(&request).into_iter().map(|fault| format!("{} {}: {fault}", request.method, request.path));
    {
        let mut seen = seen.lock().expect("no test panics with the lock");
        seen.0 += 1;
        seen.1.extend(found);
    }
    let mut head = format!("{} {} HTTP/1.1\r\nconnection: close\r\n", request.method, request.path);
    for (name, value) in request.headers.iter().filter(|(name, _)| name != "connection") {
        head.extend([name, ": ", value, "\r\n"]);
    }
    let mut server = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
    server.write_all(&[head.as_bytes(), b"\r\n", &request.bytes].concat()).expect("the server reads");
    let mut answer = Vec::new();
    let _ = server.read_to_end(&mut answer);
    let _ = reader.into_inner().write_all(&answer);
}
