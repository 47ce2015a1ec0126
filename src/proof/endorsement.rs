//! Signatures over what is checked in: each is good for one change, from one base, so that an old one revives nothing.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::facts::digest::Digest;
use crate::proof::allowed_signers::AllowedSigners;
use crate::proof::allowed_signers::No;
use crate::proof::names::Role;
use crate::proof::signature;
use crate::proof::signature::Bad;

/// The most bytes of a signature in its armour.
pub const MOST_BYTES: usize = 1 << 14;

/// Files that are part of the authority: their bytes by path.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What a signature over the policy is about: every file of the authority that differs, then and now.
pub fn policy(before: &Files, after: &Files) -> String {
    let mut text = String::from("cargo-governed/policy/1\n");
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for path in paths {
        let (then, now) = (before.get(path), after.get(path));
        if then != now {
            let shown = |bytes: Option<&Vec<u8>>| {
                bytes.map_or_else(|| "absent".to_owned(), |bytes| Digest::of(bytes).to_string())
            };
            let _ = writeln!(text, "{} -> {} {}", shown(then), shown(now), one_line(path));
        }
    }
    text
}

/// What a signature over waivers is about: the list of the base by its digest, and the tree's in full.
pub fn waivers(before: &str, after: &str) -> String {
    format!("cargo-governed/waivers/1\nbase {}\n{after}", Digest::of(before.as_bytes()))
}

/// A path in which no line ends.
fn one_line(path: &str) -> String {
    path.escape_debug().to_string()
}

/// Checks a signature over a text; gives who it is by, as the file of signers says. It must hold at all of the times.
pub fn check(armour: &[u8], role: Role, text: &str, signers: &AllowedSigners, times: &[i64]) -> Result<String, String> {
    let made = signature::from_armour(armour, role, text.as_bytes())
        .map_err(|why| format!("{} (it is good for one change from one base alone)", why.message))?;
    let mut who = None;
    for &now in times {
        match signature::check(std::slice::from_ref(&made), role, text.as_bytes(), signers, now) {
            Ok(good) => who = good.first().map(|good| good.principals.clone()),
            Err(Bad::Malformed(why)) => return Err(why.message),
            Err(Bad::Wrong(why)) => return Err(why),
            Err(Bad::NotAllowed { fingerprint, no }) => {
                let why = match no {
                    No::Unknown => "is not named by the base",
                    No::OtherRole => "may not sign for this",
                    No::OutOfTime => "may not sign at this time",
                };
                return Err(format!("{fingerprint} {why}"));
            }
        }
    }
    who.ok_or_else(|| "nobody signed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(all: &[(&str, &str)]) -> Files {
        all.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn a_text_is_about_one_change_from_one_base() {
        let one = policy(&files(&[("a", "1"), ("b", "1")]), &files(&[("a", "2"), ("b", "1"), ("c", "1")]));
        let lines: Vec<&str> = one.lines().collect();
        assert_eq!(lines.len(), 3, "{one}");
        assert!(lines[1].ends_with(" a") && lines[2].starts_with("absent -> sha256:") && lines[2].ends_with(" c"));
        assert_ne!(one, policy(&files(&[("a", "0"), ("b", "1")]), &files(&[("a", "2"), ("b", "1"), ("c", "1")])));
        assert_ne!(waivers("a", "b"), waivers("", "b"));
    }
}
