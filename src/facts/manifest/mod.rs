//! What one `Cargo.toml` says, key by key, with the span of each value; nothing inherited or resolved.

mod contents;
mod dependency;
mod feature;
mod package;
mod parse;
mod read;
mod target;
mod workspace;

pub use crate::facts::manifest::contents::Manifest;
pub use crate::facts::manifest::dependency::Dependency;
pub use crate::facts::manifest::dependency::DependencyKind;
pub use crate::facts::manifest::feature::Badge;
pub use crate::facts::manifest::feature::Feature;
pub use crate::facts::manifest::package::Inherit;
pub use crate::facts::manifest::package::PackageKeys;
pub use crate::facts::manifest::package::PackageTable;
pub use crate::facts::manifest::package::PathOrFlag;
pub use crate::facts::manifest::package::Publish;
pub use crate::facts::manifest::parse::parse;
pub use crate::facts::manifest::target::TargetKind;
pub use crate::facts::manifest::target::TargetTable;
pub use crate::facts::manifest::workspace::WorkspaceTable;
