//! The root of a Merkle tree over the lines of a ledger, as RFC 6962 section 2.1 has it, kept as the lines come.

use serde::Deserialize;
use serde::Serialize;
use sha2::Digest as _;
use sha2::Sha256;

use crate::facts::digest::Digest;

/// The roots of the full subtrees from left to right: all that is needed to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Digest>,
}

impl Frontier {
    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf: the bytes of a line, its end with them.
    pub fn add(&mut self, line: &[u8]) {
        let mut peak = Digest(Sha256::new_with_prefix([0]).chain_update(line).finalize().into());
        // A subtree of the same height on the left is completed by this one.
        for _ in 0..self.size.trailing_ones() {
            peak = self.peaks.pop().map_or(peak, |left| node(&left, &peak));
        }
        self.peaks.push(peak);
        self.size += 1;
    }

    /// The root.
    pub fn root(&self) -> Digest {
        let mut peaks = self.peaks.iter().rev();
        let last = peaks.next().copied();
        last.map_or_else(|| Digest::of(b""), |last| peaks.fold(last, |right, left| node(left, &right)))
    }

    /// Says whether there are as many subtrees as the size demands.
    pub fn is_sound(&self) -> bool {
        self.peaks.len() == self.size.count_ones() as usize
    }
}

fn node(left: &Digest, right: &Digest) -> Digest {
    Digest(Sha256::new_with_prefix([1]).chain_update(left.0).chain_update(right.0).finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition of RFC 6962, word for word.
    fn by_the_book(leaves: &[Vec<u8>]) -> Digest {
        match leaves {
            [] => Digest::of(b""),
            [leaf] => Digest(Sha256::new_with_prefix([0]).chain_update(leaf).finalize().into()),
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node(&by_the_book(&leaves[..split]), &by_the_book(&leaves[split..]))
            }
        }
    }

    #[test]
    fn the_root_is_that_of_the_book() {
        let leaves: Vec<Vec<u8>> = (0..70_u8).map(|number| vec![number; usize::from(number)]).collect();
        let mut frontier = Frontier::default();
        for size in 0..leaves.len() {
            assert_eq!(frontier.root(), by_the_book(&leaves[..size]), "{size}");
            assert!(frontier.is_sound());
            frontier.add(&leaves[size]);
        }
    }

    #[test]
    fn the_root_is_that_of_other_implementations() {
        // The leaves and roots of certificate-transparency's own tests.
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let mut frontier = Frontier::default();
        for leaf in leaves {
            frontier.add(leaf);
        }
        assert_eq!(frontier.root().hex(), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }
}
