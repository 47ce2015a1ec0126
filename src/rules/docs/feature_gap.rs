//! What a list of features leaves out although it has nearly all, or all others of a kind.

use std::collections::BTreeSet;

use crate::facts::manifest::Feature;
use crate::facts::manifest::Manifest;
use crate::facts::place::Spanned;
use crate::rules::docs::feature_list::FeatureList;
use crate::rules::level::Certainty;

/// What a list leaves out, and how sure it is that it should not.
pub(super) struct Gap<'a> {
    /// The features that should be in the list.
    pub(super) missing: Vec<&'a Feature>,
    /// How sure that is.
    pub(super) certainty: Certainty,
}

/// The features that a list leaves out although it has nearly all, or all others of their kind.
pub(super) fn of<'a>(manifest: &'a Manifest, text: &str, list: &FeatureList, whole: &BTreeSet<&str>) -> Gap<'a> {
    let listed: BTreeSet<&str> = list.items.iter().map(|item| item.value.as_str()).collect();
    let features: Vec<&Feature> = manifest.features.iter().filter(|feature| is_for_users(feature, text)).collect();
    let left_out: Vec<&Feature> = features
        .iter()
        .copied()
        .filter(|feature| !is_told(feature, whole) && !comes_along(manifest, feature))
        .collect();
    let is_sure =
        |feature: &Feature| of_a_family(&features, &listed, feature) || of_a_group(manifest, &listed, feature);
    let sure = left_out.iter().any(|feature| is_sure(feature));
    let nearly_all = left_out.len() * 5 <= features.len() && listed.len() >= 6 && !list.of_defaults;
    let few = left_out.len() <= 2 && left_out.len() * 6 <= features.len();
    let certainty = match (sure, few) {
        (true, _) => Certainty::Certain,
        (false, true) => Certainty::Probable,
        (false, false) => Certainty::Unsure,
    };
    let missing = left_out.into_iter().filter(|feature| nearly_all || is_sure(feature)).collect();
    Gap { missing, certainty }
}

/// Says whether the document has the name, or the same with `-` for `_`.
fn is_told(feature: &Feature, whole: &BTreeSet<&str>) -> bool {
    let name = feature.name.value.as_str();
    whole.contains(name)
        || whole.contains(name.replace('_', "-").as_str())
        || whole.contains(name.replace('-', "_").as_str())
}

/// Says whether a feature is just the dependency of its name, which another feature turns on.
fn comes_along(manifest: &Manifest, feature: &Feature) -> bool {
    let name = feature.name.value.as_str();
    let alone = matches!(feature.enables.as_slice(), [only] if only.value.strip_prefix("dep:") == Some(name));
    alone
        && manifest.features.iter().any(|other| {
            !matches!(other.name.value.as_str(), "default" | "full" | "all")
                && other.enables.iter().any(|enabled| enabled.value == name)
        })
}

/// Says whether a feature is meant for users: neither its name nor the comment beside it says otherwise.
fn is_for_users(feature: &Feature, text: &str) -> bool {
    let name = feature.name.value.as_str();
    if name == "default" || name.starts_with('_') || is_internal(name) {
        return false;
    }
    let before = text.get(..feature.name.span.start).unwrap_or_default();
    let line = text.get(feature.name.span.start..).unwrap_or_default().lines().next().unwrap_or_default();
    let above =
        before.lines().rev().skip(usize::from(!before.ends_with('\n'))).take_while(|line| line.starts_with('#'));
    let comments = above.take(6).chain([line.split_once('#').map_or("", |(_, comment)| comment)]);
    let private = [
        "internal",
        "private",
        "deprecated",
        "do not use",
        "not public",
        "not part of",
        "for testing",
        "legacy",
        "backward",
        "alias",
    ];
    comments.map(str::to_ascii_lowercase).all(|comment| !private.iter().any(|word| comment.contains(word)))
}

/// Names that are not meant for users.
fn is_internal(name: &str) -> bool {
    ["unstable", "nightly", "bench", "dev", "debug", "private", "dep_", "docs", "doc-", "rustc-dep"]
        .iter()
        .any(|start| name.starts_with(start))
        || name == "doc"
        || name.contains("test")
        || name.contains("internal")
        || name.contains("conformance")
}

/// All but few of the features with the same first word are listed: `with-*`.
fn of_a_family(features: &[&Feature], listed: &BTreeSet<&str>, feature: &Feature) -> bool {
    let Some((family, _)) = feature.name.value.split_once(['-', '_']) else { return false };
    let of_family = |name: &str| name.split_once(['-', '_']).is_some_and(|(first, _)| first == family);
    let all = features.iter().filter(|feature| of_family(&feature.name.value)).count();
    let there = listed.iter().filter(|name| of_family(name)).count();
    there >= 4 && there * 2 > all
}

/// Another feature turns it on together with features that are all listed but it.
fn of_a_group(manifest: &Manifest, listed: &BTreeSet<&str>, feature: &Feature) -> bool {
    let name = feature.name.value.as_str();
    manifest.features.iter().filter(|group| group.name.value != "default").any(|group| {
        let is_local = |enabled: &&Spanned<String>| manifest.features.iter().any(|f| f.name.value == enabled.value);
        let local: Vec<&str> = group.enables.iter().filter(is_local).map(|enabled| enabled.value.as_str()).collect();
        let there = local.iter().filter(|enabled| listed.contains(*enabled)).count();
        local.contains(&name) && there >= 3 && there + 1 == local.len() && listed.contains(group.name.value.as_str())
    })
}
