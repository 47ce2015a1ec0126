//! Relative links and anchors of documents whose renderer is known.

use std::collections::BTreeSet;
use std::collections::HashMap;

use crate::facts::Facts;
use crate::facts::ignored::Ignored;
use crate::facts::kind::Kind;
use crate::facts::markdown::Link;
use crate::facts::markdown::LinkKind;
use crate::facts::markdown::Markdown;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::source::Parsed;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;
use crate::rules::docs::anchors;
use crate::rules::docs::anchors::Anchors;
use crate::rules::docs::collection;
use crate::rules::docs::embedded;
use crate::rules::docs::embedded::Embedded;
use crate::rules::docs::item_url;
use crate::rules::docs::link_target;
use crate::rules::docs::link_target::Target;
use crate::rules::docs::own_url::OwnUrl;
use crate::rules::docs::renderer::Renderer;
use crate::rules::docs::renderer::Renderers;
use crate::rules::docs::repeats;
use crate::rules::docs::translation;
use crate::rules::finding::Finding;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "doc-link-broken",
    group: "docs",
    level: Level::Warn,
    claim: "every relative link of a document leads to a file or a heading that is there",
    page: include_str!("doc_link_broken.md"),
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    // What stands around a package in its repository is not in the package of a registry.
    if facts.tree.is_package_archive() {
        return Outcome::default();
    }
    let renderers = Renderers::of(facts);
    let embedded = Embedded::of(facts);
    let ignored = Ignored::of(facts);
    let mut links = Links {
        facts,
        renderers: &renderers,
        embedded: &embedded,
        ignored: &ignored,
        own_url: OwnUrl::of(facts),
        anchors: HashMap::new(),
        missing: Vec::new(),
        found: Vec::new(),
        outcome: Outcome::default(),
    };
    for (file, markdown) in facts.markdown() {
        if file.kind == Kind::Changelog || facts.zone(&file.path) != Zone::Own {
            continue;
        }
        // What the forge puts into a pull request is shown on the page of that request.
        if path::file_name(&file.path).to_ascii_lowercase().starts_with("pull_request_template") {
            continue;
        }
        // `_includes/nav.md` is put into pages, with what their other parts bring along.
        if path::parent(&file.path).split('/').any(|part| part.starts_with('_') && part.len() > 1) {
            continue;
        }
        let renderer = renderers.of_document(file, markdown);
        if renderer != Renderer::Forge && (embedded.is_put_in(&file.path) || is_input_of_tests(&file.path)) {
            continue;
        }
        for link in &markdown.links {
            links.judge(file, markdown, link, renderer);
        }
        if let Renderer::Book(_) = renderer {
            links.includes(file);
        }
        links.tell(renderer);
    }
    let mut outcome = links.outcome;
    collection::leave_out(facts, &mut outcome);
    outcome
}

/// A document below the tests that no forge shows by itself.
fn is_input_of_tests(path: &str) -> bool {
    path::parent(path).split('/').any(|part| matches!(part, "test" | "tests"))
}

/// A link whose file is missing.
struct Missing {
    written: String,
    finding: Finding,
}

struct Links<'a> {
    facts: &'a Facts,
    renderers: &'a Renderers,
    embedded: &'a Embedded,
    ignored: &'a Ignored<'a>,
    own_url: OwnUrl,
    /// The anchors of the pages that were asked for.
    anchors: HashMap<&'a str, Anchors>,
    /// What the document at hand misses.
    missing: Vec<Missing>,
    /// What else is wrong in it.
    found: Vec<Finding>,
    outcome: Outcome,
}

impl<'a> Links<'a> {
    fn judge(&mut self, file: &'a SourceFile, markdown: &'a Markdown, link: &Link, renderer: Renderer<'_>) {
        if link.target.value.contains("://") {
            let found = self.own_url.judge(self.facts, file, link, &mut self.outcome);
            self.found.extend(found.or_else(|| item_url::judge(self.facts, file, link, &mut self.outcome)));
        }
        if link.kind == LinkKind::Autolink {
            return;
        }
        let Some(target) = link_target::read(&link.target.value) else { return };
        if target.path.is_empty() {
            self.anchor(file, file, markdown, &target, link);
            return;
        }
        let Some(path) = resolve(file, &target, renderer) else { return };
        let tree = &self.facts.tree;
        if tree.hides(&path) || link_target::is_of_the_forge(&path, renderer) {
            return;
        }
        let found = self.lookup(&path, renderer);
        if renderer == Renderer::Site && matches!(found, Lookup::Missing) && self.is_below_the_site(file, &target) {
            self.outcome.look();
            return;
        }
        match found {
            Lookup::Unknown => {}
            // A page of the documentation, made beside the one that is made of this document.
            Lookup::Missing
                if renderer == Renderer::Forge
                    && path::extension(&path) == "html"
                    && self.is_made_beside(file, &path) => {}
            Lookup::File(found) => {
                self.outcome.look();
                if let Some((page, markdown)) = self.page(&found) {
                    self.anchor(file, page, markdown, &target, link);
                } else {
                    self.line(file, &found, &target, link);
                }
            }
            Lookup::Missing => {
                self.outcome.look();
                self.missing(file, link.target.span, &target.path, &path);
            }
        }
    }

    /// Tells what was found in a document, every cause once.
    fn tell(&mut self, renderer: Renderer<'_>) {
        let mut found = std::mem::take(&mut self.found);
        let missing = std::mem::take(&mut self.missing);
        let written: BTreeSet<&str> = missing.iter().map(|missing| missing.written.as_str()).collect();
        // The forge shows its own documents where they are, whatever else shows them.
        if renderer == Renderer::Forge || !embedded::belong_elsewhere(self.facts, &written) {
            found.extend(missing.into_iter().map(|missing| missing.finding));
        }
        found.sort_by_key(|finding| finding.at.span.start);
        for finding in repeats::join(found) {
            self.outcome.find(finding);
        }
    }

    /// What stands at a path for the readers of a renderer.
    fn lookup(&self, path: &str, renderer: Renderer<'_>) -> Lookup {
        let tree = &self.facts.tree;
        if tree.exists(path) {
            return Lookup::File(path.to_owned());
        }
        let extension = path::extension(path);
        match renderer {
            Renderer::Forge if extension.is_empty() || extension.len() < 12 => Lookup::Missing,
            Renderer::Plain if !extension.is_empty() && extension != "html" => Lookup::Missing,
            Renderer::Book(source) => self.in_book(path, source),
            Renderer::Site if matches!(extension, "md" | "mdx" | "markdown") => {
                let stem = &path[..path.len() - extension.len()];
                let twin = ["md", "mdx", "markdown"].map(|extension| format!("{stem}{extension}"));
                twin.into_iter().find(|twin| tree.has_file(twin)).map_or(Lookup::Missing, Lookup::File)
            }
            _ => Lookup::Unknown,
        }
    }

    /// Says whether a page is there below one of the folders around a document: site generators look from the folder of
    /// all pages too, and in that of the original where a page was not translated.
    fn is_below_the_site(&self, file: &SourceFile, target: &Target) -> bool {
        let mut folder = path::parent(&file.path);
        while !folder.is_empty() {
            let there = |start: &str| {
                let path = path::join(start, target.path.trim_start_matches('/'));
                path.is_some_and(|path| matches!(self.lookup(&path, Renderer::Site), Lookup::File(_)))
            };
            if there(folder) {
                return true;
            }
            folder = path::parent(folder);
        }
        translation::is_translation(&file.path)
    }

    /// Says whether a page of HTML would lie right beside a document, where none is checked in.
    fn is_made_beside(&self, file: &SourceFile, path: &str) -> bool {
        let folder = path::parent(path);
        let own = |path: &str| path::parent(path) == folder && path::extension(path) == "html";
        folder == path::parent(&file.path) && !self.facts.tree.within(folder).any(|entry| own(&entry.path))
    }

    /// A chapter of a book, under its rendered name too.
    fn in_book(&self, path: &str, source: &str) -> Lookup {
        let extension = path::extension(path);
        // A file outside the book is on no page of it; where the tree has none either, the link is dead everywhere. A page
        // may be one of another book on the same site.
        if !path::is_within(path, source) && matches!(extension, "rs" | "toml") && !self.facts.tree.hides(path) {
            return Lookup::Missing;
        }
        if !path::is_within(path, source) || !self.facts.tree.has_folder(path::parent(path)) {
            return Lookup::Unknown;
        }
        match extension {
            "html" => {
                let stem = &path[..path.len() - 5];
                let made = matches!(path::file_name(stem), "print" | "404" | "toc");
                let names = [format!("{stem}.md"), path::child(path::parent(path), "README.md")];
                let index = path::file_name(stem) == "index";
                let chapter =
                    names.into_iter().take(1 + usize::from(index)).find(|name| self.facts.tree.has_file(name));
                match chapter {
                    Some(chapter) => Lookup::File(chapter),
                    None if made => Lookup::Unknown,
                    None => Lookup::Missing,
                }
            }
            "md" | "png" | "svg" | "jpg" | "gif" | "rs" | "toml" => Lookup::Missing,
            _ => Lookup::Unknown,
        }
    }

    fn page(&self, path: &str) -> Option<(&'a SourceFile, &'a Markdown)> {
        let file = self.facts.file(path)?;
        match &file.content.parsed {
            Parsed::Markdown(markdown) => Some((file, markdown)),
            _ => None,
        }
    }

    fn anchor(
        &mut self,
        file: &SourceFile,
        page: &'a SourceFile,
        markdown: &'a Markdown,
        target: &Target,
        link: &Link,
    ) {
        // `##` leads nowhere on purpose: it carries a text that the reader sees in passing.
        let named = target.anchor.as_ref().filter(|anchor| !anchor.trim_matches('#').is_empty());
        let Some(anchor) = named else { return };
        let shown_by = self.renderers.of_document(page, markdown);
        if anchors::is_of_contributors(markdown, link.span.start) && std::ptr::eq(file, page) {
            return;
        }
        let anchors = self.anchors.entry(&page.path).or_insert_with(|| Anchors::of(page.text(), markdown));
        self.outcome.look();
        let translated = translation::is_translation(&page.path) || translation::is_translation(&file.path);
        if anchors.admit(anchor, shown_by) || translated || self.lists_features(page) {
            return;
        }
        let own = std::ptr::eq(file, page);
        let message = if own {
            format!("the link leads to `#{anchor}`, and the page has no such heading")
        } else {
            format!("the link leads to `#{anchor}` of {}, which has no such heading", page.path)
        };
        let at = self.facts.place(&file.path, link.target.span, "no such heading");
        let near = markdown
            .headings
            .iter()
            .map(|heading| (strsim::jaro_winkler(&heading.slug, anchor), heading))
            .filter(|(near, _)| *near > 0.75)
            .max_by(|(one, _), (other, _)| one.total_cmp(other));
        let against = match near {
            Some((_, heading)) => {
                self.facts.place(&page.path, heading.span, format!("the nearest one is `#{}`", heading.slug))
            }
            None => Place::whole(page.path.as_ref(), "has no such heading"),
        };
        self.found.push(Finding::new(message, at).against(against).why("the reader stays at the top of the page"));
    }

    /// Says whether git ignores what is missing; a folder that is there says nothing of what should be in it.
    fn is_made(&self, path: &str) -> bool {
        let mut part = path;
        while !part.is_empty() && !self.facts.tree.has_folder(part) {
            if self.ignored.names_it(part) {
                return true;
            }
            part = path::parent(part);
        }
        false
    }

    /// Says whether a page is the README of a package that puts the list of its features into its documentation.
    fn lists_features(&self, page: &SourceFile) -> bool {
        self.facts.cargo.owner(&page.path).is_some_and(|owner| {
            owner.readme.as_deref() == Some(page.path.as_ref())
                && owner.dependencies.iter().any(|edge| edge.package == "document-features")
        })
    }

    /// `file.rs#L10-L20`: the lines must be there.
    fn line(&mut self, file: &SourceFile, found: &str, target: &Target, link: &Link) {
        let Some(anchor) = &target.anchor else { return };
        let Some(source) = self.facts.file(found) else { return };
        let last = anchor.rsplit('-').next().unwrap_or_default();
        let Some(wanted) = last.strip_prefix('L').and_then(|number| number.parse::<usize>().ok()) else { return };
        let count = source.content.text.line_count();
        if wanted > count && count > 0 {
            let at = self.facts.place(&file.path, link.target.span, format!("line {wanted}"));
            let message = format!("the link leads to line {wanted} of {found}, which has {count} lines");
            self.found.push(Finding::new(message, at).against(Place::whole(found, format!("has {count} lines"))));
        }
    }

    fn missing(&mut self, file: &SourceFile, span: Span, written: &str, path: &str) {
        if self.embedded.resolves_beside_link(self.facts, written) || self.is_made(path) {
            return;
        }
        let at = self.facts.place(&file.path, span, "leads nowhere");
        let mut finding = Finding::new(format!("the link leads to `{written}`, which is not in the tree"), at)
            .against(Place::whole(path, "is not there"));
        let name = path::file_name(path);
        let mut same =
            self.facts.tree.entries().iter().filter(|entry| path::file_name(&entry.path).eq_ignore_ascii_case(name));
        if let (Some(only), None) = (same.next(), same.next()) {
            finding = finding.why(format!("a file of this name is at {}", only.path));
        }
        self.missing.push(Missing { written: written.to_owned(), finding });
    }

    /// The files that mdBook puts into a chapter.
    fn includes(&mut self, file: &SourceFile) {
        let text = file.text();
        for (at, _) in text.match_indices("{{#") {
            let rest = &text[at + 3..];
            let kinds = ["include ", "rustdoc_include ", "playground ", "playpen "];
            let Some(kind) = kinds.iter().find(|kind| rest.starts_with(*kind)) else { continue };
            let Some(end) = rest.find("}}").filter(|end| !rest[..*end].contains('\n')) else { continue };
            let written = rest[kind.len()..end].split_whitespace().next().unwrap_or_default();
            let written = written.split(':').next().unwrap_or_default();
            let shown = text[..at].ends_with('\\') || written.is_empty() || written.contains(['{', '<', '$']);
            let Some(path) = path::join(path::parent(&file.path), written).filter(|_| !shown) else { continue };
            self.outcome.look();
            if !self.facts.tree.exists(&path) && !self.facts.tree.hides(&path) {
                let start = at + 3 + kind.len();
                self.missing(file, Span::new(start, start + written.len()), written, &path);
            }
        }
    }
}

enum Lookup {
    /// It is there: a file or a folder.
    File(String),
    Missing,
    /// The renderer may make something of it.
    Unknown,
}

/// The path that a target means, from the root of the tree.
fn resolve(file: &SourceFile, target: &Target, renderer: Renderer<'_>) -> Option<String> {
    match target.path.strip_prefix('/') {
        // Only the forge reads a leading `/` as the root of the repository, and only a file can be told from a route.
        Some(rooted) => path::join("", rooted)
            .filter(|path| renderer == Renderer::Forge && matches!(path::extension(path), "md" | "rs" | "toml")),
        None => path::join(path::parent(&file.path), &target.path),
    }
}
