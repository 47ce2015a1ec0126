//! `doctor --loop`: for each stage what proves it, and what only seems to.

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use cargo_governed::commands::doctor_loop;
use cargo_governed::facts::Facts;
use cargo_governed::facts::kind::Kind;
use cargo_governed::facts::parse;
use cargo_governed::facts::policy::find;
use cargo_governed::facts::source::SourceFile;
use cargo_governed::facts::tree::Entry;
use cargo_governed::facts::tree::Mode;
use cargo_governed::facts::tree::Tree;
use cargo_governed::judge::operating_loop::stage;
use cargo_governed::judge::operating_loop::stage::Stage;
use cargo_governed::rules;
use support::checkout::Scratch;

const MANIFEST: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
const CI: &str = ".github/workflows/ci.yml";

/// The place that proves a stage of a tree, as `path:line`; none where it is missing.
fn source(stage: Stage, files: &[(&str, &str)]) -> Option<String> {
    let mut all: BTreeMap<&str, &str> = BTreeMap::from([("Cargo.toml", MANIFEST), ("src/lib.rs", "")]);
    all.extend(files.iter().copied());
    let entry = |path: &&str| Entry { path: (*path).into(), mode: Mode::File, id: None, tracked: true };
    let tree = Tree::new(all.keys().map(entry).collect());
    let sources = all.iter().filter_map(|(path, text)| {
        let kind = Kind::of(path);
        let content = parse::parse(kind, text.as_bytes().to_vec());
        kind.is_read().then(|| SourceFile { path: (*path).into(), kind, content: content.into() })
    });
    let facts = Facts::assemble(tree, sources);
    let policy = all.get("governed.toml").map(|text| find::read("governed.toml", text, &rules::vocabulary()));
    let policy = policy.map_or_else(Default::default, |policy| policy.expect("a right policy"));
    let proven = stage::of(&facts, &policy);
    assert_eq!(proven.iter().map(|proven| proven.stage).collect::<Vec<_>>(), Stage::ALL);
    let place = proven.into_iter().find(|proven| proven.stage == stage)?.source?;
    Some(if place.line == 0 { place.path } else { format!("{}:{}", place.path, place.line) })
}

#[track_caller]
fn check(stage: Stage, files: &[(&str, &str)], expected: Option<&str>) {
    assert_eq!(source(stage, files).as_deref(), expected, "{files:#?}");
}

/// A workflow with one job of these steps; the first step stands in line 6.
fn workflow(steps: &str) -> String {
    format!("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n{steps}")
}

#[track_caller]
fn check_step(stage: Stage, steps: &str, expected: Option<&str>) {
    check(stage, &[(CI, &workflow(steps))], expected);
}

#[test]
fn setup_is_a_toolchain_a_promise_or_a_lock() {
    check(Stage::Setup, &[], None);
    check(Stage::Setup, &[("Cargo.lock", "version = 4\n")], Some("Cargo.lock"));
    let promising = format!("{MANIFEST}rust-version = \"1.80\"\n");
    check(Stage::Setup, &[("Cargo.toml", &promising), ("Cargo.lock", "version = 4\n")], Some("Cargo.toml:5"));
    let pinned = ("rust-toolchain.toml", "[toolchain]\nchannel = \"1.90\"\n");
    check(Stage::Setup, &[("Cargo.toml", &promising), pinned], Some("rust-toolchain.toml:2"));
    let below = ("macros/rust-toolchain", "nightly\n");
    check(Stage::Setup, &[("Cargo.toml", &promising), below], Some("Cargo.toml:5"));
    check(Stage::Setup, &[("tests/fixtures/a/rust-toolchain", "nightly\n")], None);
}

#[test]
fn run_is_a_declared_step_or_a_workflow_that_runs_tests() {
    check(Stage::Run, &[], None);
    let policy = ("governed.toml", "[[step]]\nname = \"all\"\nrun = [\"make\"]\n");
    check(Stage::Run, &[policy], Some("governed.toml:2"));
    check_step(Stage::Run, "    - run: cargo test --workspace\n", Some(".github/workflows/ci.yml:6"));
    for steps in [
        "    - run: just test\n",
        "    - run: cargo nextest run\n",
        "    - run: ./ci/test.bash all\n",
        "    - run: ${{ matrix.cargo }} test --all-targets\n",
        "    - run: cargo run --manifest-path ci/Cargo.toml build-and-test\n",
        "    - {uses: actions-rs/cargo@v1, with: {command: test}}\n",
        "    - run: cargo xtask test\n",
    ] {
        check_step(Stage::Run, steps, Some(".github/workflows/ci.yml:6"));
    }
    for steps in [
        "    - run: cargo build\n",
        "    # - run: cargo test\n",
        "    - run: echo cargo test\n",
        "    - run: cargo test --no-run\n",
        "    - run: cargo test || true\n",
        "    - {run: cargo test, if: false}\n",
        "    - {run: cargo test, continue-on-error: true}\n",
        "    - {run: cargo test, if: \"github.event_name == 'schedule'\"}\n",
        "    - {uses: actions/checkout@v4, with: {repository: else/where}}\n    - run: cargo test\n",
        "    - run: cargo run --manifest-path tests/Cargo.toml\n",
    ] {
        check_step(Stage::Run, steps, None);
    }
    let both = "    - run: cd examples/a && cargo test\n    - run: cargo test nothing\n    - run: cargo test\n";
    check_step(Stage::Run, both, Some(".github/workflows/ci.yml:8"));
    check(Stage::Run, &[("ci/all.sh", "# cargo test\ncargo test\n")], Some("ci/all.sh:2"));
    let alias = (".cargo/config.toml", "[alias]\nci = \"nextest run\"\n");
    check(Stage::Run, &[alias, (CI, &workflow("    - run: cargo ci\n"))], Some(".github/workflows/ci.yml:6"));
}

#[test]
fn what_is_never_called_or_needs_what_never_runs_proves_nothing() {
    let called = "on: workflow_call\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: cargo test\n";
    let path = ".github/workflows/tests.yml";
    check(Stage::Run, &[(path, called)], None);
    let calling = "on: push\njobs:\n  a:\n    uses: ./.github/workflows/tests.yml\n";
    check(Stage::Run, &[(path, called), (CI, calling)], Some(".github/workflows/tests.yml:6"));
    let dead = "on: push\njobs:\n  a:\n    if: false\n    uses: ./.github/workflows/tests.yml\n";
    check(Stage::Run, &[(path, called), (CI, dead)], None);
    let needs = "on: push\njobs:\n  a:\n    if: false\n    runs-on: x\n  b:\n    needs: a\n    runs-on: x\n    steps:\n    - run: cargo test\n";
    check(Stage::Run, &[(CI, needs)], None);
    let action = "runs:\n  using: composite\n  steps:\n  - run: cargo test\n    shell: bash\n";
    let uses = workflow("    - uses: ./.github/actions/t\n");
    check(Stage::Run, &[(".github/actions/t/action.yml", action)], None);
    check(Stage::Run, &[(".github/actions/t/action.yml", action), (CI, &uses)], Some(".github/actions/t/action.yml:4"));
}

#[test]
fn inspect_is_a_kept_result_or_a_page_on_looking() {
    check(Stage::Inspect, &[], None);
    for steps in [
        "    - {uses: actions/upload-artifact@v4, with: {name: test-results, path: target}}\n",
        "    - uses: codecov/codecov-action@v4\n",
        "    - uses: github/codeql-action/upload-sarif@v3\n",
        "    - run: cargo governed check --emit sarif=out.sarif\n",
        "    - {name: Report, run: cat x >> $GITHUB_STEP_SUMMARY}\n",
    ] {
        check_step(Stage::Inspect, steps, Some(".github/workflows/ci.yml:6"));
    }
    for steps in [
        "    - {uses: actions/upload-artifact@v4, with: {name: app, path: dist/app.tar.gz}}\n",
        "    - {name: Install, run: echo x >> $GITHUB_STEP_SUMMARY}\n",
        "    # - uses: codecov/codecov-action@v4\n",
    ] {
        check_step(Stage::Inspect, steps, None);
    }
    let junit = "[profile.ci]\nretries = 1\n[profile.ci.junit]\npath = \"junit.xml\"\n";
    check(Stage::Inspect, &[(".config/nextest.toml", junit)], Some(".config/nextest.toml:3"));
    check(Stage::Inspect, &[("CONTRIBUTING.md", "# How to\n\n## Debugging\n")], Some("CONTRIBUTING.md:3"));
    check(Stage::Inspect, &[("docs/guide/editor.md", "# Diagnostics\n\nIn the editor.\n")], None);
    check(Stage::Inspect, &[("vendor/a/CONTRIBUTING.md", "## Debugging\n")], None);
}

#[test]
fn recover_is_written_for_maintainers() {
    check(Stage::Recover, &[], None);
    check(Stage::Recover, &[("RELEASING.md", "# Releasing\n\n## Rolling back\n")], Some("RELEASING.md:3"));
    check(Stage::Recover, &[("CONTRIBUTING.md", "# Help\n\nA bad release is yanked.\n")], Some("CONTRIBUTING.md:3"));
    let fence = "# Help\n\n```\ncargo yank --version 1\n```\n";
    check(Stage::Recover, &[("RELEASING.md", fence)], Some("RELEASING.md:4"));
    let page = ("docs/operations/failure.md", "# Failure Recovery\n");
    check(Stage::Recover, &[page], Some("docs/operations/failure.md:1"));
    check_step(Stage::Recover, "    - run: cargo yank --version $V\n", Some(".github/workflows/ci.yml:6"));
    for (path, text) in [
        ("README.md", "## Troubleshooting\n\nYou can yank and roll back.\n"),
        ("CHANGELOG.md", "## 1.0.0 (yanked)\n"),
        ("docs/keys.md", "# Yank\n"),
        ("CONTRIBUTING.md", "## Test troubleshooting\n"),
        ("tests/fixtures/a/RELEASING.md", "## Rollback\n"),
        ("CONTRIBUTING.md", "<!--\n## Rollback\n-->\n"),
    ] {
        check(Stage::Recover, &[(path, text)], None);
    }
}

#[test]
fn release_is_a_workflow_a_configuration_a_script_or_a_document() {
    check(Stage::Release, &[], None);
    for steps in [
        "    - run: cargo publish -p a\n",
        "    - run: cargo release --execute\n",
        "    - uses: release-plz/action@v1\n",
        "    - run: gh release create v1\n",
        "    - run: dist host\n",
    ] {
        check_step(Stage::Release, steps, Some(".github/workflows/ci.yml:6"));
    }
    for steps in
        ["    - run: cargo publish --dry-run\n", "    - run: gh release list\n", "    - run: cargo build --release\n"]
    {
        check_step(Stage::Release, steps, None);
    }
    check(Stage::Release, &[("release-plz.toml", "[workspace]\n")], Some("release-plz.toml"));
    let configured = format!("{MANIFEST}[package.metadata.release]\n");
    check(Stage::Release, &[("Cargo.toml", &configured)], Some("Cargo.toml:5"));
    check(Stage::Release, &[("governed.toml", "[release]\ntag = \"v{version}\"\n")], Some("governed.toml:2"));
    check(Stage::Release, &[("scripts/go.sh", "#!/bin/sh\n# cargo publish\ncargo publish\n")], Some("scripts/go.sh:3"));
    check(Stage::Release, &[("scripts/publish", "")], Some("scripts/publish"));
    check(Stage::Release, &[("CONTRIBUTING.md", "# Help\n\n## Release process\n")], Some("CONTRIBUTING.md:3"));
    check(Stage::Release, &[("CONTRIBUTING.md", "# Help\n\n## Release notes\n")], None);
    check(Stage::Release, &[("book/src/publishing.md", "# Publishing\n")], None);
    let tagged =
        "on:\n  push:\n    tags: ['v*']\njobs:\n  a:\n    runs-on: x\n    steps:\n    - uses: docker/bake-action@v6\n";
    check(Stage::Release, &[(".github/workflows/release.yml", tagged)], Some(".github/workflows/release.yml:2"));
    check(Stage::Release, &[(CI, tagged)], None);
    let (nightly, stable) = (workflow("    - run: gh release create n\n"), workflow("    - run: cargo publish\n"));
    let files =
        [(".github/workflows/nightly.yml", nightly.as_str()), (".github/workflows/release.yml", stable.as_str())];
    check(Stage::Release, &files, Some(".github/workflows/release.yml:6"));
}

#[test]
fn proof_is_a_gate_an_attestation_or_a_list_of_signers() {
    check(Stage::Proof, &[], None);
    for steps in [
        "    - run: cargo governed gate merge --base origin/main\n",
        "    - run: ~/.cargo/bin/cargo-governed run\n",
        "    - uses: cargo-governed/cargo-governed@v1\n",
        "    - uses: actions/attest-build-provenance@v2\n",
        "    - run: cosign sign --yes image\n",
    ] {
        check_step(Stage::Proof, steps, Some(".github/workflows/ci.yml:6"));
    }
    for steps in [
        "    - run: cargo governed check\n",
        "    - {uses: actions/attest@v2, if: false}\n",
        "    - uses: else/attest-build-provenance@v2\n",
    ] {
        check_step(Stage::Proof, steps, None);
    }
    check(Stage::Proof, &[(".github/allowed_signers", "")], Some(".github/allowed_signers"));
    let dist = "[dist]\n# github-attestations = true\ngithub-attestations = true\n";
    check(Stage::Proof, &[("dist-workspace.toml", dist)], Some("dist-workspace.toml:3"));
    check(Stage::Proof, &[("dist-workspace.toml", "[dist]\ngithub-attestations = false\n")], None);
}

#[test]
fn doctor_tells_each_stage_in_a_line_and_each_remedy_in_another() {
    let checkout =
        Scratch::committed(&[("Cargo.toml", MANIFEST), ("src/lib.rs", ""), ("RELEASING.md", "# Releasing\n")]);
    let diagnosis = doctor_loop::stages(checkout.path());
    let told = diagnosis.told();
    let heads: Vec<&str> = told.lines().filter(|line| !line.starts_with("   remedy: ")).collect();
    assert_eq!(heads.len(), Stage::ALL.len(), "{told}");
    assert!(told.contains("ok release: RELEASING.md:1 (says how a version comes out): # Releasing\n"), "{told}");
    assert!(told.contains("!! setup: missing\n   remedy: "), "{told}");
    assert!(!diagnosis.is_well());
    checkout.write("governed.toml", "[chek]\n");
    let broken = doctor_loop::stages(checkout.path());
    assert!(broken.examined.iter().all(|examined| examined.name == "policy") && !broken.is_well());
    assert!(!doctor_loop::stages(Path::new("/nowhere/at/all")).is_well());
}

/// Every stage has its source here: whoever takes one away is told by this.
#[test]
fn our_own_repository_proves_every_stage() {
    let told = doctor_loop::stages(Path::new(env!("CARGO_MANIFEST_DIR"))).told();
    for proven in [
        "ok setup: Cargo.toml:",
        "ok run: .github/workflows/ci.yml:",
        "ok inspect: .github/workflows/sign.yml:",
        "ok recover: docs/operations/failure-recovery.md:1 ",
        "ok release: .github/workflows/release.yml:",
        "ok proof: .github/workflows/release.yml:",
    ] {
        assert!(told.contains(proven), "`{proven}` is not in: {told}");
    }
}
