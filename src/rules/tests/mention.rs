//! Which orphans something else names by their path: a test harness, a build script, a macro, a script.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::modules::resolve;
use crate::facts::path;
use crate::facts::source::SourceFile;

/// The longest text before `.rs` that is taken for a path.
const LONGEST: usize = 256;

/// A file that nothing seems to reach.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    /// Its path.
    pub(super) path: &'a str,
    /// The folder of its package.
    pub(super) package: &'a str,
}

/// The paths among the orphans that a file which could make something of them mentions.
pub(super) fn mentioned(facts: &Facts, orphans: &[Candidate<'_>]) -> BTreeSet<String> {
    let mut search = Search { facts, orphans, by_name: BTreeMap::new(), found: BTreeSet::new() };
    if orphans.is_empty() {
        return search.found;
    }
    for (index, orphan) in orphans.iter().enumerate() {
        search.by_name.entry(path::file_name(orphan.path)).or_default().push(index);
    }
    for file in facts.files.values().filter(|file| may_use(file)) {
        search.files_in(file);
    }
    search.folders();
    search.found
}

/// Says whether a file may do something with a path that it names: prose and lists of owners can't.
fn may_use(file: &SourceFile) -> bool {
    match file.kind {
        Kind::Rust | Kind::Manifest | Kind::Workflow | Kind::Action | Kind::CargoConfig => true,
        Kind::Text => !matches!(
            path::file_name(&file.path),
            "CODEOWNERS"
                | ".gitattributes"
                | ".gitignore"
                | "rustfmt.toml"
                | ".rustfmt.toml"
                | "_typos.toml"
                | "typos.toml"
                | ".typos.toml"
                | "codecov.yml"
                | ".codecov.yml"
                | "deny.toml"
                | "REUSE.toml"
        ),
        _ => false,
    }
}

struct Search<'a> {
    facts: &'a Facts,
    orphans: &'a [Candidate<'a>],
    by_name: BTreeMap<&'a str, Vec<usize>>,
    found: BTreeSet<String>,
}

impl<'a> Search<'a> {
    /// Looks at each `....rs` in a file.
    fn files_in(&mut self, file: &'a SourceFile) {
        let text = file.text();
        let bytes = text.as_bytes();
        for at in memchr::memmem::find_iter(bytes, b".rs") {
            let end = at + 3;
            if bytes.get(end).is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                continue;
            }
            let floor = at.saturating_sub(LONGEST);
            let start =
                bytes[floor..at].iter().rposition(|&byte| !belongs(byte)).map_or(floor, |found| floor + found + 1);
            if start == at || (file.kind == Kind::Rust && is_idle_comment(text, start)) {
                continue;
            }
            let Some(token) = text.get(start..end) else { continue };
            let quoted = start > 0 && matches!(bytes[start - 1], b'"' | b'\'');
            self.token(file, token.trim_start_matches("./"), quoted || file.kind != Kind::Rust);
        }
    }

    fn token(&mut self, file: &'a SourceFile, token: &str, quoted: bool) {
        if let Some(wild) = token.find(['*', '{', '$', '?']) {
            let folder = token[..wild].rfind('/').map_or("", |slash| &token[..slash]);
            if !folder.is_empty() {
                self.everything_in(file, folder.trim_start_matches('/'));
            }
            return;
        }
        let token = token.trim_start_matches('/');
        let Some(same) = self.by_name.get(path::file_name(token)) else { return };
        let bases = self.bases(file);
        let deep = token.trim_start_matches("../").contains('/');
        for &index in same {
            let orphan = &self.orphans[index];
            if *orphan.path == *file.path {
                continue;
            }
            let exact = bases.iter().any(|base| path::join(base, token).as_deref() == Some(orphan.path));
            let ending = deep && path_ends_with(orphan.path, token.trim_start_matches("../"));
            // Every folder of modules may have a file of such a name.
            let common = deep && matches!(path::file_name(token), "mod.rs" | "lib.rs" | "main.rs");
            let near = quoted && !common && file.kind == Kind::Rust && path::is_within(&file.path, orphan.package);
            if (exact && (deep || quoted)) || ending || near {
                self.found.insert(orphan.path.to_owned());
            }
        }
    }

    fn everything_in(&mut self, file: &'a SourceFile, folder: &str) {
        let bases = self.bases(file);
        let folders: Vec<String> = bases.iter().filter_map(|base| path::join(base, folder)).collect();
        let folders: Vec<String> = folders.into_iter().filter(|folder| self.holds_no_module(folder)).collect();
        for orphan in self.orphans {
            if folders.iter().any(|folder| path::is_within(orphan.path, folder)) {
                self.found.insert(orphan.path.to_owned());
            }
        }
    }

    /// What a path in a file may count from: its folder, its package, the root.
    fn bases(&self, file: &SourceFile) -> [String; 3] {
        let package = self.facts.cargo.owner(&file.path).map_or("", |package| &package.folder);
        [path::parent(&file.path).to_owned(), package.to_owned(), String::new()]
    }

    /// Looks for the folders of the orphans, which harnesses name instead of files.
    fn folders(&mut self) {
        let mut folders: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for orphan in self.orphans.iter().filter(|orphan| !self.found.contains(orphan.path)) {
            let package = orphan.package;
            let skip = if package.is_empty() { 0 } else { package.len() + 1 };
            let mut folder = path::parent(orphan.path).get(skip..).unwrap_or_default();
            while folder.contains('/') {
                folders.entry((package, folder)).or_default().push(orphan.path);
                folder = path::parent(folder);
            }
        }
        for ((package, folder), paths) in folders {
            if self.holds_no_module(&path::child(package, folder)) && self.names_folder(package, folder) {
                self.found.extend(paths.into_iter().map(str::to_owned));
            }
        }
    }

    /// Says whether nothing in a folder is reached: a harness's folder is not at the same time one of modules.
    fn holds_no_module(&self, folder: &str) -> bool {
        let compiled = &self.facts.modules().compiled;
        !folder.is_empty() && resolve::below(&self.facts.files, folder).all(|(path, _)| !compiled.contains_key(path))
    }

    fn names_folder(&self, package: &str, folder: &str) -> bool {
        // A name that can be no module can only be meant as a folder.
        let last = path::file_name(folder);
        let single = last.contains('-').then(|| format!("\"{last}\""));
        resolve::below(&self.facts.files, package).map(|(_, file)| file).filter(|file| may_use(file)).any(|file| {
            let bytes = file.text().as_bytes();
            let whole = memchr::memmem::find_iter(bytes, folder.as_bytes()).any(|at| {
                let before = at.checked_sub(1).and_then(|at| bytes.get(at));
                let after = bytes.get(at + folder.len());
                matches!(before, Some(b'"' | b'/' | b'\'' | b' ' | b'='))
                    && matches!(after, Some(b'"' | b'\'' | b'*' | b'\n'))
                    && !(file.kind == Kind::Rust && is_idle_comment(file.text(), at))
            });
            whole || single.as_ref().is_some_and(|single| memchr::memmem::find(bytes, single.as_bytes()).is_some())
        })
    }
}

fn belongs(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'*' | b'{' | b'}' | b'$' | b'?')
}

fn path_ends_with(path: &str, ending: &str) -> bool {
    path.strip_suffix(ending).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}

/// Says whether an offset lies in a line comment that does not include a file (code in doc comments does).
fn is_idle_comment(text: &str, at: usize) -> bool {
    let start = text[..at].rfind('\n').map_or(0, |found| found + 1);
    let line = text[start..].split('\n').next().unwrap_or_default().trim_start();
    line.starts_with("//") && !line.contains("include") && !line.contains("#[path")
}
