//! Heavy campaigns, run by hand before a release: `cargo test --release --test campaigns -- --ignored --nocapture`.
//!
//! `GOVERNED_SOURCES` names folders (separated by `:`) of package sources; without it the sources that cargo has
//! unpacked on this machine are taken.

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use std::time::Instant;

use cargo_governed::commands::check::Options;
use cargo_governed::commands::check::check;
use cargo_governed::facts::kind::Kind;
use cargo_governed::facts::parse::parse;

/// The longest that one package may take, even unoptimised on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn packages() -> Vec<PathBuf> {
    let roots: Vec<PathBuf> = if let Ok(folders) = std::env::var("GOVERNED_SOURCES") {
        folders.split(':').map(PathBuf::from).collect()
    } else {
        let home = std::env::var("HOME").unwrap_or_default();
        let home = std::env::var("CARGO_HOME").unwrap_or_else(|_| format!("{home}/.cargo"));
        folders(&Path::new(&home).join("registry/src"))
    };
    let mut packages: Vec<PathBuf> = roots.iter().flat_map(|root| folders(root)).collect();
    packages.sort();
    packages
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

#[expect(clippy::print_stdout, reason = "a campaign reports on stdout")]
fn report(line: &str) {
    println!("{line}");
}

#[test]
#[ignore = "heavy: every package source of the machine"]
fn package_sources_give_no_panic_and_no_hang() {
    let packages = packages();
    assert!(
        packages.len() >= 500,
        "only {} package sources: set GOVERNED_SOURCES, or `cargo fetch` a large lock file",
        packages.len()
    );
    let mut slowest = (Duration::ZERO, PathBuf::new());
    let mut findings = 0;
    for package in &packages {
        let begin = Instant::now();
        let options = Options::in_folder(package);
        let checked = std::panic::catch_unwind(AssertUnwindSafe(|| check(&options)));
        let checked = checked.unwrap_or_else(|_| panic!("a panic in {}", package.display()));
        findings += checked.unwrap_or_else(|error| panic!("{}: {error}", package.display())).report.findings.len();
        let took = begin.elapsed();
        assert!(took < PATIENCE, "{} took {took:?}", package.display());
        slowest = slowest.max((took, package.clone()));
    }
    report(&format!(
        "{} packages, {findings} findings, slowest {:?} {}",
        packages.len(),
        slowest.0,
        slowest.1.display()
    ));
}

/// A small generator of the same numbers on every machine (`SplitMix64`).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).expect("below a usize")
    }
}

/// Cuts, doubles, swaps and overwrites pieces of a text.
fn mutated(bytes: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=numbers.below(6) {
        let from = numbers.below(bytes.len() + 1);
        let to = (from + numbers.below(80)).min(bytes.len());
        match numbers.below(5) {
            0 => drop(bytes.drain(from..to)),
            1 => bytes.extend_from_within(from..to),
            2 => bytes.splice(from..from, *b"[[\"{`<!--").for_each(drop),
            3 => bytes[from..to].reverse(),
            _ => bytes[from..to].iter_mut().for_each(|byte| *byte ^= 0x20),
        }
    }
    bytes
}

#[test]
#[ignore = "heavy: mutated copies of real files"]
fn mutated_files_give_no_panic_and_no_hang() {
    let mut numbers = Numbers(1);
    let mut count = 0;
    let mut walk: Vec<PathBuf> = packages();
    walk.push(PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    while let Some(folder) = walk.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let relative = path.to_string_lossy().replace('\\', "/");
            let relative = relative.find("/.github/").map_or(relative.as_str(), |at| &relative[at + 1..]);
            let kind = Kind::of(relative);
            if path.is_dir() && !path.ends_with("target") && !path.ends_with(".git") {
                walk.push(path);
            } else if matches!(
                kind,
                Kind::Manifest | Kind::Lockfile | Kind::Changelog | Kind::Markdown | Kind::Workflow | Kind::Rust
            ) {
                let bytes = std::fs::read(&path).unwrap_or_default();
                let begin = Instant::now();
                let copy = mutated(&bytes, &mut numbers);
                let parsed = std::panic::catch_unwind(AssertUnwindSafe(|| parse(kind, copy)));
                assert!(parsed.is_ok(), "a panic in a copy of {}", path.display());
                assert!(begin.elapsed() < PATIENCE, "{} took {:?}", path.display(), begin.elapsed());
                count += 1;
            }
        }
    }
    assert!(count >= 1000, "only {count} files were mutated");
    report(&format!("{count} mutated files"));
}
