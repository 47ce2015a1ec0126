//! Where the forge is and who asks: its address is checked before a token is sent there.

use std::time::Duration;

use crate::error::Error;
use crate::world::loopback::is_loopback;

/// How to reach a forge.
#[derive(Clone)]
pub struct Access {
    /// The root of its API: `https://api.github.com`, or `https://HOST/api/v3` of an enterprise.
    pub base: String,
    /// The token; empty asks as nobody.
    pub token: String,
    /// How long all requests together may take, waiting included.
    pub overall: Duration,
}

impl Access {
    /// An access to the API at an address.
    pub fn to(base: &str, token: &str, overall: Duration) -> Result<Self, Error> {
        let base = base.trim_end_matches('/');
        let refused = |why: &str| {
            Error::usage("forge-address", format!("take `{base}` for the address of the API: {why}"))
                .help("leave github-api-url to its default, which GitHub sets")
        };
        let (scheme, rest) = base.split_once("://").ok_or_else(|| refused("it has no scheme"))?;
        let host = rest.split('/').next().unwrap_or_default();
        if host.is_empty() || host.contains(['@', '?', '#', '\\']) || base.chars().any(char::is_whitespace) {
            return Err(refused("it names no plain host"));
        }
        let is_safe = scheme == "https" || (scheme == "http" && is_loopback(host));
        if !is_safe {
            return Err(refused("the token would travel in clear text"));
        }
        Ok(Self { base: base.to_owned(), token: token.trim().to_owned(), overall })
    }

    /// The address without its path, and the path: octocrab would put the path before every other one.
    pub(crate) fn parts(&self) -> (&str, &str) {
        let host = self.base.find("://").map_or(0, |at| at + 3);
        self.base.split_at(self.base[host..].find('/').map_or(self.base.len(), |at| host + at))
    }

    /// Where files are uploaded to: another host on the public site, the same one on an enterprise.
    pub(crate) fn uploads(&self) -> String {
        let (root, _) = self.parts();
        match root.strip_prefix("https://api.") {
            Some(host) if host == "github.com" || host.ends_with(".ghe.com") => format!("https://uploads.{host}"),
            _ => root.to_owned(),
        }
    }

    /// The path of the GraphQL API, which an enterprise has beside its REST API.
    pub(crate) fn graphql(&self) -> String {
        let (_, path) = self.parts();
        format!("{}/graphql", path.strip_suffix("/v3").unwrap_or(path))
    }
}

/// The root of the API of a server that names none: an enterprise has it below its own address, so that its token goes to
/// nobody else.
pub fn api_of(server: &str) -> String {
    let server = server.trim_end_matches('/');
    match server.strip_prefix("https://") {
        Some(host) if host == "github.com" || host.ends_with(".ghe.com") => format!("https://api.{host}"),
        _ => format!("{server}/api/v3"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_only_where_nobody_listens() {
        let to = |base: &str| Access::to(base, "t", Duration::from_secs(1)).map(|access| access.base).ok();
        assert_eq!(to("https://ghe.example/api/v3/").as_deref(), Some("https://ghe.example/api/v3"));
        assert_eq!(to("http://127.0.0.1:4001").as_deref(), Some("http://127.0.0.1:4001"));
        assert_eq!(to("http://[::1]:4001").as_deref(), Some("http://[::1]:4001"));
        for bad in [
            "http://ghe.example/api/v3",
            "ghe.example",
            "https://",
            "https://a@b",
            "ftp://x",
            "https://a b",
            "http://127.0.0.1.evil.example",
            "http://localhost@evil.example",
        ] {
            assert_eq!(to(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_server_that_names_no_api_has_its_own() {
        assert_eq!(api_of("https://github.com"), "https://api.github.com");
        assert_eq!(api_of("https://x.ghe.com/"), "https://api.x.ghe.com");
        assert_eq!(api_of("https://ghe.example"), "https://ghe.example/api/v3");
        // Nobody's address but one that a token may not go to.
        assert!(Access::to(&api_of(""), "t", Duration::ZERO).is_err());
        assert_eq!(api_of("https://github.com.evil.example"), "https://github.com.evil.example/api/v3");
    }

    #[test]
    fn an_enterprise_has_graphql_beside_rest() {
        let graphql = |base: &str| Access::to(base, "", Duration::ZERO).unwrap().graphql();
        assert_eq!(graphql("https://ghe.example/api/v3"), "/api/graphql");
        assert_eq!(graphql("https://api.github.com"), "/graphql");
        let uploads = |base: &str| Access::to(base, "", Duration::ZERO).unwrap().uploads();
        assert_eq!(uploads("https://api.github.com"), "https://uploads.github.com");
        assert_eq!(uploads("https://api.x.ghe.com"), "https://uploads.x.ghe.com");
        assert_eq!(uploads("https://api.example.com/api/v3"), "https://api.example.com");
        let access = Access::to("http://[::1]:80/api/v3", "", Duration::ZERO).unwrap();
        assert_eq!(access.parts(), ("http://[::1]:80", "/api/v3"));
    }
}
