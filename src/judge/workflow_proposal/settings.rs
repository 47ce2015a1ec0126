//! What no file can make: the settings that a person makes at the forge, at the registry, and with a key.

use std::fmt::Write as _;

use crate::judge::workflow_proposal::ground::Ground;
use crate::judge::workflow_proposal::texts;
use crate::judge::workflow_proposal::texts::Part;

/// The settings of some parts, a line each.
pub fn told(ground: &Ground, parts: &[Part]) -> String {
    let branch = &ground.branch;
    let mut text = "what a person must set at GitHub, because no file can:\n".to_owned();
    let checks: Vec<&str> = [(Part::Check, "`governed`"), (Part::Gate, "`gate`")]
        .iter()
        .filter_map(|(part, name)| parts.contains(part).then_some(*name))
        .collect();
    match checks.as_slice() {
        [] => {}
        [one] => {
            let _ = writeln!(text, "* Settings, Rules, Rulesets: for {branch}, require the status check {one}");
        }
        all => {
            let all = all.join(" and ");
            let _ = writeln!(text, "* Settings, Rules, Rulesets: for {branch}, require the status checks {all}");
        }
    }
    text.push_str(
        "* there too: require a pull request, and block force pushes; a merge queue, if you want one, runs the same workflows\n\
         * Settings, Actions, General: allow the Actions that the workflows name; workflow permissions: read\n",
    );
    if parts.contains(&Part::Release) && ground.releases {
        release(ground, &mut text);
    } else if parts.contains(&Part::Release) {
        let _ = writeln!(text, "no workflow of a release was proposed: {}", ground.unreleased);
    }
    text
}

fn release(ground: &Ground, text: &mut String) {
    let branch = &ground.branch;
    let _ = writeln!(
        text,
        "* there too: allow GitHub Actions to create and approve pull requests (for the release pull request; it approves none)\n\
         * Settings, Environments: make `release`, with the people who must approve, for the branch {branch} alone\n\
         * a key for proofs: ssh-keygen -t ed25519 -N '' -f governed-key; the private half becomes the secret \
         GOVERNED_SIGNING_KEY of that environment, and {branch} gets the line of its public half in .github/allowed_signers: \
         NAME@EXAMPLE.ORG ssh-ed25519 AAAA..."
    );
    if ground.crates_io {
        text.push_str(
            "* crates.io, each crate, Settings, Trusted Publishing: this repository, workflow release.yml, environment \
             release; the first version of a crate is published by hand\n",
        );
    }
    for registry in &ground.registries {
        let name = texts::secret(registry);
        let _ = writeln!(text, "* the token of the registry {registry}: the secret {name} of the environment release");
    }
    if ground.programs.is_some() {
        text.push_str(
            "* attestations are for public repositories and GitHub Enterprise Cloud: elsewhere leave the step with \
             actions/attest out of release.yml, and its two permissions\n",
        );
    }
    text.push_str(
        "* a release on GitHub is made where governed.toml asks for it: under [release], witnesses = [\"manifest\", \
         \"changelog\", \"tag\", \"registry\", \"forge\"]\n\
         * Settings, Rules, Rulesets, tags: let only the workflow make tags; Settings, General: immutable releases, if you want them\n",
    );
    if !ground.several.is_empty() {
        let names = ground.several.join(", ");
        let _ = writeln!(
            text,
            "no job for binaries was proposed, because several packages have programs ({names}): build what each release \
             carries, and name its folder in the input assets"
        );
    }
}
