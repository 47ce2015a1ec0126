//! `[replay]`: how far a replay may differ.

use crate::facts::policy::section::Section;

/// The keys of the table.
pub const KEYS: &[&str] = &["accept", "budget"];

/// What counts as the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Accept {
    /// The same bytes after normalisation.
    Exact,
    /// The same exit, test names and results.
    #[default]
    SameOutcome,
    /// Differences within `budget`.
    WithinBudget,
}

/// The table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replay {
    /// `accept`.
    pub accept: Accept,
    /// `budget.flaky-tests`: how many tests may differ.
    pub flaky_tests: u32,
}

impl Replay {
    /// Reads the table.
    pub fn read(section: Section<'_>) -> Self {
        let words =
            [("exact", Accept::Exact), ("same-outcome", Accept::SameOutcome), ("within-budget", Accept::WithinBudget)];
        let budget = section.below("budget", "[replay] budget", &["flaky-tests"]);
        Self {
            accept: section.choice("accept", &words).map(|choice| choice.value).unwrap_or_default(),
            flaky_tests: budget.and_then(|section| section.count("flaky-tests", 0)).map_or(0, |count| count.value),
        }
    }
}
