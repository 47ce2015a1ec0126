//! The compiler of the house: imports run only down, nobody but the doors does I/O, files and functions stay small.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use cargo_governed::rules;

/// The most lines of a file.
const FILE_WALL: usize = 400;
/// The most lines of a function.
const FUNCTION_WALL: usize = 100;

/// The floors from the ground up. Floors of one height do not know each other.
const HEIGHTS: &[(&str, usize)] = &[
    ("error", 0),
    ("facts", 1),
    ("world", 2),
    ("rules", 2),
    ("judge", 3),
    ("steps", 4),
    ("record", 5),
    ("proof", 6),
    ("gate", 7),
    ("release", 8),
    ("render", 9),
    ("commands", 10),
    ("lib", 11),
    ("main", 12),
];

/// Words that only some floors may write: (word, folders or files that may, why).
const DOORS: &[(&str, &[&str], &str)] = &[
    ("git2::", &["src/world/git/"], "git2 is named behind the git door alone"),
    ("std::fs", &["src/world/"], "only the world opens files"),
    ("use ureq", &["src/world/registry/"], "only the registry door reads an index over a network"),
    (
        "world::registry",
        &["src/world/registry/", "src/commands/release"],
        "only the verbs of releases ask registries: `check`, `gate` and `verify` can not",
    ),
    ("use octocrab", &["src/world/forge/"], "only the forge door opens connections"),
    ("use tokio", &["src/world/forge/"], "only the forge door waits for a network"),
    (
        "world::forge",
        // `release publish` makes the release of a tag and `release status` asks for it; nothing else of them may.
        &["src/world/forge/", "src/commands/action/", "src/commands/release_forge.rs"],
        "no verb but `action` and those of releases talks to a forge: `check`, `gate` and `verify` can not",
    ),
    ("commands::action", &["src/commands/action/", "src/commands/dispatch.rs"], "no verb goes through `action`"),
    ("std::net", &["src/world/process/"], "no connection is opened; the watchers of steps talk over socket pairs"),
    ("process::Command", &["src/world/process/"], "processes are started behind one door"),
    ("SystemTime", &["src/world/"], "time is an input"),
    ("Instant::now", &["src/world/"], "time is an input"),
    ("Zoned::now", &["src/world/"], "time is an input"),
    ("Timestamp::now", &["src/world/"], "time is an input"),
    ("std::env", &["src/world/", "src/commands/", "src/main.rs"], "the environment is an input"),
    ("stdout()", &["src/commands/", "src/main.rs"], "only the verbs write answers"),
    ("stderr()", &["src/commands/", "src/main.rs"], "only the verbs talk"),
];

struct Source {
    /// The path from the root of the repository.
    path: String,
    /// The module path: `facts::place`; `facts` for `facts/mod.rs`.
    module: String,
    /// The lines in front of the unit tests.
    lines: Vec<String>,
    /// All lines.
    total: usize,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("src can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(source(root, &path));
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(found.len() > 20, "the house was not found");
    found
}

fn source(root: &Path, path: &Path) -> Source {
    let text = std::fs::read_to_string(path).expect("a readable source");
    let path = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
    let module = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
    let lines = text
        .lines()
        .take_while(|line| line.trim() != "#[cfg(test)]")
        .map(|line| if line.trim_start().starts_with("//") { String::new() } else { line.to_owned() })
        .collect();
    Source { path, module, lines, total: text.lines().count() }
}

fn floor(module: &str) -> &str {
    module.split("::").next().unwrap_or(module)
}

fn height(module: &str) -> usize {
    let floor = floor(module);
    let known = HEIGHTS.iter().find(|(name, _)| *name == floor);
    known.unwrap_or_else(|| panic!("`{floor}` is no floor: say in tests/floors.rs how high it lies")).1
}

/// The `crate::` paths that a line names, without the last parts that are no modules.
fn imports(line: &str, modules: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    for marker in ["crate::", "cargo_governed::"] {
        for (at, _) in line.match_indices(marker) {
            let rest = &line[at + marker.len()..];
            let end = rest
                .find(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != ':')
                .unwrap_or(rest.len());
            let mut path = rest[..end].trim_end_matches(':').to_owned();
            while !path.is_empty() && !modules.contains(&path) {
                path = path.rfind("::").map_or_else(String::new, |at| path[..at].to_owned());
            }
            if !path.is_empty() {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn imports_run_only_down_and_never_in_circles() {
    let sources = sources();
    let modules: BTreeSet<String> = sources.iter().map(|source| source.module.clone()).collect();
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut faults = String::new();
    for source in &sources {
        for (number, line) in source.lines.iter().enumerate() {
            for target in imports(line, &modules) {
                let (from, to) = (floor(&source.module), floor(&target));
                if from != to && height(&target) >= height(&source.module) {
                    let _ =
                        writeln!(faults, "{}:{}: {from} must not know {to}: {}", source.path, number + 1, line.trim());
                }
                if target != source.module {
                    edges.entry(source.module.clone()).or_default().insert(target);
                }
            }
        }
    }
    assert!(faults.is_empty(), "imports that run upward:\n{faults}");
    assert!(edges.len() > 20, "the imports were not read");
    for module in &modules {
        if let Some(circle) = circle_through(module, &edges) {
            panic!("a circle of imports: {}", circle.join(" -> "));
        }
    }
}

/// A way from a module back to itself.
fn circle_through(module: &str, edges: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut open = vec![module];
    while let Some(at) = open.pop() {
        for next in edges.get(at).into_iter().flatten() {
            if next == module {
                let mut way = vec![module.to_owned(), at.to_owned()];
                let mut step = at;
                while let Some(before) = came_from.get(step).filter(|_| step != module) {
                    way.push((*before).to_owned());
                    step = before;
                }
                way.reverse();
                return Some(way);
            }
            if !came_from.contains_key(next.as_str()) {
                came_from.insert(next, at);
                open.push(next);
            }
        }
    }
    None
}

#[test]
fn only_the_doors_touch_the_world() {
    let mut faults = String::new();
    for source in sources() {
        for (number, line) in source.lines.iter().enumerate() {
            for (word, allowed, why) in DOORS {
                if line.contains(word) && !allowed.iter().any(|door| source.path.starts_with(door)) {
                    let _ = writeln!(faults, "{}:{}: {why}: {}", source.path, number + 1, line.trim());
                }
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn files_and_functions_stay_below_the_wall() {
    let mut faults = String::new();
    for source in sources() {
        if source.total > FILE_WALL {
            let _ = writeln!(faults, "{}: {} lines, the wall is {FILE_WALL}", source.path, source.total);
        }
        for (name, line, length) in functions(&source.lines) {
            if length > FUNCTION_WALL {
                let _ = writeln!(
                    faults,
                    "{}:{line}: `{name}` has {length} lines, the wall is {FUNCTION_WALL}",
                    source.path
                );
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

/// The functions of a formatted source as (name, line, lines): rustfmt closes a body at the indentation of its `fn`.
fn functions(lines: &[String]) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let bare = line.trim_start();
        let Some(at) = bare.find("fn ").filter(|&at| bare[..at].split(' ').all(is_qualifier)) else {
            continue;
        };
        let indent = line.len() - bare.len();
        let name = bare[at + 3..].split(['(', '<']).next().unwrap_or_default().to_owned();
        let end = lines[index..].iter().position(|line| line.trim_end() == format!("{}}}", " ".repeat(indent)));
        let one_line = line.trim_end().ends_with(['}', ';']);
        found.push((name, index + 1, if one_line { 1 } else { end.map_or(1, |end| end + 1) }));
    }
    found
}

fn is_qualifier(word: &str) -> bool {
    word.is_empty() || matches!(word, "pub" | "pub(crate)" | "const" | "async" | "unsafe" | "extern" | "\"C\"")
}

#[test]
fn no_folder_is_above_a_quarter_of_the_house() {
    let mut folders: BTreeMap<String, usize> = BTreeMap::new();
    let mut house = 0;
    for source in sources() {
        let folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        *folders.entry(folder).or_default() += source.total;
        house += source.total;
    }
    for (folder, lines) in folders {
        assert!(lines * 4 <= house, "{folder} holds {lines} of {house} lines");
    }
}

#[test]
fn a_rule_has_a_file_of_its_name_and_a_claim() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut names = BTreeSet::new();
    for rule in rules::all() {
        assert!(names.insert(rule.name), "{} stands twice in the list", rule.name);
        let file = root.join("src/rules").join(rule.group).join(format!("{}.rs", rule.name.replace('-', "_")));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|_| panic!("{} is missing", file.display()));
        assert!(text.contains(&format!("name: \"{}\"", rule.name)), "{} does not name its rule", file.display());
        assert!(
            !rule.claim.is_empty() && !rule.claim.ends_with('.'),
            "{}: a claim is a sentence without its stop",
            rule.name
        );
        assert!(rule.page.lines().count() >= 8, "{}: the page says too little", rule.name);
    }
}

#[test]
fn functions_are_measured() {
    let lines: Vec<String> =
        "impl X {\n    pub fn a(&self) {\n        x\n    }\n}\nfn b() -> u8 { 1 }".lines().map(str::to_owned).collect();
    assert_eq!(functions(&lines), [("a".to_owned(), 2, 3), ("b".to_owned(), 6, 1)]);
}
