//! The hidden lines of our comment: by them it is found again, and what it said is known at the next push.

use std::collections::BTreeMap;

use crate::judge::report::Judged;
use crate::judge::report::Report;
use crate::render::encode::uri;

/// How the last line begins: the first ones belong to whoever reads a notification.
const MARKER: &str = "<!-- cargo-governed:comment:v1 ";
/// How the line before it begins.
const STATE: &str = "<!-- cargo-governed:state:v1 ";
/// How both end.
const END: &str = " -->";
/// The most findings that are remembered.
const REMEMBERED: usize = 100;
/// The most bytes of the line of what is remembered.
const STATE_BYTES: usize = 6_000;
/// What it says where there is more.
const FORGOTTEN: &str = " more";
/// The characters of a fingerprint that are remembered.
const PRINT: usize = 16;

/// Which comment this is, and which run of a workflow wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// The name that tells several comments on one pull request apart.
    pub id: String,
    /// The number of the run, which grows over all workflows of the forge, and its attempt.
    pub run: (u64, u64),
}

impl Marker {
    /// The hidden line.
    pub(crate) fn line(&self) -> String {
        let (run, attempt) = self.run;
        format!("{MARKER}id={} run={run}.{attempt}{END}", self.id)
    }

    /// The marker of a comment; none where its last line is none.
    pub fn of(body: &str) -> Option<Self> {
        let line = body.trim_end().lines().next_back()?.trim_end().strip_prefix(MARKER)?.strip_suffix(END)?;
        let (id, run) = line.strip_prefix("id=")?.split_once(" run=")?;
        let (run, attempt) = run.split_once('.')?;
        let run = (run.parse().ok()?, attempt.parse().ok()?);
        (is_id(id)).then(|| Self { id: id.to_owned(), run })
    }
}

/// Says whether a text may tell comments apart: it stands inside an HTML comment.
pub fn is_id(id: &str) -> bool {
    let fits = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == '.';
    (1..=40).contains(&id.len()) && id.chars().all(fits)
}

/// What a comment said of findings: their fingerprints, with rule and path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The commit that it spoke of.
    pub head: String,
    /// By fingerprint the rule and the path.
    pub findings: BTreeMap<String, (String, String)>,
    /// Whether there was more than is remembered.
    pub forgot: bool,
}

impl State {
    /// The state that a report leaves.
    pub(crate) fn after(report: &Report, head: &str) -> Self {
        let told = report.findings.iter().filter(|judged| is_told(judged)).take(REMEMBERED);
        let one = |judged: &Judged| (print(judged), (judged.rule.to_owned(), judged.finding.at.path.clone()));
        Self { findings: told.map(one).collect(), ..Self::at(head) }
    }

    /// The state of a commit of which no findings are told.
    pub(crate) fn at(head: &str) -> Self {
        Self { head: head.to_owned(), ..Self::default() }
    }

    /// The hidden line. It never is longer than the room that is kept for it: what is beyond is not remembered.
    pub(crate) fn line(&self) -> String {
        let mut line = format!("{STATE}head={}", hidden(&self.head));
        for (print, (rule, path)) in &self.findings {
            let word = format!(" {}:{}:{}", hidden(print), hidden(rule), hidden(path));
            if line.len() + word.len() > STATE_BYTES {
                line.push_str(FORGOTTEN);
                break;
            }
            line.push_str(&word);
        }
        line.push_str(END);
        line
    }

    /// The state in a comment; none where there is none that can be read.
    pub fn of(body: &str) -> Option<Self> {
        let line = body.lines().find_map(|line| line.trim_end().strip_prefix(STATE)?.strip_suffix(END))?;
        let mut words = line.split(' ');
        let head = words.next()?.strip_prefix("head=")?.to_owned();
        let (mut findings, mut whole) = (BTreeMap::new(), true);
        for word in words.take(REMEMBERED + 1) {
            whole &= word != FORGOTTEN.trim_start();
            let mut parts = word.splitn(3, ':');
            let (Some(print), Some(rule), Some(path)) = (parts.next(), parts.next(), parts.next()) else { continue };
            findings.insert(print.to_owned(), (shown(rule), shown(path)));
        }
        Some(Self { head, findings, forgot: !whole })
    }

    /// What was told before and is not found any more, as rule and path.
    pub(crate) fn gone(&self, report: &Report) -> Vec<&(String, String)> {
        let now = |print: &str| report.findings.iter().any(|judged| is_told(judged) && self::print(judged) == print);
        self.findings.iter().filter(|(print, _)| !now(print)).map(|(_, told)| told).collect()
    }

    /// How many findings were not told before.
    pub(crate) fn came(&self, report: &Report) -> usize {
        let told = |judged: &&Judged| is_told(judged) && !self.findings.contains_key(&print(judged));
        // Beyond what is remembered nobody can tell what is new.
        if self.forgot || self.findings.len() >= REMEMBERED { 0 } else { report.findings.iter().filter(told).count() }
    }
}

/// Two comments say the same if they differ only in what every run changes: the time, and the number of the run.
pub fn says_the_same(one: &str, other: &str) -> bool {
    fn lasting(body: &str) -> Vec<&str> {
        let changes = |line: &&str| line.starts_with(MARKER) || line.starts_with("<sub>");
        body.trim_end().lines().map(str::trim_end).filter(|line| !changes(line)).collect()
    }
    lasting(one) == lasting(other)
}

fn is_told(judged: &Judged) -> bool {
    judged.new && judged.waiver.is_none()
}

fn print(judged: &Judged) -> String {
    judged.fingerprint.chars().take(PRINT).collect()
}

/// A value inside an HTML comment: no space, no colon, and no two dashes, whatever it holds.
fn hidden(text: &str) -> String {
    uri::relative(text).replace('-', "%2D")
}

fn shown(hidden: &str) -> String {
    let mut bytes = Vec::with_capacity(hidden.len());
    let mut rest = hidden.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escape = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match escape.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_found_again() {
        let marker = Marker { id: "default".to_owned(), run: (412, 1) };
        let line = marker.line();
        assert_eq!(line, "<!-- cargo-governed:comment:v1 id=default run=412.1 -->");
        assert_eq!(Marker::of(&format!("text\r\n{line}\r\n")), Some(marker));
        let followed = format!("{line}\ntext");
        for body in ["", "text", "> <!-- cargo-governed:comment:v1 id=default run=412.1 -->", &line[..30], &followed] {
            assert_eq!(Marker::of(body), None, "{body}");
        }
        assert!(!is_id("a-->") && !is_id("") && !is_id("a b") && is_id("crate_a.1"));
    }

    #[test]
    fn a_state_is_read_back_whatever_the_path_holds() {
        let told = ("doc-link-broken".to_owned(), "a -->\n--b:c%ä.md".to_owned());
        let state =
            State { head: "9f2c1ab".to_owned(), findings: BTreeMap::from([("ab12".to_owned(), told)]), forgot: false };
        let line = state.line();
        assert_eq!(line.matches("--").count(), 2, "{line}");
        assert_eq!(State::of(&format!("first\n{line}\nlast")), Some(state));
        assert_eq!(State::of("nothing"), None);
    }

    #[test]
    fn a_state_keeps_to_its_room() {
        let long = ("doc-link-broken".to_owned(), "-".repeat(900));
        let findings = (0..100).map(|number| (format!("{number:016x}"), long.clone())).collect();
        let state = State { findings, ..State::at("9f2c1ab") };
        let line = state.line();
        assert!(line.len() <= STATE_BYTES + FORGOTTEN.len() + END.len(), "{}", line.len());
        let read = State::of(&line).unwrap();
        assert!(read.forgot && read.findings.len() == 2, "{read:?}");
        assert_eq!(State::of(&State::at("9f2c1ab").line()), Some(State::at("9f2c1ab")));
    }

    #[test]
    fn only_what_lasts_is_compared() {
        let body = |text: &str, at: &str, run: u64| {
            let marker = Marker { id: "default".to_owned(), run: (run, 1) };
            format!("{text}\n<sub>{at}</sub>\n\n{}\n", marker.line())
        };
        assert!(says_the_same(&body("a\nb", "10:00", 1), &body("a\r\nb", "11:00", 2)));
        assert!(!says_the_same(&body("a\nb", "10:00", 1), &body("a\nc", "10:00", 1)));
    }
}
