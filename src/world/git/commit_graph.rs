//! The graph of commits, each read once, and what reaches which of them.

use std::collections::BinaryHeap;
use std::collections::HashMap;
use std::collections::HashSet;

use git2::ObjectType;
use git2::Odb;
use git2::Oid;

use crate::facts::commit_log::Standing;
use crate::world::git::walk;

/// How far the walk goes on behind what is decided: clocks of committers differ.
const SLACK: i64 = 30 * 24 * 60 * 60;
/// How many bases one walk tells apart.
pub(super) const BASES: usize = 64;

/// What reaches a commit.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Flag {
    /// Whether the head is the commit or has it behind itself.
    pub(super) from_head: bool,
    /// A bit for each base that is the commit or has it behind itself.
    pub(super) bases: u64,
    waits: bool,
}

/// A commit that was met.
pub(super) struct Node {
    pub(super) oid: Oid,
    pub(super) time: i64,
    pub(super) tree: Oid,
    pub(super) parents: Vec<usize>,
    pub(super) message: Box<str>,
    /// Whether its parents are left out of a shallow clone.
    pub(super) border: bool,
    is_read: bool,
}

/// Which parents of a commit the head's walk goes on to.
pub(super) type Follow<'f, 'r> = &'f mut dyn FnMut(&mut Graph<'r>, usize) -> Result<Vec<usize>, git2::Error>;

/// The commits that were met, each read once.
pub(super) struct Graph<'r> {
    odb: &'r Odb<'r>,
    border: HashSet<Oid>,
    pub(super) nodes: Vec<Node>,
    index: HashMap<Oid, usize>,
}

impl<'r> Graph<'r> {
    /// An empty one. `border` holds the commits whose parents a shallow clone leaves out.
    pub(super) fn new(odb: &'r Odb<'r>, border: HashSet<Oid>) -> Self {
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

    /// Reads a commit, once.
    pub(super) fn read(&mut self, node: usize) -> Result<(), git2::Error> {
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

    /// The tree of a commit.
    pub(super) fn tree(&mut self, node: usize) -> Result<Oid, git2::Error> {
        self.read(node)?;
        Ok(self.nodes[node].tree)
    }

    /// How a base stands to the head, once both have painted what they reach.
    pub(super) fn standing(&self, flags: &[Flag], head: Oid, base: Oid, bit: usize) -> Standing {
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
    pub(super) fn paint(&mut self, head: Oid, bases: &[Oid]) -> Result<Vec<Flag>, git2::Error> {
        self.paint_by(head, bases, &mut |graph, node| Ok(graph.nodes[node].parents.clone()))
    }

    /// The same, where the head's walk goes on only to some parents of a commit that is not behind every base.
    pub(super) fn paint_by(
        &mut self,
        head: Oid,
        bases: &[Oid],
        follow: Follow<'_, 'r>,
    ) -> Result<Vec<Flag>, git2::Error> {
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
            let followed = if walk.is_between(flag) { follow(self, node)? } else { self.nodes[node].parents.clone() };
            for parent in followed {
                self.read(parent)?;
                walk.reach(parent, self.nodes[parent].time, flag);
            }
            // What a base has behind itself it has behind itself, wherever the head goes on to.
            let behind = Flag { from_head: false, ..flag };
            let parents = if behind.bases == 0 { 0 } else { self.nodes[node].parents.len() };
            for at in 0..parents {
                let parent = self.nodes[node].parents[at];
                self.read(parent)?;
                walk.reach(parent, self.nodes[parent].time, behind);
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
