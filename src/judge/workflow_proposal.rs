//! The workflow that `init --github` proposes: the Action on pull requests, the merge queue and the branch.

use std::fmt::Write as _;

/// Where it is written.
pub const PATH: &str = ".github/workflows/governed.yml";

/// The Action, by the tag that moves within its major version.
fn action() -> &'static str {
    env!("CARGO_PKG_REPOSITORY").trim_start_matches("https://github.com/")
}

/// The text of the workflow. `branch` is the one that pull requests are made against.
pub fn propose(branch: &str) -> String {
    let branch = if is_plain(branch) { branch } else { "main" };
    let mut text = String::from("# Written by `cargo governed init --github`.\nname: governed\non:\n");
    let _ = write!(text, "  push:\n    branches: [{branch}]\n  pull_request:\n  merge_group:\n");
    text.push_str(
        "\npermissions: {}\n\nconcurrency:\n  group: governed-${{ github.ref }}\n  \
         cancel-in-progress: ${{ github.event_name == 'pull_request' }}\n\n\
         jobs:\n  governed:\n    name: governed\n    runs-on: ubuntu-24.04\n    timeout-minutes: 10\n    permissions:\n      \
         contents: read # the checkout\n      \
         pull-requests: write # the comment; without it the findings are in the summary of the job\n    steps:\n      \
         - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n        with:\n          \
         fetch-depth: 0 # tags and history are facts, and the base must be there\n          \
         persist-credentials: false\n",
    );
    let _ = write!(
        text,
        "      - uses: {}@v1 # zizmor: ignore[unpinned-uses] its own tag, which moves within version 1\n        with:\n          \
         command: check\n",
        action()
    );
    text
}

/// A name that means the same in YAML as in git.
fn is_plain(branch: &str) -> bool {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "-._/".contains(sign);
    branch.starts_with(|sign: char| sign.is_ascii_alphabetic()) && branch.chars().all(plain)
}

/// What no file can make: the settings that a person makes.
pub fn settings(branch: &str) -> String {
    format!(
        "what a person must set at GitHub, because no file can:\n\
         * Settings, Rules, Rulesets: for {branch}, require the status check `governed`\n\
         * there too: require a pull request, and block force pushes; a merge queue, if you want one, runs the same workflow\n\
         * Settings, Actions, General: allow the Actions that the workflow names\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_a_name_and_nothing_else() {
        assert!(propose("trunk/1.x").contains("branches: [trunk/1.x]"));
        for odd in ["a]\n  b:", "${{ x }}", "*", "", "-x", "yes no"] {
            assert!(propose(odd).contains("branches: [main]"), "{odd}");
        }
    }
}
