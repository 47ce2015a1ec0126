//! Reads the commits between earlier ones and the examined one: each commit once, whatever many bases ask.

use std::collections::BTreeMap;
use std::collections::BinaryHeap;
use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;

use git2::ObjectType;
use git2::Odb;
use git2::Oid;

use crate::error::Error;
use crate::facts::commit_log::CommitLog;
use crate::facts::commit_log::Differing;
use crate::facts::commit_log::Logged;
use crate::facts::commit_log::Standing;
use crate::facts::history::ObjectId;
use crate::world::git::history;
use crate::world::git::repository::Repository;
use crate::world::git::repository::broken;
use crate::world::git::repository::object_id;
use crate::world::git::repository::oid;
use crate::world::git::tree_diff::Trees;
use crate::world::git::walk;

/// How far the walk goes on behind what is decided: clocks of committers differ.
const SLACK: i64 = 30 * 24 * 60 * 60;
/// How many bases one walk tells apart.
const BASES: usize = 64;

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
    let failed = |error: git2::Error| broken("read the commits", &error);
    let odb = repository.raw().odb().map_err(failed)?;
    let mut graph = Graph::new(&odb, history::border_of(repository));
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
    let log = assemble(&odb, graph, wanted, since, paths).map_err(failed)?;
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

fn known(id: &ObjectId) -> Result<Oid, Error> {
    oid(id).ok_or_else(|| Error::usage("unknown-revision", format!("read the id `{}`", id.0)))
}

/// Puts the log together: the newest first, then by id, whatever the walks met first.
fn assemble(
    odb: &Odb<'_>,
    mut graph: Graph<'_>,
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

/// What reaches a commit.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Flag {
    from_head: bool,
    /// A bit for each base that is the commit or has it behind itself.
    bases: u64,
    waits: bool,
}

struct Node {
    oid: Oid,
    time: i64,
    tree: Oid,
    parents: Vec<usize>,
    message: Box<str>,
    /// Whether its parents are left out of a shallow clone.
    border: bool,
    is_read: bool,
}

/// The commits that were met, each read once.
struct Graph<'r> {
    odb: &'r Odb<'r>,
    border: HashSet<Oid>,
    nodes: Vec<Node>,
    index: HashMap<Oid, usize>,
}

impl<'r> Graph<'r> {
    fn new(odb: &'r Odb<'r>, border: HashSet<Oid>) -> Self {
        Self { odb, border, nodes: Vec::new(), index: HashMap::new() }
    }

    fn meet(&mut self, oid: Oid) -> usize {
        *self.index.entry(oid).or_insert_with(|| {
            let zero = Oid::ZERO_SHA1;
            let node = Node {
                oid,
                time: 0,
                tree: zero,
                parents: Vec::new(),
                message: Box::default(),
                border: false,
                is_read: false,
            };
            self.nodes.push(node);
            self.nodes.len() - 1
        })
    }

    fn read(&mut self, node: usize) -> Result<(), git2::Error> {
        if self.nodes[node].is_read {
            return Ok(());
        }
        let oid = self.nodes[node].oid;
        let object = self.odb.read(oid)?;
        if object.kind() != ObjectType::Commit {
            return Err(git2::Error::from_str("an ancestor is no commit"));
        }
        let raw = Raw::read(object.data())?;
        let border = self.border.contains(&oid);
        let parents = if border { Vec::new() } else { raw.parents.iter().map(|&parent| self.meet(parent)).collect() };
        let node = &mut self.nodes[node];
        (node.time, node.tree, node.parents, node.message) = (raw.time, raw.tree, parents, raw.message);
        (node.border, node.is_read) = (border, true);
        Ok(())
    }

    fn tree(&mut self, node: usize) -> Result<Oid, git2::Error> {
        self.read(node)?;
        Ok(self.nodes[node].tree)
    }

    /// How a base stands to the head, once both have painted what they reach.
    fn standing(&self, flags: &[Flag], head: Oid, base: Oid, bit: usize) -> Standing {
        let reached = |flag: &Flag| flag.bases & (1 << bit) != 0;
        if flags[self.index[&base]].from_head {
            Standing::Behind
        } else if reached(&flags[self.index[&head]]) {
            Standing::Ahead
        } else if flags.iter().any(|flag| flag.from_head && reached(flag)) {
            Standing::Parted
        } else {
            Standing::Apart
        }
    }

    /// Follows the parents from the head and from the bases until nothing that is left can change what is asked.
    fn paint(&mut self, head: Oid, bases: &[Oid]) -> Result<Vec<Flag>, git2::Error> {
        let full = if bases.len() == BASES { u64::MAX } else { (1 << bases.len()) - 1 };
        let mut walk = Painting { flags: Vec::new(), heap: BinaryHeap::new(), open: 0, full, low: i64::MAX };
        let start = self.meet(head);
        self.read(start)?;
        walk.reach(start, self.nodes[start].time, Flag { from_head: true, ..Flag::default() });
        for (bit, &base) in bases.iter().enumerate() {
            let node = self.meet(base);
            self.read(node)?;
            walk.reach(node, self.nodes[node].time, Flag { bases: 1 << bit, ..Flag::default() });
        }
        while let Some((node, flag)) = walk.take() {
            for at in 0..self.nodes[node].parents.len() {
                let parent = self.nodes[node].parents[at];
                self.read(parent)?;
                walk.reach(parent, self.nodes[parent].time, flag);
            }
        }
        Ok(walk.flags)
    }
}

struct Painting {
    flags: Vec<Flag>,
    heap: BinaryHeap<(i64, usize)>,
    /// How many that wait are behind the head and not behind every base.
    open: usize,
    full: u64,
    /// The earliest time of what was found between.
    low: i64,
}

impl Painting {
    fn is_between(&self, flag: Flag) -> bool {
        flag.from_head && (flag.bases != self.full || self.full == 0)
    }

    /// Adds what reaches a commit; it waits again if that is news.
    fn reach(&mut self, node: usize, time: i64, news: Flag) {
        if self.flags.len() <= node {
            self.flags.resize(node + 1, Flag::default());
        }
        let old = self.flags[node];
        let new = Flag { from_head: old.from_head | news.from_head, bases: old.bases | news.bases, waits: true };
        if (new.from_head, new.bases) == (old.from_head, old.bases) {
            return;
        }
        if old.waits && self.is_between(old) {
            self.open -= 1;
        }
        self.flags[node] = new;
        if self.is_between(new) {
            self.open += 1;
            self.low = self.low.min(time);
        }
        if !old.waits {
            self.heap.push((time, node));
        }
    }

    /// The next commit that must be passed on; none where nothing can change any more.
    fn take(&mut self) -> Option<(usize, Flag)> {
        let &(time, node) = self.heap.peek()?;
        if self.open == 0 && time < self.low.saturating_sub(SLACK) {
            return None;
        }
        self.heap.pop();
        let flag = self.flags[node];
        if self.is_between(flag) {
            self.open -= 1;
        }
        self.flags[node].waits = false;
        Some((node, Flag { waits: false, ..flag }))
    }
}

/// What a commit object says.
struct Raw {
    tree: Oid,
    parents: Vec<Oid>,
    time: i64,
    message: Box<str>,
}

impl Raw {
    fn read(data: &[u8]) -> Result<Self, git2::Error> {
        let end = memchr::memmem::find(data, b"\n\n").unwrap_or(data.len());
        let mut raw = Self { tree: Oid::ZERO_SHA1, parents: Vec::new(), time: 0, message: Box::default() };
        for line in data[..end].split(|&byte| byte == b'\n') {
            let id = |hex: &[u8]| Oid::from_str(str::from_utf8(hex).unwrap_or_default());
            if let Some(tree) = line.strip_prefix(b"tree ") {
                raw.tree = id(tree)?;
            } else if let Some(parent) = line.strip_prefix(b"parent ") {
                raw.parents.push(id(parent)?);
            } else if let Some(committer) = line.strip_prefix(b"committer ") {
                raw.time = walk::time_of(committer);
                break;
            }
        }
        let body = data.get(end + 2..).unwrap_or_default();
        raw.message = String::from_utf8_lossy(body).trim().into();
        Ok(raw)
    }
}
