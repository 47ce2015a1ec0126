//! Comments that declare the value of a line to be the same as one in another file.

use crate::facts::Facts;
use crate::facts::lookup;
use crate::facts::lookup::NoValue;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::policy::inline::SameAs;
use crate::facts::source::SourceFile;
use crate::facts::stands_in::stands_in;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::outcome::Outcome;

/// Compares each line that says so with the value that it names.
pub(crate) fn check(facts: &Facts, outcome: &mut Outcome) {
    for file in facts.files.values() {
        if file.content.marks.same_as.is_empty() || facts.zone(&file.path) != Zone::Own {
            continue;
        }
        for mark in &file.content.marks.same_as {
            compare(facts, file, mark, outcome);
        }
    }
}

fn compare(facts: &Facts, file: &SourceFile, mark: &SameAs, outcome: &mut Outcome) {
    let dead = |message: String, against: Option<Place>| {
        let finding = Finding::new(message, facts.place(&file.path, mark.span, "leads nowhere"))
            .why("a comment that compares nothing guards nothing");
        match against {
            Some(place) => finding.against(place),
            None => finding,
        }
    };
    let target = mark.target.as_str();
    let Some((path, key)) = target.split_once('#').and_then(|(path, key)| Some((path, lookup::parts(key)?))) else {
        outcome.look();
        outcome.find(dead(format!("`{target}` is not of the form path#key"), None));
        return;
    };
    // From the root, or from the folder of the file where that is what is there.
    let beside = path::join(path::parent(&file.path), path).filter(|path| facts.tree.exists(path));
    let Some(path) = path::join("", path).filter(|path| facts.tree.exists(path)).or(beside) else {
        outcome.look();
        let missing = Place::whole(path, "is not there");
        outcome.find(dead(format!("the comment names {path}, which is not there"), Some(missing)));
        return;
    };
    let Some(text) = facts.text(&path) else {
        outcome.unproven(format!("{path} is not read as text, so {target} has no value"));
        return;
    };
    match lookup::value(&path, text, &key) {
        // Every line holds nothing: a comparison with it could not fail.
        Ok(truth) if truth.value.trim().is_empty() => outcome.unproven(format!("{target} is empty")),
        Ok(truth) => hold(facts, file, mark, (&path, &truth), outcome),
        Err(NoValue::Missing) => {
            outcome.look();
            let whole = Place::whole(path.clone(), "has no such key");
            outcome.find(dead(format!("the comment names a key that {path} does not have"), Some(whole)));
        }
        Err(reason) => outcome.unproven(format!("{target} has no value: {}", reason.as_str())),
    }
}

fn hold(facts: &Facts, file: &SourceFile, mark: &SameAs, truth: (&str, &Spanned<String>), outcome: &mut Outcome) {
    outcome.look();
    let (path, value) = truth;
    let line = file.content.text.slice(mark.line);
    if stands_in(line, &value.value) {
        return;
    }
    let indent = line.len() - line.trim_start().len();
    let whole = Span::new(mark.line.start + indent, mark.line.start + line.trim_end().len().max(indent));
    let stale = candidate(line, &value.value).map(|span| span.offset_by(mark.line.start));
    let said = file.content.text.slice(stale.unwrap_or(whole)).to_owned();
    let message = format!("the line says {said}, {} says {}", mark.target, value.value);
    let finding = Finding::new(message, facts.place(&file.path, stale.unwrap_or(whole), format!("says {said}")))
        .against(facts.place(path, value.span, format!("says {}", value.value)))
        .against(facts.place(&file.path, mark.span, "declared here"))
        .why("the comment names the other place as the truth");
    outcome.find(if stale.is_some() { finding.replace_with(&value.value) } else { finding });
}

/// The one word of the line that looks like the value: digits and dots where the value begins with a digit.
fn candidate(line: &str, value: &str) -> Option<Span> {
    if !value.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '+');
    let mut found = Vec::new();
    let mut start = None;
    for (at, character) in line.char_indices().chain([(line.len(), ' ')]) {
        match (part(character), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                let word = line[from..at].trim_start_matches('v').trim_end_matches(['.', '-', '+']);
                let from = from + (line[from..at].len() - line[from..at].trim_start_matches('v').len());
                if word.starts_with(|first: char| first.is_ascii_digit()) && word.contains('.') == value.contains('.') {
                    found.push(Span::new(from, from + word.len()));
                }
                start = None;
            }
            _ => {}
        }
    }
    match found.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}
