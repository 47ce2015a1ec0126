//! What a run costs whose steps are all reused, beyond `check`; and the same beside other task runners. One command:
//!
//! ```sh
//! cargo bench --bench reuse -- [--runs N] [--peers FOLDER]
//! ```
//!
//! The plan has trivial steps (`true`), 20 and 200 of them, over a scratch repository, and 200 of them over the files of this
//! repository. After a first run everything is reused. Medians of paired runs: `run` less `check` is what is added, the
//! listing of the tree with it.
//!
//! Beside that, what `replay` of 100 steps with 10 KiB of log each takes.
//!
//! `--peers` names a folder of npm with turbo, nx, moon or mise in it (`npm install --prefix FOLDER turbo nx @moonrepo/cli
//! @jdxcode/mise`): the same tasks in their form, all cached. A peer that is not there is skipped, and the bench says so.
//! Their own programs are taken where npm puts a launcher in front of them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

const BINARY: &str = env!("CARGO_BIN_EXE_cargo-governed");
const MANIFEST: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\nlicense = \"MIT\"\n";
/// A file that was touched a moment ago is read again: what is remembered must have rested.
const REST: Duration = Duration::from_millis(2_500);

fn main() {
    let (mut runs, mut peers) = (9, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--runs" => runs = arguments.next().and_then(|count| count.parse().ok()).expect("--runs takes a number"),
            "--peers" => peers = arguments.next().map(PathBuf::from),
            _ => {}
        }
    }
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    ours(&repository(&scratch.path().join("20"), 20), "20 steps", runs);
    ours(&repository(&scratch.path().join("200"), 200), "200 steps", runs);
    match cloned(here, &scratch.path().join("this")) {
        Some(clone) => ours(&clone, "200 steps on this repository", runs),
        None => report("this repository can't be cloned here: skipped"),
    }
    replayed(&scratch.path().join("replayed"), runs);
    let Some(peers) = peers else { return report("peers: none without --peers FOLDER") };
    for count in [20, 200] {
        compare(&peers, scratch.path(), count, runs);
    }
}

#[expect(clippy::print_stdout, reason = "a bench reports on stdout")]
fn report(line: &str) {
    println!("{line}");
}

fn policy(count: usize) -> String {
    let mut text = "[run]\ninfer = false\n".to_owned();
    for number in 0..count {
        let _ = write!(text, "[[step]]\nname = \"t{number}\"\nrun = [\"true\"]\n");
    }
    text
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a writable folder");
    fs::write(path, text).expect("a writable file");
}

fn git(folder: &Path, arguments: &[&str]) -> bool {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=Bench", "-c", "user.email=bench@example.com"]).args(arguments).current_dir(folder);
    quiet(&mut command).status().expect("git runs").success()
}

fn committed(folder: &Path) {
    assert!(
        git(folder, &["init", "-q", "-b", "main"])
            && git(folder, &["add", "-A"])
            && git(folder, &["commit", "-qm", "one"])
    );
}

fn repository(folder: &Path, count: usize) -> PathBuf {
    write(&folder.join("Cargo.toml"), MANIFEST);
    write(&folder.join("src/lib.rs"), "//! A.\n");
    write(&folder.join("governed.toml"), &policy(count));
    committed(folder);
    folder.to_owned()
}

/// The files of this repository with a plan of trivial steps.
fn cloned(from: &Path, to: &Path) -> Option<PathBuf> {
    let from = from.to_str()?;
    git(Path::new("."), &["clone", "-q", "--local", from, to.to_str()?]).then_some(())?;
    write(&to.join("governed.toml"), &policy(200));
    git(to, &["commit", "-qam", "trivial steps"]).then(|| to.to_owned())
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}

fn timed(command: &mut Command) -> Duration {
    let begin = Instant::now();
    let code = quiet(command).status().expect("it runs").code();
    let time = begin.elapsed();
    assert!(matches!(code, Some(0 | 1 | 3)), "{command:?} ended with {code:?}");
    time
}

fn governed(folder: &Path, verb: &str) -> Duration {
    timed(Command::new(BINARY).arg(verb).current_dir(folder))
}

/// Everything is executed, rests, and is remembered.
fn warmed(folder: &Path) {
    governed(folder, "run");
    std::thread::sleep(REST);
    governed(folder, "run");
    governed(folder, "run");
}

fn ours(folder: &Path, name: &str, runs: usize) {
    warmed(folder);
    let (mut all, mut checks, mut added) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs {
        let (check, run) = (governed(folder, "check"), governed(folder, "run"));
        all.push(run);
        checks.push(check);
        added.push(run.saturating_sub(check));
    }
    let (all, checks, added) = (median(all), median(checks), median(added));
    report(&format!("{name}, all reused: run {all:.1} ms, check {checks:.1} ms, added {added:.1} ms (at most 15)"));
}

/// 100 steps with 10 KiB of log each, executed once: what it takes to recompute their verdict from the record.
fn replayed(folder: &Path, runs: usize) {
    write(&folder.join("Cargo.toml"), MANIFEST);
    write(&folder.join("src/lib.rs"), "//! A.\n");
    let mut text = "[run]\ninfer = false\n".to_owned();
    for number in 0..100 {
        let script = format!("yes line {number} | head -c 10240");
        let _ = write!(text, "[[step]]\nname = \"t{number}\"\nrun = [\"sh\", \"-c\", \"{script}\"]\n");
    }
    write(&folder.join("governed.toml"), &text);
    committed(folder);
    governed(folder, "run");
    let code = quiet(Command::new(BINARY).arg("replay").current_dir(folder)).status().expect("it runs").code();
    assert_eq!(code, Some(0), "the verdict stands");
    let times = (0..runs).map(|_| governed(folder, "replay")).collect();
    report(&format!("replay of 100 steps with 10 KiB of log each {:.1} ms (at most 20)", median(times)));
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1_000.0
}

/// A task runner of npm: its program, what it wants to find, and its command.
struct Peer {
    name: &'static str,
    /// The program itself below `node_modules`, where npm only puts a launcher in front of it.
    native: &'static str,
    files: fn(&Path, usize),
    arguments: &'static [&'static str],
    /// What ends a server that it left running.
    stop: &'static [&'static str],
}

const PEERS: &[Peer] = &[
    Peer {
        name: "turbo",
        native: "@turbo/linux-64/bin/turbo",
        files: turbo,
        arguments: &["run", "t", "--output-logs=none"],
        stop: &["daemon", "stop"],
    },
    Peer { name: "nx", native: "", files: nx, arguments: &["run-many", "-t", "t"], stop: &["daemon", "--stop"] },
    Peer {
        name: "moon",
        native: "@moonrepo/core-linux-x64-gnu/moon",
        files: moon,
        arguments: &["run", ":t"],
        stop: &[],
    },
    Peer { name: "mise", native: "@jdxcode/mise/bin/mise", files: mise, arguments: &["run", "all"], stop: &[] },
];

/// The program of a peer: its own, else the launcher of npm.
fn program(peers: &Path, peer: &Peer) -> Option<PathBuf> {
    let native = Some(peer.native).filter(|path| !path.is_empty()).map(|path| peers.join("node_modules").join(path));
    let launcher = peers.join("node_modules/.bin").join(peer.name);
    native.into_iter().chain([launcher]).find(|path| path.exists())
}

fn compare(peers: &Path, scratch: &Path, count: usize, runs: usize) {
    let own = scratch.join(count.to_string());
    for peer in PEERS {
        let Some(program) = program(peers, peer) else {
            report(&format!("{count} tasks: {} is not installed in {}: skipped", peer.name, peers.display()));
            continue;
        };
        let folder = scratch.join(format!("{}-{count}", peer.name));
        fs::create_dir_all(&folder).expect("a writable folder");
        (peer.files)(&folder, count);
        committed(&folder);
        installed(peers, &folder, peer.name);
        let command = |arguments: &[&str]| {
            let mut command = Command::new(&program);
            command.args(arguments).current_dir(&folder).env("CI", "1").env("DO_NOT_TRACK", "1");
            command.env("TURBO_TELEMETRY_DISABLED", "1").env("MOON_TOOLCHAIN_FORCE_GLOBALS", "1");
            command.env("NX_NO_CLOUD", "true").env("NX_DAEMON", "false");
            command.env("MISE_TRUSTED_CONFIG_PATHS", &folder).env("MISE_YES", "1");
            command
        };
        let works = (0..3).all(|_| quiet(&mut command(peer.arguments)).status().is_ok_and(|status| status.success()));
        if !works {
            report(&format!("{count} tasks: {} does not run here: skipped", peer.name));
            continue;
        }
        let (mut theirs, mut own_times) = (Vec::new(), Vec::new());
        let (mut their_work, mut own_work) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..runs {
            let begin = worked();
            theirs.push(timed(&mut command(peer.arguments)));
            let between = worked();
            own_times.push(governed(&own, "run"));
            their_work += between.saturating_sub(begin);
            own_work += worked().saturating_sub(between);
        }
        if !peer.stop.is_empty() {
            let _ = quiet(&mut command(peer.stop)).status();
        }
        let (theirs, own_time) = (median(theirs), median(own_times));
        let each = |work: Duration| work.as_secs_f64() * 1_000.0 / f64::from(u32::try_from(runs).unwrap_or(u32::MAX));
        report(&format!(
            "{count} tasks, all cached: {} {theirs:.0} ms ({:.0} ms of processor), run {own_time:.1} ms ({:.0}): {:.1} times",
            peer.name,
            each(their_work),
            each(own_work),
            theirs / own_time
        ));
    }
}

/// The processor time of all children that have ended; zero where the system does not tell.
fn worked() -> Duration {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which may hold anything: the 16th and 17th field of all, in ticks of 10 ms.
    let fields: Vec<u64> =
        text.rsplit(')').next().unwrap_or_default().split(' ').map(|word| word.parse().unwrap_or(0)).collect();
    Duration::from_millis(10 * (fields.get(14).unwrap_or(&0) + fields.get(15).unwrap_or(&0)))
}

/// Nx wants itself to be installed in the workspace.
fn installed(peers: &Path, folder: &Path, name: &str) {
    #[cfg(unix)]
    if name == "nx" {
        let modules = folder.join("node_modules");
        fs::create_dir_all(&modules).expect("a writable folder");
        let _ = std::os::unix::fs::symlink(peers.join("node_modules/nx"), modules.join("nx"));
    }
    #[cfg(not(unix))]
    let _ = (peers, folder, name);
}

/// Packages with one trivial task each, as workspaces of npm have them.
fn packages(folder: &Path, count: usize) {
    let root = r#"{"name":"scratch","private":true,"packageManager":"npm@10.0.0","workspaces":["packages/*"]}"#;
    write(&folder.join("package.json"), root);
    let mut locked = r#"{"name":"scratch","lockfileVersion":3,"requires":true,"packages":{"":{"name":"scratch","workspaces":["packages/*"]}"#.to_owned();
    for number in 0..count {
        let package = format!(r#"{{"name":"p{number}","version":"1.0.0","scripts":{{"t":"true"}}}}"#);
        write(&folder.join(format!("packages/p{number}/package.json")), &package);
        let _ = write!(locked, r#","node_modules/p{number}":{{"resolved":"packages/p{number}","link":true}}"#);
        let _ = write!(locked, r#","packages/p{number}":{{"name":"p{number}","version":"1.0.0"}}"#);
    }
    locked.push_str("}}");
    write(&folder.join("package-lock.json"), &locked);
    write(&folder.join(".gitignore"), "node_modules\n.turbo\n.nx\n.moon/cache\n.mise\n");
}

fn turbo(folder: &Path, count: usize) {
    packages(folder, count);
    write(&folder.join("turbo.json"), r#"{"tasks":{"t":{}}}"#);
}

fn nx(folder: &Path, count: usize) {
    packages(folder, count);
    write(&folder.join("nx.json"), r#"{"targetDefaults":{"t":{"cache":true}},"analytics":false}"#);
}

fn moon(folder: &Path, count: usize) {
    write(
        &folder.join(".moon/workspace.yml"),
        "projects:\n  - 'packages/*'\nvcs:\n  client: 'git'\n  defaultBranch: 'main'\n",
    );
    for number in 0..count {
        let task = "tasks:\n  t:\n    command: 'true'\n    inputs: ['*.txt']\n";
        write(&folder.join(format!("packages/p{number}/moon.yml")), task);
        write(&folder.join(format!("packages/p{number}/a.txt")), "a\n");
    }
    write(&folder.join(".gitignore"), ".moon/cache\n");
}

fn mise(folder: &Path, count: usize) {
    let names: Vec<String> = (0..count).map(|number| format!("\"t{number}\"")).collect();
    let mut text = format!("[tasks.all]\ndepends = [{}]\n", names.join(", "));
    for number in 0..count {
        // Skipped as long as the output is newer than the source: times alone, no digest.
        let _ = write!(text, "[tasks.t{number}]\nrun = \"true\"\nsources = [\"a.txt\"]\noutputs = {{ auto = true }}\n");
    }
    write(&folder.join("mise.toml"), &text);
    write(&folder.join("a.txt"), "a\n");
}
