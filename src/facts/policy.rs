//! The checked-in policy: `governed.toml` or a metadata table, as plain data with the place of each entry.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The policy of a repository. The default is the policy of a repository without one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The file that it stands in; none for the built-in defaults.
    pub path: Option<Arc<str>>,
    /// `[rules]`: the level (`deny`, `warn`, `note`, `allow`) by rule or group.
    pub rules: BTreeMap<String, String>,
}
