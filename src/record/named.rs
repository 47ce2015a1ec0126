//! The objects that an event names: they must be there for as long as nothing says that they were removed.

use memchr::memmem;

use crate::facts::digest::Digest;
use crate::steps::event::Event;
use crate::steps::event::RunPolicy;
use crate::steps::key::Preimage;

/// The objects that an event can't be understood without.
pub fn objects(event: &Event) -> Vec<Digest> {
    match event {
        Event::RunBegan(began) => vec![began.subject.listing, began.plan],
        Event::StepBegan(began) => vec![began.key],
        Event::StepOutput(output) => vec![output.object],
        Event::StepEnded(ended) => {
            let normal = ended.normal.iter().flat_map(|normal| [normal.out, normal.err]);
            let streams =
                ended.streams.iter().flat_map(|streams| streams.out.objects.iter().chain(&streams.err.objects));
            let keys = [ended.key].into_iter().chain(ended.also);
            keys.chain(ended.evidence.results).chain(normal).chain(streams.copied()).collect()
        }
        Event::StepReused(reused) => vec![reused.key],
        Event::ShardJoined(joined) => vec![joined.lines],
        Event::Proved(proved) => vec![proved.bundle, proved.listing],
        Event::Judged(judged) => vec![judged.check.report],
        Event::Replayed(replayed) => vec![replayed.report],
        Event::Collected(collected) => vec![collected.removed],
        Event::StoreBegan(_)
        | Event::StepNotRun(_)
        | Event::RunEnded(_)
        | Event::Recovered(_)
        | Event::Quarantined(_)
        | Event::ReleaseBegan(_)
        | Event::ReleaseActBegan(_)
        | Event::ReleaseActEnded(_)
        | Event::ReleaseEnded(_)
        | Event::Unknown(_) => Vec::new(),
    }
}

/// The objects that an event names and that may or may not be kept: if one is there, it must be what its name says.
pub fn optional(event: &Event) -> Vec<Digest> {
    match event {
        Event::StepEnded(ended) => {
            ended.outputs.iter().flat_map(|output| [output.raw].into_iter().chain(output.normal)).collect()
        }
        // The text of the policy; older runs named it without keeping it.
        Event::RunBegan(began) => policy(&began.policy).into_iter().collect(),
        Event::Judged(judged) => [judged.check.sarif, judged.junit].into_iter().flatten().collect(),
        Event::Unknown(fields) => serde_json::to_vec(fields).map(|bytes| digests(&bytes)).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The object with the text of a policy.
pub fn policy(policy: &RunPolicy) -> Option<Digest> {
    format!("sha256:{}", policy.sha256.as_deref()?).parse().ok()
}

/// Every digest that stands in bytes, whatever it means: what must not be removed while the bytes are kept.
pub fn digests(bytes: &[u8]) -> Vec<Digest> {
    const PREFIX: &[u8] = b"sha256:";
    const LENGTH: usize = 7 + 64;
    let texts = memmem::find_iter(bytes, PREFIX).filter_map(|at| bytes.get(at..at + LENGTH));
    texts.filter_map(|text| std::str::from_utf8(text).ok()?.parse().ok()).collect()
}

/// The digests that stand inside of an object, and those of the ingredients where it is the pre-image of a key.
pub fn inside(bytes: &[u8]) -> Vec<Digest> {
    let mut found = digests(bytes);
    let key = Preimage::parse(bytes).ok();
    found.extend(key.iter().flat_map(Preimage::ingredients).map(|one| one.digest));
    found
}
