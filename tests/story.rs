//! The story of a pull request under the real runner (`act`, without containers) against a GitHub that keeps state
//! (`emulate`): drift is refused and the merge with it, the fix updates the same comment, the merge succeeds, and what is
//! run once more changes nothing. README's workflow is run as it is printed.
#![cfg(unix)]

mod support;

use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;
use serde_json::json;
use support::acting::GitHub;
use support::acting::Runner;
use support::acting::artifacts;
use support::acting::installed;
use support::acting::said;
use support::acting::tool;
use support::acting::workflow;
use support::checkout::Scratch;
use support::checkout::git_in;
use support::forge::Forge;
use support::governed;
use support::keys::Keys;
use support::moving;
use support::sparse::Sparse;

const MANIFEST: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"1.85\"\n";
const AGREES: &str = "# a\n\nNeeds Rust 1.85 or newer.\n";
const DRIFTS: &str = "# a\n\nNeeds Rust 1.74 or newer.\n";

#[test]
fn a_pull_request_is_refused_mended_and_merged() {
    let (Some(act), Some(emulate)) = (tool("act"), tool("emulate")) else { return };
    let github = GitHub::start(&emulate);
    github.prepare();
    let installed = installed();
    let runner = Runner { act: &act, installed: installed.path(), api: &github.door.url, token: "ghs_job" };
    let place = Scratch::committed(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "//! A.\n"),
        ("README.md", AGREES),
        (".github/workflows/governed.yml", &workflow("README.md", "command: check")),
    ]);
    let commit = |revision: &str| place.git(&["rev-parse", revision]).trim().to_owned();
    let base = commit("HEAD");
    let payload = |head: &str| {
        let repository = json!({ "full_name": "o/r" });
        json!({ "pull_request": { "number": 1, "head": { "sha": head, "ref": "x", "repo": repository },
            "base": { "sha": base, "ref": "main", "repo": repository } } })
    };
    place.write("README.md", DRIFTS);
    place.commit("drift");
    let refused = runner.run("pull_request", &place, &payload(&commit("HEAD")), &[]);
    assert!(!refused.status.success(), "{}", said(&refused));
    assert!(said(&refused).contains("msrv-outdated-in-docs"), "{}", said(&refused));
    github.job_ended(false);
    let (status, merged) = github.ask("PUT", "/repos/o/r/pulls/1/merge", &json!({}));
    assert!(matches!(status, 405 | 422), "{status} {merged}");
    let first = github.comments();
    assert_eq!(first.len(), 1, "{first:#?}\n{}", said(&refused));
    let body = |comment: &Value| comment["body"].as_str().unwrap_or_default().to_owned();
    assert!(body(&first[0]).starts_with("## \u{274c} Refused: 1 new deny"), "{first:#?}");

    // A merge queue is judged and not commented.
    let group =
        json!({ "merge_group": { "head_sha": commit("HEAD"), "base_sha": base, "base_ref": "refs/heads/main" } });
    assert!(!runner.run("merge_group", &place, &group, &[]).status.success());

    place.write("README.md", AGREES);
    place.commit("mended");
    let accepted = runner.run("pull_request", &place, &payload(&commit("HEAD")), &[]);
    assert!(accepted.status.success(), "{}", said(&accepted));
    let second = github.comments();
    assert_eq!(second.len(), 1, "{second:#?}");
    assert_eq!(second[0]["id"], first[0]["id"]);
    assert!(body(&second[0]).starts_with("## \u{2705} Accepted"), "{second:#?}");
    assert!(runner.run("pull_request", &place, &payload(&commit("HEAD")), &[]).status.success());
    assert_eq!(github.comments(), second, "what is run once more changes nothing");
    github.job_ended(true);
    let (status, merged) = github.ask("PUT", "/repos/o/r/pulls/1/merge", &json!({}));
    assert_eq!((status, &merged["merged"]), (200, &json!(true)), "{merged}");
}

#[test]
fn a_second_job_that_executes_nothing_gates_on_the_proof_of_the_first() {
    let (Some(act), Some(emulate)) = (tool("act"), tool("emulate")) else { return };
    let github = GitHub::start(&emulate);
    github.prepare();
    let installed = installed();
    let runner = Runner { act: &act, installed: installed.path(), api: &github.door.url, token: "ghs_job" };
    let workflow = workflow("docs/operations/common-workflows.md", "command: gate");
    let step = "[run]\ninfer = false\n[[step]]\nname = \"says\"\nrun = [\"sh\", \"-c\", \"cat says\"]\n";
    let place = governed::place(
        "",
        &[("governed.toml", step), ("says", "hello\n"), (".github/workflows/proven.yml", &workflow)],
    );
    let mut more: Vec<String> = artifacts(installed.path(), &workflow)
        .into_iter()
        .flat_map(|stand_in| ["--local-repository".to_owned(), stand_in])
        .collect();
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    for (name, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        let folder = std::env::var_os(name).map_or_else(|| home.join(folder), PathBuf::from);
        more.extend(["--env".to_owned(), format!("{name}={}", folder.display())]);
    }
    let commit = |revision: &str| place.git(&["rev-parse", revision]).trim().to_owned();
    let base = commit("HEAD");
    let payload = || {
        let repository = json!({ "full_name": "o/r" });
        json!({ "pull_request": { "number": 1, "head": { "sha": commit("HEAD"), "ref": "x", "repo": repository },
            "base": { "sha": base, "ref": "main", "repo": repository } } })
    };
    place.write("docs/two.md", "two\n");
    place.commit("fine");
    let allowed = runner.run("pull_request", &place, &payload(), &more);
    assert!(allowed.status.success(), "{}", said(&allowed));
    assert!(said(&allowed).contains("of the proof hold"), "{}", said(&allowed));
    place.git(&["rm", "-q", "says"]);
    place.commit("the step fails");
    let refused = runner.run("pull_request", &place, &payload(), &more);
    assert!(!refused.status.success(), "{}", said(&refused));
    let comments = github.comments();
    assert_eq!(comments.len(), 1, "{comments:#?}\n{}", said(&refused));
    assert!(comments[0]["body"].as_str().is_some_and(|body| body.starts_with("## \u{274c} Refused")), "{comments:#?}");
}

/// A fork, on an enterprise below its own path: the first workflow sends nothing at all, the second one tells from data.
#[test]
fn a_fork_is_judged_without_a_comment_and_told_by_a_second_workflow() {
    let Some(act) = tool("act") else { return };
    let forge = Forge::enterprise();
    let installed = installed();
    let runner = Runner { act: &act, installed: installed.path(), api: &forge.url, token: "t0ken" };
    let page = "docs/operations/common-workflows.md";
    let (first, second) = (workflow(page, "report: target/governed/report.json"), workflow(page, "workflow_run:"));
    let place = Scratch::committed(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "//! A.\n"),
        ("README.md", AGREES),
        (".github/workflows/governed.yml", &first),
        (".github/workflows/told.yml", &second),
    ]);
    let commit = |revision: &str| place.git(&["rev-parse", revision]).trim().to_owned();
    place.write("README.md", DRIFTS);
    place.commit("drift of a stranger");
    let mut more: Vec<String> = artifacts(installed.path(), &format!("{first}{second}"))
        .into_iter()
        .flat_map(|stand_in| ["--local-repository".to_owned(), stand_in])
        .collect();
    more.extend(["--env".to_owned(), "GITHUB_SERVER_URL=https://ghe.example".to_owned()]);
    let pull = json!({ "pull_request": {
        "number": 9,
        "head": { "sha": commit("HEAD"), "ref": "x", "repo": { "full_name": "stranger/r" } },
        "base": { "sha": commit("HEAD~1"), "ref": "main", "repo": { "full_name": "o/r" } },
    } });
    let judged = runner.run("pull_request", &place, &pull, &more);
    assert!(!judged.status.success(), "{}", said(&judged));
    assert!(said(&judged).contains("msrv-outdated-in-docs"), "{}", said(&judged));
    assert!(forge.state().requests.is_empty(), "the job of a stranger asks for nothing");

    // The second workflow runs on the default branch, and has nothing but the artifact and the event.
    place.git(&["checkout", "-q", "--detach", "HEAD~1"]);
    let head = place.git(&["rev-parse", "main"]).trim().to_owned();
    let run = json!({ "workflow_run": { "event": "pull_request", "head_sha": head, "head_branch": "x", "id": 77,
        "run_attempt": 1, "pull_requests": [{ "number": 666 }],
        "head_repository": { "full_name": "stranger/r", "owner": { "login": "stranger" } } } });
    forge.state().pulls = vec![(9, "stranger:x".to_owned(), head.clone())];
    let told = runner.run("workflow_run", &place, &run, &more);
    assert!(told.status.success(), "who tells decides nothing: {}", said(&told));
    let posted = forge.asked("POST");
    assert_eq!(posted.len(), 1, "{}", said(&told));
    assert_eq!(posted[0].path, "/api/v3/repos/o/r/issues/9/comments", "the number is that of the head");
    let body = posted[0].body["body"].as_str().unwrap_or_default();
    assert!(body.contains("msrv-outdated-in-docs") && body.contains("decides nothing"), "{body}");
    assert!(body.contains(&format!("(https://ghe.example/o/r/blob/{head}/README.md")), "{body}");
    // The same run once more says the same; and where the head has moved on, nothing is said at all.
    assert!(runner.run("workflow_run", &place, &run, &more).status.success());
    forge.state().pulls.clear();
    assert!(runner.run("workflow_run", &place, &run, &more).status.success());
    assert_eq!(forge.changes(), 1);
}

/// What a release workflow is given beside the event: the tester's cargo, the registry, and the key.
fn of_a_release(installed: &Path, workflow: &str, sparse: &Sparse, key: &str) -> Vec<String> {
    let mut more: Vec<String> = artifacts(installed, workflow)
        .into_iter()
        .flat_map(|stand_in| ["--local-repository".to_owned(), stand_in])
        .collect();
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    let rustup = std::env::var_os("RUSTUP_HOME").map_or_else(|| home.join(".rustup"), PathBuf::from);
    for (name, value) in [
        ("RUSTUP_HOME", rustup.display().to_string()),
        ("CARGO_HOME", installed.join("cargo").display().to_string()),
        ("CARGO_REGISTRIES_MINE_INDEX", sparse.index()),
        ("CARGO_REGISTRIES_MINE_TOKEN", "s3cr3t".to_owned()),
    ] {
        more.extend(["--env".to_owned(), format!("{name}={value}")]);
    }
    more.extend([
        "-s".to_owned(),
        format!("GOVERNED_SIGNING_KEY={key}"),
        "-s".to_owned(),
        "CARGO_REGISTRY_TOKEN=x".to_owned(),
    ]);
    more
}

/// The release pull request is opened, merged, proved, signed, tagged, published and released; and once more nothing changes.
#[test]
fn a_release_comes_out_by_the_two_workflows_of_the_page() {
    let (Some(act), Some(emulate)) = (tool("act"), tool("emulate")) else { return };
    let (github, sparse, keys) = (GitHub::start(&emulate), Sparse::new(), Keys::new());
    keys.make("me", "ed25519");
    let installed = installed();
    let runner = Runner { act: &act, installed: installed.path(), api: &github.door.url, token: "ghs_job" };
    let page = "docs/operations/common-workflows.md";
    let (opens, releases) = (workflow(page, "command: release-pr"), workflow(page, "command: release\n"));
    let manifest = "[package]\nname = \"aa\"\nversion = \"0.1.0\"\nedition = \"2021\"\ndescription = \"A.\"\nlicense = \"MIT\"\n\
                    publish = [\"mine\"]\n";
    let policy = "[run]\ninfer = false\n[[step]]\nname = \"says\"\nrun = [\"sh\", \"-c\", \"echo hello\"]\n\
                  [release]\nwitnesses = [\"manifest\", \"changelog\", \"tag\", \"registry\", \"forge\"]\n";
    let log = "# Changelog\n\n## [Unreleased]\n\n### Fixed\n\n- A word.\n\n## [0.1.0] - 2024-05-01\n\n- It began.\n";
    let lock = "# This file is automatically @generated by Cargo.\n# It is not intended for manual editing.\nversion = 4\n\n\
                [[package]]\nname = \"aa\"\nversion = \"0.1.0\"\n";
    let place = Scratch::committed(&[
        ("Cargo.toml", manifest),
        ("Cargo.lock", lock),
        ("src/main.rs", "fn main() {}\n"),
        (".gitignore", "/target\n"),
        ("governed.toml", policy),
        (".github/allowed_signers", &format!("me@example.com {}\n", keys.public("me"))),
        (".github/workflows/release-pr.yml", &opens),
        (".github/workflows/release.yml", &releases),
        ("CHANGELOG.md", &log.replace("### Fixed\n\n- A word.\n\n", "")),
    ]);
    place.git(&["tag", "v0.1.0"]);
    place.write("src/main.rs", "fn main() {\n    // A word.\n}\n");
    place.write("CHANGELOG.md", log);
    place.commit("fix: a word");
    let remote = tempfile::tempdir().expect("a scratch folder");
    git_in(remote.path(), &["init", "-q", "--bare", "."]);
    place.git(&["remote", "add", "origin", &remote.path().display().to_string()]);
    let commit = |revision: &str| place.git(&["rev-parse", revision]).trim().to_owned();
    let pushed = || {
        moving::push(&place, &github, "main");
        place.git(&["push", "-q", "origin", "main", "--tags"]);
        place.git(&["fetch", "-q", "origin"]);
    };
    let key = std::fs::read_to_string(keys.path("me")).expect("a key");
    let more = of_a_release(installed.path(), &releases, &sparse, key.trim_end());
    let event = || json!({ "ref": "refs/heads/main", "before": commit("HEAD~1"), "after": commit("HEAD") });

    github.let_jobs_write();
    pushed();
    let opened = runner.run("push", &place, &event(), &more);
    assert!(opened.status.success(), "{}", said(&opened));
    let (_, pulls) = github.ask("GET", "/repos/o/r/pulls", &Value::Null);
    assert_eq!(pulls[0]["title"], "Release aa 0.1.1", "{pulls}\n{}", said(&opened));
    assert_eq!(pulls.as_array().map(Vec::len), Some(1));
    let again = runner.run("push", &place, &event(), &more);
    assert!(said(&again).contains("the branch holds it already; pull request 1 says so already"), "{}", said(&again));

    let (status, merged) = github.ask("PUT", "/repos/o/r/pulls/1/merge", &json!({}));
    assert_eq!(status, 200, "{merged}");
    moving::pull(&place, &github, "main");
    assert!(std::fs::read_to_string(place.at("Cargo.toml")).is_ok_and(|text| text.contains("0.1.1")));
    pushed();
    let nothing = runner.run("push", &place, &event(), &more);
    assert!(
        nothing.status.success() && said(&nothing).contains("every version is prepared already"),
        "{}",
        said(&nothing)
    );

    let done = runner.run("workflow_dispatch", &place, &json!({}), &more);
    assert!(done.status.success(), "{}", said(&done));
    let is_out = || {
        assert!(sparse.kept().0.values().all(|versions| *versions == 1), "{:?}", sparse.kept());
        assert_eq!(sparse.kept().0.len(), 1);
        assert_eq!(git_in(remote.path(), &["rev-parse", "v0.1.1^{commit}"]).trim(), commit("HEAD"));
        let (_, found) = github.ask("GET", "/repos/o/r/releases/tags/v0.1.1", &Value::Null);
        assert_eq!(found["draft"], false, "{found}");
        let assets = found["assets"].as_array().into_iter().flatten();
        let mut names: Vec<String> = assets.filter_map(|one| one["name"].as_str().map(str::to_owned)).collect();
        names.sort();
        assert_eq!(names, ["SHA256SUMS", "proof.intoto.jsonl"], "{found}");
        found
    };
    let first = is_out();
    assert!(first["body"].as_str().is_some_and(|body| body.contains("A word.")), "{first}");
    place.git(&["fetch", "-q", "--tags", "origin"]);
    let again = runner.run("workflow_dispatch", &place, &json!({}), &more);
    assert!(again.status.success() && said(&again).contains("nothing is left to release"), "{}", said(&again));
    assert_eq!(is_out(), first, "the same run changes nothing");
}
