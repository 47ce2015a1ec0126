//! Where weakenings are gathered, with their places in both trees.

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::rules::level::Certainty;

/// What a weakening is of: it says whose signature accepts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    /// The policy, the signers, a workflow.
    Policy,
    /// A waiver of the policy.
    Waiver,
    /// A waiver in a comment.
    Comment,
}

/// Something that the tree asks less of than its base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weakening {
    /// One sentence without a stop.
    pub message: String,
    /// Where the tree says so.
    pub at: Place,
    /// Where the base said more.
    pub against: Vec<Place>,
    /// What it is of.
    pub of: Of,
    /// How sure it is that less is asked.
    pub certainty: Certainty,
}

/// The weakenings that were found, and how much was compared.
pub struct Sink<'a> {
    head: &'a Facts,
    base: &'a Facts,
    /// The file with the tree's policy, and the base's.
    files: (&'a str, &'a str),
    /// What was found.
    pub found: Vec<Weakening>,
    /// How many entries were compared.
    pub looked_at: usize,
}

impl<'a> Sink<'a> {
    /// An empty one.
    pub fn new(head: &'a Facts, base: &'a Facts, files: (&'a str, &'a str)) -> Self {
        Self { head, base, files, found: Vec::new(), looked_at: 0 }
    }

    /// Counts one more entry that was compared.
    pub fn look(&mut self) {
        self.looked_at += 1;
    }

    /// Adds a weakening of the policy, by the spans of the entry in both policies.
    pub fn policy(&mut self, message: impl Into<String>, after: Option<Span>, before: Option<Span>) {
        let (head, base) = self.files;
        let at = after.map_or_else(
            || Place::whole(head, "does not say so any more"),
            |span| self.head.place(head, span, "says so now"),
        );
        let against = before.map(|span| self.of_base(base, span, "the base says so"));
        self.add(Of::Policy, message, at, against.into_iter().collect());
    }

    /// Adds one that is certain.
    pub fn add(&mut self, of: Of, message: impl Into<String>, at: Place, against: Vec<Place>) {
        self.found.push(Weakening { message: message.into(), at, against, of, certainty: Certainty::Certain });
    }

    /// Adds one of which nobody can be certain.
    pub fn suspect(&mut self, of: Of, message: impl Into<String>, at: Place, against: Vec<Place>) {
        self.found.push(Weakening { message: message.into(), at, against, of, certainty: Certainty::Probable });
    }

    /// Adds one of the policy, as sure as it is.
    pub fn as_sure_as(&mut self, certainty: Certainty, message: impl Into<String>, at: Place, against: Vec<Place>) {
        self.found.push(Weakening { message: message.into(), at, against, of: Of::Policy, certainty });
    }

    /// A place in the tree.
    pub fn of_head(&self, path: &str, span: Span, label: &str) -> Place {
        self.head.place(path, span, label)
    }

    /// A place in the base.
    pub fn of_base(&self, path: &str, span: Span, label: &str) -> Place {
        let place = self.base.place(path, span, label);
        Place { path: format!("git:base:{}", place.path), ..place }
    }
}
