//! Lines of steps that were made before their run ended stand in the proof only while all that they say is still so.

mod support;

use std::collections::BTreeMap;

use cargo_governed::facts::digest::Digest;
use cargo_governed::proof::ahead::Ahead;
use cargo_governed::proof::assemble;
use cargo_governed::proof::beside::Beside;
use cargo_governed::proof::bundle::Bundle;
use cargo_governed::proof::case::Case;
use cargo_governed::record::report::RunReport;
use cargo_governed::steps::event::Kept;
use support::run;

const LISTING: &str = "governed-listing/1\n100644 ad0d8c4d8094a89cb688a3fca468108eafa68e98074cfcbb95f520e9968d68e3 a\n";

fn ended() -> RunReport {
    let mut report = run::accepted().report;
    report.check = None;
    report.began.subject.listing = Digest::of(LISTING.as_bytes());
    report
}

fn going_on() -> RunReport {
    RunReport { verdict: None, duration_ms: None, last: (163, "before".to_owned()), ..ended() }
}

fn with<T>(report: &RunReport, beside: &Beside, then: impl FnOnce(&Case<'_>) -> T) -> T {
    let object = |digest: &Digest| (*digest == Digest::of(LISTING.as_bytes())).then(|| LISTING.as_bytes().to_vec());
    then(&Case {
        parts: &[],
        report,
        beside,
        object: &object,
        preimages: BTreeMap::new(),
        checkpoint: None,
        repository: None,
    })
}

fn bytes(report: &RunReport, beside: &Beside, ahead: Option<Ahead>) -> Vec<u8> {
    with(report, beside, |case| assemble::assemble(case, ahead)).expect("a proof").bytes().into_owned()
}

fn ahead(report: &RunReport, beside: &Beside) -> Ahead {
    with(report, beside, Ahead::of).expect("lines ahead")
}

fn at_end() -> Beside {
    Beside { ended: Some((164, "2026-11-22T05:00:58.410Z".to_owned())), ..Beside::default() }
}

#[test]
fn a_proof_is_the_same_whether_its_lines_were_made_ahead_or_not() {
    let plain = bytes(&ended(), &at_end(), None);
    assert_eq!(bytes(&ended(), &at_end(), Some(ahead(&going_on(), &Beside::default()))), plain);
    let bundle = Bundle::parse(&plain).expect("a bundle");
    assert_eq!((bundle.bytes(), bundle.steps.len()), (plain, ended().steps.len()));
}

#[test]
fn what_changed_since_is_said_anew() {
    let failed = Beside { failures: BTreeMap::from([(ended().steps[1].key.expect("a key"), 3)]), ..at_end() };
    let other = Kept { bytes: 7, objects: vec![Digest::of(b"other")] };
    let streams =
        Beside { streams: BTreeMap::from([(ended().steps[0].step.clone(), (other.clone(), other))]), ..at_end() };
    let mut later = ended();
    later.steps[2].exit = Some(3);
    let mut begun_anew = ended();
    begun_anew.began.run.push('x');
    let mut dirty = ended();
    dirty.began.subject.dirty = true;
    let cases = [(ended(), failed), (ended(), streams), (later, at_end()), (begun_anew, at_end()), (dirty, at_end())];
    for (index, (report, beside)) in cases.iter().enumerate() {
        let plain = bytes(report, beside, None);
        assert_ne!(plain, bytes(&ended(), &at_end(), None), "case {index} changes nothing");
        assert_eq!(bytes(report, beside, Some(ahead(&going_on(), &Beside::default()))), plain, "case {index}");
    }
}

#[test]
fn nothing_is_made_ahead_of_what_the_record_does_not_hold() {
    let mut report = going_on();
    report.began.subject.listing = Digest::of(b"gone");
    assert!(with(&report, &Beside::default(), Ahead::of).is_none());
}
