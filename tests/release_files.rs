//! What this repository's own release makes: archives that the installer and cargo-binstall find, and a proof that is signed
//! where the key is. The workflows around them are run in `own_workflows.rs`.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;

use cargo_governed::facts::digest::Digest;
use support::acting::said;
use support::checkout::Scratch;
use support::checkout::git_in;
use support::governed;
use support::keys::Keys;
use support::served::serve;
use support::tools;

/// The script that packs.
const ARCHIVE: &str = ".github/release/archive.sh";
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// What the installer takes on this machine.
const MUSL: &str = "x86_64-unknown-linux-musl";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|_| panic!("{path} can be read"))
}

/// Every target that the release workflow builds.
fn targets() -> Vec<String> {
    let text = read(".github/workflows/release.yml");
    let rows = text.lines().filter_map(|line| line.trim().strip_prefix("- target: "));
    rows.map(str::to_owned).collect()
}

/// A key of `[package.metadata.binstall]` with the places filled in.
fn binstall(key: &str, target: &str) -> String {
    let manifest = read("Cargo.toml");
    let table = manifest.split("\n[package.metadata.binstall]\n").nth(1).expect("the table");
    let begin = format!("{key} = \"");
    let value = table.lines().find_map(|line| line.strip_prefix(&begin)?.strip_suffix('"')).expect("the key");
    let end = if target.contains("windows") { ".exe" } else { "" };
    let mut text = value.to_owned();
    for (name, value) in [
        ("repo", env!("CARGO_PKG_REPOSITORY")),
        ("name", "cargo-governed"),
        ("version", VERSION),
        ("target", target),
        ("bin", "cargo-governed"),
        ("binary-ext", end),
    ] {
        text = text.replace(&format!("{{ {name} }}"), value);
    }
    assert!(!text.contains('{'), "{text}");
    text
}

/// What the script that packs reads of this repository, elsewhere, with builds that take no time.
struct Builds {
    folder: tempfile::TempDir,
}

impl Builds {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        fs::create_dir_all(folder.path().join(".github/release")).expect("a scratch folder");
        let files = ["Cargo.toml", "README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE", ARCHIVE];
        for name in files {
            fs::copy(root().join(name), folder.path().join(name)).expect("it is there");
        }
        Self { folder }
    }

    fn built(&self, target: &str, program: &[u8]) {
        let name = if target.contains("windows") { "cargo-governed.exe" } else { "cargo-governed" };
        let path = self.folder.path().join("target").join(target).join("release").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a scratch folder");
        fs::write(&path, program).expect("a scratch folder");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a scratch folder");
    }

    /// Packs into the folder `dist` of the repository, from anywhere.
    fn pack(&self, target: &str) -> Output {
        let mut command = Command::new("bash");
        command.arg(self.folder.path().join(ARCHIVE)).args([target, "dist"]).env_remove("CARGO_TARGET_DIR");
        command.current_dir("/").output().expect("bash runs")
    }

    /// Where the archive of a target must be.
    fn archive(&self, target: &str) -> PathBuf {
        let url = binstall("pkg-url", target);
        self.folder.path().join("dist").join(url.rsplit('/').next().expect("a name"))
    }
}

/// What an archive holds: paths, each with whether it can be run.
fn listed(archive: &Path) -> BTreeMap<String, bool> {
    let output = Command::new("tar").arg("-tvzf").arg(archive).output().expect("tar runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let line = |line: &str| {
        let mode = line.split(' ').next().unwrap_or_default();
        (line.rsplit(' ').next().unwrap_or_default().to_owned(), mode.starts_with("-rwx"))
    };
    text.lines().map(line).collect()
}

#[test]
fn every_archive_is_what_cargo_binstall_looks_for() {
    let builds = Builds::new();
    let targets = targets();
    assert!(targets.len() >= 6, "{targets:?}");
    for target in &targets {
        builds.built(target, b"#!/bin/sh\n");
        let packed = builds.pack(target);
        assert!(packed.status.success(), "{}", said(&packed));
        let files = listed(&builds.archive(target));
        let binary = binstall("bin-dir", target);
        let folder = binary.split('/').next().expect("a folder");
        assert_eq!(files.get(&binary), Some(&true), "{target}: {files:?}");
        for name in ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"] {
            assert!(files.contains_key(&format!("{folder}/{name}")), "{name} is missing: {files:?}");
        }
        assert_eq!(files.len(), 6, "nothing else but the folder: {files:?}");
    }
    // Without a build there is no archive.
    let nothing = Builds::new();
    assert!(!nothing.pack(MUSL).status.success());
    assert_eq!(fs::read_dir(nothing.folder.path().join("dist")).expect("a folder").count(), 0);
}

#[test]
fn what_is_packed_is_installed_by_its_digest() {
    let builds = Builds::new();
    builds.built(MUSL, &fs::read(env!("CARGO_BIN_EXE_cargo-governed")).expect("the binary"));
    assert!(builds.pack(MUSL).status.success());
    let bytes = fs::read(builds.archive(MUSL)).expect("an archive");
    let line = format!("{}  cargo-governed-{VERSION}-{MUSL}.tar.gz\n", Digest::of(&bytes).hex());
    let server = serve(200, bytes);
    let (code, told) = install(&line, &server);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains(&format!("cargo-governed {VERSION} at ")), "{told}");
    let other = if line.starts_with('0') { "1" } else { "0" };
    let (code, told) = install(&format!("{other}{}", &line[1..]), &server);
    assert!(code == 4 && told.contains("has the digest"), "{told}");
}

#[test]
fn what_the_installer_names_is_built() {
    let script = read(".github/action/install.sh");
    let named: Vec<&str> = script.lines().filter_map(|line| line.split("target=").nth(1)).collect();
    let named: Vec<&str> =
        named.iter().map(|rest| rest.split(' ').next().unwrap_or_default()).filter(|name| !name.is_empty()).collect();
    assert!(named.len() >= 5, "{named:?}");
    let targets = targets();
    for name in named {
        assert!(targets.iter().any(|target| target == name), "{name} is in no row of the release workflow");
    }
    assert!(script.contains("archive=cargo-governed-$version-$target.tar.gz"));
    assert!(binstall("pkg-url", MUSL).ends_with(&format!("/v{VERSION}/cargo-governed-{VERSION}-{MUSL}.tar.gz")));
}

/// The Action of a commit that knows a digest, on a runner that downloads from a server; exit code, output.
fn install(checksums: &str, server: &str) -> (i32, String) {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let action = folder.path().join("action/.github/action");
    fs::create_dir_all(&action).expect("a scratch folder");
    fs::copy(root().join("Cargo.toml"), folder.path().join("action/Cargo.toml")).expect("a manifest");
    fs::copy(root().join(".github/action/install.sh"), action.join("install.sh")).expect("the script");
    fs::write(action.join("checksums.txt"), checksums).expect("a scratch folder");
    let output = Command::new("bash")
        .arg(action.join("install.sh"))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("GITHUB_OUTPUT", folder.path().join("outputs"))
        .env("RUNNER_TEMP", folder.path())
        .env("RUNNER_TOOL_CACHE", folder.path().join("tools"))
        .envs([("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X64"), ("GOVERNED_DOWNLOAD_SERVER", server)])
        .current_dir(folder.path())
        .output()
        .expect("bash runs");
    (output.status.code().expect("an exit code"), said(&output))
}

/// A repository whose run was exported, as the first job of a release does it.
fn exported(keys: &Keys, into: &Path) -> Scratch {
    let step = governed::step("says", "echo hello", "");
    let signers = format!("me@example.com {}\n", keys.public("me"));
    let place = governed::place(&step, &[(".github/allowed_signers", &signers)]);
    let ran = governed::governed(&place, &["run", "--base", "main"]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    let ran = governed::governed(&place, &["prove", "--export", &into.display().to_string()]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    place
}

/// What the second job does, on a machine that has nothing but the commit and the export.
fn sign(clone: &Path, run: &Path, key: &str, into: &Path, scratch: &Path) -> Output {
    sign_by(Path::new(env!("CARGO_BIN_EXE_cargo-governed")), clone, run, key, into, scratch)
}

fn sign_by(tool: &Path, clone: &Path, run: &Path, key: &str, into: &Path, scratch: &Path) -> Output {
    Command::new("bash")
        .arg(root().join(".github/release/sign.sh"))
        .args([tool, run, into])
        .current_dir(clone)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", scratch)
        .env("TMPDIR", scratch)
        .env("KEY", key)
        .output()
        .expect("bash runs")
}

#[test]
fn the_key_signs_in_a_job_of_its_own_and_is_left_nowhere() {
    let outside = tempfile::tempdir().expect("a scratch folder");
    let at = |name: &str| outside.path().join(name);
    let keys = Keys::new();
    keys.make("me", "ed25519");
    keys.make("other", "ed25519");
    let place = exported(&keys, &at("governed.tar"));
    git_in(outside.path(), &["clone", "-q", &place.path().display().to_string(), "clone"]);
    fs::create_dir(at("scratch")).expect("a scratch folder");
    let text = |name: &str| fs::read_to_string(keys.path(name)).expect("a key");
    let gate = |proof: &Path| {
        let proof = proof.display().to_string();
        let words = ["gate", "release", "--base", "origin/main", "--proof", &proof];
        support::tool::governed(&at("clone"), &words)
    };
    // A secret of GitHub has lost its last line end.
    let signed = sign(&at("clone"), &at("governed.tar"), text("me").trim_end(), &at("signed"), &at("scratch"));
    assert!(signed.status.success(), "{}", said(&signed));
    assert!(!said(&signed).contains("PRIVATE"), "{}", said(&signed));
    assert_eq!(fs::read_dir(at("scratch")).expect("a folder").count(), 0, "the key is gone");
    let ran = gate(&at("signed/proof.intoto.jsonl"));
    assert_eq!(ran.code, 0, "{ran:#?}");

    // Whoever is not named by the base signs for nobody.
    let signed = sign(&at("clone"), &at("governed.tar"), &text("other"), &at("others"), &at("scratch"));
    let proof = at("others/proof.intoto.jsonl");
    assert!(!signed.status.success() || gate(&proof).code == 1, "{}", said(&signed));
    for key in ["", "no key"] {
        let failed = sign(&at("clone"), &at("governed.tar"), key, &at("none"), &at("scratch"));
        assert!(!failed.status.success() && !at("none/proof.intoto.jsonl").exists(), "{}", said(&failed));
        assert_eq!(fs::read_dir(at("scratch")).expect("a folder").count(), 0, "nothing is left");
    }
}

/// Beside the script and the tool that it is given, nothing is executed where the key is, whatever is checked in.
#[test]
fn signing_starts_nothing_but_the_tool_and_the_machine_s_ssh_keygen() {
    let Some(strace) = tools::find("strace") else { return };
    let outside = tempfile::tempdir().expect("a scratch folder");
    let at = |name: &str| outside.path().join(name);
    let keys = Keys::new();
    keys.make("me", "ed25519");
    let place = exported(&keys, &at("governed.tar"));
    git_in(outside.path(), &["clone", "-q", &place.path().display().to_string(), "clone"]);
    fs::create_dir(at("scratch")).expect("a scratch folder");
    let script = format!(
        "#!/bin/sh\nexec '{}' -f -qq -A -e trace=execve,execveat -o '{}' '{}' \"$@\"\n",
        strace.display(),
        at("started").display(),
        env!("CARGO_BIN_EXE_cargo-governed")
    );
    fs::write(at("tool"), script).expect("a scratch folder");
    let key = fs::read_to_string(keys.path("me")).expect("a key");
    let signed = sign_by(&at("tool"), &at("clone"), &at("governed.tar"), &key, &at("signed"), &at("scratch"));
    assert!(signed.status.success() && at("signed/proof.intoto.jsonl").exists(), "{}", said(&signed));
    let started = fs::read_to_string(at("started")).expect("what was started");
    let started: Vec<&str> = started.lines().filter(|line| line.contains("exec")).collect();
    // Once to join the run, once to sign it by the machine's own ssh-keygen.
    let programs: Vec<&str> = started.iter().filter_map(|line| line.split('"').nth(1)).collect();
    let names: Vec<&str> = programs.iter().filter_map(|path| path.rsplit('/').next()).collect();
    assert_eq!(names, ["cargo-governed", "cargo-governed", "ssh-keygen"], "{started:#?}");
    assert!(programs.iter().all(|path| !Path::new(path).starts_with(at("clone"))), "{started:#?}");
}
