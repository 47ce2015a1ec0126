//! A scratch checkout made by git itself, for tests of what is on the disk.

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

/// A folder that goes away with the value; a git repository where it was made by [`Scratch::committed`].
pub(crate) struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a scratch folder") }
    }

    /// A repository with one commit of the files.
    pub(crate) fn committed(files: &[(&str, &str)]) -> Self {
        let scratch = Self::new();
        for (path, text) in files {
            scratch.write(path, text);
        }
        scratch.git(&["init", "-q", "-b", "main"]);
        scratch.commit("one");
        scratch
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.at(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a writable folder");
        std::fs::write(path, text).expect("a writable file");
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    /// Runs git in the folder, without the configuration of the machine; gives its answer.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git_in(self.path(), arguments)
    }

    /// Whether it holds an object.
    pub(crate) fn holds(&self, id: &str) -> bool {
        let status =
            Command::new("git").args(["cat-file", "-e", id]).current_dir(self.path()).stderr(Stdio::null()).status();
        status.expect("git can be run").success()
    }

    /// Keeps an object of these bytes; gives its id.
    pub(crate) fn keep(&self, kind: &str, bytes: &[u8]) -> String {
        std::fs::write(self.at(".git/kept"), bytes).expect("a writable file");
        self.git(&["hash-object", "-w", "--no-filters", "-t", kind, ".git/kept"]).trim().to_owned()
    }

    /// The paths that git says are in the work tree: tracked and there, or neither tracked nor ignored.
    pub(crate) fn listed_by_git(&self) -> BTreeSet<String> {
        let all = self.git(&["ls-files", "-z", "-co", "--exclude-standard"]);
        let is_there = |path: &&str| self.at(path).symlink_metadata().is_ok();
        all.split('\0').filter(|path| !path.is_empty()).filter(is_there).map(str::to_owned).collect()
    }
}

pub(crate) fn git_in(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=Scratch", "-c", "user.email=scratch@example.com", "-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_COMMITTER_DATE", "2024-05-06T07:08:09Z")
        .env("GIT_AUTHOR_DATE", "2024-05-06T07:08:09Z")
        .output()
        .expect("git can be run");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
