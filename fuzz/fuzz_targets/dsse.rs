//! Reads any bytes as an envelope: what is read has just one text, and no other is read.
#![no_main]

use cargo_governed::proof::dsse::Envelope;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(envelope) = Envelope::parse(bytes) {
        assert_eq!(envelope.line(), bytes);
    }
});
