//! Which package a text speaks for, and the `rust-version` that the package promises.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::place::Located;
use crate::facts::place::Spanned;
use crate::facts::source::SourceFile;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;
use crate::rules::msrv::pin;
use crate::rules::msrv::rust_version::RustVersion;
use crate::rules::msrv::travis;

/// What a text has to agree with.
#[derive(Clone, Debug)]
pub(super) struct Promise {
    /// The promise that the text speaks of.
    pub(super) said: Located<String>,
    /// Whether CI makes it: no manifest makes one.
    pub(super) by_ci: bool,
    /// Its version.
    pub(super) version: RustVersion,
    /// The promises of all packages that the text may mean as well.
    pub(super) possible: Vec<RustVersion>,
}

impl Promise {
    /// Says whether a stated version is one that a package in question promises.
    pub(super) fn admits(&self, stated: RustVersion) -> bool {
        self.possible.iter().any(|version| version.agrees(stated))
    }
}

/// The promise of the package that a file and a sentence in it speak for; none where that can't be told.
pub(super) fn of_text(facts: &Facts, file: &str, sentence: &str) -> Option<Promise> {
    let words: BTreeSet<&str> = sentence
        .split(|one: char| !(one.is_ascii_alphanumeric() || matches!(one, '_' | '-')))
        .filter(|word| word.len() > 2)
        .collect();
    let named: Vec<&Package> = facts
        .cargo
        .packages
        .iter()
        .filter(|package| package.zone == Zone::Own && package.rust_version.is_some())
        .filter(|package| words.contains(package.name.value.as_str()))
        .collect();
    if let [one] = named.as_slice() {
        return of_package(one);
    }
    match facts.cargo.owner(file) {
        Some(package) if package.folder.is_empty() => {
            let own = of_package(package)?;
            Some(Promise { possible: of_repository(facts), ..own })
        }
        Some(package) => of_package(package),
        None => of_workspace(facts, path::parent(file)),
    }
}

fn of_package(package: &Package) -> Option<Promise> {
    let said = package.rust_version.as_ref().filter(|_| package.zone == Zone::Own)?;
    let version = RustVersion::parse(&said.value)?;
    Some(Promise { said: said.clone(), by_ci: false, version, possible: vec![version] })
}

/// The one promise of the workspace around a folder, where all members that promise something promise the same.
fn of_workspace(facts: &Facts, folder: &str) -> Option<Promise> {
    let around = facts
        .cargo
        .workspaces
        .iter()
        .filter(|workspace| workspace.declared && path::is_within(folder, &workspace.folder));
    let workspace = around.max_by_key(|workspace| workspace.folder.len()).or_else(|| facts.cargo.main_workspace())?;
    let promises: Vec<_> = workspace
        .members
        .iter()
        .map(|&member| &facts.cargo.packages[member])
        .filter_map(|package| package.rust_version.as_ref().filter(|_| package.zone == Zone::Own))
        .filter_map(|said| Some((said, RustVersion::parse(&said.value)?)))
        .collect();
    // Where members differ the newest one is what a build of all of them takes.
    let (said, version) = *promises.iter().max_by_key(|(_, version)| *version)?;
    let possible = promises.iter().map(|(_, version)| *version).collect();
    Some(Promise { said: said.clone(), by_ci: false, version, possible })
}

/// What the packages demand that are built from a folder: the one around the file, or the members of its workspace.
pub(super) fn around(facts: &Facts, file: &str) -> Option<Promise> {
    match facts.cargo.owner(file) {
        Some(package) => of_package(package),
        None => of_workspace(facts, path::parent(file)),
    }
}

/// The promises of all packages of the maintainers.
pub(super) fn of_repository(facts: &Facts) -> Vec<RustVersion> {
    let own = facts.cargo.packages.iter().filter(|package| package.zone == Zone::Own);
    own.filter_map(|package| RustVersion::parse(&package.rust_version.as_ref()?.value)).collect()
}

/// The one version that workflows mark as the minimum, where no manifest promises any.
pub(super) fn of_ci(facts: &Facts) -> Option<Promise> {
    let silent = facts.cargo.packages.iter().all(|package| package.rust_version.is_none());
    let mut pins = facts
        .workflows()
        .filter(|(_, workflow)| silent && pin::works_at_root(workflow))
        .flat_map(|(file, workflow)| pin::of(file.text(), workflow).into_iter().map(move |pin| (file, pin)))
        .filter_map(|(file, pin)| Some((file, RustVersion::parse(&pin.value)?, pin)));
    let made = |file: &SourceFile, version, pin: Spanned<String>| Promise {
        said: Located { value: pin.value, path: Arc::clone(&file.path), span: pin.span },
        by_ci: true,
        version,
        possible: vec![version],
    };
    let Some((file, version, pin)) = pins.next() else {
        let travis = facts.file(".travis.yml").filter(|_| silent && facts.workflows().next().is_none())?;
        let (version, pin) = travis::oldest(travis.text())?;
        return Some(made(travis, version, pin));
    };
    pins.all(|(_, other, _)| version.agrees(other)).then(|| made(file, version, pin))
}

/// The promise of the package or workspace at the root of the tree.
pub(super) fn of_root(facts: &Facts) -> Option<Promise> {
    let own = facts.cargo.package_in("").and_then(of_package).or_else(|| of_workspace(facts, ""))?;
    Some(Promise { possible: of_repository(facts), ..own })
}
