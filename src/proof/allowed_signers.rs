//! Who may sign what: the `allowed_signers` file of OpenSSH (ssh-keygen(1), ALLOWED SIGNERS).
//!
//! Never more lenient than `ssh-keygen -Y verify`: a line that can't be read is an error, a time without `Z` (which OpenSSH
//! reads in the zone of the machine) must hold in every zone, and certificate authorities vouch for nobody here.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use ssh_key::HashAlg;
use ssh_key::PublicKey;
use ssh_key::public::KeyData;

use crate::proof::malformed::Malformed;
use crate::proof::names::Role;

/// The most bytes of a file.
pub const MOST_BYTES: usize = 1 << 20;
/// The zones that are furthest ahead and behind, in seconds.
const AHEAD: i64 = 14 * 3600;
const BEHIND: i64 = 12 * 3600;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The number of its line, from 1.
    pub line: usize,
    /// Who it is: the list of principals as it is written.
    pub principals: String,
    key: KeyData,
    namespaces: Option<Vec<String>>,
    after: Option<i64>,
    before: Option<i64>,
}

/// A line that lets nobody sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// The number of the line, from 1.
    pub line: usize,
    /// Why.
    pub why: String,
}

/// A file that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedSigners {
    /// The signers in the order of their lines.
    pub signers: Vec<Signer>,
    /// What stands in the file and lets nobody sign.
    pub ignored: Vec<Ignored>,
}

/// Why a key may not sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// The file does not name it.
    Unknown,
    /// It is named, but not for this.
    OtherRole,
    /// It is named for this, but not at this time.
    OutOfTime,
}

impl AllowedSigners {
    /// Reads a file.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() > MOST_BYTES {
            return Err(Malformed::new(format!("it has more than {MOST_BYTES} bytes")));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Malformed::new("it is no text"))?;
        let mut read = Self::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_matches([' ', '\t', '\r']);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let number = index + 1;
            match signer(number, line).map_err(|why| why.within(format_args!("line {number}")))? {
                Ok(signer) => read.signers.push(signer),
                Err(why) => read.ignored.push(Ignored { line: number, why }),
            }
        }
        Ok(read)
    }

    /// The line that lets a key sign in a role at a time, in seconds since 1970.
    pub fn find(&self, key: &KeyData, role: Role, now: i64) -> Result<&Signer, No> {
        let mut no = No::Unknown;
        for signer in self.signers.iter().filter(|signer| signer.key == *key) {
            if !signer.may(role) {
                no = if no == No::Unknown { No::OtherRole } else { no };
            } else if !signer.is_valid_at(now) {
                no = No::OutOfTime;
            } else {
                return Ok(signer);
            }
        }
        Err(no)
    }

    /// The key of a fingerprint: `SHA256:` and base64.
    pub fn key_of(&self, fingerprint: &str) -> Option<&KeyData> {
        let keys = self.signers.iter().map(|signer| &signer.key);
        keys.into_iter().find(|key| key.fingerprint(HashAlg::Sha256).to_string() == fingerprint)
    }
}

impl Signer {
    fn may(&self, role: Role) -> bool {
        self.namespaces.as_ref().is_none_or(|patterns| matches_list(patterns, role.namespace()))
    }

    fn is_valid_at(&self, now: i64) -> bool {
        self.after.is_none_or(|after| now >= after) && self.before.is_none_or(|before| now <= before)
    }
}

/// Reads a line: principals, options, key. What lets nobody sign says why.
fn signer(number: usize, line: &str) -> Result<Result<Signer, String>, Malformed> {
    let (principals, rest) = word(line)?;
    let principals = principals.trim_matches('"').to_owned();
    if principals.is_empty() {
        return Err(Malformed::new("the principals are missing"));
    }
    let (options, key) = if is_key(rest) {
        (Vec::new(), rest)
    } else {
        let (options, key) = word(rest)?;
        (split_options(options)?, key)
    };
    if !is_key(key) {
        return Err(Malformed::new("there is no public key in it"));
    }
    let mut read = Signer {
        line: number,
        principals,
        key: match PublicKey::from_openssh(key) {
            Ok(key) => key.key_data().clone(),
            Err(error) => return Err(Malformed::new(format!("the public key can't be read: {error}"))),
        },
        namespaces: None,
        after: None,
        before: None,
    };
    let mut authority = false;
    for (name, value) in options {
        let value = || value.as_deref().ok_or_else(|| Malformed::new(format!("the option {name} has no value")));
        let twice = || Malformed::new(format!("the option {name} stands twice"));
        match name.to_ascii_lowercase().as_str() {
            "cert-authority" => authority = true,
            "namespaces" => {
                let patterns = value()?.split(',').map(str::to_owned).collect();
                read.namespaces.replace(patterns).map_or(Ok(()), |_| Err(twice()))?;
            }
            "valid-after" => read.after.replace(time(value()?, BEHIND)?).map_or(Ok(()), |_| Err(twice()))?,
            "valid-before" => read.before.replace(time(value()?, -AHEAD)?).map_or(Ok(()), |_| Err(twice()))?,
            _ => return Err(Malformed::new(format!("the option {name} is unknown"))),
        }
    }
    if authority {
        return Ok(Err("a certificate authority: certificates are not accepted, name the keys".to_owned()));
    }
    Ok(match &read.key {
        KeyData::Ed25519(_) | KeyData::SkEd25519(_) | KeyData::Ecdsa(_) | KeyData::SkEcdsaSha2NistP256(_) => Ok(read),
        other => Err(format!("a key of the kind {}: only Ed25519 and ECDSA are accepted", other.algorithm())),
    })
}

/// The first word of a line and the rest; double quotes hold white space together.
fn word(line: &str) -> Result<(&str, &str), Malformed> {
    let mut quoted = false;
    let mut escaped = false;
    for (at, letter) in line.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ' ' | '\t' if !quoted => return Ok((&line[..at], line[at..].trim_start_matches([' ', '\t']))),
            _ => {}
        }
    }
    if quoted { Err(Malformed::new("a quote has no end")) } else { Ok((line, "")) }
}

fn is_key(text: &str) -> bool {
    let kind = text.split([' ', '\t']).next().unwrap_or_default();
    ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"].iter().any(|beginning| kind.starts_with(beginning))
}

/// The options: `name` or `name="value"`, with commas between them.
fn split_options(text: &str) -> Result<Vec<(String, Option<String>)>, Malformed> {
    let mut options = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find([',', '=']).unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        if name.is_empty() {
            return Err(Malformed::new("an option has no name"));
        }
        rest = &rest[end..];
        let mut value = None;
        if let Some(quoted) = rest.strip_prefix('=') {
            let quoted = quoted.strip_prefix('"').ok_or_else(|| Malformed::new("a value stands without quotes"))?;
            let end = quoted.find('"').ok_or_else(|| Malformed::new("a quote has no end"))?;
            if quoted[..end].contains('\\') {
                return Err(Malformed::new("a value holds a backslash"));
            }
            value = Some(quoted[..end].to_owned());
            rest = &quoted[end + 1..];
        }
        options.push((name, value));
        match rest.strip_prefix(',') {
            Some(more) => rest = more,
            None if rest.is_empty() => return Ok(options),
            None => return Err(Malformed::new("options stand without a comma between them")),
        }
    }
}

/// A time as OpenSSH writes it: `YYYYMMDD` or `YYYYMMDDHHMM[SS]`, with `Z` in UTC. Without, it is moved by so many
/// seconds, so that it holds in every zone.
fn time(text: &str, without_zone: i64) -> Result<i64, Malformed> {
    let wrong = || Malformed::new(format!("{text:?} is no time: YYYYMMDD[HHMM[SS]] is expected, and Z for UTC"));
    let (digits, moved) = text.strip_suffix('Z').map_or((text, without_zone), |digits| (digits, 0));
    if !matches!(digits.len(), 8 | 12 | 14) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let part = |from: usize, to: usize| digits.get(from..to).map_or(Ok(0), str::parse::<i8>).map_err(|_| wrong());
    let year: i16 = digits[..4].parse().map_err(|_| wrong())?;
    let time = DateTime::new(year, part(4, 6)?, part(6, 8)?, part(8, 10)?, part(10, 12)?, part(12, 14)?, 0);
    let time: Result<Timestamp, _> = time.and_then(|time| Offset::UTC.to_timestamp(time));
    time.map(|time| time.as_second() + moved).map_err(|_| wrong())
}

/// Whether a list of patterns matches: one does, and no negated one does.
fn matches_list(patterns: &[String], text: &str) -> bool {
    let is_negated = |pattern: &&String| pattern.strip_prefix('!').is_some_and(|pattern| matches(pattern, text));
    !patterns.iter().any(|pattern| is_negated(&pattern)) && patterns.iter().any(|pattern| matches(pattern, text))
}

/// Whether a pattern with `*` and `?` matches: each step moves on, so the time is bounded by the product of the lengths.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut from, mut star) = (0, 0, None);
    while from < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at + 1, from));
                at += 1;
            }
            Some(&letter) if letter == b'?' || letter == text[from] => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((behind, again)) = star else { return false };
                (at, from) = (behind, again + 1);
                star = Some((behind, again + 1));
            }
        }
    }
    pattern[at..].iter().all(|&letter| letter == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKNh9V9RCsDYuxfLh9Tu/OislkklGoxiVm5rMstcaJi+ me";
    const RSA: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAEQCEyU9JkVyP5oEg1RQv9QWB";

    fn read(text: &str) -> AllowedSigners {
        AllowedSigners::parse(text.as_bytes()).unwrap_or_else(|why| panic!("{text}: {why}"))
    }

    fn ask(options: &str, role: Role, now: i64) -> Result<(), No> {
        let signers = read(&format!("me@example.com {options} {KEY}\n"));
        let key = PublicKey::from_openssh(KEY).unwrap().key_data().clone();
        signers.find(&key, role, now).map(drop)
    }

    #[test]
    fn lines_are_read_as_openssh_writes_them() {
        let text = format!(
            "# a comment\n\n  me@example.com,*@example.org {KEY}\n\"a b\" NAMESPACES=\"git,proof@*\",valid-after=\"20260101Z\" {KEY}\n"
        );
        let signers = read(&text);
        let lines: Vec<(usize, &str)> =
            signers.signers.iter().map(|signer| (signer.line, signer.principals.as_str())).collect();
        assert_eq!(lines, [(3, "me@example.com,*@example.org"), (4, "a b")]);
        assert!(signers.key_of(&signers.signers[0].key.fingerprint(HashAlg::Sha256).to_string()).is_some());
        assert_eq!(signers.key_of("SHA256:x"), None);
    }

    #[test]
    fn a_namespace_is_a_role() {
        assert_eq!(ask("", Role::Proof, 0), Ok(()), "as OpenSSH has it: without the option, all of them");
        let proof = "namespaces=\"proof@cargo-governed.github.io\"";
        assert_eq!((ask(proof, Role::Proof, 0), ask(proof, Role::Policy, 0)), (Ok(()), Err(No::OtherRole)));
        assert_eq!(ask("namespaces=\"*@cargo-governed.github.io,!policy@*\"", Role::Policy, 0), Err(No::OtherRole));
        assert_eq!(ask("namespaces=\"*@cargo-governed.github.io,!policy@*\"", Role::Waivers, 0), Ok(()));
        assert_eq!(ask("namespaces=\"\"", Role::Proof, 0), Err(No::OtherRole));
        assert_eq!(ask("namespaces=\"proof\"", Role::Proof, 0), Err(No::OtherRole));
    }

    #[test]
    fn times_are_borders_and_hold_in_every_zone() {
        let midnight = 1_767_225_600; // 2026-01-01T00:00:00Z
        assert_eq!(ask("valid-after=\"20260101Z\"", Role::Proof, midnight), Ok(()));
        assert_eq!(ask("valid-after=\"20260101Z\"", Role::Proof, midnight - 1), Err(No::OutOfTime));
        assert_eq!(ask("valid-before=\"202601010000Z\"", Role::Proof, midnight), Ok(()));
        assert_eq!(ask("valid-before=\"20260101000000Z\"", Role::Proof, midnight + 1), Err(No::OutOfTime));
        assert_eq!(ask("valid-after=\"20260101\"", Role::Proof, midnight + BEHIND - 1), Err(No::OutOfTime));
        assert_eq!(ask("valid-after=\"20260101\"", Role::Proof, midnight + BEHIND), Ok(()));
        assert_eq!(ask("valid-before=\"20260101\"", Role::Proof, midnight - AHEAD + 1), Err(No::OutOfTime));
        assert_eq!(ask("valid-before=\"20260101\"", Role::Proof, midnight - AHEAD), Ok(()));
    }

    #[test]
    fn who_may_not_sign_is_named_with_why() {
        let signers = read(&format!("*@example.com cert-authority {KEY}\nold@example.com {RSA}\n"));
        assert!(signers.signers.is_empty());
        assert!(signers.ignored[0].why.contains("authority") && signers.ignored[1].why.contains("ssh-rsa"));
        let key = PublicKey::from_openssh(KEY).unwrap().key_data().clone();
        assert_eq!(signers.find(&key, Role::Proof, 0), Err(No::Unknown));
    }

    #[test]
    fn a_line_that_can_not_be_read_is_an_error() {
        for line in [
            "me",
            "me nonsense",
            "me ssh-ed25519",
            "me ssh-ed25519 AAAA",
            &format!("me wildcard {KEY}"),
            &format!("me namespaces=git {KEY}"),
            &format!("me namespaces=\"git {KEY}"),
            &format!("me namespaces {KEY}"),
            &format!("me namespaces=\"a\"namespaces=\"b\" {KEY}"),
            &format!("me namespaces=\"a\",namespaces=\"b\" {KEY}"),
            &format!("me valid-after=\"2026\" {KEY}"),
            &format!("me valid-after=\"20261301Z\" {KEY}"),
            &format!("me valid-before=\"20260101T00Z\" {KEY}"),
            &format!("me namespaces=\"a\", {KEY}"),
            &format!("\"me {KEY}"),
            &format!("\"\" {KEY}"),
        ] {
            let why = AllowedSigners::parse(line.as_bytes()).expect_err(line);
            assert!(why.message.starts_with("line 1: "), "{why}");
        }
        assert!(AllowedSigners::parse(b"\xff").is_err());
        assert!(AllowedSigners::parse(&vec![b'#'; MOST_BYTES + 1]).is_err());
        assert_eq!(read(""), AllowedSigners::default());
    }

    #[test]
    fn patterns_match_as_in_openssh() {
        for (pattern, text, does) in [
            ("*", "", true),
            ("a*c", "abc", true),
            ("a*c", "abd", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("**a", "ba", true),
            ("", "a", false),
            ("a", "", false),
            ("*a*b", "xaxaxb", true),
        ] {
            assert_eq!(matches(pattern, text), does, "{pattern} {text}");
        }
    }
}
