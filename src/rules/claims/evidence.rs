//! What a declared claim rests on, as far as the tree tells.

use crate::facts::Facts;
use crate::facts::digest::Digest;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::policy::Policy;
use crate::facts::policy::claim::Claim;
use crate::facts::policy::claim::Evidence;
use crate::facts::policy::evidence;
use crate::facts::policy::evidence::Pointer;
use crate::facts::policy::evidence::Selector;
use crate::facts::policy::pattern;
use crate::facts::stands_in::stands_in;
use crate::rules::claims::bound::Said;
use crate::rules::finding::Finding;
use crate::rules::outcome::Outcome;

/// A claim that is being held against its evidence.
struct Checker<'a> {
    facts: &'a Facts,
    policy: &'a str,
    claim: &'a Claim,
    said: &'a [Said],
    /// Where findings stand: the sentences, or the claim itself where no sentence makes it.
    places: &'a [&'a Place],
}

/// Checks the evidence of a claim; gives the digest of what is there.
pub(super) fn check(
    facts: &Facts,
    policy: &Policy,
    claim: &Claim,
    said: &[Said],
    places: &[&Place],
    outcome: &mut Outcome,
) -> Option<Digest> {
    let path = policy.path.as_deref().unwrap_or_default();
    let checker = Checker { facts, policy: path, claim, said, places };
    outcome.look();
    match &claim.evidence {
        Evidence::Step(_) => None,
        Evidence::Output(pointer) => {
            checker.output(pointer, policy, outcome);
            None
        }
        Evidence::File(pointer) => checker.file(pointer, outcome),
    }
}

impl Checker<'_> {
    /// Only a run has the output; that a step keeps it can be told before. Built-in steps keep what they do unasked.
    fn output(&self, pointer: &Pointer, policy: &Policy, outcome: &mut Outcome) {
        let path = &pointer.file.value;
        let globs = policy.steps.iter().flat_map(|step| &step.outputs);
        let mut kept = globs.filter_map(|glob| pattern::glob(&glob.value).ok());
        if policy.run.infer || kept.any(|glob| glob.is_match(path)) {
            return;
        }
        let message = format!("the claim {} rests on {path}, which no step keeps", self.claim.name.value);
        let at = self.facts.place(self.policy, pointer.file.span, "the evidence");
        let why = "add it to the `outputs` of the step that makes it";
        self.find(&message, &at, why, outcome);
    }

    fn file(&self, pointer: &Pointer, outcome: &mut Outcome) -> Option<Digest> {
        let (path, name) = (&pointer.file.value, &self.claim.name.value);
        let declared = self.facts.place(self.policy, pointer.file.span, "the evidence");
        let Some(text) = self.facts.text(path) else {
            if self.facts.tree.exists(path) || self.facts.tree.hides(path) {
                outcome.unproven(format!("{path} is not read as text, so the claim {name} can't be judged"));
            } else {
                let message = format!("the claim {name} rests on {path}, which is not there");
                self.find(&message, &declared, "a claim without evidence is a promise", outcome);
            }
            return None;
        };
        let Some(selector) = &pointer.selector else { return Some(self.whole(path, text, outcome)) };
        let values = match selector.values(path, text) {
            Ok(values) => values,
            Err(reason) => {
                let why = reason.as_str();
                outcome.unproven(format!("{path} has no value for the claim {name}: {why}"));
                return None;
            }
        };
        let Some(first) = values.first() else {
            let message = format!("the claim {name} rests on a value of {path} that is not there");
            let span = match selector {
                Selector::Key(key) | Selector::Regex(key) => key.span,
            };
            let at = self.facts.place(self.policy, span, "leads nowhere");
            self.find(&message, &at, "a claim without evidence is a promise", outcome);
            return None;
        };
        let found = evidence::digest(&values);
        match &self.claim.digest {
            Some(demanded) => self.digest(path, first.span, found, demanded, outcome),
            None => self.values(path, &values, outcome),
        }
        Some(found)
    }

    /// A whole file is bound by its digest alone.
    fn whole(&self, path: &str, text: &str, outcome: &mut Outcome) -> Digest {
        let found = Digest::of(text.as_bytes());
        match &self.claim.digest {
            Some(demanded) => self.digest(path, Span::default(), found, demanded, outcome),
            None => outcome.unproven(format!(
                "nothing binds the claim {} to {path}: add sha256 = \"{}\" to its evidence, or say with `key` or `regex` \
                 which value must stand in its sentence",
                self.claim.name.value,
                found.hex()
            )),
        }
        found
    }

    fn digest(&self, path: &str, span: Span, found: Digest, demanded: &Spanned<Digest>, outcome: &mut Outcome) {
        if found == demanded.value {
            return;
        }
        let message = format!(
            "the evidence of the claim {} has changed: the digest in {path} is {}, the policy says {}",
            self.claim.name.value,
            found.hex(),
            demanded.value.hex()
        );
        let at = if span == Span::default() {
            Place::whole(path, "what it is now")
        } else {
            self.facts.place(path, span, "what it is now")
        };
        self.find(&message, &at, "whoever changes the evidence must hold the sentence against it again", outcome);
    }

    /// Every value must stand in every sentence.
    fn values(&self, path: &str, values: &[Spanned<String>], outcome: &mut Outcome) {
        let name = &self.claim.name.value;
        for value in values {
            if value.value.trim().is_empty() {
                outcome.unproven(format!("the evidence of the claim {name} in {path} is empty"));
                return;
            }
            for said in self.said.iter().filter(|said| !stands_in(&said.words, &value.value)) {
                let message = format!("the sentence of the claim {name} does not say {}, as {path} does", value.value);
                let at = self.facts.place(path, value.span, format!("says {}", value.value));
                let why = "its evidence says so; where the value need not stand there, bind it with `sha256`";
                outcome.find(Finding::new(message, said.at.clone()).against(at).why(why));
            }
        }
    }

    /// One finding for each sentence that says so, or one at the claim.
    fn find(&self, message: &str, against: &Place, why: &str, outcome: &mut Outcome) {
        for place in self.places {
            outcome.find(Finding::new(message, (*place).clone()).against(against.clone()).why(why));
        }
    }
}
