//! Two policies, table by table.

use crate::facts::policy::Policy;
use crate::facts::policy::change::Known;
use crate::rules::authority::weakened::gates;
use crate::rules::authority::weakened::levels;
use crate::rules::authority::weakened::sink::Sink;
use crate::rules::authority::weakened::steps;
use crate::rules::authority::weakened::tables;

/// Compares two policies. Waivers and files of signers are compared apart: they stand elsewhere, too.
pub fn compare(before: &Policy, after: &Policy, rules: &[Known], sink: &mut Sink<'_>) {
    levels::compare(before, after, rules, sink);
    tables::check(before, after, sink);
    tables::run(before, after, sink);
    steps::compare(before, after, sink);
    tables::contracts(before, after, sink);
    tables::claims(before, after, sink);
    tables::replay(before, after, sink);
    tables::authority(before, after, sink);
    gates::compare(before, after, sink);
    tables::release(before, after, sink);
}
