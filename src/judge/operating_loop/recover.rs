//! Recover: it is checked in how one goes back when something went wrong.

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::judge::operating_loop::documents;
use crate::judge::operating_loop::documents::words;
use crate::judge::operating_loop::live::LiveStep;

/// A workflow that yanks, else a heading on going back, else a sentence on yanking or rolling back in those documents.
pub(super) fn source(facts: &Facts, live: &[LiveStep<'_>]) -> Option<Place> {
    let yanks = live.iter().find_map(|step| {
        let (_, call) = step.cargo().into_iter().find(|(_, call)| call.subcommand == "yank")?;
        step.place(facts, call.span, "takes a release back")
    });
    let documents = documents::of(facts);
    yanks.or_else(|| documents::heading(facts, &documents, "says how to go back", is_on_going_back)).or_else(|| {
        documents.iter().find_map(|(file, markdown)| {
            let text = file.text();
            let says = |from: usize, to: usize| text.get(from..to).is_some_and(|text| goes_back(&words(text)));
            let block = markdown.blocks.iter().find(|block| !block.quoted && says(block.span.start, block.span.end));
            let fence = markdown.fences.iter().find(|fence| {
                text.get(fence.content.start..fence.content.end).is_some_and(|code| code.contains("cargo yank"))
            });
            let span = block.map(|block| block.span).or_else(|| fence.map(|fence| fence.content))?;
            Some(facts.place(&file.path, span, "says how to go back"))
        })
    })
}

fn is_on_going_back(words: &[String]) -> bool {
    let begins = |start: &str| words.iter().any(|word| word.starts_with(start));
    // How a failing test is looked into is inspection.
    (begins("troubleshoot") && !begins("test"))
        || begins("recover")
        || begins("hotfix")
        || begins("backport")
        || goes_back(words)
}

/// `yank`, `rollback`, `roll back`: what a release is taken back with.
fn goes_back(words: &[String]) -> bool {
    let alone = |word: &String| word.starts_with("yank") || word.starts_with("rollback");
    words.iter().any(alone) || words.windows(2).any(|pair| matches!(&*pair[0], "roll" | "rolling") && pair[1] == "back")
}
