//! Who the compiler, cargo and the other tools are, asked once and remembered until something of them moves.
//!
//! An answer is kept with the stamps of all that decided it: the program on the path, rustup's settings, the toolchain
//! files up the tree, the compiler, the tools and the libraries of the toolchain behind a proxy, and every link on the way
//! to one of them. A swapped compiler is seen, because its time of change can't be set back.
//!
//! Steps run under the toolchain that the repository declares: see [`crate::world::toolchain_choice`].

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::Path;
use std::path::PathBuf;

use crate::facts::digest::Digest;
use crate::facts::lookup;
use crate::world::file_digest;
use crate::world::installation;
use crate::world::process::query;
use crate::world::stamp::Stamp;
use crate::world::tool_bytes;
use crate::world::tool_memo::ToolMemo;
use crate::world::tool_memo::Watched;
use crate::world::way;

/// A program whose identity is wanted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tool {
    /// The program: `rustc`, `cargo-nextest`, `make`.
    pub program: String,
    /// The toolchain of `cargo +nightly`.
    pub toolchain: Option<String>,
}

impl Tool {
    /// A program under the toolchain that is active.
    pub fn named(program: impl Into<String>) -> Self {
        Self { program: program.into(), toolchain: None }
    }

    /// How it stands in keys and reports: `rustfmt`, `rustfmt +nightly`.
    pub fn title(&self) -> String {
        match &self.toolchain {
            Some(toolchain) => format!("{} +{toolchain}", self.program),
            None => self.program.clone(),
        }
    }
}

/// Who a program is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Where it was found.
    pub path: PathBuf,
    /// What it says of itself, line by line, and the digests of the files that it is; for a program that is not asked,
    /// the digest of its bytes alone.
    pub says: String,
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is there.
    Known(Identity),
    /// It is not, and why: a claim that needs it is unproven.
    Missing(String),
}

/// All answers, and what was started to get them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identified {
    /// The answers.
    pub answers: BTreeMap<Tool, Answer>,
    /// The commands that were started, in order; none where everything was remembered.
    pub queries: Vec<String>,
    /// The files that the answers hang on, with their stamps: none for one that was not there.
    pub seen: Vec<(PathBuf, Option<Stamp>)>,
}

impl Identified {
    /// Who a tool is; none where it is missing or was not asked for.
    pub fn identity(&self, tool: &Tool) -> Option<&Identity> {
        match self.answers.get(tool)? {
            Answer::Known(identity) => Some(identity),
            Answer::Missing(_) => None,
        }
    }

    /// Why a tool is missing.
    pub fn missing(&self, tool: &Tool) -> Option<&str> {
        match self.answers.get(tool)? {
            Answer::Missing(why) => Some(why),
            Answer::Known(_) => None,
        }
    }
}

/// Where tools are looked for: the folder that steps start in, and the environment that they see.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The root of the tree.
    pub root: &'a Path,
    /// The variables that every step sees.
    pub environment: &'a BTreeMap<OsString, OsString>,
    /// The folder of the record, where answers are remembered; none to remember nothing.
    pub record: Option<&'a Path>,
}

impl Around<'_> {
    fn variable(&self, name: &str) -> Option<&OsStr> {
        self.environment.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// The file of a program: on the path, or in cargo's home as cargo looks for its subcommands; one with a slash in
    /// its name from the root.
    pub fn find(&self, program: &str) -> Option<PathBuf> {
        if program.contains(['/', '\\']) {
            let path = self.root.join(program);
            return path.is_file().then_some(path);
        }
        let on_path = installation::program(program, self.variable("PATH").unwrap_or_default());
        on_path.or_else(|| {
            let home = self.variable("CARGO_HOME").map(PathBuf::from);
            let home = home.or_else(|| Some(Path::new(self.variable("HOME")?).join(".cargo")))?;
            program.starts_with("cargo-").then(|| home.join("bin").join(program)).filter(|path| path.is_file())
        })
    }
}

/// The form of the answers that are remembered.
const FORM: &str = "tool/2";
/// Programs that a toolchain brings along: they may be proxies of rustup.
const OF_TOOLCHAIN: &[&str] =
    &["rustc", "cargo", "rustdoc", "rustfmt", "cargo-fmt", "cargo-clippy", "clippy-driver", "cargo-miri"];

/// The arguments that make a program say who it is; none for one whose bytes are asked instead.
fn question(program: &str) -> Option<&'static [&'static str]> {
    Some(match program {
        "rustc" => &["-vV"],
        _ if OF_TOOLCHAIN.contains(&program) => &["-V"],
        "cargo-nextest" => &["nextest", "--version"],
        "cargo-semver-checks" => &["semver-checks", "--version"],
        _ => return None,
    })
}

/// Says which of some programs are there, without starting any.
pub fn installed<'p>(programs: &[&'p str], around: Around<'_>) -> Vec<&'p str> {
    programs.iter().copied().filter(|program| around.find(program).is_some()).collect()
}

/// Asks tools who they are.
pub fn identify(tools: impl IntoIterator<Item = Tool>, around: Around<'_>) -> Identified {
    let mut memo = ToolMemo::open(around.record);
    let mut found = Identified::default();
    for tool in tools {
        if !found.answers.contains_key(&tool) {
            let answer = identify_one(&tool, around, &mut memo, &mut found.queries);
            found.answers.insert(tool, answer);
        }
    }
    // A memo that can't be written costs time, not truth.
    let _ = memo.save();
    found.seen = memo.into_seen();
    found
}

fn identify_one(tool: &Tool, around: Around<'_>, memo: &mut ToolMemo, queries: &mut Vec<String>) -> Answer {
    let Some(path) = around.find(&tool.program) else {
        return Answer::Missing(format!("`{}` is not installed", tool.program));
    };
    let key = memo_key(tool, &path, around);
    if let Some(says) = memo.get(&key) {
        return Answer::Known(Identity { path, says });
    }
    let (result, watched) = match question(&tool.program) {
        None => {
            let mut files = way::to(&path);
            files.extend(files.last().map(|real| tool_bytes::drivers_beside(real)).unwrap_or_default());
            let watched = Watched::of(&files);
            (bytes_of(&path), watched)
        }
        Some(arguments) => {
            let result = ask(&path, tool, arguments, around, queries);
            let of_toolchain = OF_TOOLCHAIN.contains(&tool.program.as_str());
            let sysroot = if of_toolchain { sysroot(tool, around, memo, queries) } else { None };
            // Before the bytes are read: what moves under the reading is seen by the next one.
            let watched = Watched::of(&watched(tool, &path, around, sysroot.as_deref()));
            let bytes =
                |says: String| Ok(format!("{says}\n{}", tool_bytes::of(&tool.program, &path, sysroot.as_deref())?));
            (result.and_then(bytes), watched)
        }
    };
    match result {
        Ok(says) => {
            memo.put(key, says.clone(), watched);
            Answer::Known(Identity { path, says })
        }
        Err(why) => Answer::Missing(why),
    }
}

/// A program that is not asked is its bytes.
fn bytes_of(path: &Path) -> Result<String, String> {
    let real = path.canonicalize().map_err(|error| format!("{}: {}", path.display(), error.kind()))?;
    let mut lines = Vec::new();
    for file in [vec![real.clone()], tool_bytes::drivers_beside(&real)].concat() {
        lines.push(file_digest::of_file(&file).map_err(|problem| problem.message)?.0.to_string());
    }
    Ok(lines.join("\n"))
}

fn ask(
    path: &Path,
    tool: &Tool,
    arguments: &[&str],
    around: Around<'_>,
    queries: &mut Vec<String>,
) -> Result<String, String> {
    let toolchain = tool.toolchain.as_ref().map(|name| format!("+{name}"));
    let words: Vec<&str> = toolchain.as_deref().into_iter().chain(arguments.iter().copied()).collect();
    queries.push(format!("{} {}", tool.program, words.join(" ")));
    let mut environment = around.environment.clone();
    // A question installs nothing: a toolchain that is not there is a tool that is missing.
    environment.insert("RUSTUP_AUTO_INSTALL".into(), "0".into());
    query::ask(path, &words, around.root, &environment).map(|text| text.trim_end().to_owned())
}

/// What an answer hangs on beside the program and its watched files.
fn memo_key(tool: &Tool, path: &Path, around: Around<'_>) -> String {
    let mut text = format!("{FORM}\n{}\n{}\n{}\n", tool.title(), path.display(), around.root.display());
    for (name, value) in around.environment {
        let name = name.to_string_lossy();
        if name.starts_with("RUSTUP")
            || name.starts_with("RUSTC")
            || matches!(name.as_ref(), "HOME" | "PATH" | "CARGO_HOME")
        {
            let _ = writeln!(text, "{name}={}", value.to_string_lossy());
        }
    }
    Digest::of(text.as_bytes()).hex()
}

/// All files whose stamps decide whether an answer still holds.
fn watched(tool: &Tool, path: &Path, around: Around<'_>, sysroot: Option<&Path>) -> Vec<PathBuf> {
    let mut watched = way::to(path);
    if !OF_TOOLCHAIN.contains(&tool.program.as_str()) {
        return watched;
    }
    for folder in around.root.ancestors() {
        for file in ["rust-toolchain", "rust-toolchain.toml"].map(|name| folder.join(name)) {
            watched.extend(toolchain_named(&file).into_iter().flat_map(|path| way::to(&folder.join(path))));
            watched.extend(way::to(&file));
        }
    }
    let home = around.variable("RUSTUP_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(around.variable("HOME")?).join(".rustup")));
    if let Some(home) = home {
        watched.extend(way::to(&home.join("settings.toml")));
        // Which of them is active is for rustup to say; one that is linked lies elsewhere, and its link may be turned.
        let toolchains = home.join("toolchains");
        watched.extend(way::to(&toolchains));
        watched.extend(entries(&toolchains).iter().filter(|path| path.is_symlink()).flat_map(|path| way::to(path)));
    }
    // A path may be in the place of a name.
    let chosen = [tool.toolchain.as_deref().map(OsStr::new), around.variable("RUSTUP_TOOLCHAIN")];
    watched.extend(chosen.into_iter().flatten().map(Path::new).filter(|path| path.is_absolute()).flat_map(way::to));
    if let Some(sysroot) = sysroot {
        toolchain_files(sysroot, &mut watched);
    }
    watched.sort();
    watched.dedup();
    watched
}

/// Where the toolchain behind the proxies lies.
fn sysroot(tool: &Tool, around: Around<'_>, memo: &mut ToolMemo, queries: &mut Vec<String>) -> Option<PathBuf> {
    let rustc = Tool { program: "rustc".to_owned(), toolchain: tool.toolchain.clone() };
    let said = memo.sysroots.get(&rustc.title()).cloned();
    let said = said.unwrap_or_else(|| {
        let path = around.find("rustc");
        let said = path.and_then(|path| ask(&path, &rustc, &["--print", "sysroot"], around, queries).ok());
        memo.sysroots.insert(rustc.title(), said.clone());
        said
    });
    said.map(PathBuf::from).filter(|path| path.is_absolute() && path.join("lib").is_dir())
}

/// The programs of a toolchain, its compiler's libraries and those that programs are linked with, with their folders.
fn toolchain_files(sysroot: &Path, watched: &mut Vec<PathBuf>) {
    watched.extend(OF_TOOLCHAIN.iter().flat_map(|program| way::to(&sysroot.join("bin").join(program))));
    let mut folders = vec![sysroot.join("lib")];
    folders.extend(entries(&sysroot.join("lib").join("rustlib")).into_iter().map(|target| target.join("lib")));
    for folder in folders {
        for path in entries(&folder).into_iter().filter(|path| !path.is_dir()) {
            if path.is_symlink() {
                watched.extend(way::to(&path));
            } else {
                watched.push(path);
            }
        }
        watched.extend(way::to(&folder));
    }
}

/// The folder that a toolchain file names; none where it names a toolchain by its name.
fn toolchain_named(file: &Path) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let key = ["toolchain", "path"].map(str::to_owned);
    lookup::value("rust-toolchain.toml", &text, &key).ok().map(|path| path.value)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).into_iter().flatten();
    let mut found: Vec<PathBuf> = read.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    found.sort();
    found
}
