//! All that a text with `${{ matrix.x }}` or `${{ env.X }}` in it can become in the rows of a job.

use std::collections::BTreeSet;

use crate::facts::workflow::document::Workflow;
use crate::facts::workflow::evaluate;
use crate::facts::workflow::evaluate::Known;
use crate::facts::workflow::expression::Expression;
use crate::facts::workflow::job::Job;
use crate::facts::workflow::job::Step;
use crate::facts::workflow::matrix::Combination;
use crate::facts::workflow::value::Value;

/// The rows of a job, where they are known before a run.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// The combinations; one empty row where the job has no matrix; none where only a run knows them.
    pub combinations: Option<Vec<Combination>>,
}

impl Rows {
    /// The rows of a job.
    pub fn of(job: Option<&Job>) -> Self {
        let combinations = match job.and_then(|job| job.matrix.as_ref()) {
            Some(matrix) => matrix.combinations(),
            None => Some(vec![Vec::new()]),
        };
        Self { combinations }
    }

    /// All texts that a text becomes in these rows; none where a part of it is known at run time only.
    ///
    /// `env` gives the value of a variable as it is written, from the innermost block that sets it.
    pub fn texts(&self, text: &str, env: &dyn Fn(&str) -> Option<String>) -> Option<BTreeSet<String>> {
        if !text.contains("${{") {
            return Some(BTreeSet::from([text.to_owned()]));
        }
        let rows = self.combinations.as_ref()?;
        rows.iter().map(|row| fill(text, row, env)).collect()
    }
}

fn fill(text: &str, row: &Combination, env: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("${{") {
        filled.push_str(&rest[..start]);
        let end = start + rest[start..].find("}}")?;
        let expression = Expression::parse(&rest[start + 3..end])?;
        let known = evaluate::evaluate(&expression, &|path| match path {
            [context, ..] if context.eq_ignore_ascii_case("matrix") => of_matrix(row, &path[1..]),
            [context, name] if context.eq_ignore_ascii_case("env") => env(name)
                .filter(|value| !value.contains("${{"))
                .map_or(Known::Unknown, |value| Known::Value(Value::Text(value))),
            _ => Known::Unknown,
        });
        let Known::Value(value) = known else { return None };
        filled.push_str(&value.as_text()?);
        rest = &rest[end + 2..];
    }
    filled.push_str(rest);
    Some(filled)
}

/// What is known of `matrix.PATH` in a row; what the row does not hold is null, as GitHub has it.
pub fn of_matrix(row: &Combination, path: &[String]) -> Known {
    let Some((first, rest)) = path.split_first() else { return Known::Unknown };
    let mut value = row.iter().find(|(name, _)| name.eq_ignore_ascii_case(first)).map(|(_, value)| value);
    for part in rest {
        value = match value {
            Some(Value::Unknown(_)) => return Known::Unknown,
            Some(Value::List(items)) => match part.parse::<usize>() {
                Ok(index) => items.get(index),
                Err(_) => return Known::Unknown,
            },
            Some(_) if part == "*" => return Known::Unknown,
            Some(value) => value.get(part),
            None => None,
        };
    }
    match value {
        Some(Value::Unknown(_)) => Known::Unknown,
        Some(value) => Known::Value(value.clone()),
        None => Known::Value(Value::Null),
    }
}

/// The value that a variable has in a step as far as `env` blocks tell: the innermost one wins.
///
/// Scripts may set others through `GITHUB_ENV`, before and over these: see [`sets_environment`].
pub fn variable(workflow: Option<&Workflow>, job: Option<&Job>, step: &Step, name: &str) -> Option<String> {
    let blocks = [Some(&step.env), job.map(|job| &job.env), workflow.map(|workflow| &workflow.env)];
    blocks
        .into_iter()
        .flatten()
        .find_map(|block| block.iter().find(|(key, _)| key.value == name))
        .map(|(_, value)| value.value.clone())
}

/// Says whether a step of the job may set a variable of this name for the steps behind it.
pub fn sets_environment(job: &Job, name: &str) -> bool {
    job.steps
        .iter()
        .filter_map(|step| step.run.as_ref())
        .any(|run| run.value.contains("GITHUB_ENV") && run.value.contains(name))
}
