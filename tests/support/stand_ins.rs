//! What stands in for other people's actions, which need servers that are not here: a folder keeps the artifacts, a file the
//! attested digests and what goes to code scanning. Each does what its page says of the inputs that are used here, and no more.

use std::fmt::Write as _;
use std::path::Path;
use std::path::PathBuf;

/// The folder with an artifact of a run.
pub(crate) fn artifact(folder: &Path, name: &str) -> PathBuf {
    kept(folder).join(name)
}

/// Where everything is kept.
fn kept(folder: &Path) -> PathBuf {
    folder.join("artifacts")
}

/// A new run has no artifacts yet.
pub(crate) fn forget(folder: &Path) {
    let _ = std::fs::remove_dir_all(kept(folder));
}

/// A folder's own files go to the top, as do single ones; a name that is taken is replaced.
const UPLOAD: &str = "into=\"$KEPT/$NAME\"\nrm -rf \"$into\"\nmkdir -p \"$into\"\nIFS=$'\\n'\nshopt -s nullglob\nfor path in \
                      $FILES; do\n  if [ -d \"$path\" ]; then cp -r \"$path/.\" \"$into/\"; elif [ -f \"$path\" ]; then cp \
                      \"$path\" \"$into/\"; fi\ndone\nif [ -z \"$(ls -A \"$into\")\" ]; then rm -r \"$into\"; test \
                      \"$MISSING\" != error; fi\n";
/// One by its name, or all of a pattern into one folder.
const DOWNLOAD: &str = "mkdir -p \"$FILES\"\nif [ -n \"$PATTERN\" ]; then test \"$MERGE\" = true; else PATTERN=$NAME; fi\nfor \
                        one in \"$KEPT\"/$PATTERN; do cp -r \"$one/.\" \"$FILES\"; done\n";
/// GitHub signs a statement about each digest.
const ATTEST: &str = "grep -Eq '^[0-9a-f]{64}  ' \"$SUMS\"\nmkdir -p \"$KEPT/attested\"\ncp \"$SUMS\" \
                      \"$KEPT/attested/checksums.txt\"\n";
/// The registry trusts the workflow for some minutes.
const TRUST: &str = "echo token=for-some-minutes >>\"$GITHUB_OUTPUT\"\n";
/// Code scanning shows what is there.
const SCAN: &str = "mkdir -p \"$KEPT/scanned\"\ncp \"$SARIF\" \"$KEPT/scanned/$CATEGORY.sarif\"\n";

/// An action that a stand-in is known for: its repository, its folder there, its inputs with what a script calls them, and
/// the script.
struct Known {
    name: &'static str,
    below: &'static str,
    inputs: &'static [(&'static str, &'static str)],
    script: &'static str,
}

const KNOWN: &[Known] = &[
    Known {
        name: "actions/upload-artifact",
        below: "",
        inputs: &[("name", "NAME"), ("path", "FILES"), ("if-no-files-found", "MISSING")],
        script: UPLOAD,
    },
    Known {
        name: "actions/download-artifact",
        below: "",
        inputs: &[
            ("name", "NAME"),
            ("path", "FILES"),
            ("pattern", "PATTERN"),
            ("merge-multiple", "MERGE"),
            ("run-id", "RUN"),
            ("github-token", "TOKEN"),
        ],
        script: DOWNLOAD,
    },
    Known { name: "actions/attest", below: "", inputs: &[("subject-checksums", "SUMS")], script: ATTEST },
    Known { name: "rust-lang/crates-io-auth-action", below: "", inputs: &[], script: TRUST },
    Known {
        name: "github/codeql-action",
        below: "upload-sarif",
        inputs: &[("sarif_file", "SARIF"), ("category", "CATEGORY")],
        script: SCAN,
    },
];

/// Makes the stand-ins for what some workflows use; gives what act is told. An action that is neither known nor the
/// runner's own has none, so that its job fails.
pub(crate) fn of(folder: &Path, workflows: &str) -> Vec<String> {
    let mut told = Vec::new();
    let mut used: Vec<&str> = workflows
        .lines()
        .filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: "))
        .filter_map(|used| used.split(' ').next())
        .collect();
    used.sort_unstable();
    used.dedup();
    for used in used {
        let Some((path, reference)) = used.split_once('@') else { continue };
        let fits = |known: &&Known| path == [known.name, known.below].join("/").trim_end_matches('/');
        let Some(known) = KNOWN.iter().find(fits) else { continue };
        let action = folder.join("others").join(known.name);
        std::fs::create_dir_all(action.join(known.below)).expect("a scratch folder");
        std::fs::write(action.join(known.below).join("action.yml"), text(known, &kept(folder))).expect("a folder");
        told.push("--local-repository".to_owned());
        told.push(format!("{}@{reference}={}", known.name, action.display()));
    }
    told
}

fn text(known: &Known, kept: &Path) -> String {
    let mut text = format!("name: {}\ndescription: It stands in.\n", known.name);
    if !known.inputs.is_empty() {
        text.push_str("inputs:\n");
    }
    for (input, _) in known.inputs {
        text.extend(["  ", input, ":\n    description: It is handed on.\n    default: \"\"\n"]);
    }
    if known.script == TRUST {
        text.push_str("outputs:\n  token:\n    description: The token.\n    value: ${{ steps.trust.outputs.token }}\n");
    }
    text.push_str("runs:\n  using: composite\n  steps:\n    - id: trust\n      shell: bash\n      env:\n");
    let _ = writeln!(text, "        KEPT: {}", kept.display());
    for (input, variable) in known.inputs {
        let _ = writeln!(text, "        {variable}: ${{{{ inputs.{input} }}}}");
    }
    text.push_str("      run: |\n");
    known.script.lines().for_each(|line| text.extend(["        ", line, "\n"]));
    text
}
