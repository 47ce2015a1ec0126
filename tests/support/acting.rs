//! What the stories are told with: the real runner (`act`, without containers), a GitHub that keeps state (`emulate`), and the
//! Action as it is released.
//!
//! The tools are looked for in the folder that `GOVERNED_TOOLS` names, as in `tests/action_yaml.rs`.

use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;

use crate::support::checkout::Scratch;
use crate::support::contract;
use crate::support::stand_ins;
use crate::support::watched::Watched;

const SEED: &str = "tokens:\n  ghs_job:\n    login: github-actions[bot]\n    scopes: [repo]\n  ghp_owner:\n    login: o\n    \
    scopes: [repo]\ngithub:\n  users:\n    - login: github-actions[bot]\n    - login: o\n  repos:\n    - owner: o\n      \
    name: r\n      auto_init: true\n";

/// The token of the owner.
pub(crate) const OWNER: &str = "ghp_owner";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where a tool is; none where it may be left out.
pub(crate) fn tool(name: &str) -> Option<PathBuf> {
    let path = Path::new(&std::env::var_os("GOVERNED_TOOLS")?).join(name);
    if path.exists() {
        return Some(path);
    }
    let skipped = std::env::var("GOVERNED_SKIP").unwrap_or_default();
    assert!(skipped.split(',').any(|skip| skip == name), "{} is missing", path.display());
    None
}

/// The running server; it ends with the value.
pub(crate) struct GitHub {
    child: Child,
    pub(crate) port: u16,
    /// What stands before it, and is its address.
    pub(crate) door: Watched,
    _folder: tempfile::TempDir,
}

impl Drop for GitHub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl GitHub {
    pub(crate) fn start(program: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let seed = folder.path().join("seed.yaml");
        std::fs::write(&seed, SEED).expect("a scratch folder");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
        let door = Watched::before(port);
        let url = door.url.clone();
        let hook = root().join("tests/support/follow_branches.mjs");
        let child = Command::new(program)
            .env("NODE_OPTIONS", format!("--import=\"{}\"", hook.display()))
            .args(["start", "--service", "github", "--base-url", &url, "--port", &port.to_string(), "--seed"])
            .arg(&seed)
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("emulate starts");
        let github = Self { child, port, door, _folder: folder };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "emulate does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        github
    }

    /// Asks as the owner of the repository, through the door; gives status and body.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let door = self.door.url.trim_start_matches("http://");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {door}\r\nauthorization: Bearer {OWNER}\r\nconnection: close\r\n\
             accept: application/json\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(door).expect("the door is open");
        stream.write_all(head.as_bytes()).expect("emulate reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("emulate answers");
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        let text = answer.split_once("\r\n\r\n").map_or("", |(_, text)| text);
        (status, serde_json::from_str(text).unwrap_or_default())
    }

    /// What `permissions: contents: write` gives a job's token.
    pub(crate) fn let_jobs_write(&self) {
        let may = json!({ "permission": "push" });
        let (status, told) = self.ask("PUT", "/repos/o/r/collaborators/github-actions%5Bbot%5D", &may);
        assert_eq!(status, 201, "{told}");
    }

    pub(crate) fn comments(&self, pull: u64) -> Vec<Value> {
        let (status, body) = self.ask("GET", &format!("/repos/o/r/issues/{pull}/comments"), &Value::Null);
        assert_eq!(status, 200, "{body}");
        body.as_array().cloned().expect("a list")
    }

    /// What GitHub does when a job ends: its exit code becomes a check of the pull request's head.
    pub(crate) fn job_ended(&self, job: &str, pull: u64, passed: bool) {
        let (_, pull) = self.ask("GET", &format!("/repos/o/r/pulls/{pull}"), &Value::Null);
        let conclusion = if passed { "success" } else { "failure" };
        let run = json!({ "name": job, "head_sha": pull["head"]["sha"], "status": "completed",
            "conclusion": conclusion });
        assert_eq!(self.ask("POST", "/repos/o/r/check-runs", &run).0, 201);
    }

    /// Lets nothing onto the branch whose checks did not pass, whoever asks.
    pub(crate) fn protect(&self, checks: &[&str]) {
        let rules = json!({ "required_status_checks": { "strict": false, "contexts": checks },
            "enforce_admins": true, "required_pull_request_reviews": null, "restrictions": null });
        assert_eq!(self.ask("PUT", "/repos/o/r/branches/main/protection", &rules).0, 200);
    }

    /// Opens a pull request against the branch; gives its number.
    pub(crate) fn open(&self, title: &str, head: &str) -> u64 {
        let pull = json!({ "title": title, "head": head, "base": "main" });
        let (status, made) = self.ask("POST", "/repos/o/r/pulls", &pull);
        assert_eq!(status, 201, "{made}");
        made["number"].as_u64().expect("a number")
    }

    /// Presses the button; gives status and answer.
    pub(crate) fn merge(&self, pull: u64) -> (u16, Value) {
        self.ask("PUT", &format!("/repos/o/r/pulls/{pull}/merge"), &json!({}))
    }

    /// A protected branch, and a pull request against it.
    pub(crate) fn prepare(&self) {
        let (_, main) = self.ask("GET", "/repos/o/r/git/ref/heads/main", &Value::Null);
        let branch = json!({ "ref": "refs/heads/x", "sha": main["object"]["sha"] });
        assert_eq!(self.ask("POST", "/repos/o/r/git/refs", &branch).0, 201);
        let file = json!({ "message": "m", "content": "YQo=", "branch": "x" });
        assert_eq!(self.ask("PUT", "/repos/o/r/contents/a.md", &file).0, 201);
        self.protect(&["governed"]);
        self.open("`touch x` $(touch x)", "x");
    }
}

/// The Action as it is released, and a tool cache that holds the binary.
pub(crate) fn installed() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let action = folder.path().join("action/.github/action");
    std::fs::create_dir_all(&action).expect("a scratch folder");
    for name in ["action.yml", "Cargo.toml", ".github/action/install.sh", ".github/action/checksums.txt"] {
        std::fs::copy(root().join(name), folder.path().join("action").join(name)).expect("it is shipped");
    }
    let arch = if cfg!(target_arch = "aarch64") { "ARM64" } else { "X64" };
    // Where act has the tool cache of its runner.
    let cache = folder.path().join("home/.cache/act/tool_cache/cargo-governed").join(env!("CARGO_PKG_VERSION"));
    std::fs::create_dir_all(cache.join(arch)).expect("a scratch folder");
    std::fs::write(cache.join(format!("{arch}.complete")), "").expect("a scratch folder");
    symlink(env!("CARGO_BIN_EXE_cargo-governed"), cache.join(arch).join("cargo-governed")).expect("a scratch folder");
    folder
}

/// The first workflow of a page that holds a text.
pub(crate) fn workflow(page: &str, with: &str) -> String {
    let page = std::fs::read_to_string(root().join(page)).expect("a page");
    let blocks = page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.filter(|block| block.contains(with)).map(str::to_owned).next().expect("a workflow")
}

/// The homes of cargo and rustup for a job, as act is told them: the tester's, or a cargo's home of its own in a folder.
pub(crate) fn homes(own: Option<&Path>) -> Vec<String> {
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    let of = |name: &str, folder: &str| std::env::var_os(name).map_or_else(|| home.join(folder), PathBuf::from);
    let cargo = own.map_or_else(|| of("CARGO_HOME", ".cargo"), |folder| folder.join("cargo"));
    [("CARGO_HOME", cargo), ("RUSTUP_HOME", of("RUSTUP_HOME", ".rustup"))]
        .into_iter()
        .flat_map(|(name, path)| ["--env".to_owned(), format!("{name}={}", path.display())])
        .collect()
}

/// The runner of workflows.
pub(crate) struct Runner<'a> {
    pub(crate) act: &'a Path,
    pub(crate) installed: &'a Path,
    pub(crate) api: &'a str,
    pub(crate) token: &'a str,
}

impl Runner<'_> {
    pub(crate) fn run(&self, event: &str, place: &Scratch, payload: &Value, more: &[String]) -> Output {
        let path = self.installed.join("event.json");
        std::fs::write(&path, contract::event(event, payload).to_string()).expect("a scratch folder");
        // What follows another run reads its artifacts.
        if event != "workflow_run" {
            stand_ins::forget(self.installed);
        }
        let slug = env!("CARGO_PKG_REPOSITORY").trim_start_matches("https://github.com/");
        let action = format!("{slug}@v1={}", self.installed.join("action").display());
        Command::new(self.act)
            .args([event, "-P", "ubuntu-24.04=-self-hosted", "-s", &format!("GITHUB_TOKEN={}", self.token)])
            .args(["--env", "GITHUB_REPOSITORY=o/r", "--env", &format!("GITHUB_API_URL={}", self.api)])
            .args(["--local-repository", &action, "--artifact-server-addr", "127.0.0.1", "-e"])
            .arg(&path)
            .args(more)
            .current_dir(place.path())
            .env("HOME", self.installed.join("home"))
            .env_remove("XDG_CACHE_HOME")
            .output()
            .expect("act runs")
    }
}

/// All that a command said.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Whether a job ended well, by what the runner said; a job that did not run is none.
pub(crate) fn ended(log: &str, job: &str) -> Option<bool> {
    let lines =
        log.lines().filter(|line| line.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(job)));
    lines.filter_map(|line| line.split_once("\u{1f3c1}  Job ").map(|(_, how)| how.starts_with("succeeded"))).next_back()
}
