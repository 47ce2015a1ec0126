//! Whether the API of what comes out was compared: publishing demands it where a library has a version on its registry.

use std::collections::BTreeMap;
use std::path::Path;

use crate::commands::release_ground::Read;
use crate::facts::policy::release::Api;
use crate::gate::steps;
use crate::proof::bundle;
use crate::proof::bundle::Bundle;
use crate::release::plan::Blocker;
use crate::release::publishing::act::Act;
use crate::release::witness::Published;
use crate::world::given;

/// The step that compares APIs.
const STEP: &str = "semver";

/// The libraries that are uploaded, have a version on their registry, and of whose API the proof says nothing.
pub(crate) fn unproven(
    read: &Read,
    acts: &[Act],
    versions: &BTreeMap<usize, Vec<Published>>,
    proof: Option<&Path>,
) -> Vec<Blocker> {
    if read.policy.release.api.as_ref().is_some_and(|api| api.value == Api::WhenAvailable) {
        return Vec::new();
    }
    let packages = &read.examined.facts.cargo.packages;
    let compared: Vec<(&str, &Published)> = acts
        .iter()
        .filter_map(|act| {
            let Act::Upload { index, name, version, .. } = act else { return None };
            packages[*index].library()?;
            let earlier = versions.get(index)?.iter().filter(|one| one.version < *version && !one.yanked);
            Some((name.as_str(), earlier.max_by(|one, other| one.version.cmp(&other.version))?))
        })
        .collect();
    if compared.is_empty() || proof.is_some_and(is_proved) {
        return Vec::new();
    }
    let blocker = |(name, baseline): (&str, &Published)| {
        let message =
            format!("the proof does not say whether the API of {name} is compatible with {}", baseline.version);
        let remedy = "install cargo-semver-checks, run and prove again; or say api = \"when-available\" under [release] in governed.toml";
        Blocker::new("api-unproven", message, remedy).of(name).unproven()
    };
    compared.into_iter().map(blocker).collect()
}

/// Whether the step of the proof that the gate has let through holds.
fn is_proved(path: &Path) -> bool {
    let bytes = given::proof(path, bundle::MOST_BYTES).ok();
    bytes.and_then(|bytes| Bundle::parse(&bytes).ok()).is_some_and(|bundle| steps::holds(&bundle, STEP))
}
