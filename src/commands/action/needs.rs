//! The results of other jobs, as `${{ toJSON(needs) }}` gives them.

use serde_json::Value;

use crate::error::Error;
use crate::judge::jobs::Job;

/// The most jobs of a workflow.
const MOST: usize = 256;

/// Reads the jobs in the order in which they are needed. An empty list proves nothing, and is refused as such.
pub(crate) fn read(text: &str) -> Result<Vec<Job>, Error> {
    let refused = |why: &str| {
        Error::usage("bad-input", format!("read the input needs: {why}"))
            .help("write `needs: ${{ toJSON(needs) }}`, and name the jobs in `needs:` of the job")
    };
    let value: Value = serde_json::from_str(text).map_err(|error| refused(&format!("it is no JSON ({error})")))?;
    let jobs = value.as_object().ok_or_else(|| refused("it is no object"))?;
    if jobs.is_empty() || jobs.len() > MOST {
        return Err(refused("it names no job"));
    }
    let job = |(name, job): (&String, &Value)| {
        let result = job["result"].as_str().ok_or_else(|| refused(&format!("the job {name} has no result")))?;
        Ok(Job { name: name.clone(), result: result.to_owned() })
    };
    jobs.iter().map(job).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_read_and_nothing_is_no_proof() {
        let jobs = read(r#"{"test": {"result": "success", "outputs": {}}, "lint": {"result": "skipped"}}"#).unwrap();
        assert_eq!(jobs.iter().map(|job| job.name.as_str()).collect::<Vec<_>>(), ["test", "lint"]);
        for bad in ["{}", "[]", "test", r#"{"test": {}}"#] {
            assert_eq!(read(bad).unwrap_err().code, "bad-input", "{bad}");
        }
    }
}
