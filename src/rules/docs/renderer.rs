//! Who turns a document into a page: the forge, mdBook, or a site generator whose routes nobody can know from here.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::markdown::Markdown;
use crate::facts::path;
use crate::facts::source::SourceFile;

/// The renderer of one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Renderer<'a> {
    /// The forge, for certain: a README, a contributing guide, instructions for agents.
    Forge,
    /// Most likely the forge: a page without front matter in a repository without a site.
    Plain,
    /// mdBook; the folder of its sources.
    Book(&'a str),
    /// A site generator: routes and anchors follow rules of its own.
    Site,
}

/// All books and sites of a tree.
#[derive(Debug, Default)]
pub(super) struct Renderers {
    /// The folders of the sources of books.
    books: Vec<String>,
    /// The folders of site generators; whether pages directly in the folder belong to the site.
    sites: Vec<(String, bool)>,
}

/// Names whose presence in a folder makes it a site, and whether pages directly in the folder belong to it.
const SITE_FILES: &[(&str, bool)] = &[
    ("docusaurus.config.js", false),
    ("docusaurus.config.ts", false),
    ("docusaurus.config.mjs", false),
    ("astro.config.mjs", false),
    ("astro.config.ts", false),
    ("astro.config.js", false),
    ("gatsby-config.js", false),
    ("eleventy.config.js", false),
    (".eleventy.js", false),
    ("theme.config.tsx", false),
    ("theme.config.jsx", false),
    ("hugo.toml", false),
    ("hugo.yaml", false),
    ("zola.toml", false),
    ("_config.yml", true),
    ("_config.yaml", true),
    ("_quarto.yml", true),
    ("antora.yml", true),
    ("mint.json", true),
    (".gitbook.yaml", true),
    ("myst.yml", true),
    ("conf.py", true),
];

/// Folders at the root in which a site elsewhere in the tree may look for its pages.
const PAGE_FOLDERS: &[&str] = &["docs", "doc", "website", "site", "content", "guide", "www", "web"];

/// Names of documents that a forge shows by itself.
const FORGE_NAMES: &[&str] = &[
    "README",
    "CONTRIBUTING",
    "CODE_OF_CONDUCT",
    "SECURITY",
    "SUPPORT",
    "GOVERNANCE",
    "MAINTAINERS",
    "ARCHITECTURE",
    "DEVELOPMENT",
    "DEVELOPING",
    "HACKING",
    "RELEASING",
    "RELEASE",
    "BUILDING",
    "INSTALL",
    "TESTING",
    "AUTHORS",
    "CLAUDE",
    "AGENTS",
    "GEMINI",
    "SKILL",
];

impl Renderers {
    /// Looks for the configuration of books and sites.
    pub(super) fn of(facts: &Facts) -> Self {
        let mut found = Self::default();
        for entry in facts.tree.entries() {
            let name = path::file_name(&entry.path);
            let folder = path::parent(&entry.path);
            match name {
                "book.toml" => {
                    let source = value_of(facts.text(&entry.path).unwrap_or_default(), "src").unwrap_or("src");
                    found.books.extend(path::join(folder, source));
                }
                // Parts of a configuration are put together from files such as `mkdocs-base.yml`, at any place.
                _ if name.starts_with("mkdocs") && matches!(path::extension(name), "yml" | "yaml") => {
                    let source = value_of(facts.text(&entry.path).unwrap_or_default(), "docs_dir").unwrap_or("docs");
                    let beside = path::join(folder, source);
                    let inside = path::file_name(folder) == source && !name.starts_with("mkdocs.");
                    found.sites.extend(if inside {
                        Some((folder.to_owned(), true))
                    } else {
                        beside.map(|one| (one, true))
                    });
                }
                "config.toml" if facts.tree.has_folder(&path::child(folder, "content")) => {
                    found.sites.push((folder.to_owned(), false));
                }
                _ if matches!(path::file_name(folder), ".vitepress" | ".vuepress") && name.starts_with("config.") => {
                    found.sites.push((path::parent(folder).to_owned(), true));
                }
                _ => {
                    let site = SITE_FILES.iter().find(|(file, _)| *file == name);
                    found.sites.extend(site.map(|(_, all)| (folder.to_owned(), *all)));
                }
            }
        }
        found
    }

    /// The renderer of one document.
    pub(super) fn of_document(&self, file: &SourceFile, markdown: &Markdown) -> Renderer<'_> {
        let at = file.path.as_ref();
        let folder = path::parent(at);
        if let Some(book) = self.books.iter().filter(|book| path::is_within(at, book)).max_by_key(|book| book.len()) {
            // Of two configurations for one folder, one is left from before: which, can't be told.
            let twice = self.sites.iter().any(|(site, all)| *all && !site.is_empty() && path::is_within(book, site));
            return if twice { Renderer::Site } else { Renderer::Book(book) };
        }
        let agent = at.starts_with(".claude/") || at.starts_with(".cursor/") || at.starts_with(".github/");
        let root = folder.is_empty();
        if agent || (root && file.kind == Kind::Markdown && markdown.front_matter.is_none()) {
            return Renderer::Forge;
        }
        let forge = is_forge_name(at);
        let in_site = self
            .sites
            .iter()
            .any(|(site, all)| !site.is_empty() && path::is_within(at, site) && (*all || folder != site));
        // What builds these is not always known; that something does is in the name.
        let readme = path::file_name(at).to_ascii_uppercase().starts_with("README");
        let named_site = !readme && matches!(at.split('/').next().unwrap_or_default(), "website" | "site" | "www");
        let root_site = self.sites.iter().any(|(site, _)| site.is_empty());
        let near_site = (!self.sites.is_empty() && PAGE_FOLDERS.contains(&at.split('/').next().unwrap_or_default()))
            || (root_site && !forge);
        if in_site || near_site || named_site || markdown.front_matter.is_some() || path::extension(at) == "mdx" {
            Renderer::Site
        } else if forge {
            Renderer::Forge
        } else {
            Renderer::Plain
        }
    }
}

/// Says whether the name is one of those that a forge shows by itself.
fn is_forge_name(at: &str) -> bool {
    let stem = path::file_name(at).split('.').next().unwrap_or_default().to_ascii_uppercase();
    FORGE_NAMES.contains(&stem.as_str())
}

/// The value of the first line `key = "value"` or `key: value`.
fn value_of<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let rest = line.trim().strip_prefix(key)?.trim_start();
        let value = rest.strip_prefix(['=', ':'])?.trim();
        Some(value.trim_matches(['"', '\'']).trim_end_matches('/'))
    })
}
