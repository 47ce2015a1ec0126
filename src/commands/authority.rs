//! What a tree makes of the authority of its base: both policies, the files of signers, and who signed for it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::commands::examine::Examined;
use crate::commands::policy;
use crate::facts::kind::Kind;
use crate::facts::policy::Policy;
use crate::facts::policy::accepted;
use crate::facts::policy::change;
use crate::facts::policy::change::Change;
use crate::facts::policy::change::Known;
use crate::facts::policy::change::Signature;
use crate::facts::policy::change::Signed;
use crate::facts::policy::level::RuleLevel;
use crate::proof::allowed_signers::AllowedSigners;
use crate::proof::endorsement;
use crate::proof::endorsement::Files;
use crate::proof::names::Role;
use crate::rules;
use crate::rules::authority::weakened::lints;
use crate::rules::authority::weakened::marks;
use crate::rules::authority::weakened::owners;
use crate::rules::authority::weakened::scripts;
use crate::rules::authority::weakened::tokens;
use crate::rules::authority::weakened::tools;
use crate::rules::level::Level;
use crate::world::clock;

/// Kinds of files that are part of the authority, beside policy and signers.
const KINDS: &[Kind] = &[Kind::Workflow, Kind::Action, Kind::CargoConfig, Kind::Toolchain];

/// What the tree makes of the base. None where the policy of the base can't be read.
///
/// `signers` are those that count, where they are not the base's; `day` is the day on which a signature must hold.
pub(crate) fn change(
    head: &Examined,
    base: &Examined,
    signers: Option<&BTreeMap<String, Vec<u8>>>,
    day: Date,
) -> Option<Change> {
    let before = policy::of_tree(&base.facts).ok()?;
    let after = policy::of_tree(&head.facts).map_err(|error| error.message);
    let texts = |files: &BTreeMap<String, Vec<u8>>| -> BTreeMap<String, String> {
        change::files(&before)
            .into_iter()
            .filter_map(|path| Some((path.to_owned(), String::from_utf8_lossy(files.get(path)?).into_owned())))
            .collect()
    };
    let (signers_before, signers_after) = (texts(&base.authority), texts(&head.authority));
    let signed = signed(head, base, (&before, after.as_ref().ok()), signers.unwrap_or(&base.authority), day);
    Some(Change { rules: known(), signers_before, signers_after, signed, before, after })
}

/// All rules, as policies know them.
pub(crate) fn known() -> Vec<Known> {
    let level = |level: Level| match level {
        Level::Note => RuleLevel::Note,
        Level::Warn => RuleLevel::Warn,
        Level::Deny => RuleLevel::Deny,
    };
    rules::all().map(|rule| Known { name: rule.name, group: rule.group, level: level(rule.level) }).collect()
}

fn signed(
    head: &Examined,
    base: &Examined,
    policies: (&Policy, Option<&Policy>),
    signers: &BTreeMap<String, Vec<u8>>,
    day: Date,
) -> Signed {
    let (before, after) = policies;
    let check = |file: &str, role: Role, text: &dyn Fn() -> String| {
        let Some(armour) = head.authority.get(file) else { return Signature::None };
        let path = change::trusted(before);
        let Some(bytes) = signers.get(path) else { return Signature::Bad(format!("the base has no {path}")) };
        let read = AllowedSigners::parse(bytes).map_err(|why| format!("{path} of the base: {why}"));
        let good = read.and_then(|read| endorsement::check(armour, role, &text(), &read, &clock::whole_day(day)));
        good.map_or_else(Signature::Bad, Signature::By)
    };
    let nothing = Policy::default();
    Signed {
        policy: check(change::POLICY_SIGNATURE, Role::Policy, &|| policy_text(head, base, before)),
        waivers: check(change::WAIVERS_SIGNATURE, Role::Waivers, &|| {
            waivers_text((head, after.unwrap_or(&nothing)), (base, before))
        }),
    }
}

/// What a signature over the policy is about.
pub(crate) fn policy_text(head: &Examined, base: &Examined, before: &Policy) -> String {
    let own = policy::of_tree(&head.facts).ok();
    let all = |tree: &Examined, policy: Option<&Policy>| -> Files {
        let mut files = Files::new();
        let mut add = |path: &str, bytes: Option<&[u8]>| {
            files.extend(bytes.map(|bytes| (path.to_owned(), bytes.to_vec())));
        };
        for kind in KINDS {
            for file in tree.facts.of_kind(*kind) {
                add(&file.path, Some(file.text().as_bytes()));
            }
        }
        let written = [policy, Some(before)].into_iter().flatten().filter_map(|policy| policy.path.as_deref());
        for path in owners::FILES.iter().copied().chain(written).chain([crate::facts::policy::find::FILE]) {
            add(path, tree.facts.text(path).map(str::as_bytes));
        }
        for path in [Some(before), own.as_ref()].into_iter().flatten().flat_map(change::files) {
            add(path, tree.authority.get(path).map(Vec::as_slice));
        }
        for path in tools::of(&tree.facts).into_iter().chain(tokens::files(&tree.facts)) {
            add(&path, tree.facts.text(&path).map(str::as_bytes));
        }
        for step in [Some(before), own.as_ref()].into_iter().flatten().flat_map(|policy| &policy.steps) {
            let words: Vec<&str> = step.run.iter().map(|word| word.value.as_str()).collect();
            for path in scripts::of(&tree.facts, &words) {
                let id = tree.facts.tree.get(&path).and_then(|entry| entry.id.as_deref()).map(str::as_bytes);
                add(&path, tree.facts.text(&path).map(str::as_bytes).or(id));
            }
        }
        let lints = lints::text(&tree.facts);
        add("levels of lints", (!lints.is_empty()).then_some(lints.as_bytes()));
        let marks = marks::text(&tree.facts);
        add("comments `governed:`", (!marks.is_empty()).then_some(marks.as_bytes()));
        files
    };
    endorsement::policy(&all(base, Some(before)), &all(head, own.as_ref()))
}

/// What a signature over the waivers is about.
pub(crate) fn waivers_text(head: (&Examined, &Policy), base: (&Examined, &Policy)) -> String {
    let list = |(tree, policy): (&Examined, &Policy)| accepted::text(&accepted::of(&tree.facts, policy));
    endorsement::waivers(&list(base), &list(head))
}
