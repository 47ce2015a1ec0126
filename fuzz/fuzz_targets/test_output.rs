//! Reads any bytes as the output of a step: no panic, no hang, the same wherever chunks are cut, and names never more
//! than what was counted where they are said to be complete.
#![no_main]

use cargo_governed::steps::event::Stream;
use cargo_governed::steps::evidence::capture::Capture;
use cargo_governed::steps::evidence::capture::Captured;

fn read(bytes: &[u8], size: usize) -> Captured {
    let (out, err) = bytes.split_at(bytes.len() / 2);
    let mut capture = Capture::default();
    err.chunks(size).for_each(|chunk| capture.feed(Stream::Err, chunk));
    out.chunks(size).for_each(|chunk| capture.feed(Stream::Out, chunk));
    capture.finish()
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let whole = read(bytes, bytes.len().max(1));
    assert_eq!(whole, read(bytes, 3));
    if let Some(report) = whole.tests {
        assert!(
            report.results.windows(2).all(|pair| (&pair[0].suite, &pair[0].name) < (&pair[1].suite, &pair[1].name))
        );
        assert!(!report.results_object().is_empty());
    }
});
