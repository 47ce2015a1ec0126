//! Work trees, revisions and plain folders are listed as git lists them, whatever state they are in.

mod support;

use std::collections::BTreeSet;

use cargo_governed::facts::tree::Mode;
use cargo_governed::world::checkout::Checkout;
use cargo_governed::world::checkout::Origin;
use support::checkout::Scratch;
use support::checkout::git_in;

fn paths(checkout: &Checkout) -> BTreeSet<String> {
    checkout.tree.entries().iter().map(|entry| entry.path.to_string()).collect()
}

fn open(scratch: &Scratch) -> Checkout {
    Checkout::open(scratch.path(), None).expect("a readable checkout")
}

#[test]
fn a_clean_work_tree_is_its_commit() {
    let scratch = Scratch::committed(&[("Cargo.toml", "[package]\n"), ("a/b/c.rs", ""), ("a-b", "x"), ("a.b/d", "y")]);
    let work = open(&scratch);
    assert_eq!(work.origin, Origin::Worktree);
    assert!(!work.dirty);
    assert_eq!(paths(&work), scratch.listed_by_git());
    let revision = Checkout::open(scratch.path(), Some("HEAD")).unwrap();
    assert_eq!(work.tree.entries(), revision.tree.entries());
    assert_eq!(work.commit_tree, revision.commit_tree);
    assert_eq!(work.commit_tree.unwrap().0.as_ref(), scratch.git(&["rev-parse", "HEAD^{tree}"]).trim());
}

#[test]
fn ignored_nested_and_built_files_are_left_out_and_untracked_ones_are_in() {
    let scratch = Scratch::committed(&[
        (".gitignore", "*.log\n/out/\n!keep.log\n"),
        ("sub/.gitignore", "secret\n"),
        ("src/lib.rs", ""),
        ("out-of-order/x", ""),
    ]);
    scratch.write(".git/info/exclude", "excluded\n");
    for path in ["a.log", "keep.log", "out/x", "sub/secret", "sub/open", "excluded", "new/deep/file.rs"] {
        scratch.write(path, "");
    }
    std::fs::create_dir_all(scratch.at("nested")).unwrap();
    git_in(&scratch.at("nested"), &["init", "-q"]);
    scratch.write("nested/Cargo.toml", "");
    scratch.write("target/CACHEDIR.TAG", "");
    scratch.write("target/debug/x.rs", "");
    let work = open(&scratch);
    let mut expected = scratch.listed_by_git();
    expected.retain(|path| !path.starts_with("target/") && path != "nested/");
    assert_eq!(paths(&work), expected);
    assert!(work.tree.get("keep.log").is_some_and(|entry| !entry.tracked) && work.tree.get("sub/open").is_some());
    assert!(work.dirty, "untracked files are a difference");
}

#[test]
fn a_tracked_file_stays_in_the_tree_though_a_pattern_ignores_it() {
    let scratch = Scratch::committed(&[("kept.log", "x")]);
    scratch.write(".gitignore", "*.log\n");
    scratch.commit("ignore logs");
    let work = open(&scratch);
    assert!(work.tree.get("kept.log").is_some());
    assert!(!work.dirty);
}

/// What is done to a clean work tree, with its name.
type Change = (&'static str, fn(&Scratch));

#[test]
fn every_difference_makes_it_dirty() {
    let changes: &[Change] = &[
        ("edited", |scratch| scratch.write("a", "two")),
        ("same size", |scratch| scratch.write("a", "eno")),
        ("deleted", |scratch| std::fs::remove_file(scratch.at("a")).unwrap()),
        ("staged", |scratch| {
            scratch.write("b", "");
            scratch.git(&["add", "b"]);
        }),
        ("staged and put back", |scratch| {
            scratch.write("a", "two");
            scratch.git(&["add", "a"]);
            scratch.write("a", "one");
        }),
        ("intent to add", |scratch| {
            scratch.write("b", "");
            scratch.git(&["add", "-N", "b"]);
        }),
        ("assumed unchanged", |scratch| {
            scratch.git(&["update-index", "--assume-unchanged", "a"]);
            scratch.write("a", "two");
        }),
        #[cfg(unix)]
        ("run bit", |scratch| {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(scratch.at("a"), std::fs::Permissions::from_mode(0o755)).unwrap();
        }),
    ];
    for (name, change) in changes {
        let scratch = Scratch::committed(&[("a", "one"), ("c/d", "")]);
        assert!(!open(&scratch).dirty, "{name}: before");
        change(&scratch);
        assert!(open(&scratch).dirty, "{name}");
    }
}

#[test]
fn touched_and_copied_files_are_no_difference() {
    let scratch = Scratch::committed(&[("a", "one"), ("b", "two")]);
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(7);
    std::fs::File::options().write(true).open(scratch.at("a")).unwrap().set_modified(later).unwrap();
    assert!(!open(&scratch).dirty);
}

#[test]
fn deleted_files_are_gone_and_sparse_ones_are_read_from_their_blobs() {
    let scratch = Scratch::committed(&[("a", "one"), ("docs/README.md", "text"), ("src/lib.rs", "")]);
    std::fs::remove_file(scratch.at("a")).unwrap();
    assert!(open(&scratch).tree.get("a").is_none());
    scratch.git(&["checkout", "-q", "a"]);
    scratch.git(&["sparse-checkout", "set", "--no-cone", "/a", "/src/"]);
    assert!(!scratch.at("docs").exists());
    let work = open(&scratch);
    assert!(!work.dirty);
    let entry = work.tree.get("docs/README.md").expect("it is in the tree");
    assert_eq!(work.read(entry, 100).unwrap(), b"text");
    assert_eq!(work.notes, ["1 files are not checked out (sparse): they were read from their blobs"]);
}

#[test]
fn a_subfolder_a_linked_worktree_and_a_bare_clone_have_the_same_tree() {
    let scratch = Scratch::committed(&[("a/b", "one"), (".gitignore", "linked\nbare\nexcluded\n")]);
    let whole = open(&scratch);
    let below = Checkout::open(&scratch.at("a"), None).unwrap();
    assert_eq!(whole.tree.entries(), below.tree.entries());
    scratch.git(&["worktree", "add", "-q", "linked"]);
    scratch.write("linked/excluded", "");
    let linked = Checkout::open(&scratch.at("linked"), None).unwrap();
    assert_eq!(paths(&linked), paths(&whole));
    assert!(!linked.dirty);
    scratch.git(&["clone", "-q", "--bare", ".", "bare"]);
    let bare = Checkout::open(&scratch.at("bare"), None).unwrap();
    assert_eq!(bare.tree.entries(), whole.tree.entries());
    assert_eq!((bare.origin, bare.notes.len()), (Origin::Revision, 1));
}

#[test]
fn before_the_first_commit_the_work_tree_is_all_there_is() {
    let scratch = Scratch::new();
    scratch.git(&["init", "-q"]);
    scratch.write("Cargo.toml", "");
    let work = open(&scratch);
    assert_eq!((work.commit, work.dirty, work.tree.entries().len()), (None, true, 1));
}

#[test]
fn a_missing_blob_is_a_problem_of_its_file_alone() {
    let scratch = Scratch::committed(&[("a", "one"), ("b", "two")]);
    let id = scratch.git(&["rev-parse", "HEAD:a"]);
    std::fs::remove_file(scratch.at(&format!(".git/objects/{}/{}", &id[..2], id[2..].trim()))).unwrap();
    let revision = Checkout::open(scratch.path(), Some("HEAD")).unwrap();
    let problem = revision.read(revision.tree.get("a").unwrap(), 10).unwrap_err();
    assert!(problem.message.contains("partial"), "{}", problem.message);
    assert_eq!(revision.read(revision.tree.get("b").unwrap(), 10).unwrap(), b"two");
}

#[test]
fn attributes_that_change_bytes_are_named() {
    let scratch = Scratch::committed(&[
        (".gitattributes", "*.md eol=crlf\n*.txt filter=lfs\n*.png filter=lfs\n"),
        ("a.md", "one\ntwo\n"),
        ("b.txt", "x"),
        ("c.png", "x"),
    ]);
    std::fs::remove_file(scratch.at("a.md")).unwrap();
    scratch.git(&["checkout", "-q", "a.md"]);
    assert_eq!(std::fs::read(scratch.at("a.md")).unwrap(), b"one\r\ntwo\r\n");
    let work = open(&scratch);
    assert!(!work.dirty);
    assert_eq!(work.tree.get("a.md").unwrap().id, None);
    let notes = work.notes.join("\n");
    assert!(notes.contains("`eol=crlf`") && notes.contains("`filter=lfs`") && !notes.contains("png"), "{notes}");
}

#[test]
fn submodules_are_entries_and_what_is_in_them_is_not() {
    let inner = Scratch::committed(&[("x", "")]);
    let scratch = Scratch::committed(&[("a", "")]);
    scratch.git(&["submodule", "-q", "add", &inner.path().to_string_lossy(), "sub"]);
    scratch.commit("add a submodule");
    let work = open(&scratch);
    assert_eq!(work.tree.get("sub").unwrap().mode, Mode::Submodule);
    assert!(work.tree.hides("sub/x") && work.tree.get("sub/x").is_none());
    assert!(!work.dirty);
}

#[test]
fn a_submodule_that_is_not_as_the_commit_has_it_makes_the_tree_dirty() {
    let deep = Scratch::committed(&[("z", "")]);
    let inner = Scratch::committed(&[("x", "one"), (".gitignore", "/made\n")]);
    inner.git(&["submodule", "-q", "add", &deep.path().to_string_lossy(), "deep"]);
    inner.commit("two");
    let scratch = Scratch::committed(&[("a", "")]);
    scratch.git(&["submodule", "-q", "add", &inner.path().to_string_lossy(), "sub"]);
    scratch.git(&["submodule", "-q", "update", "--init", "--recursive"]);
    scratch.commit("add a submodule");
    let pinned = open(&scratch).tree.get("sub").unwrap().id.clone();
    scratch.write("sub/made", "git ignores it");
    assert!(!open(&scratch).dirty);
    for (path, was) in [("sub/x", Some("one")), ("sub/new", None), ("sub/deep/z", Some("")), ("sub/deep/new", None)] {
        scratch.write(path, "other");
        assert!(open(&scratch).dirty, "{path}");
        match was {
            Some(was) => scratch.write(path, was),
            None => std::fs::remove_file(scratch.at(path)).unwrap(),
        }
        assert!(!open(&scratch).dirty, "{path} put back");
    }
    let sub = scratch.at("sub");
    support::checkout::git_in(&sub, &["commit", "-q", "--allow-empty", "-m", "three"]);
    let work = open(&scratch);
    assert!(work.dirty && work.tree.get("sub").unwrap().id != pinned, "another commit is checked out");
    support::checkout::git_in(&sub, &["checkout", "-q", "HEAD~1"]);
    assert!(!open(&scratch).dirty);
    // Files that no repository vouches for, and then none at all: as it was never checked out.
    std::fs::remove_file(scratch.at("sub/.git")).unwrap();
    assert!(open(&scratch).dirty);
    std::fs::remove_dir_all(&sub).unwrap();
    assert!(!open(&scratch).dirty);
    std::fs::create_dir(&sub).unwrap();
    assert!(!open(&scratch).dirty);
}

#[cfg(unix)]
#[test]
fn links_and_special_files_are_listed_and_never_opened() {
    let outside = Scratch::new();
    outside.write("secret.md", "secret");
    let scratch = Scratch::committed(&[("docs/a.md", "one"), ("b", "")]);
    std::os::unix::fs::symlink(outside.at("secret.md"), scratch.at("link.md")).unwrap();
    std::os::unix::fs::symlink(outside.path(), scratch.at("folder")).unwrap();
    std::fs::remove_dir_all(scratch.at("docs")).unwrap();
    outside.write("a.md", "not ours");
    std::os::unix::fs::symlink(outside.path(), scratch.at("docs")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(scratch.at("fifo.md")).status().unwrap().success());
    let work = open(&scratch);
    let mode = |path: &str| work.tree.get(path).map(|entry| entry.mode);
    assert_eq!(mode("docs/a.md"), None, "it is behind a link now");
    assert_eq!([mode("link.md"), mode("folder"), mode("docs")], [Some(Mode::Symlink); 3]);
    assert_eq!(mode("fifo.md"), Some(Mode::Special));
    for path in ["link.md", "fifo.md"] {
        assert!(work.read(work.tree.get(path).unwrap(), 100).is_err(), "{path}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_are_listed_and_not_read() {
    use std::os::unix::ffi::OsStrExt;
    let scratch = Scratch::committed(&[("a\nb.md", ""), ("\u{202e}x.md", "")]);
    std::fs::write(scratch.path().join(std::ffi::OsStr::from_bytes(b"\xff.md")), "x").unwrap();
    scratch.commit("two");
    let work = open(&scratch);
    assert_eq!(paths(&work).into_iter().collect::<Vec<_>>(), ["\\xff.md", "a\nb.md", "\u{202e}x.md"]);
    assert_eq!(work.tree.get("\\xff.md").unwrap().mode, Mode::Special);
    assert!(!work.dirty);
}

#[test]
fn a_plain_folder_is_read_without_git() {
    let scratch = Scratch::new();
    for path in ["Cargo.toml", "src/lib.rs", "target/debug/x", ".jj/store", ".gitignore", "ignored", ".github/x.yml"] {
        scratch.write(path, if path == ".gitignore" { "ignored\n" } else { "" });
    }
    let below = Checkout::open(&scratch.at("src"), None).unwrap();
    assert_eq!(below.origin, Origin::Folder);
    let expected = [".github/x.yml", ".gitignore", "Cargo.toml", "src/lib.rs"].map(str::to_owned);
    assert_eq!(paths(&below), BTreeSet::from(expected));
    assert_eq!(Checkout::open(scratch.path(), Some("HEAD")).err().unwrap().code, "not-a-repository");
    assert_eq!(Checkout::open(&scratch.at("nowhere"), None).err().unwrap().code, "no-folder");
}

#[test]
fn a_folder_that_git_ignores_is_a_plain_folder() {
    let scratch = Scratch::committed(&[(".gitignore", "/unpacked\n"), ("Cargo.toml", "")]);
    scratch.write("unpacked/Cargo.toml", "");
    let unpacked = Checkout::open(&scratch.at("unpacked"), None).unwrap();
    assert_eq!((unpacked.origin, unpacked.tree.entries().len()), (Origin::Folder, 1));
}

#[test]
fn conflicts_are_listed_once_and_are_a_difference() {
    let scratch = Scratch::committed(&[("a", "one")]);
    scratch.git(&["checkout", "-q", "-b", "other"]);
    scratch.write("a", "two");
    scratch.commit("two");
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("a", "three");
    scratch.commit("three");
    let _ = std::process::Command::new("git").args(["merge", "-q", "other"]).current_dir(scratch.path()).output();
    let work = open(&scratch);
    assert_eq!(paths(&work), BTreeSet::from(["a".to_owned()]));
    assert!(work.dirty);
}
