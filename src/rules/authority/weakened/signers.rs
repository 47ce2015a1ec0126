//! Files of signers: nobody may be added, or be allowed more. Read as text: what can't be compared counts as more.

use std::collections::BTreeSet;

use crate::facts::place::Place;
use crate::rules::authority::weakened::sink::Of;
use crate::rules::authority::weakened::sink::Sink;

/// One line that lets somebody sign.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line<'a> {
    number: usize,
    principals: &'a str,
    options: BTreeSet<&'a str>,
    key: (&'a str, &'a str),
}

/// What a comparison came to, beside the weakenings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// Both have the same lines.
    Same,
    /// The base lets nobody sign, and the tree does: the first signers.
    First,
    /// The lines differ.
    Changed,
}

/// Compares one file of both trees.
pub fn compare(path: &str, before: &str, after: &str, sink: &mut Sink<'_>) -> Came {
    let (then, now) = (lines(before), lines(after));
    if then.iter().map(Line::words).eq(now.iter().map(Line::words)) {
        return Came::Same;
    }
    sink.look();
    if then.is_empty() {
        return Came::First;
    }
    if now.is_empty() {
        let message = format!("{path} lets nobody sign any more, so that anybody could be the first again");
        sink.add(Of::Policy, message, Place::whole(path, "names nobody"), Vec::new());
        return Came::Changed;
    }
    for line in &now {
        if !then.iter().any(|own| own.allows(line)) {
            let message = format!("{path} lets {} sign as the base does not", line.principals);
            sink.add(Of::Policy, message, whole_line(path, after, line.number), Vec::new());
        }
    }
    Came::Changed
}

/// Says whether a file lets anybody sign.
pub fn is_somebody(text: &str) -> bool {
    !lines(text).is_empty()
}

fn whole_line(path: &str, text: &str, number: usize) -> Place {
    let text = crate::facts::text::Text::new(text);
    text.place(path, text.line_span(number), "may sign")
}

impl<'a> Line<'a> {
    /// All of it but where it stands.
    fn words(&self) -> (&'a str, &BTreeSet<&'a str>, (&'a str, &'a str)) {
        (self.principals, &self.options, self.key)
    }

    /// Whether all that another line allows is allowed by this one already.
    fn allows(&self, other: &Self) -> bool {
        let narrows = |option: &&str| {
            let name = option.split('=').next().unwrap_or_default().to_ascii_lowercase();
            matches!(name.as_str(), "valid-before" | "valid-after" | "namespaces")
        };
        let names = |option: &str| option.split('=').next().unwrap_or_default().to_ascii_lowercase();
        let own: BTreeSet<String> = self.options.iter().map(|option| names(option)).collect();
        self.key == other.key
            && self.principals == other.principals
            && self.options.is_subset(&other.options)
            && other.options.difference(&self.options).all(|option| narrows(option) && !own.contains(&names(option)))
    }
}

/// The lines that may let somebody sign; one that is written in an odd way allows only itself.
fn lines(text: &str) -> Vec<Line<'_>> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_matches([' ', '\t', '\r']);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let is_kind =
            |word: &&str| ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"].iter().any(|kind| word.starts_with(kind));
        let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
        let kind = words.iter().position(is_kind);
        let (number, odd) = (index + 1, !matches!(kind, Some(1 | 2)) || words[0].contains('"'));
        let read = match kind.filter(|_| !odd) {
            Some(kind) => Line {
                number,
                principals: words[0],
                options: if kind == 2 { options(words[1]) } else { BTreeSet::new() },
                key: (words[kind], words.get(kind + 1).copied().unwrap_or_default()),
            },
            None => Line { number, principals: line, options: BTreeSet::new(), key: ("", "") },
        };
        found.push(read);
    }
    found
}

/// The options, cut at the commas outside quotes.
fn options(text: &str) -> BTreeSet<&str> {
    let mut quoted = false;
    text.split(|letter| {
        quoted ^= letter == '"';
        letter == ',' && !quoted
    })
    .collect()
}
