//! `explain`: what a rule compares, why, and how to mend what it finds.

use std::fmt::Write as _;

use crate::commands::names;
use crate::error::Error;
use crate::rules;
use crate::rules::level::Level;
use crate::rules::rule::Rule;

/// The page of one rule.
pub fn page(name: &str) -> Result<String, Error> {
    Ok(page_of(names::rule(name)?, 1))
}

/// All rules as one Markdown document: `docs/rules.md`.
pub fn all() -> String {
    let mut out = String::from(
        "# Rules\n\n\
         What `cargo governed check` compares. Written by `cargo governed explain --all`; a test compares the two.\n\n\
         **deny** breaks a promise (build, publish, gate, test) or states a false fact for certain, and refuses; \
         **warn** is very probably stale; **note** is worth a look and never fails. \
         The policy can set another level (`[rules]` in governed.toml).\n\n",
    );
    out.push_str("| rule | group | level | claim |\n|---|---|---|---|\n");
    for rule in rules::all() {
        let claim = rule.claim.replace('|', "\\|");
        let _ = writeln!(out, "| [{0}](#{0}) | {1} | {2} | {claim} |", rule.name, rule.group, rule.level.as_str());
    }
    for rule in rules::all() {
        out.push('\n');
        out.push_str(&page_of(rule, 2));
    }
    out
}

/// The names of all rules with their claims, by group.
pub fn list() -> String {
    let mut out = String::new();
    let rules: Vec<&Rule> = rules::all().collect();
    let width = rules.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    for group in rules.chunk_by(|one, other| one.group == other.group) {
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{gap}{}", group[0].group);
        for rule in group {
            let _ = writeln!(out, "  {:<width$}  {:<4}  {}", rule.name, rule.level.as_str(), rule.claim);
        }
    }
    out
}

fn page_of(rule: &Rule, depth: usize) -> String {
    let word = match rule.level {
        Level::Deny => "refuses",
        Level::Warn => "refuses with `--deny warn`",
        Level::Note => "never refuses",
    };
    let mut out = format!("{} {}\n\n", "#".repeat(depth), rule.name);
    let _ = writeln!(out, "Claim: {}.\n", rule.claim);
    let _ = writeln!(out, "Group `{}`, level `{}` ({word}).\n", rule.group, rule.level.as_str());
    let _ = writeln!(out, "{}", deeper(untitled(rule.page.trim(), rule.name), depth));
    out
}

/// The page without a first heading that only repeats the name of the rule.
fn untitled<'a>(page: &'a str, name: &str) -> &'a str {
    let (first, rest) = page.split_once('\n').unwrap_or((page, ""));
    let title = first.trim_start_matches('#').trim().trim_matches('`');
    if heading(first).is_some() && title == name { rest.trim_start() } else { page }
}

/// The page with its headings one level below the heading of the rule. Lines in code blocks are no headings.
fn deeper(page: &str, depth: usize) -> String {
    let mut fence = false;
    let lines: Vec<(&str, Option<usize>)> = page
        .lines()
        .map(|line| {
            fence ^= line.trim_start().starts_with("```");
            (line, heading(line).filter(|_| !fence))
        })
        .collect();
    let shallowest = lines.iter().filter_map(|(_, level)| *level).min().unwrap_or(1);
    let lines = lines.iter().map(|(line, level)| match level {
        Some(level) => format!("{}{}", "#".repeat(level - shallowest + depth + 1), line.trim_start_matches('#')),
        None => (*line).to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn heading(line: &str) -> Option<usize> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    (level > 0 && level < 7 && text.starts_with(' ')).then_some(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_a_page_stand_below_the_rule() {
        assert_eq!(deeper("## A\n```\n# no\n```\n### B", 2), "### A\n```\n# no\n```\n#### B");
        assert_eq!(deeper("# A\n\ntext", 1), "## A\n\ntext");
        assert_eq!(untitled("# `a-b`\n\ntext", "a-b"), "text");
        assert_eq!(untitled("## What\n\ntext", "a-b"), "## What\n\ntext");
    }
}
