//! Reads the commits between earlier ones and the examined one: each commit once, whatever many bases ask.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;

use git2::Odb;
use git2::Oid;

use crate::error::Error;
use crate::facts::commit_log::CommitLog;
use crate::facts::commit_log::Differing;
use crate::facts::commit_log::Logged;
use crate::facts::history::ObjectId;
use crate::world::git::commit_graph::BASES;
use crate::world::git::commit_graph::Flag;
use crate::world::git::commit_graph::Graph;
use crate::world::git::history;
use crate::world::git::repository::Repository;
use crate::world::git::repository::broken;
use crate::world::git::repository::object_id;
use crate::world::git::repository::oid;
use crate::world::git::tree_diff::Trees;

/// Which of the changed paths of each commit are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paths<'p> {
    /// All.
    Wanted,
    /// Those below these folders.
    Below(&'p [&'p str]),
    /// The messages are enough.
    Left,
}

/// Reads the commits that are behind `head` and not behind each of the bases; without a base all behind `head`.
pub fn read(
    repository: &Repository,
    head: &ObjectId,
    bases: &[ObjectId],
    paths: Paths<'_>,
) -> Result<CommitLog, Error> {
    let odb = repository.raw().odb().map_err(|error| broken("read the commits", &error))?;
    read_in(&odb, &mut Graph::new(&odb, history::border_of(repository)), head, bases, paths)
}

/// The same in a graph that may know some of the commits. It gives their messages away.
pub(super) fn read_in(
    odb: &Odb<'_>,
    graph: &mut Graph<'_>,
    head: &ObjectId,
    bases: &[ObjectId],
    paths: Paths<'_>,
) -> Result<CommitLog, Error> {
    let failed = |error: git2::Error| broken("read the commits", &error);
    let head = known(head)?;
    let mut distinct: Vec<&ObjectId> = bases.iter().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let mut since: BTreeMap<ObjectId, Vec<usize>> = BTreeMap::new();
    let mut standing = BTreeMap::new();
    let mut wanted: HashSet<usize> = HashSet::new();
    if distinct.is_empty() {
        let flags = graph.paint(head, &[]).map_err(failed)?;
        wanted.extend(flags.iter().enumerate().filter(|(_, flag)| flag.from_head).map(|(node, _)| node));
    }
    for chunk in distinct.chunks(BASES) {
        let ids = chunk.iter().map(|id| known(id)).collect::<Result<Vec<_>, _>>()?;
        let flags = graph.paint(head, &ids).map_err(failed)?;
        for (bit, id) in chunk.iter().enumerate() {
            let outside = |flag: &Flag| flag.from_head && flag.bases & (1 << bit) == 0;
            let after: Vec<usize> =
                flags.iter().enumerate().filter(|(_, flag)| outside(flag)).map(|(node, _)| node).collect();
            wanted.extend(&after);
            since.insert((*id).clone(), after);
            standing.insert((*id).clone(), graph.standing(&flags, head, ids[bit], bit));
        }
    }
    let log = assemble(odb, graph, wanted, since, paths).map_err(failed)?;
    Ok(CommitLog { standing, ..log })
}

/// The paths that differ between each of some commits and another one, in order of the paths.
pub fn differences(
    repository: &Repository,
    head: &ObjectId,
    bases: &[ObjectId],
) -> Result<BTreeMap<ObjectId, Vec<Differing>>, Error> {
    let failed = |error: git2::Error| broken("compare two commits", &error);
    let odb = repository.raw().odb().map_err(failed)?;
    let mut trees = Trees::new(&odb);
    let tree = |id: Oid| repository.raw().find_commit(id).map(|commit| commit.tree_id()).map_err(failed);
    let head = tree(known(head)?)?;
    let mut found = BTreeMap::new();
    for base in bases {
        if !found.contains_key(base) {
            let mut differing = trees.differing(Some(tree(known(base)?)?), head).map_err(failed)?;
            differing.sort();
            found.insert(base.clone(), differing);
        }
    }
    Ok(found)
}

/// The id as git has it.
pub(super) fn known(id: &ObjectId) -> Result<Oid, Error> {
    oid(id).ok_or_else(|| Error::usage("unknown-revision", format!("read the id `{}`", id.0)))
}

/// Puts the log together: the newest first, then by id, whatever the walks met first.
fn assemble(
    odb: &Odb<'_>,
    graph: &mut Graph<'_>,
    wanted: HashSet<usize>,
    since: BTreeMap<ObjectId, Vec<usize>>,
    paths: Paths<'_>,
) -> Result<CommitLog, git2::Error> {
    let mut order: Vec<usize> = wanted.into_iter().collect();
    order.sort_by(|&one, &other| {
        let key = |node: usize| (std::cmp::Reverse(graph.nodes[node].time), graph.nodes[node].oid);
        key(one).cmp(&key(other))
    });
    let place: HashMap<usize, usize> = order.iter().enumerate().map(|(at, &node)| (node, at)).collect();
    let mut trees = match paths {
        Paths::Below(folders) => Trees::below(odb, folders),
        Paths::Wanted | Paths::Left => Trees::new(odb),
    };
    let mut names: HashSet<Arc<str>> = HashSet::new();
    let mut commits = Vec::with_capacity(order.len());
    let mut cut = false;
    for &node in &order {
        let merge = graph.nodes[node].parents.len() > 1;
        let mut changed = Vec::new();
        if paths != Paths::Left && !merge {
            let parent = graph.nodes[node].parents.first().copied();
            let before = parent.map(|parent| graph.tree(parent)).transpose()?;
            let differing = trees.differing(before, graph.nodes[node].tree)?;
            changed = differing.into_iter().map(|one| interned(&mut names, one.path)).collect();
            changed.sort();
        }
        let read = &mut graph.nodes[node];
        cut |= read.border;
        let message = std::mem::take(&mut read.message);
        let parents = read.parents.iter().filter_map(|parent| place.get(parent).copied()).collect();
        commits.push(Logged { id: object_id(read.oid), time: read.time, message, merge, parents, paths: changed });
    }
    let since = since.into_iter().map(|(base, nodes)| {
        let mut after: Vec<usize> = nodes.iter().map(|node| place[node]).collect();
        after.sort_unstable();
        (base, after)
    });
    Ok(CommitLog { commits, since: since.collect(), cut, ..CommitLog::default() })
}

fn interned(names: &mut HashSet<Arc<str>>, name: Arc<str>) -> Arc<str> {
    if let Some(known) = names.get(&name) {
        return Arc::clone(known);
    }
    names.insert(Arc::clone(&name));
    name
}
