//! Reads any bytes as a file of signers: no panic, no hang, and nobody signs who stands in no line.
#![no_main]

use cargo_governed::proof::allowed_signers::AllowedSigners;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(signers) = AllowedSigners::parse(bytes) {
        let lines = bytes.split(|byte| *byte == b'\n').count();
        assert!(signers.signers.len() + signers.ignored.len() <= lines);
    }
});
