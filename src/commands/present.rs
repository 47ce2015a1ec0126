//! The checkout as it is now, for the comparison with a recorded run: its plan and keys, made and never executed.

use std::env;
use std::ffi::OsString;

use crate::commands::examine::Examined;
use crate::commands::governed::Site;
use crate::commands::policy;
use crate::error::Error;
use crate::facts::digest::Digest;
use crate::steps::explain_key;
use crate::steps::explain_key::Change;
use crate::steps::explain_key::Difference;
use crate::steps::key::Layer;
use crate::steps::key::Preimage;
use crate::steps::policy_text::PolicyText;
use crate::steps::prepare;
use crate::steps::prepare::Prepared;
use crate::steps::prepare::Strength;
use crate::steps::prepare::Wanted;
use crate::world::checkout::Checkout;
use crate::world::record_salt;

/// Makes the plan and the keys of a checkout, under its own policy.
pub(crate) fn of(mut checkout: Checkout, site: &Site) -> Result<Prepared, Error> {
    let head = Examined::take(&mut checkout, None);
    let policy = policy::of_tree(&head.facts)?;
    let path = policy.path.as_deref().unwrap_or_default().to_owned();
    let ambient: Vec<(OsString, OsString)> = env::vars_os().collect();
    prepare::prepare(&Wanted {
        checkout: &checkout,
        facts: &head.facts,
        root: &site.root,
        policy: &policy,
        policy_text: PolicyText::from_elsewhere(&path, head.facts.text(&path).unwrap_or_default()),
        plan: None,
        only: &[],
        ambient: &ambient,
        record: Some(&site.record),
        strength: Strength::Local,
        salt: &record_salt::of(&site.record)?,
        platform: (env::consts::OS, env::consts::ARCH),
    })
}

/// In what the checkout differs from what a step was recorded with.
pub(crate) fn differences(
    step: &str,
    old: &Preimage,
    now: &Prepared,
    object: &dyn Fn(&Digest) -> Option<Vec<u8>>,
) -> Vec<Difference> {
    let Some(keyed) = now.keys.steps.get(step) else {
        let name = format!("the step {step}");
        return vec![Difference { layer: Layer::Policy, name, change: Change::Removed { old: None } }];
    };
    let object = |digest: &Digest| now.keys.objects.get(digest).map(|bytes| bytes.to_vec()).or_else(|| object(digest));
    explain_key::compare(old, &keyed.preimage, &object)
}
