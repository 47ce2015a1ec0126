//! The targets of a package, declared and found, as cargo finds them.

use std::collections::BTreeMap;

use crate::facts::manifest::Manifest;
use crate::facts::manifest::PackageTable;
use crate::facts::manifest::PathOrFlag;
use crate::facts::manifest::TargetKind;
use crate::facts::manifest::TargetTable;
use crate::facts::path;
use crate::facts::tree::Tree;
use crate::facts::workspace::target::Target;

/// A package, as far as its targets depend on it.
pub(super) struct Site<'a> {
    pub(super) tree: &'a Tree,
    pub(super) folder: &'a str,
    pub(super) name: &'a str,
    pub(super) is_2015: bool,
    pub(super) package: &'a PackageTable,
    pub(super) manifest: &'a Manifest,
}

impl Site<'_> {
    /// All targets in order of kind and name.
    pub(super) fn targets(&self) -> Vec<Target> {
        let mut targets: Vec<Target> = self.library().into_iter().collect();
        let has_library = !targets.is_empty();
        for kind in [TargetKind::Bin, TargetKind::Example, TargetKind::Test, TargetKind::Bench] {
            targets.extend(self.of_kind(kind, has_library));
        }
        targets.extend(self.build_script());
        targets.sort_by(|one, other| (one.kind, &one.name, &one.path).cmp(&(other.kind, &other.name, &other.path)));
        targets
    }

    fn at(&self, relative: &str) -> Option<String> {
        path::join(self.folder, relative)
    }

    fn has(&self, relative: &str) -> bool {
        self.at(relative).is_some_and(|path| self.tree.has_file(&path))
    }

    fn library(&self) -> Option<Target> {
        let table = self.manifest.targets.iter().find(|table| table.kind == TargetKind::Lib);
        let is_found = self.package.autolib.as_ref().is_none_or(|flag| flag.value) && self.has("src/lib.rs");
        if table.is_none() && !is_found {
            return None;
        }
        let name = table.and_then(|table| table.name.as_ref()).map(|name| name.value.clone());
        let name = name.unwrap_or_else(|| self.name.replace('-', "_"));
        let legacy = format!("src/{name}.rs");
        let path = match table.and_then(|table| table.path.as_ref()) {
            Some(path) => self.at(&path.value)?,
            None if self.is_2015 && !self.has("src/lib.rs") && self.has(&legacy) => self.at(&legacy)?,
            None => self.at("src/lib.rs")?,
        };
        Some(target(TargetKind::Lib, name, path, table))
    }

    fn build_script(&self) -> Option<Target> {
        let path = match self.package.build.as_ref().map(|build| &build.value) {
            Some(PathOrFlag::Path(path)) => self.at(path)?,
            Some(PathOrFlag::Flag(true)) => self.at("build.rs")?,
            None if self.has("build.rs") => self.at("build.rs")?,
            Some(PathOrFlag::Flag(false)) | None => return None,
        };
        let stem = path::file_name(&path).trim_end_matches(".rs");
        Some(target(TargetKind::Build, format!("build-script-{stem}"), path.clone(), None))
    }

    fn of_kind(&self, kind: TargetKind, has_library: bool) -> Vec<Target> {
        let tables: Vec<_> = self.manifest.targets.iter().filter(|table| table.kind == kind).collect();
        let mut found = self.found(kind);
        let mut targets = Vec::new();
        for table in &tables {
            let Some(name) = &table.name else { continue };
            let path = match &table.path {
                Some(path) => self.at(&path.value),
                None => found
                    .get(&name.value)
                    .cloned()
                    .or_else(|| self.legacy(kind, &name.value, has_library))
                    .or_else(|| self.at(&format!("{}/{}.rs", home(kind), name.value))),
            };
            if let Some(path) = path {
                targets.push(target(kind, name.value.clone(), path, Some(table)));
            }
        }
        let auto = match kind {
            TargetKind::Bin => &self.package.autobins,
            TargetKind::Example => &self.package.autoexamples,
            TargetKind::Test => &self.package.autotests,
            _ => &self.package.autobenches,
        };
        if auto.as_ref().map_or(!self.is_2015 || tables.is_empty(), |flag| flag.value) {
            let names: std::collections::HashSet<&str> = targets.iter().map(|target| target.name.as_str()).collect();
            let paths: std::collections::HashSet<&str> = targets.iter().map(|target| target.path.as_str()).collect();
            found.retain(|name, path| !names.contains(name.as_str()) && !paths.contains(path.as_str()));
            targets.extend(found.into_iter().map(|(name, path)| target(kind, name, path, None)));
        }
        targets
    }

    /// The paths of edition 2015 that cargo still takes for a target without a path.
    fn legacy(&self, kind: TargetKind, name: &str, has_library: bool) -> Option<String> {
        if !self.is_2015 {
            return None;
        }
        let own = format!("src/{name}.rs");
        let paths: &[&str] = match kind {
            TargetKind::Bin if has_library => &["src/main.rs", "src/bin/main.rs"],
            TargetKind::Bin => &[&own, "src/main.rs", "src/bin/main.rs"],
            TargetKind::Bench if name == "bench" => &["src/bench.rs"],
            _ => &[],
        };
        paths.iter().find(|path| self.has(path)).and_then(|path| self.at(path))
    }

    /// The targets that cargo finds by itself: name and path.
    fn found(&self, kind: TargetKind) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let Some(folder) = self.at(home(kind)) else { return found };
        if self.tree.has_folder(&folder) {
            for entry in self.tree.within(&folder) {
                let Some(rest) = entry.path.get(folder.len() + 1..) else { continue };
                let name = match rest.split_once('/') {
                    None => rest.strip_suffix(".rs").filter(|_| !rest.starts_with('.')),
                    Some((name, "main.rs")) => Some(name).filter(|name| !name.starts_with('.')),
                    Some(_) => None,
                };
                if let Some(name) = name {
                    found.entry(name.to_owned()).or_insert_with(|| entry.path.to_string());
                }
            }
        }
        if kind == TargetKind::Bin && self.has("src/main.rs") {
            found.extend(self.at("src/main.rs").map(|path| (self.name.to_owned(), path)));
        }
        found
    }
}

/// The folder where cargo looks for targets of a kind.
fn home(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Bin => "src/bin",
        TargetKind::Example => "examples",
        TargetKind::Test => "tests",
        TargetKind::Bench => "benches",
        TargetKind::Lib | TargetKind::Build => "src",
    }
}

fn target(kind: TargetKind, name: String, path: String, table: Option<&TargetTable>) -> Target {
    let is_test = matches!(kind, TargetKind::Lib | TargetKind::Bin | TargetKind::Test);
    let is_bench = matches!(kind, TargetKind::Lib | TargetKind::Bin | TargetKind::Bench);
    let flag = |key: fn(&TargetTable) -> Option<bool>, default: bool| table.and_then(key).unwrap_or(default);
    let documents = table.is_none_or(TargetTable::is_doctestable);
    Target {
        kind,
        name,
        path,
        declared: table.map(|table| table.span),
        test: flag(|table| Some(table.test.as_ref()?.value), is_test),
        doctest: kind == TargetKind::Lib && documents && flag(|table| Some(table.doctest.as_ref()?.value), true),
        bench: flag(|table| Some(table.bench.as_ref()?.value), is_bench),
        harness: flag(|table| Some(table.harness.as_ref()?.value), true),
        test_key: table.and_then(|table| table.test.as_ref()).filter(|test| !test.value).map(|test| test.span),
        required_features: table
            .map(|table| table.required_features.iter().map(|one| one.value.clone()).collect())
            .unwrap_or_default(),
    }
}
