//! `release status`: the tree, its tags and its changelogs side by side with what was asked outside.

use crate::commands::exit;
use crate::commands::names;
use crate::commands::release_ground;
use crate::commands::release_ground::Read;
use crate::error::Error;
use crate::facts::releases::Releases;
use crate::facts::tag_line;
use crate::facts::tag_line::Line;
use crate::release::candidates;
use crate::release::status;
use crate::release::status::Scene;
use crate::release::status::State;
use crate::release::witness::Outside;

/// The states of the packages that are released, and what is left out. Empty `names` mean all.
pub(crate) fn states(read: &Read, names: &[String], outside: &Outside) -> Result<(Vec<State>, Vec<String>), Error> {
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
    let indices: Vec<usize> = found.indices.iter().copied().filter(wanted).collect();
    let releases = Releases::of(facts, history);
    let scene = Scene { facts, history, policy: &read.policy, releases: &releases, lines: &lines, outside };
    Ok((status::states(&scene, &indices), found.left))
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
