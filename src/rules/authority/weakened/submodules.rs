//! Submodules that a change brings: steps read files in them that no proof names.

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::tree::Mode;
use crate::rules::authority::weakened::sink::Of;
use crate::rules::authority::weakened::sink::Sink;

/// Tells of the submodules that the base does not have. Nobody can say what they hold.
pub fn compare(before: &Facts, after: &Facts, sink: &mut Sink<'_>) {
    for entry in after.tree.entries().iter().filter(|entry| entry.mode == Mode::Submodule) {
        sink.look();
        if before.tree.get(&entry.path).is_none_or(|earlier| earlier.mode != Mode::Submodule) {
            let message = format!("{} is a submodule now: what steps read in it stands in no proof", entry.path);
            let at = Place::whole(entry.path.as_ref(), "files that no proof names");
            sink.suspect(Of::Policy, message, at, Vec::new());
        }
    }
}
