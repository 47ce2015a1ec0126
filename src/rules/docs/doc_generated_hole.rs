//! Places in published documents that a generator was to fill and did not.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::markdown::Markdown;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;
use crate::rules::docs::renderer::Renderer;
use crate::rules::docs::renderer::Renderers;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "doc-generated-hole",
    group: "docs",
    level: Level::Warn,
    claim: "what generators put into documents is there",
    page: PAGE,
    check,
};

const PAGE: &str = r"
## What is compared

Looks at the marks between which a generator writes (tables of contents, the crate's documentation in a README, lists
of contributors, help output), and for places of a template that were never filled in.

A pair of comments is a pair of marks where they differ in `start`/`end` or `begin`/`end` alone. A mark of a
known generator (doctoc, cargo-rdme, cargo-sync-readme, all-contributors, markdown-toc) without its partner is found too: the next run of
the generator would fail, or eat the rest of the page.

## Example of drift

```text
README.md:10   <!-- cargo-rdme start -->
README.md:12   <!-- cargo-rdme end -->      nothing stands between them
README.md:3    tool {{ version }}           was never filled in
```

## How to mend it

Run the generator, or take the marks out.

## When the rule keeps silent

The rule keeps silent on pages that a book or a site generator renders, on templates, on code, on marks that switch a
linter or formatter off and on, and on comments that are no pair.
";

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    let renderers = Renderers::of(facts);
    let mut outcome = Outcome::default();
    for (file, markdown) in facts.markdown() {
        let text = file.text();
        if markdown.comments.is_empty() && !text.contains("{{") {
            continue;
        }
        let rendered = matches!(renderers.of_document(file, markdown), Renderer::Book(_) | Renderer::Site);
        if rendered || facts.zone_by_place(&file.path) != Zone::Own {
            continue;
        }
        marks(facts, file, markdown, &mut outcome);
        if file.kind == Kind::Markdown {
            templates(facts, file, markdown, &mut outcome);
        }
    }
    outcome
}

/// Which end of a pair a comment marks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Start,
    End,
}

struct Mark<'a> {
    name: String,
    end: End,
    comment: &'a Spanned<String>,
}

/// Generators that can not work with one mark alone.
const KNOWN: &[&str] =
    &["doctoc", "cargo-rdme", "cargo-sync-readme", "cargo-readme", "all-contributors", "cargo-reedme"];

fn marks(facts: &Facts, file: &SourceFile, markdown: &Markdown, outcome: &mut Outcome) {
    let marks: Vec<Mark<'_>> = markdown.comments.iter().filter_map(read).collect();
    let mut open: Vec<&Mark<'_>> = Vec::new();
    for mark in &marks {
        if mark.end == End::Start {
            open.push(mark);
            continue;
        }
        let partner = open.iter().rposition(|start| start.name == mark.name);
        match partner {
            Some(index) => {
                let start = open.remove(index);
                outcome.look();
                let between = Span::new(whole(start.comment.span).end, whole(mark.comment.span).start);
                if is_empty(file.content.text.slice(between)) {
                    let at = facts.place(&file.path, whole(start.comment.span), "begins here");
                    let end = facts.place(&file.path, whole(mark.comment.span), "ends here");
                    let message = format!("nothing stands between the marks of `{}`", mark.name);
                    outcome.find(Finding::new(message, at).against(end).certainty(Certainty::Probable));
                }
            }
            None => alone(facts, file, mark, outcome),
        }
    }
    for mark in open {
        alone(facts, file, mark, outcome);
    }
}

fn alone(facts: &Facts, file: &SourceFile, mark: &Mark<'_>, outcome: &mut Outcome) {
    if !KNOWN.iter().any(|known| mark.name.contains(known)) {
        return;
    }
    outcome.look();
    let (is, lacks) = if mark.end == End::Start { ("begins", "end") } else { ("ends", "begin") };
    let at = facts.place(&file.path, whole(mark.comment.span), format!("{is} here"));
    let message = format!("the generated part `{}` {is} here and does not {lacks}", mark.name);
    outcome.find(Finding::new(message, at).against(Place::whole(file.path.as_ref(), "has no other mark of this name")));
}

/// The span of a comment with its arrows.
fn whole(span: Span) -> Span {
    Span::new(span.start.saturating_sub(4), span.end + 3)
}

/// Reads a comment as a mark: `BEGIN x`, `x start`, `x:START`, `START doctoc ...`.
fn read(comment: &Spanned<String>) -> Option<Mark<'_>> {
    let whole = comment.value.trim();
    if whole.len() > 200 || whole.contains('\n') {
        return None;
    }
    // `LIST:START - Do not remove or modify this section`: what stands behind the dash speaks to people.
    let text = whole.split_once(" - ").map_or(whole, |(mark, _)| mark);
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> =
        lower.split([' ', ':', '-', '_', '.', ',', '(', ')']).filter(|word| !word.is_empty()).collect();
    if let Some(at) = words.iter().position(|word| *word == "doctoc") {
        let end = words.get(at.checked_sub(1)?)?;
        return mark("doctoc".to_owned(), end, comment);
    }
    let (first, last) = (*words.first()?, *words.last()?);
    let quiet =
        ["ignore", "lint", "markdownlint", "prettier", "dprint", "rumdl", "textlint", "spellchecker", "cspell", "vale"];
    if words.len() < 2 || words.len() > 7 || words.iter().any(|word| quiet.contains(word)) {
        return None;
    }
    // The name keeps its dashes, as its generator writes it.
    let name = |text: &str| text.trim_matches([' ', ':', '-', '_', '.']).to_owned();
    mark(name(&lower[first.len()..]), first, comment)
        .filter(|_| lower.starts_with(first))
        .or_else(|| mark(name(&lower[..lower.len() - last.len()]), last, comment).filter(|_| lower.ends_with(last)))
}

fn mark<'a>(name: String, word: &str, comment: &'a Spanned<String>) -> Option<Mark<'a>> {
    let end = match word {
        "start" | "begin" => End::Start,
        "end" | "stop" => End::End,
        _ => return None,
    };
    Some(Mark { name, end, comment })
}

/// Says whether nothing but white space and comments stands in a text.
fn is_empty(text: &str) -> bool {
    let mut rest = text.trim();
    while let Some(comment) = rest.strip_prefix("<!--") {
        let Some(end) = comment.find("-->") else { return false };
        rest = comment[end + 3..].trim();
    }
    rest.is_empty()
}

/// Names that templates of documents use.
const PLACES: &[&str] = &[
    "version",
    "crate",
    "crate_name",
    "crate-name",
    "readme",
    "license",
    "badges",
    "year",
    "author",
    "authors",
    "date",
    "name",
    "description",
    "project-name",
    "project_name",
    "project",
    "package",
    "toc",
    "crate_version",
    "repository",
];

/// `{{ version }}` in prose that no generator renders.
fn templates(facts: &Facts, file: &SourceFile, markdown: &Markdown, outcome: &mut Outcome) {
    let text = file.text();
    for (at, _) in text.match_indices("{{") {
        let Some(end) = text[at..].find("}}").filter(|end| *end < 60) else { continue };
        let name = text[at + 2..at + end].trim().to_ascii_lowercase();
        let variable = text[..at].ends_with(['$', '{', '\\']);
        if variable || !PLACES.contains(&name.as_str()) || in_code(markdown, at) {
            continue;
        }
        outcome.look();
        let place = facts.place(&file.path, Span::new(at, at + end + 2), "was never filled in");
        let against = match facts.cargo.owner(&file.path) {
            Some(package) => facts.place(&package.name.path, package.name.span, "the package that it is about"),
            None => Place::whole(file.path.as_ref(), "is shown as it stands"),
        };
        let message = format!("the document is published with the empty place `{}`", &text[at..at + end + 2]);
        outcome.find(Finding::new(message, place).against(against));
    }
}

fn in_code(markdown: &Markdown, at: usize) -> bool {
    markdown.fences.iter().any(|fence| fence.span.contains(at))
        || markdown.codes.iter().chain(&markdown.comments).any(|part| part.span.contains(at))
}
