//! Other jobs of a workflow as claims: the forge reports their results, nobody here has seen them (basis: reported).

use crate::judge::report::Standing;
use crate::judge::report::Verdict;

/// One job and the result that the forge reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id in the workflow.
    pub name: String,
    /// The word: `success`, `failure`, `cancelled`, `skipped`, or one that we do not know.
    pub result: String,
}

impl Job {
    /// How the claim "this job passed" stands. A job that was skipped proves nothing, though GitHub lets it pass.
    pub fn standing(&self) -> Standing {
        match self.result.as_str() {
            "success" => Standing::Holds,
            "failure" => Standing::Refuted,
            _ => Standing::Unproven,
        }
    }
}

/// A verdict with that of the jobs: refused by any that failed, unproven by any that did not run to its end.
pub fn with(verdict: Verdict, jobs: &[Job]) -> Verdict {
    let any = |standing| jobs.iter().any(|job| job.standing() == standing);
    if verdict == Verdict::Refused || any(Standing::Refuted) {
        Verdict::Refused
    } else if verdict == Verdict::Unproven || any(Standing::Unproven) {
        Verdict::Unproven
    } else {
        Verdict::Accepted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_result(verdict: Verdict, results: &[&str]) -> Verdict {
        let job = |result: &&str| Job { name: "test".to_owned(), result: (*result).to_owned() };
        with(verdict, &results.iter().map(job).collect::<Vec<_>>())
    }

    #[test]
    fn a_skipped_job_is_never_green() {
        assert_eq!(with_result(Verdict::Accepted, &["success"]), Verdict::Accepted);
        assert_eq!(with_result(Verdict::Accepted, &["success", "skipped"]), Verdict::Unproven);
        assert_eq!(with_result(Verdict::Accepted, &["cancelled"]), Verdict::Unproven);
        assert_eq!(with_result(Verdict::Accepted, &["a new word"]), Verdict::Unproven);
        assert_eq!(with_result(Verdict::Unproven, &["failure"]), Verdict::Refused);
        assert_eq!(with_result(Verdict::Refused, &["success"]), Verdict::Refused);
    }
}
