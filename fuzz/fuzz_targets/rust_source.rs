//! Reads any bytes as a file of the kind `Rust`: no panic, no hang, and every problem lies in the text.
#![no_main]

use cargo_governed::facts::kind::Kind;
use cargo_governed::facts::parse::parse;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let content = parse(Kind::Rust, bytes.to_vec());
    for problem in &content.problems {
        let length = content.text.as_str().len();
        assert!(problem.span.is_none_or(|span| span.start <= span.end && (length == 0 || span.end <= length)));
    }
});
