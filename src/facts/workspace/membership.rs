//! A workspace and its members.

use std::sync::Arc;

/// A workspace: one lock file, one target folder.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The root manifest.
    pub manifest: Arc<str>,
    /// The folder of the root manifest.
    pub folder: String,
    /// The members as indices into [`Cargo::packages`](crate::facts::workspace::Cargo), in order of their manifests.
    pub members: Vec<usize>,
    /// The default members, all members where none are named (the root package alone where there is one).
    pub default_members: Vec<usize>,
    /// The path of `Cargo.lock` beside the root manifest, where it is in the tree.
    pub lockfile: Option<Arc<str>>,
    /// Whether a `[workspace]` table makes it; false for a package that stands alone.
    pub declared: bool,
}
