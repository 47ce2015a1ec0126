//! What came in one file with a proof, held against what the proof names.

use std::collections::BTreeSet;

use crate::facts::digest::Digest;
use crate::proof::bundle::Bundle;
use crate::proof::resource::Resource;
use crate::proof::verified::Verified;
use crate::record::packed::Packed;

/// The most objects that a sentence names.
const NAMED: usize = 3;

/// Checks the listing and the objects of a file whose every object is what its name says.
pub fn check(bundle: &Bundle, packed: &Packed<'_>, verified: &mut Verified) {
    if Digest::of(packed.listing) == bundle.subject().listing {
        verified.agrees("the listing in the file is the one that the proof is about");
    } else {
        verified.against("other-tree", "the listing in the file is not the one that the proof is about");
    }
    let named = named(bundle);
    let missing: Vec<String> =
        named.iter().filter(|digest| !packed.objects.contains_key(digest)).map(Digest::short).collect();
    if missing.is_empty() {
        verified
            .agrees(format!("{} reports, logs and results that it names are in the file, byte for byte", named.len()));
        return;
    }
    let more = missing.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let first = missing.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    verified.unchecked("objects", format!("the file lacks what the proof names: {first}{more}"), false);
}

/// The objects of the record that a proof names.
pub fn named(bundle: &Bundle) -> BTreeSet<Digest> {
    let reports = bundle.root.predicate().governed.reports.iter().filter_map(Resource::sha256);
    let mut named: BTreeSet<Digest> = reports.collect();
    for step in &bundle.steps {
        let link = step.link.predicate();
        let streams = link.byproducts.stdout.sha256.iter().chain(&link.byproducts.stderr.sha256);
        named.extend(streams.map(|digest| digest.0));
        named.extend(link.byproducts.outputs.iter().filter_map(Resource::sha256));
        let key = link.materials.first().filter(|material| material.name.as_deref() == Some("key"));
        named.extend(key.and_then(Resource::sha256));
        let results = step.tests.iter().flat_map(|tests| tests.predicate().configuration.iter().skip(1));
        named.extend(results.filter_map(Resource::sha256));
    }
    named
}
