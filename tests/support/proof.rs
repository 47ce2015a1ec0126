//! A made-up proof, for tests of the formats and of those who judge them.

use std::collections::BTreeMap;

use cargo_governed::facts::digest::Digest;
use cargo_governed::proof::bundle::Bundle;
use cargo_governed::proof::bundle::StepSaid;
use cargo_governed::proof::link::Byproducts;
use cargo_governed::proof::link::Counts;
use cargo_governed::proof::link::Environment;
use cargo_governed::proof::link::Link;
use cargo_governed::proof::link::Stream;
use cargo_governed::proof::names;
use cargo_governed::proof::resource::Digests;
use cargo_governed::proof::resource::GitId;
use cargo_governed::proof::resource::Resource;
use cargo_governed::proof::resource::Sha256;
use cargo_governed::proof::scai::Attribute;
use cargo_governed::proof::scai::Basis;
use cargo_governed::proof::scai::Claims;
use cargo_governed::proof::scai::Conditions;
use cargo_governed::proof::scai::Scope;
use cargo_governed::proof::scai::Standing;
use cargo_governed::proof::statement::Subject;
use cargo_governed::proof::summary::Governed;
use cargo_governed::proof::summary::Outcome;
use cargo_governed::proof::summary::RunOf;
use cargo_governed::proof::summary::Source;
use cargo_governed::proof::summary::Summary;
use cargo_governed::proof::summary::Verifier;
use cargo_governed::proof::summary::Word;
use cargo_governed::proof::test_result::TestResult;
use cargo_governed::proof::test_result::Tested;

pub(crate) const RUN: &str = "20261122-040000-abc123";

pub(crate) fn git_id(digit: &str) -> GitId {
    digit.repeat(40).parse().expect("an id")
}

pub(crate) fn subject() -> Subject {
    Subject { listing: Digest::of(b"listing"), tree: Some(git_id("1")), commit: Some(git_id("2")) }
}

pub(crate) fn summary() -> Summary {
    Summary {
        verifier: Verifier {
            id: names::VERIFIER.to_owned(),
            version: BTreeMap::from([("cargo-governed".to_owned(), "0.1.0".to_owned())]),
        },
        time_verified: "2026-11-22T04:00:00.123Z".to_owned(),
        resource_uri: "git+https://example.com/o/r".to_owned(),
        policy: Resource::at("git+https://example.com/o/r#governed.toml", Digests::sha256(Digest::of(b"policy"))),
        input_attestations: Vec::new(),
        verification_result: Outcome::Passed,
        verified_levels: vec![names::LEVEL.to_owned()],
        governed: Governed {
            verdict: Word::Accepted,
            because: Vec::new(),
            not_proven: Vec::new(),
            base: Some(git_id("3")),
            source: Source::Worktree,
            dirty: false,
            runs: vec![RunOf {
                run: RUN.to_owned(),
                version: "0.1.0".to_owned(),
                began: "2026-11-22T03:59:00.000Z".to_owned(),
                os: "linux".to_owned(),
                arch: "x86_64".to_owned(),
                earlier: 0,
                shard: None,
                overridden: None,
            }],
            machines: None,
            reports: Vec::new(),
            checkpoint: Some("cargo-governed/ledger/x\n3\n\n".to_owned()),
        },
    }
}

fn claim(name: String, basis: Basis, evidence: Resource) -> Attribute {
    let rule = basis == Basis::Derived;
    Attribute {
        attribute: name,
        conditions: Conditions {
            standing: Standing::Holds,
            basis,
            scope: Scope::Tree,
            looked_at: rule.then_some(7),
            findings: rule.then_some(0),
            run: (!rule).then(|| RUN.to_owned()),
            platform: (!rule).then(|| "x86_64-linux".to_owned()),
            isolation: (!rule).then(|| "landlock".to_owned()),
            rests_on: None,
            sentences: Vec::new(),
        },
        evidence,
    }
}

pub(crate) fn step(name: &str) -> StepSaid {
    let stream = |text: &str| Stream { bytes: text.len() as u64, sha256: vec![Sha256(Digest::of(text.as_bytes()))] };
    let link = Link {
        name: name.to_owned(),
        command: vec!["cargo".to_owned(), name.to_owned(), "--workspace".to_owned()],
        materials: vec![Resource::named("source/listing", Digests::sha256(Digest::of(b"inputs")))],
        byproducts: Byproducts {
            state: "passed".to_owned(),
            exit: Some(0),
            signal: None,
            duration_ms: 1200,
            attempts: 1,
            failures: 0,
            isolation: "landlock".to_owned(),
            reused_from: None,
            outputs: Vec::new(),
            unproven: Vec::new(),
            stdout: stream(name),
            stderr: Stream::default(),
            tests: Some(Counts { executed: 2, passed: 2, ..Counts::default() }),
            canary_failed: Some(true),
        },
        environment: Environment { run: RUN.to_owned(), os: "linux".to_owned(), arch: "x86_64".to_owned() },
    };
    let tests = TestResult {
        result: Tested::Passed,
        configuration: Vec::new(),
        passed_tests: vec!["src/lib.rs: a".to_owned(), "src/lib.rs: b".to_owned()],
        warned_tests: Vec::new(),
        failed_tests: Vec::new(),
    };
    StepSaid { link, tests: (name == "test").then_some(tests) }
}

/// A passed proof with these steps and so many claims of rules.
pub(crate) fn bundle(steps: &[&str], rules: usize) -> Bundle {
    let check = Resource::object("check", "application/json", Digest::of(b"check"));
    let rules = (0..rules).map(|number| claim(format!("rule/rule-{number:04}"), Basis::Derived, check.clone()));
    let observed = steps.iter().map(|name| {
        let evidence = Resource::named(format!("step/{name}"), Digests::sha256(Digest::of(name.as_bytes())));
        claim(format!("step/{name}"), Basis::Observed, evidence)
    });
    let producer = Resource { name: Some("cargo-governed".to_owned()), ..Resource::default() };
    let claims = Claims { attributes: rules.chain(observed).collect(), producer };
    Bundle::new(&subject(), summary(), claims, steps.iter().map(|name| step(name)).collect())
}
