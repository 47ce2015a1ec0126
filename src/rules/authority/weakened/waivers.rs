//! Accepted exceptions: none may be added, or last longer.

use crate::facts::Facts;
use crate::facts::policy::Policy;
use crate::facts::policy::accepted;
use crate::facts::policy::accepted::Accepted;
use crate::rules::authority::weakened::sink::Of;
use crate::rules::authority::weakened::sink::Sink;

/// Compares the accepted exceptions of both trees.
pub fn compare(before: (&Facts, &Policy), after: (&Facts, &Policy), sink: &mut Sink<'_>) {
    let mut then: Vec<Option<Accepted>> = accepted::of(before.0, before.1).into_iter().map(Some).collect();
    let now = accepted::of(after.0, after.1);
    let mut left = Vec::new();
    for one in now {
        sink.look();
        // Two in comments never accept by one of the base; those of the policy may.
        match then.iter_mut().find(|own| own.as_ref().is_some_and(|own| covers(own, &one, Lines::Same))) {
            Some(own) => drop(if one.lines.is_some() { own.take() } else { None }),
            None => left.push(one),
        }
    }
    for one in left {
        let moved = then.iter_mut().find(|own| own.as_ref().is_some_and(|own| covers(own, &one, Lines::Others)));
        let at = sink.of_head(&one.file, one.span, "accepts it");
        let of = if one.lines.is_some() { Of::Comment } else { Of::Waiver };
        let what = one.path.as_ref().map_or_else(|| one.file.to_string(), |path| format!("paths like {path}"));
        if let Some(own) = moved {
            let against = own.take().map(|own| sink.of_base(&own.file, own.span, "covered other lines"));
            let message = format!("a waiver of {} covers other lines of {what} than in the base", one.rule);
            sink.suspect(of, message, at, against.into_iter().collect());
        } else {
            let message = format!("a waiver of {} for {what} is new, or lasts longer", one.rule);
            sink.add(of, message, at, Vec::new());
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    Same,
    Others,
}

/// Whether what one accepts is accepted by one of the base.
fn covers(base: &Accepted, one: &Accepted, lines: Lines) -> bool {
    let lasts = match (base.until, one.until) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(then), Some(now)) => now <= then,
    };
    if base.rule != one.rule || !lasts {
        return false;
    }
    match (&base.lines, &one.lines) {
        (None, None) => base.path.is_none() || base.path == one.path,
        (Some(then), Some(now)) => base.file == one.file && (lines == Lines::Others || then == now),
        _ => false,
    }
}
