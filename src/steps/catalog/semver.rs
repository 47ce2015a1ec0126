//! `semver`: the public API changed only as far as the version says. Inferred only where `cargo-semver-checks` is there.

use std::collections::BTreeSet;

use crate::steps::catalog::called::Called;
use crate::steps::catalog::ground::Ground;
use crate::steps::catalog::package;
use crate::steps::step::Profile;
use crate::steps::step::Step;

/// The program.
const TOOL: &str = "cargo-semver-checks";

pub(super) fn infer(ground: &Ground<'_>, installed: &BTreeSet<String>) -> Called {
    if !installed.contains(TOOL) {
        return Called::Not(format!("{TOOL} is not installed"));
    }
    let libraries = ground.members().filter(|package| package::is_meant(package) && package.library().is_some());
    let libraries: Vec<_> = libraries.map(|package| package.name.value.as_str()).collect();
    if libraries.is_empty() {
        return Called::Not("no library is meant to be published".to_owned());
    }
    let mut words = vec!["semver-checks"];
    for name in libraries {
        words.push("-p");
        words.push(name);
    }
    let argv = ground.cargo(&words);
    Called::For(Box::new(Step::inferred("semver", Profile::Semver, argv, format!("{TOOL} is installed"))))
}
