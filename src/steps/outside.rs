//! What steps read and no key can name, because it is no file of the tree: packages, folders and links that lead out of it.
//!
//! Cargo follows a path wherever it leads, so two runs on one tree may come to different results. Pure.

use std::collections::BTreeSet;
use std::path::Path;

use crate::facts::Facts;
use crate::facts::manifest::DependencyKind;
use crate::facts::manifest::Manifest;
use crate::facts::manifest::PathOrFlag;
use crate::facts::path;
use crate::facts::tree::Mode;
use crate::steps::inputs::Globs;
use crate::steps::step::Step;
use crate::world::cargo_chain::Chain;
use crate::world::config_paths;
use crate::world::flag_paths;
use crate::world::listing::Listed;
use crate::world::listing::Listing;
use crate::world::plain_path::plain;

/// Something of the tree that leads out of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outside {
    /// The file that leads out: a manifest, a configuration of cargo, a link.
    pub at: String,
    /// Where to, as written.
    pub to: String,
    /// Whether cargo reads it: then it concerns every call of cargo, whatever its inputs are.
    pub is_cargos: bool,
    /// Whether a result that may have read it proves nothing: something is there that may be anybody's. Else it is only
    /// never reused: nothing is there yet, or libraries of the machine.
    pub counts: bool,
}

impl Outside {
    /// Says whether a step may read what it leads to.
    pub fn concerns(&self, step: &Step, globs: &Globs) -> bool {
        self.is_cargos && step.resolves() || globs.holds(&self.at)
    }
}

/// What the calls of cargo in the tree, and its links, read outside of it; each once, in order.
pub fn of(facts: &Facts, listing: &Listing, chain: &Chain, root: &Path) -> Vec<Outside> {
    let mut found: BTreeSet<Outside> = BTreeSet::new();
    let files = Files(listing);
    manifests(facts, &files, &mut found);
    for file in &chain.found {
        for (key, folder) in config_paths::folders(file) {
            let inner = folder.strip_prefix(root).ok().and_then(|rest| rest.to_str());
            if !inner.is_some_and(|inner| files.has_below(inner)) {
                let at = file.name.clone();
                found.insert(Outside { at, to: format!("{key} {}", folder.display()), is_cargos: true, counts: true });
            }
        }
    }
    found.extend(workspace_above(facts, chain, root));
    found.extend(listing.leads_out.iter().map(|link| Outside {
        at: link.path.to_string(),
        to: link.to.clone(),
        is_cargos: false,
        counts: link.is_there,
    }));
    found.into_iter().collect()
}

/// The folders outside of the tree that flags of the compiler take libraries from.
pub fn of_flags(flags: &[(String, Vec<String>)], root: &Path) -> Vec<Outside> {
    let mut found = BTreeSet::new();
    for (at, flags) in flags {
        let folders = flag_paths::named(flags).folders.into_iter();
        found.extend(folders.filter(|folder| !plain(&root.join(folder)).starts_with(root)).map(|to| Outside {
            at: at.clone(),
            to,
            is_cargos: true,
            counts: false,
        }));
    }
    found.into_iter().collect()
}

/// The workspace above the tree that cargo takes the packages of the tree for: its other members and its lock file count.
fn workspace_above(facts: &Facts, chain: &Chain, root: &Path) -> Option<Outside> {
    let own = facts.cargo.main_workspace()?;
    let at = path::child(&own.folder, "Cargo.toml");
    if facts.manifest(&at)?.workspace.is_some() {
        return None;
    }
    // As cargo has it: the nearest one that does not exclude the package.
    let takes = |folder: &Path, excluded: &[String]| {
        let place = root.strip_prefix(folder).unwrap_or(root).join(&own.folder);
        !excluded.iter().any(|excluded| place.starts_with(excluded))
    };
    let above = chain.found.iter().filter(|file| file.name.starts_with("../"));
    let mut workspaces = above.filter_map(|file| Some((file, file.workspace.as_ref()?)));
    let (file, _) = workspaces.find(|(file, excluded)| file.path.parent().is_some_and(|at| takes(at, excluded)))?;
    Some(Outside { at, to: file.name.clone(), is_cargos: true, counts: true })
}

/// What the manifests lead to that cargo reads from the root on: the workspace, and every package that a path leads to.
fn manifests(facts: &Facts, files: &Files<'_>, found: &mut BTreeSet<Outside>) {
    let Some(workspace) = facts.cargo.main_workspace() else { return };
    let members = workspace.members.iter().filter_map(|&index| facts.cargo.packages.get(index));
    let mut open: Vec<String> = vec![path::child(&workspace.folder, "Cargo.toml")];
    open.extend(members.map(|package| package.manifest.to_string()));
    let mut seen: BTreeSet<String> = open.iter().cloned().collect();
    let root_manifest = open[0].clone();
    while let Some(at) = open.pop() {
        let folder = path::parent(&at).to_owned();
        let mut go = |to: &str, at: &str, file: &str| match path::join(path::parent(at), to) {
            Some(inner) if files.holds(&path::child(&inner, file)) => Some(path::child(&inner, file)),
            _ => {
                found.insert(Outside { at: at.to_owned(), to: to.to_owned(), is_cargos: true, counts: true });
                None
            }
        };
        let mut next = Vec::new();
        if let Some(package) = facts.cargo.package_at(&at) {
            let paths = package.dependencies.iter().filter_map(|edge| edge.path.as_ref());
            next.extend(paths.filter_map(|written| go(&written.value, &written.path, "Cargo.toml")));
        }
        if let Some(manifest) = facts.manifest(&at) {
            if at == root_manifest {
                let patches = manifest.dependencies.iter().filter(|one| one.kind == DependencyKind::Patch);
                let paths = patches.filter_map(|one| one.path.as_ref());
                next.extend(paths.filter_map(|written| go(&written.value, &at, "Cargo.toml")));
            }
            for written in sources(manifest) {
                if path::join(&folder, written).is_none() {
                    go(written, &at, "");
                }
            }
            if let Some(above) = manifest.package.as_ref().and_then(|package| package.workspace.as_ref()) {
                go(&above.value, &at, "Cargo.toml");
            }
            for member in manifest.workspace.iter().flat_map(|workspace| &workspace.members) {
                let plain = member.value.split(['*', '?', '[']).next().unwrap_or_default();
                if path::join(&folder, plain).is_none() {
                    go(&member.value, &at, "");
                }
            }
        }
        next.retain(|manifest| seen.insert(manifest.clone()));
        open.extend(next);
    }
}

/// The sources that a manifest names: of targets, and the build script.
fn sources(manifest: &Manifest) -> impl Iterator<Item = &str> {
    let targets = manifest.targets.iter().filter_map(|target| target.path.as_ref()).map(|path| path.value.as_str());
    let script = manifest.package.as_ref().and_then(|package| package.build.as_ref());
    let script = script.and_then(|build| match &build.value {
        PathOrFlag::Path(path) => Some(path.as_str()),
        PathOrFlag::Flag(_) => None,
    });
    targets.chain(script)
}

/// The files of a tree, and those of its submodules.
struct Files<'l>(&'l Listing);

impl Files<'_> {
    /// Says whether a path is among them, or lies behind a link: where that leads is told by the link itself.
    fn holds(&self, path: &str) -> bool {
        let is_listed = |path: &str| self.find(path).is_some();
        let links = path.match_indices('/').map(|(at, _)| &path[..at]);
        is_listed(path) || links.filter_map(|above| self.find(above)).any(|listed| listed.mode == Mode::Symlink)
    }

    /// Says whether any of them lies in a folder.
    fn has_below(&self, folder: &str) -> bool {
        let has = |files: &[Listed]| {
            let at = files.partition_point(|listed| *listed.path < *folder);
            files[at..].iter().any(|listed| path::is_within(&listed.path, folder))
        };
        folder.is_empty() || has(&self.0.files) || has(&self.0.inside) || self.holds(&path::child(folder, "_"))
    }

    fn find(&self, path: &str) -> Option<&Listed> {
        let among = |files: &'_ [Listed]| files.binary_search_by(|listed| listed.path.as_ref().cmp(path)).ok();
        let own = among(&self.0.files).map(|at| &self.0.files[at]);
        own.or_else(|| among(&self.0.inside).map(|at| &self.0.inside[at]))
    }
}
