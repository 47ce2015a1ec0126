//! `[check]`: what decides, and which claims are demanded.

use crate::facts::place::Spanned;
use crate::facts::policy::level::RuleLevel;
use crate::facts::policy::section::Section;
use crate::facts::policy::vocabulary::Vocabulary;

/// The keys of the table.
pub const KEYS: &[&str] = &["fail-on", "demand", "require-until"];

/// The table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckTable {
    /// `fail-on`: the quietest level that decides; deny where it is not given.
    pub fail_on: Option<Spanned<RuleLevel>>,
    /// `demand`: rules or groups whose claims may not be absent.
    pub demand: Vec<Spanned<String>>,
    /// `require-until`: whether a waiver must say when it ends.
    pub require_until: bool,
}

impl CheckTable {
    /// Reads the table.
    pub fn read(section: Section<'_>, vocabulary: &Vocabulary) -> Self {
        let demand = section.strings("demand").unwrap_or_default();
        for name in &demand {
            if !vocabulary.is_rule(&name.value) && !vocabulary.is_group(&name.value) {
                let message = format!("`demand` names no rule or group: `{}`", name.value);
                section.fault(name.span, message, Some(vocabulary.advice(&name.value)));
            }
        }
        Self {
            fail_on: section.choice("fail-on", &[("deny", RuleLevel::Deny), ("warn", RuleLevel::Warn)]),
            demand,
            require_until: section.flag("require-until").is_some_and(|flag| flag.value),
        }
    }
}
