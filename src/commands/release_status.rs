//! `release status`: the tree, its tags and its changelogs side by side with what was asked outside.

use crate::commands::exit;
use crate::commands::names;
use crate::commands::release_ground;
use crate::commands::release_ground::Read;
use crate::commands::release_outside;
use crate::commands::release_outside::Reach;
use crate::error::Error;
use crate::facts::releases::Releases;
use crate::facts::tag_line;
use crate::facts::tag_line::Line;
use crate::release::candidates;
use crate::release::status;
use crate::release::status::Scene;
use crate::release::status::State;
use crate::release::witness::Outside;

/// The states of the packages that are released, and what is left out. Empty `names` mean all; `remote` names the one that
/// tags go to.
pub(crate) fn states(
    read: &Read,
    names: &[String],
    reach: Reach,
    remote: Option<&str>,
) -> Result<(Vec<State>, Vec<String>), Error> {
    let (indices, left) = chosen(read, names)?;
    let outside = release_outside::ask(read, &indices, reach, remote)?;
    Ok((of(read, &indices, &outside), left))
}

/// The packages that are released, by name where names are given, and what is left out.
pub(crate) fn chosen(read: &Read, names: &[String]) -> Result<(Vec<usize>, Vec<String>), Error> {
    let (facts, history) = (&read.examined.facts, read.examined.history());
    let tags = release_ground::tags(history)?;
    let lines: Vec<Line<'_>> = tag_line::lines(&facts.cargo, tags);
    let found = candidates::among(facts, &lines);
    let name = |index: &usize| facts.cargo.packages[*index].name.value.as_str();
    let known: Vec<&str> = found.indices.iter().map(name).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(names::unknown_package(unknown, &known));
    }
    let wanted = |index: &usize| names.is_empty() || names.iter().any(|one| one == name(index));
    Ok((found.indices.iter().copied().filter(wanted).collect(), found.left))
}

/// The states of packages, from the tree and what was asked outside.
pub(crate) fn of(read: &Read, indices: &[usize], outside: &Outside) -> Vec<State> {
    let (facts, history) = (&read.examined.facts, read.examined.history());
    let tags = history.tags().unwrap_or_default();
    let lines: Vec<Line<'_>> = tag_line::lines(&facts.cargo, tags);
    let releases = Releases::of(facts, history);
    let scene = Scene { facts, history, policy: &read.policy, releases: &releases, lines: &lines, outside };
    status::states(&scene, indices)
}

/// The exit code of some states.
pub(crate) fn code(states: &[State]) -> u8 {
    if states.iter().any(|state| state.agree() == Some(false)) {
        exit::REFUSED
    } else if states.is_empty() || states.iter().any(|state| state.agree().is_none()) {
        exit::UNPROVEN
    } else {
        exit::ACCEPTED
    }
}
