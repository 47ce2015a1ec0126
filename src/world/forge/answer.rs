//! One answer of the forge: its status, what its headers say of limits, pages and permissions, and its body.

use serde_json::Value;

/// An answer, whatever its status.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; null where it is no JSON.
    pub body: Value,
    /// The body as one short line, where it is no JSON.
    pub text: String,
    /// Whether there is another page.
    pub more: bool,
    /// The id by which the forge's own people find the request.
    pub request_id: Option<String>,
    /// The permissions that would have been accepted: `issues=write; pull_requests=write`.
    pub accepted: Option<String>,
    /// After how many seconds it may be asked again.
    pub retry_after: Option<u64>,
    /// How many requests are left, and when (seconds since 1970) there are new ones.
    pub remaining: Option<(u64, i64)>,
}

impl Answer {
    /// Whether it did what was asked.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// What the forge says, in one line.
    pub fn message(&self) -> String {
        let message = self.body["message"].as_str().unwrap_or(&self.text);
        let details = self.body["errors"].as_array().into_iter().flatten();
        let details: Vec<&str> =
            details.filter_map(|detail| detail["message"].as_str().or_else(|| detail.as_str())).collect();
        let line = [&[message], details.as_slice()].concat().join("; ");
        one_line(&line)
    }

    /// Whether the forge refuses because too much was asked, and has done nothing.
    pub fn is_limited(&self) -> bool {
        let exhausted = self.remaining.is_some_and(|(left, _)| left == 0);
        let told = self.message().to_ascii_lowercase();
        self.status == 429
            || (self.status == 403
                && (self.retry_after.is_some() || exhausted || told.contains("rate limit") || told.contains("abuse")))
    }
}

/// A text as one short line without controls: a proxy answers with a page.
pub(crate) fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).take(2_000).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{}\u{2026}", &line[..end]),
        None => line,
    }
}

/// Reads a header: the status of answers is read before their bodies are believed.
pub(crate) fn read(status: u16, header: impl Fn(&str) -> Option<String>, body: &str) -> Answer {
    let number = |name: &str| header(name).and_then(|value| value.trim().parse::<u64>().ok());
    let parsed = serde_json::from_str(body).ok();
    let reset = number("x-ratelimit-reset").and_then(|reset| i64::try_from(reset).ok());
    Answer {
        status,
        text: if parsed.is_some() { String::new() } else { one_line(body) },
        body: parsed.unwrap_or_default(),
        more: header("link").is_some_and(|link| link.contains("rel=\"next\"")),
        request_id: header("x-github-request-id"),
        accepted: header("x-accepted-github-permissions").filter(|accepted| !accepted.is_empty()),
        retry_after: number("retry-after"),
        remaining: number("x-ratelimit-remaining").zip(reset),
    }
}
