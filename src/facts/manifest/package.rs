//! `[package]` as written, and the keys that it may take from the workspace.

use crate::facts::place::Span;
use crate::facts::place::Spanned;

/// A value that a package gives itself or takes from its workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inherit<T> {
    /// Written in this manifest.
    Own(Spanned<T>),
    /// `key.workspace = true`; the span is that of the `true`.
    Workspace(Span),
}

/// The `publish` key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publish {
    /// `publish = true` or `false`.
    Flag(bool),
    /// The registries that may take the package; empty means none.
    Registries(Vec<String>),
}

/// A path-like key that may also be switched: `readme`, `build`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathOrFlag {
    /// `readme = "PATH"`.
    Path(String),
    /// `readme = false` or `true`.
    Flag(bool),
}

/// The keys that `[package]` and `[workspace.package]` share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageKeys {
    /// `version`.
    pub version: Option<Inherit<String>>,
    /// `edition`.
    pub edition: Option<Inherit<String>>,
    /// `rust-version`.
    pub rust_version: Option<Inherit<String>>,
    /// `description`.
    pub description: Option<Inherit<String>>,
    /// `license`.
    pub license: Option<Inherit<String>>,
    /// `license-file`.
    pub license_file: Option<Inherit<String>>,
    /// `readme`.
    pub readme: Option<Inherit<PathOrFlag>>,
    /// `repository`.
    pub repository: Option<Inherit<String>>,
    /// `homepage`.
    pub homepage: Option<Inherit<String>>,
    /// `documentation`.
    pub documentation: Option<Inherit<String>>,
    /// `publish`.
    pub publish: Option<Inherit<Publish>>,
    /// `include`, in order.
    pub include: Option<Inherit<Vec<Spanned<String>>>>,
    /// `exclude`, in order.
    pub exclude: Option<Inherit<Vec<Spanned<String>>>>,
}

/// The `[package]` table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageTable {
    /// `name`.
    pub name: Option<Spanned<String>>,
    /// The keys that may be inherited.
    pub keys: PackageKeys,
    /// `build`.
    pub build: Option<Spanned<PathOrFlag>>,
    /// `default-run`.
    pub default_run: Option<Spanned<String>>,
    /// `workspace`: the path of the root that the package names itself.
    pub workspace: Option<Spanned<String>>,
    /// `autolib`, `autobins`, `autoexamples`, `autotests`, `autobenches`, where they are given.
    pub autolib: Option<Spanned<bool>>,
    /// See `autolib`.
    pub autobins: Option<Spanned<bool>>,
    /// See `autolib`.
    pub autoexamples: Option<Spanned<bool>>,
    /// See `autolib`.
    pub autotests: Option<Spanned<bool>>,
    /// See `autolib`.
    pub autobenches: Option<Spanned<bool>>,
    /// The `[package]` header, or the whole inline table.
    pub span: Span,
}
