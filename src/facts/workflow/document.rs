//! A workflow as a whole.

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::workflow::job::Job;
use crate::facts::workflow::job::Permissions;
use crate::facts::workflow::job::RunDefaults;
use crate::facts::workflow::trigger::Trigger;
use crate::facts::workflow::value::Pair;

/// A workflow of `.github/workflows/`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workflow {
    /// `name`.
    pub name: Option<Spanned<String>>,
    /// The events of `on`, in order.
    pub triggers: Vec<Trigger>,
    /// Where `on` stands.
    pub on: Option<Span>,
    /// `env`.
    pub env: Vec<Pair>,
    /// `defaults.run`.
    pub defaults: RunDefaults,
    /// `permissions`.
    pub permissions: Option<Permissions>,
    /// The jobs, in order.
    pub jobs: Vec<Job>,
}

impl Workflow {
    /// The job of an id.
    pub fn job(&self, id: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.id.value == id)
    }

    /// Says whether an event starts the workflow.
    pub fn has_trigger(&self, event: &str) -> bool {
        self.triggers.iter().any(|trigger| trigger.event.value == event)
    }
}
