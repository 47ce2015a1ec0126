//! `gate`: from the arguments to the decision and its exit code. A denial is always 1.

use crate::commands::cli::Shared;
use crate::commands::cli_proof::GateArgs;
use crate::commands::exit;
use crate::commands::gating;
use crate::commands::gating::Asked;
use crate::commands::gating::Judged;
use crate::commands::governing;
use crate::commands::output;
use crate::commands::resolve;
use crate::commands::self_test;
use crate::commands::surroundings;
use crate::error::Error;
use crate::gate::act::Act;
use crate::render::gate;
use crate::render::gate::Shown;

/// `gate`.
pub(crate) fn gate(shared: &Shared, args: &GateArgs) -> u8 {
    governing::ended(answered(shared, args), &args.format)
}

fn answered(shared: &Shared, args: &GateArgs) -> Result<u8, Error> {
    if args.self_test {
        let staged = self_test::stage(&resolve::folder(shared)?, args.base.as_deref())?;
        output::answer(&match args.format.as_str() {
            "json" => gate::staged::json(&staged),
            _ => surroundings::look(shared).charset.encode(&gate::staged::human(&staged)),
        })?;
        return Ok(match (staged.holds(), staged.gets_through()) {
            (true, _) => exit::ACCEPTED,
            (false, true) => exit::REFUSED,
            (false, false) => exit::UNPROVEN,
        });
    }
    let act = args.act.as_deref().and_then(Act::named);
    let (Some(act), Some(base)) = (act, &args.base) else {
        return Err(Error::usage("usage", "decide without an act and a base").help("gate merge --base origin/main"));
    };
    if shared.config.is_some() {
        return Err(Error::usage("usage", "take the policy of a gate from a file: it is that of the base")
            .help("leave --config out"));
    }
    let judged = gating::decide(&Asked {
        folder: resolve::folder(shared)?,
        act,
        base: base.clone(),
        proof: args.proof.as_deref().map(|proof| resolve::path(shared, proof)),
        rev: args.rev.clone(),
    })?;
    let allows = judged.decision.allows();
    let shown = shown(&judged, base);
    output::answer(&match args.format.as_str() {
        "json" => gate::json::render(&shown),
        _ => surroundings::look(shared).charset.encode(&gate::human::render(&shown)),
    })?;
    Ok(if allows { exit::ACCEPTED } else { exit::REFUSED })
}

/// A decision with all that its renderers show.
pub(crate) fn shown<'a>(judged: &'a Judged, base: &'a str) -> Shown<'a> {
    Shown {
        act: judged.act,
        decision: &judged.decision,
        commit: judged.commit.as_deref(),
        tree: judged.tree.as_deref(),
        dirty: judged.dirty,
        base,
        tip: &judged.tip,
        parted: &judged.parted,
        policy: judged.policy.as_deref(),
        sha256: judged.sha256.as_deref(),
        proof: judged.proof.as_deref(),
    }
}
