//! Takes secrets out of what a step writes, before anything keeps or shows it, however the bytes are cut into pieces.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::sync::Arc;

use aho_corasick::AhoCorasick;

use crate::steps::environment::looks_secret;

/// The fewest bytes of a secret: shorter values stand in too many innocent words.
const SHORTEST: usize = 6;
/// The fewest bytes of a line of a secret with several lines, which may be printed line by line.
const SHORTEST_LINE: usize = 16;
/// The most bytes of a file that are searched at once.
const PIECE: usize = 1 << 20;
/// How often the mask is written for a secret.
const MASK: usize = 3;

/// The values that nothing may keep or show.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    found: Option<Arc<Found>>,
}

#[derive(Debug)]
struct Found {
    values: Vec<Vec<u8>>,
    search: AhoCorasick,
    /// A byte that is in no secret, so that a mask can't complete one; none where they use all.
    mask: Option<u8>,
}

impl Secrets {
    /// The secrets among variables: values of those whose names say so, of those that a policy names, and the user
    /// information of URLs in proxies.
    pub fn of(ambient: &[(OsString, OsString)], named: &BTreeSet<String>) -> Self {
        let mut values = Vec::new();
        for (name, value) in ambient {
            let name = name.to_string_lossy();
            let value = value.as_encoded_bytes();
            if looks_secret(&name) || named.contains(name.as_ref()) {
                values.push(value.to_vec());
            } else if name.to_ascii_lowercase().ends_with("_proxy") {
                values.extend(user_information(value));
            }
        }
        Self::new(values)
    }

    /// These values, and the lines of those that have several.
    pub fn new(values: Vec<Vec<u8>>) -> Self {
        let mut all: BTreeSet<Vec<u8>> = BTreeSet::new();
        for value in values {
            let value = value.trim_ascii();
            all.extend(
                value
                    .split(|&byte| byte == b'\n')
                    .map(<[u8]>::trim_ascii)
                    .filter(|line| line.len() >= SHORTEST_LINE && line.len() < value.len())
                    .map(<[u8]>::to_vec),
            );
            if value.len() >= SHORTEST {
                all.insert(value.to_vec());
            }
        }
        let values: Vec<Vec<u8>> = all.into_iter().collect();
        let mut candidates = b"*#~_.".iter().copied().chain(0x21..0x7f).chain(1..=0xff);
        let mask = candidates.find(|byte| !values.iter().any(|value| value.contains(byte)));
        let search = if values.is_empty() { None } else { AhoCorasick::new(&values).ok() };
        Self { found: search.map(|search| Arc::new(Found { values, search, mask })) }
    }

    /// How many values are known.
    pub fn count(&self) -> usize {
        self.found.as_ref().map_or(0, |found| found.values.len())
    }
}

/// The bytes of a whole file with the secrets masked.
pub fn scrubbed(secrets: &Secrets, bytes: Vec<u8>) -> Vec<u8> {
    if secrets.found.is_none() {
        return bytes;
    }
    let mut scrubber = Scrubber::new(secrets);
    let mut clean = Vec::with_capacity(bytes.len());
    for piece in bytes.chunks(PIECE) {
        clean.extend(scrubber.push(piece.to_vec()));
    }
    clean.extend(scrubber.finish());
    clean
}

/// What stands between the scheme and the host of a URL: `user:password`, and the password alone.
fn user_information(url: &[u8]) -> Vec<Vec<u8>> {
    let start = url.windows(3).position(|window| window == b"://").map_or(0, |at| at + 3);
    let authority = url[start..].split(|byte| matches!(byte, b'/' | b'?' | b'#')).next().unwrap_or_default();
    let Some(at) = authority.iter().rposition(|&byte| byte == b'@') else { return Vec::new() };
    let whole = authority[..at].to_vec();
    let password = whole.iter().position(|&byte| byte == b':').map(|colon| whole[colon + 1..].to_vec());
    [Some(whole), password].into_iter().flatten().collect()
}

/// Scrubs one stream. What comes out depends on the bytes alone, not on how they were cut.
#[derive(Debug)]
pub struct Scrubber {
    secrets: Secrets,
    /// What was not given out yet, because a secret may have begun in it.
    held: Vec<u8>,
    /// How many bytes of `held` belong to a secret that began before them.
    covered: usize,
    /// Whether the last byte that was given out is a mask.
    is_masking: bool,
}

impl Scrubber {
    /// A scrubber at the beginning of a stream.
    pub fn new(secrets: &Secrets) -> Self {
        Self { secrets: secrets.clone(), held: Vec::new(), covered: 0, is_masking: false }
    }

    /// Takes the next bytes, and gives what is known to be clean.
    pub fn push(&mut self, bytes: Vec<u8>) -> Vec<u8> {
        let Some(found) = self.secrets.found.clone() else { return bytes };
        self.held.extend_from_slice(&bytes);
        let cut = found.first_open(&self.held);
        self.give(&found, cut)
    }

    /// Gives what was held back at the end of the stream.
    pub fn finish(&mut self) -> Vec<u8> {
        let Some(found) = self.secrets.found.clone() else { return Vec::new() };
        self.give(&found, self.held.len())
    }

    /// Gives the first `cut` bytes with the secrets masked: no secret that covers one of them is still open.
    fn give(&mut self, found: &Found, cut: usize) -> Vec<u8> {
        let mut clean = Vec::with_capacity(cut);
        let mut done = 0;
        let mut covered = self.covered;
        for secret in found.covers(&self.held) {
            if secret.start >= cut {
                break;
            }
            // Bytes up to `covered` are a secret's, then come clean ones up to the next secret.
            self.mask_up_to(found, covered.min(cut), &mut done, &mut clean);
            self.pass_up_to(secret.start, &mut done, &mut clean);
            covered = covered.max(secret.end);
        }
        self.mask_up_to(found, covered.min(cut), &mut done, &mut clean);
        self.pass_up_to(cut, &mut done, &mut clean);
        self.held.drain(..cut);
        self.covered = covered.saturating_sub(cut);
        clean
    }

    fn mask_up_to(&mut self, found: &Found, end: usize, done: &mut usize, clean: &mut Vec<u8>) {
        if end > *done {
            *done = end;
            if !self.is_masking {
                clean.extend(found.mask.iter().flat_map(|&mask| [mask; MASK]));
            }
            self.is_masking = true;
        }
    }

    fn pass_up_to(&mut self, end: usize, done: &mut usize, clean: &mut Vec<u8>) {
        if end > *done {
            clean.extend_from_slice(&self.held[*done..end]);
            *done = end;
            self.is_masking = false;
        }
    }
}

impl Found {
    /// The occurrences of secrets, by their beginnings; of those with one beginning the longest comes last.
    fn covers(&self, bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
        let mut found: Vec<_> = self.search.find_overlapping_iter(bytes).map(|found| found.range()).collect();
        found.sort_by_key(|range| (range.start, range.end));
        found
    }

    /// Where the first secret may begin that has not ended yet; the length of the bytes where none may.
    fn first_open(&self, bytes: &[u8]) -> usize {
        let longest = self.values.iter().map(|value| open_length(value, bytes)).max();
        bytes.len() - longest.unwrap_or_default()
    }
}

/// The length of the longest beginning of `value`, shorter than the whole, that `bytes` end with.
fn open_length(value: &[u8], bytes: &[u8]) -> usize {
    let most = (value.len() - 1).min(bytes.len());
    (1..=most).rev().find(|&length| bytes.ends_with(&value[..length])).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scrubbed(secrets: &Secrets, pieces: &[&[u8]]) -> Vec<u8> {
        let mut scrubber = Scrubber::new(secrets);
        let mut clean: Vec<u8> = pieces.iter().flat_map(|piece| scrubber.push(piece.to_vec())).collect();
        clean.extend(scrubber.finish());
        clean
    }

    fn secrets(values: &[&str]) -> Secrets {
        Secrets::new(values.iter().map(|value| value.as_bytes().to_vec()).collect())
    }

    #[test]
    fn a_secret_is_masked_across_pieces() {
        let secrets = secrets(&["hunter2hunter", "abcdef"]);
        assert_eq!(scrubbed(&secrets, &[b"a hunter2", b"hunter b"]), b"a *** b");
        assert_eq!(scrubbed(&secrets, &[b"hunter2hunte"]), b"hunter2hunte");
        assert_eq!(scrubbed(&secrets, &[b"abcde", b"", b"f", b"abcdef\n"]), b"***\n");
        assert_eq!(scrubbed(&secrets, &[b"\xff\0abcdeg"]), b"\xff\0abcdeg");
    }

    #[test]
    fn a_mask_completes_no_secret() {
        assert_eq!(scrubbed(&secrets(&["******", "secret"]), &[b"***secret***"]), b"***###***");
    }

    #[test]
    fn short_values_are_no_secrets_and_lines_of_long_ones_are() {
        assert_eq!(secrets(&["abc", "  ", ""]).count(), 0);
        let key = secrets(&["-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n-----END KEY-----\n"]);
        assert_eq!(scrubbed(&key, &[b"> MIIEvQIBADANBgkqhkiG9w0\n"]), b"> ***\n");
    }

    #[test]
    fn secrets_come_from_names_policies_and_proxies() {
        let ambient: Vec<(OsString, OsString)> = [
            ("GITHUB_TOKEN", "ghp_0123456789"),
            ("DATABASE_URL", "postgres://u:p@host/db"),
            ("https_proxy", "http://someone:letmein@proxy:8080"),
            ("PATH", "/usr/bin"),
        ]
        .map(|(name, value)| (name.into(), value.into()))
        .to_vec();
        let secrets = Secrets::of(&ambient, &BTreeSet::from(["DATABASE_URL".to_owned()]));
        let text = b"ghp_0123456789 postgres://u:p@host/db letmein someone:letmein /usr/bin";
        assert_eq!(scrubbed(&secrets, &[text]), b"*** *** *** *** /usr/bin");
    }
}
