//! The HTML report of a run: goldens in `tests/goldens/`, and that no text gets out of its place.
//!
//! `BLESS=1 cargo test --test html` writes the goldens; `SAMPLES=FOLDER` writes all samples there, to be looked at in a
//! browser.

mod support;

use std::path::Path;

use cargo_governed::facts::digest::Digest;
use cargo_governed::record::lookup::OpenStep;
use cargo_governed::record::runs::Run;
use cargo_governed::record::runs::Standing;
use cargo_governed::render::run::comparison::Compared;
use cargo_governed::render::run::comparison::Comparison;
use cargo_governed::render::run::html::comparison;
use cargo_governed::render::run::html::list;
use cargo_governed::render::run::html::page;
use cargo_governed::steps::explain_key::Change;
use cargo_governed::steps::explain_key::Difference;
use cargo_governed::steps::key::Layer;
use proptest::prelude::*;
use support::report;
use support::run;

#[test]
fn every_kind_of_run_has_its_golden() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/goldens");
    for (name, shown) in run::samples() {
        let path = folder.join(format!("run-{name}.html"));
        let text = page::render(&shown);
        assert_eq!(text, page::render(&shown), "the same run, the same page");
        check(&text);
        if let Some(samples) = std::env::var_os("SAMPLES") {
            std::fs::write(Path::new(&samples).join(format!("run-{name}.html")), &text).expect("a writable folder");
        }
        if name == "many" {
            // Too much to be read as text: it is there to be looked at (`SAMPLES=folder`).
            continue;
        }
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &text).expect("a writable golden");
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(golden == text, "{} differs; BLESS=1 writes it", path.display());
    }
}

/// What stands in the page: the names of elements with those of their attributes, each start with its end.
///
/// Reads as strictly as we write, so whatever a text adds to the page is a fault: a name that is not ours, a quote that
/// is missing, an element that is not closed.
fn elements(page: &str) -> Vec<String> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>").expect("the doctype comes first");
    let mut open: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    while let Some(at) = rest.find('<') {
        let text = &rest[..at];
        if open.last() != Some(&"style") {
            assert!(!text.contains(['>', '"', '`', '\'']), "bare text: {text}");
        }
        rest = &rest[at + 1..];
        if let Some(end) = rest.strip_prefix('/') {
            let close = end.find('>').expect("an end tag ends");
            assert_eq!(open.pop(), Some(&end[..close]), "elements are nested");
            rest = &end[close + 1..];
            continue;
        }
        let end = rest.find([' ', '/', '>']).expect("a start tag ends");
        let name = &rest[..end];
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !name.is_empty(), "<{name}");
        rest = &rest[end..];
        let mut element = name.to_owned();
        while let Some(attribute) = rest.strip_prefix(' ') {
            let (name, value) = attribute.split_once("=\"").expect("an attribute has a value");
            assert!(name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-'), "{name}");
            let close = value.find('"').expect("a value ends");
            assert!(!value[..close].contains(['<', '\n']), "{}", &value[..close]);
            assert!(!name.starts_with("on") && name != "style" && name != "src", "{name}");
            assert!(name != "href" || value.starts_with('#'), "{value}");
            element = format!("{element} {name}");
            rest = &value[close + 1..];
        }
        if let Some(after) = rest.strip_prefix("/>") {
            rest = after;
        } else {
            rest = rest.strip_prefix('>').expect("a start tag ends");
            open.push(name);
        }
        found.push(element);
    }
    assert_eq!(open, [""; 0], "every element is closed");
    assert_eq!(rest.trim(), "");
    found
}

fn check(page: &str) {
    let elements = elements(page);
    for name in ["script", "iframe", "object", "embed", "link", "img", "foreignObject", "image", "base", "form"] {
        assert!(!elements.iter().any(|element| element.split(' ').next() == Some(name)), "<{name}>");
    }
    assert!(!page.to_ascii_lowercase().contains("<script"));
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("@import"), "names a resource");
    let hidden = page.chars().find(|character| character.is_control() && !matches!(character, '\n' | '\t'));
    assert_eq!(hidden, None);
    assert!(!page.contains(['\u{202e}', '\u{200b}', '\u{2066}', '\u{feff}']));
}

#[test]
fn hostile_text_adds_no_element_and_no_attribute() {
    for text in [
        report::HOSTILE.replace(['\r', '\n'], ""),
        "\"><img src=x onerror=alert(1)>".to_owned(),
        "' autofocus onfocus='alert(1)".to_owned(),
        "--></style></svg></title><script>alert(1)</script>".to_owned(),
        "&lt;script&gt; ]]> <![CDATA[ <!-- ${{ x }} {{x}}".to_owned(),
    ] {
        let page = page::render(&run::hostile(&text));
        check(&page);
        let tame = page::render(&run::hostile(&"x".repeat(text.chars().count())));
        assert!(elements(&page) == elements(&tame), "{text}");
    }
}

#[test]
fn every_sample_is_accessible() {
    for (name, shown) in run::samples() {
        let page = page::render(&shown);
        assert!(page.contains("<html lang=\"en\">") && page.contains("<title>"), "{name}");
        assert_eq!(page.matches("<h1>").count(), 1, "{name}");
        assert_eq!(page.matches("<main>").count(), 1, "{name}");
        for (at, _) in page.match_indices("aria-labelledby=\"") {
            let id = page[at..].split('"').nth(1).unwrap_or_default();
            assert!(page.contains(&format!(" id=\"{id}\"")), "{name}: nothing has the id {id}");
        }
        for (at, _) in page.match_indices("href=\"#") {
            let id = page[at + 7..].split('"').next().unwrap_or_default();
            assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{name}: {id}");
        }
        for table in page.split("<table").skip(1) {
            assert!(
                table.contains("scope=\"col\"") && table.contains("scope=\"row\""),
                "{name}: a table without headers"
            );
        }
    }
}

/// The pages on more than one run, with this text wherever a text may stand.
fn of_more(text: &str) -> [String; 2] {
    let word = text.to_owned();
    let difference =
        |name: &str| Difference { layer: Layer::Source, name: name.to_owned(), change: Change::Added { new: None } };
    let steps = [(Some("passed"), None, vec![]), (Some("failed"), Some("reused"), vec![difference(text)])];
    let steps =
        steps.map(|(before, after, differences)| Compared { step: word.clone(), words: (before, after), differences });
    let compared = Comparison { runs: (word.clone(), word.clone()), steps: steps.to_vec() };
    let began = run::hostile(text).report.began;
    let ended = Standing::Finished { verdict: word.clone(), at: word.clone(), duration_ms: 7, certifiable: false };
    let open =
        OpenStep { step: word.clone(), attempt: 1, key: Digest::of(b""), at: word.clone(), lease: began.lease.clone() };
    let torn =
        Standing::Unfinished { last: 3, event: word.clone(), at: word.clone(), in_flight: vec![open], alive: false };
    let runs = [ended, torn].map(|standing| Run { n: 1, at: word.clone(), began: began.clone(), standing });
    [comparison::render(&compared), list::render(&runs)]
}

#[test]
fn pages_on_more_than_one_run_are_as_harmless_and_say_what_is_to_be_said() {
    let (hostile, tame) = (report::HOSTILE.replace(['\r', '\n'], ""), "tame");
    for (page, tame) in of_more(&hostile).iter().zip(of_more(tame)) {
        check(page);
        assert!(elements(page) == elements(&tame), "{page}");
        assert_eq!((tame.matches("<h1>").count(), tame.matches("<main>").count()), (1, 1));
        assert!(tame.matches("scope=\"row\"").count() == 2 && tame.contains("scope=\"col\""), "{tame}");
    }
    let [compared, list] = of_more("tame");
    for said in ["Runs tame and tame", "source: tame added", "not in the plan", "reused"] {
        assert!(compared.contains(said), "{said}: {compared}");
    }
    for said in ["2 runs", "unfinished", "in flight: tame", "7 ms"] {
        assert!(list.contains(said), "{said}: {list}");
    }
}

/// Text with what ends elements, attributes and lines.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z<>&\"'`=/ -]{0,10}",
        ".{0,6}",
        Just("<script>".to_owned()),
        Just("\u{202e}\u{feff}\u{7f}\u{0}\u{1b}[31m".to_owned()),
        Just("\r\n\t".to_owned()),
        Just("世界e\u{301}".to_owned()),
        Just("x".repeat(200)),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_gets_out_of_its_place(text in text()) {
        check(&page::render(&run::hostile(&text)));
    }
}
