//! `[[claim]]`: declared claims and the evidence that they rest on.

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::policy::evidence::Pointer;
use crate::facts::policy::section::Section;
use crate::facts::policy::step;
use crate::facts::policy::step::Step;

/// The keys of the table.
pub const KEYS: &[&str] = &["name", "evidence"];
/// The keys of `evidence`.
pub const EVIDENCE_KEYS: &[&str] = &["step", "file", "output", "key", "regex"];

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

/// One claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The name.
    pub name: Spanned<String>,
    /// The evidence.
    pub evidence: Evidence,
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
        let evidence = Self::read_evidence(evidence, steps);
        Some(Self { name: name?, evidence: evidence?, span: section.span() })
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
        if section.has("key") || section.has("regex") {
            section.fault(section.span(), "has a `key` or `regex` beside `step`", None);
        }
        let name = section.string("step")?;
        if let Err(advice) = step::known(&name.value, steps) {
            section.fault(name.span, format!("`step` names no step: `{}`", name.value), advice);
        }
        Some(Evidence::Step(name))
    }
}
