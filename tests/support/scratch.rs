//! A scratch git repository from the commits of a fixture: fixed author and dates, so that every id is always the same.

use std::path::Path;

use cargo_governed::world::git::history::GitHistory;
use cargo_governed::world::git::repository::Repository;

use crate::support::fixture::Commit;

/// The repository; its folder is removed when it is dropped.
pub(crate) struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    /// Commits in order; what a mark does is said in [`crate::support::fixture`].
    pub(crate) fn new(commits: &[Commit]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut options = git2::RepositoryInitOptions::new();
        options.initial_head("main").external_template(false);
        let repository = git2::Repository::init_opts(folder.path(), &options).expect("a repository");
        let mut last: Option<git2::Oid> = None;
        for commit in commits {
            let parent = last.map(|id| repository.find_commit(id).expect("the last commit"));
            let made = write(&repository, commit, parent.as_ref());
            for tag in &commit.tags {
                repository.reference(&format!("refs/tags/{tag}"), made, false, "").expect("a new tag");
            }
            if commit.has("shallow") {
                std::fs::write(repository.path().join("shallow"), format!("{made}\n")).expect("a writable folder");
            }
            if !commit.has("aside") {
                repository.reference("refs/heads/main", made, true, "").expect("a branch");
                last = Some(made);
            }
        }
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The history behind its HEAD.
    pub(crate) fn history(&self) -> GitHistory {
        let repository = Repository::discover(self.path()).expect("a readable repository").expect("a repository");
        let head = repository.head().expect("a readable head");
        GitHistory::new(&repository, head.as_ref()).expect("a readable history")
    }
}

fn write(repository: &git2::Repository, commit: &Commit, parent: Option<&git2::Commit<'_>>) -> git2::Oid {
    let mut index = git2::Index::new().expect("an index");
    if let Some(parent) = parent {
        index.read_tree(&parent.tree().expect("a tree")).expect("a readable tree");
    }
    for (path, text) in &commit.files {
        match text {
            Some(text) => index.add(&entry(repository, path, text)).expect("a new entry"),
            None => index.remove(Path::new(path), 0).expect("the file was there"),
        }
    }
    let tree = index.write_tree_to(repository).expect("a tree");
    let tree = repository.find_tree(tree).expect("the tree");
    let date: jiff::civil::Date = commit.date.parse().unwrap_or_else(|_| panic!("`{}` is no date", commit.date));
    let days = i64::from((date - jiff::civil::date(1970, 1, 1)).get_days());
    let time = git2::Time::new(days * 86_400 + 43_200, 0);
    let author = git2::Signature::new("Fixture", "fixture@example.com", &time).expect("a signature");
    let parents: Vec<_> = parent.into_iter().collect();
    repository.commit(None, &author, &author, &commit.message, &tree, &parents).expect("a commit")
}

fn entry(repository: &git2::Repository, path: &str, text: &str) -> git2::IndexEntry {
    let none = git2::IndexTime::new(0, 0);
    git2::IndexEntry {
        ctime: none,
        mtime: none,
        dev: 0,
        ino: 0,
        mode: 0o100_644,
        uid: 0,
        gid: 0,
        file_size: 0,
        id: repository.blob(text.as_bytes()).expect("a blob"),
        flags: 0,
        flags_extended: 0,
        path: path.as_bytes().to_vec(),
    }
}
