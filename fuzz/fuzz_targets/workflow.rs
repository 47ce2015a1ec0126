//! Reads any bytes as a workflow, its filters and scenarios, scripts and calls of cargo too: no panic, no hang.
#![no_main]

use cargo_governed::facts::kind::Kind;
use cargo_governed::facts::source::Parsed;
use cargo_governed::facts::source::SourceFile;
use cargo_governed::facts::workflow::cargo_calls;
use cargo_governed::facts::workflow::filters;
use cargo_governed::facts::workflow::scenario;
use cargo_governed_fuzz::in_text;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let content = std::sync::Arc::new(cargo_governed_fuzz::read_as(Kind::Workflow, bytes));
    let Parsed::Workflow(workflow) = &content.parsed else { return };
    let text = content.text.as_str();
    for filter in filters::of(text, workflow) {
        filter.patterns.iter().for_each(|pattern| in_text(text, pattern.span));
    }
    scenario::of(workflow);
    let file = SourceFile { path: "a.yml".into(), kind: Kind::Workflow, content: content.clone() };
    cargo_calls::of(&file, workflow);
});
