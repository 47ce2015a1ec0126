//! `[gate.merge]` and `[gate.release]`: what an act requires.

use crate::facts::place::Spanned;
use crate::facts::policy::section::Section;
use crate::facts::policy::step;
use crate::facts::policy::step::Step;

/// The keys of both tables.
pub const KEYS: &[&str] = &["requires", "base", "machines", "max-attempts", "max-age", "signers"];

/// How the base of a proof relates to the branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GateBase {
    /// It is an ancestor of the branch's tip.
    Ancestor,
    /// It is the branch's tip.
    Tip,
}

/// How many machines must agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Machines {
    /// All that took part.
    Unanimous,
    /// At least so many.
    Quorum(u32),
}

/// The requirements of one act.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// `requires`: steps, `rules`, and for a release `merge`; none means rules and every planned step.
    pub requires: Option<Vec<Spanned<String>>>,
    /// `base`.
    pub base: Option<Spanned<GateBase>>,
    /// `machines`.
    pub machines: Option<Spanned<Machines>>,
    /// `max-attempts`.
    pub max_attempts: Option<Spanned<u32>>,
    /// `max-age` in seconds.
    pub max_age: Option<Spanned<u64>>,
    /// `signers`: the path of the file with the allowed signers.
    pub signers: Option<Spanned<String>>,
}

impl Gate {
    /// Reads one table; `beside` are the words that mean something other than a step there.
    pub fn read(section: Section<'_>, steps: &[Step], beside: &[&str]) -> Self {
        let requires = section.strings("requires");
        for name in requires.iter().flatten().filter(|name| !beside.contains(&name.value.as_str())) {
            if let Err(advice) = step::known(&name.value, steps) {
                let message = format!("`requires` names no step: `{}`", name.value);
                section.fault(name.span, message, advice);
            }
        }
        Self {
            requires,
            base: section.choice("base", &[("ancestor", GateBase::Ancestor), ("tip", GateBase::Tip)]),
            machines: Self::read_machines(section),
            max_attempts: section.count("max-attempts", 1),
            max_age: section.duration("max-age"),
            signers: section.string("signers"),
        }
    }

    fn read_machines(section: Section<'_>) -> Option<Spanned<Machines>> {
        let word = section.string("machines")?;
        let quorum = word.value.strip_prefix("quorum:").filter(|count| count.bytes().all(|byte| byte.is_ascii_digit()));
        match (word.value.as_str(), quorum.and_then(|count| count.parse::<u32>().ok())) {
            ("unanimous", _) => Some(Spanned::new(Machines::Unanimous, word.span)),
            (_, Some(count)) if count > 0 => Some(Spanned::new(Machines::Quorum(count), word.span)),
            _ => {
                section.fault(word.span, "`machines` is neither \"unanimous\" nor \"quorum:N\"", None);
                None
            }
        }
    }
}
