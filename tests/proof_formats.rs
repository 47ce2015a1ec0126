//! The formats of a proof: one text a proof, and no line that can be dropped, doubled, moved, relabelled or altered.

mod support;

use std::process::Command;

use cargo_governed::facts::digest::Digest;
use cargo_governed::facts::tree::Mode;
use cargo_governed::proof::bundle::Bundle;
use cargo_governed::proof::canonical;
use cargo_governed::proof::check_claims;
use cargo_governed::proof::dsse::Envelope;
use cargo_governed::proof::names;
use cargo_governed::proof::scai::Scope;
use cargo_governed::proof::tree_listing;
use cargo_governed::steps::listing_text;
use proptest::prelude::*;
use serde_json::Value;
use serde_json::json;
use support::proof;

fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect()
}

fn refused(bytes: &[u8], what: &str) -> String {
    match Bundle::parse(bytes) {
        Ok(_) => panic!("{what} was read"),
        Err(why) => why.message,
    }
}

#[test]
fn a_bundle_is_read_back_as_it_was_written() {
    let bundle = proof::bundle(&["fmt", "test"], 3);
    let bytes = bundle.bytes();
    let read = Bundle::parse(&bytes).expect("our own bundle");
    assert_eq!(read, bundle);
    assert_eq!(read.bytes(), bytes);
    assert_eq!(proof::bundle(&["fmt", "test"], 3).bytes(), bytes, "the same inputs, the same bytes");
    // Root, claims, fmt, test and its tests.
    assert_eq!(lines(&bytes).len(), 5);
    let uris: Vec<&str> =
        bundle.root.predicate().input_attestations.iter().filter_map(|input| input.uri.as_deref()).collect();
    let run = proof::RUN;
    assert_eq!(
        uris,
        [
            "#claims".to_owned(),
            format!("#run/{run}/step/fmt"),
            format!("#run/{run}/step/test"),
            format!("#run/{run}/tests/test")
        ]
    );
}

#[test]
fn every_altered_bit_is_another_proof_or_none() {
    let bundle = proof::bundle(&["test"], 1);
    let bytes = bundle.bytes();
    for at in 0..bytes.len() {
        let mut other = bytes.clone();
        other[at] ^= 1 << (at % 8);
        if let Ok(read) = Bundle::parse(&other) {
            assert_ne!(read.digest(), bundle.digest(), "byte {at}: the name of the proof is the same");
        }
    }
}

#[test]
fn what_hangs_below_the_root_is_just_what_the_root_names() {
    let bytes = proof::bundle(&["fmt", "clippy", "test"], 2).bytes();
    let all = lines(&bytes);
    for dropped in 0..all.len() {
        let mut rest = all.clone();
        rest.remove(dropped);
        refused(&rest.concat(), &format!("a bundle without line {}", dropped + 1));
    }
    for doubled in 0..all.len() {
        for place in 0..=all.len() {
            let mut more = all.clone();
            more.insert(place, all[doubled].clone());
            refused(&more.concat(), "a bundle with a line twice");
        }
    }
    for one in 0..all.len() {
        for other in one + 1..all.len() {
            let mut moved = all.clone();
            moved.swap(one, other);
            refused(&moved.concat(), "a bundle in another order");
        }
    }
    let stranger = lines(&proof::bundle(&["doc"], 0).bytes());
    for place in 1..=all.len() {
        let mut more = all.clone();
        more.insert(place, stranger[2].clone());
        refused(&more.concat(), "a bundle with a line of another proof");
    }
}

#[test]
fn only_one_text_is_read() {
    let bytes = proof::bundle(&["test"], 1).bytes();
    refused(b"", "nothing");
    refused(b"\n", "an empty line");
    refused(&bytes[..bytes.len() - 1], "a bundle without its last line end");
    refused(&[&bytes[..], b"\n"].concat(), "a bundle with an empty line");
    refused(&[b"\xef\xbb\xbf", &bytes[..]].concat(), "a bundle with a byte order mark");
    let text = String::from_utf8(bytes).expect("text");
    refused(text.replace('\n', "\r\n").as_bytes(), "a bundle with other line ends");
    refused(text.replacen("{\"payload\"", "{ \"payload\"", 1).as_bytes(), "a bundle with white space");
    refused(text.replacen("\"signatures\":[]", "\"signatures\":[],\"x\":1", 1).as_bytes(), "an unknown field");
    let twice = "\"payloadType\":\"application/vnd.in-toto+json\",\"payloadType\":\"application/vnd.in-toto+json\"";
    let why =
        refused(text.replacen("\"payloadType\":\"application/vnd.in-toto+json\"", twice, 1).as_bytes(), "a key twice");
    assert!(why.contains("line 1") && why.contains("stands twice"), "{why}");
}

/// The bundle with the payload of one line edited, and the root left as it is.
fn edited(bundle: &Bundle, line: usize, edit: impl Fn(&mut Value)) -> Vec<u8> {
    let mut all = lines(&bundle.bytes());
    let mut envelope = Envelope::parse(all[line].strip_suffix(b"\n").expect("a line")).expect("an envelope");
    let mut payload: Value = serde_json::from_slice(&envelope.payload).expect("JSON");
    edit(&mut payload);
    envelope.payload = canonical::write(&payload);
    all[line] = [envelope.line(), b"\n".to_vec()].concat();
    all.concat()
}

#[test]
fn a_line_of_another_kind_or_subject_is_refused() {
    let bundle = proof::bundle(&["fmt", "test"], 1);
    for line in 0..5 {
        for kind in [names::SUMMARY, names::SCAI, names::LINK, names::TEST_RESULT, "https://example.com/other"] {
            let other = edited(&bundle, line, |payload| payload["predicateType"] = kind.into());
            if other != bundle.bytes() {
                refused(&other, &format!("line {} as {kind}", line + 1));
            }
        }
        let elsewhere =
            edited(&bundle, line, |payload| payload["subject"][2]["digest"]["gitCommit"] = "9".repeat(40).into());
        refused(&elsewhere, "a line about another commit");
        let fewer = edited(&bundle, line, |payload| payload["subject"] = json!([]));
        refused(&fewer, "a line about nothing");
    }
    let signed = edited(&bundle, 1, |_| {});
    let signed = String::from_utf8(signed).expect("text");
    let mut all: Vec<String> = signed.lines().map(str::to_owned).collect();
    all[1] = all[1].replace("\"signatures\":[]", "\"signatures\":[{\"keyid\":\"x\",\"sig\":\"\"}]");
    assert!(refused((all.join("\n") + "\n").as_bytes(), "a signed line below the root").contains("only the root"));
}

#[test]
fn coreutils_reads_our_listing_as_it_writes_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut names = vec!["a", "b c", "back\\slash", "new\nline", "cr\rx", "-dash", "é", "\\n", "sub/x", "*"];
    names.sort_unstable();
    let mut text = format!("{}\n", listing_text::HEADER);
    for name in &names {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, name).expect("a file");
        listing_text::write(&mut text, Mode::File, &Digest::of(name.as_bytes()), name);
    }
    let made = tree_listing::of(text.as_bytes()).expect("a listing");
    let list = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(list.path(), &made).expect("a file");
    let sum = |arguments: &[&std::ffi::OsStr]| {
        let output = Command::new("sha256sum").args(arguments).current_dir(folder.path()).env("LC_ALL", "C").output();
        output.expect("sha256sum can be run")
    };
    let checked = sum(&["--strict".as_ref(), "-c".as_ref(), list.path().as_os_str()]);
    let told = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(checked.status.success(), "{told}{}", String::from_utf8_lossy(&checked.stderr));
    assert_eq!(told.matches(": OK").count(), names.len(), "{told}");
    let mut arguments: Vec<&std::ffi::OsStr> = vec!["--".as_ref()];
    arguments.extend(names.iter().map(std::ffi::OsStr::new));
    assert_eq!(String::from_utf8_lossy(&sum(&arguments).stdout), String::from_utf8_lossy(&made));
}

/// The sources of a rule: its own file, and what it imports of the rules' floor.
fn sources_of(file: &std::path::Path) -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut open = vec![file.to_path_buf()];
    let mut seen = std::collections::BTreeSet::new();
    let mut all = String::new();
    while let Some(file) = open.pop() {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        if !seen.insert(file) {
            continue;
        }
        for line in text.lines().filter_map(|line| line.strip_prefix("use crate::rules::")) {
            let parts: Vec<&str> = line.trim_end_matches(';').split("::").collect();
            open.extend((1..=parts.len()).map(|count| root.join("rules").join(parts[..count].join("/") + ".rs")));
        }
        all.push_str(&text);
    }
    all
}

#[test]
fn what_a_rule_asks_beside_the_tree_is_the_scope_of_its_claim() {
    let rules = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut beyond = 0;
    for rule in cargo_governed::rules::all() {
        let file = rules.join(rule.group).join(format!("{}.rs", rule.name.replace('-', "_")));
        let text = sources_of(&file);
        let expected = if text.contains("context.base") {
            Scope::Range
        } else if text.contains("context.history") {
            Scope::Commit
        } else {
            Scope::Tree
        };
        assert_eq!(check_claims::scope(rule.name), expected, "{}", rule.name);
        beyond += usize::from(expected != Scope::Tree);
    }
    assert!(beyond > 5, "the rules were not read");
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-(1_i64 << 53) + 1..1_i64 << 53).prop_map(Value::from),
        "\\PC*".prop_map(Value::from),
        "[\u{0}-\u{20}\"\\\\\u{7f}\u{2028}]*".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec(("\\PC{0,4}", inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_has_one_text_and_is_read_back(value in value()) {
        let bytes = canonical::write(&value);
        prop_assert_eq!(&canonical::parse(&bytes).expect("canonical bytes"), &value);
        let other: Value = serde_json::from_slice(&bytes).expect("JSON");
        prop_assert_eq!(&other, &value);
        let pretty = serde_json::to_vec_pretty(&value).expect("JSON");
        if pretty != bytes {
            prop_assert!(canonical::parse(&pretty).is_err());
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Bundle::parse(&bytes);
        let _ = Envelope::parse(&bytes);
        if let Ok(value) = canonical::parse(&bytes) {
            prop_assert_eq!(canonical::write(&value), bytes);
        }
    }
}
