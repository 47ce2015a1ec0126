//! Lets cargo pack crates and upload them: credentials, and what a registry asks for, are cargo's business. What it says is
//! read for what it means for the next step: stored, refused, wait, or nobody knows.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use jiff::fmt::rfc2822;

use crate::facts::digest::Digest;
use crate::world::process::query;

/// The longest that packing is waited for.
const PACKING: Duration = Duration::from_secs(30 * 60);
/// The longest that one upload is waited for, with cargo's own wait for the index.
const UPLOADING: Duration = Duration::from_secs(15 * 60);
/// Variables of an outer cargo that would move our folders.
const MOVED: &[&str] = &["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR", "CARGO_BUILD_BUILD_DIR"];

/// How an upload ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uploaded {
    /// The registry took it.
    Stored,
    /// The version is there already.
    AlreadyThere,
    /// Too much was uploaded; nothing was stored. How long to wait, where it says so.
    Limited(Option<Duration>, String),
    /// The registry takes no uploads from whoever asks: no token, or one that may not.
    Denied(String),
    /// It was refused for good, or cargo refused to send it; nothing was stored.
    Refused(String),
    /// It may have been stored.
    Unknown(String),
}

/// Where cargo is run, and as what.
#[derive(Clone, Copy, Debug)]
pub struct Yard<'a> {
    /// The root of the tree.
    pub root: &'a Path,
    /// The folder that takes what is packed.
    pub target: &'a Path,
    /// The environment.
    pub variables: &'a BTreeMap<OsString, OsString>,
}

impl Yard<'_> {
    fn environment(&self, target: &Path) -> BTreeMap<OsString, OsString> {
        let mut environment = self.variables.clone();
        for name in MOVED {
            environment.remove(OsString::from(name).as_os_str());
        }
        environment.insert("CARGO_TARGET_DIR".into(), target.into());
        environment.insert("CARGO_TERM_COLOR".into(), "never".into());
        environment.insert("CARGO_TERM_PROGRESS_WHEN".into(), "never".into());
        environment.insert("RUSTUP_AUTO_INSTALL".into(), "0".into());
        environment.insert("GIT_TERMINAL_PROMPT".into(), "0".into());
        environment
    }
}

/// Packs packages against each other, without building them, and gives the checksums of the crates in the order of the
/// names; else cargo's own words.
pub fn pack(yard: Yard<'_>, packages: &[(&str, &str)], offline: bool) -> Result<Vec<String>, String> {
    let mut words = vec!["package", "--quiet", "--no-verify"];
    if offline {
        words.push("--offline");
    }
    for (name, _) in packages {
        words.extend(["--package", name]);
    }
    let answer = query::run(Path::new("cargo"), &words, yard.root, &yard.environment(yard.target), PACKING)?;
    if answer.code != Some(0) {
        return Err(answer.err.trim().to_owned());
    }
    packages
        .iter()
        .map(|(name, version)| {
            let path = yard.target.join("package").join(format!("{name}-{version}.crate"));
            let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            Ok(Digest::of(&bytes).hex())
        })
        .collect()
}

/// Uploads one package. It is not built again: the gate has just demanded the proof that it was. `stdin` is held by cargo
/// until it ends.
pub fn upload(yard: Yard<'_>, stdin: Stdio, package: &str, registry: &str) -> Uploaded {
    let words = ["publish", "--no-verify", "--package", package, "--registry", registry];
    // A folder of its own, so that uploads that need not wait for each other do not.
    let environment = yard.environment(&yard.target.join(package));
    match query::run_holding(stdin, Path::new("cargo"), &words, yard.root, &environment, UPLOADING) {
        Ok(answer) if answer.code == Some(0) => Uploaded::Stored,
        Ok(answer) => told(&answer.err),
        Err(why) => Uploaded::Unknown(why),
    }
}

/// The signs by which cargo says that nothing reached the registry, or that the answer did not reach us.
const NETWORK: &[&str] = &[
    "curl failed",
    "[7] ",
    "[28] ",
    "[35] ",
    "[52] ",
    "[55] ",
    "[56] ",
    "timed out",
    "timeout",
    "could not resolve",
    "couldn't connect",
    "connection reset",
    "connection refused",
    "empty reply",
    "network failure",
    "spurious network",
    "failed to fetch",
    "unable to update",
    "failed to query replaced source",
    "download of",
    "invalid response body",
];

/// Says whether cargo missed something around it, and says nothing against the crate.
pub fn is_missing(said: &str) -> bool {
    let lower = said.to_ascii_lowercase();
    NETWORK
        .iter()
        .chain(&["offline", "is not installed", "can't be started", "no token found", "credential"])
        .any(|word| lower.contains(word))
}

/// Reads what cargo says of an upload that it did not end well.
fn told(text: &str) -> Uploaded {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let from = lines.iter().position(|line| line.starts_with("error")).unwrap_or(0);
    let said: Vec<&str> =
        lines[from..].iter().copied().filter(|line| !line.is_empty() && *line != "Caused by:").collect();
    let said = said.join(": ").chars().take(600).collect::<String>();
    let lower = said.to_ascii_lowercase();
    let has = |word: &str| lower.contains(word);
    if (has("already exists on") && has("index")) || has("is already uploaded") || has("already been uploaded") {
        return Uploaded::AlreadyThere;
    }
    match status(&lower) {
        Some(429) => return Uploaded::Limited(pause(text), said),
        Some(401 | 403) => return Uploaded::Denied(said),
        Some(408 | 500..) => return Uploaded::Unknown(said),
        Some(400..) => return Uploaded::Refused(said),
        _ => {}
    }
    if has("no token found") || has("cargo login") || has("unauthorized") {
        Uploaded::Denied(said)
    } else if NETWORK.iter().any(|word| has(word)) {
        Uploaded::Unknown(said)
    } else {
        Uploaded::Refused(said)
    }
}

/// The status of an answer in cargo's words: `(status 429 Too Many Requests)`, `got 500`.
fn status(lower: &str) -> Option<u16> {
    ["(status ", "response, got ", "got "].iter().find_map(|mark| {
        let rest = &lower[lower.find(mark)? + mark.len()..];
        rest.get(..3)?.parse().ok()
    })
}

/// How long the registry asks to wait: its header where cargo shows headers, else the time in its own words.
fn pause(text: &str) -> Option<Duration> {
    let lower = text.to_ascii_lowercase();
    if let Some(at) = lower.find("retry-after:") {
        let value = text[at + "retry-after:".len()..].lines().next().unwrap_or_default().trim();
        return value.parse().ok().map(Duration::from_secs).or_else(|| until(value));
    }
    let at = lower.find("try again ")? + "try again ".len();
    let rest = text[at..].split_whitespace().collect::<Vec<_>>().join(" ");
    let rest = rest.strip_prefix("after ").or_else(|| rest.strip_prefix("in ")).unwrap_or(&rest);
    if let Some(end) = rest.find("GMT") {
        return until(&rest[..end + 3]);
    }
    let mut words = rest.split(' ');
    let number: u64 = words.next()?.parse().ok()?;
    match words.next()?.trim_end_matches(['.', ',']) {
        "s" | "second" | "seconds" => Some(Duration::from_secs(number)),
        "minute" | "minutes" => Some(Duration::from_secs(number * 60)),
        _ => None,
    }
}

/// The time from now until a date as HTTP writes it; one second where it is past.
fn until(date: &str) -> Option<Duration> {
    let at = rfc2822::parse(date).ok()?.timestamp().as_second();
    Some(Duration::from_secs(u64::try_from(at - crate::world::clock::seconds()).unwrap_or(0).max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_says_of_an_upload_is_read_for_what_it_means() {
        let refused =
            "    Updating crates.io index\nerror: failed to publish a v0.1.0 to registry at http://x\n\nCaused by:\n  ";
        let limited = |text: &str| told(&format!("{refused}{text}"));
        assert_eq!(told("error: crate a@0.1.0 already exists on `mine` index\n"), Uploaded::AlreadyThere);
        let after = limited(
            "the remote server responded with an error (status 429 Too Many Requests): Please try again in 7 seconds",
        );
        assert!(matches!(after, Uploaded::Limited(Some(pause), _) if pause == Duration::from_secs(7)), "{after:?}");
        let headers =
            "failed to get a 200 OK response, got 429\nheaders:\n\tHTTP/1.1 429 X\n\tretry-after: 3\nbody:\nslow down";
        assert!(matches!(limited(headers), Uploaded::Limited(Some(pause), _) if pause == Duration::from_secs(3)));
        let date = "the remote server responded with an error (status 429 Too Many Requests): You have published too many \
                    crates. Please try again after Mon, 03 Nov 2098 10:00:00 GMT and see https://x";
        assert!(matches!(limited(date), Uploaded::Limited(Some(pause), _) if pause > Duration::from_secs(3600)));
        let broken = "failed to get a 200 OK response, got 500\nheaders:\nbody:";
        assert!(matches!(limited(broken), Uploaded::Unknown(_)));
        assert!(matches!(limited("[52] Server returned nothing (Empty reply from server)"), Uploaded::Unknown(_)));
        let forbidden = "the remote server responded with an error (status 403 Forbidden): no";
        assert!(matches!(limited(forbidden), Uploaded::Denied(_)));
        let plain = "the remote server responded with an error: missing field";
        assert!(matches!(limited(plain), Uploaded::Refused(why) if why.contains("missing field")));
        assert!(matches!(
            told("error: no token found for `mine`, please run `cargo login --registry mine`"),
            Uploaded::Denied(_)
        ));
    }
}
