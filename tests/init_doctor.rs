//! `init` and `doctor` on scratch folders.

mod support;

use std::fs;
use std::path::Path;

use cargo_governed::commands::doctor;
use cargo_governed::commands::doctor::Surroundings;
use cargo_governed::commands::init;
use cargo_governed::commands::init::Mode;
use cargo_governed::commands::init_github;
use cargo_governed::judge::workflow_proposal::texts::Part;
use support::checkout::git_in;

/// What a registry asks for.
const HEAD: &str =
    "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\ndescription = \"A.\"\nlicense = \"MIT\"\n";

fn package(folder: &Path) {
    fs::write(folder.join("Cargo.toml"), HEAD).expect("a scratch folder");
    fs::create_dir(folder.join("src")).expect("a scratch folder");
    fs::write(folder.join("src/lib.rs"), "").expect("a scratch folder");
}

#[test]
fn init_writes_once_and_never_over_a_policy() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    package(scratch.path());
    let file = scratch.path().join("governed.toml");
    let dry = init::init(scratch.path(), Mode::DryRun).expect("a scratch folder");
    assert!(!file.exists() && !dry.written && dry.difference.starts_with("+ "));
    let first = init::init(scratch.path(), Mode::Write).expect("a scratch folder");
    assert!(first.written);
    assert_eq!(fs::read_to_string(&file).expect("a scratch folder"), first.text);
    assert_eq!(first.text, dry.text);
    let again = init::init(scratch.path(), Mode::Write).expect("a scratch folder");
    assert_eq!((again.written, again.kept.as_deref()), (false, Some("governed.toml")));
    assert_eq!(again.difference, "");
    fs::write(&file, "[check]\nfail-on = \"warn\"\n").expect("a scratch folder");
    let other = init::init(scratch.path(), Mode::Write).expect("a scratch folder");
    assert!(!other.written && other.difference.contains("- fail-on = \"warn\""), "{}", other.difference);
    assert_eq!(fs::read_to_string(&file).expect("a scratch folder"), "[check]\nfail-on = \"warn\"\n");
    fs::write(&file, "[chek]\n").expect("a scratch folder");
    let error = init::init(scratch.path(), Mode::Write).expect_err("a broken policy");
    assert_eq!((error.exit, error.place.as_deref()), (2, Some("governed.toml:1:2")));
}

const ALL: [Part; 3] = [Part::Check, Part::Gate, Part::Release];

/// The workflows of a folder, by name.
fn workflows(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join(".github/workflows")).into_iter().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect();
    names.sort();
    names
}

#[test]
fn init_github_writes_once_and_names_what_a_person_must_set() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    package(scratch.path());
    let file = scratch.path().join(".github/workflows/governed.yml");
    let told = init_github::write(scratch.path(), Mode::DryRun, &ALL).expect("a scratch folder");
    assert!(!file.exists() && told.contains("would be written") && told.contains("+ name: governed"), "{told}");
    let told = init_github::write(scratch.path(), Mode::Write, &ALL).expect("a scratch folder");
    assert_eq!(
        workflows(scratch.path()),
        ["governed.yml", "proven.yml", "release-pr.yml", "release.yml", "sign.yml"],
        "{told}"
    );
    for setting in [
        "require the status checks `governed` and `gate`",
        "allow GitHub Actions to create and approve pull requests",
        "Environments: make `release`",
        "GOVERNED_SIGNING_KEY",
        ".github/allowed_signers",
        "Trusted Publishing",
        "witnesses = [",
    ] {
        assert!(told.contains(setting), "{setting}: {told}");
    }
    let told = init_github::write(scratch.path(), Mode::Write, &ALL).expect("a scratch folder");
    assert_eq!(told.matches("is what would be proposed now\n").count(), 5, "{told}");
    fs::write(&file, "on: push\n").expect("a scratch folder");
    let told = init_github::write(scratch.path(), Mode::Write, &ALL).expect("a scratch folder");
    assert!(told.contains("stays as it is") && told.contains("- on: push"), "{told}");
    assert_eq!(fs::read_to_string(&file).expect("a scratch folder"), "on: push\n");
}

#[test]
fn init_github_proposes_what_the_packages_need() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    package(scratch.path());
    let told = init_github::write(scratch.path(), Mode::Write, &[Part::Check]).expect("a scratch folder");
    assert_eq!(workflows(scratch.path()), ["governed.yml"]);
    assert!(told.contains("require the status check `governed`") && !told.contains("Environments"), "{told}");
    let release = scratch.path().join(".github/workflows/release.yml");
    let write = |manifest: &str| {
        let _ = fs::remove_file(&release);
        fs::write(scratch.path().join("Cargo.toml"), manifest).expect("a scratch folder");
        let told = init_github::write(scratch.path(), Mode::Write, &[Part::Release]).expect("a scratch folder");
        (fs::read_to_string(&release).unwrap_or_default(), told)
    };
    let head = HEAD;
    let (text, told) = write(&format!("{head}publish = false\n"));
    assert!(text.is_empty() && told.contains("no package of the workspace can be published"), "{told}");
    // A library has nothing to build.
    let (text, _) = write(head);
    assert!(!text.contains("binaries") && text.contains("crates-io-auth-action"), "{text}");
    fs::write(scratch.path().join("src/main.rs"), "fn main() {}\n").expect("a scratch folder");
    let more = "publish = [\"my-own\"]\n[[bin]]\nname = \"b\"\npath = \"src/main.rs\"\n";
    let (text, told) = write(&format!("{head}{more}"));
    assert!(text.contains("--package a --bins") && text.contains("for name in b; do"), "{text}");
    assert!(!text.contains("--locked") && !text.contains("crates-io-auth-action"), "{text}");
    assert!(text.contains("CARGO_REGISTRIES_MY_OWN_TOKEN: ${{ secrets.CARGO_REGISTRIES_MY_OWN_TOKEN }}"), "{text}");
    assert!(told.contains("CARGO_REGISTRIES_MY_OWN_TOKEN") && !told.contains("Trusted Publishing"), "{told}");
    fs::write(scratch.path().join("Cargo.lock"), "version = 4\n").expect("a scratch folder");
    assert!(write(&format!("{head}{more}")).0.contains("--release --locked --package a"));
    // Names that a shell would read go into no script.
    let (text, _) = write(&format!("{head}[[bin]]\nname = \"$(id)\"\npath = \"src/main.rs\"\n"));
    assert!(!text.contains("id)") && !text.contains("binaries"), "{text}");
}

#[test]
fn init_github_writes_no_release_that_could_not_run() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    package(scratch.path());
    let told = |manifest: &str| {
        fs::write(scratch.path().join("Cargo.toml"), manifest).expect("a scratch folder");
        init_github::write(scratch.path(), Mode::Write, &[Part::Release]).expect("a scratch folder")
    };
    // The Action names no registry: which one is meant, nobody knows.
    let several = told(&format!("{HEAD}publish = [\"my-reg\", \"crates-io\"]\n"));
    assert!(several.contains("a (my-reg, crates-io) allows several registries"), "{several}");
    assert!(several.contains("release publish --registry NAME"), "{several}");
    assert!(!several.contains("TOKEN") && !several.contains("Environments"), "{several}");
    // What `release plan` leaves out, a workflow can't release.
    let left = told(&HEAD.replace("license = \"MIT\"\n", ""));
    assert!(left.contains("a is left out: no tag names it, and it lacks what a registry asks for"), "{left}");
    let left = told(&HEAD.replace("0.1.0", "0.0.0"));
    assert!(left.contains("a is left out: its version is 0.0.0"), "{left}");
    assert_eq!(workflows(scratch.path()), [""; 0]);
}

#[test]
fn init_github_takes_the_branch_that_git_knows() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    package(scratch.path());
    git_in(scratch.path(), &["init", "-q", "-b", "master"]);
    let proposed = || init_github::write(scratch.path(), Mode::DryRun, &[Part::Check]).expect("a scratch folder");
    assert!(proposed().contains("branches: [master]"), "{}", proposed());
    git_in(scratch.path(), &["symbolic-ref", "HEAD", "refs/heads/a-topic"]);
    assert!(proposed().contains("branches: [main]"), "{}", proposed());
    git_in(scratch.path(), &["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/next"]);
    assert!(proposed().contains("branches: [next]"), "{}", proposed());
}

#[cfg(unix)]
#[test]
fn init_github_writes_through_no_link() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let elsewhere = tempfile::tempdir().expect("a scratch folder");
    package(scratch.path());
    std::os::unix::fs::symlink(elsewhere.path(), scratch.path().join(".github")).expect("a scratch folder");
    assert!(init_github::write(scratch.path(), Mode::Write, &ALL).is_err());
    assert_eq!(fs::read_dir(elsewhere.path()).expect("a scratch folder").count(), 0);
}

#[test]
fn init_leaves_a_policy_in_a_manifest_alone() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    package(scratch.path());
    let manifest = scratch.path().join("Cargo.toml");
    let mut text = fs::read_to_string(&manifest).expect("a scratch folder");
    text.push_str("[package.metadata.governed.check]\nfail-on = \"warn\"\n");
    fs::write(&manifest, &text).expect("a scratch folder");
    let kept = init::init(scratch.path(), Mode::Write).expect("a scratch folder");
    assert_eq!(kept.kept.as_deref(), Some("Cargo.toml"));
    assert!(!scratch.path().join("governed.toml").exists());
}

fn remedies(folder: &Path, surroundings: &Surroundings) -> Vec<String> {
    let diagnosis = doctor::doctor(folder, surroundings);
    let ill = diagnosis.examined.iter().filter(|examined| examined.remedy.is_some());
    let found: Vec<String> = ill.map(|examined| format!("{}: {}", examined.name, examined.seen)).collect();
    assert_eq!(found.is_empty(), diagnosis.is_well());
    assert_eq!(diagnosis.told().matches("   remedy: ").count(), found.len());
    found
}

#[cfg(unix)]
fn tools(folder: &Path) -> Surroundings {
    use std::os::unix::fs::PermissionsExt;
    for name in ["git", "cargo", "rustfmt", "cargo-clippy"] {
        let path = folder.join(name);
        // A program that would fail if it were run: doctor only looks it up.
        fs::write(&path, "#!/bin/sh\nexit 99\n").expect("a scratch folder");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a scratch folder");
    }
    Surroundings { search_path: folder.as_os_str().to_owned(), cargo_home: None }
}

#[cfg(unix)]
#[test]
fn doctor_names_each_ailment_with_a_remedy() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let programs = tempfile::tempdir().expect("a scratch folder");
    package(scratch.path());
    let repository = git2::Repository::init(scratch.path()).expect("a repository");
    let author = git2::Signature::now("a", "a@example.org").expect("a signature");
    let tree = repository.treebuilder(None).and_then(|builder| builder.write()).expect("an empty tree");
    let tree = repository.find_tree(tree).expect("the tree");
    repository.commit(Some("HEAD"), &author, &author, "Begin", &tree, &[]).expect("a commit");
    let surroundings = tools(programs.path());
    assert_eq!(remedies(scratch.path(), &surroundings), [""; 0]);
    fs::remove_file(programs.path().join("rustfmt")).expect("a scratch folder");
    fs::write(scratch.path().join("governed.toml"), "[chek]\n[rules]\nx = 1\n").expect("a scratch folder");
    fs::write(scratch.path().join("rust-toolchain.toml"), "[toolchain]\npath = \"./tools\"\n")
        .expect("a scratch folder");
    fs::create_dir(scratch.path().join(".cargo")).expect("a scratch folder");
    fs::write(scratch.path().join(".cargo/config.toml"), "[alias]\ngoverned = \"run --\"\n").expect("a scratch folder");
    fs::write(scratch.path().join("CHANGELOG.md"), "# Changelog\n").expect("a scratch folder");
    let found = remedies(scratch.path(), &surroundings);
    let expected = [
        "tool: rustfmt is not on the path",
        "tags: there is a changelog and not one tag",
        "toolchain: rust-toolchain.toml takes cargo and rustc from `./tools`",
        "alias: ",
        "policy: governed.toml:1:2: could not read the policy: the policy has no key `chek`",
        "policy: governed.toml:3:1: ",
    ];
    for start in expected {
        assert_eq!(found.iter().filter(|line| line.starts_with(start)).count(), 1, "{start}\n{found:#?}");
    }
    assert_eq!(found.len(), 7, "{found:#?}");
}

#[test]
fn doctor_answers_outside_a_repository() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let found = remedies(scratch.path(), &Surroundings::default());
    assert!(found.iter().any(|line| line.starts_with("git: there is no git repository")), "{found:#?}");
    let nowhere = remedies(&scratch.path().join("missing"), &Surroundings::default());
    assert!(nowhere.iter().any(|line| line.starts_with("tree: ")), "{nowhere:#?}");
}
