//! Two results of a step compared at each level: what is the same, what drifted, and on which layer.

use std::collections::BTreeSet;

use cargo_governed::facts::digest::Digest;
use cargo_governed::facts::policy::replay::Accept;
use cargo_governed::steps::compare::difference::Difference;
use cargo_governed::steps::compare::replayed::Keys;
use cargo_governed::steps::compare::replayed::Level;
use cargo_governed::steps::compare::replayed::Replayed;
use cargo_governed::steps::compare::replayed::Side;
use cargo_governed::steps::compare::replayed::Standing;
use cargo_governed::steps::compare::replayed::Text;
use cargo_governed::steps::compare::replayed::judge;
use cargo_governed::steps::compare::tests::Tests;
use cargo_governed::steps::evidence::report::count;
use cargo_governed::steps::explain_key;
use cargo_governed::steps::explain_key::Change;
use cargo_governed::steps::key::Layer;
use cargo_governed::steps::outcome::Output;
use cargo_governed::steps::outcome::State;
use cargo_governed::steps::outcome::TestResult;
use cargo_governed::steps::outcome::TestState;

fn results(states: &[(&str, TestState)]) -> Vec<TestResult> {
    let named = states.iter();
    named.map(|(name, state)| TestResult { suite: "s".to_owned(), name: (*name).to_owned(), state: *state }).collect()
}

fn side<'a>(results: &'a [TestResult], out: &'a str) -> Side<'a> {
    let counts = count(results.iter().map(|result| result.state));
    let failed = counts.failed > 0;
    Side {
        state: if failed { State::Failed } else { State::Passed },
        exit: Some(if failed { 101 } else { 0 }),
        signal: None,
        doubts: Vec::new(),
        tests: Tests { counts: Some(counts), results: Some(results) },
        text: Some(Text { by: "cargo-test/1", out: out.as_bytes(), err: b"" }),
        outputs: &[],
    }
}

fn level(accept: Accept, flaky_tests: u64) -> Level<'static> {
    Level { accept, flaky_tests, declared: BTreeSet::new() }
}

fn lines(judged: &Replayed) -> Vec<String> {
    judged.differences.iter().map(Difference::line).collect()
}

const LEVELS: [Accept; 3] = [Accept::Exact, Accept::SameOutcome, Accept::WithinBudget];

#[test]
fn the_same_is_the_same_at_every_level() {
    let tests = results(&[("a", TestState::Passed), ("b", TestState::Ignored)]);
    for accept in LEVELS {
        let judged = judge("test", &side(&tests, "x"), &side(&tests, "x"), None, &level(accept, 0));
        assert_eq!((judged.standing, judged.layer, judged.differences.len()), (Standing::Same, None, 0));
    }
}

#[test]
fn another_text_drifts_only_where_exactness_is_asked_and_is_told_everywhere() {
    let tests = results(&[("a", TestState::Passed)]);
    for accept in LEVELS {
        let judged = judge("test", &side(&tests, "x\ny\n"), &side(&tests, "x\nz\n"), None, &level(accept, 0));
        let expected = if accept == Accept::Exact { Standing::Drifted } else { Standing::Same };
        assert_eq!(judged.standing, expected);
        assert_eq!(judged.layer.as_deref(), Some("nondeterminism"));
        assert_eq!(lines(&judged), ["stdout:2: y -> z"]);
        assert!(judged.healed_by.is_empty());
    }
}

#[test]
fn declared_variance_is_accepted_and_told() {
    let tests = results(&[("a", TestState::Passed)]);
    let (old, new) = (side(&tests, "done at 12:30:05\n"), side(&tests, "done at 12:31:00\n"));
    let undeclared = judge("test", &old, &new, None, &level(Accept::Exact, 0));
    assert_eq!((undeclared.standing, undeclared.healed_by), (Standing::Drifted, vec!["clock"]));
    let declared = Level { declared: BTreeSet::from(["clock"]), ..level(Accept::Exact, 0) };
    let judged = judge("test", &old, &new, None, &declared);
    assert_eq!((judged.standing, judged.differences.len()), (Standing::Same, 1));
}

#[test]
fn a_flaky_test_needs_a_budget_and_is_named() {
    let (good, bad) = (
        results(&[("a", TestState::Passed), ("b", TestState::Passed)]),
        results(&[("a", TestState::Passed), ("b", TestState::Failed)]),
    );
    let (old, new) = (side(&good, ""), side(&bad, ""));
    for (accept, budget, expected) in [
        (Accept::Exact, 1, Standing::Drifted),
        (Accept::SameOutcome, 1, Standing::Drifted),
        (Accept::WithinBudget, 0, Standing::Drifted),
        (Accept::WithinBudget, 1, Standing::Same),
    ] {
        let judged = judge("test", &old, &new, None, &level(accept, budget));
        assert_eq!(judged.standing, expected, "{accept:?} {budget}");
        assert_eq!(judged.layer.as_deref(), Some("nondeterminism"));
        assert!(lines(&judged).contains(&"s b: passed -> failed".to_owned()));
        assert_eq!(judged.flaky_tests, u64::from(expected == Standing::Same));
    }
}

#[test]
fn no_budget_covers_a_test_that_is_gone_or_no_longer_run() {
    let old = results(&[("a", TestState::Passed), ("b", TestState::Passed)]);
    for new in [results(&[("a", TestState::Passed)]), results(&[("a", TestState::Passed), ("b", TestState::Ignored)])] {
        let judged = judge("test", &side(&old, ""), &side(&new, ""), None, &level(Accept::WithinBudget, 9));
        assert_eq!(judged.standing, Standing::Drifted, "{new:?}");
    }
    let mut killed = side(&old, "");
    (killed.state, killed.exit, killed.signal) = (State::Failed, None, Some(9));
    let judged = judge("test", &side(&old, ""), &killed, None, &level(Accept::WithinBudget, 9));
    assert_eq!(lines(&judged), ["outcome: passed with exit code 0 -> failed by signal 9"]);
    assert_eq!(judged.standing, Standing::Drifted);
}

#[test]
fn without_all_names_numbers_are_compared() {
    let named = results(&[("a", TestState::Passed), ("b", TestState::Passed)]);
    let mut quiet = side(&named, "");
    quiet.tests.results = Some(&named[..1]);
    let judged = judge("test", &side(&named, ""), &quiet, None, &level(Accept::SameOutcome, 0));
    assert_eq!(judged.standing, Standing::Same);
    let fewer = results(&[("a", TestState::Passed)]);
    let mut less = side(&fewer, "");
    less.tests.results = None;
    let judged = judge("test", &quiet, &less, None, &level(Accept::SameOutcome, 0));
    assert_eq!(judged.standing, Standing::Drifted);
    assert!(lines(&judged)[0].starts_with("tests: 2 executed"));
}

#[test]
fn the_layer_of_the_keys_is_named_whether_the_outcome_differs_or_not() {
    let (good, bad) = (results(&[("a", TestState::Passed)]), results(&[("a", TestState::Failed)]));
    let keys = Keys {
        layer: "toolchain".to_owned(),
        ingredients: vec![("release".to_owned(), Some("1.94.0".to_owned()), Some("1.95.0".to_owned()))],
    };
    let harmless = judge("test", &side(&good, ""), &side(&good, ""), Some(&keys), &level(Accept::SameOutcome, 0));
    assert_eq!((harmless.standing, harmless.layer.as_deref()), (Standing::Same, Some("toolchain")));
    assert_eq!(lines(&harmless), ["release: 1.94.0 -> 1.95.0"]);
    let explained = judge("test", &side(&good, ""), &side(&bad, ""), Some(&keys), &level(Accept::SameOutcome, 0));
    assert_eq!((explained.standing, explained.layer.as_deref()), (Standing::Drifted, Some("toolchain")));
}

#[test]
fn differences_of_pre_images_become_those_of_a_replay() {
    let changed = |layer, name: &str, change| explain_key::Difference { layer, name: name.to_owned(), change };
    let found = [
        changed(Layer::Source, "src/lib.rs", Change::Added { new: None }),
        changed(Layer::Toolchain, "release", Change::Changed { old: Some("1".to_owned()), new: Some("2".to_owned()) }),
    ];
    let keys = Keys::of(&found).expect("they differ");
    let tests = results(&[]);
    let judged = judge("test", &side(&tests, ""), &side(&tests, ""), Some(&keys), &level(Accept::SameOutcome, 0));
    assert_eq!(judged.layer.as_deref(), Some("source"));
    assert_eq!(lines(&judged), ["source src/lib.rs: there, not there before", "toolchain release: 1 -> 2"]);
    assert_eq!(Keys::of(&[]), None);
}

#[test]
fn a_result_in_doubt_says_nothing_about_another() {
    let tests = results(&[("a", TestState::Passed)]);
    let mut doubted = side(&tests, "");
    doubted.doubts = vec!["inputs-moved"];
    let mut interrupted = side(&tests, "");
    interrupted.state = State::Interrupted;
    for other in [doubted, interrupted] {
        let judged = judge("test", &side(&tests, ""), &other, None, &level(Accept::SameOutcome, 0));
        assert_eq!(judged.standing, Standing::NotComparable);
        assert_eq!(judged.differences.len(), 1);
    }
}

#[test]
fn outputs_are_compared_where_exactness_is_asked() {
    let output = |raw: &[u8], normal: Option<&[u8]>| {
        [Output { path: "target/a.crate".to_owned(), raw: Digest::of(raw), normal: normal.map(Digest::of) }]
    };
    let (one, other, healed, meets) =
        (output(b"1", None), output(b"2", None), output(b"1", Some(b"n")), output(b"3", Some(b"n")));
    let judged = |old: &[Output], new: &[Output], accept| {
        let tests = results(&[]);
        let (mut first, mut second) = (side(&tests, ""), side(&tests, ""));
        let (first_outputs, second_outputs) = (old.to_vec(), new.to_vec());
        (first.outputs, second.outputs) = (&first_outputs, &second_outputs);
        judge("package", &first, &second, None, &level(accept, 0)).standing
    };
    assert_eq!(judged(&one, &other, Accept::Exact), Standing::Drifted);
    assert_eq!(judged(&one, &other, Accept::SameOutcome), Standing::Same);
    assert_eq!(judged(&healed, &meets, Accept::Exact), Standing::Same);
    assert_eq!(judged(&one, &[], Accept::Exact), Standing::Drifted);
}

#[test]
fn the_document_has_its_words() {
    let tests = results(&[("a", TestState::Passed)]);
    let judged = judge("test", &side(&tests, "x"), &side(&tests, "y"), None, &level(Accept::Exact, 0));
    let json = serde_json::to_value(&judged).expect("it serialises");
    assert_eq!(json["standing"], "drifted");
    assert_eq!(json["layer"], "nondeterminism");
    assert_eq!(json["differences"][0]["about"], "line");
    assert_eq!(json["differences"][0]["old"], "x");
}
