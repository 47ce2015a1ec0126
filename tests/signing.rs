//! Signatures of proofs: what ssh-keygen signs we accept, what it accepts we accept no more of, and nothing altered.
#![cfg(unix)]

mod support;

use cargo_governed::proof::allowed_signers::AllowedSigners;
use cargo_governed::proof::allowed_signers::No;
use cargo_governed::proof::bundle::Bundle;
use cargo_governed::proof::dsse;
use cargo_governed::proof::dsse::Signature;
use cargo_governed::proof::names::Role;
use cargo_governed::proof::signature;
use cargo_governed::proof::signature::Bad;
use cargo_governed::proof::signature::Good;
use support::keys::Keys;
use support::proof;

const NOW: i64 = 1_795_320_000; // 2026-11-22T04:00:00Z
const WHO: &str = "me@example.com";

fn check(signatures: &[Signature], role: Role, bytes: &[u8], signers: &str) -> Result<Vec<Good>, Bad> {
    let signers = AllowedSigners::parse(signers.as_bytes()).expect("a file of signers");
    signature::check(signatures, role, bytes, &signers, NOW)
}

fn signed(keys: &Keys, name: &str, role: Role, bytes: &[u8]) -> Signature {
    signature::from_armour(&keys.sign(name, role.namespace(), bytes), role, bytes).expect("a signature")
}

fn no(result: Result<Vec<Good>, Bad>) -> No {
    match result {
        Err(Bad::NotAllowed { no, .. }) => no,
        other => panic!("{other:?}"),
    }
}

#[test]
fn keys_of_each_kind_sign_and_ssh_keygen_agrees() {
    let keys = Keys::new();
    for kind in ["ed25519", "ecdsa"] {
        keys.make(kind, kind);
        let signers = format!("{WHO} namespaces=\"proof@*\" {}\n", keys.public(kind));
        let signature = signed(&keys, kind, Role::Proof, b"bytes");
        assert!(keys.accepts(&signers, WHO, Role::Proof.namespace(), &signature.bytes, b"bytes"), "{kind}");
        let good = check(&[signature], Role::Proof, b"bytes", &signers).expect(kind);
        assert_eq!((good[0].principals.as_str(), good[0].line, good[0].bare), (WHO, 1, false));
    }
}

#[test]
fn the_wrong_key_role_time_or_bytes_are_told_apart() {
    let keys = Keys::new();
    keys.make("one", "ed25519");
    keys.make("other", "ed25519");
    let (one, other) = (keys.public("one"), keys.public("other"));
    let signature = signed(&keys, "one", Role::Proof, b"bytes");
    let ask = |signers: &str| check(std::slice::from_ref(&signature), Role::Proof, b"bytes", signers);
    assert!(ask(&format!("{WHO} {one}")).is_ok());
    let cases = [
        (format!("{WHO} {other}"), No::Unknown),
        (String::new(), No::Unknown),
        (format!("{WHO} cert-authority {one}"), No::Unknown),
        (format!("{WHO} namespaces=\"git,policy@*\" {one}"), No::OtherRole),
        (format!("{WHO} valid-before=\"20261121Z\" {one}"), No::OutOfTime),
        (format!("{WHO} valid-after=\"20261123Z\" {one}"), No::OutOfTime),
    ];
    for (signers, expected) in cases {
        assert_eq!(no(ask(&signers)), expected, "{signers}");
        if expected != No::OutOfTime {
            let namespace = Role::Proof.namespace();
            assert!(!keys.accepts(&signers, WHO, namespace, &signature.bytes, b"bytes"), "ssh-keygen: {signers}");
        }
    }
    let signers = format!("{WHO} {one}");
    let wrong = |result: Result<Vec<Good>, Bad>| matches!(result, Err(Bad::Wrong(_)));
    assert!(wrong(check(std::slice::from_ref(&signature), Role::Proof, b"bytez", &signers)));
    assert!(wrong(check(std::slice::from_ref(&signature), Role::Policy, b"bytes", &signers)), "another role");
    let elsewhere = keys.sign("one", "git", b"bytes");
    assert!(signature::from_armour(&elsewhere, Role::Proof, b"bytes").is_err(), "another namespace");
}

#[test]
fn a_signature_has_one_text_and_one_key_id() {
    let keys = Keys::new();
    keys.make("one", "ed25519");
    let signers = format!("{WHO} {}", keys.public("one"));
    let signature = signed(&keys, "one", Role::Proof, b"bytes");
    let text = String::from_utf8(signature.bytes.clone()).expect("text");
    let others = [
        text.trim_end().to_owned(),
        text.replace('\n', "\r\n"),
        format!("\n{text}"),
        format!("{text}\n"),
        text.replacen('\n', "\n\n", 1),
    ];
    for other in others {
        let other = Signature { bytes: other.into_bytes(), ..signature.clone() };
        assert!(matches!(check(&[other], Role::Proof, b"bytes", &signers), Err(Bad::Malformed(_))));
    }
    for keyid in ["", "SHA256:x", "me"] {
        let other = Signature { keyid: keyid.to_owned(), ..signature.clone() };
        assert!(matches!(check(&[other], Role::Proof, b"bytes", &signers), Err(Bad::Malformed(_))), "{keyid}");
    }
    let twice = [signature.clone(), signature.clone()];
    assert!(matches!(check(&twice, Role::Proof, b"bytes", &signers), Err(Bad::Malformed(_))), "a key counts once");
    for at in 0..signature.bytes.len() {
        let mut bytes = signature.bytes.clone();
        bytes[at] ^= 1 << (at % 7);
        let other = Signature { bytes, ..signature.clone() };
        assert!(check(&[other], Role::Proof, b"bytes", &signers).is_err(), "byte {at}");
    }
}

#[test]
fn a_bare_signature_counts_only_beside_one_that_says_what_it_is_for() {
    let keys = Keys::new();
    let file = std::fs::read(keys.make("one", "ed25519")).expect("a key");
    let signers = format!("{WHO} {}", keys.public("one"));
    let ssh = signed(&keys, "one", Role::Proof, b"bytes");
    let bare = signature::bare(&file, b"bytes").expect("a bare signature");
    assert_eq!(bare.bytes.len(), 64);
    let good = check(&[ssh.clone(), bare.clone()], Role::Proof, b"bytes", &signers).expect("both");
    assert_eq!(good.iter().map(|one| one.bare).collect::<Vec<_>>(), [false, true]);
    assert!(matches!(check(std::slice::from_ref(&bare), Role::Proof, b"bytes", &signers), Err(Bad::Wrong(_))));
    let altered = Signature { bytes: bare.bytes.iter().map(|byte| byte ^ 1).collect(), ..bare.clone() };
    assert!(check(&[ssh.clone(), altered], Role::Proof, b"bytes", &signers).is_err(), "each must be good");
    assert_eq!(no(check(&[ssh, bare], Role::Proof, b"bytes", "")), No::Unknown);
    keys.make("ecdsa", "ecdsa");
    assert!(signature::bare(&std::fs::read(keys.path("ecdsa")).expect("a key"), b"bytes").is_err());
    assert!(signature::bare(b"nonsense", b"bytes").is_err());
}

#[test]
fn no_altered_byte_of_a_signed_proof_is_accepted() {
    let keys = Keys::new();
    let file = std::fs::read(keys.make("one", "ed25519")).expect("a key");
    let signers = format!("{WHO} {}", keys.public("one"));
    let mut bundle = proof::bundle(&["test"], 1);
    let pae = dsse::pae(&bundle.root.envelope.payload);
    bundle.root.envelope.signatures = vec![signed(&keys, "one", Role::Proof, &pae)];
    bundle.root.envelope.signatures.push(signature::bare(&file, &pae).expect("a bare signature"));
    let accepted = |bytes: &[u8]| {
        let Ok(bundle) = Bundle::parse(bytes) else { return false };
        let root = &bundle.root.envelope;
        check(&root.signatures, Role::Proof, &dsse::pae(&root.payload), &signers).is_ok_and(|good| !good.is_empty())
    };
    let bytes = bundle.bytes();
    assert!(accepted(&bytes));
    for at in 0..bytes.len() {
        for bit in [1 << (at % 8), 0x20] {
            let mut other = bytes.clone();
            other[at] ^= bit;
            assert!(!accepted(&other), "byte {at}");
        }
    }
}
