//! The checkpoint: how many lines the ledger had when a run ended, and the root over them.
//!
//! The text is that of C2SP tlog-checkpoint without signatures (<https://c2sp.org/tlog-checkpoint>): origin, size, root.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::facts::digest::Digest;

/// The file.
pub const PATH: &str = "checkpoint";
/// The most bytes of it that are read.
pub(crate) const MOST: u64 = 4096;
/// What the origin begins with; the digest of the first line makes it one of a kind.
const ORIGIN: &str = "cargo-governed/ledger/";

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which ledger it is of.
    pub origin: String,
    /// How many lines it covers.
    pub size: u64,
    /// The RFC 6962 root over them.
    pub root: Digest,
}

impl Checkpoint {
    /// The text.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.0))
    }

    /// Reads just the text that [`Checkpoint::text`] writes: any other byte is an alteration.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "it is no text".to_owned())?;
        let mut lines = text.split('\n');
        let mut line = |what: &str| lines.next().ok_or_else(|| format!("the line with the {what} is missing"));
        let origin = line("origin")?.to_owned();
        let size = line("size")?.parse().map_err(|_| "the size is no number".to_owned())?;
        let root = STANDARD.decode(line("root")?).ok().and_then(|bytes| bytes.try_into().ok());
        let checkpoint = Self { origin, size, root: Digest(root.ok_or("the root is no digest")?) };
        if checkpoint.text() == text { Ok(checkpoint) } else { Err("it is not written as a checkpoint is".to_owned()) }
    }
}

/// The origin of a ledger, by the digest of its first line.
pub fn origin(first: &Digest) -> String {
    format!("{ORIGIN}{}", &first.hex()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_text_is_read() {
        let checkpoint = Checkpoint { origin: origin(&Digest::ZERO), size: 12, root: Digest::of(b"root") };
        let text = checkpoint.text();
        assert_eq!(Checkpoint::parse(text.as_bytes()), Ok(checkpoint.clone()));
        for at in 0..text.len() {
            for bit in 0..8 {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                assert_ne!(Checkpoint::parse(&bytes), Ok(checkpoint.clone()), "byte {at}, bit {bit}");
            }
            assert!(Checkpoint::parse(&text.as_bytes()[..at]).is_err(), "cut at {at}");
        }
        assert!(Checkpoint::parse(b"x\n012\n\n").is_err());
    }
}
