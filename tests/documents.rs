//! Runs the console blocks of README and of the operations pages, each page in one shell in an empty folder, and compares.
//!
//! In a `console` block `$ ` begins a command, what follows is its output (stdout and stderr together), and `? N` its exit
//! code where it is not 0. `...` alone stands for any lines, `[..]` for anything inside a line.
//! `BLESS=1 cargo test --test documents` writes what came out where it does not match; read the difference.
#![cfg(unix)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

const MARK: &str = "=====governed-end-of-command=====";

struct Step {
    command: String,
    expected: Vec<String>,
    code: i32,
    /// The lines of the page that hold the output: first, behind the last.
    lines: (usize, usize),
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md")];
    for entry in std::fs::read_dir(root().join("docs/operations")).expect("the operations pages are there") {
        pages.push(entry.expect("an entry").path());
    }
    pages.sort();
    pages
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut in_block = false;
    for (index, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            in_block = line.trim() == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| in_block) {
            steps.push(Step {
                command: command.to_owned(),
                expected: Vec::new(),
                code: 0,
                lines: (index + 1, index + 1),
            });
        } else if let Some(step) = steps.last_mut().filter(|_| in_block) {
            match line.strip_prefix("? ").and_then(|code| code.parse().ok()) {
                Some(code) => step.code = code,
                None => step.expected.push(line.to_owned()),
            }
            step.lines.1 = index + 1;
        }
    }
    steps
}

/// Runs the commands of a page in one shell; gives output and exit code of each.
fn run(steps: &[Step], folder: &Path) -> Vec<(Vec<String>, i32)> {
    let mut script = String::new();
    for step in steps {
        let _ = writeln!(script, "{{ {}\n}} 2>&1 </dev/null; printf '\\n%s %s\\n' {MARK} $?", step.command);
    }
    let binaries = Path::new(env!("CARGO_BIN_EXE_cargo-governed")).parent().expect("a folder").to_owned();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut shell = Command::new("bash")
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{}:{path}", binaries.display()))
        .env("HOME", folder)
        .env(
            "CARGO_HOME",
            std::env::var("CARGO_HOME")
                .unwrap_or_else(|_| format!("{}/.cargo", std::env::var("HOME").unwrap_or_default())),
        )
        .env(
            "RUSTUP_HOME",
            std::env::var("RUSTUP_HOME")
                .unwrap_or_else(|_| format!("{}/.rustup", std::env::var("HOME").unwrap_or_default())),
        )
        .envs([
            ("LANG", "C.UTF-8"),
            ("TERM", "dumb"),
            ("COLUMNS", "80"),
            ("CARGO_NET_OFFLINE", "true"),
            ("CARGO_TERM_COLOR", "never"),
        ])
        .envs([
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "A Maintainer"),
            ("GIT_AUTHOR_EMAIL", "maintainer@example.org"),
        ])
        .envs([("GIT_COMMITTER_NAME", "A Maintainer"), ("GIT_COMMITTER_EMAIL", "maintainer@example.org")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("bash is there");
    shell.stdin.take().expect("a pipe").write_all(script.as_bytes()).expect("the shell reads");
    let output = shell.wait_with_output().expect("the shell ends");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut results = Vec::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        if let Some(code) = line.strip_prefix(MARK) {
            // The line end before the mark is ours.
            if lines.last().is_some_and(String::is_empty) {
                lines.pop();
            }
            results.push((std::mem::take(&mut lines), code.trim().parse().unwrap_or(-1)));
        } else {
            lines.push(line.trim_end().to_owned());
        }
    }
    results
}

fn matches(expected: &[String], got: &[String]) -> bool {
    match expected.split_first() {
        None => got.is_empty(),
        Some((first, rest)) if first.trim() == "..." => (0..=got.len()).any(|skip| matches(rest, &got[skip..])),
        Some((first, rest)) => {
            got.split_first().is_some_and(|(line, others)| line_matches(first, line) && matches(rest, others))
        }
    }
}

fn line_matches(expected: &str, got: &str) -> bool {
    let mut parts = expected.trim_end().split("[..]");
    let Some(mut left) = got.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return left.is_empty();
    };
    for part in middle {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

#[test]
fn console_blocks_do_what_they_say() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut faults = String::new();
    let mut ran = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).expect("a readable page");
        let steps = steps(&text);
        let folder = tempfile::tempdir().expect("a scratch folder");
        let results = if steps.is_empty() { Vec::new() } else { run(&steps, folder.path()) };
        ran += results.len();
        if results.len() != steps.len() {
            let _ = writeln!(faults, "{}: {} of {} commands ended", page.display(), results.len(), steps.len());
            continue;
        }
        let mut blessed: Vec<String> = text.lines().map(str::to_owned).collect();
        for (step, (got, code)) in steps.iter().zip(&results).rev() {
            if *code == step.code && matches(&step.expected, got) {
                continue;
            }
            let (from, to) = step.lines;
            let _ = writeln!(
                faults,
                "{}:{from}: `{}` ended with {code} and said:\n{}\n",
                page.display(),
                step.command,
                got.join("\n")
            );
            let mut lines = got.clone();
            if *code != 0 {
                lines.push(format!("? {code}"));
            }
            blessed.splice(from..to, lines);
        }
        if bless {
            std::fs::write(&page, blessed.join("\n") + "\n").expect("a writable page");
        }
    }
    assert!(ran > 0, "no console block was found");
    assert!(faults.is_empty() || bless, "{faults}");
}

#[test]
fn ci_runs_the_first_two_commands_of_the_readme() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("a README");
    let block =
        readme.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a first block of commands");
    let commands: Vec<&str> = block.lines().filter(|line| line.starts_with("cargo ")).take(2).collect();
    assert_eq!(commands, ["cargo run --release -- check", "cargo test"]);
    let ci = std::fs::read_to_string(root().join(".ci/run")).expect("the CI script");
    for command in commands {
        let words: Vec<&str> = command.split(' ').collect();
        let called = ci.lines().any(|line| {
            line.starts_with("step") && words.iter().all(|word| line.split(' ').any(|other| other == *word))
        });
        assert!(called, ".ci/run does not call `{command}`");
    }
}

#[test]
fn output_matches_by_lines_and_wildcards() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(matches(&lines("a\n...\nz[..]9"), &lines("a\nb\nc\nz1239")));
    assert!(!matches(&lines("a"), &lines("a\nb")));
    assert!(!line_matches("a[..]b[..]c", "a-c-b"));
}
