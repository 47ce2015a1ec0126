//! The campaign of releases, run by hand: `cargo test --test release_campaign -- --ignored --nocapture`, with the programs of
//! `.ci/tools` (`GOVERNED_TOOLS`).
//!
//! A workspace of six crates, a chain and a fan, comes out 300 times, and one of 30 crates 10 times, each to a registry and a
//! remote of its own: killed at random instants, hit by faults of the registry and by a disk that is full for a while, with a
//! crate there already. The same command is repeated until it ends with 0. `GOVERNED_PUBLISHES` says how many times,
//! `GOVERNED_SEED` which ones.
#![cfg(unix)]

mod support;

use std::collections::BTreeMap;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use support::crash::Numbers;
use support::proxy::Fault;
use support::shop::FAN;
use support::shop::Shop;
use support::shop::words;

/// The most commands that one release may take: each kill and each fault costs one at most, and then one must do.
const MOST: usize = 12;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

#[expect(clippy::print_stdout, reason = "a campaign reports on stdout")]
fn report(line: &str) {
    println!("{line}");
}

/// What happened in a campaign.
#[derive(Default)]
struct Tally {
    publishes: usize,
    commands: usize,
    killed: usize,
    faults: BTreeMap<String, usize>,
    most: usize,
}

fn fault(numbers: &mut Numbers) -> Fault {
    match numbers.next() % 7 {
        0 => Fault::Limited(1),
        1 => Fault::LimitedInWords(1),
        2 => Fault::Broken,
        3 => Fault::StoredThenBroken,
        4 => Fault::Cut,
        5 => Fault::StoredThenCut,
        _ => Fault::Late(Duration::from_millis(500 + numbers.next() % 2_000)),
    }
}

/// Publishes one crate by hand, as somebody did who did not wait for us.
fn by_hand(shop: &Shop, package: &str) {
    let mut command = Command::new("cargo");
    command.args(["publish", "--no-verify", "--package", package]).current_dir(shop.scratch.path());
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", shop.outside.path());
    shop.equip(&mut command);
    let output = command.output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A command while the disk of the record is full at some line, and another one once there is space; their exit codes. None
/// where a user may not mount a file system.
fn on_a_full_disk(shop: &Shop, words: &[&str], kilobytes: u64) -> Option<[i32; 2]> {
    std::fs::create_dir_all(shop.scratch.at(".git/governed")).expect("a folder");
    let script = format!(
        "mount -t tmpfs -o size={kilobytes}k none .git/governed || exit 99\n\"$0\" \"$@\"; first=$?\nmount -o \
         remount,size=64m none .git/governed || exit 99\n\"$0\" \"$@\"; echo \"codes $first $?\""
    );
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", &script, env!("CARGO_BIN_EXE_cargo-governed")]).args(words);
    command.current_dir(shop.scratch.path()).env_clear().env("HOME", shop.outside.path());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    shop.equip(&mut command);
    let output = command.stderr(Stdio::null()).output().ok()?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut codes =
        told.lines().find_map(|line| line.strip_prefix("codes "))?.split(' ').filter_map(|one| one.parse().ok());
    Some([codes.next()?, codes.next()?])
}

/// One release, until the command ends with 0.
fn release(shop: &Shop, packages: &[(&str, &[&str])], numbers: &mut Numbers, tally: &mut Tally) {
    let proof = shop.proof().display().to_string();
    let words = words(&proof, &["--execute", "--quiet"]);
    for _ in 0..numbers.next() % 3 {
        let name = packages[usize::try_from(numbers.next()).unwrap_or(0) % packages.len()].0;
        let fault = fault(numbers);
        let kind = format!("{fault:?}").split('(').next().unwrap_or_default().to_owned();
        *tally.faults.entry(kind).or_default() += 1;
        shop.proxy.fail(name, fault);
    }
    if numbers.next().is_multiple_of(8) {
        shop.proxy.heal();
        by_hand(shop, packages[0].0);
        *tally.faults.entry("there already".to_owned()).or_default() += 1;
    }
    let mut commands = 0;
    if numbers.next().is_multiple_of(8)
        && let Some([full, _]) = on_a_full_disk(shop, &words, 4 * (1 + numbers.next() % 4))
    {
        *tally.faults.entry(format!("full disk ({full})")).or_default() += 1;
        commands += 2;
    }
    let mut kills = numbers.next() % 5;
    loop {
        commands += 1;
        assert!(commands <= MOST, "not finished after {MOST} commands");
        let mut command = shop.command(&words);
        let mut running = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary runs");
        if kills > 0 {
            kills -= 1;
            std::thread::sleep(Duration::from_millis(numbers.next() % 2_500));
            tally.killed += usize::from(matches!(running.try_wait(), Ok(None)));
            let _ = running.kill();
        }
        let output = running.wait_with_output().expect("its end");
        match output.status.code() {
            Some(0) => break,
            // Killed, or the network for longer than the command tries: the next one goes on.
            None | Some(3 | 4) => {}
            code => panic!("{code:?}: {}", String::from_utf8_lossy(&output.stderr)),
        }
    }
    shop.is_out(packages);
    // Once more changes nothing.
    let sent = shop.proxy.uploads().len();
    assert_eq!(shop.command(&words).stdout(Stdio::null()).status().expect("it runs").code(), Some(0));
    assert_eq!(shop.proxy.uploads().len(), sent);
    shop.is_out(packages);
    tally.publishes += 1;
    tally.commands += commands;
    tally.most = tally.most.max(commands);
}

fn campaign(packages: &[(&str, &[&str])], times: u64) {
    let Some(first) = Shop::open(packages) else { panic!("cargo-http-registry is missing: .ci/tools installs it") };
    let seed = number("GOVERNED_SEED", 1);
    let (begun, mut tally) = (Instant::now(), Tally::default());
    for at in 0..times {
        let mut numbers = Numbers(seed.wrapping_mul(1_000_003).wrapping_add(at));
        let shop = first.again();
        release(&shop, packages, &mut numbers, &mut tally);
        if at % 25 == 24 {
            report(&format!("{} of {times} after {} s", tally.publishes, begun.elapsed().as_secs()));
        }
    }
    report(&format!(
        "{} releases of {} crates in {} s, seed {seed}: {} commands (at most {} for one), {} killed, faults {:?}; \
         0 published twice, 0 missing, 0 wrong tags",
        tally.publishes,
        packages.len(),
        begun.elapsed().as_secs(),
        tally.commands,
        tally.most,
        tally.killed,
        tally.faults
    ));
}

#[test]
#[ignore = "heavy: hundreds of releases to a real registry"]
fn six_crates_come_out_whole_whatever_interrupts_them() {
    campaign(FAN, number("GOVERNED_PUBLISHES", 300));
}

#[test]
#[ignore = "heavy: releases of 30 crates to a real registry"]
fn thirty_crates_come_out_whole_whatever_interrupts_them() {
    let names: Vec<String> = (0..30).map(|at| format!("p{at:02}")).collect();
    // Each needs one of those before it: some long chains, some wide fans.
    let needs: Vec<Vec<&str>> =
        (0..30).map(|at| if at == 0 { Vec::new() } else { vec![names[(at * 7 + 3) % at].as_str()] }).collect();
    let packages: Vec<(&str, &[&str])> =
        names.iter().zip(&needs).map(|(name, needs)| (name.as_str(), needs.as_slice())).collect();
    campaign(&packages, number("GOVERNED_PUBLISHES", 300).div_ceil(30));
}

#[test]
#[ignore = "slow: an index that is later than cargo waits for"]
fn an_index_that_is_later_than_cargo_waits_is_waited_for() {
    let Some(shop) = Shop::open(FAN) else { panic!("cargo-http-registry is missing: .ci/tools installs it") };
    shop.proxy.fail("cc", Fault::Late(Duration::from_secs(80)));
    let begun = Instant::now();
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!(code, 0, "{done:#}");
    assert!(begun.elapsed() >= Duration::from_secs(80));
    shop.is_out(FAN);
}
