//! The policy that `init` proposes: the defaults, spelt out, with what the tree shows today as comments.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::judge::report::Judged;
use crate::judge::report::Report;
use crate::judge::report::Standing;
use crate::rules::level::Level;

/// The most waivers that are drafted; a longer list would be signed unread.
const DRAFTS: usize = 12;

/// The text of a policy for a tree that was checked without one. `branch` is the branch that changes are compared with.
///
/// What it says decides nothing anew: every line that would accept a finding is a comment, and has no reason yet.
pub fn propose(report: &Report, branch: &str) -> String {
    let mut text = String::from(
        "# The policy of `cargo governed`: what decides, and which exceptions are accepted.\n\
         # `cargo governed explain --all` says what each rule compares.\n\n\
         [check]\n\
         # The quietest level that decides: \"deny\" or \"warn\".\n\
         fail-on = \"deny\"\n",
    );
    demands(&mut text, report);
    text.push_str("# Whether every waiver must say when it ends.\n# require-until = true\n\n");
    levels(&mut text, report);
    old_drift(&mut text, report, branch);
    text.push_str(
        "\n# A value that must be the same in several files.\n\
         # [[contract]]\n\
         # name = \"image version\"\n\
         # truth = { file = \"Cargo.toml\", key = \"package.version\" }\n\
         # copies = [{ file = \"Dockerfile\", regex = 'ARG VERSION=(\\S+)' }]\n",
    );
    text
}

/// The groups that the tree has facts for today.
fn demands(text: &mut String, report: &Report) {
    let mut groups: Vec<&str> = Vec::new();
    for rule in &report.rules {
        let judged = !matches!(rule.standing, Standing::Absent | Standing::Unproven);
        if judged && !groups.contains(&rule.group) && !matches!(rule.group, "reading" | "policy") {
            groups.push(rule.group);
        }
    }
    if !groups.is_empty() {
        let list: Vec<String> = groups.iter().map(|group| format!("\"{group}\"")).collect();
        text.push_str("# Claims that may not vanish: without facts of such a kind the check is unproven. Today there are facts for:\n");
        let _ = writeln!(text, "# demand = [{}]", list.join(", "));
    }
}

/// The rules with findings that do not decide: the candidates for another level.
fn levels(text: &mut String, report: &Report) {
    let mut quiet: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    // A rule that is at deny already stays quiet where it is not certain, and no policy makes it louder.
    let deny = |rule: &str| report.rules.iter().any(|found| found.rule == rule && found.level == Level::Deny);
    for judged in report.findings.iter().filter(|judged| !report.decides(judged) && !deny(judged.rule)) {
        quiet.entry(judged.rule).or_insert((judged.level.as_str(), 0)).1 += 1;
    }
    text.push_str("# The level of a rule or group: \"deny\", \"warn\", \"note\" or \"allow\".\n# [rules]\n");
    for (rule, (level, count)) in quiet {
        let _ = writeln!(text, "# {rule} = \"deny\"    # {}, at {level} now", findings(count));
    }
}

fn old_drift(text: &mut String, report: &Report, branch: &str) {
    let deciding: Vec<&Judged> = report.findings.iter().filter(|judged| report.decides(judged)).collect();
    if deciding.is_empty() {
        text.push_str("\n# Nothing decides against the tree today. An accepted exception looks like this:\n");
        text.push_str("# [[waiver]]\n# rule = \"doc-link-broken\"\n# path = \"docs/old/**\"\n# reason = \"kept as written in 2019\"\n");
        text.push_str("# until = 2030-01-31\n");
        return;
    }
    let mut drafts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for judged in &deciding {
        *drafts.entry((judged.rule, &judged.finding.at.path)).or_default() += 1;
    }
    let decide = if deciding.len() == 1 { "decides" } else { "decide" };
    let _ = write!(
        text,
        "\n# {} {decide} against the tree today. Mend what can be mended. Until then let only new drift decide:\n\
         #\n\
         #     cargo governed check --since {branch}\n\
         #\n\
         # shows the old findings too, and fails on new ones only. What is to stay as it is needs a waiver, and a waiver\n\
         # needs a reason: take the `#` away from one of these, and say why.\n",
        findings(deciding.len())
    );
    let left = drafts.len().saturating_sub(DRAFTS);
    for ((rule, path), count) in drafts.into_iter().take(DRAFTS) {
        let _ = write!(
            text,
            "#\n# [[waiver]]\n# rule = \"{rule}\"    # {}\n# path = {}\n# reason = \"\"\n",
            findings(count),
            quoted(path)
        );
    }
    if left > 0 {
        let _ = writeln!(text, "#\n# (and {left} more: `cargo governed check` lists them)");
    }
}

fn findings(count: usize) -> String {
    if count == 1 { "1 finding".to_owned() } else { format!("{count} findings") }
}

/// A path as a TOML string and a glob that means just this path. The text is the repository's, so nothing in it may end the line.
fn quoted(path: &str) -> String {
    let mut text = String::from("\"");
    for character in path.chars() {
        match character {
            '*' | '?' | '[' | ']' | '{' | '}' => {
                let _ = write!(text, "\\\\{character}");
            }
            '"' | '\\' => {
                let _ = write!(text, "\\{character}");
            }
            other if other.is_control() || !other.is_ascii() && !other.is_alphanumeric() => {
                let _ = write!(text, "\\U{:08X}", u32::from(other));
            }
            other => text.push(other),
        }
    }
    text.push('"');
    text
}
