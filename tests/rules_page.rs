//! `docs/rules.md` is what `explain --all` prints: `BLESS=1 cargo test --test rules_page` writes it.

use std::path::Path;

use cargo_governed::commands::explain;

#[test]
fn the_page_of_rules_is_what_explain_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    let text = explain::all();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &text).expect("a writable page");
    }
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(page == text, "docs/rules.md is stale: run `BLESS=1 cargo test --test rules_page` and commit it");
}

#[test]
fn every_page_has_the_same_sections_in_the_same_order() {
    for rule in cargo_governed::rules::all() {
        let page = explain::page(rule.name).expect("the rule has a page");
        let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let sections =
            ["What is compared", "Example of drift", "How to mend it", "Levels", "When the rule keeps silent"];
        let expected: Vec<&str> =
            sections.into_iter().filter(|name| *name != "Levels" || headings.contains(name)).collect();
        let own: Vec<&str> = headings.iter().copied().filter(|name| sections.contains(name)).collect();
        assert_eq!(own, expected, "{}", rule.name);
    }
}
