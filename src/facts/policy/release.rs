//! `[release]`: how versions, tags and witnesses belong together.

use crate::facts::place::Spanned;
use crate::facts::policy::section::Section;

/// The keys of the table.
pub const KEYS: &[&str] = &["tag", "group", "api", "witnesses"];

/// Whether the public API must be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Api {
    /// It must.
    Demand,
    /// Where it can.
    WhenAvailable,
}

/// Who says that a version is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Witness {
    /// The manifest.
    Manifest,
    /// The changelog.
    Changelog,
    /// The tag.
    Tag,
    /// The registry.
    Registry,
    /// The release on the forge.
    Forge,
}

/// The words for witnesses.
pub const WITNESSES: &[(&str, Witness)] = &[
    ("manifest", Witness::Manifest),
    ("changelog", Witness::Changelog),
    ("tag", Witness::Tag),
    ("registry", Witness::Registry),
    ("forge", Witness::Forge),
];

/// The table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Release {
    /// `tag`: the template of tag names, with `{version}` and, if need be, `{package}`.
    pub tag: Option<Spanned<String>>,
    /// `group`: packages whose versions move together.
    pub groups: Vec<Vec<Spanned<String>>>,
    /// `api`.
    pub api: Option<Spanned<Api>>,
    /// `witnesses` that must agree.
    pub witnesses: Option<Vec<Spanned<Witness>>>,
}

impl Release {
    /// Reads the table.
    pub fn read(section: Section<'_>) -> Self {
        let tag = section.string("tag");
        if let Some(tag) = &tag
            && !tag.value.contains("{version}")
        {
            section.fault(tag.span, "`tag` has no `{version}`", Some("write `v{version}`".to_owned()));
        }
        let witnesses = section.strings("witnesses").map(|names| {
            let known = |name: &Spanned<String>| {
                let found = WITNESSES.iter().find(|(word, _)| *word == name.value);
                if found.is_none() {
                    let all = WITNESSES.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
                    section.fault(name.span, format!("`witnesses` has \"{}\", expected {all}", name.value), None);
                }
                found.map(|(_, witness)| Spanned::new(*witness, name.span))
            };
            names.iter().filter_map(known).collect()
        });
        Self {
            tag,
            groups: section.lists("group"),
            api: section.choice("api", &[("demand", Api::Demand), ("when-available", Api::WhenAvailable)]),
            witnesses,
        }
    }
}
