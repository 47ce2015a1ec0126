//! A repository in which a disaster is staged, and a shell that types what `recover` prints.

use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;

use super::support::checkout::Scratch;
use super::support::governed::keeps_to_its_schema;
use super::support::tool;
use super::support::tool::Ran;

const MANIFEST: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
/// A user without rights, where the tests run as the administrator.
const NOBODY: &str = "65534";

/// Who types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Whoever runs the tests.
    Tester,
    /// Somebody whom permissions hold back.
    User,
    /// Somebody whom nothing holds back.
    Root,
}

/// A repository, a home, and a folder of programs with ours.
pub(crate) struct Stage {
    pub(crate) scratch: Scratch,
    around: tempfile::TempDir,
    pub(crate) who: Who,
}

/// Whether the tests run as the administrator.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Whether something can be done as the administrator.
pub(crate) fn can_be_root() -> bool {
    let sudo = || Command::new("sudo").args(["-n", "true"]).stderr(Stdio::null()).status();
    is_root() || sudo().is_ok_and(|status| status.success())
}

impl Stage {
    /// A repository with one declared step, which runs this script.
    pub(crate) fn new(script: &str, more: &str) -> Self {
        let policy = format!(
            "[run]\ninfer = false\n[[step]]\nname = \"works\"\nrun = [\"sh\", \"-c\", '''{script}''']\n{more}\n"
        );
        let scratch = Scratch::committed(&[
            ("Cargo.toml", MANIFEST),
            ("src/lib.rs", "//! A.\n"),
            ("docs/one.md", "one\n"),
            (".gitignore", "/target\n"),
            ("governed.toml", &policy),
        ]);
        let around = tempfile::tempdir().expect("a folder");
        let stage = Self { scratch, around, who: Who::Tester };
        let programs = stage.around.path().join("programs");
        std::fs::create_dir(&programs).expect("a folder");
        std::fs::create_dir(stage.home()).expect("a folder");
        std::fs::copy(env!("CARGO_BIN_EXE_cargo-governed"), programs.join("cargo-governed")).expect("a copy");
        let cargo = programs.join("cargo");
        std::fs::write(&cargo, "#!/bin/sh\nexec cargo-governed \"$@\"\n").expect("a file");
        mode(&cargo, 0o755);
        stage
    }

    fn home(&self) -> PathBuf {
        self.around.path().join("home")
    }

    pub(crate) fn record(&self) -> PathBuf {
        self.scratch.at(".git/governed")
    }

    /// Gives everything to somebody whom permissions hold back, and lets him type.
    pub(crate) fn hand_over(&mut self) {
        self.who = Who::User;
        if is_root() {
            for path in [self.scratch.path(), &self.home()] {
                give(path, NOBODY);
            }
            mode(self.around.path(), 0o755);
        }
    }

    /// A command in the shell, in the repository.
    pub(crate) fn command(&self, line: &str, who: Who) -> Command {
        let mut words: Vec<&str> = Vec::new();
        match who {
            Who::User if is_root() => {
                words.extend(["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]);
            }
            Who::Root if !is_root() => words.extend(["sudo", "-n"]),
            _ => {}
        }
        words.extend(["bash", "-c", line]);
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).env_clear().current_dir(self.scratch.path());
        command.env("PATH", format!("{}:{path}", self.around.path().join("programs").display()));
        command.env("HOME", self.home()).env("GIT_CONFIG_NOSYSTEM", "1").stdin(Stdio::null());
        command
    }

    /// Types a line as whoever types here.
    pub(crate) fn types(&self, line: &str) -> Ran {
        tool::of(self.output(line, self.who))
    }

    fn output(&self, line: &str, who: Who) -> Output {
        self.command(line, who).output().expect("a shell")
    }

    /// Begins a line and goes on.
    pub(crate) fn begins(&self, line: &str) -> Child {
        let mut command = self.command(line, self.who);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a shell")
    }

    /// The bytes of the ledger.
    pub(crate) fn ledger(&self) -> Vec<u8> {
        std::fs::read(self.record().join("ledger.jsonl")).expect("a ledger")
    }

    pub(crate) fn set_ledger(&self, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.record().join("ledger.jsonl"), bytes).expect("a writable ledger");
    }

    /// Types what `recover` prints, in that order, and nothing else. Gives what it said, and the commands with the names
    /// of this stage replaced by words.
    #[track_caller]
    pub(crate) fn mend(&self) -> (String, Vec<String>) {
        let document = self.types("cargo governed recover --format json").stdout;
        let document = serde_json::from_str::<Value>(&document).expect("JSON");
        keeps_to_its_schema(&document);
        let told = self.types("cargo governed recover").stdout;
        let mut typed = Vec::new();
        let next = document["next"].as_array().expect("commands").iter();
        for command in next.filter_map(|next| next["command"].as_str()) {
            assert!(told.contains(&format!(" {command}\n")), "programs and people get the same commands: {told}");
        }
        for line in told.lines() {
            let (who, command) = match (line.strip_prefix("  $ "), line.strip_prefix("  # ")) {
                (Some(command), _) => (self.who, command),
                (None, Some(command)) => (Who::Root, command),
                (None, None) => continue,
            };
            let output = self.output(command, who);
            assert!(output.status.success(), "`{command}`: {output:?}\nafter: {told}");
            let pid = command.strip_prefix("kill ");
            if let Some(pid) = pid {
                eventually("the process ends", || !Path::new("/proc").join(pid).exists() || is_zombie(pid));
            }
            let command = command.replace(&*self.record().to_string_lossy(), "RECORD");
            let command = command.replace(&*self.scratch.path().to_string_lossy(), "FOLDER");
            let command = pid.map_or(command, |_| "kill PID".to_owned());
            let is_owner = command.starts_with("chown -R ");
            typed.push(if is_owner { "as root: chown -R USER:GROUP RECORD".to_owned() } else { command });
        }
        (told, typed)
    }
}

fn is_zombie(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "))
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn eventually(what: &str, holds: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < until, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub(crate) fn mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("it is ours");
}

/// Gives a folder with all below it to a user, as the administrator.
pub(crate) fn give(path: &Path, user: &str) {
    let mut words = if is_root() { vec![] } else { vec!["sudo", "-n"] };
    let owner = format!("{user}:{user}");
    let path = path.to_string_lossy();
    words.extend(["chown", "-R", &owner, &path]);
    let status = Command::new(words[0]).args(&words[1..]).status();
    assert!(status.is_ok_and(|status| status.success()), "{words:?}");
}
