//! `[authority]`: which checked-in replacements are accepted, and who reviews a weakening.

use crate::facts::place::Spanned;
use crate::facts::policy::section::Section;

/// The keys of the table.
pub const KEYS: &[&str] = &["allow", "review"];

/// Who decides about a weakened policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Review {
    /// A signature that the base trusts, or nobody: it is refused.
    #[default]
    Refuse,
    /// The forge's code-owner rule: it is reported, and left to that.
    Forge,
}

/// The table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authority {
    /// `allow`: cargo configuration keys, or `key=value`, that may be checked in.
    pub allow: Vec<Spanned<String>>,
    /// `review`.
    pub review: Review,
}

impl Authority {
    /// Reads the table.
    pub fn read(section: Section<'_>) -> Self {
        let words = [("refuse", Review::Refuse), ("forge", Review::Forge)];
        Self {
            allow: section.strings("allow").unwrap_or_default(),
            review: section.choice("review", &words).map(|choice| choice.value).unwrap_or_default(),
        }
    }
}
