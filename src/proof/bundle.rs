//! The bundle: one envelope a line, the root first. The root names every other line by digest, so that one signature
//! over it covers all of them, and nothing can be dropped, added, doubled, moved or relabelled.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::facts::digest::Digest;
use crate::proof::dsse::Envelope;
use crate::proof::link::Link;
use crate::proof::malformed::Malformed;
use crate::proof::names;
use crate::proof::resource::Digests;
use crate::proof::resource::Resource;
use crate::proof::scai::Claims;
use crate::proof::statement;
use crate::proof::statement::Predicate;
use crate::proof::statement::Statement;
use crate::proof::statement::Subject;
use crate::proof::summary::Summary;
use crate::proof::test_result::TestResult;

/// The most bytes of a bundle.
pub const MOST_BYTES: usize = 64 << 20;
/// The most bytes of one line: what stores of attestations take.
pub const MOST_LINE: usize = 16 << 20;
/// The most lines.
pub const MOST_LINES: usize = 8192;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<P> {
    /// What it says.
    pub statement: Statement<P>,
    /// Its envelope.
    pub envelope: Envelope,
    /// The digest of the payload: the name of the line.
    digest: Digest,
}

impl<P: Predicate + Clone> Line<P> {
    fn new(subject: &Subject, predicate: P) -> Self {
        let statement = Statement { subject: subject.clone(), predicate };
        let envelope = Envelope::unsigned(statement.bytes());
        let digest = envelope.digest();
        Self { statement, envelope, digest }
    }

    fn parse(envelope: Envelope) -> Result<Self, Malformed> {
        Ok(Self { statement: Statement::parse(&envelope.payload)?, digest: envelope.digest(), envelope })
    }

    /// Says whether bytes are read back as this line.
    pub(super) fn is_at(&self, line: &[u8]) -> Result<bool, Malformed>
    where
        P: PartialEq,
    {
        Ok(Envelope::parse(line)? == self.envelope && self.statement.is_read_from(&self.envelope.payload)?)
    }

    /// What it says, without its subject.
    pub fn predicate(&self) -> &P {
        &self.statement.predicate
    }

    fn named(&self, uri: String) -> Resource {
        Resource::at(uri, Digests::sha256(self.digest))
    }
}

/// The lines of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepLines {
    /// What it did.
    pub link: Line<Link>,
    /// Its tests.
    pub tests: Option<Line<TestResult>>,
}

impl StepLines {
    /// Makes the lines of what a step said: tests name the step in front of them.
    pub(super) fn new(subject: &Subject, said: StepSaid) -> Self {
        let link = Line::new(subject, said.link);
        let tests = said.tests.map(|mut tests| {
            tests.configuration.insert(0, link_of(&link));
            Line::new(subject, tests)
        });
        Self { link, tests }
    }

    /// The run that did it, and its name.
    fn key(&self) -> (&str, &str) {
        let link = self.link.predicate();
        (&link.environment.run, &link.name)
    }
}

/// What a step's lines say, before they are lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepSaid {
    /// What it did.
    pub link: Link,
    /// Its tests.
    pub tests: Option<TestResult>,
}

/// A bundle that was read whole, or is going to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// The verdict.
    pub root: Line<Summary>,
    /// The claims.
    pub claims: Line<Claims>,
    /// The steps.
    pub steps: Vec<StepLines>,
}

/// The lines that the root must name, in their order.
fn inputs(claims: &Line<Claims>, steps: &[StepLines]) -> Vec<Resource> {
    let mut inputs = vec![claims.named("#claims".to_owned())];
    for step in steps {
        let link = step.link.predicate();
        let place = |what: &str| format!("#run/{}/{what}/{}", link.environment.run, link.name);
        inputs.push(step.link.named(place("step")));
        inputs.extend(step.tests.as_ref().map(|tests| tests.named(place("tests"))));
    }
    inputs
}

impl Bundle {
    /// Makes the lines, and fills in what they say of each other: the root of its inputs, tests of their step, the claims
    /// of steps of their evidence.
    pub fn new(subject: &Subject, summary: Summary, claims: Claims, steps: Vec<StepSaid>) -> Self {
        let steps = steps.into_par_iter().map(|said| StepLines::new(subject, said)).collect();
        Self::of(subject, summary, claims, steps)
    }

    /// The same, of lines of steps that were made.
    pub(super) fn of(subject: &Subject, mut summary: Summary, mut claims: Claims, steps: Vec<StepLines>) -> Self {
        let lines: BTreeMap<(&str, &str), &Line<Link>> = steps.iter().map(|step| (step.key(), &step.link)).collect();
        for claim in &mut claims.attributes {
            let Some(line) = claim.step().and_then(|key| lines.get(&key)) else { continue };
            claim.evidence = link_of(line);
        }
        let claims = Line::new(subject, claims);
        summary.input_attestations = inputs(&claims, &steps);
        Self { root: Line::new(subject, summary), claims, steps }
    }

    /// What it is about.
    pub fn subject(&self) -> &Subject {
        &self.root.statement.subject
    }

    /// The digest of the root's payload: the name of the proof.
    pub fn digest(&self) -> Digest {
        self.root.digest
    }

    /// The bytes of the file.
    pub fn bytes(&self) -> Vec<u8> {
        let steps = self.steps.iter().flat_map(|step| {
            std::iter::once(&step.link.envelope).chain(step.tests.as_ref().map(|tests| &tests.envelope))
        });
        let envelopes: Vec<&Envelope> = [&self.root.envelope, &self.claims.envelope].into_iter().chain(steps).collect();
        let lines: Vec<Vec<u8>> = envelopes.par_iter().map(|envelope| envelope.line()).collect();
        let mut bytes = Vec::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
        for line in lines {
            bytes.extend_from_slice(&line);
            bytes.push(b'\n');
        }
        bytes
    }

    /// Reads just the bytes that [`Bundle::bytes`] writes.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut envelopes = envelopes(bytes)?.into_iter().enumerate().peekable();
        let root: Line<Summary> = next(envelopes.next(), "the root")?;
        let claims: Line<Claims> = next(envelopes.next(), "the claims")?;
        let is_tests = |line: &(usize, Envelope)| {
            statement::predicate_type(&line.1.payload).is_ok_and(|kind| kind == names::TEST_RESULT)
        };
        let mut pairs = Vec::new();
        while let Some(line) = envelopes.next() {
            pairs.push((line, envelopes.next_if(is_tests)));
        }
        let read = |(line, tests): ((usize, Envelope), Option<(usize, Envelope)>)| {
            let link: Line<Link> = next(Some(line), "a step")?;
            let tests = tests.map(|line| next(Some(line), "tests")).transpose()?;
            Ok(StepLines { link, tests })
        };
        let read: Vec<Result<StepLines, Malformed>> = pairs.into_par_iter().map(read).collect();
        // The first in order, not the first that was found.
        let steps = read.into_iter().collect::<Result<Vec<_>, _>>()?;
        let bundle = Self { root, claims, steps };
        bundle.hangs_together()?;
        Ok(bundle)
    }

    /// Says whether the lines are those that the root names, about what it is about.
    pub(super) fn hangs_together(&self) -> Result<(), Malformed> {
        let subject = self.subject();
        let mut subjects = vec![&self.claims.statement.subject];
        for step in &self.steps {
            subjects.push(&step.link.statement.subject);
            subjects.extend(step.tests.as_ref().map(|tests| &tests.statement.subject));
            if let Some(tests) = &step.tests
                && tests.predicate().configuration.first() != Some(&link_of(&step.link))
            {
                return Err(Malformed::new("tests do not name the step in front of them"));
            }
        }
        if subjects.into_iter().any(|other| other != subject) {
            return Err(Malformed::new("a line is about something else than the root"));
        }
        let named = &self.root.predicate().input_attestations;
        let there = inputs(&self.claims, &self.steps);
        if *named != there {
            let message =
                format!("the root names {} lines, and not just the {} that are there", named.len(), there.len());
            return Err(Malformed::new(message));
        }
        let mut uris: Vec<&str> = there.iter().filter_map(|input| input.uri.as_deref()).collect();
        uris.sort_unstable();
        if uris.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Malformed::new("a step of a run stands twice"));
        }
        self.claims_have_their_steps()
    }

    /// Says whether each step has just one claim that rests on its line, and no claim of a step rests on anything else.
    fn claims_have_their_steps(&self) -> Result<(), Malformed> {
        let lines: BTreeMap<(&str, &str), Resource> =
            self.steps.iter().map(|step| (step.key(), link_of(&step.link))).collect();
        let mut open: BTreeSet<(&str, &str)> = lines.keys().copied().collect();
        let mut seen = BTreeSet::new();
        for claim in &self.claims.predicate().attributes {
            let run = claim.conditions.run.as_deref();
            if !seen.insert((claim.attribute.as_str(), run)) {
                return Err(Malformed::new(format!("the claim {} stands twice", claim.attribute)));
            }
            let own = claim.attribute.starts_with(names::STEP_CLAIM);
            let Some(key) = claim.step() else {
                if own {
                    return Err(Malformed::new(format!("the claim {} names no run", claim.attribute)));
                }
                continue;
            };
            let line = lines.get(&key).filter(|_| !own || open.remove(&key));
            if line != Some(&claim.evidence) {
                return Err(Malformed::new(format!(
                    "the claim {} does not rest on a line of its step",
                    claim.attribute
                )));
            }
        }
        match open.into_iter().next() {
            Some((_, step)) => Err(Malformed::new(format!("no claim rests on the line of the step {step}"))),
            None => Ok(()),
        }
    }
}

fn link_of(link: &Line<Link>) -> Resource {
    Resource::named("step", Digests::sha256(link.digest))
}

/// Reads the envelopes. Only the root may be signed: a signature elsewhere would be one that nobody checks.
fn envelopes(bytes: &[u8]) -> Result<Vec<Envelope>, Malformed> {
    if bytes.len() > MOST_BYTES {
        return Err(Malformed::new(format!("it has more than {MOST_BYTES} bytes")));
    }
    let text = bytes.strip_suffix(b"\n").ok_or_else(|| Malformed::new("the last line has no end"))?;
    let lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').take(MOST_LINES + 1).collect();
    if lines.len() > MOST_LINES {
        return Err(Malformed::new(format!("it has more than {MOST_LINES} lines")));
    }
    let envelopes: Vec<Result<Envelope, Malformed>> = lines.into_par_iter().enumerate().map(envelope).collect();
    envelopes.into_iter().collect()
}

fn envelope((index, line): (usize, &[u8])) -> Result<Envelope, Malformed> {
    let number = index + 1;
    if line.len() > MOST_LINE {
        return Err(Malformed::new(format!("line {number} has more than {MOST_LINE} bytes")));
    }
    let envelope = Envelope::parse(line).map_err(|why| why.within(format_args!("line {number}")))?;
    if index > 0 && !envelope.signatures.is_empty() {
        return Err(Malformed::new(format!("line {number} is signed, and only the root may be")));
    }
    Ok(envelope)
}

fn next<P: Predicate + Clone>(line: Option<(usize, Envelope)>, what: &str) -> Result<Line<P>, Malformed> {
    let (index, envelope) = line.ok_or_else(|| Malformed::new(format!("{what} is missing")))?;
    Line::parse(envelope).map_err(|why| why.within(format_args!("line {}, {what}", index + 1)))
}
