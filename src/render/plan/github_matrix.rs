//! The jobs of a workflow, a part of the plan each: one line for `$GITHUB_OUTPUT`, read back by `fromJSON`.

use std::fmt::Write as _;

use serde_json::Value;
use serde_json::json;

use crate::error::Error;
use crate::render::encode::invisible;
use crate::steps::forecast::Forecast;
use crate::steps::shard;
use crate::steps::shard::Part;

/// Renders the parts of a forecast. Empty parts are jobs, too: who joins the records waits for each of them.
pub(super) fn render(forecast: &Forecast) -> Result<String, Error> {
    let count = forecast.parts.len();
    if count == 0 || count > shard::MATRIX_LIMIT {
        let limit = shard::MATRIX_LIMIT;
        let error = Error::usage("matrix-size", format!("make a matrix of {count} jobs: GitHub takes 1 to {limit}"));
        return Err(error.help("choose how many parts there are with --shard 1/n"));
    }
    let matrix = json!({ "include": forecast.parts.iter().map(entry).collect::<Vec<_>>() });
    let mut line = String::new();
    for character in matrix.to_string().chars() {
        if invisible::is_deceptive(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(line, "\\u{unit:04x}");
            }
        } else {
            line.push(character);
        }
    }
    line.push('\n');
    Ok(line)
}

fn entry(part: &Part) -> Value {
    json!({
        "shard": format!("{}/{}", part.shard.index, part.shard.total),
        "part": part.argument(),
        "name": format!("{}-of-{}", part.shard.index, part.shard.total),
        "steps": part.steps.join(" "),
        "plan": part.plan,
        "expected_s": part.expected_ms.div_ceil(1_000),
    })
}
