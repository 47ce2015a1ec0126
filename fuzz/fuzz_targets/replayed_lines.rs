//! Compares any two texts: no panic, no hang, no difference where they are equal, some where they are not.
#![no_main]

use cargo_governed::steps::compare::heal;
use cargo_governed::steps::compare::lines;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (old, new) = bytes.split_at(bytes.len() / 2);
    assert!(lines::differences("out", old, old).is_empty());
    let same_lines = old.split(|byte| *byte == b'\n').eq(new.split(|byte| *byte == b'\n'));
    if !same_lines && old.strip_suffix(b"\n").unwrap_or(old) != new.strip_suffix(b"\n").unwrap_or(new) {
        assert!(!lines::differences("out", old, new).is_empty());
    }
    assert_eq!(heal::sources(old, old), Some(Vec::new()));
    let _ = heal::sources(old, new);
});
