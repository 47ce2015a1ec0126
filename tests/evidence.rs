//! What a step's output proves: real output of cargo, libtest and nextest, read by chunks, and judged by profile.
//!
//! `tests/data/test_output/NAME.{out,err,junit.xml}` are as the tools wrote them; `NAME.read` is what is read from them.
//! `BLESS=1` writes it anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use cargo_governed::steps::event::Stream;
use cargo_governed::steps::evidence::canary::Standing;
use cargo_governed::steps::evidence::capture::Capture;
use cargo_governed::steps::evidence::capture::Captured;
use cargo_governed::steps::evidence::code;
use cargo_governed::steps::evidence::collapse::Previous;
use cargo_governed::steps::evidence::environment;
use cargo_governed::steps::evidence::junit;
use cargo_governed::steps::evidence::minimum::Judged;
use cargo_governed::steps::evidence::minimum::Known;
use cargo_governed::steps::evidence::minimum::judge;
use cargo_governed::steps::normal::normaliser::Normaliser;
use cargo_governed::steps::outcome::TestCounts;
use cargo_governed::steps::step::Profile;
use cargo_governed::steps::step::Step;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/test_output")
}

fn names() -> BTreeSet<String> {
    let entries = fs::read_dir(folder()).expect("the samples");
    let files = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"));
    files.filter_map(|file| Some(file.split_once('.')?.0.to_owned())).filter(|name| name != "README").collect()
}

fn bytes(name: &str, kind: &str) -> Vec<u8> {
    fs::read(folder().join(format!("{name}.{kind}"))).unwrap_or_default()
}

/// Reads a sample in chunks of a size.
fn read(name: &str, size: usize) -> Captured {
    let mut capture = Capture::with_silent(vec!["tests/custom.rs".to_owned()]);
    for (kind, stream) in [("err", Stream::Err), ("out", Stream::Out)] {
        bytes(name, kind).chunks(size).for_each(|chunk| capture.feed(stream, chunk));
    }
    capture.finish()
}

fn step(profile: Profile) -> Step {
    Step::inferred("step", profile, vec!["cargo".to_owned()], "a test")
}

fn judged(name: &str, profile: Profile) -> Judged {
    judge(&step(profile), Some(0), &read(name, 4096), &Known::default())
}

fn codes(judged: &Judged) -> Vec<&str> {
    judged.unproven.iter().map(|doubt| doubt.code.as_str()).collect()
}

fn shown(captured: &Captured) -> String {
    let mut text = format!("cargo: {:?}\n", captured.cargo);
    let _ = writeln!(text, "suites: {} started, {} silent", captured.suites_started, captured.suites_silent);
    let Some(report) = &captured.tests else {
        text.push_str("no tests\n");
        return text;
    };
    let _ = writeln!(text, "counts: {:?}\nnaming: {:?}", report.counts, report.naming);
    let _ = writeln!(text, "cut short: {:?}\nunread: {:?}", report.cut_short, report.unread);
    for suite in &report.suites {
        let _ = writeln!(text, "suite {}: {} executed", suite.name, suite.counts.executed);
    }
    for result in &report.results {
        let _ = writeln!(text, "{:?} {} :: {}", result.state, result.suite, result.name);
    }
    text
}

#[test]
fn samples_are_read_as_they_should_wherever_chunks_are_cut() {
    let names = names();
    assert!(names.len() > 20, "the samples were not found");
    for name in names {
        let read_whole = read(&name, usize::MAX);
        for size in [1, 7, 4096] {
            assert_eq!(read(&name, size), read_whole, "{name} in chunks of {size}");
        }
        let path = folder().join(format!("{name}.read"));
        let text = shown(&read_whole);
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &text).expect("the expectation is written");
        }
        assert_eq!(text, fs::read_to_string(&path).unwrap_or_default(), "{name}: BLESS=1 writes it anew");
    }
}

#[test]
fn output_that_breaks_off_is_read_as_far_as_it_goes() {
    for name in names() {
        let (out, err) = (bytes(&name, "out"), bytes(&name, "err"));
        let ends = |bytes: &[u8]| (0..=bytes.len()).step_by(97).collect::<Vec<_>>();
        for (stream, bytes) in [(Stream::Out, &out), (Stream::Err, &err)] {
            let whole = read(&name, usize::MAX).tests.map_or(0, |report| report.counts.executed);
            for end in ends(bytes) {
                let mut capture = Capture::default();
                capture.feed(stream, &bytes[..end]);
                let executed = capture.finish().tests.map_or(0, |report| report.counts.executed);
                assert!(executed <= whole.max(5), "{name} cut at {end}: {executed} tests out of {whole}");
            }
        }
    }
}

#[test]
fn a_junit_file_is_read_as_nextest_counts() {
    for name in ["nextest-odd", "nextest-flaky"] {
        let junit = junit::read(&bytes(name, "junit.xml")).expect("a JUnit file");
        let captured = read(name, 4096);
        let report = captured.tests.expect("tests");
        let (one, other) = (junit.report.counts, report.counts);
        assert_eq!(
            (one.executed, one.passed, one.failed, one.flaky),
            (other.executed, other.passed, other.failed, other.flaky)
        );
        assert_eq!(junit.report.results, report.results, "{name}");
        assert_eq!(captured.run_ids, [junit.run_id.expect("an id")]);
    }
}

#[test]
fn a_junit_file_of_another_run_is_stale() {
    let junit = junit::read(&bytes("nextest-odd", "junit.xml")).expect("a JUnit file");
    let known = Known { junit: Some(Ok(&junit)), ..Known::default() };
    let other = judge(&step(Profile::Test), Some(0), &read("nextest-flaky", 4096), &known);
    assert_eq!(codes(&other), ["evidence-stale"]);
    assert_eq!(other.evidence.tests.expect("tests").executed, 3);
    let own = judge(&step(Profile::Test), Some(100), &read("nextest-odd", 4096), &known);
    assert_eq!(codes(&own), [""; 0]);
}

#[test]
fn exit_0_is_not_enough() {
    let cases: &[(&str, Profile, &[&str])] = &[
        ("libtest-ok", Profile::Test, &[]),
        ("libtest-quiet", Profile::Test, &[]),
        ("libtest-color", Profile::Test, &[]),
        ("libtest-nocapture", Profile::Test, &[]),
        ("libtest-json", Profile::Test, &[]),
        ("libtest-filter", Profile::Test, &["tests-none-run"]),
        ("libtest-list", Profile::Test, &["evidence-unread"]),
        ("libtest-norun", Profile::Test, &["tests-none-run"]),
        ("libtest-exits", Profile::Test, &["tests-cut-short"]),
        ("libtest-fail", Profile::Test, &["tests-failed-unseen"]),
        ("libtest-aborts", Profile::Test, &["tests-none-run", "tests-cut-short"]),
        ("nextest-ok", Profile::Test, &[]),
        ("nextest-quiet", Profile::Test, &[]),
        ("nextest-nocapture", Profile::Test, &[]),
        ("nextest-json", Profile::Test, &[]),
        ("nextest-flaky", Profile::Test, &[]),
        ("nextest-none", Profile::Test, &["tests-none-run"]),
        ("nextest-fail", Profile::Test, &["tests-failed-unseen"]),
        ("fmt-ok", Profile::Test, &["evidence-unread"]),
        ("clippy", Profile::Build, &[]),
        ("check-fresh2", Profile::Build, &[]),
        ("check-json", Profile::Build, &[]),
        ("fmt-ok", Profile::Build, &["evidence-missing"]),
        ("doc", Profile::Doc, &[]),
        ("doc-fresh", Profile::Doc, &[]),
        ("clippy", Profile::Doc, &["docs-none"]),
        ("fmt-ok", Profile::Doc, &["evidence-missing"]),
        ("package", Profile::Package, &[]),
        ("clippy", Profile::Package, &["archives-missing"]),
        ("fmt-v", Profile::Fmt, &[]),
        ("fmt-ok", Profile::Fmt, &["evidence-missing"]),
        ("clippy", Profile::Semver, &["evidence-missing"]),
        ("fmt-ok", Profile::Plain, &[]),
    ];
    for (name, profile, expected) in cases {
        assert_eq!(codes(&judged(name, *profile)), *expected, "{name} as {profile:?}");
    }
}

#[test]
fn tests_that_tell_of_themselves_count_under_every_name() {
    for (name, profile, called, argv, expected) in [
        ("libtest-filter", Profile::Plain, "suite", "sh", &["tests-none-run"][..]),
        ("libtest-filter", Profile::Build, "suite", "cargo", &["tests-none-run"]),
        ("nextest-none", Profile::Plain, "suite", "sh", &["tests-none-run"]),
        ("libtest-fail", Profile::Plain, "suite", "sh", &["tests-failed-unseen"]),
        ("libtest-ok", Profile::Plain, "suite", "sh", &[]),
        // Beside a benchmark with a harness of its own all tests are ignored.
        ("libtest-filter", Profile::Plain, "measure", "cargo bench", &[]),
        ("libtest-filter", Profile::Plain, "test", "cargo bench", &["tests-none-run"]),
        ("libtest-norun", Profile::Build, "test", "cargo test --no-run", &["tests-none-run"]),
        ("libtest-norun", Profile::Build, "build", "cargo test --no-run", &[]),
        ("libtest-list", Profile::Build, "test", "cargo test -- --list", &["tests-none-run"]),
        ("libtest-list", Profile::Plain, "test", "sh", &["tests-none-run"]),
        ("libtest-list", Profile::Build, "list", "cargo test -- --list", &[]),
        ("fmt-ok", Profile::Plain, "test", "make test", &[]),
    ] {
        let argv = argv.split(' ').map(str::to_owned).collect();
        let step = Step { name: called.to_owned(), argv, ..step(profile) };
        let judged = judge(&step, Some(0), &read(name, 4096), &Known::default());
        assert_eq!(codes(&judged), expected, "{name} as {called}, {:?}", step.argv);
        let failed = judge(&step, Some(1), &read(name, 4096), &Known::default());
        assert_eq!(codes(&failed), [""; 0], "{name}: what failed proves nothing anyhow");
    }
}

#[test]
fn counts_are_shown_and_archives_are_counted() {
    let tests = judged("libtest-ok", Profile::Test);
    let expected = TestCounts { executed: 10, passed: 10, failed: 0, ignored: 3, filtered: 0, flaky: 0 };
    assert_eq!(tests.evidence.tests, Some(expected));
    assert!(
        tests.notes.iter().any(|note| note.code == "tests-left-out" && note.message.contains("3 tests were ignored"))
    );
    assert_eq!(tests.results.expect("results").len(), 13);
    assert_eq!(judged("package", Profile::Package).evidence.files, Some(3));
    let known = Known { archives: Some(4), ..Known::default() };
    let few = judge(&step(Profile::Package), Some(0), &read("package", 4096), &known);
    assert_eq!(codes(&few), ["archives-missing"]);
}

#[test]
fn the_page_holds_every_code_normaliser_and_variable() {
    let page =
        fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/evidence.md")).expect("the page");
    let rows: Vec<String> =
        code::ALL.iter().map(|(code, weight, says)| format!("| {code} | {} | {says} |", weight.as_str())).collect();
    let (_, after) = page.split_once("## Doubts\n").expect("the section");
    let table: Vec<&str> = after
        .lines()
        .skip_while(|line| !line.starts_with("|---"))
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert_eq!(table, rows);
    for normaliser in Normaliser::ALL {
        assert!(page.contains(&format!("| {} |", normaliser.name())), "{}", normaliser.name());
    }
    for (name, value) in environment::ADDED {
        assert!(page.contains(&format!("`{name}={value}`")), "{name}");
    }
}

#[test]
fn a_collapse_and_a_canary_are_judged_with_the_rest() {
    let captured = read("libtest-ok", 4096);
    let mut counts = captured.tests.as_ref().expect("tests").counts;
    (counts.executed, counts.passed) = (412, 412);
    let previous = Previous::new("r1", counts, &[]);
    let known = Known { previous: Some(&previous), canary: Some(&Standing::Passed), ..Known::default() };
    let judged = judge(&step(Profile::Test), Some(0), &captured, &known);
    assert_eq!(codes(&judged), ["canary-passed", "tests-collapsed"]);
    assert!(judged.unproven[1].message.contains("10 tests were executed, 412"));
    assert_eq!(judged.evidence.canary_failed, Some(false));
    let cut = Known { cut: 7, ..Known::default() };
    assert_eq!(codes(&judge(&step(Profile::Test), Some(0), &captured, &cut)), ["evidence-unread"]);
    let failed = Known { canary: Some(&Standing::Failed), ..Known::default() };
    assert_eq!(judge(&step(Profile::Fmt), Some(0), &read("fmt-ok", 4096), &failed).unproven, []);
}
