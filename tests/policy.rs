//! The policy: its faults and their places, and the shipped schema against the parser.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use cargo_governed::facts::Facts;
use cargo_governed::facts::policy::Policy;
use cargo_governed::facts::policy::fault::PolicyFault;
use cargo_governed::facts::policy::find;
use cargo_governed::facts::policy::vocabulary::Vocabulary;
use cargo_governed::facts::policy::waiver::UNWAIVABLE;
use cargo_governed::facts::tree::Entry;
use cargo_governed::facts::tree::Mode;
use cargo_governed::facts::tree::Tree;
use cargo_governed::rules;
use proptest::prelude::*;
use serde_json::Value;
use serde_json::json;
use toml::de::DeTable;
use toml::de::DeValue;

const SCHEMA: &str = "schemas/governed.schema.json";

fn vocabulary() -> Vocabulary {
    rules::vocabulary()
}

fn read(text: &str) -> Result<Policy, Vec<PolicyFault>> {
    find::read("governed.toml", text, &vocabulary())
}

/// The faults as `line:column message (help)`.
fn faults(text: &str) -> Vec<String> {
    let shown = |fault: PolicyFault| {
        let help = fault.help.map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{}:{} {}{help}", fault.at.line, fault.at.column, fault.message)
    };
    read(text).err().unwrap_or_default().into_iter().map(shown).collect()
}

/// A policy that uses every table and every key.
const WHOLE: &str = r#"
[check]
fail-on = "warn"
demand = ["contracts", "waiver-unused"]
require-until = false

[rules]
contract-broken = "deny"
policy = "note"

[[waiver]]
rule = "contract-broken"
path = "docs/old/**"
reason = "kept as written in 2019"
until = 2027-01-31
[[waiver]]
rule = "contract-broken"
reason = "as a string"
until = "2027-01-31"

[[contract]]
name = "docker image version"
truth = { file = "Cargo.toml", key = "package.version" }
copies = [{ file = "Dockerfile", regex = 'ARG VERSION=(\S+)' }]

[run]
infer = true
isolation = "best"
output-cap = "64MiB"
[[step]]
name = "build"
run = ["cargo", "build"]
[[step]]
name = "test"
run = ["cargo", "test", "--workspace", "--locked"]
needs = ["build", "clippy"]
inputs = ["**"]
env = ["DATABASE_URL"]
timeout = "20m"
attempts = 1
nondeterminism = [{ source = "clock", why = "prints the date" }]
network = true
outputs = ["target/package/*.crate"]

[replay]
accept = "same-outcome"
budget = { flaky-tests = 0 }

[[claim]]
name = "msrv"
evidence = { step = "build" }
[[claim]]
name = "licence"
evidence = { file = "Cargo.toml", key = "package.license" }
[[claim]]
name = "threats"
evidence = { file = "docs/threats.md", sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" }
[[claim]]
name = "size"
evidence = { output = "target/size.txt", regex = '(\d+)' }

[authority]
allow = ["target.*.runner=qemu-arm", "build.rustc-wrapper=sccache"]
review = "forge"

[gate.merge]
requires = ["rules", "fmt", "clippy", "test"]
base = "ancestor"
machines = "quorum:2"
[gate.release]
requires = ["merge", "package"]
max-attempts = 1
max-age = "7d"
signers = ".github/allowed_signers"

[release]
tag = "{package}-v{version}"
group = [["a", "b"]]
api = "when-available"
witnesses = ["manifest", "changelog", "tag", "registry"]
"#;

#[test]
fn a_whole_policy_is_read() {
    assert_eq!(faults(WHOLE), [""; 0]);
    let policy = read(WHOLE).unwrap();
    assert_eq!((policy.waivers.len(), policy.steps.len(), policy.claims.len()), (2, 2, 4));
    assert_eq!(policy.steps[1].timeout.as_ref().unwrap().value, 1_200);
    assert_eq!(policy.sha256.unwrap().len(), 64);
    assert_eq!(read("").unwrap().run, Policy::default().run);
}

#[test]
fn every_fault_has_its_place_and_the_nearest_name() {
    for (text, expected) in [
        ("[chek]\n", "1:2 the policy has no key `chek` (write `check`)"),
        (
            "[[claim]]\nname = \"a\"\nevidence = { file = \"a.md\", sha256 = \"ab\" }\n",
            "3:39 [[claim]] evidence `sha256` is no digest (write 64 hexadecimal digits: `cargo governed check` says which)",
        ),
        (
            "[[claim]]\nname = \"a\"\nevidence = { step = \"test\" }\n[[claim]]\nname = \"a\"\nevidence = { step = \"test\" }\n",
            "5:9 [[claim]] `name` is used twice: `a`",
        ),
        ("[check]\nfail_on = \"warn\"\n", "2:1 [check] has no key `fail_on` (write `fail-on`)"),
        ("[check]\nfail-on = 1\n", "2:11 [check] `fail-on` is 1, expected one of \"deny\", \"warn\""),
        ("[check]\nfail-on = \"note\"\n", "2:11 [check] `fail-on` is \"note\", expected one of \"deny\", \"warn\""),
        (
            "[rules]\ncontract-brocken = \"deny\"\n",
            "2:1 [rules] names no rule or group: `contract-brocken` (write `contract-broken`)",
        ),
        (
            "[check]\ndemand = [\"contract\"]\n",
            "2:12 [check] `demand` names no rule or group: `contract` (write `contracts`)",
        ),
        (
            "[[waiver]]\nrule = \"contract-broken\"\n",
            "1:1 [[waiver]] has no `reason` (add `reason = \"...\"`: why the finding is accepted)",
        ),
        ("[[waiver]]\nrule = \"contract-broken\"\nreason = \" \"\n", "3:10 [[waiver]] `reason` is empty"),
        (
            "[[waiver]]\nrule = \"contracts\"\nreason = \"x\"\n",
            "2:9 [[waiver]] names a group, not a rule: `contracts` (name one rule; a whole group is allowed in [rules])",
        ),
        (
            "[[waiver]]\nrule = \"waiver-unused\"\nreason = \"x\"\n",
            "2:9 [[waiver]] names a rule about waivers: `waiver-unused` (remove the waiver that the rule speaks of, or set the rule's level in [rules])",
        ),
        ("[[waiver]]\nrule = \"contract-broken\"\nreason = \"x\"\nuntil = 2027-02-30\n", "4:9 invalid TOML"),
        (
            "[[waiver]]\nrule = \"contract-broken\"\nreason = \"x\"\nuntil = \"soon\"\n",
            "4:9 [[waiver]] `until` is \"soon\", expected a date such as 2027-01-31",
        ),
        (
            "[[waiver]]\nrule = \"contract-broken\"\nreason = \"x\"\npath = \"a[\"\n",
            "4:9 [[waiver]] `path` is no glob: unclosed character class",
        ),
        (
            "[check]\nrequire-until = true\n[[waiver]]\nrule = \"contract-broken\"\nreason = \"x\"\n",
            "3:1 [[waiver]] has no `until`",
        ),
        (
            "[[contract]]\nname = \"x\"\ntruth = { file = \"a\", regex = \"(\" }\ncopies = [{ file = \"b\", key = \"c\" }]\n",
            "3:32 [[contract]] truth `regex` is no regular expression: unclosed group",
        ),
        (
            "[[contract]]\nname = \"x\"\ntruth = { file = \"../a\", key = \"a\" }\ncopies = [{ file = \"b\", key = \"c\" }]\n",
            "3:19 [[contract]] truth `file` leaves the repository",
        ),
        (
            "[[step]]\nname = \"a\"\nrun = [\"x\"]\nneeds = [\"tset\"]\n",
            "4:11 [[step]] `needs` names no step: `tset` (write `test`)",
        ),
        ("[[step]]\nname = \"a\"\nrun = [\"x\"]\nneeds = [\"a\"]\n", "2:9 [[step]] `a` needs itself in the end"),
        ("[[step]]\nname = \"rules\"\nrun = [\"x\"]\n", "2:9 [[step]] `name` is reserved: `rules`"),
        ("[[step]]\nname = \"a\"\nrun = []\n", "1:1 [[step]] has no command in `run`"),
        ("[gate.merge]\nrequires = [\"merge\"]\n", "2:14 [gate.merge] `requires` names no step: `merge`"),
        (
            "[gate.merge]\nmachines = \"quorum:0\"\n",
            "2:13 [gate.merge] `machines` is neither \"unanimous\" nor \"quorum:N\"",
        ),
        ("[release]\ntag = \"v1\"\n", "2:8 [release] `tag` has no `{version}`"),
        ("[run]\noutput-cap = \"64 MB\"\n", "2:14 [run] `output-cap` is \"64 MB\", expected a size"),
        ("[check\n", "1:7 invalid TOML"),
    ] {
        let found = faults(text);
        assert_eq!(found.len(), 1, "{text}: {found:#?}");
        assert!(found[0].starts_with(expected), "{text}\n  found    {}\n  expected {expected}", found[0]);
    }
}

#[test]
fn several_faults_are_told_at_once_in_order() {
    let found = faults("[rules]\nx = 1\n[check]\ny = 2\nfail-on = \"z\"\n");
    assert_eq!(found.len(), 4, "{found:#?}");
    let lines: Vec<_> = found.iter().map(|fault| fault.split(':').next().unwrap()).collect();
    assert_eq!(lines, ["2", "2", "4", "5"]);
}

#[test]
fn a_fault_is_told_once() {
    for text in [format!("[check]\nfail-on = {}\n", "[".repeat(60)), format!("x = {}\n[check]\n", "[{a = ".repeat(30))]
    {
        let found = faults(&text);
        let distinct: BTreeSet<&String> = found.iter().collect();
        assert!(!found.is_empty() && found.len() == distinct.len(), "{found:#?}");
    }
}

fn facts(files: &[(&str, &str)]) -> Facts {
    let entry = |path: &str| Entry { path: path.into(), mode: Mode::File, id: None, tracked: true };
    let tree = Tree::new(files.iter().map(|(path, _)| entry(path)).collect());
    let sources = files.iter().map(|(path, text)| {
        let kind = cargo_governed::facts::kind::Kind::of(path);
        let content = cargo_governed::facts::parse::parse(kind, text.as_bytes().to_vec());
        cargo_governed::facts::source::SourceFile { path: (*path).into(), kind, content: content.into() }
    });
    Facts::assemble(tree, sources)
}

#[test]
fn the_policy_stands_in_one_place() {
    let check = |files: &[(&str, &str)]| find::find(&facts(files), &vocabulary());
    assert_eq!(check(&[]).unwrap(), Policy::default());
    let package = "[package]\nname = \"a\"\n[package.metadata.governed.check]\nfail-on = \"warn\"\n";
    let policy = check(&[("Cargo.toml", package)]).unwrap();
    assert!(policy.check.fail_on.is_some());
    assert_eq!(policy.path.as_deref(), Some("Cargo.toml"));
    let workspace = "[workspace]\n[workspace.metadata.governed]\nchek = 1\n";
    let fault = check(&[("Cargo.toml", workspace)]).unwrap_err().remove(0);
    assert_eq!((fault.at.path.as_str(), fault.at.line), ("Cargo.toml", 3));
    let two = check(&[("Cargo.toml", package), ("governed.toml", "")]).unwrap_err().remove(0);
    assert_eq!(two.message, "the policy stands in two places: governed.toml and Cargo.toml:3");
    let both = format!("{package}{workspace}");
    let two = check(&[("Cargo.toml", &both)]).unwrap_err().remove(0);
    assert!(two.message.contains("Cargo.toml:6 and Cargo.toml:3"), "{}", two.message);
    let root = "[workspace]\nmembers = [\"a\"]\n";
    let fault = check(&[("Cargo.toml", root), ("a/Cargo.toml", package)]).unwrap_err().remove(0);
    assert_eq!((fault.at.path.as_str(), fault.at.line), ("a/Cargo.toml", 3));
    assert!(check(&[("Cargo.toml", "[workspace]\n"), ("a/Cargo.toml", package)]).is_ok());
    // A policy below the root is some other repository's, or a fixture.
    assert_eq!(check(&[("a/governed.toml", "chek = 1")]).unwrap(), Policy::default());
}

fn as_json(text: &str) -> Option<Value> {
    DeTable::parse(text).ok().map(|table| object(table.get_ref()))
}

fn object(table: &DeTable<'_>) -> Value {
    table.iter().map(|(key, value)| (key.get_ref().to_string(), plain(value.get_ref()))).collect()
}

/// A TOML value as JSON, with dates as strings.
fn plain(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::Datetime(date) => json!(date.to_string()),
        DeValue::Array(items) => items.iter().map(|item| plain(item.get_ref())).collect(),
        DeValue::Table(table) => object(table),
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => json!(number.as_str().parse::<i64>().expect("a decimal number")),
        DeValue::Float(number) => json!(number.as_str().parse::<f64>().expect("a number")),
        DeValue::Boolean(flag) => json!(flag),
    }
}

fn schema() -> Value {
    let text = std::fs::read_to_string(SCHEMA).expect("the schema is there");
    serde_json::from_str(&text).expect("the schema is JSON")
}

fn accepted_by_schema(validator: &jsonschema::Validator, text: &str) -> bool {
    as_json(text).is_some_and(|json| validator.is_valid(&json))
}

#[test]
fn the_schema_knows_the_rules() {
    let schema = schema();
    let names = |list: &str| -> BTreeSet<String> {
        let names = schema["$defs"][list]["enum"].as_array().expect("a list of names");
        names.iter().map(|name| name.as_str().expect("a name").to_owned()).collect()
    };
    // The names are fixed before the rules are there, so the schema may know more of them than the parser.
    for (rule, group) in vocabulary().rules {
        assert!(names("name").contains(rule), "{SCHEMA}: $defs.name lacks {rule}");
        assert!(names("name").contains(group), "{SCHEMA}: $defs.name lacks {group}");
        assert_eq!(names("waivable").contains(rule), group != UNWAIVABLE, "{SCHEMA}: $defs.waivable and {rule}");
    }
}

/// Each line of the whole policy, with a value of another type or a misspelt key.
fn broken_lines() -> Vec<(usize, String)> {
    let mut broken = Vec::new();
    let lines: Vec<&str> = WHOLE.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let Some((key, value)) = line.split_once(" = ") else { continue };
        let wrong = if value.trim_start().starts_with('"') || value.starts_with(|digit: char| digit.is_ascii_digit()) {
            vec![
                format!("{key} = [[1]]"),
                format!("{key} = 1.5"),
                format!("{key} = \"\""),
                format!("{key}-x = {value}"),
            ]
        } else {
            vec![format!("{key} = 1"), format!("{key} = \"\""), format!("{key}_ = {value}")]
        };
        for line in wrong {
            let mut text: Vec<&str> = lines.clone();
            text[index] = &line;
            broken.push((index + 1, text.join("\n")));
        }
    }
    broken
}

#[test]
fn parser_and_schema_refuse_the_same_keys_and_types() {
    let validator = jsonschema::validator_for(&schema()).expect("a schema");
    assert!(accepted_by_schema(&validator, WHOLE));
    let cases = broken_lines();
    assert!(cases.len() > 100);
    for (line, text) in cases {
        let by_parser = read(&text).is_ok();
        let by_schema = accepted_by_schema(&validator, &text);
        let shown = text.lines().nth(line - 1).unwrap_or_default();
        assert!(!by_parser, "line {line} should be refused: {shown}");
        assert!(!by_schema, "line {line} should be refused by the schema: {shown}");
    }
}

/// Values of every type, right ones for some keys among them.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("true".to_owned()),
        Just("3".to_owned()),
        Just("2027-01-31".to_owned()),
        Just("[]".to_owned()),
        Just("[\"test\"]".to_owned()),
        Just("[[\"a\"]]".to_owned()),
        Just("{ file = \"Cargo.toml\", key = \"package.version\" }".to_owned()),
        Just("[{ file = \"Dockerfile\", regex = 'x' }]".to_owned()),
        Just("{ step = \"test\" }".to_owned()),
        Just("{ flaky-tests = 2 }".to_owned()),
        prop::sample::select(vec![
            "deny",
            "warn",
            "allow",
            "contract-broken",
            "contracts",
            "waiver-unused",
            "best",
            "none",
            "20m",
            "64MiB",
            "exact",
            "forge",
            "tip",
            "unanimous",
            "quorum:2",
            "v{version}",
            "demand",
            "test",
            "docs/**",
            "2027-01-31",
            "",
        ])
        .prop_map(|word| format!("\"{word}\"")),
    ]
}

fn policy() -> impl Strategy<Value = String> {
    let tables = prop::sample::select(vec![
        "check",
        "rules",
        "[waiver]",
        "[contract]",
        "run",
        "[step]",
        "replay",
        "[claim]",
        "authority",
        "gate.merge",
        "gate.release",
        "release",
        "unknown",
    ]);
    let keys = prop::sample::subsequence(
        vec![
            "fail-on",
            "demand",
            "require-until",
            "contract-broken",
            "contracts",
            "rule",
            "path",
            "reason",
            "until",
            "name",
            "truth",
            "copies",
            "infer",
            "isolation",
            "output-cap",
            "run",
            "needs",
            "inputs",
            "env",
            "timeout",
            "attempts",
            "nondeterminism",
            "network",
            "outputs",
            "accept",
            "budget",
            "evidence",
            "allow",
            "review",
            "requires",
            "base",
            "machines",
            "max-attempts",
            "max-age",
            "signers",
            "tag",
            "group",
            "api",
            "witnesses",
            "odd",
        ],
        0..5,
    );
    let table = (tables, keys, prop::collection::vec(value(), 5)).prop_map(|(table, keys, values)| {
        let lines: Vec<String> = keys.iter().zip(values).map(|(key, value)| format!("{key} = {value}")).collect();
        format!("[{table}]{}\n{}\n", if table.starts_with('[') { "]" } else { "" }.replace("]]", "]"), lines.join("\n"))
    });
    prop::collection::vec(table, 0..3).prop_map(|tables| tables.concat())
}

/// A whole policy in which single lines have other values: most of it stays right.
fn altered() -> impl Strategy<Value = String> {
    let lines: Vec<String> = WHOLE.lines().map(str::to_owned).collect();
    let count = lines.len();
    prop::collection::vec((0..count, value(), any::<bool>()), 0..3).prop_map(move |changes| {
        let mut lines = lines.clone();
        for (at, value, remove) in changes {
            if remove {
                lines[at] = String::new();
            } else if let Some((key, _)) = lines[at].clone().split_once(" = ") {
                lines[at] = format!("{key} = {value}");
            }
        }
        lines.join("\n")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_the_parser_accepts_the_schema_accepts(text in prop_oneof![policy(), altered()]) {
        if read(&text).is_ok() {
            static VALIDATOR: LazyLock<jsonschema::Validator> =
                LazyLock::new(|| jsonschema::validator_for(&schema()).expect("a schema"));
            prop_assert!(accepted_by_schema(&VALIDATOR, &text), "{text}");
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "(\\[|\\]|\\{|\\}|=|\"|'|,|\\.|\n| |[a-e1-3]|check|rules|waiver|step|name|run|gate)*") {
        if let Err(faults) = read(&text) {
            prop_assert!(!faults.is_empty());
        }
    }
}
