//! Why two keys differ: their pre-images compared ingredient by ingredient, the first layer first.
//!
//! Pure. The objects that an ingredient names (a listing of files, a lock file) are opened through the closure that the
//! caller gives; where one is gone, the change is told without its details.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::facts::digest::Digest;
use crate::facts::lockfile;
use crate::steps::key::ABSENT;
use crate::steps::key::Ingredient;
use crate::steps::key::LISTING;
use crate::steps::key::LOCKFILE;
use crate::steps::key::Layer;
use crate::steps::key::Preimage;
use crate::steps::listing_text;

/// What became of something from the older to the newer side.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// Only the newer side has it.
    Added {
        /// What it is there, where it may be shown.
        new: Option<String>,
    },
    /// Only the older side has it.
    Removed {
        /// What it was, where it may be shown.
        old: Option<String>,
    },
    /// Both have it, and it is not the same.
    Changed {
        /// What it was, where it may be shown.
        old: Option<String>,
        /// What it is, where it may be shown.
        new: Option<String>,
    },
}

/// One thing that is not the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// The layer.
    pub layer: Layer,
    /// What it is: a path, `serde`, `release`, `RUSTFLAGS`, `.cargo/config.toml build.rustflags`.
    pub name: String,
    /// What became of it.
    #[serde(flatten)]
    pub change: Change,
}

impl Difference {
    /// One line for people: `source: src/lib.rs changed`, `toolchain: release 1.94.0 -> 1.95.0`.
    pub fn line(&self) -> String {
        let Self { layer, name, change } = self;
        let what = match change {
            Change::Added { new: Some(new) } => format!("{name} {new} added"),
            Change::Added { new: None } => format!("{name} added"),
            Change::Removed { old: Some(old) } => format!("{name} {old} removed"),
            Change::Removed { old: None } => format!("{name} removed"),
            Change::Changed { old: Some(old), new: Some(new) } if old != new => format!("{name} {old} -> {new}"),
            Change::Changed { .. } => format!("{name} changed"),
        };
        format!("{}: {what}", layer.as_str())
    }
}

fn by_name(preimage: &Preimage) -> BTreeMap<(Layer, &str), &Ingredient> {
    preimage.ingredients().iter().map(|one| ((one.layer, &*one.name), one)).collect()
}

/// Compares two pre-images. Equal keys have no difference; the differences stand in order of layer and name.
pub fn compare(old: &Preimage, new: &Preimage, object: &dyn Fn(&Digest) -> Option<Vec<u8>>) -> Vec<Difference> {
    let (old, new) = (by_name(old), by_name(new));
    let mut found = Vec::new();
    let mut names: Vec<&(Layer, &str)> = old.keys().chain(new.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let sides = (old.get(name).copied(), new.get(name).copied());
        match sides {
            (Some(one), Some(other)) if one.digest == other.digest => {}
            _ => told(sides, object, &mut found),
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The first layer that differs.
pub fn first_layer(differences: &[Difference]) -> Option<Layer> {
    differences.iter().map(|difference| difference.layer).min()
}

type Sides<'a> = (Option<&'a Ingredient>, Option<&'a Ingredient>);

fn told(sides: Sides<'_>, object: &dyn Fn(&Digest) -> Option<Vec<u8>>, found: &mut Vec<Difference>) {
    let Some(any) = sides.0.or(sides.1) else { return };
    let inner = match &*any.name {
        LISTING if any.layer == Layer::Source => items(sides, object, files),
        LOCKFILE if any.layer == Layer::Dependencies => items(sides, object, packages),
        _ => None,
    };
    let layer = any.layer;
    if let Some((old, new)) = inner.filter(|(old, new)| old != new) {
        found.extend(apart(&old, &new).into_iter().map(|(name, change)| Difference { layer, name, change }));
        return;
    }
    let shown = |side: &Ingredient| side.shown.as_deref().map(str::to_owned);
    // What is known to be absent is no older or newer value.
    let there = |side: Option<&'_ Ingredient>| side.is_some_and(|one| one.shown.as_deref() != Some(ABSENT));
    let change = match sides {
        (old, Some(new)) if !there(old) => Change::Added { new: shown(new) },
        (Some(old), new) if !there(new) => Change::Removed { old: shown(old) },
        (Some(old), Some(new)) => Change::Changed { old: shown(old), new: shown(new) },
        _ => return,
    };
    found.push(Difference { layer, name: any.name.to_string(), change });
}

/// Named items of an object: what each is compared by, and what of it may be shown.
type Items = BTreeMap<String, (String, Option<String>)>;

fn items(
    sides: Sides<'_>,
    object: &dyn Fn(&Digest) -> Option<Vec<u8>>,
    read: fn(&[u8]) -> Option<Items>,
) -> Option<(Items, Items)> {
    let side = |side: Option<&Ingredient>| match side {
        Some(ingredient) if ingredient.shown.as_deref() != Some(ABSENT) => read(&object(&ingredient.digest)?),
        _ => None,
    };
    Some((side(sides.0)?, side(sides.1)?))
}

fn apart(old: &Items, new: &Items) -> Vec<(String, Change)> {
    let mut found = Vec::new();
    for (name, (value, shown)) in old {
        match new.get(name) {
            None => found.push((name.clone(), Change::Removed { old: shown.clone() })),
            Some((other, now)) if other != value => {
                found.push((name.clone(), Change::Changed { old: shown.clone(), new: now.clone() }));
            }
            Some(_) => {}
        }
    }
    let added = new.iter().filter(|(name, _)| !old.contains_key(*name));
    found.extend(added.map(|(name, (_, shown))| (name.clone(), Change::Added { new: shown.clone() })));
    found
}

/// The files of a listing.
fn files(bytes: &[u8]) -> Option<Items> {
    let lines = listing_text::parse(std::str::from_utf8(bytes).ok()?)?;
    Some(lines.into_iter().map(|line| (line.path, (format!("{} {}", line.mode, line.hex), None))).collect())
}

/// The packages of a lock file, each name with all its versions; other changes of the file show as the file's own.
fn packages(bytes: &[u8]) -> Option<Items> {
    let lock = lockfile::parse(std::str::from_utf8(bytes).ok()?, &mut Vec::new());
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in &lock.packages {
        found.entry(package.name.value.clone()).or_default().push(package.version.value.clone());
    }
    let item = |(name, mut versions): (String, Vec<String>)| {
        versions.sort();
        let versions = versions.join(", ");
        (name, (versions.clone(), Some(versions)))
    };
    Some(found.into_iter().map(item).collect())
}
