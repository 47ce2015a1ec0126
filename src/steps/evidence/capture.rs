//! A step's output, read while it comes: fed by chunks of both streams, in bounded memory.

use std::collections::BTreeSet;

use crate::steps::event::Stream;
use crate::steps::evidence::block::Block;
use crate::steps::evidence::cargo_lines::CargoSeen;
use crate::steps::evidence::header;
use crate::steps::evidence::header::Header;
use crate::steps::evidence::libtest::Libtest;
use crate::steps::evidence::line::Lines;
use crate::steps::evidence::nextest;
use crate::steps::evidence::nextest::Nextest;
use crate::steps::evidence::nextest::Run;
use crate::steps::evidence::report::Naming;
use crate::steps::evidence::report::Suite;
use crate::steps::evidence::report::TestReport;
use crate::steps::evidence::report::add;
use crate::steps::evidence::report::count;
use crate::steps::outcome::TestResult;

/// The most suites that cargo may announce.
const MOST_HEADERS: usize = 50_000;

/// Reads both streams of a step.
#[derive(Clone, Debug, Default)]
pub struct Capture {
    out: Reading,
    err: Reading,
    headers: Vec<Header>,
    cargo: CargoSeen,
    silent: Option<Vec<String>>,
}

#[derive(Clone, Debug, Default)]
struct Reading {
    lines: Lines,
    libtest: Libtest,
    nextest: Nextest,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captured {
    /// The tests; none where nothing looked like tests.
    pub tests: Option<TestReport>,
    /// The ids of nextest's runs.
    pub run_ids: Vec<String>,
    /// How many suites cargo started.
    pub suites_started: usize,
    /// How many of them told nothing.
    pub suites_silent: usize,
    /// What was seen of cargo.
    pub cargo: CargoSeen,
}

impl Capture {
    /// A reader that knows which suites have a harness of their own and tell nothing: `tests/ui.rs`.
    pub fn with_silent(silent: Vec<String>) -> Self {
        Self { silent: Some(silent), ..Self::default() }
    }

    /// Takes a chunk of a stream, cut anywhere.
    pub fn feed(&mut self, stream: Stream, bytes: &[u8]) {
        let Self { out, err, headers, cargo, .. } = self;
        let reading = match stream {
            Stream::Out => out,
            Stream::Err => err,
        };
        let Reading { lines, libtest, nextest } = reading;
        lines.feed(bytes, |line| take(line, libtest, nextest, headers, cargo));
    }

    /// What both streams came to.
    pub fn finish(mut self) -> Captured {
        let Self { out, err, headers, cargo, .. } = &mut self;
        for reading in [out, err] {
            let Reading { lines, libtest, nextest } = reading;
            std::mem::take(lines).finish(|line| take(line, libtest, nextest, headers, cargo));
        }
        let overflown = self.out.nextest.overflown || self.err.nextest.overflown;
        let mut runs = self.out.nextest.finish();
        runs.extend(self.err.nextest.finish());
        let (mut blocks, out_full) = self.out.libtest.finish();
        let (err_blocks, err_full) = self.err.libtest.finish();
        blocks.extend(err_blocks);
        let mut unread = Vec::new();
        if overflown || out_full || err_full {
            unread.push("more tests than are kept by name".to_owned());
        }
        if !runs.is_empty() && blocks.len() > self.headers.len() {
            // Nextest starts a binary for each test, and with `--no-capture` each tells of itself.
            if !self.headers.is_empty() {
                unread.push("nextest and cargo test wrote into one stream, and cannot be told apart".to_owned());
            }
            blocks.clear();
        }
        let tests = report(&self.headers, blocks, &runs, self.silent.as_deref(), unread);
        Captured {
            run_ids: runs.iter().filter_map(|run| run.id.clone()).collect(),
            suites_started: self.headers.len(),
            suites_silent: self.headers.len().saturating_sub(telling(tests.as_ref(), &runs)),
            cargo: self.cargo,
            tests,
        }
    }
}

/// How many of the suites that cargo started told something.
fn telling(tests: Option<&TestReport>, runs: &[Run]) -> usize {
    let nextest: BTreeSet<&str> = runs.iter().flat_map(|run| run.results().map(|(suite, _, _)| suite)).collect();
    tests.map_or(0, |report| report.suites.iter().filter(|suite| !nextest.contains(suite.name.as_str())).count())
}

fn take(line: &str, libtest: &mut Libtest, nextest: &mut Nextest, headers: &mut Vec<Header>, cargo: &mut CargoSeen) {
    cargo.line(line);
    libtest.line(line);
    nextest.line(line);
    if headers.len() < MOST_HEADERS {
        headers.extend(header::header(line));
    }
}

fn report(
    headers: &[Header],
    blocks: Vec<Block>,
    runs: &[Run],
    silent: Option<&[String]>,
    unread: Vec<String>,
) -> Option<TestReport> {
    if blocks.is_empty() && runs.is_empty() && unread.is_empty() {
        return None;
    }
    let mut report = TestReport { unread, ..TestReport::default() };
    let names = header::names(headers, &blocks, silent);
    for (block, name) in blocks.into_iter().zip(names) {
        add_block(&mut report, block, &name);
    }
    for run in runs {
        add_run(&mut report, run);
    }
    add(&mut report.counts, &nextest::counts(runs));
    report.settle();
    Some(report)
}

fn add_block(report: &mut TestReport, block: Block, name: &str) {
    let counts = block.counts();
    add(&mut report.counts, &counts);
    if !block.is_named() {
        report.naming = Naming::Partial;
    }
    if block.end.is_none() {
        report.cut_short.push(name.to_owned());
    }
    match report.suites.last_mut().filter(|suite| suite.name == name) {
        Some(suite) => add(&mut suite.counts, &counts),
        None => report.suites.push(Suite { name: name.to_owned(), counts }),
    }
    let results = block.results.into_iter();
    report.results.extend(results.map(|(test, state)| TestResult { suite: name.to_owned(), name: test, state }));
}

fn add_run(report: &mut TestReport, run: &Run) {
    if !run.is_named() {
        report.naming = Naming::Partial;
    }
    match run.summary {
        None => report.cut_short.push("nextest".to_owned()),
        Some(summary) => {
            if let Some(planned) = summary.planned.filter(|planned| *planned != summary.counts.executed) {
                report.cut_short.push(format!("nextest ({} of {planned} tests)", summary.counts.executed));
            }
        }
    }
    for (suite, name, state) in run.results() {
        let counts = count(std::iter::once(state));
        match report.suites.last_mut().filter(|last| last.name == suite) {
            Some(last) => add(&mut last.counts, &counts),
            None => report.suites.push(Suite { name: suite.to_owned(), counts }),
        }
        report.results.push(TestResult { suite: suite.to_owned(), name: name.to_owned(), state });
    }
}
