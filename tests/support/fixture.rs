//! Fixture files of rules: a small tree as one text file, with what the rules are expected to find.
//!
//! ```text
//! What this case guards (free text).
//! == commit 2024-01-02 Release 0.1.0 [tags: v0.1.0, other]     (optional; without one the tree is a plain folder)
//!                                     [base]                   (more marks: the tree of `--since` is this commit's,
//!                                     [aside]                   no later commit has it as ancestor, nor its files,
//!                                     [shallow]                 its parents were left out of the clone)
//! -- README.md --
//! text of the file
//! -- old.md (deleted) --                                       (in a later commit)
//! -- crlf.md (crlf) --                                         (line ends become CRLF)
//! == expect                                                    (all findings of all rules, in order)
//! deny snippet-outdated README.md:3 ~ Cargo.toml:3
//! == fixed README.md                                           (the file after all fixes of the folder's rule)
//! text
//! ```

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// One commit of a fixture: its date, message, tags, marks, and what it writes (or deletes, where there is no text).
#[derive(Debug, Default, Clone)]
pub(crate) struct Commit {
    pub(crate) date: String,
    pub(crate) message: String,
    pub(crate) tags: Vec<String>,
    pub(crate) marks: Vec<String>,
    pub(crate) files: BTreeMap<String, Option<String>>,
}

/// One fixture file.
#[derive(Debug, Default, Clone)]
pub(crate) struct Fixture {
    pub(crate) description: String,
    /// The commits; a single one without a date means a plain folder.
    pub(crate) commits: Vec<Commit>,
    pub(crate) expect: Vec<String>,
    pub(crate) fixed: BTreeMap<String, String>,
    /// The text before the first `== expect` or `== fixed`, kept for blessing.
    source: String,
}

enum At {
    Description,
    File(String, bool),
    Deleted,
    Expect,
    Fixed(String),
}

impl Fixture {
    pub(crate) fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self::parse(&text)
    }

    pub(crate) fn parse(text: &str) -> Self {
        let mut fixture = Self::default();
        let mut at = At::Description;
        for line in text.split_inclusive('\n') {
            let bare = line.trim_end();
            let in_results =
                bare == "== expect" || bare.starts_with("== fixed ") || matches!(at, At::Expect | At::Fixed(_));
            if !in_results {
                fixture.source.push_str(line);
            }
            if let Some(rest) = bare.strip_prefix("== commit ") {
                fixture.commits.push(Commit::parse(rest));
                at = At::Description;
            } else if bare == "== expect" {
                at = At::Expect;
            } else if let Some(path) = bare.strip_prefix("== fixed ") {
                fixture.fixed.insert(path.to_owned(), String::new());
                at = At::Fixed(path.to_owned());
            } else if let Some(name) = bare.strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --")) {
                at = fixture.begin_file(name);
            } else {
                fixture.take(&at, line);
            }
        }
        fixture
    }

    fn begin_file(&mut self, name: &str) -> At {
        if self.commits.is_empty() {
            self.commits.push(Commit::default());
        }
        let files = &mut self.commits.last_mut().expect("a commit was pushed").files;
        if let Some(name) = name.strip_suffix(" (deleted)") {
            files.insert(name.to_owned(), None);
            return At::Deleted;
        }
        let (name, crlf) = name.strip_suffix(" (crlf)").map_or((name, false), |name| (name, true));
        files.insert(name.to_owned(), Some(String::new()));
        At::File(name.to_owned(), crlf)
    }

    fn take(&mut self, at: &At, line: &str) {
        match at {
            At::Description if self.commits.is_empty() => self.description.push_str(line),
            At::File(name, crlf) => {
                let files = &mut self.commits.last_mut().expect("a file stands in a commit").files;
                let text = files.get_mut(name).and_then(Option::as_mut).expect("the file was begun");
                if *crlf && line.ends_with('\n') {
                    text.push_str(line.trim_end_matches('\n'));
                    text.push_str("\r\n");
                } else {
                    text.push_str(line);
                }
            }
            At::Expect if !line.trim().is_empty() => self.expect.push(line.trim_end().to_owned()),
            At::Description | At::Deleted | At::Expect => {}
            At::Fixed(name) => self.fixed.get_mut(name).expect("the section was begun").push_str(line),
        }
    }

    /// Whether the tree is a plain folder.
    pub(crate) fn is_folder(&self) -> bool {
        self.commits.len() == 1 && self.commits[0].date.is_empty()
    }

    /// The files of the last state.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        Self::files_after(&self.commits)
    }

    /// The files at the commit that is marked as the base.
    pub(crate) fn base(&self) -> Option<BTreeMap<String, String>> {
        let at = self.commits.iter().position(|commit| commit.has("base"))?;
        Some(Self::files_after(&self.commits[..=at]))
    }

    fn files_after(commits: &[Commit]) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        for commit in commits.iter().filter(|commit| !commit.has("aside")) {
            for (path, text) in &commit.files {
                match text {
                    Some(text) => files.insert(path.clone(), text.clone()),
                    None => files.remove(path),
                };
            }
        }
        files
    }

    /// The text of the fixture with other results.
    pub(crate) fn blessed(&self, expect: &[String], fixed: &BTreeMap<String, String>) -> String {
        let mut text = self.source.clone();
        text.push_str("== expect\n");
        for line in expect {
            let _ = writeln!(text, "{line}");
        }
        for (path, content) in fixed {
            let _ = write!(text, "== fixed {path}\n{content}");
        }
        text
    }
}

impl Commit {
    fn parse(rest: &str) -> Self {
        let (date, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        let (message, brackets) = rest.split_once('[').unwrap_or((rest, ""));
        let groups = || brackets.split('[').map(|group| group.trim().trim_end_matches(']'));
        let tags = groups().find_map(|group| group.strip_prefix("tags:")).unwrap_or_default();
        Self {
            date: date.to_owned(),
            message: message.trim().to_owned(),
            tags: tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
            marks: groups().filter(|group| !group.starts_with("tags:")).map(str::to_owned).collect(),
            files: BTreeMap::new(),
        }
    }

    /// Whether it bears a mark.
    pub(crate) fn has(&self, mark: &str) -> bool {
        self.marks.iter().any(|own| own == mark)
    }
}
