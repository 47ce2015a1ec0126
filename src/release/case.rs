//! One package on its way to a next version: what speaks for it, and the version that follows from that.

use semver::Version;

use crate::facts::loose_version;
use crate::release::baseline;
use crate::release::baseline::Found;
use crate::release::evidence;
use crate::release::evidence::Evidence;
use crate::release::ground::Ground;
use crate::release::ground::Wanted;
use crate::release::habit::Habit;
use crate::release::plan::Baseline;
use crate::release::plan::Because;
use crate::release::plan::Blocker;
use crate::release::plan::Kind;
use crate::release::step;
use crate::release::step::Stage;
use crate::release::step::Weight;

/// Words behind the `-` that say that the version is not meant to be released as it stands.
const PLACEHOLDERS: &[&str] = &["dev", "pre", "unreleased", "snapshot", "git", "nightly", "next"];

/// A package on its way.
pub(super) struct Case<'g> {
    pub(super) index: usize,
    pub(super) name: &'g str,
    pub(super) current: &'g Version,
    pub(super) found: &'g Found,
    pub(super) evidence: Evidence,
    /// The version that it comes to; none where nothing is released.
    pub(super) next: Option<Version>,
    /// What keeps it from a version.
    pub(super) blocker: Option<Blocker>,
}

impl<'g> Case<'g> {
    /// Looks at one package. One that the caller did not ask for moves only where another one takes it along.
    pub(super) fn new(ground: &Ground<'g>, index: usize, found: &'g Found) -> Option<Self> {
        let package = &ground.facts.cargo.packages[index];
        let current = &package.version.as_ref()?.value;
        let name = package.name.value.as_str();
        let asked = ground.wish.packages.is_empty() || ground.wish.packages.iter().any(|one| one == name);
        let gathered = match found {
            Found::At(baseline) if asked => evidence::gather(ground, index, baseline),
            _ => Ok(Evidence::default()),
        };
        let blocker = gathered.as_ref().err().map(|error| baseline::unread(error).of(name));
        let evidence = gathered.unwrap_or_default();
        let mut case = Self { index, name, current, found, evidence, next: None, blocker };
        if asked && case.blocker.is_none() {
            case.begin(ground);
        }
        Some(case)
    }

    /// The baseline.
    pub(super) fn baseline(&self) -> Option<&'g Baseline> {
        match self.found {
            Found::At(baseline) => Some(baseline),
            _ => None,
        }
    }

    fn begin(&mut self, ground: &Ground<'_>) {
        match self.found {
            Found::Refused(blocker) => self.blocker = Some(blocker.clone()),
            Found::First(why) => {
                let first = release_of(self.current, &ground.wish.stage);
                self.because(Kind::Policy, Weight::Nothing, format!("it was never released: {why}"));
                self.next = Some(match ground.wish.set.get(self.name) {
                    Some(Wanted::Version(version)) => version.clone(),
                    _ => first,
                });
            }
            Found::At(baseline) => self.compared(ground, baseline),
        }
    }

    /// Comes to a version from a baseline and all reasons that there are by now.
    pub(super) fn compared(&mut self, ground: &Ground<'_>, baseline: &Baseline) {
        self.evidence.because.retain(|because| because.kind != Kind::Policy);
        let wanted = ground.wish.set.get(self.name);
        if let Some(Wanted::Version(version)) = wanted {
            return self.set(baseline, version);
        }
        if let Some(Wanted::Step(weight)) = wanted {
            self.because(Kind::Policy, *weight, format!("the caller asks for a {} step", weight.as_str()));
        }
        let ahead = self.current > &baseline.version && !loose_version::same(self.current, &baseline.version);
        let weight = self.evidence.weight();
        if weight == Weight::Nothing && !ahead && !Self::ends_pre_release(ground, baseline) {
            self.next = None;
            return;
        }
        let planned = self.evidence.unreleased.planned.clone().filter(|planned| *planned > baseline.version);
        if let Some(planned) = planned.filter(|_| wanted.is_none()) {
            let path = self.evidence.unreleased.path.clone().unwrap_or_default();
            self.because(Kind::Changelog, Weight::Nothing, format!("{path} plans {planned}"));
            self.next = Some(planned.max(release_of(self.current, &ground.wish.stage)));
            return self.enough(baseline);
        }
        let required = self.required(ground, baseline, weight);
        let Some(required) = required else {
            let message = format!("no version of the kind that was asked for comes after {}", baseline.version);
            let remedy = format!("leave --pre out, or name the version: --set {}=VERSION", self.name);
            self.blocker = Some(Blocker::new("version-back", message, remedy).of(self.name));
            return;
        };
        let stated = release_of(self.current, &ground.wish.stage);
        self.next = Some(if ahead && stated >= required {
            self.because(Kind::Policy, Weight::Nothing, format!("the manifest already states {}", self.current));
            stated
        } else {
            required
        });
    }

    /// The version that the changes ask for.
    fn required(&mut self, ground: &Ground<'_>, baseline: &Baseline, weight: Weight) -> Option<Version> {
        let base = &baseline.version;
        let habit = Habit::of(&ground.lines[self.index], base).filter(|_| base.pre.is_empty());
        let weight = self.without_hints(habit, weight);
        let required = step::next(base, weight.max(Weight::Fix), &ground.wish.stage)?;
        // Below 1.0 a feature and a fix are one step to cargo, and to many maintainers they are not.
        let open = |habit: &Habit| {
            weight <= Weight::Fix && !self.evidence.told && habit.raises()
                || weight == Weight::Feature && base.major == 0 && habit.often_raises()
        };
        let asked = ground.wish.set.contains_key(self.name);
        let Some(habit) = habit.filter(open).filter(|_| !asked) else { return Some(required) };
        let weight = if base.major == 0 { Weight::Breaking } else { Weight::Feature };
        let raised = step::next(base, weight, &ground.wish.stage)?;
        if raised > required {
            let (raised, steps) = (habit.raised, habit.steps);
            let why =
                if self.evidence.told { "it brings something new" } else { "nothing tells what kind of change it is" };
            let detail = format!("{why}, and {raised} of the last {steps} releases raised the second number");
            self.because(Kind::Policy, Weight::Feature, detail);
        }
        Some(raised.max(required))
    }

    /// What is asked for, without the hints of the sources where the maintainers' releases show that they do not follow them.
    fn without_hints(&mut self, habit: Option<Habit>, weight: Weight) -> Weight {
        let told = self.evidence.because.iter().filter(|because| because.kind != Kind::Files);
        let told = told.map(|because| because.weight).max().unwrap_or_default().max(Weight::Fix);
        let gone = |because: &Because| because.kind == Kind::Files && because.weight == Weight::Breaking;
        let Some(habit) = habit.filter(Habit::hardly_raises).filter(|_| told < weight) else { return weight };
        if self.evidence.because.iter().any(gone) {
            return weight;
        }
        let detail = format!("only {} of the last {} releases raised the second number", habit.raised, habit.steps);
        self.because(Kind::Policy, Weight::Nothing, format!("{detail}: new names alone do not"));
        told
    }

    fn ends_pre_release(ground: &Ground<'_>, baseline: &Baseline) -> bool {
        !baseline.version.pre.is_empty() && ground.wish.stage == Stage::Final
    }

    fn set(&mut self, baseline: &Baseline, version: &Version) {
        if *version <= baseline.version {
            let message = format!("{version} was asked for, and {} is {}", baseline.reference, baseline.version);
            let remedy = format!("ask for a version above {}", baseline.version);
            self.blocker = Some(Blocker::new("version-back", message, remedy).of(self.name));
            return;
        }
        self.because(Kind::Policy, Weight::Nothing, format!("the caller asks for {version}"));
        self.next = Some(version.clone());
        self.enough(baseline);
    }

    /// Says where a version that a person chose is below what the comparison of the API asks for.
    pub(super) fn enough(&mut self, baseline: &Baseline) {
        let Some(next) = &self.next else { return };
        let api = self.evidence.because.iter().filter(|because| because.kind == Kind::Api);
        let asked = api.map(|because| because.weight).max().unwrap_or_default();
        let needed = step::raised(&baseline.version, asked).filter(|_| baseline.version.pre.is_empty());
        if let Some(needed) = needed.filter(|needed| next < needed && asked > Weight::Fix) {
            let message = format!("{next} is planned, and the API asks for {needed}");
            let remedy = format!("plan {needed}, or keep the API compatible");
            self.blocker = Some(Blocker::new("version-too-low", message, remedy).of(self.name));
        }
    }

    /// Adds a reason.
    pub(super) fn because(&mut self, kind: Kind, weight: Weight, detail: String) {
        let because = Because::new(kind, weight, detail);
        if !self.evidence.because.contains(&because) {
            self.evidence.because.push(because);
        }
    }
}

/// The version under which what a manifest states is released: without a word that only says that it is not out yet.
fn release_of(version: &Version, stage: &Stage) -> Version {
    let label = version.pre.split(['.', '-']).next().unwrap_or_default().to_ascii_lowercase();
    let is_placeholder = PLACEHOLDERS.contains(&label.trim_end_matches(|character: char| character.is_ascii_digit()));
    let core = Version::new(version.major, version.minor, version.patch);
    match stage {
        Stage::Final => core,
        Stage::Pre(label) if is_placeholder || version.pre.is_empty() => {
            semver::Prerelease::new(&format!("{label}.1")).map_or(core.clone(), |pre| Version { pre, ..core })
        }
        _ if is_placeholder => core,
        _ => version.clone(),
    }
}
