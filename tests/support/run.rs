//! Runs as the renderers get them: accepted, refused, unproven, unfinished, many steps, and hostile everywhere.

use std::collections::BTreeMap;

use cargo_governed::facts::digest::Digest;
use cargo_governed::record::report::ReusedFrom;
use cargo_governed::record::report::RunReport;
use cargo_governed::record::report::Source;
use cargo_governed::record::report::StepReport;
use cargo_governed::render::format::Format;
use cargo_governed::render::human::look::Look;
use cargo_governed::render::run::Shown;
use cargo_governed::render::run::checked::Checked;
use cargo_governed::steps::event::CheckSummary;
use cargo_governed::steps::event::Doubt;
use cargo_governed::steps::event::Kept;
use cargo_governed::steps::event::Lease;
use cargo_governed::steps::event::Machine;
use cargo_governed::steps::event::RunBegan;
use cargo_governed::steps::event::RunPolicy;
use cargo_governed::steps::event::RunSubject;
use cargo_governed::steps::outcome::Confinement;
use cargo_governed::steps::outcome::Evidence;
use cargo_governed::steps::outcome::State;
use cargo_governed::steps::outcome::TestCounts;

use crate::support::report;

fn digest(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

pub(crate) fn doubt(code: &str, message: &str) -> Doubt {
    Doubt { code: code.to_owned(), message: message.to_owned() }
}

/// A passed step that began so many milliseconds after the run.
pub(crate) fn passed(name: &str, from: u64, took: u64) -> StepReport {
    StepReport {
        step: name.to_owned(),
        state: Some(State::Passed),
        source: Some(Source::Executed),
        attempts: 1,
        attempt: 1,
        argv: ["cargo", name, "--workspace", "--locked"].map(str::to_owned).to_vec(),
        exit: Some(0),
        signal: None,
        began: Some(at(from)),
        duration_ms: took,
        cpu_ms: None,
        key: Some(digest(name)),
        stdout: Kept { bytes: 12_345, objects: vec![digest("out")] },
        stderr: Kept { bytes: 812, objects: vec![digest("err")] },
        doubts: Vec::new(),
        notes: Vec::new(),
        reused_from: None,
        joined_from: None,
        isolation: Confinement::Landlock,
        evidence: Evidence::default(),
        outputs: Vec::new(),
    }
}

/// A step without any event.
pub(crate) fn planned(name: &str) -> StepReport {
    StepReport {
        state: None,
        source: None,
        attempts: 0,
        attempt: 0,
        argv: Vec::new(),
        exit: None,
        began: None,
        duration_ms: 0,
        cpu_ms: None,
        key: None,
        stdout: Kept::default(),
        stderr: Kept::default(),
        isolation: Confinement::None,
        ..passed(name, 0, 0)
    }
}

fn reused(name: &str) -> StepReport {
    let from =
        ReusedFrom { run: "20261121T174011Z-2f81".to_owned(), at: "2026-11-21T17:40:12.004Z".to_owned(), line: 118 };
    StepReport {
        source: Some(Source::Reused),
        attempts: 1,
        attempt: 1,
        argv: Vec::new(),
        began: None,
        duration_ms: 0,
        reused_from: Some(from),
        ..passed(name, 0, 0)
    }
}

fn at(milliseconds: u64) -> String {
    format!("2026-11-22T05:{:02}:{:02}.{:03}Z", milliseconds / 60_000, milliseconds / 1_000 % 60, milliseconds % 1_000)
}

fn tests(passed: u64, failed: u64) -> Evidence {
    let tests = TestCounts { executed: passed + failed, passed, failed, ignored: 3, filtered: 0, flaky: 0 };
    Evidence { tests: Some(tests), results: Some(digest("results")), canary_failed: Some(true), ..Evidence::default() }
}

fn needs(pairs: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    pairs
        .iter()
        .map(|(step, needs)| ((*step).to_owned(), needs.iter().map(|need| (*need).to_owned()).collect()))
        .collect()
}

pub(crate) fn checked(report: &cargo_governed::judge::report::Report) -> Checked {
    Checked::read(Format::Json.render(report, Look::plain()).as_bytes()).expect("the report is read back")
}

/// Six steps, two of them reused, nothing wrong.
pub(crate) fn accepted() -> Shown {
    let steps = vec![
        reused("fmt"),
        passed("clippy", 120, 9_400),
        StepReport { evidence: tests(411, 0), ..passed("test", 9_600, 41_250) },
        StepReport { evidence: Evidence { files: Some(318), ..Evidence::default() }, ..passed("doc", 9_700, 17_800) },
        StepReport { evidence: Evidence { files: Some(4), ..Evidence::default() }, ..passed("package", 51_000, 6_900) },
        reused("semver"),
    ];
    let report = RunReport {
        began: RunBegan {
            run: "20261122T050000Z-7c1e".to_owned(),
            version: "0.1.0".to_owned(),
            subject: RunSubject {
                source: "worktree".to_owned(),
                revision: Some("9f2c1ab0d4e5f60718293a4b5c6d7e8f90a1b2c3".to_owned()),
                tree: Some("41d77e00d4e5f60718293a4b5c6d7e8f90a1b2c3".to_owned()),
                dirty: false,
                listing: digest("listing"),
            },
            base: Some("1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e".to_owned()),
            policy: RunPolicy { path: Some("governed.toml".to_owned()), sha256: Some("02fa".repeat(16)) },
            plan: digest("plan"),
            machine: Machine { os: "linux".to_owned(), arch: "x86_64".to_owned(), threads: 8 },
            lease: Lease { boot: "b".to_owned(), pid: 7, started: 9 },
            shard: None,
            chosen_of: None,
            resumes: None,
            joins: Vec::new(),
            quorum: None,
            overridden: None,
            replays: None,
            place: None,
        },
        at: at(0),
        check: Some(CheckSummary {
            verdict: "accepted".to_owned(),
            deny: 0,
            warn: 0,
            note: 0,
            waived: 0,
            new: 0,
            report: digest("report"),
            sarif: None,
        }),
        steps,
        verdict: Some("accepted".to_owned()),
        doubts: Vec::new(),
        because: Vec::new(),
        junit: None,
        duration_ms: Some(58_410),
        certifiable: true,
        last: (164, at(58_410)),
    };
    Shown {
        report,
        tails: BTreeMap::new(),
        ledger: (164, digest("head")),
        exported: None,
        proof: Some("target/governed/proof.intoto.jsonl".to_owned()),
        alive: None,
        needs: needs(&[
            ("test", &["clippy"]),
            ("doc", &["clippy"]),
            ("package", &["test", "doc"]),
            ("semver", &["package"]),
        ]),
        check: Some(checked(&report::clean())),
        declared: Vec::new(),
    }
}

/// A failed step, what needed it, a step that took too long, an override, and rules that refuse.
pub(crate) fn refused() -> Shown {
    let mut shown = accepted();
    let report = &mut shown.report;
    report.steps[2] = StepReport {
        state: Some(State::Failed),
        exit: Some(101),
        attempts: 2,
        evidence: tests(409, 2),
        notes: vec![doubt(
            "variables-withheld",
            "DATABASE_URL and API_TOKEN were withheld; name them in the step's `env`",
        )],
        ..passed("test", 9_600, 41_250)
    };
    report.steps[3] =
        StepReport { state: Some(State::TimedOut), exit: None, signal: Some(9), ..passed("doc", 9_700, 30_000) };
    report.steps[4] = StepReport {
        state: Some(State::NotRun),
        doubts: vec![doubt("need-failed", "test failed, and package needs it")],
        ..planned("package")
    };
    report.verdict = Some("refused".to_owned());
    report.because = vec![
        doubt("check-refused", "the rules refuse the tree"),
        doubt("step-failed", "test exited with 101"),
        doubt("step-timed-out", "doc took longer than it may"),
        doubt("need-failed", "package: test failed, and package needs it"),
    ];
    report.began.overridden = Some("the release of the fix cannot wait".to_owned());
    report.certifiable = false;
    report.began.subject.dirty = true;
    let check = report.check.as_mut().expect("a check");
    (check.verdict, check.deny, check.warn, check.note, check.waived) = ("refused".to_owned(), 2, 17, 2, 1);
    shown.proof = None;
    let tail = "running 411 tests\n\u{1b}[31mtest report::long_names ... FAILED\u{1b}[0m\n\nfailures:\n\n---- report::long_names stdout ----\nthread 'report::long_names' panicked at src/report.rs:88:9:\nassertion `left == right` failed: a name of 80 columns and more is cut, and the cut is shown\n  left: \"abc…\"\n right: \"abc\"\nnote: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n\n\nfailures:\n    report::long_names\n    report::wide\n\ntest result: \u{1b}[31mFAILED\u{1b}[0m. 409 passed; 2 failed; 3 ignored; 0 measured; 0 filtered out\n";
    shown.tails.insert("test".to_owned(), tail.to_owned());
    shown.tails.insert("doc".to_owned(), " Documenting hyper v0.14.2\n".to_owned());
    shown.check = Some(checked(&report::full()));
    shown
}

/// Passed steps that prove nothing, on a tree whose demanded claim could not be judged, on a part of the plan.
pub(crate) fn unproven() -> Shown {
    let mut shown = accepted();
    let report = &mut shown.report;
    report.steps[1].doubts = vec![doubt("inputs-moved", "src/lib.rs changed while the step ran")];
    report.steps[2].evidence = Evidence { tests: Some(TestCounts::default()), ..Evidence::default() };
    report.steps[2].doubts = vec![doubt("tests-none-run", "no test was run")];
    report.steps[5] = StepReport {
        state: Some(State::NotRun),
        doubts: vec![doubt("tool-missing", "cargo-semver-checks is not installed")],
        ..planned("semver")
    };
    report.verdict = Some("unproven".to_owned());
    report.because = vec![
        doubt("check-unproven", "a demanded claim could not be judged"),
        doubt("inputs-moved", "clippy: src/lib.rs changed while the step ran"),
        doubt("tests-none-run", "test: no test was run"),
        doubt("tool-missing", "semver: cargo-semver-checks is not installed"),
    ];
    report.began.base = None;
    report.began.policy = RunPolicy::default();
    report.began.subject.revision = None;
    "unproven".clone_into(&mut report.check.as_mut().expect("a check").verdict);
    shown.proof = None;
    shown.check = Some(checked(&report::unproven()));
    shown
}

/// A run whose engine is gone: one step passed, one was interrupted, one is in flight, the others never began.
pub(crate) fn unfinished() -> Shown {
    let mut shown = accepted();
    let report = &mut shown.report;
    report.steps[2] = StepReport { state: None, source: None, exit: None, duration_ms: 0, ..passed("test", 9_600, 0) };
    report.steps[3] =
        StepReport { state: Some(State::Interrupted), exit: None, signal: Some(15), ..passed("doc", 9_700, 20_000) };
    report.steps[4] = planned("package");
    report.steps[5] = planned("semver");
    (report.verdict, report.duration_ms, report.check) = (None, None, None);
    report.last = (131, at(33_000));
    (shown.proof, shown.check, shown.alive) = (None, None, Some(false));
    shown.ledger.0 = 131;
    shown
}

/// Sixty steps of every kind in a plan of several layers.
pub(crate) fn many() -> Shown {
    let mut shown = refused();
    let report = &mut shown.report;
    let crates = [
        "core",
        "parser",
        "lexer",
        "render-html-and-terminal-output",
        "net",
        "cli",
        "macros",
        "store",
        "index",
        "sync",
    ];
    report.steps.clear();
    shown.needs.clear();
    let mut from = 100;
    for (stage, kind) in
        ["build", "clippy", "test", "doc", "test-no-default-features", "package"].into_iter().enumerate()
    {
        for (index, name) in crates.into_iter().enumerate() {
            let step = format!("{kind}-{name}");
            let mut made = passed(&step, from, 300 + 370 * ((index * 7 + stage * 3) % 11) as u64);
            match (index * 5 + stage * 7) % 17 {
                0 | 6 => made = reused(&step),
                9 => made.doubts = vec![doubt("inputs-moved", "src/lib.rs changed while the step ran")],
                12 if stage == 2 => (made.state, made.exit) = (Some(State::Failed), Some(101)),
                13 if stage > 3 => {
                    made = StepReport {
                        state: Some(State::NotRun),
                        doubts: vec![doubt("need-failed", "a need failed")],
                        ..planned(&step)
                    }
                }
                _ => {}
            }
            from += 350;
            report.steps.push(made);
            let mut wanted = match stage {
                0 if index > 0 => vec![format!("build-{}", crates[(index - 1) / 3])],
                0 => Vec::new(),
                5 => vec![format!("test-{name}"), format!("doc-{name}")],
                _ => vec![format!("build-{name}")],
            };
            if stage == 5 && index > 0 {
                wanted.push("package-core".to_owned());
            }
            shown.needs.insert(step, wanted);
        }
    }
    (report.duration_ms, report.last) = (Some(from + 3_000), (900, at(from + 3_000)));
    let tail = shown.tails.remove("test").unwrap_or_default();
    shown.tails.clear();
    shown.tails = report
        .steps
        .iter()
        .filter(|step| step.state == Some(State::Failed))
        .map(|step| (step.step.clone(), tail.clone()))
        .collect();
    shown
}

/// All samples with their names.
pub(crate) fn samples() -> [(&'static str, Shown); 5] {
    [
        ("accepted", accepted()),
        ("refused", refused()),
        ("unproven", unproven()),
        ("unfinished", unfinished()),
        ("many", many()),
    ]
}

/// A run in which every text that the repository or a step decides is the one that is given.
pub(crate) fn hostile(text: &str) -> Shown {
    let mut shown = refused();
    let own = || text.to_owned();
    let report = &mut shown.report;
    let began = &mut report.began;
    (began.run, began.version) = (own(), own());
    (began.subject.source, began.subject.revision, began.subject.tree) = (own(), Some(own()), Some(own()));
    (began.base, began.resumes, began.overridden) = (Some(own()), Some(own()), Some(own()));
    began.policy = RunPolicy { path: Some(own()), sha256: Some(own()) };
    (began.machine.os, began.machine.arch) = (own(), own());
    (report.at, report.last.1) = (own(), own());
    report.because = vec![doubt(text, text)];
    for (index, step) in report.steps.iter_mut().enumerate() {
        step.step = format!("{index}{text}");
        step.argv = vec![own(), own()];
        step.began = step.began.as_ref().map(|_| own());
        step.doubts = vec![doubt(text, text)];
        step.notes = vec![doubt(text, text)];
        step.reused_from = Some(ReusedFrom { run: own(), at: own(), line: 1 });
    }
    report.check.as_mut().expect("a check").verdict = own();
    report.verdict = Some(own());
    let names: Vec<String> = report.steps.iter().map(|step| step.step.clone()).collect();
    shown.tails = names.iter().map(|name| (name.clone(), own())).collect();
    shown.needs = names.windows(2).map(|pair| (pair[1].clone(), vec![pair[0].clone(), own()])).collect();
    shown.proof = Some(own());
    let checked = shown.check.as_mut().expect("claims");
    for claim in &mut checked.rules {
        (claim.rule, claim.claim, claim.standing) = (own(), own(), own());
        claim.unproven.iter_mut().for_each(|unproven| unproven.why = own());
    }
    for found in &mut checked.findings {
        (found.rule, found.level, found.message, found.why) = (own(), own(), own(), Some(own()));
        for spot in std::iter::once(&mut found.at).chain(&mut found.against) {
            (spot.path, spot.excerpt, spot.label) = (own(), own(), own());
        }
        found.fix.iter_mut().for_each(|fix| fix.title = own());
        found.waiver.iter_mut().for_each(|waiver| (waiver.reason, waiver.until) = (own(), Some(own())));
    }
    shown
}
