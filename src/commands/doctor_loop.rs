//! `doctor --loop`: for each stage of the operating loop the checked-in source that proves it, or what is missing.

use std::path::Path;

use crate::commands::doctor;
use crate::commands::doctor::Diagnosis;
use crate::commands::policy;
use crate::facts::place::Place;
use crate::judge::operating_loop::stage;
use crate::world::checkout::Checkout;
use crate::world::reading;

/// The most characters of what a place says.
const SAID: usize = 90;

/// Looks for the source of each stage in the tree around a folder.
pub fn stages(folder: &Path) -> Diagnosis {
    let mut diagnosis = Diagnosis::default();
    let mut checkout = match Checkout::open(folder, None) {
        Ok(checkout) => checkout,
        Err(error) => {
            doctor::refused(&mut diagnosis, "tree", &error);
            return diagnosis;
        }
    };
    let tree = std::mem::take(&mut checkout.tree);
    let facts = reading::read_facts(tree, |entry, limit| checkout.read(entry, limit), None);
    let policy = match policy::of_tree(&facts) {
        Ok(policy) => policy,
        Err(error) => {
            doctor::faults(&mut diagnosis, &error);
            return diagnosis;
        }
    };
    for proven in stage::of(&facts, &policy) {
        match &proven.source {
            Some(place) => diagnosis.good(proven.stage.as_str(), told(place)),
            None => diagnosis.ill(proven.stage.as_str(), "missing", proven.stage.remedy()),
        }
    }
    diagnosis
}

/// The place, what it is for, and what it says: `README.md:3 says how to go back: ## Recovery`.
fn told(place: &Place) -> String {
    if place.line == 0 {
        return format!("{} ({})", place.path, place.label);
    }
    let said = place.excerpt.lines().next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let cut = said.char_indices().nth(SAID).map(|(at, _)| format!("{}...", &said[..at]));
    format!("{}:{} ({}): {}", place.path, place.line, place.label, cut.unwrap_or(said))
}
