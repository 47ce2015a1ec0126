//! The counts of a report, the same in every format.

use crate::judge::report::Judged;
use crate::judge::report::Report;
use crate::judge::report::Standing;
use crate::rules::level::Level;

/// How many findings there are of each kind. Waived ones count only as `waived`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// At deny, inherited ones too.
    pub deny: usize,
    /// At warn, inherited ones too.
    pub warn: usize,
    /// At note, inherited ones too.
    pub note: usize,
    /// Covered by a waiver.
    pub waived: usize,
    /// Not waived and not in the base of `--since`; without `--since` all that are not waived.
    pub new: usize,
    /// With a mechanical fix.
    pub fixable: usize,
    /// Deciding against the tree.
    pub deciding: usize,
}

impl Report {
    /// Says whether a finding decides against the tree.
    pub fn decides(&self, judged: &Judged) -> bool {
        judged.new && judged.waiver.is_none() && judged.level >= self.fail_on
    }

    /// Counts the findings.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for judged in &self.findings {
            if judged.waiver.is_some() {
                summary.waived += 1;
                continue;
            }
            match judged.level {
                Level::Deny => summary.deny += 1,
                Level::Warn => summary.warn += 1,
                Level::Note => summary.note += 1,
            }
            summary.new += usize::from(judged.new);
            summary.fixable += usize::from(judged.finding.fix.is_some());
            summary.deciding += usize::from(self.decides(judged));
        }
        summary
    }

    /// Counts the claims that stand in a certain way.
    pub fn claims(&self, standing: Standing) -> usize {
        self.rules.iter().filter(|rule| rule.standing == standing).count()
    }
}
