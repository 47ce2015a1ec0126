//! Declared claims: what the tree tells of them, from the recorded report of a check, and how they stand by what a run saw.

use serde::Deserialize;

use crate::facts::digest::Digest;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::policy::evidence;
use crate::facts::policy::evidence::Selector;
use crate::facts::stands_in::stands_in;
use crate::proof::names;
use crate::proof::resource::Digests;
use crate::proof::resource::Resource;
use crate::proof::resource::Sha256;
use crate::proof::scai::Attribute;
use crate::proof::scai::Basis;
use crate::proof::scai::Conditions;
use crate::proof::scai::Scope;
use crate::proof::scai::Standing;
use crate::proof::step_lines;
use crate::record::report::StepReport;

/// A declared claim, as the report of a check has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Declared {
    /// The name.
    pub claim: String,
    /// What refutes it already.
    pub against: Vec<String>,
    /// Why it could not be judged.
    pub unproven: Vec<String>,
    /// What it rests on.
    pub evidence: Ground,
    /// What says so.
    pub sentences: Vec<Said>,
}

/// What a claim rests on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Ground {
    /// Of which kind it is.
    pub kind: Kind,
    /// The step, or the path from the root.
    pub name: String,
    /// The key path of a value.
    pub key: Option<String>,
    /// The regular expression of a value.
    pub regex: Option<String>,
    /// The digest that the policy demands.
    pub demanded: Option<Sha256>,
    /// The digest of what is there; none for what only a run tells.
    pub sha256: Option<Sha256>,
}

/// A kind of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The outcome of a step.
    Step,
    /// A file, or a value in it.
    File,
    /// A kept output of a step, or a value in it.
    Output,
}

/// A sentence that bears the name of a claim.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Said {
    /// The file.
    pub path: String,
    /// The line.
    pub line: usize,
    /// The first byte.
    pub start: usize,
    /// The byte behind the last one.
    pub end: usize,
    /// The words.
    pub words: String,
    /// The digest of the words.
    pub sha256: Sha256,
}

/// A declared claim that a run judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The claim; where it rests on a step, the line of the step is filled in when there is one.
    pub claim: Attribute,
    /// Why it does not hold.
    pub why: Vec<String>,
}

impl Declared {
    /// How it stands by what the tree alone tells.
    fn standing(&self) -> Standing {
        match (self.against.is_empty(), self.unproven.is_empty()) {
            (false, _) => Standing::Refuted,
            (true, false) => Standing::Unproven,
            (true, true) => Standing::Holds,
        }
    }

    /// The part of the claim that anybody can compute again from the tree.
    pub fn derived(&self) -> Attribute {
        let digest = self.evidence.sha256.map(|digest| Digests::sha256(digest.0));
        let evidence = match self.evidence.kind {
            Kind::File => Resource { name: Some(self.evidence.value()), digest, ..Resource::default() },
            Kind::Step | Kind::Output => Resource::default(),
        };
        Attribute {
            attribute: format!("{}{}", names::DECLARED_CLAIM, self.claim),
            conditions: Conditions {
                standing: self.standing(),
                basis: Basis::Derived,
                scope: Scope::Tree,
                looked_at: None,
                findings: None,
                run: None,
                platform: None,
                isolation: None,
                rests_on: Some(self.evidence.place()),
                sentences: self.sentences.iter().map(Said::resource).collect(),
            },
            evidence,
        }
    }

    /// Judges it by what a run saw: its steps, each with the run that did it, and what they kept.
    pub fn judge(&self, steps: &[(&StepReport, &str)], object: &dyn Fn(&Digest) -> Option<Vec<u8>>) -> Judged {
        let mut claim = self.derived();
        let mut why: Vec<String> = self.against.iter().chain(&self.unproven).cloned().collect();
        let conditions = &mut claim.conditions;
        let standing = match self.evidence.kind {
            Kind::File => return Judged { claim, why },
            Kind::Step => {
                let found = steps.iter().find(|(step, _)| step.step == self.evidence.name);
                conditions.basis = found.map_or(Basis::Observed, |(step, _)| step_lines::basis(step));
                conditions.run = found.map(|(_, run)| (*run).to_owned());
                let standing = found.map_or(Standing::Unproven, |(step, _)| step_lines::standing(step));
                let name = &self.evidence.name;
                match (found, standing) {
                    (None, _) => why.push(format!("the run has no step {name}")),
                    (Some(_), Standing::Holds) => {}
                    (Some(_), other) => why.push(format!("the step {name} is {}", other.as_str())),
                }
                standing
            }
            Kind::Output => {
                let path = &self.evidence.name;
                let kept = |step: &StepReport| step.outputs.iter().find(|kept| kept.path == *path).map(|kept| kept.raw);
                let found = steps.iter().find_map(|(step, run)| Some((kept(step)?, run)));
                // The tested code wrote it.
                conditions.basis = Basis::Reported;
                conditions.run = found.map(|(_, run)| (*run).to_owned());
                let Some((digest, _)) = found else {
                    why.push(format!("no step kept {path}"));
                    conditions.standing = conditions.standing.worse(Standing::Unproven);
                    return Judged { claim, why };
                };
                claim.evidence = Resource::named(self.evidence.value(), Digests::sha256(digest));
                self.output(object(&digest), &mut why)
            }
        };
        conditions.standing = conditions.standing.worse(standing);
        Judged { claim, why }
    }

    /// How a kept output speaks of it.
    fn output(&self, bytes: Option<Vec<u8>>, why: &mut Vec<String>) -> Standing {
        let Ground { name: path, demanded, .. } = &self.evidence;
        let mut tell = |standing: Standing, message: String| {
            why.push(message);
            standing
        };
        let Some(bytes) = bytes else { return tell(Standing::Unproven, format!("the record lost {path}")) };
        let Some(selector) = self.evidence.selector() else {
            return match demanded {
                Some(demanded) if demanded.0 == Digest::of(&bytes) => Standing::Holds,
                Some(_) => tell(Standing::Refuted, format!("{path} has the digest {}", Digest::of(&bytes).hex())),
                None => tell(Standing::Unproven, format!("nothing binds the claim to {path}: name a value in it")),
            };
        };
        let Ok(text) = String::from_utf8(bytes) else {
            return tell(Standing::Unproven, format!("{path} is no text"));
        };
        let values = match selector.values(path, &text) {
            Ok(values) => values,
            Err(reason) => return tell(Standing::Unproven, format!("{path}: {}", reason.as_str())),
        };
        if values.is_empty() {
            return tell(Standing::Refuted, format!("{path} does not have the value"));
        }
        if values.iter().any(|value| value.value.trim().is_empty()) {
            return tell(Standing::Unproven, format!("the value in {path} is empty"));
        }
        if let Some(demanded) = demanded {
            let digest = evidence::digest(&values);
            return if digest == demanded.0 {
                Standing::Holds
            } else {
                tell(Standing::Refuted, format!("the value in {path} has the digest {}", digest.hex()))
            };
        }
        let silent = |value: &&Spanned<String>| self.sentences.iter().any(|said| !stands_in(&said.words, &value.value));
        match values.iter().find(silent) {
            Some(value) => {
                tell(Standing::Refuted, format!("its sentence does not say {}, as {path} does", value.value))
            }
            None => Standing::Holds,
        }
    }
}

impl Ground {
    /// The value, or the file: `Cargo.toml#package.version`.
    fn value(&self) -> String {
        match (&self.key, &self.regex) {
            (Some(key), _) => format!("{}#{key}", self.name),
            (None, Some(regex)) => format!("{}#/{regex}/", self.name),
            (None, None) => self.name.clone(),
        }
    }

    /// What the claim rests on.
    fn place(&self) -> String {
        let kind = match self.kind {
            Kind::Step => names::STEP_CLAIM,
            Kind::File => names::FILE_GROUND,
            Kind::Output => names::OUTPUT_GROUND,
        };
        format!("{kind}{}", self.value())
    }

    fn selector(&self) -> Option<Selector> {
        let spanned = |text: &String| Spanned::new(text.clone(), Span::default());
        let key = self.key.as_ref().map(|key| Selector::Key(spanned(key)));
        key.or_else(|| self.regex.as_ref().map(|regex| Selector::Regex(spanned(regex))))
    }
}

impl Said {
    fn resource(&self) -> Resource {
        let mut resource = Resource::named(self.path.clone(), Digests::sha256(self.sha256.0));
        resource.annotations.insert("start", self.start.to_string());
        resource.annotations.insert("end", self.end.to_string());
        resource
    }
}
