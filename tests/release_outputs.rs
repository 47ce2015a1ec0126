//! The verbs of releases write what they say and nothing else: no cache, no lock, nothing beside the checkout or at home.
//!
//! Every call of the system, where strace is installed: `cargo test --test release_outputs -- --ignored`.
#![cfg(unix)]

mod support;

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use support::checkout::Scratch;
use support::governed::command;
use support::release::change;
use support::release::one;
use support::tool;

const LOOKING: &[&[&str]] = &[
    &["release", "plan", "--no-api"],
    &["release", "plan", "--no-api", "--format", "json", "--rev", "HEAD~1"],
    &["release", "notes"],
    &["release", "notes", "--all", "--from-commits"],
    &["release", "status", "--offline"],
    &["release", "prepare", "--no-api", "--no-package"],
];

/// A repository in a folder of its own, so that what is written beside it is seen; with its home and its temporary folder.
fn place() -> (tempfile::TempDir, Scratch) {
    let scratch = one("1.2.3", "v1.2.3");
    change(&scratch, "src/lib.rs", "fix: mend it");
    change(&scratch, "src/lib.rs", "feat: more");
    (tempfile::tempdir().expect("a folder"), scratch)
}

fn ours(around: &Path, scratch: &Scratch, arguments: &[&str]) -> Command {
    let mut command = command(scratch, arguments);
    for (name, folder) in [("HOME", "home"), ("TMPDIR", "tmp"), ("XDG_CACHE_HOME", "cache"), ("CARGO_HOME", "cargo")] {
        let folder = around.join(folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        command.env(name, folder);
    }
    command
}

/// Every path below a folder, with its inode, its size and its times of writing and of change.
fn everything(root: &Path) -> BTreeMap<PathBuf, (u64, u64, i64, i64)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let data = entry.path().symlink_metadata().expect("it is there");
            if data.is_dir() {
                folders.push(entry.path());
            }
            let (written, changed) = (data.mtime_nsec() ^ data.mtime(), data.ctime_nsec() ^ data.ctime());
            found.insert(entry.path(), (data.ino(), data.size(), written, changed));
        }
    }
    found
}

#[test]
fn verbs_that_only_look_leave_everything_as_it_was() {
    let (around, scratch) = place();
    ours(around.path(), &scratch, &[]);
    let before = (everything(scratch.path()), everything(around.path()));
    for arguments in LOOKING {
        let ran = tool::of(ours(around.path(), &scratch, arguments).output().expect("the binary runs"));
        assert!(matches!(ran.code, 0 | 1 | 3), "{arguments:?}: {ran:?}");
        assert!(before == (everything(scratch.path()), everything(around.path())), "{arguments:?} wrote something");
    }
}

#[test]
fn prepare_writes_what_it_names() {
    let (around, scratch) = place();
    let arguments = ["release", "prepare", "--no-api", "--no-package", "--execute", "--format", "json"];
    let ran = tool::of(ours(around.path(), &scratch, &arguments).output().expect("the binary runs"));
    assert_eq!(ran.code, 0, "{ran:?}");
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let named: Vec<&str> =
        document["written"].as_array().expect("a list").iter().filter_map(serde_json::Value::as_str).collect();
    let status = scratch.git(&["status", "--porcelain", "--ignored", "-uall"]);
    let written: Vec<&str> = status.lines().map(|line| line[3..].trim()).collect();
    assert_eq!(written, named, "{status}");
    assert_eq!(everything(around.path()).len(), 4, "nothing at home");
    let record: Vec<PathBuf> = everything(&scratch.at(".git/governed")).into_keys().collect();
    assert_eq!(record, [scratch.at(".git/governed/edits")], "the journal is gone");
}

/// The paths that calls of the system name which change something.
fn written(log: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in log.lines() {
        let is_open = line.contains("open");
        let opens_to_write = ["O_WRONLY", "O_RDWR", "O_CREAT"].iter().any(|flag| line.contains(flag));
        if line.contains(" = -1 ") || is_open && !opens_to_write {
            continue;
        }
        let paths = line.split('"').skip(1).step_by(2);
        found.extend(paths.filter(|path| !path.starts_with("/dev/") && !path.starts_with("/proc/")).map(str::to_owned));
    }
    found
}

#[test]
#[ignore = "needs strace"]
fn no_call_of_the_system_writes_anything_else() {
    let (around, scratch) = place();
    let log = tempfile::NamedTempFile::new().expect("a file");
    let calls = "trace=open,openat,creat,rename,renameat,renameat2,mkdir,mkdirat,unlink,unlinkat,rmdir,link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,utimensat";
    for arguments in LOOKING {
        let own = ours(around.path(), &scratch, arguments);
        let mut traced = Command::new("strace");
        traced.args(["-f", "-qq", "-e", calls, "-o"]).arg(log.path()).arg(own.get_program()).args(own.get_args());
        traced.current_dir(scratch.path()).env_clear();
        traced.envs(own.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let ran = tool::of(traced.output().expect("strace is installed"));
        assert!(matches!(ran.code, 0 | 1 | 3), "{arguments:?}: {ran:?}");
        let text = std::fs::read_to_string(log.path()).expect("a log");
        assert!(text.contains("openat("), "{arguments:?}: nothing was traced");
        assert_eq!(written(&text), Vec::<String>::new(), "{arguments:?}");
    }
}
