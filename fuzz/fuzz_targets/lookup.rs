//! Looks up any key path (the first line) in any text (the rest) as TOML, JSON and YAML: no panic, values in the text.
#![no_main]

use cargo_governed::facts::lookup;
use cargo_governed_fuzz::in_text;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (path, text) = text.split_once('\n').unwrap_or((text, ""));
    let Some(key) = lookup::parts(path) else { return };
    for file in ["a.toml", "a.json", "a.yaml", "CITATION.cff", "Cargo.lock"] {
        if let Ok(value) = lookup::value(file, text, &key) {
            in_text(text, value.span);
        }
    }
});
