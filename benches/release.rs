//! What plans and notes of releases cost beside git, in processor time. One command, any checkout that was released:
//!
//! ```sh
//! cargo bench --bench release -- [--runs N] CHECKOUT...
//! ```
//!
//! For each checkout, as medians of paired runs: `release plan` without the comparison of the API; the notes of every
//! release from the commits alone against `git log --name-only`, which reads the same history; the notes since the last
//! release; and the peak memory of each. `--plan REV` asks for the plan as it would have been at a revision, where the
//! checkout itself is older than its newest tag.
//!
//! Needs GNU time (`/usr/bin/time`): the processor time of children can't be asked without unsafe code.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::time::Instant;

const BINARY: &str = env!("CARGO_BIN_EXE_cargo-governed");
/// What GNU time prints: processor time in user and kernel mode, peak memory in KiB.
const FORMAT: &str = "%U %S %M";

fn main() {
    let (mut runs, mut revision, mut checkouts) = (9, None, Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bench" => {}
            "--runs" => runs = arguments.next().and_then(|count| count.parse().ok()).expect("--runs takes a number"),
            "--plan" => revision = arguments.next(),
            path => checkouts.push(PathBuf::from(path)),
        }
    }
    if checkouts.is_empty() {
        checkouts.push(PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    }
    for checkout in checkouts {
        compare(&checkout, runs, revision.as_deref());
    }
}

#[expect(clippy::print_stdout, reason = "a bench reports on stdout")]
fn report(line: &str) {
    println!("{line}");
}

/// What one run of a command took.
#[derive(Clone, Copy, Debug)]
struct Cost {
    /// Seconds of the processor.
    cpu: f64,
    /// Seconds on the clock.
    wall: f64,
    /// The most memory, in MiB.
    peak: f64,
}

fn compare(checkout: &Path, runs: usize, revision: Option<&str>) {
    let ours = |arguments: &[&str]| cost(checkout, BINARY, arguments, &[0, 1, 3]);
    let mut plan = vec!["release", "plan", "--no-api", "--format", "json"];
    plan.extend(revision.iter().flat_map(|revision| ["--rev", revision]));
    let (mut plans, mut logs, mut all, mut last) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    // One round to warm the page cache, then all in turn, so that a slower moment hits all of them.
    for round in 0..=runs {
        let log = cost(checkout, "git", &["log", "--name-only"], &[0]);
        // Notes of a version that is not there end with 2, and so do those of nothing.
        let notes = cost(checkout, BINARY, &["release", "notes", "--all", "--from-commits"], &[0]);
        let since = cost(checkout, BINARY, &["release", "notes"], &[0, 2]);
        let plan = ours(&plan);
        if round > 0 {
            plans.push(plan);
            logs.push(log);
            all.push(notes);
            last.push(since);
        }
    }
    report(&format!("{} ({runs} paired runs)", checkout.display()));
    line("release plan --no-api", &plans);
    line("git log --name-only", &logs);
    line("release notes --all --from-commits", &all);
    let mut ratios: Vec<f64> = all.iter().zip(&logs).map(|(notes, log)| notes.cpu / log.cpu.max(0.01)).collect();
    report(&format!("    notes / git log: {:.2} times the processor time", median(&mut ratios)));
    line("release notes (since the last release)", &last);
}

fn line(what: &str, costs: &[Cost]) {
    let of = |select: fn(&Cost) -> f64| median(&mut costs.iter().map(select).collect::<Vec<_>>());
    let (cpu, wall, peak) = (of(|one| one.cpu), of(|one| one.wall), of(|one| one.peak));
    report(&format!("  {what:40} {cpu:6.2} s CPU {:8.0} ms wall {peak:7.1} MiB", wall * 1000.0));
}

fn cost(checkout: &Path, program: &str, arguments: &[&str], codes: &[i32]) -> Cost {
    let mut command = Command::new("/usr/bin/time");
    command.args(["-f", FORMAT, program]).args(arguments).current_dir(checkout);
    let begin = Instant::now();
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).output().expect("GNU time is at /usr/bin/time");
    // GNU time counts hundredths of a second: its own start is less than that.
    let wall = begin.elapsed().as_secs_f64();
    let code = output.status.code().unwrap_or(-1);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(codes.contains(&code), "{program} {arguments:?} ended with {code} in {}: {told}", checkout.display());
    let figures = told.lines().last().unwrap_or_default();
    let figures: Vec<f64> = figures.split(' ').filter_map(|figure| figure.parse().ok()).collect();
    let [user, system, peak] = figures.as_slice() else { panic!("no figures: {told}") };
    Cost { cpu: user + system, wall, peak: peak / 1024.0 }
}

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
