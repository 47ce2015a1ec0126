//! A campaign of `check --fix` over copies of real repositories, at their head and back through their history:
//! `GOVERNED_REPOSITORIES=FOLDER:FOLDER cargo test --release --test fix_campaign -- --ignored --nocapture`
//!
//! Each folder holds checkouts; they are cloned into a scratch folder, the originals are only read. Without the variable
//! this repository itself is taken. `GOVERNED_REVISIONS` says how many revisions of each are tried (6).

mod support;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use cargo_governed::commands::check::Options;
use cargo_governed::commands::check::check;
use cargo_governed::judge::fixes;
use cargo_governed::judge::report::Judged;
use cargo_governed::judge::report::Report;
use support::checkout::Scratch;
use support::checkout::git_in;

fn repositories() -> Vec<PathBuf> {
    let Ok(folders) = std::env::var("GOVERNED_REPOSITORIES") else {
        return vec![PathBuf::from(env!("CARGO_MANIFEST_DIR"))];
    };
    let entries = folders.split(':').flat_map(|folder| std::fs::read_dir(folder).expect("a folder of checkouts"));
    let paths = entries.map(|entry| entry.expect("a readable entry").path());
    let mut found: Vec<PathBuf> = paths.filter(|path| path.join(".git").exists()).collect();
    found.sort();
    found
}

fn cloned(repository: &Path) -> Scratch {
    let clone = Scratch::new();
    let from = repository.canonicalize().expect("a checkout");
    git_in(clone.path(), &["clone", "-q", "--local", "--no-checkout", &from.to_string_lossy(), "."]);
    clone
}

/// Checks a revision out; false where the original does not hold all of its blobs.
fn checked_out(clone: &Scratch, revision: &str) -> bool {
    let mut command = Command::new("git");
    command.args(["checkout", "-q", "--force", "--detach", revision]).current_dir(clone.path());
    // What a revision that failed before has left would be in the way.
    clone.git(&["clean", "-qfdx"]);
    command.output().expect("git can be run").status.success()
}

/// Commits from the head back to the first one, at equal distances.
fn revisions(clone: &Scratch) -> Vec<String> {
    let wanted: usize = std::env::var("GOVERNED_REVISIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(6);
    let all = clone.git(&["rev-list", "--first-parent", "HEAD"]);
    let all: Vec<&str> = all.lines().collect();
    let step = all.len().div_ceil(wanted.max(1)).max(1);
    all.into_iter().step_by(step).map(str::to_owned).collect()
}

/// What a revision came to: fixes written and left, lines that git counts as changed.
#[derive(Default)]
struct Tally {
    trees: usize,
    written: usize,
    left: usize,
    lines: usize,
}

fn sweep(clone: &Scratch, faults: &mut Vec<String>) -> Tally {
    let options = Options::in_folder(clone.path());
    let before = check(&options).unwrap_or_else(|error| panic!("{error}")).report;
    let texts = expected(clone, &before);
    let fixed = check(&Options { fix: true, ..options.clone() }).unwrap_or_else(|error| panic!("{error}"));
    let mut tally = Tally { written: fixed.written.len(), left: fixed.left.len(), ..Tally::default() };
    let changed = clone.git(&["diff", "--name-only", "-z", "--no-renames"]);
    let changed: BTreeSet<&str> = changed.split('\0').filter(|path| !path.is_empty()).collect();
    for path in changed.iter().filter(|path| !texts.contains_key(**path)) {
        faults.push(format!("{path} was changed, and no fix names it"));
    }
    for (path, text) in &texts {
        if changed.contains(path.as_str()) && std::fs::read(clone.at(path)).ok().as_deref() != Some(text.as_bytes()) {
            faults.push(format!("{path} holds other bytes than its edits make"));
        }
    }
    let untracked = clone.git(&["ls-files", "--others", "--exclude-standard"]);
    if !untracked.is_empty() {
        faults.push(format!("left behind: {untracked}"));
    }
    compare(&before, &fixed.report, &fixed.written, faults);
    for line in clone.git(&["diff", "--numstat"]).lines() {
        tally.lines += line.split('\t').take(2).filter_map(|number| number.parse::<usize>().ok()).sum::<usize>();
    }
    let edits = fixes::plan(&before.findings).files.values().map(BTreeMap::len).sum::<usize>();
    if tally.lines > 2 * edits.max(tally.written) {
        faults.push(format!("{edits} edits change {} lines", tally.lines));
    }
    let again = check(&Options { fix: true, allow_dirty: true, ..options }).unwrap_or_else(|error| panic!("{error}"));
    if again.written.len() > fixed.left.len() {
        faults.push(format!("a second time writes {:?}", again.written));
    }
    tally
}

/// The text of each file that has a fix, as its edits make it.
fn expected(clone: &Scratch, report: &Report) -> BTreeMap<String, String> {
    let texts = fixes::plan(&report.findings).files.into_iter().map(|(path, edits)| {
        let text = String::from_utf8(std::fs::read(clone.at(&path)).expect("a readable file")).expect("UTF-8");
        let text = fixes::applied(&text, &edits).expect("edits that can be applied");
        (path, text)
    });
    texts.collect()
}

/// What was fixed is gone, nothing else is new.
fn compare(before: &Report, after: &Report, written: &[String], faults: &mut Vec<String>) {
    let shown = |judged: &Judged| {
        let at = &judged.finding.at;
        format!("{}:{} {} {}", at.path, at.line, judged.rule, judged.finding.message)
    };
    let prints = |report: &Report| -> BTreeSet<String> {
        report.findings.iter().map(|judged| judged.fingerprint.clone()).collect()
    };
    let (old, new) = (prints(before), prints(after));
    for judged in before.findings.iter().filter(|judged| judged.new && judged.waiver.is_none()) {
        let Some(fix) = &judged.finding.fix else { continue };
        let line = format!("{}:{}: {}", judged.finding.at.path, judged.finding.at.line, fix.title);
        if written.contains(&line) && new.contains(&judged.fingerprint) {
            faults.push(format!("fixed and still there: {}", shown(judged)));
        }
    }
    for judged in after.findings.iter().filter(|judged| !old.contains(&judged.fingerprint)) {
        faults.push(format!("new after the fixes: {}", shown(judged)));
    }
}

#[expect(clippy::print_stdout, reason = "a campaign reports on stdout")]
fn report(line: &str) {
    println!("{line}");
}

#[test]
#[ignore = "heavy: checks copies of real repositories at many revisions"]
fn fixes_mend_what_they_say_and_touch_nothing_else() {
    let repositories = repositories();
    assert!(!repositories.is_empty(), "GOVERNED_REPOSITORIES names folders of checkouts");
    let (mut all, mut total) = (Vec::new(), Tally::default());
    for repository in &repositories {
        let clone = cloned(repository);
        let name = Path::new(repository).file_name().unwrap_or_default().to_string_lossy().into_owned();
        for revision in revisions(&clone) {
            if !checked_out(&clone, &revision) {
                report(&format!("{name} {} not whole", &revision[..10]));
                continue;
            }
            clone.git(&["clean", "-qfdx"]);
            total.trees += 1;
            let mut faults = Vec::new();
            let tally = sweep(&clone, &mut faults);
            report(&format!(
                "{name} {} written {} left {} lines {} faults {}",
                &revision[..10],
                tally.written,
                tally.left,
                tally.lines,
                faults.len()
            ));
            total.written += tally.written;
            total.left += tally.left;
            total.lines += tally.lines;
            all.extend(faults.into_iter().map(|fault| format!("{name} {}: {fault}", &revision[..10])));
        }
    }
    report(&format!(
        "{} trees: {} fixes written, {} left, {} lines changed",
        total.trees, total.written, total.left, total.lines
    ));
    assert!(total.trees >= repositories.len(), "{} trees of {} repositories", total.trees, repositories.len());
    assert!(all.is_empty(), "{}", all.join("\n"));
}
