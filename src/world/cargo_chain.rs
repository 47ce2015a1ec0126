//! The files around a tree that cargo and its tools read, and those that they look for and do not find.
//!
//! In the root and every folder above it: cargo's configuration with its includes, the toolchain file; above the root
//! also manifests that could take the tree for a member, and the settings of rustfmt and clippy. Then cargo's home, and
//! the user's own settings of the tools. What is not there is told by not being in the list: adding it changes a key.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use crate::facts::cargo_config;
use crate::facts::cargo_config::SettingValue;
use crate::facts::digest::Digest;
use crate::facts::manifest;
use crate::facts::toml::Document;
use crate::world::beside::Beside;
use crate::world::plain_path::plain;

/// How many files may include one another.
const INCLUDES: usize = 64;
/// In every folder from the root up.
const EVERYWHERE: &[(&str, Part)] = &[
    (".cargo/config", Part::Cargo),
    (".cargo/config.toml", Part::Cargo),
    ("rust-toolchain", Part::Toolchain),
    ("rust-toolchain.toml", Part::Toolchain),
];
/// The manifest of a package or a workspace.
const MANIFEST: &str = "Cargo.toml";
/// In the folders above the root; in the tree they are sources.
const ABOVE: &[(&str, Part)] = &[
    (MANIFEST, Part::Tool),
    ("rustfmt.toml", Part::Tool),
    (".rustfmt.toml", Part::Tool),
    ("clippy.toml", Part::Tool),
    (".clippy.toml", Part::Tool),
];
/// Below the user's folder of settings.
const SETTINGS: &[&str] = &["rustfmt/rustfmt.toml", "rustfmt/.rustfmt.toml", "nextest/config.toml"];

/// What a file decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Which toolchain rustup takes.
    Toolchain,
    /// Cargo's configuration.
    Cargo,
    /// The settings of a tool, or a manifest above the tree.
    Tool,
}

/// One setting of a file of cargo's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChainSetting {
    /// The keys with dots between them: `build.rustflags`.
    pub key: String,
    /// The keys one by one.
    pub path: Vec<String>,
    /// The digest of the value as written.
    pub digest: Digest,
    /// The value as written, where it can hold no secret.
    pub shown: Option<String>,
    /// The value where it is a string, or the strings of a list.
    pub words: Vec<String>,
}

/// A file that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainFile {
    /// What it decides.
    pub part: Part,
    /// How it is reached: `.cargo/config.toml`, `../rust-toolchain`, `$CARGO_HOME/config.toml`.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// The digest of its text, values of secrets taken out.
    pub digest: Digest,
    /// Its settings, where it is a configuration of cargo that can be read.
    pub settings: Vec<ChainSetting>,
    /// Where it is a manifest above the tree with a workspace: what that excludes.
    pub workspace: Option<Vec<String>>,
}

/// All files around a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// The files that are there, in the order in which they count.
    pub found: Vec<ChainFile>,
    /// Those that were looked for in the root, in cargo's home and among the user's settings and are not there. Above
    /// the root they are not listed one by one: how deep a tree lies says nothing about it.
    pub absent: Vec<String>,
    /// All that was looked at, there or not, as it was just before it was read.
    pub looked: Vec<Beside>,
}

impl Chain {
    /// Says whether the tree itself names a toolchain at its root.
    pub fn names_toolchain(&self) -> bool {
        self.found.iter().any(|file| file.part == Part::Toolchain && !file.name.starts_with(['.', '$', '~']))
    }
}

/// Where cargo and its tools look beside the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Homes {
    /// `CARGO_HOME`, or `.cargo` in the home folder.
    pub cargo: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`, or `.config` in the home folder.
    pub settings: Option<PathBuf>,
}

/// Reads the files around a tree. Steps start in its root, so that is where the search begins.
pub fn read(root: &Path, homes: &Homes) -> Chain {
    let mut reader = Reader::default();
    for (height, folder) in root.ancestors().enumerate() {
        let more: &[(&str, Part)] = if height == 0 { &[] } else { ABOVE };
        for &(file, part) in EVERYWHERE.iter().chain(more) {
            let name = format!("{}{file}", "../".repeat(height));
            reader.look(folder.join(file), name, part, height == 0);
        }
    }
    if let Some(home) = &homes.cargo {
        for file in ["config", "config.toml"] {
            reader.look(home.join(file), format!("$CARGO_HOME/{file}"), Part::Cargo, true);
        }
    }
    if let Some(settings) = &homes.settings {
        for file in SETTINGS {
            reader.look(settings.join(file), format!("~/.config/{file}"), Part::Tool, true);
        }
    }
    reader.chain
}

#[derive(Default)]
struct Reader {
    chain: Chain,
    seen: BTreeSet<PathBuf>,
    includes: usize,
}

impl Reader {
    fn look(&mut self, path: PathBuf, name: String, part: Part, tells_absence: bool) {
        // Includes are read right behind the file that names them.
        let mut open = vec![(path, name)];
        while let Some((path, name)) = open.pop() {
            let looked = Beside::at(&path, &name);
            let is_there = looked[0].stamp.is_some();
            self.chain.looked.extend(looked);
            let Some(bytes) = is_there.then(|| fs::read(&path).ok()).flatten() else {
                // A folder of that name, or a file that can't be read, is not the same as nothing.
                if is_there {
                    let digest = Digest::of(b"it can't be read");
                    self.chain.found.push(ChainFile {
                        part,
                        name,
                        path,
                        digest,
                        settings: Vec::new(),
                        workspace: None,
                    });
                } else if tells_absence {
                    self.chain.absent.push(name);
                }
                continue;
            };
            // The home of cargo may lie above the tree; what is read once is told once.
            if !self.seen.insert(path.clone()) {
                continue;
            }
            let text = if part == Part::Cargo { String::from_utf8(bytes.clone()).ok() } else { None };
            let (digest, settings) = match &text {
                Some(text) => settings(text),
                None => (Digest::of(&bytes), Vec::new()),
            };
            for include in text.as_deref().map(includes).unwrap_or_default() {
                self.includes += 1;
                if self.includes <= INCLUDES {
                    let folder = path.parent().unwrap_or(&path);
                    open.push((plain(&folder.join(&include)), format!("{name} include {include}")));
                }
            }
            let workspace = if name.ends_with(MANIFEST) { excluded(&bytes) } else { None };
            self.chain.found.push(ChainFile { part, name, path, digest, settings, workspace });
        }
    }
}

/// What the workspace of a manifest excludes; none without a workspace.
fn excluded(bytes: &[u8]) -> Option<Vec<String>> {
    memchr::memmem::find(bytes, b"workspace")?;
    let manifest = manifest::parse(std::str::from_utf8(bytes).ok()?, &mut Vec::new())?;
    Some(manifest.workspace?.exclude.into_iter().map(|one| one.value).collect())
}

/// The files that a configuration includes, in order, as written.
fn includes(text: &str) -> Vec<String> {
    if memchr::memmem::find(text.as_bytes(), b"include").is_none() {
        return Vec::new();
    }
    cargo_config::includes(&Document::parse(text)).into_iter().map(|path| path.value).collect()
}

/// The digest of a configuration's text without its secrets, and its settings one by one.
pub(crate) fn settings(text: &str) -> (Digest, Vec<ChainSetting>) {
    let mut problems = Vec::new();
    let config = cargo_config::parse(text, &mut problems);
    let mut blank = String::with_capacity(text.len());
    let mut at = 0;
    let mut found = Vec::new();
    for setting in &config.settings {
        let (start, end) = (setting.span.start, setting.span.end);
        if setting.path.last().is_some_and(|key| is_secret(key)) {
            if start >= at && end <= text.len() {
                blank.push_str(text.get(at..start).unwrap_or_default());
                at = end;
            }
            continue;
        }
        let value = text.get(start..end).unwrap_or_default();
        found.push(ChainSetting {
            key: setting.path.join("."),
            path: setting.path.clone(),
            digest: Digest::of(value.as_bytes()),
            shown: may_be_shown(&setting.path, value).then(|| value.to_owned()),
            words: match &setting.value {
                SettingValue::Text(text) => vec![text.clone()],
                SettingValue::List(list) => list.iter().map(|one| one.value.clone()).collect(),
                SettingValue::Flag(_) | SettingValue::Other => Vec::new(),
            },
        });
    }
    blank.push_str(text.get(at..).unwrap_or_default());
    found.sort();
    (Digest::of(blank.as_bytes()), found)
}

fn is_secret(key: &str) -> bool {
    matches!(key, "token" | "secret-key" | "password")
}

/// Settings whose values say how something is built, and never who may do it.
fn may_be_shown(path: &[String], value: &str) -> bool {
    let first = path.first().map_or("", String::as_str);
    matches!(first, "build" | "target" | "profile" | "unstable" | "alias" | "resolver")
        && !value.contains('@')
        && value.len() <= 200
}
