//! What decides a step beside the files of the tree, looked at again when it ended: the configuration around the tree, the
//! lock file that git ignores, and the tools.

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

use crate::steps::environment::Environment;
use crate::steps::inputs::Globs;
use crate::steps::keys;
use crate::steps::needed_tools;
use crate::steps::prepare::Prepared;
use crate::steps::step::Step;
use crate::world::beside::Beside;

/// The names of all that was touched, came or went since the key of a step was made.
///
/// What the step itself is declared to make is its own; the lock file is one of these only where there was one: where
/// there was none, cargo makes it, and the key says that there was none.
pub(crate) fn beside(prepared: &Prepared, step: &Step, inputs: &Globs, outputs: &Globs, root: &Path) -> Vec<String> {
    let mut looked: Vec<&Beside> = prepared.chain.looked.iter().collect();
    if prepared.has_lock && keys::hangs_on_lock(step, inputs, &prepared.lock_path) {
        looked.extend(&prepared.lock_seen);
    }
    let is_own = |beside: &&&Beside| !outputs.holds(&beside.name);
    let moved = looked.iter().filter(is_own).filter(|beside| beside.has_moved()).map(|beside| beside.name.clone());
    let moved: Vec<String> = moved.collect();
    let known: BTreeSet<&Path> = looked.iter().map(|beside| beside.path.as_path()).collect();
    let tools = tools(prepared, step, root).filter(|beside| !known.contains(beside.path.as_path()));
    let tools = tools.filter(Beside::has_moved).map(|beside| beside.name);
    moved.into_iter().chain(tools).collect()
}

/// The files of the tools. Those in the tree count for the steps that start them: another step may make them.
fn tools<'p>(prepared: &'p Prepared, step: &Step, root: &'p Path) -> impl Iterator<Item = Beside> + use<'p> {
    let none = Environment::default();
    let environment = prepared.environments.get(&step.name).map_or(&none, |seen| &**seen);
    let stand_ins = needed_tools::stand_ins(environment, &prepared.chain, root);
    let needed = needed_tools::of(step).into_iter().chain(stand_ins);
    let found = needed.filter_map(|needed| Some(prepared.tools.identity(&needed.tool)?.path.clone()));
    let own: BTreeSet<PathBuf> = found.flat_map(|path| [path.canonicalize().unwrap_or_default(), path]).collect();
    let seen = prepared.tools.seen.iter().filter(move |(path, _)| !path.starts_with(root) || own.contains(path));
    seen.map(|(path, stamp)| Beside { name: path.display().to_string(), path: path.clone(), stamp: *stamp })
}
