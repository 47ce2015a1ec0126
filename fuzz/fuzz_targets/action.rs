//! Reads any bytes as a file of the kind `Action`: no panic, no hang, and every problem lies in the text.
#![no_main]

use cargo_governed::facts::kind::Kind;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drop(cargo_governed_fuzz::read_as(Kind::Action, bytes)));
