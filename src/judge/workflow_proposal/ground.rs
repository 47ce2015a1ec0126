//! What of a repository its workflows depend on: the branch, what is released, its programs, and where it is published.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::manifest::Publish;
use crate::facts::manifest::TargetKind;
use crate::facts::workspace::Package;

/// The package whose programs a release carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programs {
    /// Its name.
    pub package: String,
    /// The names of its programs.
    pub names: Vec<String>,
    /// Whether a lock file is checked in for them.
    pub locked: bool,
}

/// What is released, as the release itself finds it.
#[derive(Clone, Copy, Debug)]
pub struct Released<'a> {
    /// The packages, as indices into those of the tree.
    pub indices: &'a [usize],
    /// Why others are left out, a line each.
    pub left: &'a [String],
}

/// What the workflows of a repository depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ground {
    /// The branch that pull requests are made against.
    pub branch: String,
    /// Whether a workflow can release any package.
    pub releases: bool,
    /// Why no workflow can.
    pub unreleased: String,
    /// The one package with programs among those that are published; none where there are several, or none.
    pub programs: Option<Programs>,
    /// The names of the packages with programs, where there are several.
    pub several: Vec<String>,
    /// Whether a package goes to crates.io.
    pub crates_io: bool,
    /// The other registries by the names that manifests give them.
    pub registries: BTreeSet<String>,
}

impl Ground {
    /// What a tree shows. `branch` is the one that pull requests are made against.
    pub fn of(facts: &Facts, branch: &str, released: &Released<'_>) -> Self {
        let packages: Vec<&Package> = released.indices.iter().map(|&index| &facts.cargo.packages[index]).collect();
        let unreleased = unreleased(&packages, released.left);
        let mut ground = Self {
            branch: if is_plain(branch) { branch.to_owned() } else { "main".to_owned() },
            releases: unreleased.is_none(),
            unreleased: unreleased.unwrap_or_default(),
            ..Self::default()
        };
        for package in packages.iter().filter(|package| package.is_publishable()) {
            match package.publish.as_ref().map(|located| &located.value) {
                Some(Publish::Registries(names)) => {
                    let (usual, others): (Vec<&String>, Vec<_>) = names.iter().partition(|name| *name == "crates-io");
                    ground.crates_io |= !usual.is_empty();
                    ground.registries.extend(others.into_iter().filter(|name| is_word(name)).cloned());
                }
                _ => ground.crates_io = true,
            }
        }
        // Only what a build at the root reaches.
        let reached = |package: &&&Package| package.stray.is_none() && facts.cargo.is_of_main_workspace(package);
        let built = packages.iter().filter(reached);
        let mut with: Vec<Programs> = built.filter_map(|package| programs(facts, package)).collect();
        match with.len() {
            0 | 1 => ground.programs = with.pop(),
            _ => ground.several = with.into_iter().map(|one| one.package).collect(),
        }
        ground
    }
}

/// Why no workflow can release these packages; none where one can.
fn unreleased(packages: &[&Package], left: &[String]) -> Option<String> {
    if packages.is_empty() {
        let why = if left.is_empty() { String::new() } else { format!(" ({})", left.join("; ")) };
        return Some(format!("no package of the workspace can be published{why}"));
    }
    let several = |package: &&Package| match package.publish.as_ref().map(|located| &located.value) {
        Some(Publish::Registries(names)) if names.len() > 1 => {
            Some(format!("{} ({})", package.name.value, names.join(", ")))
        }
        _ => None,
    };
    let several: Vec<String> = packages.iter().filter_map(several).collect();
    (!several.is_empty()).then(|| {
        format!(
            "the manifest of {} allows several registries, and `command: release` of the Action chooses none; leave one in \
             `publish`, or release by hand: `cargo governed release publish --registry NAME`",
            several.join(" and of ")
        )
    })
}

fn programs(facts: &Facts, package: &Package) -> Option<Programs> {
    let built = package.targets.iter().filter(|target| target.kind == TargetKind::Bin);
    // What needs features that are off by default is not there after a plain build.
    let names: Vec<String> =
        built.filter(|target| target.required_features.is_empty()).map(|target| target.name.clone()).collect();
    let is_plain = is_word(&package.name.value) && names.iter().all(|name| is_word(name));
    let locked = facts.cargo.workspace_of(package).lockfile.is_some();
    (is_plain && !names.is_empty()).then(|| Programs { package: package.name.value.clone(), names, locked })
}

/// A name that means the same in YAML as in git.
fn is_plain(branch: &str) -> bool {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "-._/".contains(sign);
    branch.starts_with(|sign: char| sign.is_ascii_alphabetic()) && branch.chars().all(plain)
}

/// A name that is a word in YAML and in a shell, as those of packages that cargo takes are.
fn is_word(name: &str) -> bool {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "-_".contains(sign);
    name.starts_with(|sign: char| sign.is_ascii_alphanumeric()) && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_a_name_and_nothing_else() {
        assert!(is_plain("trunk/1.x"));
        for odd in ["a]\n  b:", "${{ x }}", "*", "", "-x", "yes no", "@BINARIES@"] {
            assert!(!is_plain(odd), "{odd}");
        }
    }

    #[test]
    fn a_name_that_a_shell_reads_is_a_word() {
        assert!(is_word("a-b_2"));
        for odd in ["", "-x", "a b", "a;b", "$(a)", "a.b", "a\nb", "@NAMES@"] {
            assert!(!is_word(odd), "{odd}");
        }
    }
}
