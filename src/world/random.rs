//! Numbers that nobody can guess, from the system's own source as the standard library asks it.

use std::hash::BuildHasher;
use std::hash::RandomState;
use std::time::SystemTime;

use crate::facts::digest::Digest;

/// 32 bytes that differ each time: the keys that the system seeds hash maps with, the process and the clock, mixed.
pub fn bytes() -> [u8; 32] {
    let mut mixed = Vec::new();
    for round in 0_u64..4 {
        mixed.extend(RandomState::new().hash_one(round).to_le_bytes());
    }
    mixed.extend(std::process::id().to_le_bytes());
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    mixed.extend(since.as_nanos().to_le_bytes());
    Digest::of(&mixed).0
}

/// Hexadecimal digits of [`bytes`].
pub fn nonce(digits: usize) -> String {
    let mut hex = Digest(bytes()).hex();
    hex.truncate(digits);
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_are_never_the_same() {
        assert_ne!(bytes(), bytes());
        assert_eq!(nonce(8).len(), 8);
    }
}
