//! `[rules]`: a rule may not become quieter.

use std::collections::BTreeMap;

use crate::facts::place::Span;
use crate::facts::policy::Policy;
use crate::facts::policy::change::Known;
use crate::facts::policy::level::RuleLevel;
use crate::facts::policy::level::WORDS;
use crate::rules::authority::weakened::sink::Sink;

/// Rules that one line made quieter: the line, or that of the base which is gone.
type Line = (Option<Span>, Option<Span>);

/// Compares the level of every rule under both policies.
pub fn compare(before: &Policy, after: &Policy, rules: &[Known], sink: &mut Sink<'_>) {
    let mut quieter: BTreeMap<Line, Vec<(&str, RuleLevel, RuleLevel)>> = BTreeMap::new();
    for rule in rules {
        let (then, now) = (before.levels.of(rule.name, rule.group), after.levels.of(rule.name, rule.group));
        if then.is_some() || now.is_some() {
            sink.look();
        }
        let level = |entry: Option<crate::facts::policy::level::LevelEntry>| entry.map_or(rule.level, |own| own.level);
        if level(now) < level(then) {
            let line = (now.map(|entry| entry.span), then.map(|entry| entry.span));
            quieter.entry(line).or_default().push((rule.name, level(then), level(now)));
        }
    }
    for ((after, before), rules) in quieter {
        let Some((name, then, now)) = rules.first() else { continue };
        let more = match rules.len() {
            1 => String::new(),
            count => format!(", as {} more", count - 1),
        };
        sink.policy(format!("the rule {name} goes from {} to {}{more}", word(*then), word(*now)), after, before);
    }
}

fn word(level: RuleLevel) -> &'static str {
    WORDS.iter().find(|(_, own)| *own == level).map_or("deny", |(word, _)| word)
}
