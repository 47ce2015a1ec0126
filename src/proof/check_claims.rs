//! The claims of the rules, and the declared ones, from the recorded report of a check (`cargo-governed/check/1`).

use serde::Deserialize;

use crate::facts::digest::Digest;
use crate::proof::declared::Declared;
use crate::proof::malformed::Malformed;
use crate::proof::names;
use crate::proof::resource::Resource;
use crate::proof::scai::Attribute;
use crate::proof::scai::Basis;
use crate::proof::scai::Conditions;
use crate::proof::scai::Scope;
use crate::proof::scai::Standing;
use crate::proof::summary::NotProven;

/// Rules that compare the tree with the history behind it: tags, releases.
const COMMIT: &[&str] = &[
    "changelog-link-broken",
    "changelog-missing-version",
    "changelog-out-of-order",
    "history-rewritten",
    "license-disagrees",
    "publish-blocked",
    "snippet-outdated",
    "tag-disagrees",
    "version-copy-outdated",
    "version-untagged",
];
/// Rules that compare the tree with the base.
const RANGE: &[&str] = &["authority-touched", "authority-weakened", "changelog-not-updated"];

/// The part of the report that claims are made from; what else it holds is for its readers.
#[derive(Deserialize)]
struct Report {
    schema: String,
    rules: Vec<Rule>,
    #[serde(default)]
    claims: Vec<Declared>,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(rename = "rule")]
    name: String,
    standing: Standing,
    looked_at: u64,
    findings: u64,
    unproven: Vec<Unproven>,
}

#[derive(Deserialize)]
struct Unproven {
    why: String,
}

/// The claims of the rules, with why those are not proven that are not, and the declared ones as far as the tree tells.
pub fn of(report: &[u8]) -> Result<(Vec<Attribute>, Vec<NotProven>), Malformed> {
    let read = read(report)?;
    let declared = read.claims.iter().map(Declared::derived).collect::<Vec<_>>();
    let (mut claims, not_proven) = rules(read.rules, Digest::of(report));
    claims.extend(declared);
    Ok((claims, not_proven))
}

/// What the report of a check claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Apart {
    /// The claims of the rules.
    pub rules: Vec<Attribute>,
    /// Those of them that are not proven.
    pub not_proven: Vec<NotProven>,
    /// The declared claims.
    pub declared: Vec<Declared>,
}

/// The claims of the rules alone, and the declared ones, which the run has still to judge.
pub fn apart(report: &[u8]) -> Result<Apart, Malformed> {
    let read = read(report)?;
    let (rules, not_proven) = rules(read.rules, Digest::of(report));
    Ok(Apart { rules, not_proven, declared: read.claims })
}

/// The declared claims alone; none where the report can't be read.
pub fn declared(report: &[u8]) -> Vec<Declared> {
    #[derive(Deserialize)]
    struct Alone {
        #[serde(default)]
        claims: Vec<Declared>,
    }
    // Most reports have none, and a run that reuses everything has no time to read one twice.
    if memchr::memmem::find(report, b"\"sentences\"").is_none() {
        return Vec::new();
    }
    serde_json::from_slice::<Alone>(report).map(|alone| alone.claims).unwrap_or_default()
}

fn read(report: &[u8]) -> Result<Report, Malformed> {
    let wrong = |error: serde_json::Error| Malformed::new(format!("the report of the check can't be read: {error}"));
    let read: Report = serde_json::from_slice(report).map_err(wrong)?;
    if read.schema != "cargo-governed/check/1" {
        return Err(Malformed::new(format!("the report of the check is {:?}", read.schema)));
    }
    Ok(read)
}

fn rules(rules: Vec<Rule>, report: Digest) -> (Vec<Attribute>, Vec<NotProven>) {
    let evidence = Resource::object("check", "application/json", report);
    let mut claims = Vec::new();
    let mut not_proven = Vec::new();
    for rule in rules {
        let attribute = format!("{}{}", names::RULE_CLAIM, rule.name);
        let mut why: Vec<String> = rule.unproven.into_iter().map(|unproven| unproven.why).collect();
        if rule.standing == Standing::Refuted {
            why.push(match rule.findings {
                1 => "a finding stands against it".to_owned(),
                count => format!("{count} findings stand against it"),
            });
        }
        if matches!(rule.standing, Standing::Refuted | Standing::Unproven) {
            not_proven.push(NotProven { claim: attribute.clone(), why });
        }
        let conditions = Conditions {
            standing: rule.standing,
            basis: Basis::Derived,
            scope: scope(&rule.name),
            looked_at: Some(rule.looked_at),
            findings: Some(rule.findings),
            run: None,
            platform: None,
            isolation: None,
            rests_on: None,
            sentences: Vec::new(),
        };
        claims.push(Attribute { attribute, conditions, evidence: evidence.clone() });
    }
    (claims, not_proven)
}

/// What the claim of a rule depends on.
pub fn scope(rule: &str) -> Scope {
    match rule {
        rule if COMMIT.contains(&rule) => Scope::Commit,
        rule if RANGE.contains(&rule) => Scope::Range,
        _ => Scope::Tree,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_gives_a_claim_for_each_rule() {
        let report = br#"{"schema":"cargo-governed/check/1","rules":[
            {"rule":"a","standing":"holds","looked_at":3,"findings":0,"unproven":[],"more":1},
            {"rule":"version-untagged","standing":"unproven","looked_at":1,"findings":0,"unproven":[{"why":"no tags","at":null}]},
            {"rule":"c","standing":"refuted","looked_at":2,"findings":2,"unproven":[]}]}"#;
        let (claims, not_proven) = of(report).unwrap();
        assert_eq!(claims.len(), 3);
        assert_eq!(claims[1].conditions.scope, Scope::Commit);
        assert_eq!(claims[0].evidence.sha256(), Some(Digest::of(report)));
        let told: Vec<(&str, &str)> = not_proven.iter().map(|one| (one.claim.as_str(), one.why[0].as_str())).collect();
        assert_eq!(told, [("rule/version-untagged", "no tags"), ("rule/c", "2 findings stand against it")]);
        assert!(of(b"{}").is_err());
        assert!(of(br#"{"schema":"cargo-governed/check/2","rules":[]}"#).is_err());
    }
}
