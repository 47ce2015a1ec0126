//! The cargo commands of workflows, each with the package or workspace that it runs in.

use std::collections::BTreeSet;

use crate::facts::path;
use crate::facts::shell::cargo_call;
use crate::facts::shell::cargo_call::CargoCall;
use crate::facts::shell::lexer::Word;
use crate::facts::shell::script::Command;
use crate::facts::source::SourceFile;
use crate::facts::workflow::document::Workflow;
use crate::facts::workflow::scripts;
use crate::facts::workflow::scripts::Script;

/// A cargo command of a workflow.
#[derive(Clone, Debug)]
pub struct Call {
    /// The command as the shell sees it.
    pub command: Command,
    /// What it asks cargo for.
    pub cargo: CargoCall,
    /// The folders whose manifests it takes, one for each row that differs; none where only a run knows them.
    pub folders: Option<BTreeSet<String>>,
}

/// The cargo commands of one script, in order.
pub fn of_script(script: &Script<'_>) -> Vec<Call> {
    let mut found = Vec::new();
    for command in script.commands() {
        let Some(cargo) = cargo_call::read(&command) else { continue };
        let folders = script.folders_of(&command).and_then(|starts| folders(script, &cargo, &starts));
        found.push(Call { command, cargo, folders });
    }
    found
}

/// All scripts of a workflow with their cargo commands.
pub fn of<'a>(file: &'a SourceFile, workflow: &'a Workflow) -> Vec<(Script<'a>, Vec<Call>)> {
    scripts::of(file, workflow)
        .into_iter()
        .map(|script| (of_script(&script), script))
        .map(|(calls, script)| (script, calls))
        .collect()
}

fn folders(script: &Script<'_>, cargo: &CargoCall, starts: &BTreeSet<String>) -> Option<BTreeSet<String>> {
    let texts = |word: &Option<Word>| match word {
        Some(word) if word.text.contains("${{") => script.texts(&word.text),
        Some(word) => word.known().map(|text| BTreeSet::from([text.to_owned()])),
        None => Some(BTreeSet::from([String::new()])),
    };
    let entered = texts(&cargo.folder)?;
    let manifests = texts(&cargo.manifest_path)?;
    let mut found = BTreeSet::new();
    for start in starts {
        for folder in &entered {
            let folder = path::join(start, folder)?;
            for manifest in &manifests {
                found.insert(if manifest.is_empty() {
                    folder.clone()
                } else {
                    path::parent(&path::join(&folder, manifest)?).to_owned()
                });
            }
        }
    }
    Some(found)
}
