//! Whether the outputs of steps lie on the disk as they were left: who needs a step reads what it made, and not whatever
//! lies in its place.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::steps::inputs::Globs;
use crate::steps::step::Step;
use crate::world::lying::Lies;
use crate::world::lying::Lying;

/// A step that another one needs, and what is known of its outputs.
#[derive(Clone, Copy, Debug)]
pub struct Need<'a> {
    /// The step.
    pub step: &'a Step,
    /// What it left; none where it is about to make it anew.
    pub left: Option<&'a Lying>,
    /// What lies there.
    pub lies: &'a Lying,
}

/// An output that is not as it was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departed {
    /// Its path from the root.
    pub path: String,
    /// The step that left it, the last of those that declare it.
    pub step: String,
    /// All steps that declare it and do not make it anew.
    pub owners: Vec<String>,
    how: How,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum How {
    Gone,
    Differs,
    Added,
    Link,
    Unread(String),
    Rewritten(String),
}

impl Departed {
    /// What became of it, for people.
    pub fn line(&self) -> String {
        let Self { path, .. } = self;
        match &self.how {
            How::Gone => format!("its output {path} is not there any more"),
            How::Differs => format!("its output {path} is not as it left it"),
            How::Added => format!("{path} lies among its outputs, and it did not leave it"),
            How::Link => format!("{path} lies among its outputs and is a link, of which nothing is kept"),
            How::Unread(why) => format!("its output {path} can't be read ({why})"),
            How::Rewritten(step) => format!("its output {path} is written by `{step}` too, which runs"),
        }
    }
}

/// What of the outputs of some steps, in the order of the plan, is not as it was left.
///
/// Where several declare a path, the last one left it: what it needs it may have changed in place.
pub fn departed(needs: &[Need<'_>]) -> Vec<Departed> {
    let globs: Vec<Globs> = needs.iter().map(|need| Globs::new(Some(&need.step.outputs))).collect();
    let known = needs.iter().flat_map(|need| need.left.into_iter().flat_map(BTreeMap::keys).chain(need.lies.keys()));
    let paths: BTreeSet<&str> = known.map(String::as_str).collect();
    let one = |path: &str| {
        let owners: Vec<&Need<'_>> =
            needs.iter().zip(&globs).filter(|(_, globs)| globs.holds(path)).map(|(need, _)| need).collect();
        let last = owners.last()?;
        let left = last.left?;
        let anew = owners.iter().find(|owner| owner.left.is_none()).filter(|_| left.contains_key(path));
        let how = match (left.get(path), last.lies.get(path)) {
            _ if anew.is_some() => How::Rewritten(anew.map(|owner| owner.step.name.clone()).unwrap_or_default()),
            (left, lies) if left == lies => return None,
            (_, Some(Lies::Unread(why))) => How::Unread(why.clone()),
            (Some(_), None) => How::Gone,
            (Some(Lies::File(_)) | None, Some(Lies::Link(_))) => How::Link,
            (Some(_), Some(_)) => How::Differs,
            (None, _) => How::Added,
        };
        let owners = owners.iter().filter(|owner| owner.left.is_some()).map(|owner| owner.step.name.clone());
        Some(Departed { path: path.to_owned(), step: last.step.name.clone(), owners: owners.collect(), how })
    };
    paths.into_iter().filter_map(one).collect()
}

/// For each step of a plan the steps with declared outputs that it needs, directly or through others, in order.
pub fn needed<'s>(steps: impl Iterator<Item = &'s Step> + Clone) -> Vec<BTreeSet<usize>> {
    let places: BTreeMap<&str, usize> =
        steps.clone().enumerate().map(|(place, step)| (step.name.as_str(), place)).collect();
    let makes: Vec<bool> = steps.clone().map(|step| !step.outputs.is_empty()).collect();
    let mut all: Vec<BTreeSet<usize>> = Vec::with_capacity(makes.len());
    for step in steps {
        let mut needed = BTreeSet::new();
        // A need stands before the steps that need it.
        for place in step.needs.iter().filter_map(|need| places.get(need.as_str()).copied()) {
            needed.extend(all.get(place).into_iter().flatten().copied());
            needed.extend(makes[place].then_some(place));
        }
        all.push(needed);
    }
    all
}

#[cfg(test)]
mod tests {
    use crate::facts::digest::Digest;
    use crate::steps::step::Profile;

    use super::*;

    fn step(name: &str, outputs: &[&str], needs: &[&str]) -> Step {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let made = Step::inferred(name, Profile::Plain, vec!["true".to_owned()], "a test");
        Step { needs: words(needs), outputs: words(outputs), ..made }
    }

    fn lying(pairs: &[(&str, &str)]) -> Lying {
        let file = |bytes: &str| Lies::File(Digest::of(bytes.as_bytes()));
        pairs.iter().map(|(path, bytes)| ((*path).to_owned(), file(bytes))).collect()
    }

    fn lines(needs: &[Need<'_>]) -> Vec<String> {
        departed(needs).iter().map(|one| format!("{}: {}", one.step, one.line())).collect()
    }

    #[test]
    fn what_is_gone_differs_or_came_is_named() {
        let make = step("make", &["o/*"], &[]);
        let (left, mut lies) =
            (lying(&[("o/a", "1"), ("o/b", "2"), ("o/c", "3")]), lying(&[("o/b", "2"), ("o/c", "4")]));
        lies.insert("o/d".to_owned(), Lies::Link(Digest::ZERO));
        lies.extend(lying(&[("o/e", "")]));
        let need = Need { step: &make, left: Some(&left), lies: &lies };
        assert_eq!(
            lines(&[need]),
            [
                "make: its output o/a is not there any more",
                "make: its output o/c is not as it left it",
                "make: o/d lies among its outputs and is a link, of which nothing is kept",
                "make: o/e lies among its outputs, and it did not leave it",
            ]
        );
        assert_eq!(lines(&[Need { left: Some(&lies), ..need }]), Vec::<String>::new());
        assert_eq!(lines(&[Need { left: None, ..need }]), Vec::<String>::new());
    }

    #[test]
    fn the_last_of_those_who_declare_a_path_left_it() {
        let (make, strip) = (step("make", &["o/*"], &[]), step("strip", &["o/a"], &["make"]));
        let (fat, thin, lies) = (lying(&[("o/a", "fat")]), lying(&[("o/a", "thin")]), lying(&[("o/a", "thin")]));
        let first = Need { step: &make, left: Some(&fat), lies: &lies };
        let second = Need { step: &strip, left: Some(&thin), lies: &lies };
        assert_eq!(lines(&[first, second]), Vec::<String>::new());
        assert_eq!(lines(&[first]), ["make: its output o/a is not as it left it"]);
        let moved = lying(&[("o/a", "other")]);
        let both = [Need { lies: &moved, ..first }, Need { lies: &moved, ..second }];
        assert_eq!(departed(&both)[0].owners, ["make", "strip"]);
        let anew = [Need { left: None, ..first }, second];
        assert_eq!(lines(&anew), ["strip: its output o/a is written by `make` too, which runs"]);
        assert_eq!(departed(&anew)[0].owners, ["strip"]);
        assert_eq!(lines(&[first, Need { left: None, ..second }]), Vec::<String>::new());
    }

    #[test]
    fn needs_are_found_through_others() {
        let steps = [
            step("a", &["x"], &[]),
            step("b", &[], &["a"]),
            step("c", &["y"], &["b"]),
            step("d", &[], &["c"]),
            step("e", &[], &[]),
        ];
        let found: Vec<Vec<usize>> =
            needed(steps.iter()).into_iter().map(|needed| needed.into_iter().collect()).collect();
        assert_eq!(found, [vec![], vec![0], vec![0], vec![0, 2], vec![]]);
    }
}
