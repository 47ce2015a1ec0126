//! What the engine adds to a trivial step, without a record: `true` executed as steps against `true` spawned bare.
//!
//! ```sh
//! cargo bench --bench steps -- [--steps N]
//! ```
//!
//! Five paired rounds; the first is thrown away, the median of the others is printed.

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use std::time::Instant;

use cargo_governed::error::Error;
use cargo_governed::facts::digest::Digest;
use cargo_governed::facts::policy::run::Isolation;
use cargo_governed::steps::environment;
use cargo_governed::steps::event::Doubt;
use cargo_governed::steps::event::Event;
use cargo_governed::steps::execute::execute;
use cargo_governed::steps::execution::Attempted;
use cargo_governed::steps::execution::GRACE;
use cargo_governed::steps::execution::Ground;
use cargo_governed::steps::execution::Left;
use cargo_governed::steps::execution::Planned;
use cargo_governed::steps::execution::Watch;
use cargo_governed::steps::outcome::State;
use cargo_governed::steps::scrub::Secrets;
use cargo_governed::steps::sink::Durability;
use cargo_governed::steps::sink::Sink;
use cargo_governed::steps::step::Profile;
use cargo_governed::steps::step::Step;
use cargo_governed::world::process::interrupt::Interrupt;

/// Keeps nothing and looks at nothing.
struct Nothing;

impl Sink for Nothing {
    fn object(&self, _bytes: &[u8]) -> Result<Digest, Error> {
        Ok(Digest::ZERO)
    }

    fn append(&self, _event: &Event, _durability: Durability) -> Result<u64, Error> {
        Ok(0)
    }
}

impl Watch for Nothing {
    fn before(&self, _planned: &Planned, _attempt: u32) -> Result<(), Error> {
        Ok(())
    }

    fn after(&self, _planned: &Planned, _attempt: u32) -> Result<Vec<Doubt>, Error> {
        Ok(Vec::new())
    }

    fn left(&self, _attempted: &Attempted<'_>) -> Result<Left, Error> {
        Ok(Left::default())
    }
}

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--steps").skip(1);
    let count: u32 = arguments.next().map_or(100, |count| count.parse().expect("--steps takes a number"));
    let root = tempfile::tempdir().expect("a scratch folder");
    for (name, isolation) in [("unconfined", Isolation::None), ("confined", Isolation::Best)] {
        let mut rounds: Vec<(f64, f64)> =
            (0..5).map(|_| (bare(count), steps(root.path(), isolation, count))).skip(1).collect();
        rounds.sort_by(|one, other| (one.1 - one.0).total_cmp(&(other.1 - other.0)));
        let (bare, step) = rounds[rounds.len() / 2];
        report(&format!("{name}: a step {step:.2} ms, a bare spawn {bare:.2} ms, added {:.2} ms", step - bare));
    }
}

#[expect(clippy::print_stdout, reason = "a bench reports on stdout")]
fn report(line: &str) {
    println!("{line}");
}

fn each(time: Duration, count: u32) -> f64 {
    time.as_secs_f64() * 1000.0 / f64::from(count)
}

fn bare(count: u32) -> f64 {
    let begin = Instant::now();
    for _ in 0..count {
        assert!(Command::new("true").output().expect("true is there").status.success());
    }
    each(begin.elapsed(), count)
}

fn steps(root: &Path, isolation: Isolation, count: u32) -> f64 {
    let ambient: Vec<_> = std::env::vars_os().collect();
    let planned = |number: u32| Planned {
        step: Step::inferred(&format!("step-{number}"), Profile::Plain, vec!["true".to_owned()], "a bench"),
        key: Digest::ZERO,
        program: None,
        environment: environment::of(&ambient, &[]),
    };
    let plan: Vec<Planned> = (0..count).map(planned).collect();
    let ground = Ground {
        run: "bench".to_owned(),
        tool: PathBuf::from(env!("CARGO_BIN_EXE_cargo-governed")),
        root: root.to_owned(),
        chain: std::sync::Arc::default(),
        record: root.join(".git/governed"),
        isolation,
        output_cap: 1 << 20,
        grace: GRACE,
        threads: 1,
        secrets: Secrets::of(&ambient, &BTreeSet::new()),
        reused: BTreeSet::new(),
        goes_on: false,
    };
    let begin = Instant::now();
    let done = execute(&ground, &plan, &Nothing, &Nothing, &|_| {}, &Interrupt::default()).expect("nothing fails");
    let time = each(begin.elapsed(), count);
    assert!(done.settled.iter().all(|settled| settled.state() == State::Passed));
    time
}
