//! The name of the tag of a version: after the policy, else after the tags that are there.

use semver::Version;

use crate::facts::Facts;
use crate::facts::policy::Policy;
use crate::facts::policy::release::Witness;
use crate::facts::tag_line::Line;
use crate::release::ground::Ground;

/// What to do where nothing says how tags are called.
pub const UNNAMED: &str =
    "nothing says how its tag is called: name the form in the policy, [release] tag = \"{package}-v{version}\"";

/// Whether a release needs a tag: a policy may name the witnesses that count.
pub fn is_demanded(policy: &Policy) -> bool {
    policy.release.witnesses.as_ref().is_none_or(|all| all.iter().any(|one| one.value == Witness::Tag))
}

/// The name of the tag of a version of a package in a plan.
pub fn name_for(ground: &Ground<'_>, index: usize, version: &Version) -> Option<String> {
    name(ground.facts, ground.policy, ground.lines, index, version)
}

/// The name of the tag of a version: the policy's template, else the form of the package's own tags, else that of another
/// package's; `v1.2.3` in a repository of one package without any tag. None where nothing says how.
pub fn name(facts: &Facts, policy: &Policy, lines: &[Line<'_>], index: usize, version: &Version) -> Option<String> {
    let package = &facts.cargo.packages[index].name.value;
    if let Some(template) = &policy.release.tag {
        return Some(template.value.replace("{package}", package).replace("{version}", &version.to_string()));
    }
    if let Some(name) = lines.get(index).and_then(|line| line.name_for(version)) {
        return Some(name);
    }
    let another = facts.cargo.packages.iter().zip(lines).find_map(|(other, line)| {
        let newest = line.tags.last().filter(|_| !line.shared)?;
        let (prefix, _) = newest.tag.name.split_at(newest.at);
        let other = &other.name.value;
        prefix.contains(other.as_str()).then(|| prefix.replacen(other.as_str(), package, 1))
    });
    let alone = facts.cargo.packages.iter().filter(|package| package.is_publishable()).count() == 1;
    another.map(|prefix| format!("{prefix}{version}")).or_else(|| alone.then(|| format!("v{version}")))
}
