//! Reads inline waivers and declared equalities from any text and any Markdown: no panic, no hang, spans in the text.
#![no_main]

use cargo_governed::facts::kind::Kind;
use cargo_governed_fuzz::in_text;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for kind in [Kind::Text, Kind::Markdown] {
        let content = cargo_governed_fuzz::read_as(kind, bytes);
        let text = content.text.as_str();
        content.marks.waivers.iter().for_each(|waiver| in_text(text, waiver.span));
        for same in &content.marks.same_as {
            in_text(text, same.span);
            in_text(text, same.line);
        }
    }
});
