//! Reads any bytes as a statement of each kind, as the lines of a proof around them, and as a file with a proof.
#![no_main]

use cargo_governed::proof::bundle::Bundle;
use cargo_governed::proof::dsse::Envelope;
use cargo_governed::proof::link::Link;
use cargo_governed::proof::scai::Claims;
use cargo_governed::proof::statement::Predicate;
use cargo_governed::proof::statement::Statement;
use cargo_governed::proof::summary::Summary;
use cargo_governed::proof::test_result::TestResult;
use cargo_governed::record::packed;

fn read_as<P: Predicate>(bytes: &[u8]) {
    if let Ok(statement) = Statement::<P>::parse(bytes) {
        assert_eq!(statement.bytes(), bytes, "it has just one text");
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    read_as::<Summary>(bytes);
    read_as::<Claims>(bytes);
    read_as::<Link>(bytes);
    read_as::<TestResult>(bytes);
    if let Ok(bundle) = Bundle::parse(bytes) {
        assert_eq!(bundle.bytes(), bytes);
    }
    // Each line as the payload of an envelope: the fuzzer need not find base64 by chance.
    let lines = bytes.split(|byte| *byte == b'\n').map(|line| Envelope::unsigned(line.to_vec()).line());
    let wrapped: Vec<u8> = lines.flat_map(|line| [line, b"\n".to_vec()].concat()).collect();
    if let Ok(bundle) = Bundle::parse(&wrapped) {
        assert_eq!(bundle.bytes(), wrapped);
    }
    if let Ok(packed) = packed::read(bytes) {
        assert_eq!(packed.bytes(), bytes);
    }
});
