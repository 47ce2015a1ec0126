//! Whether what a step reads of others is what they left: looked at before it begins, and again once it has ended.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use crate::facts::policy::pattern;
use crate::steps::departed;
use crate::steps::departed::Need;
use crate::steps::event::Doubt;
use crate::steps::forecast::Foreseen;
use crate::steps::inputs::Globs;
use crate::steps::renewed;
use crate::steps::step::Step;
use crate::world::lying;
use crate::world::lying::Lying;
use crate::world::lying::Reader;
use crate::world::stamp::Stamp;

/// The most files that a doubt names.
const NAMED: usize = 5;

/// The outputs of the steps of one run that others need.
#[derive(Default)]
pub(crate) struct LeftOutputs {
    root: PathBuf,
    /// The plan.
    steps: Vec<Step>,
    /// The steps with outputs that each step needs, in order.
    needed: BTreeMap<String, BTreeSet<usize>>,
    /// All of them by name.
    makers: BTreeSet<String>,
    /// What they left, as far as they have passed, or a kept result stands in for them.
    left: Mutex<BTreeMap<String, Arc<Lying>>>,
    /// What was seen before an attempt of each step.
    seen: Mutex<BTreeMap<String, Seen>>,
    reader: Reader,
}

/// What was seen before an attempt.
#[derive(Default)]
struct Seen {
    departed: Vec<String>,
    stamps: BTreeMap<String, Option<Stamp>>,
}

impl LeftOutputs {
    /// Those of a plan, none of them left yet.
    pub(crate) fn of(root: &Path, steps: &[Step]) -> Self {
        let needed = departed::needed(steps.iter());
        let makers = needed.iter().flatten().map(|&place| steps[place].name.clone()).collect();
        let needed = steps.iter().zip(needed).filter(|(_, needed)| !needed.is_empty());
        let needed = needed.map(|(step, needed)| (step.name.clone(), needed)).collect();
        let (root, reader) = (root.to_path_buf(), Reader::below(root));
        Self { root, steps: steps.to_vec(), needed, makers, reader, ..Self::default() }
    }

    /// Takes over what those left for which kept results stand in.
    pub(crate) fn stand(&self, steps: &[Foreseen]) {
        let needed = steps.iter().filter(|foreseen| self.makers.contains(&foreseen.step.name));
        let left = needed.filter_map(|foreseen| Some((foreseen.step.name.clone(), renewed::left(foreseen)?)));
        locked(&self.left).extend(left.map(|(step, left)| (step, Arc::new(left))));
    }

    /// Looks at what a step left that ended; `passed` says whether it may be read.
    pub(crate) fn ended(&self, step: &Step, passed: bool) {
        if !self.makers.contains(&step.name) {
            return;
        }
        if passed {
            let lies = self.reader.at(&step.outputs);
            locked(&self.left).insert(step.name.clone(), Arc::new(lies));
        } else {
            locked(&self.left).remove(&step.name);
        }
    }

    /// Looks at what a step is about to read of others.
    pub(crate) fn before(&self, step: &Step) {
        let all = self.known(step);
        // The stamps come first: what moves under the reading is seen by the next look.
        let stamps = self.stamps(&all);
        let lies: Vec<Lying> = all.iter().map(|(need, _)| self.reader.at(&need.outputs)).collect();
        let needs = all.iter().zip(&lies).map(|((step, left), lies)| Need { step, left: Some(&**left), lies });
        let departed = departed::departed(&needs.collect::<Vec<_>>());
        let departed = departed.iter().map(|departed| format!("`{}`: {}", departed.step, departed.line())).collect();
        locked(&self.seen).insert(step.name.clone(), Seen { departed, stamps });
    }

    /// Looks again once nothing of the step is left, and says what was not as it was left, or was touched meanwhile.
    pub(crate) fn after(&self, step: &Step) -> Vec<Doubt> {
        let Some(Seen { departed, stamps }) = locked(&self.seen).remove(&step.name) else { return Vec::new() };
        let now = self.stamps(&self.known(step));
        let own = Globs::new(Some(&step.outputs));
        let all: BTreeSet<&String> = stamps.keys().chain(now.keys()).collect();
        let touched = all.into_iter().filter(|path| !own.holds(path) && stamps.get(*path) != now.get(*path));
        let touched: Vec<&str> = touched.map(String::as_str).collect();
        let mut doubts = Vec::new();
        if !departed.is_empty() {
            doubts.push(doubt(&format!("what it needs was not as it was left: {}", named(&departed, "; "))));
        }
        if !touched.is_empty() {
            doubts.push(doubt(&format!("outputs that it needs were touched while it ran: {}", named(&touched, ", "))));
        }
        doubts
    }

    /// The steps with outputs that a step needs, with what they left.
    fn known(&self, step: &Step) -> Vec<(&Step, Arc<Lying>)> {
        let Some(needed) = self.needed.get(&step.name) else { return Vec::new() };
        let left = locked(&self.left);
        let needed = needed.iter().filter_map(|&place| self.steps.get(place));
        needed.filter_map(|need| Some((need, Arc::clone(left.get(&need.name)?)))).collect()
    }

    fn stamps(&self, needs: &[(&Step, Arc<Lying>)]) -> BTreeMap<String, Option<Stamp>> {
        needs.iter().flat_map(|(need, _)| lying::stamps(&self.root, &need.outputs)).collect()
    }
}

/// The outputs that a step declares and did not make: what is not there is not kept.
pub(crate) fn unmade(root: &Path, step: &Step, files: &BTreeMap<String, PathBuf>) -> Vec<Doubt> {
    let links = lying::matching(root, &step.outputs).links;
    let unmade = step.outputs.iter().filter_map(|glob| {
        let matcher = pattern::glob(glob).ok()?;
        if files.keys().any(|path| matcher.is_match(path)) {
            return None;
        }
        let message = match links.iter().find(|path| matcher.is_match(path)) {
            Some(link) => {
                format!("`{glob}` is declared as an output, and only a link is there, which is not kept: {link}")
            }
            None => format!("`{glob}` is declared as an output, and no file is there"),
        };
        Some(Doubt { code: "output-missing".to_owned(), message })
    });
    unmade.collect()
}

fn named<T: AsRef<str>>(all: &[T], between: &str) -> String {
    let more = all.len().saturating_sub(NAMED);
    let more = if more > 0 { format!("{between}and {more} more") } else { String::new() };
    let named: Vec<&str> = all.iter().take(NAMED).map(AsRef::as_ref).collect();
    format!("{}{more}", named.join(between))
}

fn doubt(message: &str) -> Doubt {
    Doubt { code: "outputs-moved".to_owned(), message: message.to_owned() }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
