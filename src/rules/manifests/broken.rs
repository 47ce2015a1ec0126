//! Manifests that could not be read whole: what they say of their workspace is not known.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::zone::Zone;

/// The paths of the maintainers' own manifests that have a problem.
pub(super) fn manifests(facts: &Facts) -> Vec<&str> {
    let broken = facts.of_kind(Kind::Manifest).filter(|file| !file.content.problems.is_empty());
    broken.map(|file| file.path.as_ref()).filter(|path| facts.zone(path) == Zone::Own).collect()
}
