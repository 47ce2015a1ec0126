//! Addresses on forges: `https://github.com/OWNER/REPOSITORY/...`.

/// A repository on a forge, in small letters, so that two of them can be compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::rules) struct Repository {
    /// `github.com`.
    pub(in crate::rules) host: String,
    /// The user or organisation.
    pub(in crate::rules) owner: String,
    /// The name without `.git`.
    pub(in crate::rules) name: String,
}

impl Repository {
    /// The way a reader writes it.
    pub(in crate::rules) fn shown(&self) -> String {
        format!("{}/{}/{}", self.host, self.owner, self.name)
    }
}

/// Pages of a forge that look like an owner.
const NO_OWNERS: &[&str] =
    &["sponsors", "orgs", "apps", "marketplace", "settings", "topics", "features", "users", "about"];

/// Reads an address: the repository, and what stands behind it; none for other addresses.
pub(in crate::rules) fn read(url: &str) -> Option<(Repository, &str)> {
    let rest = ["https://", "http://", "git+https://", "ssh://git@", "git://"]
        .iter()
        .find_map(|scheme| url.strip_prefix(scheme))
        .or_else(|| url.strip_prefix("git@"))?;
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let hosts = ["github.com", "gitlab.com", "codeberg.org", "bitbucket.org"];
    let host = hosts.iter().find(|host| rest.starts_with(**host))?;
    let rest = rest[host.len()..].strip_prefix(['/', ':'])?;
    of_path(host, rest)
}

/// Reads `OWNER/REPOSITORY/...` on a host.
pub(in crate::rules) fn of_path<'u>(host: &str, path: &'u str) -> Option<(Repository, &'u str)> {
    let path = path.split(['?', '#']).next()?;
    let (owner, rest) = path.split_once('/')?;
    let (name, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let name = name.strip_suffix(".git").unwrap_or(name);
    let is_name = |one: &str| {
        !one.is_empty() && one.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.'))
    };
    if !is_name(owner) || !is_name(name) || NO_OWNERS.contains(&owner) {
        return None;
    }
    let repository =
        Repository { host: host.to_owned(), owner: owner.to_ascii_lowercase(), name: name.to_ascii_lowercase() };
    Some((repository, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_without_their_trimmings() {
        for url in ["https://github.com/O/r.git", "git@github.com:o/R/", "http://www.github.com/o/r?x#y"] {
            assert_eq!(read(url).unwrap().0.shown(), "github.com/o/r", "{url}");
        }
        assert_eq!(read("https://github.com/o/r/tree/main/a/b").unwrap().1, "tree/main/a/b");
        for url in ["https://github.com/o", "https://github.com/sponsors/o", "https://example.org/o/r", "o/r"] {
            assert!(read(url).is_none(), "{url}");
        }
    }
}
