//! Pull requests, found again by their head.

use serde_json::Value;

use crate::world::forge::connection::Connection;
use crate::world::forge::failure::Failure;

/// The most pages that are looked through.
const PAGES: u32 = 3;

/// The number of the open pull request whose head is this very commit of this branch of this owner; none where there is
/// none any more, because it was closed or has moved on.
pub fn of_head(
    forge: &Connection,
    repository: &str,
    owner: &str,
    branch: &str,
    commit: &str,
) -> Result<Option<u64>, Failure> {
    let head = format!("{}:{}", escaped(owner), escaped(branch));
    let found = forge.pages(&format!("/repos/{repository}/pulls?state=open&head={head}"), PAGES)?;
    let is_it = |pull: &&Value| pull["head"]["sha"].as_str() == Some(commit);
    Ok(found.iter().find(is_it).and_then(|pull| pull["number"].as_u64()))
}

/// A value of a query: a branch may hold `&`.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
