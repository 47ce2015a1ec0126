//! What the scanner finds, and that it never fails.

use proptest::prelude::*;

use crate::facts::place::Span;
use crate::facts::rust_source::Rust;
use crate::facts::rust_source::item::IncludeBase;
use crate::facts::rust_source::item::IncludeKind;
use crate::facts::rust_source::item::Within;
use crate::facts::rust_source::scan::scan;

#[test]
fn modules_are_found_where_they_count() {
    let rust = scan(
        "#[path = \"a.rs\"]\npub mod one;\n// mod no;\nconst S: &str = \"mod no;\";\nconst R: &str = r#\"mod \"no;\"#;\n\
         /* mod /* no; */ mod no; */\ncfg_if! { if #[cfg(unix)] { mod two; } }\nmod deep { #[cfg_attr(x, path = \"b.rs\")] mod three; }\n\
         macro_rules! m { ($x:ident) => { mod $x; mod four; } }\nfn f<'a>(x: &'a str) { let c = '\"'; let d = '{'; }\nmod five;",
    );
    let names: Vec<_> = rust.modules.iter().map(|module| (module.name.value.as_str(), module.within)).collect();
    assert_eq!(
        names,
        [
            ("one", Within::Code),
            ("two", Within::MacroCall),
            ("three", Within::Code),
            ("four", Within::MacroDefinition),
            ("five", Within::Code)
        ]
    );
    assert_eq!(rust.modules[0].paths[0].value, "a.rs");
    assert!(rust.modules[0].public && rust.modules[0].always_by_path && !rust.modules[2].always_by_path);
    assert_eq!(rust.modules[2].paths[0].value, "b.rs");
    assert_eq!(rust.modules[2].inside, Some(0));
    assert!(rust.macros[0].declares_modules);
}

#[test]
fn tests_are_found_by_any_attribute_that_makes_one() {
    let text = "#[cfg(test)]\nmod tests {\n #[test] fn a() {}\n #[tokio::test(flavor = \"x\")]\n async fn b() {}\n \
                #[rstest] #[ignore = \"slow\"] fn c() {}\n fn helper() {}\n #[cfg(feature = \"f\")] #[test] fn d() {}\n}\n\
                quickcheck! { fn e(x: u8) -> bool { fn inner() {} true } }\n#[cfg_attr(not(miri), test)] fn g() {}\n\
                #[derive(Debug)] struct X { test: fn(u8) }\nfn main() {}";
    let rust = scan(text);
    let names: Vec<_> = rust.tests.iter().map(|test| test.name.value.as_str()).collect();
    assert_eq!(names, ["a", "b", "c", "d", "e", "g"]);
    assert!(rust.tests[2].ignored && !rust.tests[1].ignored);
    let cfg = rust.tests[3].cfg.expect("a condition");
    assert_eq!(&text[cfg.start..cfg.end], "feature = \"f\"");
    assert_eq!(rust.inline[0].cfg.map(|cfg| &text[cfg.start..cfg.end]), Some("test"));
    assert!(rust.main.is_some());
}

#[test]
fn includes_and_documentation() {
    let text = "#![doc = include_str!(\"../README.md\")]\n#![doc(html_root_url = \"https://docs.rs/x/1.2.3\")]\n\
                //! One\n//! two\n\n/// three\nfn f() { include_bytes!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/a/\", \"b.bin\"));\n\
                include!(concat!(env!(\"OUT_DIR\"), \"/x.rs\")); include_str!(r\"c.txt\") }\nautomod::dir!(pub \"tests/all\");";
    let rust = scan(text);
    let includes: Vec<_> = rust.includes.iter().map(|i| (i.kind, i.base, i.path.value.as_str())).collect();
    assert_eq!(
        includes,
        [
            (IncludeKind::Doc, IncludeBase::File, "../README.md"),
            (IncludeKind::Data, IncludeBase::Package, "/a/b.bin"),
            (IncludeKind::Code, IncludeBase::Unknown, ""),
            (IncludeKind::Data, IncludeBase::File, "c.txt"),
        ]
    );
    assert_eq!(rust.html_root_url.map(|url| url.value).as_deref(), Some("https://docs.rs/x/1.2.3"));
    let docs: Vec<_> = rust.docs.iter().map(|doc| (doc.inner, &text[doc.span.start..doc.span.end])).collect();
    assert_eq!(docs, [(true, "//! One\n//! two"), (false, "/// three")]);
    assert_eq!(rust.module_folders[0].value, "tests/all");
}

fn spans(rust: &Rust) -> Vec<Span> {
    let mut spans: Vec<Span> = rust.modules.iter().flat_map(|m| [m.span, m.name.span]).collect();
    spans.extend(rust.modules.iter().flat_map(|m| m.paths.iter().map(|path| path.span)));
    spans.extend(rust.modules.iter().filter_map(|m| m.cfg));
    spans.extend(rust.inline.iter().map(|m| m.name.span));
    spans.extend(rust.includes.iter().map(|i| i.path.span));
    spans.extend(rust.tests.iter().flat_map(|t| [t.name.span, t.attribute]));
    spans.extend(rust.docs.iter().map(|d| d.span));
    spans.extend(rust.macros.iter().map(|m| m.name.span));
    spans.extend(rust.module_folders.iter().map(|m| m.span));
    spans.extend(rust.html_root_url.iter().map(|m| m.span));
    spans
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_panic(
        parts in prop::collection::vec(
            prop_oneof![
                Just("mod "), Just("a"), Just(";"), Just("{"), Just("}"), Just("#["), Just("#!["), Just("]"),
                Just("path = "), Just("cfg("), Just("cfg_attr("), Just(")"), Just(","), Just("\""), Just("r#"),
                Just("'"), Just("\\"), Just("/*"), Just("*/"), Just("///"), Just("//!"), Just("/**"), Just("\n"),
                Just("\r\n"), Just("ä"), Just("🦀"), Just("include!("), Just("include_str!"), Just("concat!("),
                Just("env!(\"CARGO_MANIFEST_DIR\")"), Just("doc = "), Just("html_root_url"), Just("test"),
                Just("fn "), Just("main"), Just("macro_rules!"), Just("automod::dir!("), Just("quickcheck! {"),
                Just("$"), Just("!"), Just("="), Just(" "), Just("1"), Just("\u{feff}"), Just("b'"), Just("(")
            ],
            0..40,
        )
    ) {
        let text = parts.concat();
        let rust = scan(&text);
        for span in spans(&rust) {
            prop_assert!(text.get(span.start..span.end).is_some(), "{span:?} in {text:?}");
        }
        for doc in &rust.docs {
            let joined = doc.join(&text);
            for (offset, _) in joined.text.char_indices() {
                prop_assert!(text.is_char_boundary(joined.in_file(offset)), "{offset} of {doc:?} in {text:?}");
            }
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        let rust = scan(&text);
        for span in spans(&rust) {
            prop_assert!(text.get(span.start..span.end).is_some());
        }
    }
}
