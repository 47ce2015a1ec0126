//! What all verbs of releases begin with: the tree, its history since the last releases, and the plan that follows.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use semver::Version;

use crate::commands::cli_release::WishArgs;
use crate::commands::examine::Examined;
use crate::commands::exit;
use crate::commands::policy;
use crate::error::Error;
use crate::facts::Facts;
use crate::facts::commit_log::CommitLog;
use crate::facts::commit_log::Differing;
use crate::facts::history::History;
use crate::facts::history::ObjectId;
use crate::facts::history::Tag;
use crate::facts::history::Unavailable;
use crate::facts::kind::Kind;
use crate::facts::policy::Policy;
use crate::facts::releases::Releases;
use crate::facts::tag_line;
use crate::facts::tag_line::Line;
use crate::release::baseline;
use crate::release::baseline::Found;
use crate::release::baseline::Given;
use crate::release::baseline::Search;
use crate::release::baseline::View;
use crate::release::candidates;
use crate::release::candidates::Candidates;
use crate::release::decide;
use crate::release::gone;
use crate::release::ground::Api;
use crate::release::ground::Ground;
use crate::release::ground::Wanted;
use crate::release::ground::Wish;
use crate::release::messages;
use crate::release::notes;
use crate::release::plan::Blocker;
use crate::release::plan::Plan;
use crate::release::registered;
use crate::release::registered::Registered;
use crate::release::step::Stage;
use crate::release::step::Weight;
use crate::steps::environment;
use crate::world::checkout::Checkout;
use crate::world::git::commit_log;
use crate::world::git::commit_log::Paths;
use crate::world::git::repository::Repository;
use crate::world::given;
use crate::world::process::packaging;
use crate::world::process::packaging::Compared;
use crate::world::tools::Around;

/// What is planned, and how: the arguments, resolved.
#[derive(Clone, Debug)]
pub struct Options {
    /// A folder inside the repository.
    pub folder: PathBuf,
    /// `--rev`.
    pub rev: Option<String>,
    /// `--config`.
    pub config: Option<PathBuf>,
}

/// A tree that was read, with its policy.
pub(crate) struct Read {
    pub(crate) examined: Examined,
    pub(crate) policy: Policy,
    pub(crate) repository: Option<Repository>,
    pub(crate) view: View,
}

/// Reads the tree that a release is about.
///
/// Only files of the wanted kinds are read.
pub(crate) fn read(options: &Options, wanted: fn(Kind) -> bool) -> Result<Read, Error> {
    of(Checkout::open(&options.folder, options.rev.as_deref())?, options, wanted)
}

/// Reads of the work tree what git tracks, for an answer that rests on commits. Whether it is dirty is not known.
pub(crate) fn read_tracked(options: &Options, wanted: fn(Kind) -> bool) -> Result<Read, Error> {
    of(Checkout::open_tracked(&options.folder, wanted)?, options, wanted)
}

fn of(mut checkout: Checkout, options: &Options, wanted: fn(Kind) -> bool) -> Result<Read, Error> {
    let examined = Examined::take_some(&mut checkout, None, wanted);
    let policy = match &options.config {
        Some(path) => policy::of_text(&path.display().to_string(), &given::read(path)?)?,
        None => policy::of_tree(&examined.facts)?,
    };
    let view = if options.rev.is_some() { View::Then } else { View::Now };
    Ok(Read { examined, policy, repository: Repository::discover(&options.folder)?, view })
}

/// Asks a tool about the APIs of packages that are compared with something.
pub(crate) type AskApi<'a> = &'a dyn Fn(&Facts, &[(usize, Found)]) -> BTreeMap<usize, Api>;

/// Asks registries about packages with these tags, and settles what each is compared with.
pub(crate) type AskRegistries<'a> =
    &'a dyn Fn(&[Line<'_>], &[usize], &mut [Found]) -> Result<BTreeMap<usize, Registered>, Error>;

/// Says with all values that a plan is made of what it comes to. Without somebody to ask them no registry is asked.
pub(crate) fn plan(
    read: &Read,
    wish: &WishArgs,
    api: AskApi<'_>,
    registries: Option<AskRegistries<'_>>,
) -> Result<Laid, Error> {
    let (facts, history) = (&read.examined.facts, read.examined.history());
    let tags = match history.tags() {
        Ok(tags) => tags,
        Err(Unavailable::NoHistory) => &[],
        // Which packages are released is read from the tags too: without them nothing is known.
        Err(error) => {
            let plan = Plan { blockers: vec![baseline::unread(&error)], ..Plan::default() };
            return Ok(Laid { plan, notes: BTreeMap::new() });
        }
    };
    let lines: Vec<Line<'_>> = tag_line::lines(&facts.cargo, tags);
    let Candidates { indices, left } = candidates::among(facts, &lines);
    let asked = wish_of(wish, facts, &indices)?;
    let given = given(read, wish)?;
    let search = Search {
        facts,
        history,
        lines: &lines,
        view: read.view,
        given: given.as_ref(),
        seen: std::cell::RefCell::default(),
    };
    let mut found: Vec<Found> = indices
        .iter()
        .map(|&index| match &facts.cargo.packages[index].version {
            Some(version) => search.of(index, &version.value),
            None => Found::First("its manifest states no version".to_owned()),
        })
        .collect();
    let registered = registries.map(|ask| ask(&lines, &indices, &mut found)).transpose()?.unwrap_or_default();
    let (log, differences) = since(read, &found)?;
    let releases = Releases::of(facts, history);
    let pairs: Vec<(usize, Found)> = indices.iter().copied().zip(found.iter().cloned()).collect();
    let api = if wish.no_api { BTreeMap::new() } else { api(facts, &pairs) };
    let ground = Ground {
        facts,
        history,
        policy: &read.policy,
        releases: &releases,
        lines: &lines,
        candidates: &indices,
        baselines: &found,
        log: &log,
        differences: &differences,
        conventional: messages::is_conventional(log.commits.iter()),
        api: &api,
        wish: &asked,
        view: read.view,
    };
    let mut plan = decide::plan(&ground);
    registered::weigh(&mut plan, &registered);
    plan.notes = left;
    plan.notes.extend(gone::notes(facts, history, &found, &differences));
    if read.examined.subject().dirty {
        plan.notes.push("the work tree has changes of its own: they are no commit, and no reason here".to_owned());
    }
    if log.cut {
        plan.notes.push("the clone is shallow: commits may be missing among the reasons".to_owned());
    }
    let notes = commit_notes(facts, &plan, &log, ground.conventional);
    Ok(Laid { plan, notes })
}

/// A plan, and what the commits of each package bring.
pub(crate) struct Laid {
    pub(crate) plan: Plan,
    notes: BTreeMap<usize, String>,
}

impl Laid {
    /// What the commits since its baseline bring to a package; empty where it has none.
    pub(crate) fn notes(&self, index: usize) -> &str {
        self.notes.get(&index).map_or("", String::as_str)
    }
}

fn commit_notes(facts: &Facts, plan: &Plan, log: &CommitLog, conventional: bool) -> BTreeMap<usize, String> {
    let several = plan.packages.len() > 1;
    let of = |index: usize, base: &ObjectId| {
        let folder = facts.cargo.packages[index].folder.as_str();
        let owned = |file: &str| facts.cargo.owner(file).is_some_and(|owner| owner.folder == folder);
        let mine = log.after(base).filter(|commit| !several || commit.paths.iter().any(|file| owned(file)));
        notes::of_commits(mine, conventional)
    };
    plan.released()
        .filter_map(|planned| Some((planned.index, of(planned.index, &planned.baseline.as_ref()?.commit))))
        .collect()
}

type Since = (CommitLog, BTreeMap<ObjectId, Vec<Differing>>);

/// The commits and the differences since the baselines.
fn since(read: &Read, found: &[Found]) -> Result<Since, Error> {
    let bases: Vec<ObjectId> = found
        .iter()
        .filter_map(|found| match found {
            Found::At(baseline) => Some(baseline.commit.clone()),
            _ => None,
        })
        .collect();
    let head = read.examined.history().head();
    let (Some(repository), Some(head), false) = (&read.repository, head, bases.is_empty()) else {
        return Ok(Since::default());
    };
    let log = commit_log::read(repository, &head.id, &bases, Paths::Wanted)?;
    Ok((log, commit_log::differences(repository, &head.id, &bases)?))
}

/// The tags of a tree; an error where they can't be read, and none where there is no git.
pub(crate) fn tags(history: &dyn History) -> Result<&[Tag], Error> {
    match history.tags() {
        Err(Unavailable::NoHistory) => Ok(&[]),
        answer => answer.map_err(|error| unread(&error)),
    }
}

/// The error of a verb that needs the history and can't read it.
pub(crate) fn unread(error: &Unavailable) -> Error {
    unproven(&baseline::unread(error))
}

/// The error of a verb that makes no plan, for what would keep one from being made.
pub(crate) fn unproven(blocker: &Blocker) -> Error {
    let message = format!("read the history: {}", blocker.message);
    Error { exit: exit::UNPROVEN, ..Error::usage(blocker.code, message) }.help(blocker.remedy.clone())
}

/// The revision of `--baseline`.
fn given(read: &Read, wish: &WishArgs) -> Result<Option<Given>, Error> {
    let Some(reference) = &wish.baseline else { return Ok(None) };
    let Some(repository) = &read.repository else {
        return Err(Error::usage("not-a-repository", format!("find the revision `{reference}` without a repository")));
    };
    let commit = repository.resolve(reference)?;
    Ok(Some(Given { reference: reference.clone(), commit }))
}

/// The wish as typed, with names that are those of planned packages.
fn wish_of(args: &WishArgs, facts: &Facts, indices: &[usize]) -> Result<Wish, Error> {
    let names: Vec<&str> = indices.iter().map(|&index| facts.cargo.packages[index].name.value.as_str()).collect();
    let known = |name: &str| {
        if names.contains(&name) {
            return Ok(());
        }
        let nearest =
            names.iter().map(|own| (strsim::jaro(name, own), *own)).max_by(|one, other| one.0.total_cmp(&other.0));
        let help = match nearest {
            Some((score, own)) if score > 0.8 => format!("did you mean `{own}`?"),
            _ => "`cargo governed release plan` lists the packages that are released".to_owned(),
        };
        Err(Error::usage("unknown-package", format!("find a package `{name}` that is released")).help(help))
    };
    let mut wish = Wish { packages: args.packages.clone(), ..Wish::default() };
    for name in &args.packages {
        known(name)?;
    }
    for typed in &args.set {
        let wrong = || {
            Error::usage("wrong-set", format!("read `--set {typed}`"))
                .help("write PACKAGE=1.2.3, or PACKAGE=patch, =minor, =major")
        };
        let (name, value) = typed.split_once('=').ok_or_else(wrong)?;
        known(name)?;
        let wanted = match value {
            "patch" => Wanted::Step(Weight::Fix),
            "minor" => Wanted::Step(Weight::Feature),
            "major" => Wanted::Step(Weight::Breaking),
            version => Wanted::Version(Version::parse(version).map_err(|_| wrong())?),
        };
        wish.set.insert(name.to_owned(), wanted);
    }
    wish.stage = match (&args.pre, args.last) {
        (Some(label), _) => {
            if semver::Prerelease::new(&format!("{label}.1")).is_err() || label.is_empty() {
                return Err(Error::usage("wrong-label", format!("take `{label}` for a kind of pre-release"))
                    .help("write --pre alpha, --pre beta or --pre rc"));
            }
            Stage::Pre(label.clone())
        }
        (None, true) => Stage::Final,
        (None, false) => Stage::Keep,
    };
    Ok(wish)
}

/// Asks cargo-semver-checks about the libraries that are compared with something, where it is installed.
pub(crate) fn ask_api(read: &Read, facts: &Facts, found: &[(usize, Found)]) -> BTreeMap<usize, Api> {
    let variables: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    let seen: BTreeMap<OsString, OsString> =
        environment::of(&variables, &[]).variables.into_iter().map(|one| (one.name.into(), one.value)).collect();
    let root = read.examined.root.as_deref().filter(|_| read.view == View::Now);
    let around = root.map(|root| Around { root, environment: &seen, record: None });
    let installed = around.is_some_and(packaging::compares);
    let mut answers = BTreeMap::new();
    for (index, found) in found {
        let (Found::At(baseline), Some(_)) = (found, facts.cargo.packages[*index].library()) else { continue };
        let manifest = &facts.cargo.packages[*index].manifest;
        let answer = match around.filter(|_| installed) {
            None if root.is_none() => Api::Unproven("the API of a revision is not compared".to_owned()),
            None => Api::Unproven("cargo-semver-checks is not installed".to_owned()),
            Some(around) => match packaging::compare(around, manifest, &baseline.commit.0) {
                Compared::Patch => Api::Asks(Weight::Fix, "cargo-semver-checks finds the API compatible".to_owned()),
                Compared::Minor => {
                    Api::Asks(Weight::Feature, "cargo-semver-checks finds additions to the API".to_owned())
                }
                Compared::Major => Api::Asks(Weight::Breaking, "cargo-semver-checks finds the API broken".to_owned()),
                Compared::Unable(why) => Api::Failed(why),
            },
        };
        answers.insert(*index, answer);
    }
    answers
}

/// The exit code of a plan or of what is made of it.
pub(crate) fn code(plan: &Plan) -> u8 {
    match (plan.blockers.iter().any(|one| !one.unproven), plan.blockers.is_empty()) {
        (true, _) => exit::REFUSED,
        (false, false) => exit::UNPROVEN,
        (false, true) => exit::ACCEPTED,
    }
}
