//! How many claims of a proof stand how.

use crate::proof::scai::Claims;
use crate::proof::scai::Standing;

/// All standings in the order in which they are told.
pub const STANDINGS: [Standing; 5] =
    [Standing::Holds, Standing::Refuted, Standing::Waived, Standing::Absent, Standing::Unproven];

/// How many claims stand so.
pub fn of(claims: &Claims, standing: Standing) -> usize {
    claims.attributes.iter().filter(|claim| claim.conditions.standing == standing).count()
}

/// All of them in words.
pub fn told(claims: &Claims) -> String {
    let told = STANDINGS.iter().map(|standing| (of(claims, *standing), standing.as_str()));
    let told: Vec<String> =
        told.filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    if told.is_empty() { "none".to_owned() } else { told.join(", ") }
}
