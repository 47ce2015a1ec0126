//! What a cargo command asks for: subcommand, packages, features, targets, filters. Also through `hack`, `nextest`, `cross`.

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::shell::lexer::Word;
use crate::facts::shell::script::Command;

/// A cargo command, read as cargo reads it. Words that only a run knows are kept as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CargoCall {
    /// The toolchain of `cargo +nightly` or `rustup run nightly cargo`, without the `+`.
    pub toolchain: Option<Word>,
    /// What stands between cargo and the subcommand: `hack`, `nextest`, `llvm-cov`, `miri`.
    pub wrapper: Option<String>,
    /// Whether the program is `cross`, which runs in a container.
    pub cross: bool,
    /// The subcommand with its alias put in full: `test` for `t`. Empty where none is known.
    pub subcommand: String,
    /// Where the subcommand stands.
    pub subcommand_span: Span,
    /// `-p`, `--package`; also `-p name@version` as written.
    pub packages: Vec<Word>,
    /// `--exclude`.
    pub excluded: Vec<Word>,
    /// `--features`, one by one.
    pub features: Vec<Word>,
    /// `--all-features`.
    pub all_features: bool,
    /// `--no-default-features`.
    pub no_default_features: bool,
    /// `--workspace` or `--all`.
    pub workspace: bool,
    /// `--manifest-path`.
    pub manifest_path: Option<Word>,
    /// `-C`.
    pub folder: Option<Word>,
    /// `--test`.
    pub tests: Vec<Word>,
    /// `--bin`.
    pub bins: Vec<Word>,
    /// `--example`.
    pub examples: Vec<Word>,
    /// `--bench`.
    pub benches: Vec<Word>,
    /// The switches that pick targets by kind, with `--`: `--lib`, `--bins`, `--tests`, `--all-targets`, `--doc`, ...
    pub switches: Vec<Word>,
    /// `--target`: triples.
    pub targets: Vec<Word>,
    /// What stands alone before `--`: test filters of `test`, crates of `add` and `install`, arguments of `run`.
    pub operands: Vec<Word>,
    /// What stands behind `--`.
    pub rest: Vec<Word>,
    /// Flags that this list does not know, as written.
    pub other: Vec<Word>,
    /// Whether a word stands alone that a run may replace by any flags: `$ARGS`, `${{ matrix.flags }}`.
    pub open: bool,
    /// The whole command.
    pub span: Span,
}

const ALIASES: &[(&str, &str)] =
    &[("b", "build"), ("c", "check"), ("t", "test"), ("r", "run"), ("d", "doc"), ("rm", "remove")];
const WRAPPERS: &[&str] = &[
    "hack",
    "nextest",
    "llvm-cov",
    "miri",
    "careful",
    "tarpaulin",
    "ndk",
    "valgrind",
    "zigbuild",
    "minimal-versions",
    "both",
    "auditable",
];
/// Subcommands that may stand behind a wrapper; anything else there is a flag or an operand.
const WRAPPED: &[&str] = &[
    "build", "check", "clippy", "test", "bench", "run", "doc", "nextest", "rustdoc", "rustc", "fmt", "install", "list",
    "archive", "setup", "report", "clean", "show-env", "b", "c", "t", "r", "d",
];
const WITH_VALUE: &[&str] = &[
    "--profile",
    "-j",
    "--jobs",
    "--target-dir",
    "--message-format",
    "--color",
    "--config",
    "-Z",
    "--lockfile-path",
    "--artifact-dir",
    "--out-dir",
    "--exclude-features",
    "--skip",
    "--group-features",
    "--depth",
    "--version-range",
    "--at-least-one-of",
    "--mutually-exclusive-features",
    "--partition",
    "--log-group",
    "--include-features",
    "-E",
    "--filterset",
    "--filter-expr",
    "-P",
    "--cargo-profile",
    "--archive-file",
    "--retries",
    "--test-threads",
    "--final-status-level",
    "--status-level",
    "--failure-output",
    "--success-output",
    "--no-tests",
    "--tool-config-file",
    "--config-file",
    "--user-config-file",
    "--output-path",
    "--ignore-filename-regex",
    "--output-dir",
    "--fail-under-lines",
    "--token",
    "--registry",
    "--index",
    "--git",
    "--branch",
    "--tag",
    "--rev",
    "--path",
    "--root",
    "--version",
    "--vers",
    "--precise",
    "--rename",
    "--edition",
    "--sanitizer",
    "--name",
    "--clean-per-run",
    "--run-ignored",
    "--archive-format",
    "--workspace-remap",
    "--max-fail",
    "--format",
    "--prefix",
    "--depth",
    "-i",
    "--invert",
    "-e",
    "--edges",
    "--prune",
    "--charset",
    "--since",
    "--baseline-version",
    "--baseline-rev",
    "--baseline-root",
    "--release-type",
    "--filter-platform",
    "--timings-output",
    "--allow",
    "--engine",
    "--out",
    "--timeout",
    "--format-version",
    "--exit-code",
    "--code",
    "--output-format",
    "-o",
    "--output",
    "-L",
    "--log-level",
];
const SWITCHES: &[&str] =
    &["--lib", "--bins", "--tests", "--benches", "--examples", "--all-targets", "--doc", "--doctests"];

/// Reads a command as a cargo command; none where its program is another one.
pub fn read(command: &Command) -> Option<CargoCall> {
    let mut words = command.words.as_slice();
    let mut call = CargoCall { span: command.span, ..CargoCall::default() };
    // `sudo`, `env A=b`, `time` and the like run what follows them.
    while let Some(first) = words.first() {
        let taken = match program(first) {
            "sudo" | "env" | "exec" | "command" | "nice" | "xvfb-run" | "retry" | "time" => 1,
            "timeout" => 2,
            "rustup" if words.get(1).is_some_and(|word| word.text == "run") => {
                call.toolchain = words.get(2).cloned();
                3
            }
            _ if first.text.contains('=') && !first.text.starts_with('-') => 1,
            _ => break,
        };
        words = words.get(taken..).unwrap_or_default();
        while words.first().is_some_and(|word| word.text.starts_with('-')) {
            words = &words[1..];
        }
    }
    let name = program(words.first()?);
    if !matches!(name, "cargo" | "cross") {
        return None;
    }
    call.cross = name == "cross";
    words = &words[1..];
    if let Some(toolchain) = words.first().filter(|word| word.text.starts_with('+')) {
        let text = toolchain.text[1..].to_owned();
        call.toolchain = Some(Word { text, ..toolchain.clone() });
        words = &words[1..];
    }
    call.take(words);
    Some(call)
}

/// The program of a word: `$CARGO` and `${{ env.CARGO }}` stand for cargo wherever they are used.
fn program(word: &Word) -> &str {
    let bare: String = word.text.chars().filter(|character| !matches!(character, '$' | '{' | '}' | ' ')).collect();
    match bare.as_str() {
        "CARGO" | "env.CARGO" if word.unknown => "cargo",
        _ => word.known().map_or("", |text| {
            let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
            name.strip_suffix(".exe").unwrap_or(name)
        }),
    }
}

impl CargoCall {
    /// The toolchain, where no run changes it.
    pub fn known_toolchain(&self) -> Option<&str> {
        self.toolchain.as_ref().and_then(Word::known)
    }

    /// Says whether the call runs tests: `test`, `nextest run`, `miri test`, `llvm-cov`.
    pub fn runs_tests(&self) -> bool {
        match (self.wrapper.as_deref(), self.subcommand.as_str()) {
            (Some("nextest"), subcommand) => subcommand == "run",
            (Some("llvm-cov" | "tarpaulin"), subcommand) => matches!(subcommand, "" | "test" | "nextest"),
            (_, subcommand) => subcommand == "test",
        }
    }

    fn take(&mut self, words: &[Word]) {
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if word.text == "--" && !word.quoted {
                self.rest.extend(words.cloned());
                return;
            }
            if !word.text.starts_with('-') || word.text.len() < 2 {
                self.operand(word);
                continue;
            }
            let (flag, inline) = flag_and_value(word);
            let mut value = || inline.clone().or_else(|| words.next().cloned());
            match flag.as_str() {
                "-p" | "--package" => self.packages.extend(value()),
                "--exclude" => self.excluded.extend(value()),
                "-F" | "--features" => {
                    if let Some(value) = value() {
                        self.features.extend(parts(&value));
                    }
                }
                "--all-features" => self.all_features = true,
                "--no-default-features" => self.no_default_features = true,
                "--workspace" | "--all" => self.workspace = true,
                "--manifest-path" => self.manifest_path = value(),
                "-C" => self.folder = value(),
                "--test" => self.tests.extend(value()),
                "--bin" => self.bins.extend(value()),
                "--example" => self.examples.extend(value()),
                "--bench" => self.benches.extend(value()),
                "--target" => self.targets.extend(value()),
                flag if SWITCHES.contains(&flag) => self.switches.push(word.clone()),
                flag => {
                    if WITH_VALUE.contains(&flag) || (flag == "-s" && self.subcommand == "fuzz") {
                        value();
                    }
                    self.other.push(word.clone());
                }
            }
        }
    }

    fn operand(&mut self, word: &Word) {
        if word.unknown {
            self.open = true;
            self.operands.push(word.clone());
            return;
        }
        let text = word.text.as_str();
        if self.subcommand.is_empty() && self.operands.is_empty() {
            if self.wrapper.is_none() && WRAPPERS.contains(&text) {
                self.wrapper = Some(text.to_owned());
                self.subcommand_span = word.span;
                return;
            }
            if self.wrapper.is_none() || WRAPPED.contains(&text) {
                let full = ALIASES.iter().find(|(alias, _)| *alias == text).map_or(text, |(_, full)| full);
                full.clone_into(&mut self.subcommand);
                self.subcommand_span = word.span;
                return;
            }
        } else if self.subcommand == "nextest" && text == "run" && self.operands.is_empty() {
            // `cargo llvm-cov nextest run` and the like.
            self.wrapper = Some("nextest".to_owned());
            "run".clone_into(&mut self.subcommand);
            return;
        }
        self.operands.push(word.clone());
    }
}

/// Takes `--flag=value` and `-pvalue` apart.
fn flag_and_value(word: &Word) -> (String, Option<Word>) {
    let text = &word.text;
    let cut = |at: usize, skip: usize| {
        let value = Word { text: text[at + skip..].to_owned(), ..word.clone() };
        (text[..at].to_owned(), Some(value))
    };
    if text.starts_with("--") {
        return text.find('=').map_or_else(|| (text.clone(), None), |at| cut(at, 1));
    }
    match text.get(..2) {
        Some("-p" | "-F" | "-C" | "-Z" | "-j") if text.len() > 2 => cut(2, usize::from(text[2..].starts_with('='))),
        _ => (text.clone(), None),
    }
}

/// The features of one `--features` value, each with its own span where the value stands without quotes around its parts.
fn parts(word: &Word) -> Vec<Word> {
    if word.unknown {
        return vec![word.clone()];
    }
    let mut found = Vec::new();
    let mut at = 0;
    for part in word.text.split([',', ' ', '\n', '\t']) {
        if !part.is_empty() {
            let start = word.span.end.saturating_sub(usize::from(word.quoted) + word.text.len()) + at;
            let exact = start >= word.span.start && start + part.len() <= word.span.end;
            let span = if exact { Span::new(start, start + part.len()) } else { word.span };
            found.push(Word { text: part.to_owned(), span, ..word.clone() });
        }
        at += part.len() + 1;
    }
    found
}

/// A word as a spanned text, where no run changes it.
pub fn spanned(word: &Word) -> Option<Spanned<String>> {
    word.known().map(|text| Spanned::new(text.to_owned(), word.span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::shell::lexer::Shell;
    use crate::facts::shell::script;

    fn call(script: &str) -> CargoCall {
        read(&script::commands(script, Shell::Posix)[0]).unwrap()
    }

    fn texts(words: &[Word]) -> Vec<&str> {
        words.iter().map(|word| word.text.as_str()).collect()
    }

    #[test]
    fn flags_and_their_values() {
        let script = "cargo +nightly -Zfoo t -p a --package=b --features \"x y/z\" -Fw --test it --exclude 'c*' filter -- --nocapture";
        let call = call(script);
        assert_eq!(call.known_toolchain(), Some("nightly"));
        assert_eq!(call.subcommand, "test");
        assert_eq!(texts(&call.packages), ["a", "b"]);
        assert_eq!(texts(&call.features), ["x", "y/z", "w"]);
        assert_eq!(&script[call.features[1].span.start..call.features[1].span.end], "y/z");
        assert_eq!((texts(&call.tests), texts(&call.excluded)), (vec!["it"], vec!["c*"]));
        assert_eq!((texts(&call.operands), texts(&call.rest)), (vec!["filter"], vec!["--nocapture"]));
        assert!(call.runs_tests());
    }

    #[test]
    fn wrappers_and_prefixes() {
        let nextest = call("sudo -E env A=b cargo nextest run --workspace --profile ci name");
        assert!(nextest.runs_tests() && nextest.workspace);
        assert_eq!(texts(&nextest.operands), ["name"]);
        assert_eq!(call("cargo hack check --feature-powerset --depth 2").subcommand, "check");
        assert_eq!(call("rustup run 1.70 cargo build").known_toolchain(), Some("1.70"));
        assert_eq!(call("${{ env.CARGO }} test --workspace").subcommand, "test");
        assert!(call("cross test --target x86_64-unknown-linux-musl").cross);
        assert!(call("cargo test $FLAGS").open);
        assert!(!call("cargo test -p \"$CRATE\"").open);
        assert!(call("cargo llvm-cov nextest --all-features").runs_tests());
        assert_eq!(read(&script::commands("echo cargo test", Shell::Posix)[0]), None);
    }
}
