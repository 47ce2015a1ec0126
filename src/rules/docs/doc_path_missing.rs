//! Paths that documents and instructions for agents name as parts of this repository.

use std::collections::BTreeMap;
use std::collections::HashMap;

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::markdown::Markdown;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "doc-path-missing",
    group: "docs",
    level: Level::Warn,
    claim: "paths that documents name in this repository are there",
    page: PAGE,
    check,
};

const PAGE: &str = r"
## What is compared

Compares the paths that documents name in inline code with the tree, and what `@path` puts into instructions for
agents (CLAUDE.md, GEMINI.md). The patterns of CODEOWNERS are looked at by `ci-filter-matches-nothing`.

A path is held to be one of this repository where its beginning is there: a folder with a name of its own
(`crates/std/`), not one that every repository has (`src/`, `.github/`). It may be meant from the root, from the folder
of the document, or from any folder. It is held to be stale where a file of the same name is elsewhere, where its
folder has a file with nearly the same name, or where the document names several files of a folder that is gone.

## Example of drift

```text
CONTRIBUTING.md:12     `crates/std/lib/mod.nu`
crates/std/std/mod.nu  is where the file is now
CLAUDE.md:1            @docs/agents.md           is not there
```

## How to mend it

Write the new path, or take the line out.

## When the rule keeps silent

The rule keeps silent on everything else, above all on paths in the projects of readers, on files that a build makes,
on places to fill in, and on sentences about files to be created.
";

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    let mut outcome = Outcome::default();
    let names = Names::of(facts);
    for (file, markdown) in facts.markdown() {
        if file.kind != Kind::Markdown || Zone::of(&facts.tree, &file.path) != Zone::Own {
            continue;
        }
        if matches!(path::file_name(&file.path), "CLAUDE.md" | "GEMINI.md") {
            imports(facts, file, markdown, &mut outcome);
        }
        // An older part of a changelog is one too, whatever is added to its name.
        if !path::file_name(&file.path).to_ascii_lowercase().contains("changelog") {
            judge(facts, &names, file, markdown, &mut outcome);
        }
    }
    outcome
}

/// The paths of a tree by their last part.
struct Names<'a>(HashMap<&'a str, Vec<&'a str>>);

impl<'a> Names<'a> {
    fn of(facts: &'a Facts) -> Self {
        let mut names: HashMap<&str, Vec<&str>> = HashMap::new();
        let files = facts.tree.entries().iter().map(|entry| entry.path.as_ref());
        for path in files.chain(facts.tree.folders()) {
            names.entry(path::file_name(path)).or_default().push(path);
        }
        Self(names)
    }

    fn with(&self, name: &str) -> &[&'a str] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}

/// Folders that every repository has: a path in them may be one of the reader's.
const COMMON: &[&str] = &[
    "src",
    "tests",
    "test",
    "examples",
    "benches",
    "docs",
    "doc",
    "bin",
    "lib",
    "build",
    "target",
    "scripts",
    "assets",
    "config",
    "data",
    "include",
    "static",
    "public",
    "templates",
    "migrations",
    "fixtures",
    "ci",
    ".github",
    ".cargo",
    ".config",
    ".git",
    ".vscode",
    ".claude",
    ".cursor",
    ".circleci",
    "node_modules",
    "dist",
    "out",
    "website",
    "site",
];

/// Extensions of files that are written by hand and checked in.
const WRITTEN: &[&str] = &[
    "rs", "md", "toml", "sh", "py", "yml", "yaml", "nu", "js", "ts", "ps1", "nix", "proto", "sql", "c", "h", "txt",
    "adoc",
];

/// A path that a document names and that is in none of the places where it may be meant.
struct Lost {
    /// The path from the root, where the most of it is there.
    path: String,
    /// How many of its own first folders are there.
    depth: usize,
}

enum Named {
    There,
    Lost(Lost),
    /// A path of somebody else, or none at all.
    Unknown,
}

fn judge(facts: &Facts, names: &Names<'_>, file: &SourceFile, markdown: &Markdown, outcome: &mut Outcome) {
    // Paths in a folder that is gone, by that folder.
    let mut folders: BTreeMap<String, Vec<(&Spanned<String>, String)>> = BTreeMap::new();
    for code in &markdown.codes {
        match look_up(facts, names, file, &code.value) {
            Named::There => outcome.look(),
            Named::Unknown => {}
            Named::Lost(lost) => {
                let folder = path::parent(&lost.path);
                if tells_of_new_files(file, markdown, code.span) {
                    continue;
                }
                let evidence = evidence(facts, names, &lost.path).filter(|_| !is_made_up(&lost.path));
                if let Some((now, label)) = evidence {
                    outcome.look();
                    let at = facts.place(&file.path, code.span, "is not there");
                    let message = format!("the document names `{}`, which is not in the tree", code.value);
                    outcome.find(Finding::new(message, at).against(Place::whole(now, label)));
                } else if lost.depth >= 2 && !facts.tree.has_folder(folder) {
                    folders.entry(folder.to_owned()).or_default().push((code, lost.path));
                }
            }
        }
    }
    for (folder, mut lost) in folders {
        let first = lost.iter().find(|(_, path)| !is_made_up(path)).map(|(code, _)| *code);
        lost.sort_by(|(_, one), (_, other)| one.cmp(other));
        lost.dedup_by(|(_, one), (_, other)| one == other);
        let Some(first) = first.filter(|_| lost.len() > 1) else { continue };
        outcome.look();
        let at = facts.place(&file.path, first.span, "is not there");
        let message =
            format!("the document names {} files in `{folder}`, a folder that is not in the tree", lost.len());
        outcome.find(Finding::new(message, at).against(Place::whole(folder, "is not there")));
    }
}

fn look_up(facts: &Facts, names: &Names<'_>, file: &SourceFile, written: &str) -> Named {
    let written = written.trim_start_matches("./");
    let bare = match written.rsplit_once(':') {
        Some((bare, line)) if !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit()) => bare,
        _ => written,
    };
    if !is_path(bare) {
        return Named::Unknown;
    }
    let (tree, bare) = (&facts.tree, bare.trim_end_matches('/'));
    let starts = [path::parent(&file.path), facts.cargo.owner(&file.path).map_or("", |owner| &owner.folder), ""];
    let paths: Vec<(usize, String)> = starts
        .iter()
        .filter_map(|start| path::join(start, bare).map(|path| (depth(facts, start, bare), path)))
        .collect();
    let elsewhere = |path: &&str| path.strip_suffix(bare).is_some_and(|rest| rest.ends_with('/'));
    if paths.iter().any(|(_, path)| tree.exists(path) || tree.hides(path))
        || names.with(path::file_name(bare)).iter().any(elsewhere)
    {
        return Named::There;
    }
    let Some((depth, path)) = paths.into_iter().max_by_key(|(depth, _)| *depth) else { return Named::Unknown };
    let first = bare.split('/').next().unwrap_or_default();
    let of_the_tree = depth >= 2 || (depth == 1 && !COMMON.contains(&first));
    if of_the_tree && WRITTEN.contains(&path::extension(&path)) {
        Named::Lost(Lost { path, depth })
    } else {
        Named::Unknown
    }
}

/// How many of the first folders of a written path are in the tree, counted from a folder.
fn depth(facts: &Facts, start: &str, written: &str) -> usize {
    let mut folder = start.to_owned();
    let parts = written.split('/').filter(|part| !matches!(*part, "" | "."));
    parts
        .take_while(|part| {
            folder = path::child(&folder, part);
            facts.tree.has_folder(&folder)
        })
        .count()
}

/// What shows that a path was right once: its file is elsewhere below the same first folder, or its folder has a twin.
fn evidence(facts: &Facts, names: &Names<'_>, path: &str) -> Option<(String, &'static str)> {
    let name = path::file_name(path);
    let top = path.split('/').next().unwrap_or_default();
    let common = matches!(name, "README.md" | "Cargo.toml" | "lib.rs" | "main.rs" | "mod.rs" | "build.rs" | "index.md");
    let second: String = path.split('/').take(2).collect::<Vec<_>>().join("/");
    let below = if facts.tree.has_folder(&second) { second.as_str() } else { top };
    let mut moved = names.with(name).iter().filter(|other| path::is_within(other, below));
    if let (Some(only), None, false) = (moved.next(), moved.next(), common) {
        return Some(((*only).to_owned(), "a file of this name"));
    }
    let folder = path::parent(path);
    facts
        .tree
        .within(folder)
        .map(|entry| entry.path.as_ref())
        .filter(|other| path::parent(other) == folder && path::extension(other) == path::extension(name))
        .map(|other| (strsim::jaro_winkler(path::file_name(other), name), other))
        .filter(|(similarity, _)| *similarity > 0.93)
        .max_by(|(one, a), (other, b)| one.total_cmp(other).then_with(|| b.cmp(a)))
        .map(|(_, other)| (other.to_owned(), "the nearest name"))
}

fn is_path(written: &str) -> bool {
    written.contains('/')
        && !written.starts_with(['/', '~', '-', '@', '#'])
        && !written.contains("..")
        && !written.contains("//")
        && written.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))
}

/// Names that stand for any file.
fn is_made_up(path: &str) -> bool {
    path.split(['/', '.', '_', '-']).any(|part| {
        matches!(
            part.to_ascii_lowercase().as_str(),
            "foo"
                | "bar"
                | "baz"
                | "example"
                | "my"
                | "your"
                | "new"
                | "xxx"
                | "name"
                | "some"
                | "mycrate"
                | "target"
                | "output"
        )
    }) || path.starts_with("path/to")
}

/// Says whether the sentence around a code speaks of files that are made or taken away.
fn tells_of_new_files(file: &SourceFile, markdown: &Markdown, span: Span) -> bool {
    let at = markdown.blocks.partition_point(|block| block.span.start <= span.start);
    let Some(block) = at.checked_sub(1).map(|index| &markdown.blocks[index]) else { return false };
    let text = file.content.text.slice(block.span).to_ascii_lowercase();
    let words = [
        "creat",
        "generat",
        "new file",
        "e.g.",
        "for example",
        "for instance",
        "remove",
        "delete",
        "was ",
        "used to",
        "moved",
        "renamed",
        "will be",
        "would",
        "such as",
        "write to",
        "written to",
        "output",
        "planned",
        "propos",
        "todo",
    ];
    words.iter().any(|word| text.contains(word))
}

/// `@path` in instructions for agents puts a file in.
fn imports(facts: &Facts, file: &SourceFile, markdown: &Markdown, outcome: &mut Outcome) {
    let text = file.text();
    for (at, _) in text.match_indices('@') {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|character| !character.is_whitespace()) {
            continue;
        }
        let rest = &text[at + 1..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_./".contains(c)).unwrap_or(rest.len());
        let written = rest[..end].trim_end_matches('.');
        let span = Span::new(at + 1, at + 1 + written.len());
        let code = |fence: Span| fence.contains(at);
        let in_code =
            markdown.fences.iter().any(|fence| code(fence.span)) || markdown.codes.iter().any(|c| code(c.span));
        if path::extension(written) != "md" || in_code || written.starts_with('/') {
            continue;
        }
        let Some(path) = path::join(path::parent(&file.path), written) else { continue };
        outcome.look();
        if !facts.tree.exists(&path) && !facts.tree.hides(&path) {
            let message = format!("the instructions take in `@{written}`, which is not in the tree");
            let place = facts.place(&file.path, span, "is not there");
            outcome.find(
                Finding::new(message, place)
                    .against(Place::whole(path, "is not there"))
                    .why("the agent gets none of what it says"),
            );
        }
    }
}
