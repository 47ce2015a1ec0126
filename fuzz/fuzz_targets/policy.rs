//! Reads any text as a policy, on its own and as tables of a manifest: no panic, no hang, and every fault lies in the text.
#![no_main]

use cargo_governed::facts::policy::parse;
use cargo_governed::rules;
use cargo_governed_fuzz::in_text;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let vocabulary = rules::vocabulary();
    let below = ["workspace", "metadata", "governed"];
    for result in [parse::parse(text, &vocabulary), parse::parse_below(text, &below, &vocabulary)] {
        for fault in result.err().unwrap_or_default() {
            in_text(text, fault.span);
        }
    }
});
