//! A declared claim as it is shown of a run: a sentence of the maintainers, what it rests on, and how it stands.

/// A declared claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// The name that the policy gives it.
    pub name: String,
    /// `holds`, `refuted` or `unproven`.
    pub standing: &'static str,
    /// `derived`, `observed` or `reported`.
    pub basis: &'static str,
    /// What it rests on, with the digest of what is there.
    pub evidence: String,
    /// Where it is said: path and bytes.
    pub said: Vec<String>,
    /// Why it does not hold.
    pub why: Vec<String>,
}
