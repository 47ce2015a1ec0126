//! Reads inline waivers, declared equalities and marks of claims from any text and any Markdown: no panic, no hang, spans in the text.
#![no_main]

use cargo_governed::facts::kind::Kind;
use cargo_governed::facts::markdown::sentence::Spoken;
use cargo_governed::facts::source::Parsed;
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
        let Parsed::Markdown(markdown) = &content.parsed else { continue };
        let mut spoken = Spoken::new(text, markdown);
        for mark in &content.marks.claims {
            in_text(text, mark.span);
            if let Some(sentence) = spoken.by(mark.span.start) {
                in_text(text, sentence.span);
            }
        }
    }
});
