//! What speaks for a release of one package, each reason with its weight. Nothing here decides.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::facts::commit_log::Differing;
use crate::facts::commit_log::Logged;
use crate::facts::history::Unavailable;
use crate::facts::manifest;
use crate::facts::manifest::Manifest;
use crate::facts::path;
use crate::facts::workspace::Package;
use crate::release::contents::Contents;
use crate::release::contents::Differences;
use crate::release::contents::Part;
use crate::release::entries;
use crate::release::entries::Unreleased;
use crate::release::ground::Api;
use crate::release::ground::Ground;
use crate::release::manifest_change;
use crate::release::manifest_change::Pair;
use crate::release::messages::Message;
use crate::release::moved::Moved;
use crate::release::plan::Baseline;
use crate::release::plan::Because;
use crate::release::plan::Kind;
use crate::release::step::Weight;
use crate::release::surface;

/// How many names a reason spells out.
const NAMES: usize = 5;
/// How many commits are named that ask for no more than the files do.
const COMMITS: usize = 20;

/// All that speaks for one package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The reasons.
    pub because: Vec<Because>,
    /// What could not be established.
    pub unproven: Vec<String>,
    /// What is written down.
    pub unreleased: Unreleased,
    /// Whether something tells what kind of change it is: an entry, a conventional commit, an answer about the API.
    pub told: bool,
}

impl Evidence {
    /// The most that a reason asks for.
    pub fn weight(&self) -> Weight {
        self.because.iter().map(|because| because.weight).max().unwrap_or_default()
    }
}

/// Gathers what speaks for a package that is compared with a baseline.
pub fn gather(ground: &Ground<'_>, index: usize, baseline: &Baseline) -> Result<Evidence, Unavailable> {
    let mut evidence = Evidence {
        unreleased: entries::of(ground.facts, &ground.releases.changelogs, index, Some(&baseline.version)),
        ..Evidence::default()
    };
    let contents = Contents::of(ground.facts, index);
    let past = Past { baseline, moved: Moved::of(ground, &ground.facts.cargo.packages[index], baseline)? };
    let differences = differences(ground, &contents, &past)?;
    let in_manifest = files(ground, index, &past, &differences, &mut evidence)?;
    if differences.built.is_empty() && !in_manifest {
        // Entries and commits about what is not built make no release.
        evidence.unreleased.entries.retain(|_| !differences.beside.is_empty());
        for because in &mut evidence.because {
            because.weight = Weight::Nothing;
        }
        return Ok(evidence);
    }
    api(ground, index, &past, &differences, &mut evidence)?;
    written(&mut evidence);
    commits(ground, index, &past, &contents, &mut evidence);
    Ok(evidence)
}

/// The baseline, and where the package lay then.
struct Past<'b> {
    baseline: &'b Baseline,
    moved: Moved,
}

fn differences(ground: &Ground<'_>, contents: &Contents<'_>, past: &Past<'_>) -> Result<Differences, Unavailable> {
    let mut found = Differences::default();
    for differing in ground.differences.get(&past.baseline.commit).map(Vec::as_slice).unwrap_or_default() {
        let path = past.moved.now(&differing.path);
        if past.moved.is_elsewhere() && stayed(ground, past, differing, &path)? {
            continue;
        }
        match contents.part(&path) {
            Part::Built => found.built.push(Arc::from(path)),
            Part::Beside => found.beside.push(Arc::from(path)),
            Part::Outside => {}
        }
    }
    Ok(found)
}

/// Says whether a file of a package that lay elsewhere is what it was, or its other half tells what became of it.
fn stayed(ground: &Ground<'_>, past: &Past<'_>, differing: &Differing, path: &str) -> Result<bool, Unavailable> {
    if !differing.after {
        return Ok(*path != *differing.path && ground.facts.tree.has_file(path));
    }
    let then = past.moved.then(path);
    let Some(text) = ground.facts.text(path).filter(|_| *then != *path) else { return Ok(false) };
    Ok(ground.history.text_at(&past.baseline.commit, &then)?.as_deref() == Some(text))
}

/// The reasons of kind `files`. Gives whether the manifest changed in a way that is built.
fn files(
    ground: &Ground<'_>,
    index: usize,
    past: &Past<'_>,
    differences: &Differences,
    evidence: &mut Evidence,
) -> Result<bool, Unavailable> {
    let package = &ground.facts.cargo.packages[index];
    let (changes, gone) = manifest(ground, package, past)?.unwrap_or_default();
    let (built, beside) = (&differences.built, &differences.beside);
    if !built.is_empty() {
        let verb = if built.len() == 1 { "file that is built differs" } else { "files that are built differ" };
        let detail = format!("{} {verb} from {}: {}", built.len(), past.baseline.reference, named(built, package));
        evidence.because.push(Because::new(Kind::Files, Weight::Fix, detail));
    }
    if !changes.is_empty() {
        let weight = if gone.is_empty() { Weight::Fix } else { Weight::Breaking };
        let mut detail = format!("{} differs: {}", package.manifest, changes.join(", "));
        if !gone.is_empty() {
            detail = format!("{detail}; gone: {}", gone.join(", "));
        }
        evidence.because.push(Because::new(Kind::Files, weight, detail));
    }
    if built.is_empty() && changes.is_empty() {
        let detail = match beside.len() {
            0 => format!("every packaged file is as in {}", past.baseline.reference),
            1 => format!(
                "1 packaged file differs from {}, and it is not built: {}",
                past.baseline.reference,
                named(beside, package)
            ),
            count => format!(
                "{count} packaged files differ from {}, and none of them is built: {}",
                past.baseline.reference,
                named(beside, package)
            ),
        };
        evidence.because.push(Because::new(Kind::Files, Weight::Nothing, detail));
    }
    Ok(!changes.is_empty())
}

/// The first names of a list, relative to the package.
fn named(files: &[Arc<str>], package: &Package) -> String {
    let short = |file: &Arc<str>| match file.strip_prefix(package.folder.as_str()) {
        Some(rest) if !package.folder.is_empty() => rest.trim_start_matches('/').to_owned(),
        _ => file.to_string(),
    };
    listed(&files.iter().map(short).collect::<Vec<_>>())
}

fn listed(names: &[String]) -> String {
    let mut text = names.iter().take(NAMES).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > NAMES {
        text = format!("{text} and {} more", names.len() - NAMES);
    }
    text
}

/// What changed in a manifest, and which features are gone.
type Changes = (Vec<String>, Vec<String>);

/// What changed in the manifest, and which features are gone; none where it was not there.
fn manifest(ground: &Ground<'_>, package: &Package, past: &Past<'_>) -> Result<Option<Changes>, Unavailable> {
    let root = &ground.facts.cargo.workspace_of(package).manifest;
    let old = |path: &str| {
        let text = ground.history.text_at(&past.baseline.commit, path)?;
        Ok(text.and_then(|text| manifest::parse(&text, &mut Vec::new())))
    };
    let Some(before): Option<Manifest> = old(&past.moved.then(&package.manifest))? else { return Ok(None) };
    let before_root = if root == &package.manifest { None } else { old(root)? };
    let Some(after) = ground.facts.manifest(&package.manifest) else { return Ok(None) };
    let after_root = (root != &package.manifest).then(|| ground.facts.manifest(root)).flatten();
    let pair = |own, root: Option<_>| Pair { own, root };
    // A root that is the package's own manifest holds the shared tables itself.
    let before_pair = pair(&before, before_root.as_ref().or(Some(&before)));
    Ok(Some(manifest_change::between(before_pair, pair(after, after_root.or(Some(after))))))
}

/// The reasons of kind `api`: the answer of a tool, and where it finds nothing new the names that the sources make public.
fn api(
    ground: &Ground<'_>,
    index: usize,
    past: &Past<'_>,
    differences: &Differences,
    evidence: &mut Evidence,
) -> Result<(), Unavailable> {
    let package = &ground.facts.cargo.packages[index];
    let Some(library) = package.library() else { return Ok(()) };
    let mut whole = false;
    match ground.api.get(&index) {
        Some(Api::Asks(weight, detail)) => {
            evidence.because.push(Because::new(Kind::Api, *weight, detail.clone()));
            if *weight >= Weight::Feature {
                evidence.told = true;
                return Ok(());
            }
            // That nothing broke says little of what is new: a function more is compatible.
            whole = true;
        }
        Some(Api::Unproven(why) | Api::Failed(why)) => {
            evidence.unproven.push(format!("whether the API is compatible: {why}"));
        }
        None => evidence.unproven.push("whether the API is compatible: no tool was asked".to_owned()),
    }
    let sources = path::parent(&library.path);
    let (mut old, mut new) = (BTreeSet::new(), BTreeSet::new());
    for file in &differences.built {
        if path::extension(file) != "rs" || !path::is_within(file, sources) {
            continue;
        }
        if let Some(text) = ground.history.text_at(&past.baseline.commit, &past.moved.then(file))? {
            old.extend(surface::names(&text));
        }
        new.extend(ground.facts.text(file).map(surface::names).unwrap_or_default());
    }
    let added: Vec<String> = new.difference(&old).cloned().collect();
    let gone: Vec<String> = old.difference(&new).cloned().collect();
    if !added.is_empty() {
        let names = if added.len() == 1 { "name" } else { "names" };
        let detail = format!("the sources make {} more {names} public: {}", added.len(), listed(&added));
        evidence.because.push(Because::new(Kind::Files, Weight::Feature, detail));
    }
    if !gone.is_empty() && !whole {
        // A name may be gone from a private module, or come from a macro now: the hint alone breaks nothing.
        let detail = format!("{} public names are gone from the sources: {}", gone.len(), listed(&gone));
        evidence.because.push(Because::new(Kind::Files, Weight::Fix, detail));
    }
    Ok(())
}

/// The reasons of kind `changelog`.
fn written(evidence: &mut Evidence) {
    let Some(path) = &evidence.unreleased.path else { return };
    let mut by_weight: Vec<(Weight, Vec<&str>)> = Vec::new();
    for entry in &evidence.unreleased.entries {
        match by_weight.iter_mut().find(|(weight, _)| *weight == entry.weight) {
            Some((_, texts)) => texts.push(&entry.text),
            None => by_weight.push((entry.weight, vec![&entry.text])),
        }
    }
    by_weight.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    let reasons: Vec<Because> = by_weight
        .into_iter()
        .map(|(weight, texts)| {
            let word = match weight {
                Weight::Breaking => "breaking",
                Weight::Feature => "new",
                Weight::Fix => "plain",
                Weight::Nothing => "internal",
            };
            let noun = if texts.len() == 1 { "entry" } else { "entries" };
            let first: String = texts[0].chars().take(80).collect();
            Because::new(Kind::Changelog, weight, format!("{path} has {} {word} {noun}: {first}", texts.len()))
        })
        .collect();
    evidence.told |= !reasons.is_empty();
    evidence.because.extend(reasons);
}

/// The reasons of kind `commit`: those that changed what is built.
fn commits(ground: &Ground<'_>, index: usize, past: &Past<'_>, contents: &Contents<'_>, evidence: &mut Evidence) {
    let package = &ground.facts.cargo.packages[index];
    let touches = |commit: &&Logged| {
        let mut paths = commit.paths.iter().map(|file| past.moved.now(file));
        paths.any(|file| *file == *package.manifest || contents.part(&file) == Part::Built)
    };
    let mut quiet: Vec<Because> = Vec::new();
    let mut left = 0;
    for commit in ground.log.after(&past.baseline.commit).filter(touches) {
        let message = Message::read(commit);
        let conventional = message.as_ref().filter(|message| ground.conventional || message.breaking.is_some());
        let elsewhere = conventional.is_some_and(|message| is_about_another(ground, package, message));
        let mut weight = conventional.map_or(Weight::Fix, Message::weight);
        if elsewhere {
            weight = weight.min(Weight::Fix);
        }
        evidence.told |= conventional.is_some();
        let because = Because {
            kind: Kind::Commit,
            weight,
            detail: commit.subject().to_owned(),
            commit: Some(commit.id.clone()),
        };
        if weight >= Weight::Feature {
            evidence.because.push(because);
        } else if quiet.len() < COMMITS {
            quiet.push(because);
        } else {
            left += 1;
        }
    }
    evidence.because.extend(quiet);
    if left > 0 {
        let detail = format!("{left} more commits change what is built and ask for no more");
        evidence.because.push(Because::new(Kind::Commit, Weight::Fix, detail));
    }
}

/// Says whether the scope of a message names another package and not this one.
fn is_about_another(ground: &Ground<'_>, package: &Package, message: &Message) -> bool {
    let Some(scope) = &message.scope else { return false };
    let plain = |text: &str| text.to_ascii_lowercase().replace('_', "-");
    let names = |other: &Package, scope: &str| {
        let name = plain(&other.name.value);
        name == scope || plain(path::file_name(&other.folder)) == scope || name.ends_with(&format!("-{scope}"))
    };
    let scopes: Vec<String> =
        scope.split([',', '/', ' ']).map(|one| plain(one.trim())).filter(|one| !one.is_empty()).collect();
    let mine = scopes.iter().any(|scope| names(package, scope));
    let others = ground.candidates.iter().map(|&other| &ground.facts.cargo.packages[other]);
    !mine
        && others
            .filter(|other| other.manifest != package.manifest)
            .any(|other| scopes.iter().any(|scope| names(other, scope)))
}
