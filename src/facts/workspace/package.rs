//! A package with everything inherited put in its place.

use std::collections::BTreeMap;
use std::sync::Arc;

use semver::Version;

use crate::facts::manifest::Publish;
use crate::facts::manifest::TargetKind;
use crate::facts::place::Located;
use crate::facts::place::Span;
use crate::facts::workspace::edge::Edge;
use crate::facts::workspace::target::Target;
use crate::facts::zone::Zone;

/// A package with everything inherited put in its place.
#[derive(Clone, Debug)]
pub struct Package {
    /// The manifest.
    pub manifest: Arc<str>,
    /// The folder of the manifest.
    pub folder: String,
    /// The zone of the manifest.
    pub zone: Zone,
    /// The workspace, as an index into [`Cargo::workspaces`](crate::facts::workspace::Cargo).
    pub workspace: usize,
    /// The root manifest of the workspace that cargo finds above the package and that does not list it: cargo refuses
    /// to build the package, which stands alone here.
    pub stray: Option<Arc<str>>,
    /// The name.
    pub name: Located<String>,
    /// The version, where it stands (the workspace manifest if inherited). None where none is given or it is no version.
    pub version: Option<Located<Version>>,
    /// `rust-version` as written.
    pub rust_version: Option<Located<String>>,
    /// `edition` as written.
    pub edition: Option<Located<String>>,
    /// `description`.
    pub description: Option<Located<String>>,
    /// `license`.
    pub license: Option<Located<String>>,
    /// `license-file` as written, relative to the manifest it stands in.
    pub license_file: Option<Located<String>>,
    /// The path of the README from the root of the tree: declared, or found as cargo finds it.
    pub readme: Option<String>,
    /// `repository`.
    pub repository: Option<Located<String>>,
    /// `homepage`.
    pub homepage: Option<Located<String>>,
    /// `documentation`.
    pub documentation: Option<Located<String>>,
    /// `publish` as written.
    pub publish: Option<Located<Publish>>,
    /// The targets, declared and found, in order of kind and name.
    pub targets: Vec<Target>,
    /// The dependencies with inheritance resolved, in order of the text.
    pub dependencies: Vec<Edge>,
    /// The features, implicit ones of optional dependencies among them, by name: where each is declared.
    pub features: BTreeMap<String, Span>,
    /// What each declared feature turns on, as written: `other`, `dep:x`, `x/y`, `x?/y`.
    pub enables: BTreeMap<String, Vec<String>>,
}

impl Package {
    /// Says whether cargo would publish the package to some registry at all.
    pub fn is_publishable(&self) -> bool {
        !matches!(&self.publish, Some(located) if matches!(&located.value, Publish::Flag(false))
            || matches!(&located.value, Publish::Registries(registries) if registries.is_empty()))
            && self.version.is_some()
    }

    /// The library, if the package has one.
    pub fn library(&self) -> Option<&Target> {
        self.targets.iter().find(|target| target.kind == TargetKind::Lib)
    }
}
