//! Normalisers: two recordings of the same steps, from two folders, one with warm and one with cold caches, must meet;
//! a changed name, result, warning or number must not.

use std::fs;
use std::path::PathBuf;

use cargo_governed::steps::compare::difference::Difference;
use cargo_governed::steps::compare::lines;
use cargo_governed::steps::event::Stream;
use cargo_governed::steps::normal::normaliser::Normaliser;
use cargo_governed::steps::normal::places::Places;

fn bytes(name: &str, side: &str, kind: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/normal");
    fs::read(folder.join(format!("{name}.{side}.{kind}"))).unwrap_or_default()
}

fn places(root: &str) -> Places {
    Places::default()
        .with("<root>", root)
        .with("<target>", &format!("{root}/target"))
        .with("<temp>", "/tmp")
        .with("<cargo-home>", "/root/.cargo")
}

const ONE: &str = "/tmp/ev/ws";
const OTHER: &str = "/tmp/ev2/tree";
const STREAMS: [(Stream, &str); 2] = [(Stream::Out, "out"), (Stream::Err, "err")];

const SAMPLES: [(&str, Normaliser); 9] = [
    ("test", Normaliser::CargoTest),
    ("test-ok", Normaliser::CargoTest),
    ("quiet", Normaliser::CargoTest),
    ("json", Normaliser::CargoTest),
    ("nextest", Normaliser::Nextest),
    ("clippy", Normaliser::CargoBuild),
    ("clippy-json", Normaliser::CargoJson),
    ("doc", Normaliser::CargoBuild),
    ("package", Normaliser::CargoBuild),
];

#[test]
fn recordings_of_the_same_meet() {
    let mut differed = 0;
    for (name, normaliser) in SAMPLES {
        for (stream, kind) in STREAMS {
            let (one, other) = (bytes(name, "one", kind), bytes(name, "other", kind));
            differed += usize::from(one != other);
            let one = normaliser.apply(stream, &one, &places(ONE));
            let other = normaliser.apply(stream, &other, &places(OTHER));
            let told: Vec<String> = lines::differences(kind, &one, &other).iter().map(Difference::line).collect();
            assert!(told.is_empty(), "{name}: {told:#?}");
            let again = normaliser.apply(stream, &one, &places(ONE));
            assert_eq!(String::from_utf8_lossy(&again), String::from_utf8_lossy(&one), "{name}: twice is once");
        }
    }
    assert!(differed >= SAMPLES.len(), "the recordings were the same from the beginning");
}

#[test]
fn a_change_that_means_something_is_never_hidden() {
    let changes: &[(&str, &str, &str, &str)] = &[
        ("test", "out", "test tests::fine ... ok", "test tests::fine ... FAILED"),
        ("test", "out", "test tests::fine ... ok", "test tests::fines ... ok"),
        ("test", "out", "test tests::fine ... ok\n", ""),
        ("test", "out", "running 3 tests", "running 4 tests"),
        ("test", "out", "1 passed; 2 failed", "2 passed; 1 failed"),
        ("test", "out", "2 ignored; 0 measured; 0 filtered out", "2 ignored; 0 measured; 1 filtered out"),
        ("test", "out", "ignored, takes long", "ignored, takes longer"),
        ("test", "out", "not equal", "not even"),
        ("test", "out", "lib.rs:6:9", "lib.rs:7:9"),
        ("test", "out", "(line 9) - compile ... ok", "(line 10) - compile ... ok"),
        ("test", "err", "tests/cli.rs (target", "tests/cmd.rs (target"),
        ("test", "err", "2 targets failed", "3 targets failed"),
        ("test", "err", "deps/a-", "deps/b-"),
        ("quiet", "out", "ii...", "i...."),
        ("json", "out", "\"event\": \"ok\", \"passed\": 3", "\"event\": \"ok\", \"passed\": 4"),
        ("json", "out", "tests::good\", \"event\": \"ok\"", "tests::good\", \"event\": \"failed\""),
        ("nextest", "err", "c tests::fine", "c tests::find"),
        ("nextest", "err", "PASS [", "LEAK ["),
        ("nextest", "err", "2 skipped", "3 skipped"),
        ("nextest", "err", "not equal", "not even"),
        ("clippy", "err", "unused_in_b", "unused_in_d"),
        ("clippy", "err", "generated 1 warning", "generated 2 warnings"),
        ("clippy", "err", "b/src/lib.rs:5", "b/src/lib.rs:6"),
        ("clippy", "err", "Finished `dev`", "Finished `release`"),
        ("clippy-json", "out", "unused_in_b", "unused_in_d"),
        ("clippy-json", "out", "\"level\":\"warning\"", "\"level\":\"error\""),
        ("clippy-json", "out", "\"success\":true", "\"success\":false"),
        ("doc", "err", "and 2 other files", "and 1 other file"),
        ("package", "err", "Packaged 4 files", "Packaged 5 files"),
        ("package", "err", "Packaging b v0.1.0", "Packaging b v0.1.1"),
    ];
    for (name, kind, from, to) in changes {
        let normaliser = SAMPLES.iter().find(|(sample, _)| sample == name).expect("a sample").1;
        let stream = if *kind == "out" { Stream::Out } else { Stream::Err };
        let text = String::from_utf8(bytes(name, "one", kind)).expect("text");
        let edited = text.replacen(from, to, 1);
        assert_ne!(text, edited, "{name}.{kind} holds no {from:?}");
        let one = normaliser.apply(stream, text.as_bytes(), &places(ONE));
        let other = normaliser.apply(stream, edited.as_bytes(), &places(ONE));
        assert_ne!(
            String::from_utf8_lossy(&one),
            String::from_utf8_lossy(&other),
            "{name}: {from:?} -> {to:?} is hidden"
        );
    }
}

#[test]
fn plain_output_loses_only_escapes_and_places() {
    let text = b"\x1b[1mtook 1.2s\x1b[0m in /tmp/ev/ws/x\r\n\xff test b ... ok\ntest a ... ok\n";
    let normal = Normaliser::Plain.apply(Stream::Out, text, &places(ONE));
    assert_eq!(normal, b"took 1.2s in <root>/x\n\xff test b ... ok\ntest a ... ok\n");
}

#[test]
fn names_are_unique_and_carry_a_version() {
    for normaliser in Normaliser::ALL {
        let (name, version) = normaliser.name().split_once('/').expect("a version");
        assert!(!name.is_empty() && version.parse::<u32>().is_ok());
        assert_eq!(Normaliser::named(normaliser.name()), Some(normaliser));
    }
    assert_eq!(Normaliser::named("cargo-test/0"), None);
}
