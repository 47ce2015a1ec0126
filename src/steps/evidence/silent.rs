//! The suites that have a harness of their own, by the names under which cargo announces them.

use crate::facts::manifest::TargetKind;
use crate::facts::workspace::Cargo;
use crate::facts::workspace::Target;

/// The suites of all packages that need not tell anything that could be read: `harness = false`.
pub fn silent_suites(cargo: &Cargo) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for package in &cargo.packages {
        let own = package.targets.iter().filter(|target| !target.harness);
        names.extend(own.map(|target| announced(target, &package.folder)));
    }
    names.sort();
    names.dedup();
    names
}

/// What cargo writes behind `Running`, as [`header`](crate::steps::evidence::header::header) reads it.
fn announced(target: &Target, folder: &str) -> String {
    let path = target.path.strip_prefix(folder).map_or(target.path.as_str(), |path| path.trim_start_matches('/'));
    match target.kind {
        TargetKind::Lib | TargetKind::Bin | TargetKind::Example => {
            format!("unittests {path} ({})", target.name.replace('-', "_"))
        }
        TargetKind::Test | TargetKind::Bench | TargetKind::Build => path.to_owned(),
    }
}
