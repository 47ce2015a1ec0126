//! `package`: every package that is meant to be published can be packed.
//!
//! With `--no-verify`: `clippy` and `test` build the same sources already, and a second build of each archive from
//! nothing costs more than all other steps together. What only that build can see (a file that the package leaves out
//! and the code includes) is for `release publish`, where cargo verifies. `--allow-dirty`, because the run is about the
//! tree as it is, and the record says whether it differs from its commit.

use crate::facts::manifest::Publish;
use crate::facts::workspace::Package;
use crate::steps::catalog::called::Called;
use crate::steps::catalog::ground::Ground;
use crate::steps::step::Profile;
use crate::steps::step::Step;

/// Says whether a package is meant for a registry: it may be published, and names one or has what crates.io demands.
///
/// Many members of workspaces, test crates above all, may be published only because nobody forbade it.
pub(super) fn is_meant(package: &Package) -> bool {
    let named = matches!(package.publish.as_ref().map(|publish| &publish.value), Some(Publish::Registries(_)));
    let described = package.description.is_some() && (package.license.is_some() || package.license_file.is_some());
    package.is_publishable() && (named || described)
}

pub(super) fn infer(ground: &Ground<'_>) -> Called {
    let (taken, left): (Vec<_>, Vec<_>) = ground.members().partition(|package| is_meant(package));
    if taken.is_empty() {
        return Called::Not("no package is meant to be published".to_owned());
    }
    let mut words = vec!["package", "--no-verify", "--allow-dirty"];
    let chosen = if left.len() < taken.len() { &left } else { &taken };
    let flag = if left.len() < taken.len() { "--exclude" } else { "-p" };
    if ground.workspace.declared && flag == "--exclude" {
        words.push("--workspace");
    }
    for package in chosen.iter().filter(|_| ground.workspace.declared) {
        words.push(flag);
        words.push(&package.name.value);
    }
    let mut argv = ground.cargo(&words);
    ground.lock(&mut argv);
    let many = if taken.len() == 1 { "package" } else { "packages" };
    let mut step =
        Step::inferred("package", Profile::Package, argv, format!("{} {many} meant to be published", taken.len()));
    step.outputs = vec!["target/package/*.crate".to_owned()];
    Called::For(Box::new(step))
}
