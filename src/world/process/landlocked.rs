//! Confines the calling thread, and what it starts, by Landlock: no writes but where they are allowed.

use std::path::PathBuf;

use landlock::ABI;
use landlock::AccessFs;
use landlock::CompatLevel;
use landlock::Compatible;
use landlock::Ruleset;
use landlock::RulesetAttr;
use landlock::RulesetCreatedAttr;
use landlock::RulesetError;
use landlock::RulesetStatus;
use landlock::Scope;
use landlock::path_beneath_rules;

/// Confines this thread and every process that it starts, for ever; `no_new_privs` comes with it.
///
/// Below the third version of the interface (Linux 6.2) a file that can't be opened for writing can still be truncated:
/// that is no confinement of a ledger, so it is not called one. The scope of signals (Linux 6.12) comes along where it is
/// there: a step then can't kill those who watch it.
pub(super) fn confine(writable: &[PathBuf]) -> Result<(), String> {
    let status = restrict(writable).map_err(|error| error.to_string())?;
    if status == RulesetStatus::NotEnforced {
        return Err("the system has no Landlock".to_owned());
    }
    Ok(())
}

fn restrict(writable: &[PathBuf]) -> Result<RulesetStatus, RulesetError> {
    let writes = AccessFs::from_write(ABI::V3);
    let rules = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(writes)?
        .set_compatibility(CompatLevel::BestEffort)
        .scope(Scope::Signal)?
        .create()?
        .add_rules(path_beneath_rules(writable, writes))?;
    Ok(rules.restrict_self()?.ruleset)
}
