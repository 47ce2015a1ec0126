//! Reads any bytes as a checkpoint: what is read has just one text.
#![no_main]

use cargo_governed::record::checkpoint::Checkpoint;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(checkpoint) = Checkpoint::parse(bytes) {
        assert_eq!(checkpoint.text().as_bytes(), bytes, "it has just one text");
    }
});
