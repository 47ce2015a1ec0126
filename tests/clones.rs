//! Repositories that hold less than all of it, or hold it in another form: bare, shallow and partial clones.

mod support;

use std::path::Path;

use cargo_governed::commands::check::Checked;
use cargo_governed::commands::check::Options;
use cargo_governed::commands::check::check;
use cargo_governed::error::Error;
use cargo_governed::facts::history::History;
use cargo_governed::facts::history::ObjectId;
use cargo_governed::facts::history::Unavailable;
use cargo_governed::judge::report::Source;
use cargo_governed::world::git::history::GitHistory;
use cargo_governed::world::git::repository::Repository;
use support::checkout::Scratch;
use support::checkout::git_in;

const PACKAGE: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";

/// Two commits; the first one has a text and a folder that the second has no more, and bytes that are no text.
fn origin() -> Scratch {
    let scratch = Scratch::committed(&[("Cargo.toml", PACKAGE), ("src/lib.rs", ""), ("old/README.md", "# old\n")]);
    scratch.write("bytes.txt", b"\xff\xfe");
    scratch.commit("two");
    std::fs::remove_dir_all(scratch.at("old")).expect("a folder");
    scratch.write("README.md", "# a\n");
    scratch.commit("three");
    scratch.git(&["config", "uploadpack.allowFilter", "true"]);
    scratch
}

fn cloned(origin: &Scratch, option: &str) -> Scratch {
    let scratch = Scratch::new();
    let url = format!("file://{}", origin.path().display());
    git_in(scratch.path(), &["clone", "-q", option, &url, "."]);
    scratch
}

fn checked(folder: &Path, rev: Option<&str>, since: Option<&str>) -> Result<Checked, Error> {
    let (rev, since) = (rev.map(str::to_owned), since.map(str::to_owned));
    check(&Options { rev, since, ..Options::in_folder(folder) })
}

fn open(scratch: &Scratch) -> Repository {
    Repository::discover(scratch.path()).expect("a readable repository").expect("a repository")
}

fn text_at(scratch: &Scratch, revision: &str, path: &str) -> Result<Option<String>, Unavailable> {
    let repository = open(scratch);
    let commit = scratch.git(&["rev-parse", revision]);
    let history = GitHistory::new(&repository, repository.head().expect("a head").as_ref()).expect("a history");
    let text = history.text_at(&ObjectId(commit.trim().into()), path)?;
    Ok(text.map(|text| text.to_string()))
}

#[test]
fn a_bare_repository_is_read_at_its_head() {
    let origin = origin();
    let report = checked(cloned(&origin, "--bare").path(), None, None).unwrap().report;
    assert_eq!((report.subject.source, report.files_read), (Source::Revision, 4));
    assert!(report.subject.notes.iter().any(|note| note.contains("bare")), "{:?}", report.subject.notes);
}

#[test]
fn without_the_blobs_of_an_old_revision_its_claims_are_unproven() {
    let (origin, option) = (origin(), "--filter=blob:none");
    let clone = cloned(&origin, option);
    assert!(checked(clone.path(), None, None).is_ok(), "the work tree is all there");
    let report = checked(clone.path(), Some("HEAD~1"), None).unwrap().report;
    let rule = report.rules.iter().find(|rule| rule.rule == "file-unparsable").unwrap();
    assert_eq!(rule.unproven.len(), 1, "{rule:#?}");
    assert!(rule.unproven[0].why.contains("the clone is partial"), "{rule:#?}");
    assert!(matches!(text_at(&clone, "HEAD~1", "old/README.md"), Err(Unavailable::Broken(_))));
}

#[test]
fn without_the_trees_of_an_old_revision_the_error_says_what_to_fetch() {
    let origin = origin();
    let clone = cloned(&origin, "--filter=tree:0");
    assert!(checked(clone.path(), None, None).is_ok(), "the work tree is all there");
    for (rev, since) in [(Some("HEAD~1"), None), (None, Some("HEAD~1"))] {
        let error = checked(clone.path(), rev, since).unwrap_err();
        assert_eq!((error.code, error.exit), ("git", 4), "{error:?}");
        assert!(error.help.as_ref().is_some_and(|help| help.contains("git fetch --refetch --no-filter")), "{error:?}");
    }
    assert!(matches!(text_at(&clone, "HEAD~1", "old/README.md"), Err(Unavailable::Broken(_))));
    clone.git(&["fetch", "-q", "--refetch", "--no-filter"]);
    assert!(checked(clone.path(), Some("HEAD~1"), None).is_ok(), "the help helps");
}

#[test]
fn a_form_that_libgit2_refuses_is_a_clear_error() {
    for (key, value) in [("extensions.partialClone", "origin"), ("extensions.refStorage", "reftable")] {
        let origin = origin();
        origin.git(&["config", "core.repositoryFormatVersion", "1"]);
        git_in(&std::env::temp_dir(), &["config", "-f", &origin.at(".git/config").to_string_lossy(), key, value]);
        let error = checked(origin.path(), None, None).unwrap_err();
        assert_eq!((error.code, error.exit), ("git", 4), "{error:?}");
        assert!(error.help.as_ref().is_some_and(|help| help.contains("clone")), "{error:?}");
    }
}

#[test]
fn a_commit_that_is_missing_is_not_taken_for_histories_that_share_nothing() {
    let origin = origin();
    origin.git(&["checkout", "-q", "--orphan", "other"]);
    origin.commit("unrelated");
    let repository = open(&origin);
    assert_eq!(repository.parted("main", "other").unwrap(), None, "they share nothing");
    let middle = origin.git(&["rev-parse", "main~1"]);
    let (folder, name) = middle.trim().split_at(2);
    std::fs::remove_file(origin.at(&format!(".git/objects/{folder}/{name}"))).unwrap();
    let again = open(&origin);
    let error = again.parted("main", "other").unwrap_err();
    assert!(error.message.starts_with("find where the histories parted"), "{error:?}");
}

#[test]
fn a_text_that_is_no_utf8_is_not_taken_for_one_that_is_absent() {
    let origin = origin();
    assert_eq!(text_at(&origin, "HEAD", "old/README.md"), Ok(None));
    assert_eq!(text_at(&origin, "HEAD~1", "old/README.md").unwrap().as_deref(), Some("# old\n"));
    assert_eq!(text_at(&origin, "HEAD~1", "old"), Ok(None), "a folder has no text");
    assert_eq!(text_at(&origin, "HEAD~1", "Cargo.toml/x"), Ok(None), "a file is no folder");
    let why = text_at(&origin, "HEAD", "bytes.txt").unwrap_err();
    assert!(matches!(&why, Unavailable::Broken(why) if why.contains("not UTF-8")), "{why:?}");
}
