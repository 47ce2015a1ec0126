//! The comment and the summary over fixed reports: goldens in `tests/goldens/comment-*.md`, and what no text may do.
//!
//! `BLESS=1 cargo test --test comment` writes the goldens; read them before you keep them.

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use cargo_governed::judge::jobs;
use cargo_governed::judge::jobs::Job;
use cargo_governed::judge::report::Report;
use cargo_governed::judge::report::Verdict;
use cargo_governed::render::comment::case::Around;
use cargo_governed::render::comment::case::COMMENT_LIMIT;
use cargo_governed::render::comment::case::Case;
use cargo_governed::render::comment::case::Links;
use cargo_governed::render::comment::case::Reason;
use cargo_governed::render::comment::case::Step;
use cargo_governed::render::comment::marker;
use cargo_governed::render::comment::marker::Marker;
use cargo_governed::render::comment::marker::State;
use cargo_governed::render::comment::page;
use support::report;
use support::report::HOSTILE;

const HEAD: &str = "9f2c1ab0d4e5f60718293a4b5c6d7e8f90a1b2c3";
const BASE: &str = "41d77e00d4e5f60718293a4b5c6d7e8f90a1b2c3";

fn around() -> Around {
    let server = "https://github.com".to_owned();
    Around {
        links: Some(Links { server, repository: "o/r".to_owned(), commit: HEAD.to_owned() }),
        base: Some(("main".to_owned(), BASE.to_owned())),
        run: Some("https://github.com/o/r/actions/runs/412".to_owned()),
        marker: Some(Marker { id: "default".to_owned(), run: (412, 1) }),
        at: "2026-11-22 00:24 UTC".to_owned(),
        took: Some("38 s".to_owned()),
        limit: COMMENT_LIMIT,
        rows: 20,
        ..Around::default()
    }
}

fn step(name: &str, passed: bool, result: &str) -> Step {
    let key = Some(format!("sha256:{}", "b0d1".repeat(16)));
    Step { name: name.to_owned(), passed, result: result.to_owned(), time: "21.4 s".to_owned(), key }
}

fn job(name: &str, result: &str) -> Job {
    Job { name: name.to_owned(), result: result.to_owned() }
}

fn of_report<'a>(report: &'a Report, around: &'a Around) -> Case<'a> {
    Case { verdict: report.verdict, report: Some(report), steps: &[], jobs: &[], because: &[], rests_on: 0, around }
}

fn check(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, text).expect("a writable golden");
        return;
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(golden == text, "{} differs; BLESS=1 writes it. It is now:\n{text}", path.display());
}

/// A report on two pushes later: one finding of before is gone.
fn before() -> State {
    let gone = ("msrv-disagrees".to_owned(), "clippy.toml".to_owned());
    State { head: "aaaa".to_owned(), findings: BTreeMap::from([("00ff".to_owned(), gone)]), forgot: false }
}

#[test]
fn every_state_has_its_golden() {
    let plain = around();
    check("comment-clean.md", &page::render(&of_report(&report::clean(), &plain)));
    check("comment-unproven.md", &page::render(&of_report(&report::unproven(), &plain)));
    check("comment-since.md", &page::render(&of_report(&report::since(), &plain)));
    let full = report::full();
    let steps = [
        step("fmt", true, "passed"),
        step("clippy", true, "passed, reused from run 3"),
        step("test", false, "exit 101: 2 of 214 tests failed"),
    ];
    let later = Around { before: Some(before()), proof: Some(format!("sha256:{}", "7be0".repeat(16))), ..around() };
    let jobs = [job("miri", "success"), job("fuzz", "skipped")];
    let case = Case { steps: &steps, jobs: &jobs, ..of_report(&full, &later) };
    check("comment-run.md", &page::render(&case));
    let because = [
        Reason {
            code: "claim-refuted".to_owned(),
            message: "the claim `step:test` is refuted: exit 101".to_owned(),
            remedy: Some("mend it and prove again: cargo governed run --base main".to_owned()),
        },
        Reason { code: "stale-base".to_owned(), message: "the base has moved".to_owned(), remedy: None },
    ];
    let gated = Around { gated: true, ..around() };
    let case = Case {
        verdict: Verdict::Refused,
        report: None,
        steps: &[],
        jobs: &[],
        because: &because,
        rests_on: 0,
        around: &gated,
    };
    check("comment-gate.md", &page::render(&case));
}

#[test]
fn the_passing_state_has_two_lines_and_a_failing_one_says_all_in_the_first() {
    let around = around();
    let shown = |case: &Case<'_>| {
        let page = page::render(case);
        page.lines().filter(|line| !line.is_empty() && !line.starts_with("<!--")).map(str::to_owned).collect::<Vec<_>>()
    };
    let clean = report::clean();
    let lines = shown(&of_report(&clean, &around));
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(lines[0].contains("Accepted"), "{lines:#?}");
    let full = report::full();
    let lines = shown(&of_report(&full, &around));
    let first = &lines[0];
    assert!(first.contains("Refused") && first.contains("2 deny") && first.contains("`README.md:6`"), "{first}");
    // Without steps or findings there is still a sentence.
    let jobs = [job("test", "failure")];
    let verdict = jobs::with(Verdict::Accepted, &jobs);
    let lines =
        shown(&Case { verdict, report: None, steps: &[], jobs: &jobs, because: &[], rests_on: 0, around: &around });
    assert!(lines[0].contains("job `test` did not pass"), "{lines:#?}");
}

#[test]
fn a_comment_too_long_is_cut_from_its_end_and_says_so() {
    let mut report = report::full();
    let long = report.findings.iter().find(|judged| judged.rule == "doc-link-broken").cloned().expect("one");
    for number in 0..3_000 {
        let mut judged = long.clone();
        judged.finding.message = format!("{number} {}", "\u{202e}@x|`".repeat(200));
        judged.finding.at.excerpt = "`````@\u{202e}".repeat(200);
        judged.finding.why = Some("*".repeat(5_000));
        judged.finding.against = vec![judged.finding.at.clone(); 4];
        report.findings.push(judged);
    }
    let steps: Vec<Step> = (0..500).map(|number| step(&format!("step-{number}"), false, &"|".repeat(900))).collect();
    let jobs: Vec<Job> = (0..500).map(|number| job(&"|".repeat(900), &format!("{number}"))).collect();
    let (small, summary) = (around(), Around { limit: 1_000_000, rows: 5_000, ..around() });
    for around in [&small, &summary] {
        let case = Case { steps: &steps, jobs: &jobs, ..of_report(&report, around) };
        let page = page::render(&case);
        assert!(page.len() <= around.limit, "{} of {}", page.len(), around.limit);
        assert!(page.contains("Left out here"), "nothing was said");
        assert!(page.contains("2 deny"), "the counts are of all");
        assert!(page.contains("snippet-outdated"), "the worst stays");
        assert_eq!(Marker::of(&page).as_ref(), around.marker.as_ref());
    }
}

/// Hostile text: nothing is a mention, a tag, a comment's end, a table's cell, a fence's end, or reorders what is read.
#[test]
fn hostile_text_stays_text() {
    let hostile = format!("{HOSTILE} --> </details></sub> ![x](https://evil.example) $(touch x) @org/team \u{2066}");
    let mut report = report::full();
    report.subject.notes.push(hostile.clone());
    for rule in &mut report.rules {
        for unproven in &mut rule.unproven {
            unproven.why.clone_from(&hostile);
        }
    }
    let mut around = around();
    around.base = Some((hostile.clone(), "not a commit".to_owned()));
    around.notes = vec![hostile.clone()];
    around.before = Some(State {
        head: hostile.clone(),
        findings: BTreeMap::from([("0".to_owned(), (hostile.clone(), hostile.clone()))]),
        forgot: false,
    });
    let steps = [step(&hostile, false, &hostile)];
    let jobs = [job(&hostile, &hostile)];
    let because = [Reason { code: "x".to_owned(), message: hostile.clone(), remedy: Some(hostile.clone()) }];
    let case = Case { steps: &steps, jobs: &jobs, because: &because, ..of_report(&report, &around) };
    let page = page::render(&case);
    check("comment-hostile.md", &page);
    for forbidden in ["\u{202e}", "\u{200b}", "\u{2066}", "\u{1b}", "\r"] {
        assert!(!page.contains(forbidden), "{forbidden:?} came through");
    }
    // Outside code, where it can be neither mention nor markup, an `@` has its joint.
    for (index, line) in visible(&page).into_iter().enumerate() {
        assert!(!line.contains("@team") && !line.contains("@org"), "line {index} mentions: {line}");
        assert!(!line.contains("![x]("), "line {index} has a picture: {line}");
        assert!(!line.contains("<script"), "line {index}: {line}");
    }
    let opened = page.matches("<details").count();
    assert_eq!(opened, page.lines().filter(|line| *line == "</details>").count());
}

/// The lines of a page without fenced blocks and code spans.
fn visible(page: &str) -> Vec<String> {
    let mut fence: Option<String> = None;
    let mut lines = Vec::new();
    for line in page.lines() {
        let ticks: String = line.chars().take_while(|sign| *sign == '`').collect();
        match &fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => lines.push(without_code(line)),
        }
    }
    lines
}

fn without_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        // An escaped backtick opens nothing.
        if rest[..at].ends_with('\\') {
            out.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            continue;
        }
        out.push_str(&rest[..at]);
        let run: String = rest[at..].chars().take_while(|sign| *sign == '`').collect();
        let inside = &rest[at + run.len()..];
        match closing(inside, run.len()) {
            Some(end) => rest = &inside[end + run.len()..],
            None => rest = inside,
        }
    }
    out + rest
}

/// Where a run of exactly so many backticks begins.
fn closing(text: &str, run: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        let length = text[at + found..].chars().take_while(|sign| *sign == '`').count();
        if length == run {
            return Some(at + found);
        }
        at += found + length;
    }
    None
}

/// An older run of another commit would find its own words there, and leave a newer marker out.
#[test]
fn what_is_said_of_another_commit_is_another_text() {
    let one = around();
    let mut other = around();
    other.links.as_mut().expect("links").commit = BASE.to_owned();
    let gate = |around| {
        page::render(&Case {
            verdict: Verdict::Accepted,
            report: None,
            steps: &[],
            jobs: &[],
            because: &[],
            rests_on: 12,
            around,
        })
    };
    let clean = report::clean();
    assert!(!marker::says_the_same(&gate(&one), &gate(&other)));
    assert!(!marker::says_the_same(&page::render(&of_report(&clean, &one)), &page::render(&of_report(&clean, &other))));
    let later =
        Around { at: "later".to_owned(), marker: Some(Marker { id: "default".to_owned(), run: (500, 1) }), ..around() };
    assert!(marker::says_the_same(&gate(&one), &gate(&later)));
}
