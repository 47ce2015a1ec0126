//! Whatever a repository holds, `check` ends, does not panic, and says what it could not read.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;
use std::time::Instant;

use cargo_governed::commands::check::Options;
use cargo_governed::commands::check::check;
use cargo_governed::error::Error;
use cargo_governed::facts::history::NoHistory;
use cargo_governed::facts::policy::Policy;
use cargo_governed::facts::tree::Entry;
use cargo_governed::facts::tree::Mode;
use cargo_governed::facts::tree::Tree;
use cargo_governed::judge::report::Report;
use cargo_governed::judge::report::Source;
use cargo_governed::judge::report::Standing;
use cargo_governed::rules;
use cargo_governed::rules::rule::Context;
use cargo_governed::world::reading;
use support::checkout::Scratch;

/// A check that hangs is as bad as one that panics. Test builds on a loaded machine are slow: what hangs does so for ever.
const PATIENCE: Duration = Duration::from_secs(120);

fn result_of(scratch: &Scratch) -> Result<Report, Error> {
    let folder: PathBuf = scratch.path().to_path_buf();
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let _ = sender.send(check(&Options::in_folder(folder)).map(|checked| checked.report));
    });
    receiver.recv_timeout(PATIENCE).expect("check ends, and does not panic")
}

fn report_of(scratch: &Scratch) -> Report {
    result_of(scratch).unwrap_or_else(|error| panic!("{error}"))
}

/// The findings as `level rule path`.
fn lines(report: &Report) -> Vec<String> {
    let line = |judged: &cargo_governed::judge::report::Judged| {
        format!("{} {} {}", judged.level.as_str(), judged.rule, judged.finding.at.path)
    };
    report.findings.iter().map(line).collect()
}

const PACKAGE: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";

fn package() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("Cargo.toml", PACKAGE);
    scratch.write("src/lib.rs", "");
    scratch
}

fn assert_finds(scratch: &Scratch, expected: &str) {
    let found = lines(&report_of(scratch));
    assert!(found.iter().any(|line| line == expected), "{expected} is not in {found:#?}");
}

#[test]
fn bytes_that_are_no_text_are_findings_at_their_files() {
    let scratch = package();
    for (path, expected) in [
        ("member/Cargo.toml", "deny file-unparsable member/Cargo.toml"),
        ("Cargo.lock", "deny file-unparsable Cargo.lock"),
        (".github/workflows/ci.yml", "deny file-unparsable .github/workflows/ci.yml"),
        ("README.md", "warn file-unparsable README.md"),
        ("CHANGELOG.md", "warn file-unparsable CHANGELOG.md"),
        ("src/bad.rs", "warn file-unparsable src/bad.rs"),
        (".cargo/config.toml", "deny file-unparsable .cargo/config.toml"),
    ] {
        scratch.write(path, b"ok\n\xff\xfe\x00");
        assert_finds(&scratch, expected);
    }
}

#[test]
fn formats_that_are_broken_are_findings_at_their_lines() {
    let scratch = package();
    scratch.write("Cargo.lock", "version = 4\n\n[[package]\n");
    scratch.write(".github/workflows/ci.yml", "on: push\njobs:\n  a: [b\n");
    scratch.write("rust-toolchain.toml", "[toolchain\n");
    let report = report_of(&scratch);
    for path in ["Cargo.lock", ".github/workflows/ci.yml", "rust-toolchain.toml"] {
        let of_path = |judged: &&cargo_governed::judge::report::Judged| judged.finding.at.path == path;
        let found = report.findings.iter().find(of_path).unwrap_or_else(|| panic!("{path}: {:#?}", lines(&report)));
        assert_eq!(found.rule, "file-unparsable");
        assert!(found.finding.at.line > 0, "{path} has a line");
    }
}

#[test]
fn an_empty_file_and_one_of_marks_alone_are_read() {
    for text in ["", "\u{feff}", "\n", "\r\n\r", "\0\0\0", "---", "- ", "#", "[", "```", "\u{202e}\u{200b}"] {
        let scratch = package();
        for path in [
            "README.md",
            "CHANGELOG.md",
            "Cargo.lock",
            ".github/workflows/ci.yml",
            "action.yml",
            "src/x.rs",
            "rust-toolchain",
            "clippy.toml",
            ".cargo/config.toml",
            "run.sh",
            "b/Cargo.toml",
        ] {
            scratch.write(path, text);
        }
        report_of(&scratch);
    }
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    let scratch = package();
    scratch.write("Cargo.toml", format!("\u{feff}{PACKAGE}").replace('\n', "\r\n"));
    scratch.write("README.md", "\u{feff}# a\r\n");
    assert_eq!(lines(&report_of(&scratch)), Vec::<String>::new());
}

#[test]
fn inheritance_that_leads_nowhere_or_in_a_circle_ends() {
    let scratch = Scratch::new();
    let own = "version.workspace = true\nedition.workspace = true";
    scratch
        .write("Cargo.toml", format!("[workspace]\nmembers = [\"a\", \"b\", \".\"]\n[package]\nname = \"r\"\n{own}\n"));
    scratch.write(
        "a/Cargo.toml",
        format!("[package]\nname = \"a\"\nworkspace = \"../b\"\n{own}\n[dependencies]\nb = {{ path = \"../b\" }}\n"),
    );
    scratch.write("b/Cargo.toml", format!("[package]\nname = \"b\"\nworkspace = \"../a\"\n{own}\n[dependencies]\na = {{ path = \"../a\" }}\nb.workspace = true\n[features]\nx = [\"y\"]\ny = [\"x\"]\n"));
    report_of(&scratch);
}

#[test]
fn members_that_leave_the_root_or_fit_everything_end() {
    let scratch = package();
    for members in ["../..", "/", "**/**/**/**/*", "[", "./././.", "C:\\\\x", "*/../*/../*", ""] {
        scratch.write(
            "Cargo.toml",
            format!("{PACKAGE}[workspace]\nmembers = [\"{members}\"]\nexclude = [\"{members}\"]\n"),
        );
        report_of(&scratch);
    }
}

#[test]
fn nesting_of_any_depth_ends_without_a_stack_overflow() {
    let deep = 10_000;
    let scratch = package();
    let (open, close) = ("[".repeat(deep), "]".repeat(deep));
    let tables = "{ a = ".repeat(deep);
    scratch.write("a/Cargo.toml", format!("{PACKAGE}[package.metadata]\nx = {open}{close}\n"));
    scratch.write("b/Cargo.toml", format!("{PACKAGE}[package.metadata]\nx = {tables}1{}\n", "}".repeat(deep)));
    scratch.write("c/Cargo.toml", format!("{PACKAGE}[{}]\n", "a.".repeat(deep) + "a"));
    scratch.write(".github/workflows/flow.yml", format!("on: push\njobs: {open}{close}\n"));
    scratch.write(".github/workflows/maps.yml", format!("on: push\njobs: {}\n", "{a: ".repeat(deep)));
    let blocks: String = (0..2_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    scratch.write(".github/workflows/block.yml", blocks);
    scratch.write(".github/workflows/items.yml", "- ".repeat(deep));
    scratch.write("README.md", format!("{}text\n\n{open}\n\n{}\n", "> ".repeat(deep), "* ".repeat(deep)));
    scratch.write("docs/html.md", "<div>".repeat(deep));
    scratch.write("docs/emphasis.md", "*a **b ".repeat(deep));
    scratch.write("src/lib.rs", format!("fn f() {{ {} }}\n", "{(".repeat(deep)));
    scratch.write("src/comments.rs", "/*".repeat(deep));
    scratch.write("src/macros.rs", "m!{".repeat(deep));
    scratch.write("src/cfg.rs", format!("#[cfg({}x)]\nmod a;\n", "all(".repeat(deep)));
    scratch.write("run.sh", format!("{}\n", "$(".repeat(deep)));
    scratch.write("CHANGELOG.md", format!("# Changelog\n\n{}", "## [1.0.0]\n> ".repeat(1_000)));
    let found = lines(&report_of(&scratch));
    for path in ["a/Cargo.toml", "b/Cargo.toml", ".github/workflows/flow.yml"] {
        let said =
            |line: &&String| line.ends_with(path) && (line.contains("limit-exceeded") || line.contains("unparsable"));
        assert!(found.iter().any(|line| said(&line)), "nothing is said of {path}: {found:#?}");
    }
}

#[test]
fn aliases_of_yaml_do_not_explode() {
    let scratch = package();
    let mut text = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (one, other) in "abcdefghijkl".chars().zip("bcdefghijklm".chars()) {
        let _ = writeln!(text, "{other}: &{other} [{}]", vec![format!("*{one}"); 9].join(", "));
    }
    scratch.write(".github/workflows/ci.yml", format!("on: push\njobs: {{}}\n{text}"));
    assert_finds(&scratch, "warn limit-exceeded .github/workflows/ci.yml");
}

#[test]
fn many_of_everything_takes_no_quadratic_time() {
    let many = 40_000;
    let scratch = package();
    scratch.write("docs/a.md", "[".repeat(many));
    scratch.write("docs/b.md", "`".repeat(many) + " x " + &"`".repeat(many - 1));
    scratch.write("docs/c.md", "# same\n".repeat(many / 4));
    scratch.write("docs/d.md", "<a <a ".repeat(many));
    scratch.write("docs/e.md", "[x](#".repeat(many / 4));
    scratch.write("docs/f.md", (0..many / 8).map(|n| format!("[a{n}]: b{n}.md\n[a{n}]\n")).collect::<String>());
    scratch.write("src/a.rs", "#[cfg(x)] mod a; ".repeat(many / 8));
    scratch.write("src/b.rs", "r#\"".repeat(many));
    scratch.write("src/c.rs", "'a \"".repeat(many));
    scratch.write("run.sh", "a; ".repeat(many) + &"<<E ".repeat(1_000));
    scratch.write(".github/workflows/a.yml", format!("on: push\njobs:\n{}", "  a:\n ]\n".repeat(2_000)));
    scratch.write(
        "CHANGELOG.md",
        (0..many / 8).map(|n| format!("## [0.{n}.0] - 2024-01-01\n\n- x\n\n")).collect::<String>(),
    );
    report_of(&scratch);
}

#[test]
fn what_is_too_large_is_said_and_not_read() {
    let scratch = package();
    for path in ["README.md", "Cargo.lock", "data.json", "logo.png", "tests/fixtures/large.md"] {
        scratch.write(path, "");
        std::fs::File::options().write(true).open(scratch.at(path)).unwrap().set_len(100 << 20).unwrap();
    }
    let found = lines(&report_of(&scratch));
    let expected = ["warn limit-exceeded Cargo.lock", "warn limit-exceeded README.md", "note limit-exceeded data.json"];
    assert_eq!(found, expected);
}

#[test]
fn ten_thousand_members_are_read_and_judged() {
    let root = "[workspace]\nmembers = [\"m/*\"]\nresolver = \"3\"\n";
    let member = |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    let mut files = BTreeMap::from([("Cargo.toml".to_owned(), root.to_owned())]);
    for number in 0..10_000 {
        files.insert(format!("m/m{number}/Cargo.toml"), member(&format!("m{number}")));
        files.insert(format!("m/m{number}/src/lib.rs"), String::new());
        files.insert(format!("m/m{number}/README.md"), format!("# m{number}\n\nSee [m1](../m1/README.md).\n"));
    }
    let entry = |path: &String| Entry { path: Arc::from(path.as_str()), mode: Mode::File, id: None, tracked: true };
    let tree = Tree::new(files.keys().map(entry).collect());
    let facts = reading::read_facts(tree, |entry, _| Ok(files[entry.path.as_ref()].clone().into_bytes()), None);
    assert_eq!(facts.cargo.packages.len(), 10_000);
    let begun = Instant::now();
    let (policy, today) = (Policy::default(), jiff::civil::date(2026, 11, 22));
    for rule in rules::all() {
        (rule.check)(&Context { facts: &facts, history: &NoHistory, policy: &policy, base: None, change: None, today });
        assert!(begun.elapsed() < PATIENCE, "{} takes too long", rule.name);
    }
}

#[test]
fn a_manifest_that_is_a_folder_is_said() {
    let scratch = Scratch::new();
    std::fs::create_dir_all(scratch.at("Cargo.toml")).unwrap();
    scratch.write("src/lib.rs", "");
    let report = report_of(&scratch);
    let rule = report.rules.iter().find(|rule| rule.rule == "file-unparsable").unwrap();
    assert_eq!(rule.unproven.len(), 1, "{rule:#?}");
    scratch.write("Cargo.toml/x", "");
    assert_finds(&scratch, "deny file-unparsable Cargo.toml");
}

#[cfg(unix)]
#[test]
fn a_manifest_that_is_a_fifo_is_said_and_not_waited_for() {
    let scratch = Scratch::new();
    scratch.write("src/lib.rs", "");
    assert!(std::process::Command::new("mkfifo").arg(scratch.at("Cargo.toml")).status().unwrap().success());
    assert_finds(&scratch, "deny file-unparsable Cargo.toml");
}

#[cfg(unix)]
#[test]
fn what_may_not_be_opened_is_unproven() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = package();
    scratch.write("README.md", "x");
    std::fs::set_permissions(scratch.at("README.md"), std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(scratch.at("README.md")).is_ok() {
        return; // The superuser may open anything.
    }
    let report = report_of(&scratch);
    let rule = report.rules.iter().find(|rule| rule.rule == "file-unparsable").unwrap();
    assert!(rule.unproven[0].why.contains("permission"), "{:#?}", rule.unproven);
}

#[cfg(unix)]
#[test]
fn names_may_hold_anything() {
    let scratch = package();
    for name in
        ["a\nb", "\u{1b}[31m", "\u{202e}dm", " ", "a\\b", "::error::x", "%0A", "\u{200b}", "-rf", "|", "<script>"]
    {
        scratch.write(&format!("docs/{name}.md"), "[x](gone.md)");
        scratch.write(&format!("{name}/Cargo.toml"), "[package\n");
    }
    let found = lines(&report_of(&scratch));
    assert!(found.iter().any(|line| line == "deny file-unparsable a\nb/Cargo.toml"), "{found:#?}");
}

#[test]
fn a_repository_that_is_broken_is_a_clear_error() {
    let breaks: &[(&str, &[u8], &str)] = &[
        (".git/index", b"DIRC\0\0\0\x02\0\0\0\xff", "read the index"),
        (".git/index", b"nonsense", "read the index"),
        (".git/HEAD", b"nonsense\n", "read HEAD"),
        (".git/config", b"[core\n", "open the repository"),
    ];
    for (path, bytes, said) in breaks {
        let scratch = Scratch::committed(&[("Cargo.toml", PACKAGE), ("src/lib.rs", "")]);
        scratch.write(path, bytes);
        let error = result_of(&scratch).expect_err(path);
        assert_eq!((error.code, error.exit), ("git", 4), "{path}: {error:?}");
        assert!(error.message.starts_with(said), "{path}: {error:?}");
    }
}

#[test]
fn a_repository_that_is_gone_is_told_in_a_note() {
    let scratch = Scratch::new();
    scratch.write(".git", "gitdir: /nowhere/at/all\n");
    scratch.write("Cargo.toml", PACKAGE);
    let report = report_of(&scratch);
    assert_eq!(report.subject.source, Source::Folder);
    let notes = &report.subject.notes;
    assert!(matches!(notes.as_slice(), [note] if note.contains(".git leads to no repository")), "{notes:?}");
}

#[test]
fn a_tag_whose_object_is_gone_leaves_the_tags_unread() {
    let scratch = Scratch::committed(&[("Cargo.toml", PACKAGE), ("README.md", "```toml\na = \"0.0.9\"\n```\n")]);
    let missing = "0123456789012345678901234567890123456789\n";
    scratch.write(".git/refs/tags/v0.0.9", missing);
    let report = report_of(&scratch);
    let rule = report.rules.iter().find(|rule| rule.rule == "snippet-outdated").unwrap();
    assert_eq!((rule.standing, rule.findings), (Standing::Unproven, 0), "{rule:#?}");
}

#[test]
fn a_tag_of_a_tree_or_a_file_is_passed_over_and_the_others_are_read() {
    let scratch = Scratch::committed(&[("Cargo.toml", PACKAGE), ("README.md", "```toml\na = \"0.0.9\"\n```\n")]);
    scratch.git(&["tag", "v0.0.8", "HEAD^{tree}"]);
    scratch.git(&["tag", "-a", "-m", "x", "v0.0.7", "HEAD:README.md"]);
    scratch.git(&["tag", "v0.1.0"]);
    assert_finds(&scratch, "deny snippet-outdated README.md");
}

#[test]
fn a_commit_whose_tree_is_gone_is_a_clear_error() {
    let scratch = Scratch::committed(&[("Cargo.toml", PACKAGE)]);
    let tree = scratch.git(&["rev-parse", "HEAD^{tree}"]);
    std::fs::remove_file(scratch.at(&format!(".git/objects/{}/{}", &tree[..2], tree[2..].trim()))).unwrap();
    let options = Options { rev: Some("HEAD".to_owned()), ..Options::in_folder(scratch.path()) };
    let error = check(&options).unwrap_err();
    assert_eq!((error.code, error.exit), ("git", 4));
}
