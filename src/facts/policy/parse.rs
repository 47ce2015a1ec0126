//! A TOML table in, a policy or its faults out.

use crate::facts::policy::Policy;
use crate::facts::policy::authority;
use crate::facts::policy::authority::Authority;
use crate::facts::policy::check_table;
use crate::facts::policy::check_table::CheckTable;
use crate::facts::policy::claim;
use crate::facts::policy::claim::Claim;
use crate::facts::policy::contract;
use crate::facts::policy::contract::Contract;
use crate::facts::policy::fault::Fault;
use crate::facts::policy::fault::Faults;
use crate::facts::policy::gate;
use crate::facts::policy::gate::Gate;
use crate::facts::policy::level::Levels;
use crate::facts::policy::release;
use crate::facts::policy::release::Release;
use crate::facts::policy::replay;
use crate::facts::policy::replay::Replay;
use crate::facts::policy::run;
use crate::facts::policy::run::Run;
use crate::facts::policy::section::Section;
use crate::facts::policy::step;
use crate::facts::policy::step::Step;
use crate::facts::policy::vocabulary::Vocabulary;
use crate::facts::policy::waiver;
use crate::facts::policy::waiver::Waiver;
use crate::facts::toml::Document;
use crate::facts::toml::Table;

/// The tables of the policy.
pub const TABLES: &[&str] =
    &["check", "rules", "waiver", "contract", "run", "step", "replay", "claim", "authority", "gate", "release"];

/// Reads the text of a `governed.toml`.
pub fn parse(text: &str, vocabulary: &Vocabulary) -> Result<Policy, Vec<Fault>> {
    parse_below(text, &[], vocabulary)
}

/// Reads the policy in a table of a TOML text: `["workspace", "metadata", "governed"]` of a manifest.
pub fn parse_below(text: &str, path: &[&str], vocabulary: &Vocabulary) -> Result<Policy, Vec<Fault>> {
    let document = Document::parse(text);
    let faults = Faults::default();
    let table = path.iter().try_fold(document.root(), |table, key| table.table(key));
    let policy = table.map(|table| read(table, vocabulary, &faults)).unwrap_or_default();
    let mut faults = faults.into_sorted();
    // After a syntax error what was recovered is no ground for other complaints.
    let broken: Vec<Fault> = document
        .into_problems()
        .into_iter()
        .filter(|problem| problem.limit || problem.message.starts_with("invalid TOML"))
        .map(|problem| Fault { message: problem.message, span: problem.span.unwrap_or_default(), help: None })
        .collect();
    if !broken.is_empty() {
        faults = broken;
    }
    if faults.is_empty() { Ok(policy) } else { Err(faults) }
}

fn read(table: Table<'_>, vocabulary: &Vocabulary, faults: &Faults) -> Policy {
    let root = Section::open(table, "the policy", TABLES, faults);
    let below = |key, name, keys| root.below(key, name, keys);
    let check = below("check", "[check]", check_table::KEYS)
        .map(|section| CheckTable::read(section, vocabulary))
        .unwrap_or_default();
    let levels = root.free("rules", "[rules]").map(|section| Levels::read(section, vocabulary)).unwrap_or_default();
    let waivers = root
        .each("waiver", "[[waiver]]", waiver::KEYS)
        .into_iter()
        .filter_map(|section| Waiver::read(section, vocabulary, check.require_until))
        .collect();
    let contracts = root.each("contract", "[[contract]]", contract::KEYS).into_iter().filter_map(Contract::read);
    let contracts = contracts.collect();
    let run = below("run", "[run]", run::KEYS).map(Run::read).unwrap_or_default();
    let steps: Vec<Step> = root.each("step", "[[step]]", step::KEYS).into_iter().filter_map(Step::read).collect();
    step::check_graph(Section::open_free(table, "[[step]]", faults), &steps);
    let replay = below("replay", "[replay]", replay::KEYS).map(Replay::read).unwrap_or_default();
    let claims: Vec<Claim> = root
        .each("claim", "[[claim]]", claim::KEYS)
        .into_iter()
        .filter_map(|section| Claim::read(section, &steps))
        .collect();
    claim::check_names(Section::open_free(table, "[[claim]]", faults), &claims);
    let authority = below("authority", "[authority]", authority::KEYS).map(Authority::read).unwrap_or_default();
    let gates = below("gate", "[gate]", &["merge", "release"]);
    let gate = |key, name, beside: &[&str]| {
        gates.and_then(|gates| gates.below(key, name, gate::KEYS)).map(|section| Gate::read(section, &steps, beside))
    };
    let merge_gate = gate("merge", "[gate.merge]", &["rules"]).unwrap_or_default();
    let release_gate = gate("release", "[gate.release]", &["rules", "merge"]).unwrap_or_default();
    let release = below("release", "[release]", release::KEYS).map(Release::read).unwrap_or_default();
    Policy {
        path: None,
        sha256: None,
        check,
        levels,
        waivers,
        contracts,
        run,
        steps,
        replay,
        claims,
        authority,
        merge_gate,
        release_gate,
        release,
    }
}
