//! No text of a repository and no place makes a renderer panic, whatever the width.

mod support;

use cargo_governed::facts::place::Place;
use cargo_governed::facts::place::Span;
use cargo_governed::facts::text::Text;
use cargo_governed::judge::report::Report;
use cargo_governed::render::format::Format;
use cargo_governed::render::human::look::Detail;
use cargo_governed::render::human::look::Look;
use cargo_governed::rules::finding::Finding;
use cargo_governed::rules::level::Level;
use proptest::prelude::*;
use support::report;

/// Text with what makes layouts stumble: wide, combining, hidden and control characters, tabs, odd line ends.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z `|@#:]{0,12}",
        ".{0,6}",
        Just("世界".to_owned()),
        Just("e\u{301}".to_owned()),
        Just("\u{1f469}\u{200d}\u{1f469}".to_owned()),
        Just("\u{202e}\u{feff}\u{7f}\u{0}".to_owned()),
        Just("\t".to_owned()),
        Just("\r\n".to_owned()),
        Just("\n\n".to_owned()),
        Just("\r".to_owned()),
        Just("x".repeat(300)),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// A place as the parsers make it.
fn made() -> impl Strategy<Value = Place> {
    (text(), text(), text(), 0_usize..400, 0_usize..60).prop_map(|(path, text, label, start, length)| {
        Text::new(text).place(&path, Span::new(start, start + length), label)
    })
}

/// A place that nobody makes.
fn odd() -> impl Strategy<Value = Place> {
    (text(), text(), text(), 0_usize..9, 0_usize..9, 0_usize..9, 0_usize..9).prop_map(
        |(path, excerpt, label, line, column, end_line, end_column)| Place {
            path,
            line,
            column,
            end_line,
            end_column,
            excerpt,
            span: Span::default(),
            label,
        },
    )
}

fn place() -> impl Strategy<Value = Place> {
    prop_oneof![4 => made(), 1 => odd(), 1 => text().prop_map(|path| Place::whole(path, "is not there"))]
}

fn reports() -> impl Strategy<Value = Report> {
    (text(), place(), proptest::collection::vec(place(), 0..7), proptest::option::of(text())).prop_map(
        |(message, at, against, why)| {
            let finding = Finding { against, why, ..Finding::new(message, at) };
            let mut report = report::full();
            report.findings = [Level::Deny, Level::Warn, Level::Note]
                .map(|level| report::judged("doc-link-broken", level, finding.clone()))
                .to_vec();
            report
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_format_renders_every_finding(report in reports(), width in 20_usize..200, colors: bool) {
        let look = Look { width, colors, detail: Detail::Full, ..Look::plain() };
        for (name, format) in Format::ALL {
            let text = format.render(&report, look);
            prop_assert!(text.contains("doc-link-broken"), "{name}");
            if !colors {
                let tabs = matches!(format, Format::Github | Format::Markdown);
                let may_stand = |character| character == '\n' || (tabs && character == '\t');
                let bad = text.chars().find(|&character| character.is_control() && !may_stand(character));
                prop_assert_eq!(bad, None, "{}", name);
            }
        }
    }
}
