//! Submodules that a change brings: steps read files in them that no proof names.

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::tree::Entry;
use crate::facts::tree::Mode;
use crate::rules::authority::weakened::sink::Sink;
use crate::rules::level::Certainty;

/// How many of them are shown.
const SHOWN: usize = 4;

/// Tells of the submodules that the base does not have: nobody can say what they hold. Without an address in `.gitmodules`
/// no checkout has their files, and it is a note.
pub fn compare(before: &Facts, after: &Facts, sink: &mut Sink<'_>) {
    let all: Vec<&Entry> = after.tree.entries().iter().filter(|entry| entry.mode == Mode::Submodule).collect();
    if all.is_empty() {
        return;
    }
    sink.look();
    let is_new = |entry: &&Entry| before.tree.get(&entry.path).is_none_or(|earlier| earlier.mode != Mode::Submodule);
    let modules = after.text(".gitmodules").unwrap_or_default();
    let is_fetched = |entry: &Entry| {
        let path = |line: &str| line.trim().strip_prefix("path")?.trim_start().strip_prefix('=').map(str::to_owned);
        modules.lines().filter_map(path).any(|path| path.trim().trim_matches('"') == entry.path.as_ref())
    };
    let (fetched, bare): (Vec<&Entry>, Vec<&Entry>) =
        all.into_iter().filter(is_new).partition(|entry| is_fetched(entry));
    for (found, certainty) in [(fetched, Certainty::Probable), (bare, Certainty::Unsure)] {
        let mut places = found.iter().map(|entry| Place::whole(entry.path.as_ref(), "files that no proof names"));
        let Some(at) = places.next() else { continue };
        let more = match found.len() - 1 {
            0 => String::new(),
            count => format!(", as {count} more"),
        };
        let message = format!("{} is a submodule now{more}: what steps read in it stands in no proof", at.path);
        sink.as_sure_as(certainty, message, at, places.take(SHOWN - 1).collect());
    }
}
