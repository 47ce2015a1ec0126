//! What planning costs: `cargo bench --bench plan -- [FOLDER]`. Prints medians in milliseconds.
//!
//! Plan, listing, identities and keys of 200 trivial steps over a work tree; memos warm, then without any.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use std::time::Instant;

use cargo_governed::facts::Facts;
use cargo_governed::facts::policy::Policy;
use cargo_governed::facts::policy::find;
use cargo_governed::rules;
use cargo_governed::steps::keys;
use cargo_governed::steps::policy_text::PolicyText;
use cargo_governed::steps::prepare;
use cargo_governed::steps::prepare::Strength;
use cargo_governed::steps::prepare::Wanted;
use cargo_governed::world::checkout::Checkout;
use cargo_governed::world::hash_memo::HashMemo;
use cargo_governed::world::listing;
use cargo_governed::world::reading;
use cargo_governed::world::snapshot::Snapshot;

const STEPS: usize = 200;
const ROUNDS: usize = 15;

fn main() {
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let folder = PathBuf::from(folder.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").to_owned()));
    let checkout = Checkout::open(&folder, None).expect("a work tree");
    let root = checkout.root.clone().expect("a work tree");
    let facts = reading::read_facts(checkout.tree.clone(), |entry, limit| checkout.read(entry, limit), None);
    let record = tempfile::tempdir().expect("a scratch folder");
    let text: String = (0..STEPS).map(|at| format!("[[step]]\nname = \"s{at}\"\nrun = [\"true\"]\n")).collect();
    let text = format!("[run]\ninfer = false\n{text}");
    let policy = find::read("governed.toml", &text, &rules::vocabulary()).expect("a policy");
    println!("{} files, {STEPS} steps, {}", facts.tree.entries().len(), root.display());
    let run = |strength, record| prepared(&checkout, &facts, &root, &policy, &text, strength, record);
    report("all of it, nothing remembered", || run(Strength::Strong, None));
    std::thread::sleep(Duration::from_millis(2_500));
    run(Strength::Local, Some(record.path()));
    let warm = run(Strength::Local, Some(record.path()));
    println!("identity queries when remembered: {}", warm.tools.queries.len());
    report("all of it, remembered", || run(Strength::Local, Some(record.path())));
    report("listing, every byte", || listing::list(&checkout, &facts.tree, None));
    let memo = || HashMemo::open(record.path(), &root);
    report("listing, remembered", || listing::list(&checkout, &facts.tree, Some(&memo())));
    let before = Snapshot::of(&warm.listing);
    report("snapshot again", || before.again(&root));
    report("snapshot, listed anew", || before.relisted(&root).expect("a work tree"));
    let of_step = |step: &cargo_governed::steps::step::Step| (*warm.environments[&step.name]).clone();
    let lock = std::fs::read(root.join("Cargo.lock")).ok();
    report("keys of the steps alone", || {
        let ground = keys::Ground {
            root: &root,
            outside: &warm.outside,
            listing: &warm.listing,
            lock_path: "Cargo.lock",
            lock: lock.as_deref(),
            chain: &warm.chain,
            tools: &warm.tools,
            environment: &of_step,
            salt: b"salt",
            platform: ("linux", "x86_64"),
        };
        keys::keys(&warm.plan, &ground)
    });
}

fn prepared(
    checkout: &Checkout,
    facts: &Facts,
    root: &Path,
    policy: &Policy,
    text: &str,
    strength: Strength,
    record: Option<&Path>,
) -> prepare::Prepared {
    let ambient: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    let wanted = Wanted {
        checkout,
        facts,
        root,
        policy,
        policy_text: PolicyText::from_elsewhere("governed.toml", text),
        only: &[],
        plan: None,
        ambient: &ambient,
        record,
        strength,
        salt: b"salt",
        platform: ("linux", "x86_64"),
    };
    prepare::prepare(&wanted).expect("a plan")
}

fn report<T>(what: &str, mut work: impl FnMut() -> T) {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(work());
            start.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{:8.2} ms  {what}", times[ROUNDS / 2]);
}
