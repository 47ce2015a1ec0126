//! `[run]`: how steps are run.

use crate::facts::policy::section::Section;

/// The keys of the table.
pub const KEYS: &[&str] = &["infer", "isolation", "output-cap"];

/// How far a step is kept from the rest of the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Isolation {
    /// As far as the system can.
    #[default]
    Best,
    /// Landlock, or the step is unproven.
    Landlock,
    /// Not at all.
    None,
}

/// The table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// `infer`: whether the inferred steps are added to the declared ones.
    pub infer: bool,
    /// `isolation`.
    pub isolation: Isolation,
    /// `output-cap`: the most bytes of output that a step keeps.
    pub output_cap: u64,
}

impl Default for Run {
    fn default() -> Self {
        Self { infer: true, isolation: Isolation::Best, output_cap: 64 << 20 }
    }
}

impl Run {
    /// Reads the table.
    pub fn read(section: Section<'_>) -> Self {
        let words = [("best", Isolation::Best), ("landlock", Isolation::Landlock), ("none", Isolation::None)];
        let default = Self::default();
        Self {
            infer: section.flag("infer").map_or(default.infer, |flag| flag.value),
            isolation: section.choice("isolation", &words).map_or(default.isolation, |choice| choice.value),
            output_cap: section.size("output-cap").map_or(default.output_cap, |size| size.value),
        }
    }
}
