//! Reads any bytes as a changelog, its sections and titles too: no panic, no hang, and every span lies in the text.
#![no_main]

use cargo_governed::facts::changelog;
use cargo_governed::facts::kind::Kind;
use cargo_governed::facts::source::Parsed;
use cargo_governed_fuzz::in_text;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let content = cargo_governed_fuzz::read_as(Kind::Changelog, bytes);
    let Parsed::Markdown(markdown) = &content.parsed else { return };
    let text = content.text.as_str();
    for section in changelog::read(text, markdown).sections {
        in_text(text, section.heading);
        in_text(text, section.body);
    }
});
