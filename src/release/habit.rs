//! How the maintainers moved the numbers before: the steps between the releases of one line.

use semver::Version;

use crate::facts::tag_line::Line;

/// How many steps are looked at.
const STEPS: usize = 10;
/// How many there must be to call it a habit.
const FEWEST: usize = 5;

/// A habit: how often the last steps raised the second number (or the first).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Habit {
    /// The steps that were looked at.
    pub steps: usize,
    /// Those that raised the second number or the first.
    pub raised: usize,
}

impl Habit {
    /// Reads the steps of a line up to a release; none where there are too few.
    pub fn of(line: &Line<'_>, last: &Version) -> Option<Self> {
        let mut versions: Vec<&Version> =
            line.tags.iter().map(|tagged| &tagged.version).filter(|one| one.pre.is_empty() && *one <= last).collect();
        versions.dedup();
        let steps: Vec<bool> = versions
            .windows(2)
            .rev()
            .take(STEPS)
            .map(|pair| (pair[0].major, pair[0].minor) != (pair[1].major, pair[1].minor))
            .collect();
        let raised = steps.iter().filter(|raised| **raised).count();
        (steps.len() >= FEWEST).then_some(Self { steps: steps.len(), raised })
    }

    /// Says whether at least four of five steps raised the second number.
    pub fn raises(self) -> bool {
        self.raised * 5 >= self.steps * 4
    }

    /// Says whether at least every second step raised the second number.
    pub fn often_raises(self) -> bool {
        self.raised * 2 >= self.steps
    }

    /// Says whether no more than one step of ten raised the second number.
    pub fn hardly_raises(&self) -> bool {
        self.raised * 10 <= self.steps
    }
}
