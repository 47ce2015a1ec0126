//! Judging: levels, waivers, demands, the base of `--since`, and the verdict.

use cargo_governed::facts::Facts;
use cargo_governed::facts::kind::Kind;
use cargo_governed::facts::parse;
use cargo_governed::facts::place::Span;
use cargo_governed::facts::policy::find;
use cargo_governed::facts::policy::vocabulary::Vocabulary;
use cargo_governed::facts::source::SourceFile;
use cargo_governed::facts::tree::Entry;
use cargo_governed::facts::tree::Mode;
use cargo_governed::facts::tree::Tree;
use cargo_governed::judge::judging;
use cargo_governed::judge::judging::Base;
use cargo_governed::judge::judging::Case;
use cargo_governed::judge::judging::Outcomes;
use cargo_governed::judge::proposal;
use cargo_governed::judge::report::Report;
use cargo_governed::judge::report::Source;
use cargo_governed::judge::report::Standing;
use cargo_governed::judge::report::Subject;
use cargo_governed::judge::report::Verdict;
use cargo_governed::rules;
use cargo_governed::rules::finding::Finding;
use cargo_governed::rules::level::Certainty;
use cargo_governed::rules::level::Level;
use cargo_governed::rules::outcome::Outcome;
use cargo_governed::rules::rule::Context;
use cargo_governed::rules::rule::Rule;

fn silent(_: &Context<'_>) -> Outcome {
    Outcome::default()
}

const fn rule(name: &'static str, group: &'static str, level: Level) -> Rule {
    Rule { name, group, level, claim: "", page: "", check: silent }
}

// Names that the policy may use, with levels of their own.
static BROKEN: Rule = rule("contract-broken", "contracts", Level::Deny);
static SIBLING: Rule = rule("contract-sibling", "contracts", Level::Warn);
static OTHER: Rule = rule("other", "others", Level::Warn);

fn vocabulary() -> Vocabulary {
    let mut vocabulary = rules::vocabulary();
    vocabulary.rules.extend([("contract-sibling", "contracts"), ("other", "others")]);
    vocabulary
}

const TEXT: &str = "one\ntwo # governed: allow(other): by hand\n\nthree\nfour\n";

fn facts(policy: &str) -> Facts {
    let files = [("a.sh", TEXT), ("docs/b.sh", TEXT), ("governed.toml", policy)];
    let entry = |path: &str| Entry { path: path.into(), mode: Mode::File, id: None, tracked: true };
    let tree = Tree::new(files.iter().map(|(path, _)| entry(path)).collect());
    let sources = files.iter().map(|(path, text)| {
        let kind = Kind::of(path);
        SourceFile { path: (*path).into(), kind, content: parse::parse(kind, text.as_bytes().to_vec()).into() }
    });
    Facts::assemble(tree, sources)
}

/// A finding of a message on a line of a file.
fn finding(facts: &Facts, path: &str, line: usize, message: &str) -> Finding {
    let span = facts.file(path).map(|file| file.content.text.line_span(line)).unwrap_or_default();
    Finding::new(message, facts.place(path, Span::new(span.start, span.end), ""))
}

fn outcome(looked_at: usize, findings: Vec<Finding>) -> Outcome {
    Outcome { looked_at, findings, unproven: Vec::new() }
}

fn judge(policy: &str, outcomes: impl FnOnce(&Facts) -> Outcomes, base: Option<Outcomes>) -> Report {
    let facts = facts(policy);
    let outcomes = outcomes(&facts);
    let policy = find::find(&facts, &vocabulary()).expect("a policy");
    let subject = Subject { source: Source::Folder, revision: None, tree: None, dirty: false, notes: Vec::new() };
    let base = base.map(|outcomes| Base { revision: "main".to_owned(), outcomes });
    let today = jiff::civil::date(2026, 11, 22);
    judging::judge(Case {
        subject,
        facts: &facts,
        policy: &policy,
        outcomes,
        base,
        today,
        deny_warn: false,
        waivers_of: None,
    })
}

fn one(facts: &Facts, rule: &'static Rule, path: &str, line: usize) -> Outcomes {
    vec![(rule, outcome(1, vec![finding(facts, path, line, "drift")]))]
}

fn standing(report: &Report, rule: &str) -> Standing {
    report.rules.iter().find(|found| found.rule == rule).expect("the rule was run").standing
}

#[test]
fn the_policy_sets_levels_and_a_rule_beats_its_group() {
    let levels = |policy: &str, rule: &'static Rule| {
        judge(policy, |facts| one(facts, rule, "a.sh", 1), None).findings.remove(0).level
    };
    assert_eq!(levels("", &BROKEN), Level::Deny);
    assert_eq!(levels("[rules]\ncontracts = \"note\"\n", &BROKEN), Level::Note);
    assert_eq!(levels("[rules]\ncontracts = \"note\"\ncontract-broken = \"warn\"\n", &BROKEN), Level::Warn);
    assert_eq!(levels("[rules]\ncontracts = \"deny\"\n", &SIBLING), Level::Deny);
}

#[test]
fn no_policy_makes_an_unsure_finding_loud() {
    let report = judge(
        "[rules]\nother = \"deny\"\n",
        |facts| {
            let unsure = finding(facts, "a.sh", 1, "maybe").certainty(Certainty::Unsure);
            let probable = finding(facts, "a.sh", 1, "probably").certainty(Certainty::Probable);
            vec![(&OTHER, outcome(2, vec![unsure, probable]))]
        },
        None,
    );
    let levels: Vec<_> = report.findings.iter().map(|judged| judged.level).collect();
    assert_eq!((levels, report.verdict), (vec![Level::Note, Level::Warn], Verdict::Accepted));
}

#[test]
fn fail_on_decides_which_level_refuses() {
    let verdict = |policy: &str, rule: &'static Rule| judge(policy, |facts| one(facts, rule, "a.sh", 1), None).verdict;
    assert_eq!(verdict("", &BROKEN), Verdict::Refused);
    assert_eq!(verdict("", &OTHER), Verdict::Accepted);
    assert_eq!(verdict("[check]\nfail-on = \"warn\"\n", &OTHER), Verdict::Refused);
}

#[test]
fn allow_shows_findings_as_waived() {
    let report = judge("[rules]\nother = \"allow\"\n", |facts| one(facts, &OTHER, "a.sh", 1), None);
    let waiver = report.findings[0].waiver.as_ref().expect("waived");
    assert_eq!((waiver.at.path.as_str(), waiver.at.line), ("governed.toml", 2));
    assert_eq!((standing(&report, "other"), report.summary().waived), (Standing::Waived, 1));
}

#[test]
fn a_waiver_covers_by_rule_path_and_day() {
    let waived = |waiver: &str, path: &str| {
        let policy = format!("[[waiver]]\nreason = \"x\"\n{waiver}");
        judge(&policy, |facts| one(facts, &BROKEN, path, 5), None).findings[0].waiver.is_some()
    };
    assert!(waived("rule = \"contract-broken\"\n", "a.sh"));
    assert!(!waived("rule = \"other\"\n", "a.sh"));
    assert!(waived("rule = \"contract-broken\"\npath = \"docs/**\"\n", "docs/b.sh"));
    assert!(!waived("rule = \"contract-broken\"\npath = \"docs/**\"\n", "a.sh"));
    assert!(waived("rule = \"contract-broken\"\npath = \"*.sh\"\n", "a.sh"));
    assert!(!waived("rule = \"contract-broken\"\npath = \"*.sh\"\n", "docs/b.sh"));
    assert!(waived("rule = \"contract-broken\"\nuntil = 2026-11-22\n", "a.sh"));
    assert!(!waived("rule = \"contract-broken\"\nuntil = 2026-11-21\n", "a.sh"));
}

#[test]
fn an_inline_waiver_covers_its_line_and_the_next() {
    for (line, covered) in [(1, false), (2, true), (4, true), (5, false)] {
        // The names of the test are none of the parser's, so the vocabulary of the real rules says no to `other`.
        let text = TEXT.replace("other", "contract-broken");
        let mut files = facts("");
        let content = parse::parse(Kind::Text, text.into_bytes());
        files
            .files
            .insert("a.sh".into(), SourceFile { path: "a.sh".into(), kind: Kind::Text, content: content.into() });
        let outcomes = one(&files, &BROKEN, "a.sh", line);
        let subject = Subject { source: Source::Folder, revision: None, tree: None, dirty: false, notes: Vec::new() };
        let policy = find::find(&files, &vocabulary()).expect("a policy");
        let today = jiff::civil::date(2026, 11, 22);
        let case = Case {
            subject,
            facts: &files,
            policy: &policy,
            outcomes,
            base: None,
            today,
            deny_warn: false,
            waivers_of: None,
        };
        assert_eq!(judging::judge(case).findings[0].waiver.is_some(), covered, "line {line}");
    }
}

#[test]
fn waivers_cover_the_stale_side_only() {
    let policy = "[[waiver]]\nrule = \"contract-broken\"\npath = \"docs/**\"\nreason = \"x\"\n";
    let report = judge(
        policy,
        |facts| {
            let against = facts.place("docs/b.sh", Span::new(0, 3), "");
            vec![(&BROKEN, outcome(1, vec![finding(facts, "a.sh", 1, "drift").against(against)]))]
        },
        None,
    );
    assert_eq!((report.findings[0].waiver.clone(), report.verdict), (None, Verdict::Refused));
}

#[test]
fn what_the_base_has_is_inherited_and_does_not_decide() {
    let facts = facts("");
    // The same finding three lines further up: moved, not new.
    let base = vec![(&BROKEN, outcome(2, vec![finding(&facts, "a.sh", 4, "old"), finding(&facts, "a.sh", 1, "gone")]))];
    let report = judge("", |facts| vec![(&BROKEN, outcome(1, vec![finding(facts, "a.sh", 4, "old")]))], Some(base));
    assert_eq!((report.findings[0].new, report.verdict), (false, Verdict::Accepted));
    assert_eq!((report.fixed.len(), standing(&report, "contract-broken")), (1, Standing::Refuted));
    let base = vec![(&BROKEN, outcome(1, vec![]))];
    let report = judge("", |facts| one(facts, &BROKEN, "a.sh", 1), Some(base));
    assert_eq!((report.findings[0].new, report.verdict), (true, Verdict::Refused));
}

#[test]
fn a_demanded_claim_is_never_absent() {
    let report = judge("[check]\ndemand = [\"other\"]\n", |_| vec![(&OTHER, outcome(0, vec![]))], None);
    assert_eq!((standing(&report, "other"), report.verdict), (Standing::Unproven, Verdict::Unproven));
    let report = judge("", |_| vec![(&OTHER, outcome(0, vec![]))], None);
    assert_eq!((standing(&report, "other"), report.verdict), (Standing::Absent, Verdict::Accepted));
    // Of a group one claim is enough.
    let both =
        |broken: usize| move |_: &Facts| vec![(&BROKEN, outcome(broken, vec![])), (&SIBLING, outcome(0, vec![]))];
    let demand = "[check]\ndemand = [\"contracts\"]\n";
    assert_eq!(judge(demand, both(1), None).verdict, Verdict::Accepted);
    assert_eq!(judge(demand, both(0), None).verdict, Verdict::Unproven);
}

#[test]
fn what_could_not_be_judged_decides_only_where_it_is_demanded() {
    let unproven = |facts: &Facts| {
        let mut outcome = outcome(1, vec![finding(facts, "a.sh", 1, "drift")]);
        outcome.unproven("no tags were fetched");
        vec![(&OTHER, outcome)]
    };
    assert_eq!(judge("", unproven, None).verdict, Verdict::Accepted);
    // A warning beside it does not make the rest of the claim proven, and a refusal outweighs it.
    assert_eq!(judge("[check]\ndemand = [\"other\"]\n", unproven, None).verdict, Verdict::Unproven);
    assert_eq!(judge("[check]\ndemand = [\"other\"]\nfail-on = \"warn\"\n", unproven, None).verdict, Verdict::Refused);
    let waived = judge("[rules]\nother = \"allow\"\n", unproven, None);
    assert_eq!(standing(&waived, "other"), Standing::Unproven);
}

#[test]
fn a_proposal_is_a_policy_and_its_drafts_cover() {
    let drift = |facts: &Facts| one(facts, &BROKEN, "docs/b.sh", 1);
    let before = judge("", drift, None);
    let text = proposal::propose(&before, "origin/main");
    assert!(text.contains("cargo governed check --since origin/main"), "{text}");
    assert_eq!(judge(&text, drift, None).verdict, Verdict::Refused, "a proposal accepts nothing by itself");
    let waiver = text.split("#\n# [[waiver]]\n").nth(1).expect("a draft").lines().take(3);
    let signed: String = waiver.map(|line| format!("{}\n", line.trim_start_matches("# "))).collect();
    let unsigned = format!("{text}\n[[waiver]]\n{signed}");
    assert!(find::read("governed.toml", &unsigned, &vocabulary()).is_err(), "a draft without a reason is a fault");
    let signed = unsigned.replace("\nreason = \"\"", "\nreason = \"kept\"");
    assert_eq!(judge(&signed, drift, None).verdict, Verdict::Accepted, "{signed}");
}
