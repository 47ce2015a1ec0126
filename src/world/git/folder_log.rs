//! The commits that brought something into a folder since an earlier one, as `git log -- FOLDER` tells them: where a merge left
//! the folder as one side had it, only that side is followed. The rest of the history need not be read.

use std::collections::HashMap;

use git2::Oid;

use crate::error::Error;
use crate::facts::commit_log::CommitLog;
use crate::facts::commit_log::Logged;
use crate::facts::commit_log::Standing;
use crate::facts::history::ObjectId;
use crate::world::git::commit_graph::Graph;
use crate::world::git::commit_log;
use crate::world::git::commit_log::Paths;
use crate::world::git::commit_log::known;
use crate::world::git::history;
use crate::world::git::repository::Repository;
use crate::world::git::repository::broken;
use crate::world::git::repository::object_id;
use crate::world::git::tree_diff::Trees;

/// What was brought into one folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// How the base stands to the head.
    pub standing: Standing,
    /// The commits, the newest first, each with the paths below the folder. They do not know each other as parents.
    pub commits: Vec<Logged>,
    /// Whether the border of a shallow clone was met: commits may be missing.
    pub cut: bool,
}

/// What came after some releases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct After {
    /// The commits of the whole repository behind the head and not behind each of the bases, without their paths; none
    /// without a base.
    pub log: CommitLog,
    /// What was brought into each of the folders.
    pub brought: Vec<Brought>,
}

/// Reads what came after some bases in the whole repository, and what was brought into each of some folders since a base of
/// its own: each commit once.
pub fn read(
    repository: &Repository,
    head: &ObjectId,
    bases: &[ObjectId],
    asked: &[(&ObjectId, &str)],
) -> Result<After, Error> {
    let failed = |error: git2::Error| broken("read the commits", &error);
    let odb = repository.raw().odb().map_err(failed)?;
    let mut graph = Graph::new(&odb, history::border_of(repository));
    let mut trees = Trees::new(&odb);
    let mut after = After::default();
    for (base, folder) in asked {
        after.brought.push(brought(&mut graph, &mut trees, known(head)?, known(base)?, folder).map_err(failed)?);
    }
    if !bases.is_empty() {
        after.log = commit_log::read_in(&odb, &mut graph, head, bases, Paths::Left)?;
    }
    Ok(after)
}

fn brought<'r>(
    graph: &mut Graph<'r>,
    trees: &mut Trees<'r>,
    head: Oid,
    base: Oid,
    folder: &str,
) -> Result<Brought, git2::Error> {
    let mut walk = Walk { trees, folder, ids: HashMap::new(), changed: Vec::new() };
    let flags = graph.paint_by(head, &[base], &mut |graph, node| walk.follow(graph, node))?;
    let standing = graph.standing(&flags, head, base, 0);
    let mut changed = walk.changed;
    let between = |node: usize| flags[node].from_head && flags[node].bases == 0;
    let cut = (0..flags.len()).any(|node| between(node) && graph.nodes[node].border);
    changed.retain(|&node| between(node));
    changed.sort_by(|&one, &other| {
        let key = |node: usize| (std::cmp::Reverse(graph.nodes[node].time), graph.nodes[node].oid);
        key(one).cmp(&key(other))
    });
    changed.dedup();
    let mut commits = Vec::with_capacity(changed.len());
    for node in changed {
        let parent = graph.nodes[node].parents.first().copied();
        let before = parent.map(|parent| graph.tree(parent)).transpose()?;
        let mut paths = trees.differing_below(before, graph.nodes[node].tree, folder)?;
        paths.sort();
        let node = &graph.nodes[node];
        let paths = paths.into_iter().map(|one| one.path).collect();
        let (id, message) = (object_id(node.oid), node.message.clone());
        commits.push(Logged { id, time: node.time, message, merge: false, parents: Vec::new(), paths });
    }
    Ok(Brought { standing, commits, cut })
}

/// A walk with an eye on one folder.
struct Walk<'w, 'r> {
    trees: &'w mut Trees<'r>,
    folder: &'w str,
    /// The folder in each tree that was looked at.
    ids: HashMap<Oid, Option<Oid>>,
    /// The commits that changed the folder and are no merges.
    changed: Vec<usize>,
}

impl<'r> Walk<'_, 'r> {
    /// The parents that the folder came from: the first one that has it as the commit has, else all.
    fn follow(&mut self, graph: &mut Graph<'r>, node: usize) -> Result<Vec<usize>, git2::Error> {
        let tree = graph.tree(node)?;
        let now = self.id(tree)?;
        let parents = graph.nodes[node].parents.clone();
        for &parent in &parents {
            let tree = graph.tree(parent)?;
            if self.id(tree)? == now {
                return Ok(vec![parent]);
            }
        }
        if parents.len() == 1 || parents.is_empty() && now.is_some() {
            self.changed.push(node);
        }
        Ok(parents)
    }

    fn id(&mut self, tree: Oid) -> Result<Option<Oid>, git2::Error> {
        if let Some(known) = self.ids.get(&tree) {
            return Ok(*known);
        }
        let id = self.trees.folder(tree, self.folder)?;
        self.ids.insert(tree, id);
        Ok(id)
    }
}
