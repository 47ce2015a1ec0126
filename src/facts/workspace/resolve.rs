//! Puts workspaces and packages together from membership, inheritance and target discovery.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::sync::Arc;

use semver::Version;

use crate::facts::manifest::DependencyKind;
use crate::facts::manifest::Manifest;
use crate::facts::manifest::PackageTable;
use crate::facts::manifest::PathOrFlag;
use crate::facts::path;
use crate::facts::place::Located;
use crate::facts::place::Span;
use crate::facts::source::SourceFile;
use crate::facts::tree::Tree;
use crate::facts::workspace::discover::Site;
use crate::facts::workspace::glob::Folders;
use crate::facts::workspace::inherit;
use crate::facts::workspace::inherit::Shared;
use crate::facts::workspace::inherit::Source;
use crate::facts::workspace::manifests::Lying;
use crate::facts::workspace::manifests::Manifests;
use crate::facts::workspace::members;
use crate::facts::workspace::members::Belonging;
use crate::facts::workspace::membership::Workspace;
use crate::facts::workspace::package::Package;
use crate::facts::workspace::staged;
use crate::facts::zone::Zone;

/// The place of the workspace at the root, or of the first one by its folder: they are in this order.
pub(super) const MAIN: usize = 0;

/// Resolves all manifests among the files of a tree.
pub(super) fn resolve(tree: &Tree, files: &BTreeMap<Arc<str>, SourceFile>) -> (Vec<Workspace>, Vec<Package>) {
    let manifests = Manifests::among(files);
    let belongings = members::belongings(&manifests);
    let (mut workspaces, by_manifest) = workspaces(tree, &manifests, &belongings);
    let shared: HashMap<usize, Shared<'_>> = manifests
        .all
        .iter()
        .enumerate()
        .filter_map(|(index, lying)| Some((index, inherit::shared(lying.manifest.workspace.as_ref()?))))
        .collect();
    let mut packages = Vec::new();
    let mut package_of: HashMap<usize, usize> = HashMap::new();
    for (index, lying) in manifests.all.iter().enumerate() {
        let belonging = belongings[index];
        let root = belonging.root.or(belonging.found).and_then(|root| root_of(&manifests, &shared, root));
        let source = Source { manifest: lying.path, folder: lying.folder, root };
        let Some(mut package) = package(tree, lying, &source) else { continue };
        package.workspace = by_manifest[&belonging.root.unwrap_or(index)];
        package.stray =
            belonging.found.filter(|_| belonging.root.is_none()).map(|root| Arc::clone(manifests.all[root].path));
        workspaces[package.workspace].members.push(packages.len());
        package_of.insert(index, packages.len());
        packages.push(package);
    }
    connect(&manifests, &package_of, &mut packages);
    set_default_members(&manifests, &by_manifest, &package_of, &mut workspaces);
    // What the workspace builds is its own, whatever lies beside its sources.
    for package in packages.iter_mut().filter(|package| package.workspace == MAIN) {
        package.zone = Zone::below(tree, &package.manifest, &package.folder);
    }
    staged::mark(&workspaces, &mut packages);
    (workspaces, packages)
}

/// The workspaces in order of their folders, and the place of each by its root manifest.
fn workspaces(
    tree: &Tree,
    manifests: &Manifests<'_>,
    belongings: &[Belonging],
) -> (Vec<Workspace>, HashMap<usize, usize>) {
    let mut roots: Vec<usize> = (0..manifests.all.len())
        .filter(|&index| manifests.all[index].manifest.workspace.is_some() || belongings[index].root.is_none())
        .collect();
    roots.sort_by_key(|&index| manifests.all[index].folder);
    let workspaces = roots.iter().map(|&index| {
        let lying = &manifests.all[index];
        let lockfile = path::child(lying.folder, "Cargo.lock");
        Workspace {
            manifest: Arc::clone(lying.path),
            folder: lying.folder.to_owned(),
            members: Vec::new(),
            default_members: Vec::new(),
            lockfile: tree.get(&lockfile).map(|entry| Arc::clone(&entry.path)),
            declared: lying.manifest.workspace.is_some(),
        }
    });
    (workspaces.collect(), roots.iter().enumerate().map(|(place, &index)| (index, place)).collect())
}

fn root_of<'a>(
    manifests: &'a Manifests<'a>,
    shared: &'a HashMap<usize, Shared<'a>>,
    root: usize,
) -> Option<inherit::Root<'a>> {
    let lying = &manifests.all[root];
    let table = lying.manifest.workspace.as_ref()?;
    Some(inherit::Root { manifest: lying.path, folder: lying.folder, keys: &table.package, shared: shared.get(&root)? })
}

/// A package; its workspace and the ends of its edges are not known yet.
fn package(tree: &Tree, lying: &Lying<'_>, source: &Source<'_>) -> Option<Package> {
    let table = lying.manifest.package.as_ref()?;
    let name = table.name.as_ref()?;
    let keys = &table.keys;
    let version = source.value(keys, |keys| keys.version.as_ref());
    let edition = source.value(keys, |keys| keys.edition.as_ref());
    let is_2015 = edition.as_ref().is_none_or(|edition| edition.value == "2015");
    let manifest = lying.manifest;
    let site = Site { tree, folder: lying.folder, name: &name.value, is_2015, package: table, manifest };
    Some(Package {
        manifest: Arc::clone(lying.path),
        folder: lying.folder.to_owned(),
        zone: Zone::of(tree, lying.path),
        workspace: 0,
        stray: None,
        name: Located { value: name.value.clone(), path: Arc::clone(lying.path), span: name.span },
        version: version.and_then(parsed),
        rust_version: source.value(keys, |keys| keys.rust_version.as_ref()),
        description: source.value(keys, |keys| keys.description.as_ref()),
        license: source.value(keys, |keys| keys.license.as_ref()),
        license_file: source.value(keys, |keys| keys.license_file.as_ref()),
        readme: readme(tree, lying.folder, source, table),
        repository: source.value(keys, |keys| keys.repository.as_ref()),
        homepage: source.value(keys, |keys| keys.homepage.as_ref()),
        documentation: source.value(keys, |keys| keys.documentation.as_ref()),
        publish: source.value(keys, |keys| keys.publish.as_ref()),
        targets: site.targets(),
        dependencies: manifest.dependencies.iter().map(|dependency| source.edge(dependency)).collect(),
        features: features(manifest),
        enables: manifest
            .features
            .iter()
            .map(|one| (one.name.value.clone(), one.enables.iter().map(|enabled| enabled.value.clone()).collect()))
            .collect(),
        edition,
    })
}

fn parsed(version: Located<String>) -> Option<Located<Version>> {
    let value = Version::parse(version.value.trim()).ok()?;
    Some(Located { value, path: version.path, span: version.span })
}

/// The README: declared (relative to the manifest where it stands), or found beside the manifest.
fn readme(tree: &Tree, folder: &str, source: &Source<'_>, table: &PackageTable) -> Option<String> {
    match source.value(&table.keys, |keys| keys.readme.as_ref()) {
        Some(located) => match located.value {
            PathOrFlag::Flag(false) => None,
            PathOrFlag::Flag(true) => path::join(path::parent(&located.path), "README.md"),
            PathOrFlag::Path(readme) => path::join(path::parent(&located.path), &readme),
        },
        // What a package inherits and its workspace does not say, cargo finds beside the root.
        None if table.keys.readme.is_some() => source.root.as_ref().and_then(|root| found_readme(tree, root.folder)),
        None => found_readme(tree, folder),
    }
}

/// The README that cargo finds in a folder by its name.
pub fn found_readme(tree: &Tree, folder: &str) -> Option<String> {
    ["README.md", "README.txt", "README"].iter().map(|name| path::child(folder, name)).find(|path| tree.has_file(path))
}

/// The declared features, and those that optional dependencies imply because no feature names them by `dep:`.
fn features(manifest: &Manifest) -> BTreeMap<String, Span> {
    let enabled = manifest.features.iter().flat_map(|feature| &feature.enables);
    let hidden: BTreeSet<&str> = enabled.filter_map(|enabled| enabled.value.strip_prefix("dep:")).collect();
    let implied = manifest
        .dependencies
        .iter()
        .filter(|dependency| dependency.optional && dependency.kind != DependencyKind::Patch)
        .filter(|dependency| !hidden.contains(dependency.key.value.as_str()))
        .map(|dependency| (dependency.key.value.clone(), dependency.key.span));
    let declared = manifest.features.iter().map(|feature| (feature.name.value.clone(), feature.name.span));
    implied.chain(declared).collect()
}

/// Sets where the path dependencies of all packages lead to.
fn connect(manifests: &Manifests<'_>, package_of: &HashMap<usize, usize>, packages: &mut [Package]) {
    for package in packages {
        for edge in &mut package.dependencies {
            let manifest = edge.folder.as_deref().and_then(|folder| manifests.in_folder(folder));
            edge.local = manifest.and_then(|manifest| package_of.get(&manifest).copied());
        }
    }
}

fn set_default_members(
    manifests: &Manifests<'_>,
    by_manifest: &HashMap<usize, usize>,
    package_of: &HashMap<usize, usize>,
    workspaces: &mut [Workspace],
) {
    let folders = Folders::around(manifests);
    for (&manifest, &place) in by_manifest {
        let lying = &manifests.all[manifest];
        let workspace = &mut workspaces[place];
        let named = lying.manifest.workspace.as_ref().map_or(&[][..], |table| &table.default_members);
        workspace.default_members = if named.is_empty() {
            package_of.get(&manifest).map_or_else(|| workspace.members.clone(), |&package| vec![package])
        } else {
            let patterns = named.iter().map(|one| one.value.as_str());
            let named = members::named_members(manifests, lying.folder, patterns, &folders);
            let of_it: BTreeSet<usize> = workspace.members.iter().copied().collect();
            let default: BTreeSet<usize> = named
                .iter()
                .filter_map(|member| package_of.get(member).copied())
                .filter(|one| of_it.contains(one))
                .collect();
            default.into_iter().collect()
        };
    }
}
