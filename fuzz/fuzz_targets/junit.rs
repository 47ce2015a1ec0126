//! Reads any bytes as a JUnit file: no panic, no hang.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(junit) = cargo_governed::steps::evidence::junit::read(bytes) {
        assert!(junit.report.counts.executed <= bytes.len() as u64);
    }
});
