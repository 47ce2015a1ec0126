//! Steps that began and were cut short: what they left may be half-written, until they run to an end of their own.
//!
//! Pure: it is folded from lines in their order, or read back from the index.

use serde::Deserialize;
use serde::Serialize;

use crate::facts::digest::Digest;
use crate::steps::event::StepEnded;
use crate::steps::event::may_be_one_place;
use crate::steps::outcome::State;

/// A step that was cut short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Half {
    /// The step.
    pub step: String,
    /// The run that it was cut short in.
    pub run: String,
    /// Which work tree it wrote in, where that is known.
    #[serde(default)]
    pub place: Option<Digest>,
}

/// All of them, in the order of their beginnings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Halves(Vec<Half>);

impl Halves {
    /// A step begins: from now on this run answers for what it leaves there.
    pub(crate) fn begin(&mut self, step: &str, run: &str, place: Option<Digest>) {
        self.0.retain(|half| half.step != step || half.place != place);
        self.0.push(Half { step: step.to_owned(), run: run.to_owned(), place });
    }

    /// A step ends. Who exits by itself has written what it wanted to write; who was ended by others has not.
    pub(crate) fn end(&mut self, ended: &StepEnded) {
        let by_itself = matches!(ended.state, State::Passed | State::Failed) && ended.exit.is_some();
        if by_itself {
            self.0.retain(|half| half.step != ended.step || half.run != ended.run);
        }
    }

    /// Those that may have written in a work tree.
    pub(crate) fn at(&self, place: &Digest) -> Vec<Half> {
        self.0.iter().filter(|half| may_be_one_place(half.place.as_ref(), Some(place))).cloned().collect()
    }
}
