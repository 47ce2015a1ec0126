//! Compares `check` with what it can't go below. One command, any checkout; prints ratios of paired runs:
//!
//! ```sh
//! cargo bench --bench check -- [--runs N] CHECKOUT...
//! ```
//!
//! For each checkout: `check` against the floor (`git status --porcelain -uall`, then a plain read of the same files),
//! `check` against `cargo metadata --no-deps --offline`, its peak memory (Linux), and the CPU time of `--help`.
//!
//! What history costs is told apart: this program runs itself twice more in each round, checking through the library once
//! with the history behind the tree and once without ([`Reach`]). The difference of the two is the share of history
//! (tags, ancestors, texts of other commits, and the work of the rules on them); `tree / floor` is `check` less that share.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use cargo_governed::commands::check;
use cargo_governed::commands::check::Options;
use cargo_governed::commands::check::Reach;
use cargo_governed::render::format::Format;
use cargo_governed::render::human::look::Look;

const BINARY: &str = env!("CARGO_BIN_EXE_cargo-governed");

fn main() {
    let mut runs = 15;
    let mut checkouts = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--bench" => {}
            "--alone" => return once(Reach::TreeAlone),
            "--with-history" => return once(Reach::History),
            "--runs" => runs = arguments.next().and_then(|count| count.parse().ok()).expect("--runs takes a number"),
            path => checkouts.push(PathBuf::from(path)),
        }
    }
    if checkouts.is_empty() {
        checkouts.push(PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    }
    report(&format!("--help: median {:.1} ms of wall time", milliseconds(median((0..runs).map(|_| help()).collect()))));
    for checkout in checkouts {
        compare(&checkout, runs);
    }
}

#[expect(clippy::print_stdout, reason = "a bench reports on stdout")]
fn report(line: &str) {
    println!("{line}");
}

fn compare(checkout: &Path, runs: usize) {
    let files = listed(checkout);
    let mut checks = Vec::new();
    let mut floors = Vec::new();
    let mut metadata = Vec::new();
    let mut histories = Vec::new();
    // One round to warm the page cache, then the three in turn, so that a slower moment hits all of them.
    for round in 0..=runs {
        let times = (check(checkout), floor(checkout, &files), cargo_metadata(checkout));
        let history = ours("--with-history", checkout).saturating_sub(ours("--alone", checkout));
        if round > 0 {
            histories.push(history);
            checks.push(times.0);
            floors.push(times.1);
            metadata.extend(times.2);
        }
    }
    let to_floor = median_ratio(&checks, &floors);
    let alone: Vec<Duration> = checks.iter().zip(&histories).map(|(check, own)| check.saturating_sub(*own)).collect();
    let tree_to_floor = median_ratio(&alone, &floors);
    report(&format!("{} ({} files, {runs} paired runs)", checkout.display(), files.len()));
    report(&format!("  check               median {:8.1} ms", milliseconds(median(checks.clone()))));
    report(&format!(
        "  floor               median {:8.1} ms   check / floor    {to_floor:.2}",
        milliseconds(median(floors))
    ));
    report(&format!(
        "  history             median {:8.1} ms   tree / floor     {tree_to_floor:.2}",
        milliseconds(median(histories))
    ));
    if metadata.len() == checks.len() {
        let ratio = median_ratio(&checks, &metadata);
        report(&format!(
            "  cargo metadata      median {:8.1} ms   check / metadata {ratio:.2}",
            milliseconds(median(metadata))
        ));
    } else {
        report("  cargo metadata      could not run here");
    }
    match peak_memory(checkout) {
        Some(mebibytes) => report(&format!("  peak memory         {mebibytes:8.1} MiB")),
        None => report("  peak memory         not measured: /usr/bin/time -v is missing"),
    }
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}

fn timed(act: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    act();
    begin.elapsed()
}

fn check(checkout: &Path) -> Duration {
    timed(|| {
        let code = quiet(Command::new(BINARY).args(["check", "--format", "json"]).current_dir(checkout)).status();
        let code = code.expect("the binary runs").code();
        assert!(matches!(code, Some(0 | 1 | 3)), "check ended with {code:?} in {}", checkout.display());
    })
}

/// Checks the current folder through the library, as the binary does.
fn once(reach: Reach) {
    let checked = check::check(&Options { reach, ..Options::in_folder(".") }).expect("the folder can be checked");
    report(&Format::Json.render(&checked.report, Look::plain()));
}

fn ours(reach: &str, checkout: &Path) -> Duration {
    let own = std::env::current_exe().expect("this program has a path");
    timed(|| assert!(quiet(Command::new(own).arg(reach).current_dir(checkout)).status().expect("it runs").success()))
}

fn help() -> Duration {
    timed(|| assert!(quiet(Command::new(BINARY).arg("--help")).status().expect("the binary runs").success()))
}

/// `git status`, then every listed file read once.
fn floor(checkout: &Path, files: &[PathBuf]) -> Duration {
    timed(|| {
        let status = quiet(Command::new("git").args(["status", "--porcelain", "-uall"]).current_dir(checkout)).status();
        assert!(status.expect("git runs").success());
        let bytes: usize = files.iter().map(|file| std::fs::read(file).map_or(0, |bytes| bytes.len())).sum();
        assert!(bytes > 0, "nothing was read");
    })
}

fn cargo_metadata(checkout: &Path) -> Option<Duration> {
    let mut command = Command::new("cargo");
    command.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(checkout);
    let begin = Instant::now();
    quiet(&mut command).status().ok()?.success().then(|| begin.elapsed())
}

/// The regular files that git lists.
fn listed(checkout: &Path) -> Vec<PathBuf> {
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(checkout).output().expect("git runs");
    let names = String::from_utf8_lossy(&output.stdout).into_owned();
    let paths = names.split('\0').filter(|name| !name.is_empty()).map(|name| checkout.join(name));
    paths.filter(|path| std::fs::symlink_metadata(path).is_ok_and(|data| data.is_file())).collect()
}

fn peak_memory(checkout: &Path) -> Option<f64> {
    let mut command = Command::new("/usr/bin/time");
    let output = command.args(["-v", BINARY, "check", "--format", "json"]).current_dir(checkout).output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = text.lines().find(|line| line.contains("Maximum resident set size"))?;
    let kibibytes: f64 = line.rsplit(' ').next()?.parse().ok()?;
    Some(kibibytes / 1024.0)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn median_ratio(one: &[Duration], other: &[Duration]) -> f64 {
    let mut ratios: Vec<f64> =
        one.iter().zip(other).map(|(one, other)| one.as_secs_f64() / other.as_secs_f64()).collect();
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
