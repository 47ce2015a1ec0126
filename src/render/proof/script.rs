//! The lines that verify a proof without this tool: git, sha256sum, jq and ssh-keygen, nothing else.

use crate::proof::bundle::Bundle;
use crate::proof::names;
use crate::proof::names::Role;

/// What stands in front, whatever the proof says.
const HEAD: &str = "\
#!/bin/sh
# Run it at the root of a clone that has the commit. It ends with 0 where the proof verifies.
set -eu
at=$(mktemp -d)
trap 'rm -rf \"$at\"' EXIT
say() { jq -er \"$1\" \"$at/root\"; }
# The root is the first line; every other line is what the root names, in this order.
head -n 1 \"$proof\" | jq -r .payload | base64 -d > \"$at/root\"
test \"$(jq -cS . \"$at/root\")\" = \"$(cat \"$at/root\")\"
tail -n +2 \"$proof\" | while read -r line; do
  printf '%s' \"$line\" | jq -r .payload | base64 -d > \"$at/line\"
  test \"$(jq -c .subject \"$at/line\")\" = \"$(jq -c .subject \"$at/root\")\"
  sha256sum < \"$at/line\" | cut -d ' ' -f 1
done > \"$at/lines\"
say '.predicate.inputAttestations[].digest.sha256' | cmp - \"$at/lines\"
# The verdict.
test \"$(say .predicateType)\" = https://slsa.dev/verification_summary/v1
test \"$(say .predicate.verificationResult)\" = PASSED
# The files: none more, none less, none changed.
git -c core.fsmonitor=false ls-files -s -z | tr '\\0' '\\n' | grep '^100' | cut -f 2 | LC_ALL=C sort > \"$at/names\"
test -z \"$(git -c core.fsmonitor=false status --porcelain -uall)\"
xargs -d '\\n' sha256sum -- < \"$at/names\" > \"$at/listing\"
test \"$(sha256sum < \"$at/listing\" | cut -d ' ' -f 1)\" = \"$(say '.subject[] | select(.name == \"tree.sha256\").digest.sha256')\"
";

const COMMIT: &str = "\
test \"$(git rev-parse 'HEAD^{tree}')\" = \"$(say '.subject[] | select(.name == \"tree\").digest.gitTree')\"
test \"$(git rev-parse HEAD)\" = \"$(say '.subject[] | select(.name == \"commit\").digest.gitCommit')\"
";

const SIGNATURE: &str = "\
# The signature, by who may sign in the base.
git show \"$base:$signers\" > \"$at/signers\"
head -n 1 \"$proof\" | jq -r '.signatures[0].sig' | base64 -d > \"$at/signature\"
printf 'DSSEv1 28 application/vnd.in-toto+json %s ' \"$(wc -c < \"$at/root\" | tr -d ' ')\" | cat - \"$at/root\" > \"$at/signed\"
who=$(ssh-keygen -Y find-principals -f \"$at/signers\" -s \"$at/signature\" | head -n 1)
ssh-keygen -Y verify -f \"$at/signers\" -I \"$who\" -n \"$namespace\" -s \"$at/signature\" < \"$at/signed\"
";

/// The lines for one proof. What they can't tell: whether the rules still say the same, and what only the run saw.
pub fn lines(bundle: &Bundle, proof: &str, signers: &str) -> String {
    let set = |name: &str, value: &str| format!("{name}={}\n", quoted(value));
    let mut text = HEAD.replacen("set -eu\n", &format!("set -eu\n{}", set("proof", proof)), 1);
    if bundle.subject().commit.is_some() {
        text.push_str(COMMIT);
    }
    let base = bundle.root.predicate().governed.base.as_ref();
    if let Some(base) = base {
        text.push_str(&set("base", base.as_str()));
        if let Some(path) = bundle.root.predicate().policy.uri.as_deref().and_then(policy_path) {
            text.push_str("# The policy is that of the base.\n");
            text.push_str(&set("policy", path));
            text.push_str("test \"$(git show \"$base:$policy\" | sha256sum | cut -d ' ' -f 1)\" = \"$(say .predicate.policy.digest.sha256)\"\n");
        }
    }
    match (base, bundle.root.envelope.signatures.is_empty()) {
        (Some(_), false) => {
            text.push_str(&set("signers", signers));
            text.push_str(&set("namespace", Role::Proof.namespace()));
            text.push_str(SIGNATURE);
        }
        (None, false) => text.push_str("# It is signed, and names no base whose signers count.\n"),
        (_, true) => text.push_str("# It is unsigned: nothing here vouches for what only the run saw.\n"),
    }
    text
}

/// The path of the policy in the base; none for the built-in defaults.
fn policy_path(uri: &str) -> Option<&str> {
    if uri == names::DEFAULT_POLICY { None } else { uri.rsplit_once('#').map(|(_, path)| path) }
}

/// A word of a shell, whatever it holds.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_proof_says_is_no_command() {
        assert_eq!(quoted("a'; rm -rf /; '"), "'a'\\''; rm -rf /; '\\'''");
        assert_eq!(policy_path("git+https://x/y@z#governed.toml"), Some("governed.toml"));
        assert_eq!(policy_path(names::DEFAULT_POLICY), None);
    }
}
