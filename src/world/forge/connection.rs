//! A connection to a forge: every request with a timeout, all of them with one deadline, on this thread alone.

use std::error::Error as _;
use std::time::Duration;
use std::time::Instant;

use octocrab::Octocrab;
use serde_json::Value;
use tokio::runtime::Builder;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tracing::debug;

use crate::world::clock;
use crate::world::forge::access::Access;
use crate::world::forge::answer;
use crate::world::forge::answer::Answer;
use crate::world::forge::escape::escaped;
use crate::world::forge::failure::Failure;
use crate::world::forge::failure::Kind;
use crate::world::forge::retry;
use crate::world::forge::retry::Ended;
use crate::world::forge::retry::Method;
use crate::world::random;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a file may take.
const UPLOAD: Duration = Duration::from_secs(5 * 60);
/// How long one request may take.
const REQUEST: Duration = Duration::from_secs(30);

/// An open door.
pub struct Connection {
    crab: Octocrab,
    runtime: Runtime,
    deadline: Instant,
    prefix: String,
    graphql: String,
    uploads: String,
}

impl Connection {
    /// Opens the door. Nothing is sent yet.
    pub fn open(access: &Access) -> Result<Self, Failure> {
        let failed = |why: String| Failure::without_answer(Kind::Unreachable, "open the connection", why);
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| failed(error.to_string()))?;
        let inside = runtime.enter();
        let (root, prefix) = access.parts();
        let builder = Octocrab::builder()
            .base_uri(root)
            .map_err(|error| failed(error.to_string()))?
            .upload_uri(access.uploads())
            .map_err(|error| failed(error.to_string()))?
            .set_connect_timeout(Some(CONNECT))
            .set_read_timeout(Some(REQUEST))
            .set_write_timeout(Some(REQUEST))
            .add_header("accept".parse().expect("a header's name"), "application/vnd.github+json".to_owned())
            .add_header("x-github-api-version".parse().expect("a header's name"), "2022-11-28".to_owned());
        let builder = if access.token.is_empty() { builder } else { builder.personal_token(access.token.clone()) };
        let crab = builder.build().map_err(|error| failed(said(&error)))?;
        drop(inside);
        let deadline = Instant::now() + access.overall;
        let uploads = access.uploads();
        Ok(Self { crab, runtime, deadline, prefix: prefix.to_owned(), graphql: access.graphql(), uploads })
    }

    /// Asks, and asks again where that is safe and there is time. An answer is a success.
    pub fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, Failure> {
        self.ask_at(method, &format!("{}{path}", self.prefix), body)
    }

    fn ask_at(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, Failure> {
        let asked = format!("{} {path}", method.as_str());
        let mut attempt = 0;
        loop {
            attempt += 1;
            let (failure, ended) = match self.once(method, path, body) {
                Ok(answer) if answer.is_success() => return Ok(answer),
                Ok(answer) => (Failure::of(&asked, &answer), ended(&answer)),
                Err(why) => (Failure::without_answer(Kind::Unreachable, &asked, why), Ended::Unknown),
            };
            let left = self.deadline.saturating_duration_since(Instant::now());
            debug!(%failure, attempt, "asked");
            match retry::pause(method, ended, attempt, left, random::bytes()[0]) {
                Some(pause) => std::thread::sleep(pause),
                None => return Err(failure),
            }
        }
    }

    /// Sends a file to the address that a release names for it, once; only to the host that uploads go to.
    pub(crate) fn upload(&self, template: &str, name: &str, bytes: Vec<u8>) -> Result<Answer, Failure> {
        let address = template.split('{').next().unwrap_or_default();
        let asked = format!("POST {address}?name={name}");
        if !address.starts_with(&format!("{}/", self.uploads)) {
            let why = format!("it lies outside {}, and the token goes nowhere else", self.uploads);
            return Err(Failure { maybe_done: false, ..Failure::without_answer(Kind::Unreadable, &asked, why) });
        }
        let request = http::Request::builder()
            .method("POST")
            .uri(format!("{address}?name={}", escaped(name)))
            .header("content-type", "application/octet-stream")
            .header("content-length", bytes.len())
            .body(bytes)
            .map_err(|error| Failure::without_answer(Kind::Unreadable, &asked, error.to_string()))?;
        let left = self.deadline.saturating_duration_since(Instant::now()).min(UPLOAD);
        let sent = async {
            let response = self.crab.execute(request).await.map_err(|error| said(&error))?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let text = self.crab.body_to_string(response).await.map_err(|error| said(&error))?;
            Ok(answered(status, &headers, &text))
        };
        let waited = self.runtime.block_on(async { timeout(left, sent).await });
        match waited.unwrap_or_else(|_| Err(format!("no answer within {} s", left.as_secs().max(1)))) {
            Ok(answer) if answer.is_success() => Ok(answer),
            Ok(answer) => Err(Failure::of(&asked, &answer)),
            Err(why) => Err(Failure::without_answer(Kind::Unreachable, &asked, why)),
        }
    }

    /// Asks GraphQL a question that changes nothing.
    pub(crate) fn query(&self, query: &str) -> Result<Answer, Failure> {
        self.ask_at(Method::Post, &self.graphql, Some(&serde_json::json!({ "query": query })))
    }

    /// The items of all pages, up to so many pages.
    pub(crate) fn pages(&self, path: &str, most: u32) -> Result<Vec<Value>, Failure> {
        let sign = if path.contains('?') { '&' } else { '?' };
        let mut items = Vec::new();
        for page in 1..=most {
            let asked = format!("{path}{sign}per_page=100&page={page}");
            let answer = self.ask(Method::Get, &asked, None)?;
            let Value::Array(found) = answer.body else {
                let asked = format!("GET {asked}");
                return Err(Failure::without_answer(Kind::Unreadable, &asked, "the answer is no list"));
            };
            items.extend(found);
            if !answer.more {
                break;
            }
        }
        Ok(items)
    }

    fn once(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, String> {
        let left = self.deadline.saturating_duration_since(Instant::now()).min(REQUEST);
        let sent = async {
            let response = match method {
                Method::Get => self.crab._get(path).await,
                Method::Post => self.crab._post(path, body).await,
                Method::Patch => self.crab._patch(path, body).await,
                Method::Delete => self.crab._delete(path, body).await,
            };
            let response = response.map_err(|error| said(&error))?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let text = self.crab.body_to_string(response).await.map_err(|error| said(&error))?;
            Ok(answered(status, &headers, &text))
        };
        let waited = self.runtime.block_on(async { timeout(left, sent).await });
        waited.unwrap_or_else(|_| Err(format!("no answer within {} s", left.as_secs().max(1))))
    }
}

fn answered(status: u16, headers: &http::HeaderMap, text: &str) -> Answer {
    answer::read(status, |name| headers.get(name)?.to_str().ok().map(str::to_owned), text)
}

fn ended(answer: &Answer) -> Ended {
    if answer.is_limited() {
        let reset = answer.remaining.filter(|(left, _)| *left == 0).map(|(_, reset)| reset - clock::seconds());
        let reset = reset.and_then(|seconds| u64::try_from(seconds.max(1)).ok());
        return Ended::Limited(answer.retry_after.or(reset).map(Duration::from_secs));
    }
    match answer.status {
        500.. | 408 => Ended::Unknown,
        _ => Ended::Refused,
    }
}

/// An error of octocrab says its kind alone; what happened stands in its sources.
fn said(error: &octocrab::Error) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_said = cause.to_string();
        if !told.contains(&cause_said) {
            told = format!("{told}: {cause_said}");
        }
        source = cause.source();
    }
    answer::one_line(&told)
}
