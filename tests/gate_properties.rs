//! Properties: nothing that is done to the bytes of a proof turns a denial into leave, and no edit of policy, waivers or
//! signers asks for less unseen.
#![cfg(unix)]

mod support;

use std::sync::LazyLock;

use cargo_governed::gate::act::Act;
use cargo_governed::gate::case::Handed;
use cargo_governed::proof::scai::Standing;
use proptest::prelude::*;
use support::bench::Bench;

/// A proof that is denied, by an index, and the gate over it.
fn denied(which: usize) -> Bench {
    let mut bench = Bench::new(if which.is_multiple_of(2) { Act::Merge } else { Act::Release });
    match which {
        0 => bench.handed = Handed::Found,
        1 => bench.signed_by = vec!["other"],
        2 => bench.claim("step/test").conditions.standing = Standing::Refuted,
        3 => bench.subject.commit = Some(support::proof::git_id("9")),
        4 => {
            bench.steps.retain(|step| step.link.name != "test");
            bench.claims.attributes.retain(|claim| claim.attribute != "step/test");
        }
        5 => bench.summary.governed.runs[0].overridden = Some("in a hurry".to_owned()),
        6 => bench.summary.governed.base = None,
        _ => bench.claim("rule/rule-0000").conditions.looked_at = Some(9),
    }
    bench
}

/// The proofs, made once: signing starts a process.
static DENIED: LazyLock<Vec<(Bench, Vec<u8>)>> = LazyLock::new(|| {
    (0..8)
        .map(|which| {
            let bench = denied(which);
            let bytes = bench.proof();
            assert!(!bench.decide_on(Some(&bytes)).allows(), "{which}");
            (bench, bytes)
        })
        .collect()
});

static SIGNED: LazyLock<(Bench, Vec<u8>)> = LazyLock::new(|| {
    let bench = Bench::new(Act::Release);
    let bytes = bench.proof();
    assert!(bench.decide_on(Some(&bytes)).allows());
    (bench, bytes)
});

/// Something that is done to the lines or the bytes of a file.
#[derive(Clone, Debug)]
enum Edit {
    Delete(usize),
    Double(usize),
    Swap(usize, usize),
    Flip(usize, u8),
    Cut(usize),
    Relabel(usize, &'static str, &'static str),
    Borrow(usize, usize),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let words = prop_oneof![
        Just(("fmt", "test")),
        Just(("test", "fmt")),
        Just(("rule-0000", "rule-0001")),
        Just(("refuted", "holds")),
        Just(("FAILED", "PASSED")),
        Just(("failed", "passed")),
        Just(("v0.3", "v0.1")),
        Just(("reported", "derived")),
    ];
    let edit = prop_oneof![
        (0usize..8).prop_map(Edit::Delete),
        (0usize..8).prop_map(Edit::Double),
        (0usize..8, 0usize..8).prop_map(|(one, other)| Edit::Swap(one, other)),
        (any::<usize>(), 0u8..8).prop_map(|(at, bit)| Edit::Flip(at, bit)),
        any::<usize>().prop_map(Edit::Cut),
        (0usize..8, words).prop_map(|(line, (from, to))| Edit::Relabel(line, from, to)),
        (0usize..8, 0usize..8).prop_map(|(line, from)| Edit::Borrow(line, from)),
    ];
    proptest::collection::vec(edit, 1..4)
}

/// A line with a word of its payload replaced.
fn relabelled(line: &str, from: &str, to: &str) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let Some(payload) = line.split('"').nth(3) else { return line.to_owned() };
    let Ok(bytes) = STANDARD.decode(payload) else { return line.to_owned() };
    let text = String::from_utf8_lossy(&bytes).replace(from, to);
    line.replacen(payload, &STANDARD.encode(text), 1)
}

fn edited(bytes: &[u8], others: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let lines_of = |bytes: &[u8]| -> Vec<String> {
        String::from_utf8_lossy(bytes).split_inclusive('\n').map(str::to_owned).collect()
    };
    for edit in edits {
        let mut lines = lines_of(&bytes);
        let count = lines.len().max(1);
        match edit {
            Edit::Flip(at, bit) => {
                let length = bytes.len().max(1);
                if let Some(byte) = bytes.get_mut(at % length) {
                    *byte ^= 1 << bit;
                }
                continue;
            }
            Edit::Cut(at) => {
                let length = bytes.len().max(1);
                bytes.truncate(at % length);
                continue;
            }
            _ if lines.is_empty() => continue,
            Edit::Delete(at) => drop(lines.remove(at % count)),
            Edit::Double(at) => lines.insert(at % count, lines[at % count].clone()),
            Edit::Swap(one, other) => lines.swap(one % count, other % count),
            Edit::Relabel(at, from, to) => lines[at % count] = relabelled(&lines[at % count], from, to),
            Edit::Borrow(at, from) => {
                let other = lines_of(others);
                lines[at % count].clone_from(&other[from % other.len().max(1)]);
            }
        }
        bytes = lines.concat().into_bytes();
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_done_to_a_denied_proof_turns_it_into_leave(which in 0usize..8, edits in edits()) {
        let (bench, bytes) = &DENIED[which];
        let made = edited(bytes, &SIGNED.1, &edits);
        // The good proof of somebody else, put in the place of the bad one as a whole, is no edit of it.
        prop_assume!(made != SIGNED.1);
        let decision = bench.decide_on(Some(&made));
        prop_assert!(!decision.allows(), "{edits:?}");
    }

    #[test]
    fn a_signed_proof_is_good_as_it_is_or_not_at_all(edits in edits()) {
        let (bench, bytes) = &*SIGNED;
        let made = edited(bytes, &DENIED[1].1, &edits);
        prop_assume!(made != *bytes);
        let decision = bench.decide_on(Some(&made));
        prop_assert!(!decision.allows(), "{edits:?}");
    }
}

mod authority {
    use std::collections::BTreeSet;

    use cargo_governed::facts::Facts;
    use cargo_governed::facts::policy::Policy;
    use cargo_governed::facts::policy::change::Known;
    use cargo_governed::facts::policy::find;
    use cargo_governed::facts::policy::gate::Gate;
    use cargo_governed::facts::policy::gate::GateBase;
    use cargo_governed::facts::policy::level::RuleLevel;
    use cargo_governed::facts::policy::run::Isolation;
    use cargo_governed::facts::tree::Tree;
    use cargo_governed::proof::allowed_signers::AllowedSigners;
    use cargo_governed::proof::names::Role;
    use cargo_governed::rules;
    use cargo_governed::rules::authority::weakened::gates;
    use cargo_governed::rules::authority::weakened::policy;
    use cargo_governed::rules::authority::weakened::signers;
    use cargo_governed::rules::authority::weakened::sink::Sink;
    use cargo_governed::rules::authority::weakened::waivers;
    use proptest::prelude::*;

    /// Parts of a policy: of each group one, or none.
    const PARTS: &[&[&str]] = &[
        &["[check]\nfail-on = \"warn\"\n", "[check]\nfail-on = \"deny\"\n", "[check]\ndemand = [\"msrv\"]\n"],
        &["[rules]\ndocs = \"deny\"\n", "[rules]\ndocs = \"allow\"\n", "[rules]\ndoc-link-broken = \"note\"\n"],
        &["[run]\nisolation = \"landlock\"\n", "[run]\nisolation = \"none\"\n", "[run]\ninfer = false\n"],
        &[
            "[[step]]\nname = \"a\"\nrun = [\"a\"]\n",
            "[[step]]\nname = \"a\"\nrun = [\"b\"]\n",
            "[[step]]\nname = \"a\"\nrun = [\"a\"]\nattempts = 3\n",
            "[[step]]\nname = \"a\"\nrun = [\"a\"]\nnetwork = false\n",
        ],
        &["[[step]]\nname = \"test\"\nrun = [\"a\"]\n", "[[step]]\nname = \"test\"\nrun = [\"b\"]\nenv = [\"X\"]\n"],
        &["[replay]\naccept = \"exact\"\n", "[replay]\naccept = \"within-budget\"\nbudget = { flaky-tests = 2 }\n"],
        &["[authority]\nreview = \"forge\"\n", "[authority]\nallow = [\"build.rustc\"]\n"],
    ];
    /// Keys of `[gate.merge]`: of each group one, or none.
    const MERGE: &[&[&str]] = &[
        &["requires = [\"rules\"]\n", "requires = [\"rules\", \"test\"]\n", "requires = [\"rules\", \"semver\"]\n"],
        &["max-attempts = 2\n", "max-attempts = 1\n"],
        &["base = \"tip\"\n", "base = \"ancestor\"\n"],
        &["machines = \"quorum:2\"\n", "machines = \"quorum:3\"\n"],
        &["max-age = \"7d\"\n", "max-age = \"9d\"\n"],
        &["signers = \".github/allowed_signers\"\n", "signers = \"own\"\n"],
    ];
    /// Keys of `[gate.release]`.
    const RELEASE: &[&[&str]] = &[
        &["requires = [\"merge\"]\n", "requires = [\"rules\"]\n"],
        &["signers = \".github/allowed_signers\"\n", "signers = \"own\"\n"],
    ];

    /// What is chosen of each group, those of policies first.
    type Chosen = Vec<Option<usize>>;

    fn groups() -> Vec<&'static [&'static str]> {
        [PARTS, MERGE, RELEASE].concat()
    }

    fn chosen() -> impl Strategy<Value = Chosen> {
        groups().into_iter().map(|group| proptest::option::of(0..group.len())).collect::<Vec<_>>()
    }

    fn written(chosen: &Chosen) -> String {
        let all: Vec<&str> = groups().iter().zip(chosen).map(|(group, at)| at.map_or("", |at| group[at])).collect();
        let (parts, gates) = all.split_at(PARTS.len());
        let (merge, release) = gates.split_at(MERGE.len());
        format!("{}[gate.merge]\n{}[gate.release]\n{}", parts.concat(), merge.concat(), release.concat())
    }

    fn read(text: &str) -> Policy {
        find::read("governed.toml", text, &rules::vocabulary()).expect("a policy")
    }

    /// What a policy asks for, as things that must not become fewer. Written without a look at the comparison.
    fn asks(policy: &Policy) -> BTreeSet<String> {
        let mut asks = BTreeSet::new();
        for rule in rules::all() {
            let level = policy.levels.of(rule.name, rule.group).map(|entry| entry.level);
            let level = level.unwrap_or(RuleLevel::Note);
            for least in [RuleLevel::Note, RuleLevel::Warn, RuleLevel::Deny] {
                if policy.levels.of(rule.name, rule.group).is_some() && level >= least {
                    asks.insert(format!("{} at least {least:?}", rule.name));
                }
            }
        }
        asks.extend(policy.check.demand.iter().map(|name| format!("demands {}", name.value)));
        if policy.check.fail_on.as_ref().is_some_and(|level| level.value == RuleLevel::Warn) {
            asks.insert("warnings decide".to_owned());
        }
        if policy.run.infer {
            asks.insert("infers".to_owned());
        }
        match policy.run.isolation {
            Isolation::Landlock => asks.extend(["isolation".to_owned(), "Landlock".to_owned()]),
            Isolation::Best => asks.extend(["isolation".to_owned()]),
            Isolation::None => {}
        }
        for step in &policy.steps {
            let run: Vec<&str> = step.run.iter().map(|word| word.value.as_str()).collect();
            asks.insert(format!("step {} {run:?}", step.name.value));
            if !step.network {
                asks.insert(format!("step {} without network", step.name.value));
            }
            if step.attempts == 1 {
                asks.insert(format!("step {} once", step.name.value));
            }
        }
        gate(&policy.merge_gate, policy, &mut asks);
        let (merge, release) = (&policy.merge_gate.signers, &policy.release_gate.signers);
        asks.extend(merge.as_ref().map(|path| format!("a merge is signed by {}", path.value)));
        let path = release.as_ref().or(merge.as_ref()).map_or(".github/allowed_signers", |path| &path.value);
        asks.insert(format!("a release is signed by {path}"));
        let merges = policy.release_gate.requires.iter().flatten().any(|name| name.value == "merge");
        asks.extend(merges.then(|| "a release asks for all that a merge does".to_owned()));
        asks
    }

    fn gate(gate: &Gate, policy: &Policy, asks: &mut BTreeSet<String>) {
        if let Some(most) = &gate.max_attempts {
            asks.extend((most.value..9).map(|most| format!("at most {most} tries")));
        }
        if let Some(most) = &gate.max_age {
            asks.extend((most.value / 86_400..30).map(|days| format!("at most {days} days")));
        }
        let base = gate.base.as_ref().map(|base| base.value);
        asks.extend((base == Some(GateBase::Tip)).then(|| "the tip".to_owned()));
        // Where the policy does not say, a merge queue demands it.
        asks.extend((base != Some(GateBase::Ancestor)).then(|| "the tip in a queue".to_owned()));
        for name in gate.requires.iter().flatten() {
            asks.insert(format!("requires {}", name.value));
        }
        if gate.requires.is_none() {
            asks.insert("requires rules".to_owned());
            asks.extend(policy.run.infer.then(|| "requires test".to_owned()));
            asks.extend(policy.steps.iter().map(|step| format!("requires {}", step.name.value)));
        }
    }

    fn known() -> Vec<Known> {
        let known = |rule: &'static rules::rule::Rule| Known {
            name: rule.name,
            group: rule.group,
            level: match rule.level {
                rules::level::Level::Note => RuleLevel::Note,
                rules::level::Level::Warn => RuleLevel::Warn,
                rules::level::Level::Deny => RuleLevel::Deny,
            },
        };
        rules::all().map(known).collect()
    }

    fn nothing() -> Facts {
        Facts::assemble(Tree::default(), [])
    }

    const KEYS: [&str; 2] = [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKNh9V9RCsDYuxfLh9Tu/OislkklGoxiVm5rMstcaJi+",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGNDoa9gbEcAzmLwVmeMhOWYT/iBMo8aqSnFZ4WKNxUg",
    ];
    const OPTIONS: &[&str] = &[
        "",
        "namespaces=\"proof@*\" ",
        "namespaces=\"policy@*,waivers@*\" ",
        "NAMESPACES=\"*\" ",
        "valid-before=\"20270101Z\" ",
        "valid-after=\"20260101Z\",namespaces=\"proof@*\" ",
        "cert-authority ",
    ];

    fn lines() -> impl Strategy<Value = String> {
        let line = (0..OPTIONS.len(), 0..KEYS.len(), 0usize..3);
        let line = line.prop_map(|(options, key, who)| {
            format!("{}  {}{}\n", ["me", "you", "*@example.com"][who], OPTIONS[options], KEYS[key])
        });
        proptest::collection::vec(line, 0..4).prop_map(|lines| lines.concat())
    }

    /// Who may do what, and when.
    fn may(text: &str) -> BTreeSet<(usize, Role, i64)> {
        let read = AllowedSigners::parse(text.as_bytes()).expect("a file of signers");
        let keys = KEYS.map(|key| ssh_key::PublicKey::from_openssh(key).expect("a key"));
        let mut may = BTreeSet::new();
        for (index, key) in keys.iter().enumerate() {
            for role in [Role::Proof, Role::Policy, Role::Waivers] {
                for time in [1_700_000_000, 1_795_320_000, 1_900_000_000] {
                    if read.find(key.key_data(), role, time).is_ok() {
                        may.insert((index, role, time));
                    }
                }
            }
        }
        may
    }

    const WAIVERS: &[&str] = &[
        "[[waiver]]\nrule = \"doc-link-broken\"\nreason = \"x\"\n",
        "[[waiver]]\nrule = \"doc-link-broken\"\npath = \"docs/**\"\nreason = \"x\"\n",
        "[[waiver]]\nrule = \"doc-link-broken\"\npath = \"docs/**\"\nreason = \"y\"\nuntil = 2027-01-31\n",
        "[[waiver]]\nrule = \"version-untagged\"\nreason = \"x\"\nuntil = 2026-12-31\n",
        "[[waiver]]\nrule = \"version-untagged\"\nreason = \"x\"\nuntil = 2027-12-31\n",
    ];

    /// What is accepted: the rule, a path, a day.
    fn accepts(policy: &Policy) -> BTreeSet<(String, &'static str, i16)> {
        let mut accepts = BTreeSet::new();
        for waiver in &policy.waivers {
            for path in ["docs/a.md", "README.md"] {
                for year in [2026, 2027, 2028] {
                    let until = waiver.until.as_ref().is_none_or(|until| until.value.year() >= year);
                    let here = waiver.path.is_none() || path.starts_with("docs/");
                    if until && here {
                        accepts.insert((waiver.rule.value.clone(), path, year));
                    }
                }
            }
        }
        accepts
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

        #[test]
        fn no_edit_of_the_policy_asks_for_less_unseen(before in chosen(), after in chosen()) {
            unseen(&written(&before), &written(&after))?;
        }

        // One at a time, so that what is seen of one thing excuses no other.
        #[test]
        fn no_edit_of_one_thing_asks_for_less_unseen(
            before in chosen(),
            group in 0..groups().len(),
            other in proptest::option::of(0usize..4),
        ) {
            let mut after = before.clone();
            after[group] = other.filter(|at| *at < groups()[group].len());
            unseen(&written(&before), &written(&after))?;
        }

        #[test]
        fn no_edit_of_the_signers_lets_more_sign_unseen(before in lines(), after in lines()) {
            let (head, base) = (nothing(), nothing());
            let mut sink = Sink::new(&head, &base, ("", ""));
            let came = signers::compare("signers", &before, &after, &mut sink);
            let more: Vec<_> = may(&after).difference(&may(&before)).copied().collect();
            let seen = !sink.found.is_empty() || came == signers::Came::First;
            prop_assert!(more.is_empty() || seen, "{more:?}\n{before}\n---\n{after}");
            if before == after {
                prop_assert_eq!(came, signers::Came::Same);
            }
        }

        #[test]
        fn no_edit_of_the_waivers_accepts_more_unseen(
            before in proptest::sample::subsequence(WAIVERS, 0..WAIVERS.len()),
            after in proptest::sample::subsequence(WAIVERS, 0..WAIVERS.len()),
        ) {
            let (then, now) = (read(&before.concat()), read(&after.concat()));
            let (head, base) = (nothing(), nothing());
            let mut sink = Sink::new(&head, &base, ("governed.toml", "governed.toml"));
            waivers::compare((&base, &then), (&head, &now), &mut sink);
            let more: Vec<_> = accepts(&now).difference(&accepts(&then)).cloned().collect();
            prop_assert!(more.is_empty() || !sink.found.is_empty(), "{more:?}\n{before:?}\n---\n{after:?}");
        }
    }

    /// Whether all that is not asked for any more is told.
    fn unseen(before: &str, after: &str) -> Result<(), TestCaseError> {
        let (then, now) = (read(before), read(after));
        let (head, base) = (nothing(), nothing());
        let mut sink = Sink::new(&head, &base, ("governed.toml", "governed.toml"));
        policy::compare(&then, &now, &known(), &mut sink);
        // The base lets somebody sign.
        gates::moved(&then, &now, &mut sink);
        let (asked, asks) = (asks(&then), asks(&now));
        // Where the policy does not say, a rule has a level of its own.
        let lost: Vec<&String> = asked.difference(&asks).filter(|ask| !is_default(ask, &now)).collect();
        prop_assert!(lost.is_empty() || !sink.found.is_empty(), "{lost:?}\n{before}\n---\n{after}");
        if before == after {
            prop_assert!(sink.found.is_empty(), "{:?}", sink.found);
        }
        Ok(())
    }

    /// Whether what the old policy asked for is asked for by the rule itself now.
    fn is_default(ask: &str, now: &Policy) -> bool {
        rules::all().any(|rule| {
            let level = match rule.level {
                rules::level::Level::Note => RuleLevel::Note,
                rules::level::Level::Warn => RuleLevel::Warn,
                rules::level::Level::Deny => RuleLevel::Deny,
            };
            let least = [RuleLevel::Note, RuleLevel::Warn, RuleLevel::Deny]
                .into_iter()
                .find(|least| ask == format!("{} at least {least:?}", rule.name));
            least.is_some_and(|least| now.levels.of(rule.name, rule.group).is_none() && level >= least)
        })
    }
}
