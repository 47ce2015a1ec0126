//! The inputs of the Action, as action.yml puts them into the environment: `comment-id` is `INPUT_COMMENT_ID`.

use std::fmt;
use std::path::PathBuf;

use crate::error::Error;
use crate::facts::policy::vocabulary::nearest;
use crate::render::comment::marker;

/// What is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Command {
    /// `check`.
    #[default]
    Check,
    /// `run`.
    Run,
    /// `gate merge`.
    Gate,
    /// The pull request of a release.
    ReleasePr,
    /// `release publish --execute`, with the release on the forge.
    Release,
}

/// When the pull request is commented on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Commenting {
    /// Every time.
    Always,
    /// Where something is found; what was said before is brought up to date.
    #[default]
    OnFailure,
    /// Never.
    Never,
}

/// The token, which no log shows.
#[derive(Clone, Default)]
pub(crate) struct Token(pub(crate) String);

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}

/// The inputs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inputs {
    pub(crate) command: Command,
    pub(crate) proof: Option<PathBuf>,
    pub(crate) needs: Option<String>,
    pub(crate) token: Token,
    pub(crate) manifest_path: Option<PathBuf>,
    pub(crate) config: Option<PathBuf>,
    /// None lets the event decide; `none` judges the whole tree.
    pub(crate) base_ref: Option<String>,
    pub(crate) release_branch: String,
    pub(crate) assets: Option<PathBuf>,
    pub(crate) fail_on_warn: bool,
    pub(crate) comment: Commenting,
    pub(crate) comment_id: String,
    pub(crate) annotations: bool,
    pub(crate) check_run: bool,
    pub(crate) suggestions: bool,
    pub(crate) sarif: Option<PathBuf>,
    pub(crate) report: Option<PathBuf>,
    pub(crate) summary: bool,
    pub(crate) dry_run: bool,
    pub(crate) api_url: Option<String>,
}

/// The inputs that reach the binary; the others are those of the installation.
pub(crate) const NAMES: &[&str] = &[
    "command",
    "proof",
    "needs",
    "token",
    "manifest-path",
    "config",
    "base-ref",
    "release-branch",
    "assets",
    "fail-on",
    "comment",
    "comment-id",
    "annotations",
    "check-run",
    "suggestions",
    "sarif",
    "report",
    "summary",
    "dry-run",
    "github-api-url",
];

impl Inputs {
    /// Reads the inputs; a value that is none of the known words is an error, never a default.
    pub(crate) fn read(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let text = |name: &str| {
            debug_assert!(NAMES.contains(&name), "{name} is listed");
            let variable = variable(&format!("INPUT_{}", name.replace('-', "_").to_ascii_uppercase()));
            variable.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let path = |name: &str| text(name).map(PathBuf::from);
        let word = |name: &'static str, words: &[&'static str]| -> Result<usize, Error> {
            let value = text(name).unwrap_or_else(|| words[0].to_owned());
            words.iter().position(|word| *word == value).ok_or_else(|| unknown(name, &value, words))
        };
        let commands = [Command::Check, Command::Run, Command::Gate, Command::ReleasePr, Command::Release];
        let comments = [Commenting::OnFailure, Commenting::Always, Commenting::Never];
        let comment_id = text("comment-id").unwrap_or_else(|| "default".to_owned());
        if !marker::is_id(&comment_id) {
            return Err(Error::usage("bad-input", format!("take `{comment_id}` for comment-id"))
                .help("use at most 40 letters, digits, dots and underscores"));
        }
        let release_branch = text("release-branch").unwrap_or_else(|| "governed/release".to_owned());
        if !is_branch(&release_branch) {
            return Err(Error::usage("bad-input", format!("take `{release_branch}` for release-branch"))
                .help("use letters, digits, dots, dashes, underscores and slashes"));
        }
        let is_on = |name: &'static str, words: &[&'static str; 2]| Ok(words[word(name, words)?] == "true");
        Ok(Self {
            command: commands[word("command", &["check", "run", "gate", "release-pr", "release"])?],
            proof: path("proof"),
            needs: text("needs"),
            token: Token(text("token").unwrap_or_default()),
            manifest_path: path("manifest-path"),
            config: path("config"),
            base_ref: text("base-ref"),
            release_branch,
            assets: path("assets"),
            fail_on_warn: word("fail-on", &["deny", "warn"])? == 1,
            comment: comments[word("comment", &["on-failure", "always", "never"])?],
            comment_id,
            annotations: is_on("annotations", &["true", "false"])?,
            check_run: is_on("check-run", &["false", "true"])?,
            suggestions: is_on("suggestions", &["false", "true"])?,
            sarif: path("sarif"),
            report: path("report"),
            summary: is_on("summary", &["true", "false"])?,
            dry_run: is_on("dry-run", &["false", "true"])?,
            api_url: text("github-api-url"),
        })
    }
}

/// A name that git takes for a branch, and that means nothing else anywhere.
fn is_branch(name: &str) -> bool {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "-._/".contains(sign);
    let part = |part: &str| !part.is_empty() && !part.starts_with(['.', '-']) && !part.ends_with(['.']);
    name.chars().all(plain) && name.split('/').all(part) && !name.contains("..") && name.strip_suffix(".lock").is_none()
}

fn unknown(name: &str, value: &str, words: &[&'static str]) -> Error {
    let error = Error::usage("bad-input", format!("take `{value}` for the input {name}"));
    match nearest(value, words.iter().copied()) {
        Some(nearest) => error.help(format!("did you mean `{nearest}`?")),
        None => error.help(format!("use one of: {}", words.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Inputs, String> {
        let variable =
            |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Inputs::read(&variable).map_err(|error| format!("{error}; {}", error.help.clone().unwrap_or_default()))
    }

    #[test]
    fn nothing_given_is_the_default_and_a_wrong_word_is_an_error() {
        let inputs = read(&[("INPUT_SARIF", " ")]).unwrap();
        assert_eq!((inputs.command, inputs.comment), (Command::Check, Commenting::OnFailure));
        assert!(inputs.annotations && inputs.summary && !inputs.check_run && inputs.sarif.is_none());
        let inputs = read(&[("INPUT_FAIL_ON", "warn"), ("INPUT_CHECK_RUN", "true")]).unwrap();
        assert!(inputs.fail_on_warn && inputs.check_run);
        let error = read(&[("INPUT_FAIL_ON", "never")]).unwrap_err();
        assert!(error.contains("`never` for the input fail-on; use one of: deny, warn"), "{error}");
        assert!(read(&[("INPUT_COMMAND", "publish")]).is_err());
        assert!(read(&[("INPUT_SUMMARY", "yes")]).is_err());
        assert!(read(&[("INPUT_COMMENT_ID", "a-->")]).is_err());
        for bad in ["a b", "a..b", "-x", "a/", "/a", ".a", "a;b", "a.lock"] {
            assert!(read(&[("INPUT_RELEASE_BRANCH", bad)]).is_err(), "{bad}");
        }
    }
}
