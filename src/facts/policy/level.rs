//! `[rules]`: how loud each rule or group is.

use std::collections::BTreeMap;

use crate::facts::place::Span;
use crate::facts::policy::section::Section;
use crate::facts::policy::vocabulary::Vocabulary;

/// What the policy makes of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleLevel {
    /// Its findings are accepted; they are shown as waived.
    Allow,
    /// Worth a look.
    Note,
    /// Very probably stale.
    Warn,
    /// Decides against the tree.
    Deny,
}

/// The words for levels.
pub const WORDS: &[(&str, RuleLevel)] =
    &[("deny", RuleLevel::Deny), ("warn", RuleLevel::Warn), ("note", RuleLevel::Note), ("allow", RuleLevel::Allow)];

/// One line of `[rules]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelEntry {
    /// The level.
    pub level: RuleLevel,
    /// The span of the level.
    pub span: Span,
}

/// The levels by rule or group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<String, LevelEntry>);

impl Levels {
    /// Reads the table.
    pub fn read(section: Section<'_>, vocabulary: &Vocabulary) -> Self {
        let mut levels = BTreeMap::new();
        for (key, value) in section.entries() {
            let name = key.value.as_str();
            if !vocabulary.is_rule(name) && !vocabulary.is_group(name) {
                section.fault(key.span, format!("names no rule or group: `{name}`"), Some(vocabulary.advice(name)));
            }
            if let Some(level) = section.choice_of(name, value, WORDS) {
                levels.insert(key.value, LevelEntry { level: level.value, span: level.span });
            }
        }
        Self(levels)
    }

    /// The entry for a rule: its own, else that of its group.
    pub fn of(&self, rule: &str, group: &str) -> Option<LevelEntry> {
        self.0.get(rule).or_else(|| self.0.get(group)).copied()
    }
}
