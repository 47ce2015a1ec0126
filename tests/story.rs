//! The workflows of README and of the page Common Workflows, as they are printed, under the real runner (`act`, without
//! containers): against a GitHub that keeps state (`emulate`), or against our own where a fork or an enterprise is told of.
//! The whole story from drift to release is in `whole_story.rs`.
#![cfg(unix)]

mod support;

use serde_json::Value;
use serde_json::json;
use support::acting::GitHub;
use support::acting::Runner;
use support::acting::ended;
use support::acting::homes;
use support::acting::installed;
use support::acting::said;
use support::acting::tool;
use support::acting::workflow;
use support::checkout::Scratch;
use support::forge::Forge;
use support::governed;
use support::stand_ins;

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
    github.job_ended("governed", 1, false);
    let (status, merged) = github.merge(1);
    assert!(matches!(status, 405 | 422), "{status} {merged}");
    let first = github.comments(1);
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
    let second = github.comments(1);
    assert_eq!(second.len(), 1, "{second:#?}");
    assert_eq!(second[0]["id"], first[0]["id"]);
    assert!(body(&second[0]).starts_with("## \u{2705} Accepted"), "{second:#?}");
    assert!(runner.run("pull_request", &place, &payload(&commit("HEAD")), &[]).status.success());
    assert_eq!(github.comments(1), second, "what is run once more changes nothing");
    github.job_ended("governed", 1, true);
    let (status, merged) = github.merge(1);
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
    let more = [stand_ins::of(installed.path(), &workflow), homes(None)].concat();
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
    assert_eq!(ended(&said(&refused), "proven/gate"), Some(false), "{}", said(&refused));
    let comments = github.comments(1);
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
    let mut more = stand_ins::of(installed.path(), &format!("{first}{second}"));
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

/// The job that a rule requires fails with the job that it needs, and where that one is skipped.
#[test]
fn the_required_check_is_red_where_another_job_failed_or_was_skipped() {
    let Some(act) = tool("act") else { return };
    let installed = installed();
    let runner = Runner { act: &act, installed: installed.path(), api: "http://127.0.0.1:1", token: "" };
    let required = workflow("docs/operations/common-workflows.md", "name: required");
    let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n";
    let place = Scratch::committed(&[
        ("Cargo.toml", MANIFEST),
        ("Cargo.lock", lock),
        ("src/lib.rs", "//! A.\n"),
        (".gitignore", "/target\n"),
        (".github/workflows/required.yml", &required),
    ]);
    let merge_group = |place: &Scratch| {
        let commit = |revision: &str| place.git(&["rev-parse", revision]).trim().to_owned();
        json!({ "merge_group": { "head_sha": commit("HEAD"), "base_sha": commit("HEAD~1"), "base_ref": "refs/heads/main" } })
    };
    let run = |test: &str, required: &str| {
        place.write("src/lib.rs", format!("//! A.\n\n#[test]\nfn one() {{\n    {test}\n}}\n"));
        place.write(".github/workflows/required.yml", required);
        place.commit("a test");
        let ran = runner.run("merge_group", &place, &merge_group(&place), &homes(None));
        (ended(&said(&ran), "required/required"), said(&ran))
    };
    let (passed, log) = run("assert!(true);", &required);
    assert!(passed == Some(true) && log.contains("nothing new"), "{log}");
    let (passed, log) = run("assert!(false);", &required);
    assert!(passed == Some(false) && log.contains("the job test did not pass: GitHub reports `failure`"), "{log}");
    // A condition that is never true is what nobody sees on the page of a pull request.
    let skipped = required.replace("    name: test\n", "    name: test\n    if: github.event_name == 'push'\n");
    assert_ne!(skipped, required);
    let (passed, log) = run("assert!(true);", &skipped);
    assert!(passed == Some(false) && log.contains("the job test did not pass: GitHub reports `skipped`"), "{log}");
}

/// At night the whole tree is judged, and code scanning gets what was found.
#[test]
fn the_nightly_audit_judges_old_drift_and_hands_it_to_code_scanning() {
    let Some(act) = tool("act") else { return };
    let installed = installed();
    let runner = Runner { act: &act, installed: installed.path(), api: "http://127.0.0.1:1", token: "" };
    let audit = workflow("docs/operations/common-workflows.md", "name: audit");
    let place = Scratch::committed(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "//! A.\n"),
        ("README.md", DRIFTS),
        (".github/workflows/audit.yml", &audit),
    ]);
    place.commit("later");
    let more = stand_ins::of(installed.path(), &audit);
    let scanned = || {
        let path = stand_ins::artifact(installed.path(), "scanned").join("cargo-governed.sarif");
        let text = std::fs::read_to_string(path).expect("what goes to code scanning");
        let sarif: Value = serde_json::from_str(&text).expect("JSON");
        sarif["runs"][0]["results"].as_array().cloned().expect("results")
    };
    let night = runner.run("schedule", &place, &json!({}), &more);
    assert!(!night.status.success(), "{}", said(&night));
    let found = scanned();
    assert_eq!(found.len(), 1, "{found:#?}\n{}", said(&night));
    assert_eq!(found[0]["ruleId"], "msrv-outdated-in-docs");
    place.write("README.md", AGREES);
    place.commit("mended");
    let night = runner.run("schedule", &place, &json!({}), &more);
    assert!(night.status.success(), "{}", said(&night));
    assert!(scanned().is_empty(), "an alert is closed by a file without it");
}
