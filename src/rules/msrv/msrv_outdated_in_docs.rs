//! `msrv-outdated-in-docs`: a document states another minimum Rust version than the manifest of the package.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::markdown;
use crate::facts::markdown::Block;
use crate::facts::markdown::BlockKind;
use crate::facts::markdown::Link;
use crate::facts::markdown::Markdown;
use crate::facts::path;
use crate::facts::place::Span;
use crate::facts::source::Parsed;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;
use crate::rules::finding::Edit;
use crate::rules::finding::Finding;
use crate::rules::finding::Fix;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::msrv::badge;
use crate::rules::msrv::promise;
use crate::rules::msrv::rust_version::RustVersion;
use crate::rules::msrv::statement;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "msrv-outdated-in-docs",
    group: "msrv",
    level: Level::Deny,
    claim: "every minimum Rust version that a document states is the one of the manifest",
    page: "\
## What is compared

Sentences and badges that state the minimum Rust version (\"the MSRV is 1.74\", \"requires Rust 1.74 or newer\", \"Rust \
version >= 1.74\", a `rustc-1.74+` badge) in Markdown files and in the documentation of crates, against the `rust-version` \
of the package they speak for: the one that the sentence names, else the nearest package around the file, else what the \
members of the workspace promise. Where no manifest has a `rust-version`, the one version that workflows mark as the \
minimum (by a name or a comment `# MSRV`; without workflows the oldest release that `.travis.yml` tests beside the stable \
one) stands for it, and a difference is a warning.

## Example of drift

```text
README.md:    Make sure that you use Rust 1.76 or newer.
Cargo.toml:   rust-version = \"1.88.0\"
```

A reader who installs 1.76 gets an error from cargo.

## How to mend it

Write the version of the manifest (`--fix` does it, in the precision of the text), or leave the number out and let a badge \
ask the registry.

## When the rule keeps silent

Changelogs, dated posts and archives; sentences about another time (\"since\", \"until 0.5\"), on a condition (a feature, a \
target), about tests or tools; what a single key or function needs; code blocks; texts in which another package of the repository has the stated version. Where \
neither a manifest nor a workflow says a minimum there is nothing to compare. A text that demands a newer Rust than the manifest is a warning.
",
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let facts = context.facts;
    let ci = promise::of_ci(facts);
    if ci.is_none() && promise::of_repository(facts).is_empty() {
        return outcome;
    }
    let ci = ci.as_ref();
    for (file, markdown) in facts.markdown() {
        if file.kind == Kind::Markdown && file.text().contains("1.") && speaks_of_today(facts, file, markdown) {
            judge(facts, ci, file, (file.text(), markdown), &|span| span, &mut outcome);
        }
    }
    for package in facts
        .cargo
        .packages
        .iter()
        .filter(|package| package.zone == Zone::Own && (package.rust_version.is_some() || ci.is_some()))
    {
        let Some(root) = package.library().or_else(|| package.targets.first()) else { continue };
        let Some(file) = facts.file(&root.path) else { continue };
        let Parsed::Rust(rust) = &file.content.parsed else { continue };
        for block in rust.docs.iter().filter(|block| block.inner) {
            let text = file.content.text.slice(block.span);
            if !text.contains("1.") || !(text.contains("ust") || text.contains("MSRV")) {
                continue;
            }
            let joined = block.join(file.text());
            let parsed = markdown::parse(&joined.text);
            judge(facts, ci, file, (&joined.text, &parsed), &|span| joined.span_in_file(span), &mut outcome);
        }
    }
    outcome
}

/// Says whether a document is about the packages as they are now.
fn speaks_of_today(facts: &Facts, file: &SourceFile, markdown: &Markdown) -> bool {
    const OTHER: &[&str] = &[
        "release",
        "migrat",
        "upgrad",
        "breaking",
        "history",
        "news",
        "roadmap",
        "announc",
        "changelog",
        "2019",
        "202",
    ];
    let name = path::file_name(&file.path).to_ascii_lowercase();
    let front = markdown.front_matter.map_or("", |span| file.content.text.slice(span));
    let dated = front.lines().any(|line| line.starts_with("date:") || line.starts_with("date ="));
    !dated && !OTHER.iter().any(|word| name.contains(word)) && facts.zone_by_place(&file.path) == Zone::Own
}

fn judge(
    facts: &Facts,
    ci: Option<&promise::Promise>,
    file: &SourceFile,
    (text, markdown): (&str, &Markdown),
    place: &dyn Fn(Span) -> Span,
    outcome: &mut Outcome,
) {
    // The sections in which a statement agrees: of two versions under one heading one may be that of another thing.
    let mut right = BTreeSet::new();
    let mut found = Vec::new();
    for block in markdown.blocks.iter().filter(|block| !is_of_another_time(markdown, block)) {
        let source = text.get(block.span.start..block.span.end).unwrap_or_default();
        let headed = heading(markdown, block).is_some_and(|heading| {
            ["require", "prerequisite", "msrv", "rust version", "compiler"].iter().any(|word| heading.contains(word))
        });
        if !headed && is_remark(text, markdown, block) {
            continue;
        }
        for one in statement::of_block(source, headed, block.kind == BlockKind::TableRow) {
            let span = one.version.offset_by(block.span.start);
            let pictured = |link: &&Link| link.image && link.span.start <= span.start && span.end <= link.span.end;
            if markdown.links.iter().any(|link| pictured(&link)) {
                continue;
            }
            let sentence = &source[one.sentence.start..one.sentence.end];
            let promised = promise::of_text(facts, &file.path, sentence).or_else(|| ci.cloned());
            let Some(promise) = promised else { continue };
            let Some(stated) = RustVersion::parse(&source[one.version.start..one.version.end]) else { continue };
            outcome.look();
            if promise.admits(stated) {
                right.insert(block.heading);
            } else {
                let span = place(span);
                found.push((block.heading, finding(facts, file, span, stated, &promise, &[span])));
            }
        }
    }
    found.retain(|(heading, _)| !right.contains(heading));
    outcome.findings.extend(found.into_iter().map(|(_, finding)| finding));
    judge_badges(facts, ci, file, (text, markdown), place, outcome);
}

fn judge_badges(
    facts: &Facts,
    ci: Option<&promise::Promise>,
    file: &SourceFile,
    (text, markdown): (&str, &Markdown),
    place: &dyn Fn(Span) -> Span,
    outcome: &mut Outcome,
) {
    for link in markdown.links.iter().filter(|link| link.image) {
        let Some(version) = badge::version(&link.target.value) else { continue };
        let promised = promise::of_text(facts, &file.path, &link.text).or_else(|| ci.cloned());
        let Some(promise) = promised else { continue };
        let Some(stated) = RustVersion::parse(&link.target.value[version.start..version.end]) else { continue };
        outcome.look();
        if promise.admits(stated) {
            continue;
        }
        let written = &link.target.value[version.start..version.end];
        let exact = text.get(link.target.span.start..link.target.span.end) == Some(link.target.value.as_str());
        let span = if exact { version.offset_by(link.target.span.start) } else { link.target.span };
        let mut spans = if exact { vec![place(span)] } else { Vec::new() };
        let whole = text.get(link.span.start..link.span.end).unwrap_or_default();
        let copies = whole
            .match_indices(written)
            .map(|(at, _)| Span::new(link.span.start + at, link.span.start + at + written.len()));
        spans.extend(copies.map(place).filter(|copy| *copy != place(span)));
        outcome.find(finding(facts, file, place(span), stated, &promise, &spans));
    }
}

/// Says whether a block is quoted in a section about something else: `> **MSRV:** 1.64+` speaks of what stands above it.
fn is_remark(text: &str, markdown: &Markdown, block: &Block) -> bool {
    const WHOLE: &[&str] = &["install", "build", "start", "compat", "support", "usage", "rust"];
    let line = text[..block.span.start.min(text.len())].rfind('\n').map_or(0, |at| at + 1);
    let quoted = text.get(line..block.span.end).is_some_and(|line| line.trim_start().starts_with('>'));
    let below = block.heading.is_some_and(|index| markdown.headings[index].level > 1);
    quoted && below && heading(markdown, block).is_some_and(|name| !WHOLE.iter().any(|word| name.contains(word)))
}

/// The heading of a block in lower case.
fn heading(markdown: &Markdown, block: &Block) -> Option<String> {
    Some(markdown.headings[block.heading?].text.to_ascii_lowercase())
}

/// Says whether the heading is that of a release, of a list of changes or of something optional.
fn is_of_another_time(markdown: &Markdown, block: &Block) -> bool {
    heading(markdown, block).is_some_and(|heading| {
        let numbered = heading
            .as_bytes()
            .windows(3)
            .any(|three| three[0].is_ascii_digit() && three[1] == b'.' && three[2].is_ascii_digit());
        numbered && !heading.contains("rust")
            || ["feature", "change", "history", "release notes"].iter().any(|word| heading.contains(word))
    })
}

fn finding(
    facts: &Facts,
    file: &SourceFile,
    span: Span,
    stated: RustVersion,
    promise: &promise::Promise,
    copies: &[Span],
) -> Finding {
    let said = &promise.said;
    let below = stated.is_below(promise.version);
    let written = file.content.text.slice(span);
    let (who, label) =
        if promise.by_ci { ("CI takes", "is marked as the minimum") } else { ("the manifest says", "promises this") };
    let message = format!("the text says Rust {written}, {who} {}", said.value);
    let finding = Finding::new(message, facts.place(&file.path, span, "says this"))
        .against(facts.place(&said.path, said.span, label));
    if promise.by_ci {
        return finding
            .certainty(Certainty::Probable)
            .why("no manifest promises a version, and what CI does not build is proven by nothing");
    }
    if !below {
        return finding
            .certainty(Certainty::Probable)
            .why("either the text is ahead of the manifest, or the promise is too low");
    }
    let text = promise.version.written_like(stated);
    let edits = copies.iter().map(|&span| Edit { path: file.path.to_string(), span, text: text.clone() }).collect();
    finding
        .why("cargo refuses to build the package with the stated version")
        .fix(Fix { title: format!("write `{text}`"), edits })
}
