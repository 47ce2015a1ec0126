//! Comments that hold something to a truth: `governed: same-as` and, in Markdown, `governed: claim`. None may go.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;
use crate::rules::authority::weakened::sink::Of;
use crate::rules::authority::weakened::sink::Sink;

/// What a comment holds, and how: the kind with the words that name it.
type Held = (&'static str, String);

/// Compares the comments of both trees. One that stands in another file by now still holds.
pub fn compare(before: &Facts, after: &Facts, sink: &mut Sink<'_>) {
    let (then, now) = (all(before), all(after));
    for (held, places) in &then {
        sink.look();
        let left = now.get(held).map_or(&[][..], Vec::as_slice);
        if left.len() >= places.len() {
            continue;
        }
        let count = |places: &[(&SourceFile, Span)], path: &str| {
            places.iter().filter(|(file, _)| file.path.as_ref() == path).count()
        };
        let fewer = |(file, _): &&(&SourceFile, Span)| count(left, &file.path) < count(places, &file.path);
        let Some((file, span)) = places.iter().find(fewer) else { continue };
        let against = vec![sink.of_base(&file.path, *span, "the base has it")];
        let message = format!("the comment `{} {}` of {} is gone", held.0, held.1, file.path);
        let at = Place::whole(file.path.as_ref(), "does not have it any more");
        // What went with its whole file may have nothing left to hold.
        if after.tree.has_file(&file.path) {
            sink.add(Of::Policy, message, at, against);
        } else {
            sink.suspect(Of::Policy, message, at, against);
        }
    }
}

/// The comments of a tree as text, a line each: what a signature over the policy covers of them.
pub fn text(facts: &Facts) -> String {
    let line = |(held, places): (&Held, &Vec<(&SourceFile, Span)>)| -> Vec<String> {
        places.iter().map(|(file, _)| format!("{} {} {}\n", file.path.escape_debug(), held.0, held.1)).collect()
    };
    let mut lines: Vec<String> = all(facts).iter().flat_map(line).collect();
    lines.sort();
    lines.concat()
}

fn all(facts: &Facts) -> BTreeMap<Held, Vec<(&SourceFile, Span)>> {
    let mut found: BTreeMap<Held, Vec<(&SourceFile, Span)>> = BTreeMap::new();
    for file in facts.files.values() {
        let marks = &file.content.marks;
        if (marks.same_as.is_empty() && marks.claims.is_empty()) || facts.zone(&file.path) != Zone::Own {
            continue;
        }
        for mark in &marks.same_as {
            found.entry(("governed: same-as", mark.target.clone())).or_default().push((file, mark.span));
        }
        for mark in &marks.claims {
            found.entry(("governed: claim", mark.name.clone())).or_default().push((file, mark.span));
            if mark.digest.is_some() {
                let sealed = ("governed: claim with a digest", mark.name.clone());
                found.entry(sealed).or_default().push((file, mark.span));
            }
        }
    }
    found
}
