//! Who hears the tokens of registries: nobody may whom the base does not let.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::manifest::Publish;
use crate::facts::policy::Policy;
use crate::rules::authority::allowed::is_allowed;
use crate::rules::authority::own_configs;
use crate::rules::authority::token;
use crate::rules::authority::token::Hearer;
use crate::rules::authority::token::Way;
use crate::rules::authority::weakened::sink::Of;
use crate::rules::authority::weakened::sink::Sink;

/// Compares who hears them in both trees. What the policy of the base allows is nobody's weakening.
pub fn compare(policy: &Policy, before: &Facts, after: &Facts, sink: &mut Sink<'_>) {
    let then = token::of(before);
    for now in token::of(after) {
        sink.look();
        let mut earlier = then.iter().filter(|own| own.key == now.key && own.way == now.way).peekable();
        let first = earlier.peek().copied();
        let heard: BTreeSet<&String> = earlier.flat_map(|own| &own.who).collect();
        if now.who.iter().all(|who| heard.contains(who)) || is_allowed(&policy.authority, &now.key, &now.value) {
            continue;
        }
        // A source decides nothing before another is replaced with it, and that is told apart.
        if first.is_none() && now.way == Way::Index && now.key.starts_with("source.") {
            continue;
        }
        let is_suspect = first.is_none() && now.way == Way::Index && !is_known(before, &now);
        // A registry that nobody spoke of, in a folder that no command starts in: an example.
        if is_suspect && !own_configs::is_read_where_commands_start(after, &now.path) {
            continue;
        }
        let at = sink.of_head(&now.path, now.span, "says so now");
        let against = first.map(|own| sink.of_base(&own.path, own.span, "the base says this"));
        let against = against.into_iter().collect();
        if is_suspect {
            sink.suspect(Of::Policy, now.told(), at, against);
        } else {
            sink.add(Of::Policy, now.told(), at, against);
        }
    }
}

/// The files that cargo goes by.
pub fn files(facts: &Facts) -> BTreeSet<String> {
    own_configs::of(facts).configs.iter().map(|(file, _)| file.path.to_string()).collect()
}

/// Whether a tree speaks of the registry already: then its address came from elsewhere, and is another one now.
fn is_known(facts: &Facts, hearer: &Hearer) -> bool {
    let Some(name) = hearer.key.strip_prefix("registries.").and_then(|key| key.strip_suffix(".index")) else {
        return true;
    };
    facts.cargo.packages.iter().any(|package| match package.publish.as_ref().map(|publish| &publish.value) {
        Some(Publish::Registries(registries)) => registries.iter().any(|own| own == name),
        _ => false,
    })
}
