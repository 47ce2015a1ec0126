//! `[[claim]]`: declared claims and the evidence that they rest on.

use std::collections::BTreeSet;

use crate::facts::digest::Digest;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::policy::evidence::Pointer;
use crate::facts::policy::section::Section;
use crate::facts::policy::step;
use crate::facts::policy::step::Step;

/// The keys of the table.
pub const KEYS: &[&str] = &["name", "evidence"];
/// The keys of `evidence`.
pub const EVIDENCE_KEYS: &[&str] = &["step", "file", "output", "key", "regex", "sha256"];

/// What a claim rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The outcome of a step.
    Step(Spanned<String>),
    /// A value in a file, or a whole file.
    File(Pointer),
    /// A value in a kept output.
    Output(Pointer),
}

/// Says where a name is declared a second time.
pub fn check_names(section: Section<'_>, claims: &[Claim]) {
    let mut names = BTreeSet::new();
    for claim in claims.iter().filter(|claim| !names.insert(claim.name.value.as_str())) {
        section.fault(claim.name.span, format!("`name` is used twice: `{}`", claim.name.value), None);
    }
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The name.
    pub name: Spanned<String>,
    /// The evidence.
    pub evidence: Evidence,
    /// The digest that the evidence must have, of the value or the whole file; none where its value must stand in the sentence.
    pub digest: Option<Spanned<Digest>>,
    /// The header of the table.
    pub span: Span,
}

impl Claim {
    /// Reads one table.
    pub fn read(section: Section<'_>, steps: &[Step]) -> Option<Self> {
        let name = section.demanded("name", "name the claim");
        if !section.has("evidence") {
            let help = "add `evidence = { step = \"...\" }`".to_owned();
            section.fault(section.span(), "has no `evidence`", Some(help));
        }
        let evidence = section.below("evidence", "[[claim]] evidence", EVIDENCE_KEYS)?;
        let digest = Self::read_digest(evidence);
        let evidence = Self::read_evidence(evidence, steps);
        Some(Self { name: name?, evidence: evidence?, digest, span: section.span() })
    }

    fn read_digest(section: Section<'_>) -> Option<Spanned<Digest>> {
        let digits = section.string("sha256")?;
        if let Ok(digest) = format!("sha256:{}", digits.value).parse() {
            return Some(Spanned::new(digest, digits.span));
        }
        let help = "write 64 hexadecimal digits: `cargo governed check` says which".to_owned();
        section.fault(digits.span, "`sha256` is no digest", Some(help));
        None
    }

    fn read_evidence(section: Section<'_>, steps: &[Step]) -> Option<Evidence> {
        let kinds = ["step", "file", "output"].into_iter().filter(|key| section.has(key)).count();
        if kinds != 1 {
            section.fault(section.span(), "must have just one of `step`, `file` and `output`", None);
            return None;
        }
        if section.has("file") {
            return Pointer::read(section, "file").map(Evidence::File);
        }
        if section.has("output") {
            return Pointer::read(section, "output").map(Evidence::Output);
        }
        if ["key", "regex", "sha256"].into_iter().any(|key| section.has(key)) {
            section.fault(section.span(), "has a `key`, `regex` or `sha256` beside `step`", None);
        }
        let name = section.string("step")?;
        if let Err(advice) = step::known(&name.value, steps) {
            section.fault(name.span, format!("`step` names no step: `{}`", name.value), advice);
        }
        Some(Evidence::Step(name))
    }
}
