//! `[[waiver]]`: accepted exceptions with a reason.

use jiff::civil::Date;

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::policy::section::Section;
use crate::facts::policy::vocabulary::Vocabulary;

/// The keys of the table.
pub const KEYS: &[&str] = &["rule", "path", "reason", "until"];
/// The group whose findings nothing waives: they are about the waivers themselves.
pub const UNWAIVABLE: &str = "policy";

/// One waiver of the policy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// The rule.
    pub rule: Spanned<String>,
    /// The glob that the path of the stale place must match; none for the whole tree.
    pub path: Option<Spanned<String>>,
    /// The reason.
    pub reason: Spanned<String>,
    /// The last day on which it covers anything.
    pub until: Option<Spanned<Date>>,
    /// The header of the table.
    pub span: Span,
}

impl Waiver {
    /// Reads one table.
    pub fn read(section: Section<'_>, vocabulary: &Vocabulary, require_until: bool) -> Option<Self> {
        let rule = section.demanded("rule", "name the rule whose findings are accepted");
        let reason = section.demanded("reason", "add `reason = \"...\"`: why the finding is accepted");
        let path = section.glob("path");
        let until = section.date("until");
        if require_until && !section.has("until") {
            let help = "add `until = YYYY-MM-DD`, or drop `require-until`".to_owned();
            section.fault(section.span(), "has no `until`, and [check] require-until demands one", Some(help));
        }
        let rule = rule?;
        if let Some(fault) = wrong_rule(&rule.value, vocabulary) {
            section.fault(rule.span, fault.0, Some(fault.1));
        }
        Some(Self { rule, path, reason: reason?, until, span: section.span() })
    }
}

/// Why a name is no rule that a waiver can name, with the advice.
pub fn wrong_rule(name: &str, vocabulary: &Vocabulary) -> Option<(String, String)> {
    if vocabulary.is_group(name) && !vocabulary.is_rule(name) {
        let advice = "name one rule; a whole group is allowed in [rules]".to_owned();
        Some((format!("names a group, not a rule: `{name}`"), advice))
    } else if !vocabulary.is_rule(name) {
        Some((format!("names no rule: `{name}`"), vocabulary.advice(name)))
    } else if vocabulary.rules.iter().any(|(rule, group)| *rule == name && *group == UNWAIVABLE) {
        let advice = "remove the waiver that the rule speaks of, or set the rule's level in [rules]".to_owned();
        Some((format!("names a rule about waivers: `{name}`"), advice))
    } else {
        None
    }
}
