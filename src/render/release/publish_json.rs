//! The JSON document `cargo-governed/release-publish/1`.

use serde_json::Value;
use serde_json::json;

use crate::release::publishing::report::Report;
use crate::release::publishing::seen::Package;
use crate::release::publishing::settle::Stands;
use crate::release::witness::Asked;
use crate::render::encode;

/// Renders a report as one document.
pub fn render(report: &Report) -> String {
    let because = report.decision.because.iter().map(|refusal| {
        json!({
            "code": refusal.code.as_str(),
            "message": refusal.message,
            "claim": refusal.claim,
            "remedy": refusal.code.remedy(),
        })
    });
    let acts = report.acts.iter().map(|acted| {
        json!({
            "kind": acted.act.kind(),
            "act": acted.act.told(),
            "state": acted.state.as_str(),
            "says": acted.says,
        })
    });
    let blockers = report.blockers.iter().map(|blocker| {
        json!({
            "code": blocker.code,
            "package": blocker.package,
            "message": blocker.message,
            "remedy": blocker.remedy,
            "unproven": blocker.unproven,
        })
    });
    let failure = report
        .failure
        .as_ref()
        .map(|error| json!({ "code": error.code, "message": error.to_string(), "help": error.help }));
    encode::json::document(&json!({
        "schema": "cargo-governed/release-publish/1",
        "execute": report.execute,
        "commit": report.commit,
        "base": report.base,
        "gate": {
            "decision": if report.decision.allows() { "allow" } else { "deny" },
            "because": because.collect::<Vec<_>>(),
        },
        "release": report.release,
        "packages": report.packages.iter().zip(&report.stands).map(package).collect::<Vec<_>>(),
        "acts": acts.collect::<Vec<_>>(),
        "blockers": blockers.collect::<Vec<_>>(),
        "failure": failure,
        "notes": report.notes,
        "verdict": report.verdict(),
    }))
}

fn package((package, stands): (&Package, &Stands)) -> Value {
    let from = match stands {
        Stands::Earlier(commit) => Some(commit.as_str()),
        _ => None,
    };
    let registry = package.registry.as_ref().map(|on| {
        let published = match &on.index {
            Asked::Answer(found) => json!(found.is_some()),
            Asked::Unknown(_) => Value::Null,
        };
        let shown = match &on.index {
            Asked::Answer(Some(found)) => Some(found.checksum.as_str()),
            _ => None,
        };
        json!({ "name": on.registry, "checksum": on.checksum, "published": published, "published_checksum": shown })
    });
    json!({
        "name": package.name,
        "version": package.version.to_string(),
        "stands": stands.as_str(),
        "from": from,
        "registry": registry,
        "tag": package.tag.as_ref().and_then(|on| on.name.as_ref()),
    })
}
