//! HMAC-SHA-256 (RFC 2104): values are told apart by it, and nobody without the salt can guess them by trying.

use sha2::Digest as _;
use sha2::Sha256;

use crate::facts::digest::Digest;

/// The block of SHA-256 in bytes.
const BLOCK: usize = 64;

/// The digest of a message under a key.
pub(super) fn of(key: &[u8], message: &[u8]) -> Digest {
    let mut block = [0_u8; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Digest::of(key).0);
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    Digest(Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_4231() {
        let hex = of(b"Jefe", b"what do ya want for nothing?").hex();
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let long = of(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First").hex();
        assert_eq!(long, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    }
}
