//! A report with everything in it that a renderer must cope with, hostile text too.

use cargo_governed::facts::place::Place;
use cargo_governed::facts::place::Span;
use cargo_governed::facts::text::Text;
use cargo_governed::judge::report::Judged;
use cargo_governed::judge::report::PolicyUsed;
use cargo_governed::judge::report::Report;
use cargo_governed::judge::report::RuleReport;
use cargo_governed::judge::report::Source;
use cargo_governed::judge::report::Standing;
use cargo_governed::judge::report::Subject;
use cargo_governed::judge::report::Verdict;
use cargo_governed::judge::report::WaiverReport;
use cargo_governed::judge::report::WaiverState;
use cargo_governed::judge::report::WaiverUsed;
use cargo_governed::rules::finding::Edit;
use cargo_governed::rules::finding::Finding;
use cargo_governed::rules::finding::Fix;
use cargo_governed::rules::level::Level;
use cargo_governed::rules::outcome::Unproven;

/// A path and values that try to leave every sink: terminal, workflow command, Markdown, XML.
pub(crate) const HOSTILE_PATH: &str = "docs/a,b::c|d`e\n::error::x\u{202e}.md";
pub(crate) const HOSTILE: &str =
    "x\u{1b}[31m]]>\u{202e}\u{200b}|`@team #1 ::error::y ##[add-mask]z</details><script>\r\n::stop-commands::t";

const README: &str = "# hyper\n\nNeeds Rust 1.76 or newer.\n\n[dependencies]\nhyper = \"0.13\"\n";
const MANIFEST: &str =
    "[package]\nname = \"hyper\"\nversion = \"0.14.2\"\nedition = \"2021\"\nrust-version = \"1.88.0\"\n";

/// The place of the n-th occurrence of a part of a text.
pub(crate) fn place(path: &str, text: &str, part: &str, label: &str) -> Place {
    let start = text.find(part).unwrap_or_else(|| panic!("`{part}` stands in {path}"));
    Text::new(text).place(path, Span::new(start, start + part.len()), label)
}

fn rule(rule: &'static str, group: &'static str, standing: Standing, looked_at: usize) -> RuleReport {
    RuleReport {
        rule,
        group,
        level: Level::Warn,
        claim: "every version in a README admits the manifest's",
        page: "## What is compared\n\nVersions.\n",
        standing,
        looked_at,
        findings: 0,
        unproven: Vec::new(),
        demanded: false,
    }
}

pub(crate) fn judged(rule: &'static str, level: Level, finding: Finding) -> Judged {
    let fingerprint = format!("{:032x}", finding.message.len() * 31 + finding.at.line);
    Judged { rule, level, finding, fingerprint, new: true, waiver: None }
}

/// A report on a tree in which nothing is wrong.
pub(crate) fn clean() -> Report {
    Report {
        subject: Subject {
            source: Source::Worktree,
            revision: Some("9f2c1ab0d4e5f60718293a4b5c6d7e8f90a1b2c3".to_owned()),
            tree: Some("41d77e00d4e5f60718293a4b5c6d7e8f90a1b2c3".to_owned()),
            dirty: false,
            notes: Vec::new(),
        },
        policy: PolicyUsed::default(),
        since: None,
        fail_on: Level::Deny,
        files_read: 210,
        waivers: Vec::new(),
        rules: vec![
            rule("snippet-outdated", "versions", Standing::Holds, 12),
            rule("msrv-outdated-in-docs", "msrv", Standing::Absent, 0),
            rule("doc-link-broken", "docs", Standing::Holds, 1_222),
        ],
        findings: Vec::new(),
        claims: Vec::new(),
        fixed: Vec::new(),
        verdict: Verdict::Accepted,
    }
}

fn snippet() -> Judged {
    judged(
        "snippet-outdated",
        Level::Deny,
        Finding::new(
            "README asks for hyper `0.13`, the manifest says 0.14.2",
            place("README.md", README, "0.13", "does not admit 0.14.2"),
        )
        .against(place("Cargo.toml", MANIFEST, "0.14.2", "the version"))
        .why("who copies the line gets a version without today's API")
        .replace_with("0.14"),
    )
}

fn msrv() -> Judged {
    judged(
        "msrv-outdated-in-docs",
        Level::Warn,
        Finding::new(
            "README says Rust 1.76, the manifest says 1.88.0",
            place("README.md", README, "Rust 1.76", "says 1.76"),
        )
        .against(place("Cargo.toml", MANIFEST, "1.88.0", "the rust-version"))
        .against(Place::whole("git:refs/tags/v0.14.1", "already there")),
    )
}

fn missing() -> Judged {
    let text = "include = [\"/src\", \"/build\"]\nexclude = [\"/build\"]\n";
    let finding =
        Finding::new("`include` names /build, which is not there", Place::whole("crates/deep/build", "is not there"))
            .against(place("crates/deep/Cargo.toml", text, "\"/build\"", "named here"))
            .fix(Fix {
                title: "leave it out".to_owned(),
                edits: vec![
                    Edit { path: "crates/deep/Cargo.toml".to_owned(), span: Span::new(17, 27), text: String::new() },
                    Edit { path: "crates/deep/Cargo.toml".to_owned(), span: Span::new(39, 49), text: "[".to_owned() },
                ],
            });
    judged("manifest-path-missing", Level::Deny, finding)
}

fn same_line() -> Judged {
    let text = "steps:\n  - uses: actions/checkout@0123456 # v4.1.0 is what we want\n";
    let at = place(".github/workflows/ci.yml", text, "v4.1.0", "says v4.1.0");
    let finding = Finding::new("the comment says v4.1.0, the pin is v4.2.0", at).against(place(
        ".github/workflows/ci.yml",
        text,
        "0123456",
        "is v4.2.0",
    ));
    judged("ci-pin-mislabelled", Level::Warn, finding)
}

fn hostile() -> Judged {
    let text = format!("first\n{HOSTILE}\nlast");
    let at = Text::new(text.as_str()).place(HOSTILE_PATH, Span::new(6, 6 + HOSTILE.len()), HOSTILE);
    let finding = Finding::new(format!("the text says `{HOSTILE}`"), at.clone()).against(at).why(HOSTILE);
    judged("doc-link-broken", Level::Warn, finding)
}

/// A report with every kind of finding, place and standing.
pub(crate) fn full() -> Report {
    let mut report = clean();
    report.findings = vec![same_line(), snippet(), msrv(), missing(), hostile()];
    let links: String = (1..=14).map(|number| format!("see [it](gone-{number}.md)\n")).collect();
    for number in 1..=14 {
        let part = format!("(gone-{number}.md)");
        let at = place("docs/guide.md", &links, &part, "");
        let message = format!("the link goes to gone-{number}.md, which is not there");
        report.findings.push(judged("doc-link-broken", Level::Warn, Finding::new(message, at)));
    }
    for number in [1, 2] {
        let at = Place::whole(format!("patterns/{number}"), "matches nothing");
        let finding = Finding::new(format!("the pattern {number} matches nothing"), at);
        report.findings.push(judged("pattern-matches-nothing", Level::Note, finding));
    }
    let mut waived = judged(
        "license-disagrees",
        Level::Deny,
        Finding::new("LICENSE is MIT, the manifest says Apache-2.0", Place::whole("LICENSE", "is MIT")),
    );
    waived.waiver = Some(WaiverUsed {
        reason: "dual since 2019".to_owned(),
        until: Some("2027-01-31".to_owned()),
        at: Place::whole("governed.toml", ""),
    });
    report.findings.push(waived);
    report.rules = vec![
        rule("snippet-outdated", "versions", Standing::Refuted, 12),
        rule("version-untagged", "versions", Standing::Unproven, 0),
        rule("msrv-outdated-in-docs", "msrv", Standing::Refuted, 3),
        rule("license-disagrees", "manifests", Standing::Waived, 4),
        rule("manifest-path-missing", "manifests", Standing::Refuted, 40),
        rule("pattern-matches-nothing", "manifests", Standing::Refuted, 9),
        rule("ci-pin-mislabelled", "ci", Standing::Refuted, 7),
        rule("doc-link-broken", "docs", Standing::Refuted, 1_222),
        rule("contract-broken", "contracts", Standing::Absent, 0),
    ];
    for rule in &mut report.rules {
        rule.findings = report.findings.iter().filter(|judged| judged.rule == rule.rule).count();
    }
    report.rules[1].unproven =
        vec![Unproven { why: "tags were not fetched: the clone is shallow".to_owned(), at: None }];
    let accepting = |until: Option<&str>, covers, state| WaiverReport {
        rules: vec!["license-disagrees".to_owned()],
        path: Some("LICENSE".to_owned()),
        reason: "dual since 2019".to_owned(),
        until: until.map(str::to_owned),
        at: Place::whole("governed.toml", ""),
        covers,
        state,
    };
    report.waivers = vec![
        accepting(Some("2027-01-31"), 1, WaiverState::Covers),
        accepting(Some("2020-01-31"), 0, WaiverState::Expired),
        accepting(None, 0, WaiverState::Unreadable("the reason is missing".to_owned())),
    ];
    report.policy = PolicyUsed { path: Some("governed.toml".to_owned()), sha256: Some("02fa".repeat(16)) };
    report.subject.dirty = true;
    report.verdict = Verdict::Refused;
    report
}

/// The full report with `--since`: most findings are inherited, two are mended.
pub(crate) fn since() -> Report {
    let mut report = full();
    report.since = Some("origin/main".to_owned());
    for judged in &mut report.findings {
        judged.new = judged.rule == "msrv-outdated-in-docs";
    }
    report.fixed = vec!["ab".repeat(16), "cd".repeat(16)];
    report.verdict = Verdict::Accepted;
    report
}

/// A report in which a demanded claim could not be judged.
pub(crate) fn unproven() -> Report {
    let mut report = clean();
    report.rules[1].standing = Standing::Unproven;
    report.rules[1].demanded = true;
    report.rules[1].unproven = vec![Unproven {
        why: "the manifest could not be read".to_owned(),
        at: Some(place("Cargo.toml", MANIFEST, "1.88.0", "from here on")),
    }];
    report.verdict = Verdict::Unproven;
    report
}
