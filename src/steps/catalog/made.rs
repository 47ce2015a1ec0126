//! The list of the built-in steps, and what each of them comes to in one tree.

use std::collections::BTreeSet;

use crate::steps::catalog::called::Called;
use crate::steps::catalog::clippy;
use crate::steps::catalog::doc;
use crate::steps::catalog::fmt;
use crate::steps::catalog::ground::Ground;
use crate::steps::catalog::package;
use crate::steps::catalog::semver;
use crate::steps::catalog::test;

/// All built-in steps in the order of the plan, with their names. `installed` holds the optional tools that are there.
pub fn infer(ground: &Ground<'_>, installed: &BTreeSet<String>) -> Vec<(&'static str, Called)> {
    vec![
        ("fmt", fmt::infer(ground)),
        ("clippy", clippy::infer(ground)),
        ("test", test::infer(ground)),
        ("doc", doc::infer(ground)),
        ("package", package::infer(ground)),
        ("semver", semver::infer(ground, installed)),
    ]
}
