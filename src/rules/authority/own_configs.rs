//! The maintainers' own configurations of cargo.

use crate::facts::Facts;
use crate::facts::cargo_config::CargoConfig;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;

/// The configurations with their files; none of fixtures, templates, archives and vendored folders.
pub(super) fn of(facts: &Facts) -> impl Iterator<Item = (&SourceFile, &CargoConfig)> {
    facts.cargo_configs().filter(|(file, _)| facts.zone(&file.path) == Zone::Own)
}
