//! Every rule over every fixture: `tests/fixtures/RULE/CASE.txt`.
//!
//! `BLESS=1 cargo test --test rules` writes what is found into the fixtures; read the difference before you keep it.
//! The beginning of a case's name says how the claim of the folder's rule must stand:
//! `holds`, `refuted`, `absent`, `unproven`, or `trap` (something that a naive rule would report).

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use cargo_governed::facts::Facts;
use cargo_governed::facts::history::History;
use cargo_governed::facts::history::NoHistory;
use cargo_governed::facts::policy::change::Change;
use cargo_governed::facts::policy::change::Known;
use cargo_governed::facts::policy::change::SIGNERS;
use cargo_governed::facts::policy::change::Signed;
use cargo_governed::facts::policy::find;
use cargo_governed::facts::policy::level::RuleLevel;
use cargo_governed::facts::tree::Entry;
use cargo_governed::facts::tree::Mode;
use cargo_governed::facts::tree::Tree;
use cargo_governed::judge::judging;
use cargo_governed::judge::judging::Case;
use cargo_governed::judge::report::Judged;
use cargo_governed::judge::report::Report;
use cargo_governed::judge::report::Source;
use cargo_governed::judge::report::Standing;
use cargo_governed::judge::report::Subject;
use cargo_governed::rules;
use cargo_governed::rules::level::Level;
use cargo_governed::rules::rule::Context;
use cargo_governed::rules::rule::Rule;
use cargo_governed::world::reading;
use support::fixture::Fixture;
use support::scratch::Scratch;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// All cases as (folder, case, path).
fn cases() -> Vec<(String, String, PathBuf)> {
    let mut cases = Vec::new();
    for folder in std::fs::read_dir(fixtures()).expect("the fixtures are there") {
        let folder = folder.expect("a readable folder");
        if !folder.path().is_dir() {
            continue;
        }
        for file in std::fs::read_dir(folder.path()).expect("a readable folder") {
            let path = file.expect("a readable entry").path();
            if path.extension().is_some_and(|extension| extension == "txt") {
                let case = path.file_stem().expect("a name").to_string_lossy().into_owned();
                cases.push((folder.file_name().to_string_lossy().into_owned(), case, path));
            }
        }
    }
    cases.sort();
    cases
}

fn facts_of(files: &BTreeMap<String, String>) -> Facts {
    let entry = |path: &String| Entry { path: Arc::from(path.as_str()), mode: Mode::File, id: None, tracked: true };
    let tree = Tree::new(files.keys().map(entry).collect());
    reading::read_facts(tree, |entry, _| Ok(files[entry.path.as_ref()].clone().into_bytes()), None)
}

/// What the tree makes of the base: nobody signed for it.
fn change_of(facts: &Facts, base: &Facts) -> Change {
    let policy = |facts: &Facts| find::find(facts, &rules::vocabulary());
    let before = policy(base).expect("the policy of the base can be read");
    let known = |rule: &Rule| Known {
        name: rule.name,
        group: rule.group,
        level: match rule.level {
            Level::Note => RuleLevel::Note,
            Level::Warn => RuleLevel::Warn,
            Level::Deny => RuleLevel::Deny,
        },
    };
    let signers = |text: Option<&str>| -> BTreeMap<String, String> {
        text.map(|text| (SIGNERS.to_owned(), text.to_owned())).into_iter().collect()
    };
    Change {
        after: policy(facts).map_err(|faults| faults[0].message.clone()),
        rules: rules::all().map(known).collect(),
        signers_before: signers(base.text(SIGNERS)),
        signers_after: signers(facts.text(SIGNERS)),
        signed: Signed::default(),
        before,
    }
}

fn report_of(files: &BTreeMap<String, String>, history: &dyn History, base: Option<&Facts>) -> Report {
    let facts = facts_of(files);
    let policy = find::find(&facts, &rules::vocabulary()).expect("the policy of the fixture can be read");
    let today = jiff::civil::date(2026, 11, 22);
    let change = base.map(|base| change_of(&facts, base));
    let context = Context { facts: &facts, history, policy: &policy, base, change: change.as_ref(), today };
    let outcomes = rules::all().map(|rule| (rule, (rule.check)(&context))).collect();
    let subject = Subject { source: Source::Folder, revision: None, tree: None, dirty: false, notes: Vec::new() };
    let (facts, policy) = (&facts, &policy);
    judging::judge(Case { subject, facts, policy, outcomes, base: None, today, deny_warn: false, waivers_of: None })
}

fn line_of(judged: &Judged) -> String {
    let place = |path: &str, line: usize| if line == 0 { path.to_owned() } else { format!("{path}:{line}") };
    let at = &judged.finding.at;
    let mut text = format!("{} {} {}", judged.level.as_str(), judged.rule, place(&at.path, at.line));
    for (index, against) in judged.finding.against.iter().enumerate() {
        text.push_str(if index == 0 { " ~ " } else { ", " });
        text.push_str(&place(&against.path, against.line));
    }
    if judged.waiver.is_some() {
        text.push_str(" (waived)");
    }
    if let Some(fix) = &judged.finding.fix {
        let _ = write!(text, " (fix: {})", fix.title);
    }
    text
}

/// The files after the fixes of one rule.
fn fix(files: &BTreeMap<String, String>, report: &Report, rule: &str) -> BTreeMap<String, String> {
    let mut edits: Vec<_> = report
        .findings
        .iter()
        .filter(|judged| judged.rule == rule)
        .filter_map(|judged| judged.finding.fix.as_ref())
        .flat_map(|fix| fix.edits.clone())
        .collect();
    edits.sort();
    edits.dedup();
    let mut fixed = files.clone();
    for edit in edits.iter().rev() {
        let text =
            fixed.get_mut(&edit.path).unwrap_or_else(|| panic!("{rule} edits {}, which is not there", edit.path));
        text.replace_range(edit.span.start..edit.span.end, &edit.text);
    }
    fixed
}

fn expected_standing(case: &str) -> Option<Standing> {
    match case.split('-').next().unwrap_or_default() {
        "holds" => Some(Standing::Holds),
        "refuted" => Some(Standing::Refuted),
        "absent" => Some(Standing::Absent),
        "unproven" => Some(Standing::Unproven),
        _ => None,
    }
}

#[test]
fn every_fixture_gives_just_its_findings() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut failures = Vec::new();
    for (folder, case, path) in cases() {
        let fixture = Fixture::read(&path);
        let files = fixture.files();
        let scratch = (!fixture.is_folder()).then(|| Scratch::new(&fixture.commits));
        let history: Box<dyn History> = match &scratch {
            Some(scratch) => Box::new(scratch.history()),
            None => Box::new(NoHistory),
        };
        let base = fixture.base().map(|files| facts_of(&files));
        let report = report_of(&files, &*history, base.as_ref());
        let got: Vec<String> = report.findings.iter().map(line_of).collect();
        let fixed = fix(&files, &report, &folder);
        let changed: BTreeMap<String, String> = fixed
            .iter()
            .filter(|(path, text)| files.get(*path) != Some(*text))
            .map(|(path, text)| (path.clone(), text.clone()))
            .collect();
        if bless {
            std::fs::write(&path, fixture.blessed(&got, &changed)).expect("a writable fixture");
        } else if got != fixture.expect {
            failures.push(format!(
                "{folder}/{case}: found\n  {}\nexpected\n  {}",
                got.join("\n  "),
                fixture.expect.join("\n  ")
            ));
        } else if changed != fixture.fixed {
            failures.push(format!("{folder}/{case}: the fixes give\n{changed:#?}\nexpected\n{:#?}", fixture.fixed));
        }
        if !changed.is_empty() {
            let again = report_of(&fixed, &*history, base.as_ref());
            let left: Vec<_> = again
                .findings
                .iter()
                .filter(|judged| judged.rule == folder && judged.finding.fix.is_some())
                .map(line_of)
                .collect();
            if !left.is_empty() {
                failures.push(format!("{folder}/{case}: still found after its fix: {left:?}"));
            }
        }
        let Some(own) = report.rules.iter().find(|rule| rule.rule == folder) else {
            failures.push(format!("{folder}/{case}: there is no rule of this name"));
            continue;
        };
        match expected_standing(&case) {
            Some(standing) if standing != own.standing => {
                failures.push(format!(
                    "{folder}/{case}: the claim is {}, the name says {}",
                    own.standing.as_str(),
                    standing.as_str()
                ));
            }
            None if !case.starts_with("trap") => {
                failures.push(format!("{folder}/{case}: the name must begin with a standing or `trap`"));
            }
            None if own.standing == Standing::Refuted => failures.push(format!("{folder}/{case}: the trap was sprung")),
            _ => {}
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_rule_has_its_three_cases() {
    let cases = cases();
    for rule in rules::all() {
        for standing in ["holds", "refuted", "absent"] {
            let there = cases.iter().any(|(folder, case, _)| folder == rule.name && case.starts_with(standing));
            assert!(there, "tests/fixtures/{}/{standing}.txt is missing", rule.name);
        }
    }
}
