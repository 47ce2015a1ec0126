//! `CODEOWNERS`: where the forge reviews what weakens, who owns what is part of the authority.

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::policy::Policy;
use crate::facts::policy::authority::Review;
use crate::rules::authority::weakened::sink::Of;
use crate::rules::authority::weakened::sink::Sink;

/// Where a forge looks, in its order.
pub const FILES: &[&str] = &[".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// Says where the owners are others.
pub fn compare(policy: &Policy, before: &Facts, after: &Facts, sink: &mut Sink<'_>) {
    if policy.authority.review != Review::Forge {
        return;
    }
    for path in FILES {
        let (then, now) = (before.text(path), after.text(path));
        if then.is_none() && now.is_none() {
            continue;
        }
        sink.look();
        if lines(then) != lines(now) {
            let message = format!("{path} names other owners than in the base, and the forge's review is theirs");
            sink.suspect(Of::Policy, message, Place::whole(*path, "differs"), Vec::new());
        }
    }
}

fn lines(text: Option<&str>) -> Vec<&str> {
    let lines = text.unwrap_or_default().lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}
