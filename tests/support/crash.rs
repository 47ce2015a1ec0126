//! The disks that a crash can leave: every prefix of the calls, and of those that no sync had settled every choice.

use std::collections::HashSet;
use std::hash::DefaultHasher;
use std::hash::Hash;
use std::hash::Hasher;

use crate::support::logged::Call;
use crate::support::logged::Disk;
use crate::support::logged::parent;

/// How thorough a campaign is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thoroughness {
    /// Up to so many unsettled calls every subset is staged; above it, a sample.
    pub(crate) all_subsets_of: usize,
    /// How many subsets the sample has.
    pub(crate) sample: usize,
    /// At every how many bytes writes are torn.
    pub(crate) torn_every: usize,
}

/// Numbers of the same order on every machine (`SplitMix64`).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// The calls of a prefix that no later sync of the prefix settled. The reverse way is linear.
fn unsettled(prefix: &[Call]) -> Vec<usize> {
    let (mut files, mut folders) = (HashSet::new(), HashSet::new());
    let mut found = Vec::new();
    for (at, call) in prefix.iter().enumerate().rev() {
        let settled = match call {
            Call::Sync { file } => {
                files.insert(*file);
                continue;
            }
            Call::SyncFolder { path } => {
                folders.insert(path.as_str());
                continue;
            }
            Call::Mark(_) => continue,
            Call::Write { file, .. } | Call::Cut { file, .. } | Call::Seal { file } => files.contains(file),
            Call::Name { path, .. } | Call::Unname { path } | Call::Folder { path } => folders.contains(parent(path)),
        };
        if !settled {
            found.push(at);
        }
    }
    found.reverse();
    found
}

fn disk(prefix: &[Call], left_out: &HashSet<usize>, torn: Option<(usize, usize)>) -> Disk {
    let mut disk = Disk::default();
    for (at, call) in prefix.iter().enumerate() {
        if left_out.contains(&at) {
            continue;
        }
        match (call, torn) {
            (Call::Write { file, offset, bytes }, Some((which, length))) if which == at => {
                disk.apply(&Call::Write { file: *file, offset: *offset, bytes: bytes[..length].to_vec() });
            }
            _ => disk.apply(call),
        }
    }
    disk.settle()
}

/// Stages every disk that a crash after some call can leave, each kind once; gives how many there were.
pub(crate) fn every_crash(log: &[Call], thoroughness: Thoroughness, each: &mut dyn FnMut(usize, Disk)) -> usize {
    let mut seen: HashSet<(usize, u64)> = HashSet::new();
    let mut numbers = Numbers(1);
    let mut count = 0;
    let mut marks = 0;
    for length in 0..=log.len() {
        if length > 0 && matches!(log[length - 1], Call::Mark(_)) {
            marks += 1;
        }
        let prefix = &log[..length];
        let mut stage = |left_out: &HashSet<usize>, torn| {
            let disk = disk(prefix, left_out, torn);
            let mut hasher = DefaultHasher::new();
            disk.view().hash(&mut hasher);
            // The same disk after one more acknowledgement is another case.
            if seen.insert((marks, hasher.finish())) {
                count += 1;
                each(length, disk);
            }
        };
        let open = unsettled(prefix);
        for left_out in choices(&open, thoroughness, &mut numbers) {
            stage(&left_out, None);
        }
        for &at in &open {
            let Call::Write { bytes, .. } = &prefix[at] else { continue };
            let behind: HashSet<usize> = open.iter().copied().filter(|&other| other > at).collect();
            for cut in (0..bytes.len()).step_by(thoroughness.torn_every) {
                stage(&HashSet::new(), Some((at, cut)));
                stage(&behind, Some((at, cut)));
            }
        }
    }
    count
}

/// What is left out of the unsettled calls.
fn choices(open: &[usize], thoroughness: Thoroughness, numbers: &mut Numbers) -> Vec<HashSet<usize>> {
    let pick = |mask: u64| -> HashSet<usize> {
        open.iter().enumerate().filter(|(bit, _)| mask >> (bit % 64) & 1 == 1).map(|(_, &at)| at).collect()
    };
    if open.len() <= thoroughness.all_subsets_of {
        return (0..1_u64 << open.len()).map(pick).collect();
    }
    let mut chosen: Vec<HashSet<usize>> = (0..=open.len()).map(|from| open[from..].iter().copied().collect()).collect();
    chosen.extend(open.iter().map(|&one| HashSet::from([one])));
    chosen.extend(open.iter().map(|&one| open.iter().copied().filter(|&other| other != one).collect()));
    for _ in 0..thoroughness.sample {
        let masks: Vec<u64> = (0..=open.len() / 64).map(|_| numbers.next()).collect();
        let left_out = open.iter().enumerate().filter(|(bit, _)| masks[bit / 64] >> (bit % 64) & 1 == 1);
        chosen.push(left_out.map(|(_, &at)| at).collect());
    }
    chosen
}
