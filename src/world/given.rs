//! Reads files that the caller names, wherever they are.

use std::path::Path;

use crate::error::Error;
use crate::facts::kind::Kind;
use crate::facts::limits;

/// The text of a file that the caller names; a link is followed, because the caller chose it.
pub fn read(path: &Path) -> Result<String, Error> {
    let failed = |why: String| {
        Error::usage("no-config", format!("read {}: {why}", path.display())).help("name a policy file that is there")
    };
    let metadata = path.metadata().map_err(|error| failed(error.kind().to_string()))?;
    if !metadata.is_file() || metadata.len() > limits::bytes_of(Kind::Policy) {
        return Err(failed("it is no policy file".to_owned()));
    }
    std::fs::read_to_string(path).map_err(|error| failed(error.kind().to_string()))
}
