//! `check` as a whole: the same answer however the tree is read, what a base inherits, and what `--fix` writes.

mod support;

use cargo_governed::commands::check::Checked;
use cargo_governed::commands::check::Options;
use cargo_governed::commands::check::Reach;
use cargo_governed::commands::check::check;
use cargo_governed::judge::report::Report;
use cargo_governed::judge::report::Source;
use cargo_governed::judge::report::Standing;
use cargo_governed::judge::report::Verdict;
use support::checkout::Scratch;

const ROOT: &str = "[workspace]\nmembers = [\"one\", \"two\"]\n";
const ONE: &str = "[package]\nname = \"one\"\nversion = \"0.2.0\"\nedition = \"2024\"\n";
const TWO: &str = "[package]\r\nname = \"two\" # é\r\nversion = \"0.1.0\"\r\nedition = \"2024\"\r\n\r\n[dependencies]\r\none = { path = \"../one\", version = \"0.1\" }\r\n";

/// A workspace in which `two` wants an older `one` than there is.
fn workspace() -> Scratch {
    Scratch::committed(&[
        (".gitignore", "/target\n"),
        ("Cargo.toml", ROOT),
        ("one/Cargo.toml", ONE),
        ("one/src/lib.rs", ""),
        ("two/Cargo.toml", TWO),
        ("two/src/lib.rs", ""),
    ])
}

fn options(scratch: &Scratch) -> Options {
    Options::in_folder(scratch.path())
}

fn checked(options: &Options) -> Checked {
    check(options).unwrap_or_else(|error| panic!("{error}"))
}

/// Everything that must be the same: the findings, the standings, the verdict.
fn answer(report: &Report) -> String {
    format!("{:#?}\n{:#?}\n{:?}", report.findings, report.rules, report.verdict)
}

#[test]
fn a_clean_work_tree_and_its_commit_give_the_same_answer() {
    let scratch = workspace();
    let today = Some(jiff::civil::date(2024, 5, 6));
    let work = checked(&Options { today, ..options(&scratch) }).report;
    let head = checked(&Options { rev: Some("HEAD".to_owned()), ..options(&scratch) }).report;
    assert!(!work.findings.is_empty());
    assert_eq!(answer(&work), answer(&head));
    assert_eq!((work.subject.revision.clone(), work.subject.tree.clone()), (head.subject.revision, head.subject.tree));
    assert_eq!((work.subject.source, head.subject.source), (Source::Worktree, Source::Revision));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let scratch = workspace();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        answer(&pool.install(|| checked(&options(&scratch))).report)
    };
    assert_eq!(with(1), with(4));
}

#[test]
fn a_plain_copy_without_git_has_the_findings_that_need_no_history() {
    let scratch = workspace();
    std::fs::remove_dir_all(scratch.at(".git")).unwrap();
    let report = checked(&options(&scratch)).report;
    assert_eq!(report.subject.source, Source::Folder);
    assert!(report.findings.iter().any(|judged| judged.rule == "path-dependency-mismatch"));
}

#[test]
fn the_tree_alone_answers_as_if_there_were_no_history() {
    let scratch = workspace();
    scratch.git(&["tag", "one-v0.3.0"]);
    let of = |rule: &str, report: &Report| report.rules.iter().find(|own| own.rule == rule).unwrap().looked_at;
    let whole = checked(&options(&scratch)).report;
    let alone = checked(&Options { reach: Reach::TreeAlone, ..options(&scratch) }).report;
    assert_eq!((of("tag-disagrees", &whole), of("tag-disagrees", &alone)), (1, 0));
    std::fs::remove_dir_all(scratch.at(".git")).unwrap();
    assert_eq!(answer(&alone), answer(&checked(&options(&scratch)).report));
}

#[test]
fn what_the_base_has_is_inherited_and_what_it_alone_has_is_fixed() {
    let scratch = workspace();
    scratch.write("two/rust-toolchain.toml", "[toolchain");
    let since = Options { since: Some("HEAD".to_owned()), ..options(&scratch) };
    let report = checked(&since).report;
    let inherited: Vec<_> = report.findings.iter().filter(|judged| !judged.new).map(|judged| judged.rule).collect();
    let new: Vec<_> = report.findings.iter().filter(|judged| judged.new).map(|judged| judged.rule).collect();
    assert!(inherited.contains(&"path-dependency-mismatch"), "{inherited:?}");
    assert!(new.contains(&"file-unparsable") && !new.contains(&"path-dependency-mismatch"), "{new:?}");
    assert_eq!((report.verdict, report.fixed.len()), (Verdict::Refused, 0));

    std::fs::remove_file(scratch.at("two/rust-toolchain.toml")).unwrap();
    scratch.write("two/Cargo.toml", TWO.replace("\"0.1\"", "\"0.2\""));
    let report = checked(&since).report;
    assert_eq!((report.verdict, report.fixed.len()), (Verdict::Accepted, 1));
}

#[test]
fn a_base_that_went_on_is_compared_where_the_histories_parted() {
    let scratch = workspace();
    scratch.git(&["checkout", "-q", "-b", "mine"]);
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("two/Cargo.toml", TWO.replace("\"0.1\"", "\"0.2\""));
    scratch.commit("mended on main");
    scratch.git(&["checkout", "-q", "mine"]);
    let report = checked(&Options { since: Some("main".to_owned()), ..options(&scratch) }).report;
    assert!(report.findings.iter().all(|judged| !judged.new), "the branch changed nothing");
    assert_eq!(report.since.as_deref(), Some("main"));
}

#[test]
fn a_fix_changes_its_own_bytes_and_no_other() {
    let scratch = workspace();
    let before = scratch.listed_by_git();
    let done = checked(&Options { fix: true, ..options(&scratch) });
    assert_eq!(done.written.len(), 1, "{:?}", done.written);
    assert!(done.written[0].starts_with("two/Cargo.toml:7: "), "{:?}", done.written);
    assert_eq!(done.left, Vec::<String>::new());
    let text = std::fs::read_to_string(scratch.at("two/Cargo.toml")).unwrap();
    assert_eq!(text, TWO.replace("\"0.1\"", "\"0.2.0\""));
    assert!(done.report.findings.iter().all(|judged| judged.rule != "path-dependency-mismatch"));
    assert_eq!(scratch.listed_by_git(), before, "nothing is left lying about");
    assert_eq!(scratch.git(&["diff", "--name-only"]), "two/Cargo.toml\n");
}

#[cfg(unix)]
#[test]
fn a_fix_keeps_the_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = workspace();
    std::fs::set_permissions(scratch.at("two/Cargo.toml"), std::fs::Permissions::from_mode(0o640)).unwrap();
    checked(&Options { fix: true, ..options(&scratch) });
    let mode = scratch.at("two/Cargo.toml").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn fixes_are_refused_where_they_could_not_be_undone() {
    let scratch = workspace();
    let fix = Options { fix: true, ..options(&scratch) };
    let revision = Options { rev: Some("HEAD".to_owned()), ..fix.clone() };
    assert_eq!(check(&revision).unwrap_err().code, "fix-revision");
    scratch.write("notes.txt", "mine");
    assert_eq!(check(&fix).unwrap_err().code, "dirty");
    assert_eq!(std::fs::read_to_string(scratch.at("two/Cargo.toml")).unwrap(), TWO);
    assert_eq!(checked(&Options { allow_dirty: true, ..fix.clone() }).written.len(), 1);
    std::fs::remove_dir_all(scratch.at(".git")).unwrap();
    assert_eq!(check(&fix).unwrap_err().code, "dirty");
}

#[test]
fn a_waived_finding_and_an_inherited_one_are_not_fixed() {
    let scratch = workspace();
    scratch.write("governed.toml", "[[waiver]]\nrule = \"path-dependency-mismatch\"\nreason = \"on purpose\"\n");
    scratch.commit("waive");
    let done = checked(&Options { fix: true, ..options(&scratch) });
    assert_eq!(done.written, Vec::<String>::new());
    std::fs::remove_file(scratch.at("governed.toml")).unwrap();
    scratch.commit("no waiver");
    let done = checked(&Options { fix: true, since: Some("HEAD".to_owned()), ..options(&scratch) });
    assert_eq!(done.written, Vec::<String>::new());
}

#[test]
fn rules_and_packages_are_chosen_by_name() {
    let scratch = workspace();
    let rule = |name: &str| Options { rules: vec![name.to_owned()], ..options(&scratch) };
    let report = checked(&rule("path-dependency-mismatch")).report;
    assert_eq!(report.rules.len(), 1);
    assert!(checked(&rule("reading")).report.rules.iter().all(|rule| rule.group == "reading"));
    assert_eq!(check(&rule("path-dependency")).unwrap_err().code, "unknown-rule");
    let package = |name: &str| Options { packages: vec![name.to_owned()], ..options(&scratch) };
    assert!(!checked(&package("two")).report.findings.is_empty());
    assert_eq!(check(&package("three")).unwrap_err().code, "unknown-package");
}

#[test]
fn what_a_choice_leaves_out_is_noted() {
    let scratch = workspace();
    scratch.write("third/Cargo.toml", "[package]\nname = \"third\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    scratch.write("third/src/lib.rs", "");
    scratch.write("governed.toml", "[check]\ndemand = [\"versions\", \"msrv-disagrees\", \"reading\"]\n");
    assert_eq!(checked(&options(&scratch)).report.subject.notes, Vec::<String>::new());
    let third = checked(&Options { packages: vec!["third".to_owned()], ..options(&scratch) }).report;
    assert!(third.subject.notes[0].starts_with("findings that --package leaves out"), "{:?}", third.subject.notes);
    let of_rule = third.rules.iter().find(|rule| rule.rule == "path-dependency-mismatch").unwrap();
    assert!(third.findings.iter().all(|judged| judged.rule != of_rule.rule));
    assert_eq!(of_rule.standing, Standing::Refuted, "a claim of the tree does not hold because nobody looks");
    let reading = checked(&Options { rules: vec!["reading".to_owned()], ..options(&scratch) }).report;
    let demanded = "the policy demands claims that --rule leaves out: msrv-disagrees, versions";
    assert_eq!(reading.subject.notes, [demanded]);
}

#[test]
fn the_day_of_a_revision_is_that_of_its_commit() {
    let scratch = workspace();
    scratch.write(
        "governed.toml",
        "[[waiver]]\nrule = \"path-dependency-mismatch\"\nreason = \"for now\"\nuntil = 2024-05-06\n",
    );
    scratch.commit("waive until today");
    let report = checked(&Options { rev: Some("HEAD".to_owned()), ..options(&scratch) }).report;
    assert!(report.findings.iter().all(|judged| judged.waiver.is_some()), "the waiver still holds on that day");
    let today = Some(jiff::civil::date(2024, 5, 7));
    let report = checked(&Options { today, ..options(&scratch) }).report;
    assert!(report.findings.iter().any(|judged| judged.waiver.is_none()), "and not on the next");
}
