//! Which steps run and which are reused, what `run --plan` says of them, and how parts are packed.

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use cargo_governed::error::Error;
use cargo_governed::facts::digest::Digest;
use cargo_governed::record::kept::Past;
use cargo_governed::record::reusable::Reusable;
use cargo_governed::record::store::Store;
use cargo_governed::render::human::look::Detail;
use cargo_governed::render::human::look::Look;
use cargo_governed::render::plan::format::PlanFormat;
use cargo_governed::steps::catalog::LeftOut;
use cargo_governed::steps::event::Event;
use cargo_governed::steps::event::RunEnded;
use cargo_governed::steps::event::StepEnded;
use cargo_governed::steps::forecast;
use cargo_governed::steps::forecast::Forecast;
use cargo_governed::steps::key::Ingredient;
use cargo_governed::steps::key::Layer;
use cargo_governed::steps::key::Preimage;
use cargo_governed::steps::keys::Keyed;
use cargo_governed::steps::keys::Keys;
use cargo_governed::steps::outcome::Confinement;
use cargo_governed::steps::outcome::State;
use cargo_governed::steps::plan::Plan;
use cargo_governed::steps::reuse::Decision;
use cargo_governed::steps::reuse::Past as _;
use cargo_governed::steps::reuse::Terms;
use cargo_governed::steps::reuse::Why;
use cargo_governed::steps::shard;
use cargo_governed::steps::shard::Timings;
use cargo_governed::steps::sink::Durability;
use cargo_governed::steps::sink::Sink;
use cargo_governed::steps::step::Profile;
use cargo_governed::steps::step::Step;
use cargo_governed::world::disk_storage::DiskStorage;
use support::events;

fn step(name: &str, needs: &[&str]) -> Step {
    let argv = vec!["cargo".to_owned(), name.to_owned()];
    let needs = needs.iter().map(|need| (*need).to_owned()).collect();
    Step { needs, ..Step::inferred(name, Profile::Plain, argv, "Cargo.toml has packages") }
}

fn keyed(release: &str) -> Keyed {
    let preimage = Preimage::new(vec![Ingredient::shown(Layer::Toolchain, "release", release)]);
    Keyed { key: preimage.key(), bytes: preimage.bytes(), preimage, missing: Vec::new(), outside: Vec::new() }
}

fn keys(plan: &Plan, release: &str) -> Keys {
    let steps: BTreeMap<String, Keyed> = plan.steps.iter().map(|step| (step.name.clone(), keyed(release))).collect();
    Keys { steps, ..Keys::default() }
}

/// A record on the disk with a run or two.
struct Kept {
    folder: tempfile::TempDir,
    store: Store,
}

impl Kept {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a scratch place");
        let store = Store::in_folder(folder.path()).expect("a scratch place");
        Self { folder, store }
    }

    fn append(&self, event: &Event) {
        self.store.append(event, Durability::Now).expect("a scratch place");
    }

    fn begin(&self, run: &str, overridden: Option<&str>) {
        for bytes in [&b"listing"[..], b"plan"] {
            self.store.object(bytes).expect("a scratch place");
        }
        let mut began = events::run_began(run, Digest::of(b"listing"), Digest::of(b"plan"));
        if let Event::RunBegan(began) = &mut began {
            began.overridden = overridden.map(str::to_owned);
        }
        self.append(&began);
    }

    fn end_step(&self, run: &str, release: &str, change: impl FnOnce(&mut StepEnded)) {
        let keyed = keyed(release);
        self.store.object(&keyed.bytes).expect("a scratch place");
        let mut ended = events::ended(run, "test", keyed.key, State::Passed);
        change(&mut ended);
        self.append(&Event::StepEnded(ended));
    }

    fn end(&self, run: &str, certifiable: bool) {
        let (run, verdict) = (run.to_owned(), "accepted".to_owned());
        self.append(&Event::RunEnded(RunEnded { run, verdict, duration_ms: 1, certifiable }));
    }

    fn foresee(&self, release: &str, terms: Terms<'_>, resumes: Option<&str>) -> Result<Forecast, Error> {
        let plan = Plan { steps: vec![step("test", &[])], left_out: Vec::new() };
        // As `run` does: what an open store has seen stands for as long as it is open.
        let past = Past::load(Arc::new(DiskStorage::at(self.folder.path())))?;
        let object = |digest: &Digest| self.store.objects().read(digest).ok();
        let past = Reusable::new(&past, resumes);
        forecast::foresee(&plan, &keys(&plan, release), &past, terms, Vec::new(), &object)
    }

    fn decision(&self, release: &str) -> Decision {
        self.foresee(release, Terms::default(), None).expect("a scratch place").steps[0].decision.clone()
    }
}

fn is_reused(decision: &Decision) -> bool {
    matches!(decision, Decision::Reuse(_))
}

#[test]
fn a_step_runs_first_is_reused_then_and_runs_again_when_something_differs() {
    let kept = Kept::new();
    assert_eq!(kept.decision("1.95.0"), Decision::Run(Why::FirstRun));
    kept.begin("one", None);
    kept.end_step("one", "1.95.0", |_| ());
    kept.end("one", true);
    let Decision::Reuse(accepted) = kept.decision("1.95.0") else { panic!("not reused") };
    assert_eq!(accepted.run, "one");
    assert!(!accepted.at.is_empty());
    let changed = kept.decision("1.96.0");
    assert_eq!(changed.line(), "toolchain: release 1.95.0 -> 1.96.0");
    let fresh = Terms { fresh: true, ..Terms::default() };
    assert_eq!(kept.foresee("1.95.0", fresh, None).unwrap().steps[0].decision, Decision::Run(Why::Fresh));
    let isolated = Terms { isolation: Confinement::Namespace, ..Terms::default() };
    assert_eq!(kept.foresee("1.95.0", isolated, None).unwrap().steps[0].decision, Decision::Run(Why::Isolation));
    let doubted = Terms { doubt: Some("x could not be read"), ..Terms::default() };
    assert!(!is_reused(&kept.foresee("1.95.0", doubted, None).unwrap().steps[0].decision));
    // The older ingredients may be gone; that something changed is still said.
    std::fs::remove_dir_all(kept.folder.path().join("objects")).unwrap();
    assert!(!is_reused(&kept.decision("1.95.0")));
}

#[test]
fn what_failed_is_unproven_or_flaky_is_never_reused() {
    for (what, change) in [
        ("failed", (|ended: &mut StepEnded| ended.state = State::Failed) as fn(&mut StepEnded)),
        ("timed out", |ended| ended.state = State::TimedOut),
        ("interrupted", |ended| ended.state = State::Interrupted),
        ("flaky", |ended| ended.attempt = 2),
        ("moved", |ended| {
            let code = "inputs-moved".to_owned();
            ended.unproven.push(cargo_governed::steps::event::Doubt { code, message: "src/lib.rs".to_owned() });
        }),
    ] {
        let kept = Kept::new();
        kept.begin("one", None);
        kept.end_step("one", "1.95.0", change);
        kept.end("one", true);
        assert!(!is_reused(&kept.decision("1.95.0")), "{what}");
    }
}

#[test]
fn results_of_overridden_and_torn_runs_are_not_reused_but_by_the_run_that_goes_on() {
    let kept = Kept::new();
    kept.begin("forced", Some("I know better"));
    kept.end_step("forced", "1.95.0", |_| ());
    kept.end("forced", false);
    assert_eq!(kept.decision("1.95.0"), Decision::Run(Why::FirstRun));
    kept.begin("torn", None);
    kept.end_step("torn", "1.95.0", |_| ());
    assert_eq!(kept.decision("1.95.0"), Decision::Run(Why::NotAccepted));
    let resumed = kept.foresee("1.95.0", Terms::default(), Some("torn")).unwrap();
    assert!(is_reused(&resumed.steps[0].decision));
}

fn chain() -> Plan {
    let steps = vec![step("build", &[]), step("lint", &[]), step("test", &["build"]), step("doc", &["build"])];
    Plan { steps, left_out: Vec::new() }
}

#[test]
fn parts_hold_what_their_steps_need_and_the_longest_stands_alone() {
    let plan = chain();
    let recorded = |name: &str| match name {
        "build" => Some(1_000),
        "test" => Some(9_000),
        "doc" => Some(2_000),
        _ => None,
    };
    let timings = Timings::of(&plan, &recorded);
    assert_eq!((timings.line().as_str(), timings.ms["lint"]), ("timings known 3/4", 9_000));
    let parts = shard::pack(&plan, &timings, Some(2)).unwrap();
    let steps: Vec<String> = parts.iter().map(|part| part.steps.join(" ")).collect();
    assert_eq!(steps, ["build test doc", "lint"]);
    assert_eq!((parts[0].expected_ms, parts[1].expected_ms), (12_000, 9_000));
    assert_eq!(shard::pack(&plan, &timings, Some(2)).unwrap(), parts);
    assert_eq!(shard::pack(&plan, &timings, None).unwrap().len(), 3);
    let many = shard::pack(&plan, &timings, Some(5)).unwrap();
    assert!(many[3].steps.is_empty() && many[4].steps.is_empty());
    assert!(shard::pack(&plan, &timings, Some(257)).unwrap_err().message.contains("257"));
    assert!(shard::pack(&plan, &timings, Some(0)).is_err());
    let wide = Plan { steps: (0..300).map(|at| step(&format!("s{at}"), &[])).collect(), left_out: Vec::new() };
    assert!(shard::pack(&wide, &Timings::default(), None).unwrap_err().message.contains("300"));
    let covered: usize =
        shard::pack(&wide, &Timings::default(), Some(7)).unwrap().iter().map(|part| part.steps.len()).sum();
    assert_eq!(covered, 300);
}

#[test]
fn a_shard_is_read_and_its_faults_are_told() {
    let asked = shard::parse("2/5").unwrap();
    assert_eq!((asked.shard.index, asked.shard.total, asked.steps), (2, 5, None));
    assert_eq!(shard::parse("1/2:fmt,test").unwrap().steps.unwrap(), ["fmt", "test"]);
    assert!(shard::parse("1/2:").unwrap().steps.unwrap().is_empty(), "a part may be empty");
    assert_eq!(shard::parse("1/257").unwrap_err().code, "too-many-shards");
    for wrong in ["", "2", "0/5", "6/5", "a/b", "1/0", "-1/2"] {
        assert_eq!(shard::parse(wrong).unwrap_err().exit, 2, "{wrong}");
    }
}

fn forecast() -> Forecast {
    let kept = Kept::new();
    kept.begin("one", None);
    kept.end_step("one", "1.94.0", |_| ());
    kept.end_step("one", "1.95.0", |ended| "lint".clone_into(&mut ended.step));
    kept.end("one", true);
    let left = LeftOut { step: "semver".to_owned(), why: "cargo-semver-checks is not installed".to_owned() };
    let plan = Plan { left_out: vec![left], ..chain() };
    let mut keys = keys(&plan, "1.95.0");
    if let Some(doc) = keys.steps.get_mut("doc") {
        doc.missing.push("rustdoc: `rustdoc` is not installed".to_owned());
    }
    let past = kept.store.past();
    let object = |digest: &Digest| kept.store.objects().read(digest).ok();
    let past = Reusable::new(&past, None);
    assert_eq!(past.expected_ms("test"), Some(1_200));
    let queries = vec!["rustc -vV".to_owned()];
    forecast::foresee(&plan, &keys, &past, Terms::default(), queries, &object).expect("a scratch place")
}

#[test]
fn a_plan_for_people_says_what_runs_and_why() {
    let text = PlanFormat::Human.render(&forecast(), Look::plain()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "  run    build   first run: none was accepted yet (time unknown)");
    assert!(lines[1].starts_with("  reuse  lint    reused from run one of "), "{}", lines[1]);
    assert_eq!(lines[2], "  run    test    toolchain: release 1.94.0 -> 1.95.0 (1.2 s)");
    assert_eq!(lines[3], "  can't  doc     tool missing: rustdoc: `rustdoc` is not installed");
    assert_eq!(lines[4], "  -      semver  not planned: cargo-semver-checks is not installed");
    assert!(lines[6].contains(": 4 steps, 2 to run, 1 reused, 1 without their tools; about 1.2 s and 1 step of unknown length, timings known 2/4"));
    assert_eq!(lines[7], "identity queries: 1: rustc -vV");
    let full = Look { detail: Detail::Full, ..Look::plain() };
    assert!(PlanFormat::Human.render(&forecast(), full).unwrap().contains("key sha256:"));
}

#[test]
fn a_plan_for_programs_holds_the_same() {
    let text = PlanFormat::Json.render(&forecast(), Look::plain()).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["schema"], "cargo-governed/plan/1");
    let schema = include_str!("../schemas/plan-1.schema.json");
    let schema: serde_json::Value = serde_json::from_str(schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let faults: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!(document["steps"][1]["reused_from"]["run"], "one");
    assert_eq!(document["steps"][2]["reason"], "changed");
    assert_eq!(document["steps"][2]["changes"][0]["layer"], "toolchain");
    assert_eq!(document["steps"][2]["changes"][0]["name"], "release");
    assert_eq!(document["steps"][2]["changes"][0]["new"], "1.95.0");
    assert_eq!(document["steps"][3]["action"], "none");
    assert_eq!(document["summary"]["run"], 2);
    assert_eq!(document["timings"]["known"], 2);
}

#[test]
fn a_matrix_is_one_line_that_github_takes() {
    let mut forecast = forecast();
    assert!(PlanFormat::GithubMatrix.render(&forecast, Look::plain()).is_err(), "no parts were asked for");
    forecast.parts = shard::pack(&chain(), &forecast.timings, Some(2)).unwrap();
    let text = PlanFormat::GithubMatrix.render(&forecast, Look::plain()).unwrap();
    assert_eq!(text.lines().count(), 1);
    let matrix: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(matrix["include"].as_array().unwrap().len(), 2);
    assert_eq!(matrix["include"][0]["shard"], "1/2");
    assert_eq!(matrix["include"][0]["name"], "1-of-2");
    let part = shard::parse(matrix["include"][0]["part"].as_str().unwrap()).unwrap();
    assert_eq!(part.steps.as_ref(), Some(&forecast.parts[0].steps));
    assert!(matrix["include"][0]["steps"].as_str().unwrap().contains("build"));
}
