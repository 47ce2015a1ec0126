//! What attacks change in the tree: workflows, the policy, the signers, what cargo reads.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::policy::Policy;
use crate::facts::policy::change;
use crate::facts::policy::find;
use crate::facts::policy::step::Step;
use crate::facts::tree::Mode;
use crate::facts::zone::Zone;
use crate::gate::forged;

/// What an attack changes in the tree by path: a file or a link with its text, none to remove.
pub type Edits = Vec<(String, Option<(Mode, String)>)>;

/// What an attacker sees of the base.
pub struct Seen<'a> {
    /// Its files.
    pub facts: &'a Facts,
    /// Its policy.
    pub policy: &'a Policy,
    /// The text of its file of signers.
    pub signers: Option<&'a str>,
    /// The seed of a key that nobody trusts.
    pub seed: &'a [u8; 32],
}

/// A workflow that passes whatever is checked in.
pub(super) const IN_VAIN: &str =
    "on: [pull_request, merge_group]\njobs:\n  gate:\n    runs-on: ubuntu-latest\n    steps:\n      - run: exit 0\n";

/// A runner that passes every test without a look at it.
pub(super) const RUNNER: &str = "[target.'cfg(all())']\nrunner = \"true\"\n";

/// Somebody through whom all goes that cargo says to registries.
pub(super) const PROXY: &str = "[http]\nproxy = \"localhost:1\"\ncainfo = \"ca.pem\"\n";

/// A file of an edit.
pub(super) fn file(path: &str, text: &str) -> (String, Option<(Mode, String)>) {
    (path.to_owned(), Some((Mode::File, text.to_owned())))
}

/// Manifests that silence every lint of clippy: in a table of their own, or in the one that they have.
pub(super) fn unlinted(seen: &Seen<'_>) -> Option<Edits> {
    let headers = ["\n[lints.clippy]\n", "\n[workspace.lints.clippy]\n"];
    let edited = |text: &str| {
        let header = headers.iter().find(|header| text.contains(**header));
        let line = "all = { level = \"allow\", priority = 127 }\n";
        let says_so = text.lines().any(|line| line.starts_with("all "));
        match header {
            Some(header) if !says_so => Some(text.replacen(header, &format!("{header}{line}"), 1)),
            None if text.contains("[package]") && !text.contains("lints") => {
                Some(format!("{text}\n[lints.clippy]\n{line}"))
            }
            _ => None,
        }
    };
    let own = seen.facts.cargo.packages.iter().filter(|package| package.zone == Zone::Own);
    let roots = seen.facts.cargo.main_workspace().map(|workspace| workspace.manifest.as_ref());
    let paths: BTreeSet<&str> = own.map(|package| package.manifest.as_ref()).chain(roots).collect();
    let edits: Edits =
        paths.into_iter().filter_map(|path| Some(file(path, &edited(seen.facts.text(path)?)?))).collect();
    (!edits.is_empty()).then_some(edits)
}

/// Workflows in which the commands that built-in steps are inferred from ask for less.
pub(super) fn less(seen: &Seen<'_>) -> Option<Edits> {
    let words = [" --workspace", " --all-features", " --all-targets", " -- -D warnings"];
    let cut = |text: &str| words.iter().fold(text.to_owned(), |text, word| text.replace(word, ""));
    let edited = |text: &str| Some(cut(text)).filter(|made| made != text);
    seen.policy.run.infer.then(|| workflows(seen, edited)).flatten()
}

/// Workflows whose commands are told to pass by words that are added.
pub(super) fn more(seen: &Seen<'_>) -> Option<Edits> {
    let words = [
        (" -D warnings", " -D warnings -A warnings"),
        (" --check", " --check --config disable_all_formatting=true"),
        ("cargo test", "cargo test --lib"),
    ];
    let told = |text: &str| words.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    let edited = |text: &str| Some(told(text)).filter(|made| made != text);
    seen.policy.run.infer.then(|| workflows(seen, edited)).flatten()
}

/// Workflows in which the lines that call this tool and decide are edited.
pub(super) fn calls(seen: &Seen<'_>, edit: impl Fn(&str) -> Option<String>) -> Option<Edits> {
    let decides = |line: &str| {
        let called = line.contains("cargo-governed ") || line.contains("cargo governed ");
        called && [" gate ", " check", " verify", " run "].iter().any(|verb| line.contains(verb))
    };
    workflows(seen, |text| {
        let lines = text.lines().map(|line| {
            let plain = decides(line) && !line.trim_end().ends_with('\\') && !line.trim_start().starts_with('#');
            plain.then(|| edit(line)).flatten().unwrap_or_else(|| line.to_owned())
        });
        let made = lines.collect::<Vec<_>>().join("\n");
        (made.trim_end() != text.trim_end()).then_some(made)
    })
}

/// A policy by which a file of the attacker's own says who signs for a merge.
pub(super) fn swaps(seen: &Seen<'_>) -> Option<Edits> {
    let named = seen.policy.merge_gate.signers.as_ref()?;
    let line = forged::signer(seen.seed)?;
    let text = policy_text(seen)?;
    let (before, after) = (text.get(..named.span.start)?, text.get(named.span.end..)?);
    Some(vec![file(find::FILE, &format!("{before}own_signers{after}")), file("own_signers", &line)])
}

pub(super) fn words(step: &Step) -> Vec<&str> {
    step.run.iter().map(|word| word.value.as_str()).collect()
}

/// The attacker's key, added to the signers.
pub(super) fn joins(seen: &Seen<'_>) -> Option<Edits> {
    let line = forged::signer(seen.seed)?;
    let path = change::trusted(seen.policy).to_owned();
    Some(vec![file(&path, &format!("{}{line}", seen.signers.unwrap_or_default()))])
}

/// The text that a policy may be added to; none where it stands in a manifest.
pub(super) fn policy_text<'a>(seen: &Seen<'a>) -> Option<&'a str> {
    match seen.policy.path.as_deref() {
        None => Some(""),
        Some(path) if path == find::FILE => seen.facts.text(path),
        Some(_) => None,
    }
}

/// All workflows that an edit changes; none where it changes none.
pub(super) fn workflows(seen: &Seen<'_>, edit: impl Fn(&str) -> Option<String>) -> Option<Edits> {
    let edits: Edits =
        seen.facts.workflows().filter_map(|(source, _)| Some(file(&source.path, &edit(source.text())?))).collect();
    (!edits.is_empty()).then_some(edits)
}

/// A workflow with each pin replaced by a branch.
pub(super) fn unpinned(text: &str) -> Option<String> {
    let mut made = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some(at) = rest.find('@') {
        let (before, behind) = rest.split_at(at + 1);
        made.push_str(before);
        let pin = behind.get(..40).filter(|pin| pin.bytes().all(|byte| byte.is_ascii_hexdigit()));
        found |= pin.is_some();
        made.push_str(if pin.is_some() { "main" } else { "" });
        rest = if pin.is_some() { &behind[40..] } else { behind };
    }
    made.push_str(rest);
    found.then_some(made)
}

/// A setting of cargo, behind what the base has.
pub(super) fn config(seen: &Seen<'_>, text: &str) -> Option<Edits> {
    let path = ".cargo/config.toml";
    let before = seen.facts.text(path).unwrap_or_default();
    (!before.contains(text.lines().next().unwrap_or_default())).then(|| vec![file(path, &format!("{before}\n{text}"))])
}

/// A setting of cargo in a file that the configuration includes.
pub(super) fn included(seen: &Seen<'_>, text: &str) -> Option<Edits> {
    let path = ".cargo/config.toml";
    let before = seen.facts.text(path).unwrap_or_default();
    let made = format!("include = [\"staged.toml\"]\n{before}");
    (!before.contains("include")).then(|| vec![file(path, &made), file(".cargo/staged.toml", text)])
}
