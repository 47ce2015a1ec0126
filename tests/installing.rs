//! How the Action installs the binary: by path, by cache, by a download whose digest is known, and by nothing else.
#![cfg(target_os = "linux")]

mod support;

use std::path::Path;
use std::process::Command;

use support::served::serve;

const VERSION: &str = "9.9.9";

struct Installing {
    folder: tempfile::TempDir,
}

/// What the script came to: exit code, what it said, its outputs.
struct Installed {
    code: i32,
    said: String,
    outputs: String,
}

impl Installing {
    /// The Action with the digests that its commit knows.
    fn new(checksums: &str) -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let action = folder.path().join("action/.github/action");
        std::fs::create_dir_all(&action).expect("a scratch folder");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        std::fs::copy(root.join("Cargo.toml"), folder.path().join("action/Cargo.toml")).expect("a manifest");
        std::fs::copy(root.join(".github/action/install.sh"), action.join("install.sh")).expect("the script");
        std::fs::write(action.join("checksums.txt"), checksums).expect("a scratch folder");
        Self { folder }
    }

    fn run(&self, variables: &[(&str, &str)]) -> Installed {
        let at = |name: &str| self.folder.path().join(name);
        let _ = std::fs::remove_file(at("outputs"));
        let output = Command::new("bash")
            .args(["--noprofile", "--norc"])
            .arg(at("action/.github/action/install.sh"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("GITHUB_OUTPUT", at("outputs"))
            .env("RUNNER_TEMP", self.folder.path())
            .env("RUNNER_TOOL_CACHE", at("tools"))
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64")
            .envs(variables.iter().copied())
            .current_dir(self.folder.path())
            .output()
            .expect("bash runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        let outputs = std::fs::read_to_string(at("outputs")).unwrap_or_default();
        Installed { code: output.status.code().expect("an exit code"), said, outputs }
    }
}

/// An archive as a release has it, with a program that tells its version.
fn archive(folder: &Path) -> Vec<u8> {
    let name = format!("cargo-governed-{VERSION}-x86_64-unknown-linux-musl");
    std::fs::create_dir(folder.join(&name)).expect("a scratch folder");
    let program = format!("#!/bin/sh\necho cargo-governed {VERSION}\n");
    std::fs::write(folder.join(&name).join("cargo-governed"), program).expect("a scratch folder");
    let made = Command::new("tar").args(["-czf", "made.tar.gz", &name]).current_dir(folder).status();
    assert!(made.expect("tar runs").success());
    std::fs::read(folder.join("made.tar.gz")).expect("an archive")
}

fn line(digest: &str) -> String {
    format!("{digest}  cargo-governed-{VERSION}-x86_64-unknown-linux-musl.tar.gz\n")
}

#[test]
fn a_download_is_run_only_with_its_digest_and_then_from_the_cache() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let bytes = archive(scratch.path());
    let digest = cargo_governed::facts::digest::Digest::of(&bytes).hex();
    let installing = Installing::new(&line(&digest));
    let server = serve(200, bytes.clone());
    let variables = [("INPUT_VERSION", VERSION), ("GOVERNED_DOWNLOAD_SERVER", server.as_str())];
    let installed = installing.run(&variables);
    assert_eq!(installed.code, 0, "{}", installed.said);
    assert!(installed.outputs.contains(&format!("version={VERSION}\n")), "{}", installed.outputs);
    // Nobody listens any more: the cache serves.
    let installed = installing.run(&[("INPUT_VERSION", VERSION), ("GOVERNED_DOWNLOAD_SERVER", "http://127.0.0.1:1")]);
    assert_eq!(installed.code, 0, "{}", installed.said);

    let other = Installing::new(&line(&"0".repeat(64)));
    let refused = other.run(&variables);
    assert_eq!((refused.code, refused.outputs.as_str()), (4, ""), "{}", refused.said);
    assert!(refused.said.contains(&digest) && refused.said.contains("checksums.txt says 000"), "{}", refused.said);
    assert!(!other.folder.path().join("tools/cargo-governed/9.9.9/X64/cargo-governed").exists());
}

#[test]
fn an_error_page_is_no_archive_and_no_release_is_no_download() {
    let installing = Installing::new(&line(&"0".repeat(64)));
    let server = serve(404, b"<html>not found".to_vec());
    let failed = installing.run(&[("INPUT_VERSION", VERSION), ("GOVERNED_DOWNLOAD_SERVER", &server)]);
    assert_eq!(failed.code, 4, "{}", failed.said);
    assert!(failed.said.contains("could not be downloaded"), "{}", failed.said);
    let failed = Installing::new("").run(&[("INPUT_VERSION", VERSION)]);
    assert_eq!(failed.code, 4);
    assert!(failed.said.contains("is named in checksums.txt") && failed.said.contains("fallback"), "{}", failed.said);
}

#[test]
fn inputs_are_values_and_never_code() {
    let installing = Installing::new("");
    for bad in ["$(touch x)", "1.0/../../x", "1;touch x", "`touch x`"] {
        assert_eq!(installing.run(&[("INPUT_VERSION", bad)]).code, 4, "{bad}");
        assert_eq!(installing.run(&[("INPUT_FALLBACK", bad)]).code, 4, "{bad}");
        assert_eq!(installing.run(&[("INPUT_BIN", bad)]).code, 4, "{bad}");
    }
    assert!(!installing.folder.path().join("x").exists());
    let ours = env!("CARGO_BIN_EXE_cargo-governed");
    let installed = installing.run(&[("INPUT_BIN", ours)]);
    assert_eq!(installed.code, 0, "{}", installed.said);
    assert!(installed.outputs.contains(&format!("bin={ours}\n")), "{}", installed.outputs);
    assert_eq!(installing.run(&[("INPUT_BIN", "/bin/true")]).code, 4, "another program is none of ours");
}

#[test]
fn whatever_goes_wrong_is_our_own_work() {
    let installing = Installing::new(&line(&"0".repeat(64)));
    let failed = installing.run(&[("INPUT_VERSION", VERSION), ("RUNNER_TEMP", "/nowhere/at/all")]);
    assert_eq!(failed.code, 4, "{}", failed.said);
    assert!(failed.said.contains("::error title=cargo governed%3A not-installed::"), "{}", failed.said);
    // A cargo that fails as cargo does.
    let tools = tempfile::tempdir().expect("a scratch folder");
    let cargo = tools.path().join("cargo");
    std::fs::write(&cargo, "#!/bin/sh\nexit 101\n").expect("a scratch folder");
    let made = Command::new("chmod").arg("+x").arg(&cargo).status();
    assert!(made.expect("chmod runs").success());
    let path = format!("{}:{}", tools.path().display(), std::env::var("PATH").unwrap_or_default());
    let failed =
        Installing::new("").run(&[("INPUT_VERSION", VERSION), ("INPUT_FALLBACK", "cargo-install"), ("PATH", &path)]);
    assert_eq!(failed.code, 4, "{}", failed.said);
}
