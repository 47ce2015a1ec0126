//! The claims of a step with the lines that they rest on: one for each run that did it.

use crate::proof::bundle::Bundle;
use crate::proof::link::Link;
use crate::proof::names;
use crate::proof::scai::Attribute;
use crate::proof::scai::Standing;

/// What one run says of a step.
pub(super) struct Did<'a> {
    /// The claim.
    pub(super) claim: &'a Attribute,
    /// The line.
    pub(super) link: &'a Link,
}

/// All that a proof says of a step, found by its whole name.
pub(super) fn of<'a>(bundle: &'a Bundle, name: &str) -> Vec<Did<'a>> {
    let attribute = format!("{}{name}", names::STEP_CLAIM);
    let claims = bundle.claims.predicate().attributes.iter().filter(|claim| claim.attribute == attribute);
    let with_line = |claim: &'a Attribute| {
        let mut links = bundle.steps.iter().map(|step| step.link.predicate());
        let link =
            links.find(|link| link.name == name && Some(&link.environment.run) == claim.conditions.run.as_ref())?;
        Some(Did { claim, link })
    };
    claims.filter_map(with_line).collect()
}

/// Says whether a step is in a proof and holds, on every machine that did it.
pub fn holds(bundle: &Bundle, name: &str) -> bool {
    let found = of(bundle, name);
    let good = |did: &Did<'_>| did.claim.conditions.standing == Standing::Holds && did.link.byproducts.exit == Some(0);
    !found.is_empty() && found.iter().all(good)
}

/// How the gate takes it to be known: never better than a process of ours saw it.
pub(super) fn basis(did: &Did<'_>) -> &'static str {
    if did.link.byproducts.tests.is_some() { "reported" } else { "observed" }
}
