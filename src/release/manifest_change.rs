//! What changed in a manifest that those who build the package notice: neither its version nor its prose.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::facts::manifest::Dependency;
use crate::facts::manifest::DependencyKind;
use crate::facts::manifest::Inherit;
use crate::facts::manifest::Manifest;
use crate::facts::manifest::TargetKind;

/// A manifest, and the one at the root of its workspace.
#[derive(Clone, Copy)]
pub struct Pair<'a> {
    /// The package's own.
    pub own: &'a Manifest,
    /// The root's, where there is one beside it.
    pub root: Option<&'a Manifest>,
}

/// What differs, one fragment each: `the requirement on serde`. Also whether a feature of the package is gone.
pub fn between(before: Pair<'_>, after: Pair<'_>) -> (Vec<String>, Vec<String>) {
    let mut found = Vec::new();
    let (old, new) = (dependencies(before), dependencies(after));
    let keys: BTreeSet<&(String, String)> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let what = match (old.get(key), new.get(key)) {
            (Some(old), Some(new)) if old == new => continue,
            (Some(_), Some(_)) => format!("the dependency {} changed", key.1),
            (None, _) => format!("the dependency {} is new", key.1),
            (_, None) => format!("the dependency {} is gone", key.1),
        };
        found.push(what);
    }
    for (name, old, new) in
        [("edition", edition(before), edition(after)), ("rust-version", rust_version(before), rust_version(after))]
    {
        if old != new {
            let shown = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
            found.push(format!("{name} was {}, is {}", shown(old), shown(new)));
        }
    }
    let (old, new) = (features(before), features(after));
    if old != new {
        found.push("the features changed".to_owned());
    }
    let gone = old.keys().filter(|name| !new.contains_key(*name)).cloned().collect();
    if targets(before) != targets(after) {
        found.push("its targets changed".to_owned());
    }
    found.dedup();
    (found, gone)
}

/// The dependencies that are built, by table and key, with all that decides what is built.
fn dependencies(pair: Pair<'_>) -> BTreeMap<(String, String), String> {
    let shared: BTreeMap<&str, &Dependency> = pair
        .root
        .and_then(|root| root.workspace.as_ref())
        .map(|table| table.dependencies.iter().map(|one| (one.key.value.as_str(), one)).collect())
        .unwrap_or_default();
    let built =
        pair.own.dependencies.iter().filter(|one| matches!(one.kind, DependencyKind::Normal | DependencyKind::Build));
    built
        .map(|one| {
            let from = shared.get(one.key.value.as_str()).copied().filter(|_| one.workspace.is_some()).unwrap_or(one);
            let text =
                |value: &Option<crate::facts::place::Spanned<String>>| value.as_ref().map(|one| one.value.clone());
            let target = one.target.as_ref().map(|target| target.value.clone()).unwrap_or_default();
            let mut features: Vec<&str> =
                one.features.iter().chain(&from.features).map(|feature| feature.value.as_str()).collect();
            features.sort_unstable();
            features.dedup();
            let default = one.default_features.or(from.default_features);
            let shown = format!(
                "{:?} {:?} {:?} {:?} {} {default:?} {features:?}",
                from.package_name(),
                text(&from.version).map(|version| plain(&version)),
                text(&from.git),
                text(&from.registry),
                one.optional,
            );
            ((format!("{:?} {target}", one.kind), one.key.value.clone()), shown)
        })
        .collect()
}

/// A requirement without what means nothing: `^1.0` is `1.0`.
fn plain(requirement: &str) -> String {
    requirement.split_whitespace().collect::<String>().trim_start_matches('^').to_owned()
}

fn inherited(
    pair: Pair<'_>,
    select: fn(&crate::facts::manifest::PackageKeys) -> &Option<Inherit<String>>,
) -> Option<String> {
    match select(&pair.own.package.as_ref()?.keys).as_ref()? {
        Inherit::Own(value) => Some(value.value.clone()),
        Inherit::Workspace(_) => match select(&pair.root?.workspace.as_ref()?.package).as_ref()? {
            Inherit::Own(value) => Some(value.value.clone()),
            Inherit::Workspace(_) => None,
        },
    }
}

fn edition(pair: Pair<'_>) -> Option<String> {
    inherited(pair, |keys| &keys.edition)
}

fn rust_version(pair: Pair<'_>) -> Option<String> {
    inherited(pair, |keys| &keys.rust_version)
}

/// The features by name, with what each turns on in order.
fn features(pair: Pair<'_>) -> BTreeMap<String, BTreeSet<String>> {
    let enables = |feature: &crate::facts::manifest::Feature| {
        feature.enables.iter().map(|one| one.value.clone()).collect::<BTreeSet<_>>()
    };
    pair.own.features.iter().map(|feature| (feature.name.value.clone(), enables(feature))).collect()
}

/// The libraries and binaries that are declared.
fn targets(pair: Pair<'_>) -> Vec<String> {
    let built = pair.own.targets.iter().filter(|target| matches!(target.kind, TargetKind::Lib | TargetKind::Bin));
    let text = |value: &Option<crate::facts::place::Spanned<String>>| value.as_ref().map(|one| one.value.clone());
    let mut found: Vec<String> = built
        .map(|target| {
            let types = target.crate_types.join(",");
            format!("{:?} {:?} {:?} {} {types}", target.kind, text(&target.name), text(&target.path), target.proc_macro)
        })
        .collect();
    found.sort();
    found
}
