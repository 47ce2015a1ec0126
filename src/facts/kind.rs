//! What a file is, by its path alone: it decides whether the file is read and by which parser.

use crate::facts::path;

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `Cargo.toml`.
    Manifest,
    /// `Cargo.lock`.
    Lockfile,
    /// `.cargo/config.toml` or `.cargo/config`.
    CargoConfig,
    /// `rust-toolchain.toml` or `rust-toolchain`.
    Toolchain,
    /// `clippy.toml` or `.clippy.toml`.
    ClippyConfig,
    /// A Markdown file whose name says that it is a changelog.
    Changelog,
    /// Any other Markdown file (`.md`, `.markdown`, `.mdx`).
    Markdown,
    /// A Rust source file.
    Rust,
    /// A workflow under `.github/workflows/`.
    Workflow,
    /// A composite or other action: `action.yml`.
    Action,
    /// The policy: `governed.toml` at the root.
    Policy,
    /// Other text that a rule or a contract may look into: scripts, recipes, configuration, man pages.
    Text,
    /// Anything else: it is listed and never read.
    Opaque,
}

const TEXT_NAMES: &[&str] = &[
    "Dockerfile",
    "Containerfile",
    "Makefile",
    "makefile",
    "GNUmakefile",
    "justfile",
    "Justfile",
    ".justfile",
    "CODEOWNERS",
    "PKGBUILD",
    "Earthfile",
    "Tiltfile",
    "Procfile",
    "book.toml",
    ".travis.yml",
    "SUMMARY.md",
    ".gitattributes",
    ".gitmodules",
    ".gitignore",
    ".tool-versions",
    "VERSION",
    "CITATION.cff",
    "allowed_signers",
];

const TEXT_EXTENSIONS: &[&str] = &[
    "toml", "yml", "yaml", "json", "sh", "bash", "zsh", "fish", "ps1", "py", "rb", "nix", "spec", "cff", "cfg", "ini",
    "adoc", "rst", "txt", "just", "mk", "1", "5", "7", "8", "bat", "cmd", "js", "ts", "in", "tmpl", "nu", "plist",
];

impl Kind {
    /// The kind of the file at a path.
    pub fn of(path: &str) -> Self {
        let name = path::file_name(path);
        let folder = path::parent(path);
        match name {
            "Cargo.toml" => return Self::Manifest,
            "Cargo.lock" => return Self::Lockfile,
            "action.yml" | "action.yaml" => return Self::Action,
            "governed.toml" if folder.is_empty() => return Self::Policy,
            _ => {}
        }
        if let Some(kind) = Self::whatever_its_case(name, folder) {
            return kind;
        }
        match path::extension(path) {
            "rs" => Self::Rust,
            "md" | "markdown" | "mdx" if Self::names_a_changelog(name) => Self::Changelog,
            "md" | "markdown" | "mdx" => Self::Markdown,
            "yml" | "yaml" if folder == ".github/workflows" => Self::Workflow,
            extension if TEXT_EXTENSIONS.contains(&extension) || TEXT_NAMES.contains(&name) => Self::Text,
            // A setting of a tool, where names have no case.
            extension if extension.eq_ignore_ascii_case("toml") => Self::Text,
            "" if folder == "LICENSES" || name.to_ascii_uppercase().starts_with("LICEN") || name == "COPYING" => {
                Self::Text
            }
            _ => Self::Opaque,
        }
    }

    /// What decides what runs, and is found under a name of other case where the file system has none: macOS, Windows.
    fn whatever_its_case(name: &str, folder: &str) -> Option<Self> {
        let is = |names: &[&str]| names.iter().any(|own| own.eq_ignore_ascii_case(name));
        if is(&["rust-toolchain", "rust-toolchain.toml"]) {
            return Some(Self::Toolchain);
        }
        if is(&["clippy.toml", ".clippy.toml"]) {
            return Some(Self::ClippyConfig);
        }
        let is_cargos = || path::file_name(folder).eq_ignore_ascii_case(".cargo");
        (is(&["config.toml", "config"]) && is_cargos()).then_some(Self::CargoConfig)
    }

    fn names_a_changelog(name: &str) -> bool {
        let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
        matches!(
            stem.as_str(),
            "changelog"
                | "changes"
                | "change_log"
                | "history"
                | "releases"
                | "release-notes"
                | "release_notes"
                | "relnotes"
                | "news"
        )
    }

    /// Says whether files of this kind are read at all.
    pub fn is_read(self) -> bool {
        self != Self::Opaque
    }

    /// Says whether the kind is written in Markdown.
    pub fn is_markdown(self) -> bool {
        matches!(self, Self::Markdown | Self::Changelog)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_folders_decide() {
        for (path, kind) in [
            ("Cargo.toml", Kind::Manifest),
            ("a/.cargo/config", Kind::CargoConfig),
            (".Cargo/Config.TOML", Kind::CargoConfig),
            ("Rust-Toolchain", Kind::Toolchain),
            ("config.toml", Kind::Text),
            ("RELEASES.md", Kind::Changelog),
            ("docs/news.md", Kind::Changelog),
            (".github/workflows/ci.yml", Kind::Workflow),
            ("a/.github/workflows/ci.yml", Kind::Text),
            ("src/lib.rs", Kind::Rust),
            ("logo.png", Kind::Opaque),
            ("LICENSE-MIT", Kind::Text),
        ] {
            assert_eq!(Kind::of(path), kind, "{path}");
        }
    }
}
