//! Reads any text as the short things that facts are made of: versions, tags, dates, quantities, titles of changelogs.
#![no_main]

use cargo_governed::facts::changelog_title::Title;
use cargo_governed::facts::loose_version;
use cargo_governed::facts::policy::pattern;
use cargo_governed::facts::policy::quantity;
use cargo_governed::facts::policy::vocabulary;
use cargo_governed::facts::tag_line;
use cargo_governed::facts::written_date;

libfuzzer_sys::fuzz_target!(|text: &str| {
    Title::read(text, 0);
    if let Some(version) = loose_version::parse(text) {
        assert!(loose_version::same(&version, &version));
    }
    if let Some((name, _)) = tag_line::version_in(text) {
        assert!(name.is_empty() || text.contains(name), "the name stands in the tag");
    }
    if let Some((_, words)) = written_date::read(text.split_whitespace()) {
        assert!(words <= text.split_whitespace().count());
    }
    let _ = (written_date::is_open(text), written_date::is_impossible(text));
    let _ = (quantity::seconds(text), quantity::bytes(text), pattern::date(text));
    vocabulary::nearest(text, ["snippet-outdated", "msrv", "gate-vacuous"]);
});
