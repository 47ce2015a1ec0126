//! Where the policy of a tree stands: `governed.toml` at the root, or a metadata table of the root manifest.

use std::sync::Arc;

use sha2::Digest;
use sha2::Sha256;

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::policy::Policy;
use crate::facts::policy::fault::Fault;
use crate::facts::policy::fault::PolicyFault;
use crate::facts::policy::parse;
use crate::facts::policy::vocabulary::Vocabulary;
use crate::facts::text::Text;
use crate::facts::toml::Document;

/// The policy file.
pub const FILE: &str = "governed.toml";
/// The manifest that may hold the policy instead.
pub const MANIFEST: &str = "Cargo.toml";
const TABLES: &[&[&str]] = &[&["workspace", "metadata", "governed"], &["package", "metadata", "governed"]];

/// Finds and reads the policy of a tree; the defaults where there is none.
pub fn find(facts: &Facts, vocabulary: &Vocabulary) -> Result<Policy, Vec<PolicyFault>> {
    if let Some(fault) = misplaced(facts) {
        return Err(vec![fault]);
    }
    let tables = tables(facts);
    let mut places: Vec<Place> =
        tables.iter().map(|(_, span)| facts.place(MANIFEST, *span, "a policy stands here")).collect();
    if facts.tree.has_file(FILE) {
        places.insert(0, Place::whole(FILE, "a policy stands here"));
    }
    if let [first, second, ..] = places.as_slice() {
        let name =
            |place: &Place| if place.line == 0 { place.path.clone() } else { format!("{}:{}", place.path, place.line) };
        let message = format!("the policy stands in two places: {} and {}", name(first), name(second));
        let help = "keep one of them".to_owned();
        return Err(vec![PolicyFault { message, at: second.clone(), help: Some(help) }]);
    }
    if let Some((path, _)) = tables.first() {
        let text = facts.text(MANIFEST).unwrap_or_default();
        return finish(MANIFEST, text, parse::parse_below(text, path, vocabulary));
    }
    match facts.file(FILE) {
        Some(file) if file.content.problems.is_empty() => read(FILE, file.text(), vocabulary),
        Some(_) => Err(vec![unreadable("the policy is not UTF-8 text")]),
        // A link is never followed, and a policy that can't be read is never taken for none.
        None if facts.tree.has_file(FILE) => Err(vec![unreadable("the policy is no regular file that can be read")]),
        None => Ok(Policy::default()),
    }
}

/// Reads a policy from the text of a file, wherever the file is.
pub fn read(path: &str, text: &str, vocabulary: &Vocabulary) -> Result<Policy, Vec<PolicyFault>> {
    finish(path, text, parse::parse(text, vocabulary))
}

fn finish(path: &str, text: &str, result: Result<Policy, Vec<Fault>>) -> Result<Policy, Vec<PolicyFault>> {
    match result {
        Ok(mut policy) => {
            policy.path = Some(Arc::from(path));
            let digest = Sha256::digest(text.as_bytes());
            policy.sha256 = Some(digest.iter().map(|byte| format!("{byte:02x}")).collect());
            Ok(policy)
        }
        Err(faults) => {
            let lines = Text::new(text);
            let with_place = |fault: Fault| PolicyFault {
                message: fault.message,
                at: lines.place(path, fault.span, ""),
                help: fault.help,
            };
            Err(faults.into_iter().map(with_place).collect())
        }
    }
}

/// A policy in the manifest of a member would be passed over in silence; those of other workspaces are not ours.
fn misplaced(facts: &Facts) -> Option<PolicyFault> {
    let main = facts.cargo.main_workspace()?;
    let (file, span) = facts.manifests().find_map(|(file, manifest)| {
        let span = manifest.governed.filter(|_| file.path.as_ref() != MANIFEST)?;
        let member = |index: &usize| facts.cargo.packages.get(*index).is_some_and(|found| found.manifest == file.path);
        (file.path == main.manifest || main.members.iter().any(member)).then_some((file, span))
    })?;
    Some(PolicyFault {
        message: "a policy stands in a manifest that is not at the root of the repository".to_owned(),
        at: facts.place(&file.path, span, "a policy stands here"),
        help: Some(format!("move it to {FILE} at the root")),
    })
}

fn unreadable(message: &str) -> PolicyFault {
    PolicyFault { message: message.to_owned(), at: Place::whole(FILE, ""), help: None }
}

/// The policy tables of the root manifest. It is parsed again only where the word occurs in it at all.
fn tables(facts: &Facts) -> Vec<(&'static [&'static str], Span)> {
    let Some(text) = facts.text(MANIFEST).filter(|text| text.contains("governed")) else { return Vec::new() };
    let document = Document::parse(text);
    let root = document.root();
    TABLES
        .iter()
        .filter_map(|path| {
            let found = path.iter().try_fold(root, |table, key| table.table(key))?;
            Some((*path, found.span))
        })
        .collect()
}
