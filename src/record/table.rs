//! Results by key as sorted records of one size, searched where they lie: reading an index parses none of them.

use std::collections::BTreeMap;

use crate::facts::digest::Digest;
use crate::record::spot::Spot;

/// The bytes of a record: key, number, offset, length, digest.
pub(crate) const RECORD: usize = 32 + 8 + 8 + 8 + 32;

/// The records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    bytes: Vec<u8>,
}

impl Table {
    /// The table that bytes are; none where they are no whole number of records.
    pub(crate) fn new(bytes: Vec<u8>) -> Option<Self> {
        bytes.len().is_multiple_of(RECORD).then_some(Self { bytes })
    }

    /// The bytes.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The record of a key.
    pub(crate) fn find(&self, key: &Digest) -> Option<Spot> {
        let (mut low, mut high) = (0, self.bytes.len() / RECORD);
        while low < high {
            let middle = usize::midpoint(low, high);
            let (found, spot) = self.record(middle)?;
            match found.cmp(key) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(spot),
            }
        }
        None
    }

    /// The table with newer results in place of older ones; none takes a key out.
    pub(crate) fn merged(&self, fresh: &BTreeMap<Digest, Option<Spot>>) -> Self {
        let mut bytes = Vec::with_capacity(self.bytes.len() + fresh.len() * RECORD);
        let mut put = |key: &Digest, spot: Option<Spot>| {
            let Some(spot) = spot else { return };
            bytes.extend_from_slice(&key.0);
            for number in [spot.n, spot.offset, spot.length] {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            bytes.extend_from_slice(&spot.digest.0);
        };
        let mut newer = fresh.iter().peekable();
        for (key, spot) in (0..self.bytes.len() / RECORD).filter_map(|at| self.record(at)) {
            while let Some((new, spot)) = newer.next_if(|(new, _)| **new < key) {
                put(new, *spot);
            }
            match newer.next_if(|(new, _)| **new == key) {
                Some((_, newer)) => put(&key, *newer),
                None => put(&key, Some(spot)),
            }
        }
        for (key, spot) in newer {
            put(key, *spot);
        }
        Self { bytes }
    }

    fn record(&self, at: usize) -> Option<(Digest, Spot)> {
        let bytes = self.bytes.get(at * RECORD..(at + 1) * RECORD)?;
        let (key, rest) = bytes.split_first_chunk::<32>()?;
        let (n, rest) = rest.split_first_chunk::<8>()?;
        let (offset, rest) = rest.split_first_chunk::<8>()?;
        let (length, rest) = rest.split_first_chunk::<8>()?;
        let digest = Digest(*rest.first_chunk::<32>()?);
        let number = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
        Some((Digest(*key), Spot { n: number(n), offset: number(offset), length: number(length), digest }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_and_newer_results_win() {
        let spot = |n| Spot { n, offset: n * 7, length: n + 1, digest: Digest::of(b"line") };
        let key = |n: u64| Digest::of(&n.to_le_bytes());
        let first: BTreeMap<_, _> = (0..100).map(|n| (key(n), Some(spot(n)))).collect();
        let table = Table::default().merged(&first);
        let second: BTreeMap<_, _> =
            (50..150).map(|n| (key(n), if n == 60 { None } else { Some(spot(n + 1000)) })).collect();
        let table = table.merged(&second);
        for n in 0..150 {
            let expected = match n {
                60 => None,
                0..50 => Some(spot(n)),
                _ => Some(spot(n + 1000)),
            };
            assert_eq!(table.find(&key(n)), expected, "{n}");
        }
        assert_eq!(table.find(&key(150)), None);
        assert_eq!(table.into_bytes().len(), 149 * RECORD);
        assert!(Table::new(vec![0; RECORD + 1]).is_none());
    }
}
