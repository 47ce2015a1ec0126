//! What is said on stderr while steps run: bars on a terminal, lines elsewhere, nothing with `--quiet`.
#![cfg(target_os = "linux")]

mod support;

use std::process::Command;

use support::governed::command;
use support::governed::governed;
use support::governed::place;
use support::governed::step;

/// What a terminal of 80 columns gets to see of a run; `script` lends it.
fn on_a_terminal(variables: &[(&str, &str)]) -> String {
    let steps = step("speaks", "printf '\\033[31msaid aloud\\033[0m\\n'; sleep 1", "") + &step("fails", "exit 7", "");
    let scratch = place(&steps, &[]);
    let run = command(&scratch, &[]);
    let line = format!("stty cols 80; exec {} run", env!("CARGO_BIN_EXE_cargo-governed"));
    let mut terminal = Command::new("script");
    terminal.args(["--quiet", "--return", "--command", &line, "/dev/null"]).current_dir(scratch.path()).env_clear();
    terminal.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
    terminal.env("TERM", "xterm").env("LANG", "C.UTF-8").envs(variables.iter().copied());
    let output = terminal.output().expect("script is there");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_terminal_gets_bars_that_go_away() {
    let seen = on_a_terminal(&[]);
    assert!(seen.contains("\u{1b}[1;36mrunning\u{1b}[0m [") && seen.contains("] 1/2"), "{seen:?}");
    assert!(seen.contains("  speaks  0 s  said aloud"), "the last line without its escapes: {seen:?}");
    assert!(!seen.contains("begins"), "a terminal shows what is in flight: {seen:?}");
    let report = seen.rfind("recorded:").expect("the report");
    assert!(!seen[report..].contains("running"), "nothing of the bars is left behind the report: {seen:?}");
    assert!(seen.contains("fails: failed after "), "what ended stays: {seen:?}");
}

#[test]
fn bars_without_colours_are_plain() {
    let seen = on_a_terminal(&[("NO_COLOR", "1")]);
    assert!(seen.contains("running [") && !seen.contains("\u{1b}[1;36m"), "{seen:?}");
}

#[test]
fn a_dumb_terminal_gets_lines_without_escapes() {
    let seen = on_a_terminal(&[("TERM", "dumb")]);
    assert!(seen.contains("speaks: begins: sh -c ") && !seen.contains("running ["), "{seen:?}");
    assert!(!seen.contains('\u{1b}'), "{seen:?}");
}

#[test]
fn what_is_no_terminal_gets_lines_and_quiet_nothing() {
    let scratch = place(&step("works", "true", ""), &[]);
    let ran = governed(&scratch, &["run"]);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(lines[0], "works: begins: sh -c true");
    assert!(lines.len() == 2 && lines[1].starts_with("works: passed after "), "{ran:?}");
    assert_eq!(governed(&scratch, &["run", "--fresh", "--quiet"]).stderr, "");
}
