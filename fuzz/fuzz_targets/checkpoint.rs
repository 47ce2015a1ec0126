//! Reads any bytes as a checkpoint: what is read is written again as it was.
#![no_main]

use cargo_governed::record::checkpoint::Checkpoint;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(checkpoint) = Checkpoint::parse(bytes) {
        assert_eq!(Checkpoint::parse(checkpoint.text().as_bytes()), Ok(checkpoint));
    }
});
