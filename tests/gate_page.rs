//! `docs/gate.md` and the schema name every code of the gate, with its sentence and its remedy.
//! `BLESS=1 cargo test --test gate_page` writes the table.

use std::fmt::Write as _;
use std::path::Path;

use cargo_governed::gate::code::Code;

const MARK: &str = "<!-- codes: written from the table of the code; a test compares them -->\n";

#[test]
fn the_page_has_every_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/gate.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let (before, _) = page.split_once(MARK).expect("the mark");
    let mut expected = format!("{before}{MARK}\n| code | says | what would satisfy it |\n|---|---|---|\n");
    for code in Code::all() {
        let _ = writeln!(expected, "| `{}` | {} | {} |", code.as_str(), code.means(), code.remedy());
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &expected).expect("a writable page");
    }
    let page = std::fs::read_to_string(&path).expect("the page");
    assert!(page == expected, "docs/gate.md is stale: run `BLESS=1 cargo test --test gate_page`");
}

#[test]
fn the_schema_has_every_code() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../schemas/gate-1.schema.json")).expect("a schema");
    let codes = &schema["properties"]["because"]["items"]["properties"]["code"]["enum"];
    let codes: Vec<&str> = codes.as_array().expect("codes").iter().filter_map(|code| code.as_str()).collect();
    let mut own: Vec<&str> = Code::all().map(Code::as_str).collect();
    own.sort_unstable();
    assert_eq!(codes, own);
}

#[test]
fn every_code_of_a_verification_is_one_of_the_gate() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../schemas/verify-1.schema.json")).expect("a schema");
    let codes = &schema["properties"]["problems"]["items"]["properties"]["code"]["enum"];
    for code in codes.as_array().expect("codes").iter().filter_map(|code| code.as_str()) {
        assert!(Code::named(code).is_some(), "{code}");
    }
}
