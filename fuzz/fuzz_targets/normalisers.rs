//! Normalises any bytes with every normaliser: no panic, no hang, and the same each time.
#![no_main]

use cargo_governed::steps::event::Stream;
use cargo_governed::steps::normal::normaliser::Normaliser;
use cargo_governed::steps::normal::places::Places;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let places = Places::default().with("<root>", "/r").with("<target>", "/r/target").with("<temp>", "/tmp");
    for normaliser in Normaliser::ALL {
        for stream in [Stream::Out, Stream::Err] {
            assert_eq!(normaliser.apply(stream, bytes, &places), normaliser.apply(stream, bytes, &places));
        }
    }
});
