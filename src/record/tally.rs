//! How often a digest was seen, as sorted records of one size, searched where they lie, with what came since beside them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::facts::digest::Digest;

/// The bytes of a record: digest, number.
const RECORD: usize = 32 + 8;

/// Counts by digest. A clone shares the older ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    old: Arc<Vec<u8>>,
    new: BTreeMap<Digest, u64>,
}

impl Tally {
    /// The tally that bytes are; none where they are no whole number of records.
    pub(crate) fn read(bytes: Vec<u8>) -> Option<Self> {
        bytes.len().is_multiple_of(RECORD).then(|| Self { old: Arc::new(bytes), new: BTreeMap::new() })
    }

    /// Counts a digest once more, and gives how often it was seen before.
    pub(crate) fn add(&mut self, digest: &Digest) -> u64 {
        let old = self.of_old(digest);
        let new = self.new.entry(*digest).or_default();
        let before = old + *new;
        *new += 1;
        before
    }

    /// How often a digest was seen.
    pub(crate) fn count(&self, digest: &Digest) -> u64 {
        self.of_old(digest) + self.new.get(digest).copied().unwrap_or_default()
    }

    /// All records.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.old.len() + self.new.len() * RECORD);
        let mut put = |digest: &Digest, count: u64| {
            bytes.extend_from_slice(&digest.0);
            bytes.extend_from_slice(&count.to_le_bytes());
        };
        let mut newer = self.new.iter().peekable();
        for (digest, count) in (0..self.old.len() / RECORD).filter_map(|at| self.record(at)) {
            while let Some((new, count)) = newer.next_if(|(new, _)| **new < digest) {
                put(new, *count);
            }
            let more = newer.next_if(|(new, _)| **new == digest).map_or(0, |(_, more)| *more);
            put(&digest, count + more);
        }
        for (digest, count) in newer {
            put(digest, *count);
        }
        bytes
    }

    fn of_old(&self, digest: &Digest) -> u64 {
        let (mut low, mut high) = (0, self.old.len() / RECORD);
        while low < high {
            let middle = usize::midpoint(low, high);
            let Some((found, count)) = self.record(middle) else { return 0 };
            match found.cmp(digest) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return count,
            }
        }
        0
    }

    fn record(&self, at: usize) -> Option<(Digest, u64)> {
        let bytes = self.old.get(at * RECORD..(at + 1) * RECORD)?;
        let (digest, count) = bytes.split_first_chunk::<32>()?;
        Some((Digest(*digest), u64::from_le_bytes(*count.first_chunk::<8>()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_go_on_from_what_was_written() {
        let key = |number: u64| Digest::of(&number.to_le_bytes());
        let mut tally = Tally::default();
        for round in 0..4_u64 {
            for number in 0..=round * 10 {
                let before = (0..round).filter(|earlier| number <= earlier * 10).count() as u64;
                assert_eq!(tally.add(&key(number)), before);
            }
            tally = Tally::read(tally.bytes()).expect("whole records");
        }
        assert_eq!((tally.count(&key(0)), tally.count(&key(30)), tally.count(&key(31))), (4, 1, 0));
        assert!(Tally::read(vec![0; RECORD + 1]).is_none());
    }
}
