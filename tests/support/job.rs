//! A repository in the environment of a job, and what `action` does there.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;
use serde_json::json;

use crate::support::checkout::Scratch;
use crate::support::contract;
use crate::support::forge::Forge;
use crate::support::tool;
use crate::support::tool::Ran;

pub(crate) const MANIFEST: &str =
    "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"1.85\"\n";
pub(crate) const AGREES: &str = "# a\n\nNeeds Rust 1.85 or newer.\n";
pub(crate) const DRIFTS: &str = "# a\n\nNeeds Rust 1.74 or newer.\n";
pub(crate) const WORKFLOW: &str =
    "on: pull_request\njobs:\n  check:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v1\n";

/// A repository whose last commit brings drift in, or mends it.
pub(crate) struct Place {
    pub(crate) scratch: Scratch,
    pub(crate) variables: BTreeMap<String, String>,
}

/// What a run of `action` left behind.
pub(crate) struct Acted {
    pub(crate) ran: Ran,
    pub(crate) summary: String,
    pub(crate) outputs: BTreeMap<String, String>,
}

impl Acted {
    pub(crate) fn warning(&self, code: &str) -> &str {
        let begin = format!("::warning title=cargo governed%3A {code}::");
        let line = self.ran.stdout.lines().find_map(|line| line.strip_prefix(&begin));
        line.unwrap_or_else(|| panic!("no warning {code}: {:#?}", self.ran))
    }

    pub(crate) fn has_no_warning(&self) {
        assert!(!self.ran.stdout.contains("::warning title=cargo governed"), "{:#?}", self.ran);
    }
}

impl Place {
    pub(crate) fn new(readme: &str) -> Self {
        let scratch = Scratch::committed(&[
            ("Cargo.toml", MANIFEST),
            ("src/lib.rs", "//! A.\n"),
            ("README.md", AGREES),
            (".github/workflows/ci.yml", WORKFLOW),
        ]);
        scratch.write("README.md", readme);
        scratch.commit("two");
        Self::of(scratch)
    }

    /// The job of a repository.
    pub(crate) fn of(scratch: Scratch) -> Self {
        let variables = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", "o/r"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_RUN_ID", "412"),
            ("GITHUB_RUN_ATTEMPT", "1"),
            ("GITHUB_JOB", "check"),
            ("GITHUB_WORKFLOW_REF", "o/r/.github/workflows/ci.yml@refs/pull/7/merge"),
            ("INPUT_TOKEN", "t0ken"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Self { scratch, variables }
    }

    pub(crate) fn head(&self) -> String {
        self.scratch.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    pub(crate) fn base(&self) -> String {
        self.scratch.git(&["rev-parse", "HEAD~1"]).trim().to_owned()
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn on(self, forge: &Forge) -> Self {
        self.with("GITHUB_API_URL", &forge.url)
    }

    /// The event of pull request 7.
    pub(crate) fn pull_request(self) -> Self {
        let payload = self.pull("o/r", "main");
        self.event("pull_request", &payload)
    }

    pub(crate) fn pull(&self, from: &str, base: &str) -> Value {
        json!({ "pull_request": {
            "number": 7,
            "title": "`touch x` $(touch x) ::error::x <script>",
            "head": { "sha": self.head(), "ref": "x", "repo": { "full_name": from } },
            "base": { "sha": self.base(), "ref": base, "repo": { "full_name": "o/r" } },
        } })
    }

    pub(crate) fn event(self, name: &str, payload: &Value) -> Self {
        let path = self.scratch.at(".git/event.json");
        let payload = contract::event(name, payload);
        std::fs::write(&path, payload.to_string()).expect("a writable folder");
        self.with("GITHUB_EVENT_NAME", name).with("GITHUB_EVENT_PATH", &path.to_string_lossy())
    }

    pub(crate) fn act(&self) -> Acted {
        self.acted(tool::command(self.scratch.path(), &["action"]))
    }

    pub(crate) fn acted(&self, mut command: Command) -> Acted {
        let file = |name: &str| self.scratch.at(&format!(".git/{name}"));
        let (summary, outputs) = (file("summary"), file("outputs"));
        let _ = std::fs::remove_file(&outputs);
        command.envs(&self.variables).env("GITHUB_STEP_SUMMARY", &summary).env("GITHUB_OUTPUT", &outputs);
        let ran = tool::of(command.output().expect("the binary runs"));
        let read = |path| std::fs::read_to_string(path).unwrap_or_default();
        let pair = |line: &str| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        Acted { ran, summary: read(&summary), outputs: read(&outputs).lines().filter_map(pair).collect() }
    }
}
