//! Every format over fixed reports: goldens in `tests/goldens/`, and the schemas of the formats.
//!
//! `BLESS=1 cargo test --test render` writes the goldens; read them before you keep them.

mod support;

use std::path::Path;
use std::path::PathBuf;

use cargo_governed::error::Error;
use cargo_governed::judge::report::Judged;
use cargo_governed::judge::report::Report;
use cargo_governed::judge::report::Verdict;
use cargo_governed::render::format::Format;
use cargo_governed::render::human::look::Detail;
use cargo_governed::render::human::look::Look;
use cargo_governed::rules::finding::Finding;
use cargo_governed::rules::level::Level;
use serde_json::Value;
use support::report;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn reports() -> [(&'static str, Report); 4] {
    [("clean", report::clean()), ("full", report::full()), ("since", report::since()), ("unproven", report::unproven())]
}

fn an_error() -> Error {
    let also = vec![Error::usage("policy", "read the policy: a second fault").at("governed.toml:4:1")];
    let error = Error::usage("policy-unknown-key", format!("read the policy: unknown key `{}`", report::HOSTILE))
        .at("governed.toml:3:1")
        .help("did you mean `fail-on`?");
    Error { also, ..error }
}

fn check(name: &str, text: &str) {
    let path: PathBuf = root().join("tests/goldens").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, text).expect("a writable golden");
        return;
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(golden == text, "{} differs; BLESS=1 writes it. It is now:\n{text}", path.display());
}

fn extension(format: Format) -> &'static str {
    match format {
        Format::Human | Format::Github => "txt",
        Format::Json => "json",
        Format::Sarif => "sarif",
        Format::Markdown => "md",
        Format::Junit => "xml",
    }
}

#[test]
fn every_format_has_its_golden() {
    for (name, format) in Format::ALL {
        for (report_name, report) in reports() {
            let text = format.render(&report, Look { width: 80, ..Look::plain() });
            check(&format!("{name}-{report_name}.{}", extension(format)), &text);
        }
        if format != Format::Human {
            check(&format!("{name}-error.{}", extension(format)), &format.render_error(&an_error()));
        }
    }
}

#[test]
fn people_see_it_narrow_in_colour_in_full_and_in_short() {
    let full = report::full();
    let look = Look { width: 80, ..Look::plain() };
    check("human-full-40.txt", &Format::Human.render(&full, Look { width: 40, ..look }));
    check("human-full-colour.txt", &Format::Human.render(&full, Look { colors: true, links: true, ..look }));
    check("human-full-verbose.txt", &Format::Human.render(&full, Look { detail: Detail::Full, ..look }));
    check("human-full-quiet.txt", &Format::Human.render(&full, Look { detail: Detail::Quiet, ..look }));
    assert_eq!(Format::Human.render(&report::clean(), Look { detail: Detail::Quiet, ..look }), "");
}

fn schema(name: &str) -> jsonschema::Validator {
    let text = std::fs::read_to_string(root().join(name)).expect("the schema is there");
    jsonschema::validator_for(&serde_json::from_str(&text).expect("JSON")).expect("a schema")
}

fn validate(schema: &jsonschema::Validator, document: &str) {
    let value: Value = serde_json::from_str(document).expect("JSON");
    let errors: Vec<String> =
        schema.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn json_keeps_to_its_schemas() {
    let check = schema("schemas/check-1.schema.json");
    for (_, report) in reports() {
        validate(&check, &Format::Json.render(&report, Look::plain()));
    }
    let error = schema("schemas/error-1.schema.json");
    validate(&error, &Format::Json.render_error(&an_error()));
    validate(&error, &Format::Json.render_error(&Error::failed("x", "y")));
}

#[test]
fn the_schema_of_json_misses_no_field_and_no_wrong_word() {
    let schema = schema("schemas/check-1.schema.json");
    let whole: Value = serde_json::from_str(&Format::Json.render(&report::full(), Look::plain())).expect("JSON");
    let promised = [
        "/schema",
        "/tool/name",
        "/tool/version",
        "/subject/source",
        "/subject/revision",
        "/subject/tree",
        "/subject/dirty",
        "/policy/path",
        "/policy/sha256",
        "/rules/0/rule",
        "/rules/0/group",
        "/rules/0/claim",
        "/rules/0/standing",
        "/rules/0/looked_at",
        "/rules/0/findings",
        "/findings/0/rule",
        "/findings/0/level",
        "/findings/0/message",
        "/findings/0/at",
        "/findings/0/at/path",
        "/findings/0/at/line",
        "/findings/0/at/column",
        "/findings/0/at/end_line",
        "/findings/0/at/end_column",
        "/findings/0/at/excerpt",
        "/findings/0/against",
        "/findings/1/against/0/path",
        "/findings/0/fix",
        "/findings/1/fix/title",
        "/findings/1/fix/edits/0/path",
        "/findings/1/fix/edits/0/start",
        "/findings/1/fix/edits/0/end",
        "/findings/1/fix/edits/0/text",
        "/findings/0/fingerprint",
        "/findings/0/new",
        "/findings/0/waiver",
        "/fixed",
        "/summary/deny",
        "/summary/warn",
        "/summary/note",
        "/summary/waived",
        "/summary/new",
        "/verdict",
    ];
    for pointer in promised {
        let mut without = whole.clone();
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        let parent = if parent.is_empty() { Some(&mut without) } else { without.pointer_mut(parent) };
        let removed = parent.and_then(Value::as_object_mut).and_then(|object| object.remove(key));
        assert!(removed.is_some(), "{pointer} is not there");
        assert!(!schema.is_valid(&without), "{pointer} may be missing");
    }
    for (pointer, wrong) in
        [("/verdict", "ok"), ("/findings/0/level", "error"), ("/subject/source", "git"), ("/schema", "x")]
    {
        let mut other = whole.clone();
        *other.pointer_mut(pointer).expect("it is there") = Value::from(wrong);
        assert!(!schema.is_valid(&other), "{pointer} may be {wrong}");
    }
}

#[test]
fn sarif_keeps_to_the_standard() {
    // The published schema has one pattern that is no valid expression: `]?` after a class that is closed already.
    let text = std::fs::read_to_string(root().join("tests/data/sarif-2.1.0.schema.json")).expect("the schema is there");
    let text = text.replace("{2}]?$", "{2}?$");
    let schema = jsonschema::validator_for(&serde_json::from_str(&text).expect("JSON")).expect("a schema");
    for (_, report) in reports() {
        validate(&schema, &Format::Sarif.render(&report, Look::plain()));
    }
    validate(&schema, &Format::Sarif.render_error(&an_error()));
}

#[test]
fn junit_keeps_to_the_schema_of_the_xunit_plugin() {
    let xsd = std::fs::read_to_string(root().join("tests/data/junit-10.xsd")).expect("the schema is there");
    let xsd = uppsala::XsdValidator::from_schema(&uppsala::parse(&xsd).expect("XML")).expect("a schema");
    let errors = |text: &str| -> Vec<String> {
        let document = uppsala::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        xsd.validate(&document).iter().map(ToString::to_string).collect()
    };
    for (name, report) in reports() {
        let found = errors(&Format::Junit.render(&report, Look::plain()));
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
    let mut empty = report::clean();
    empty.verdict = Verdict::Unproven;
    empty.subject.notes = vec![report::HOSTILE.to_owned(), "read without history".to_owned()];
    let text = Format::Junit.render(&empty, Look::plain());
    assert_eq!(errors(&text), Vec::<String>::new(), "{text}");
    assert!(text.contains("<error type=\"unproven\"") && text.contains("<system-out>note: "), "{text}");
    assert_eq!(errors(&Format::Junit.render_error(&an_error())), Vec::<String>::new());
    assert!(!errors("<testsuites skipped=\"1\"/>").is_empty(), "the validator sees what is wrong");
}

#[test]
fn no_format_lets_a_control_or_a_bidi_mark_through() {
    for (name, format) in Format::ALL {
        let texts = [format.render(&report::full(), Look::plain()), format.render_error(&an_error())];
        for text in texts {
            assert!(!text.contains("##[") || format == Format::Human, "{name}");
            let bad = text.chars().find(|&character| {
                (character.is_control() && character != '\n') || matches!(character, '\u{200b}' | '\u{202e}')
            });
            assert_eq!(bad, None, "{name}");
        }
    }
}

#[test]
fn a_workflow_sees_only_our_commands() {
    for text in [
        Format::Github.render(&report::full(), Look::plain()),
        Format::Github.render_error(&an_error()),
        Format::Human.render(&report::full(), Look { width: 40, ..Look::plain() }),
        Format::Human.render(&report::full(), Look { width: 40, detail: Detail::Full, ..Look::plain() }),
        Format::Junit.render(&report::full(), Look::plain()),
        Format::Markdown.render(&report::full(), Look::plain()),
    ] {
        for line in text.lines().map(str::trim_start).filter(|line| line.starts_with("::") && !line.starts_with("::: "))
        {
            let command = line.split([' ', ':']).find(|part| !part.is_empty()).expect("a command");
            assert!(["error", "warning", "notice"].contains(&command), "{line}");
            assert!(line.contains("title="), "{line}");
        }
    }
    let annotations = Format::Github.render(&report::full(), Look::plain());
    assert_eq!(annotations.lines().filter(|line| line.starts_with("::warning")).count(), 10);
    assert!(annotations.contains("without an annotation"), "{annotations}");
}

#[test]
fn a_comment_stays_below_the_limit_and_names_nobody() {
    let mut report = report::full();
    let long = report.findings[4].clone();
    for number in 0..2_000 {
        let mut finding = long.clone();
        finding.finding.message = format!("{number} {}", "\u{1f600}|`@x".repeat(2_000));
        finding.finding.at.excerpt = "@team `````\n".repeat(5_000);
        report.findings.push(finding);
    }
    let text = Format::Markdown.render(&report, Look::plain());
    assert!(text.len() <= 60_000, "{}", text.len());
    let small = Format::Markdown.render(&report::full(), Look::plain());
    for line in small.lines().filter(|line| line.starts_with('|')) {
        assert!(!line.contains("@team"), "{line}");
        let cells = line.replace("\\\\", "").replace("\\|", "").matches('|').count();
        assert_eq!(cells, 3, "{line}");
    }
}

#[test]
fn every_format_tells_the_notes_of_the_reading() {
    let mut report = report::clean();
    report.subject.notes = vec![format!("read without history {}", report::HOSTILE)];
    for (name, format) in Format::ALL {
        let text = format.render(&report, Look::plain());
        assert!(text.contains("read without history"), "{name}:\n{text}");
        let raw = |character: char| character == '\u{1b}' || character == '\u{202e}';
        assert!(!text.contains(raw), "{name}:\n{text}");
    }
}

/// A warning in this line of a file, and what it is held against.
fn found(file: &str, line: usize, message: &str, against: &str) -> Judged {
    let text = "one two\n".repeat(100);
    let mut at = report::place(file, &text, "two", "");
    (at.line, at.end_line) = (line, line);
    let finding = Finding::new(message, at).against(report::place(against, &text, "one", ""));
    report::judged("msrv-outdated-in-docs", Level::Warn, finding)
}

#[test]
fn findings_of_one_cause_are_shown_once_and_counted_all() {
    let told = |findings: Vec<Judged>, detail| {
        let report = Report { findings, ..report::clean() };
        let look = Look { detail, ..Look::plain() };
        (Format::Human.render(&report, look), Format::Json.render(&report, look))
    };
    let same = |lines: &[usize], file: &str, against: &str| -> Vec<Judged> {
        lines.iter().map(|&line| found(file, line, "the same", against)).collect()
    };
    let (text, document) = told(same(&[2, 4, 9], "a.md", "Cargo.toml"), Detail::Normal);
    assert!(text.contains("]: 2 more like it in a.md: lines 4, 9\n"), "{text}");
    assert_eq!(text.matches(" --> ").count(), 1, "{text}");
    assert!(text.contains(": 3 warn (exit 0)"), "all are counted: {text}");
    let document: Value = serde_json::from_str(&document).expect("JSON");
    assert_eq!(document["findings"].as_array().map(Vec::len), Some(3), "programs get all");
    assert_eq!(told(same(&[2, 4, 9], "a.md", "Cargo.toml"), Detail::Full).0.matches(" --> ").count(), 3);

    let (text, _) = told(same(&[2, 4], "a.md", "Cargo.toml"), Detail::Normal);
    assert!(!text.contains("like it") && text.matches(" --> ").count() == 2, "two are two: {text}");
    let two = [same(&[1, 2, 3], "a.md", "Cargo.toml"), same(&[5, 6, 7], "a.md", "b/Cargo.toml")].concat();
    let (text, _) = told(two, Detail::Normal);
    assert!(text.contains("a.md: lines 2, 3\n") && text.contains("a.md: lines 6, 7\n"), "two causes: {text}");
    let other = (1..=20).map(|line| found("a.md", line, &format!("number {line}"), "Cargo.toml")).collect();
    let (text, _) = told(other, Detail::Normal);
    assert!(text.contains("]: 19 more like it in a.md\n  --> a.md:2: number 2\n"), "{text}");
    assert!(text.contains("  ... and 11 more: cargo governed check --rule msrv-outdated-in-docs -v\n"), "{text}");
}
