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
