//! The outputs of the Action.

use crate::commands::action::runner::Runner;
use crate::error::Error;
use crate::world::runner_file;

/// The outputs by name; every one has a value, which may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outputs {
    pub(crate) verdict: String,
    pub(crate) findings: usize,
    pub(crate) deny: usize,
    pub(crate) warn: usize,
    pub(crate) proof_path: String,
    pub(crate) proof_digest: String,
    pub(crate) report_html: String,
    pub(crate) sarif_file: String,
    pub(crate) comment_url: String,
    pub(crate) pull_request_url: String,
    pub(crate) release_url: String,
    pub(crate) released: bool,
}

impl Outputs {
    /// The lines of the runner's file. A value is one line: what is behind a line end would be another output.
    fn lines(&self) -> String {
        let numbers = [("findings", self.findings), ("deny", self.deny), ("warn", self.warn)];
        let texts = [
            ("verdict", &self.verdict),
            ("proof-path", &self.proof_path),
            ("proof-digest", &self.proof_digest),
            ("report-html", &self.report_html),
            ("sarif-file", &self.sarif_file),
            ("comment-url", &self.comment_url),
            ("pull-request-url", &self.pull_request_url),
            ("release-url", &self.release_url),
            ("released", &self.released.to_string()),
        ];
        let line = |name: &str, value: &str| {
            let value: String = value.chars().take_while(|sign| !sign.is_control()).collect();
            format!("{name}={value}\n")
        };
        let numbers = numbers.iter().map(|(name, number)| line(name, &number.to_string()));
        texts.iter().map(|(name, text)| line(name, text)).chain(numbers).collect()
    }

    /// Hands them to the runner.
    pub(crate) fn write(&self, runner: &Runner) -> Result<(), Error> {
        runner.output.as_deref().map_or(Ok(()), |path| runner_file::append(path, &self.lines()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_makes_no_other_output() {
        let outputs = Outputs { comment_url: "a\nverdict=accepted".to_owned(), ..Outputs::default() };
        assert!(
            outputs.lines().contains(
                "comment-url=a\npull-request-url=\nrelease-url=\nreleased=false\nfindings=0\ndeny=0\nwarn=0\n"
            ),
            "{}",
            outputs.lines()
        );
    }
}
