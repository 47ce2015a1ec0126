//! One address a repository, however its remote is spelled. Credentials never enter a proof.

/// The address of the repository behind a remote: `git+https://github.com/o/r`. None for a path on this machine, which
/// says nothing to anybody else.
pub fn address(remote: &str) -> Option<String> {
    let remote = remote.trim();
    let (host, path) = match remote.split_once("://") {
        Some(("https" | "http" | "ssh" | "git" | "git+ssh", rest)) => rest.split_once('/')?,
        Some(_) => return None,
        // The short form of ssh: `git@host:path`. A colon behind a slash, or behind one letter, is part of a path.
        None => remote.split_once(':').filter(|(host, _)| host.len() > 1 && !host.contains(['/', '\\']))?,
    };
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host).to_ascii_lowercase();
    let host =
        ["22", "443", "80", "9418"].iter().find_map(|port| host.strip_suffix(&format!(":{port}"))).unwrap_or(&host);
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path).trim_end_matches('/');
    let is_plain = |text: &str| !text.is_empty() && text.chars().all(|letter| letter.is_ascii_graphic());
    if !is_plain(host) || !is_plain(path) {
        return None;
    }
    // The only forge that is known not to tell letters apart.
    let path = if host == "github.com" { path.to_ascii_lowercase() } else { path.to_owned() };
    Some(format!("git+https://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_remote_have_one_address() {
        for remote in [
            "https://github.com/O/r",
            "https://github.com/o/r.git/",
            "https://me:secret@GitHub.com/o/r.git",
            "https://x-access-token:secret@github.com:443/o/r",
            "git@github.com:o/r.git",
            "ssh://git@github.com/o/r.git",
            "ssh://git@github.com:22/o/r",
            "git://github.com/o/r",
        ] {
            assert_eq!(address(remote).as_deref(), Some("git+https://github.com/o/r"), "{remote}");
        }
        assert_eq!(
            address("https://git.example.org:8443/A/b").as_deref(),
            Some("git+https://git.example.org:8443/A/b")
        );
    }

    #[test]
    fn a_path_is_no_address() {
        for remote in [
            "/srv/git/r.git",
            "../r",
            "file:///srv/r",
            "C:\\r",
            "C:/r",
            "r",
            "",
            "https://",
            "https://host/",
            "git@host:",
        ] {
            assert_eq!(address(remote), None, "{remote}");
        }
    }

    #[test]
    fn different_repositories_have_different_addresses() {
        assert_ne!(address("https://github.com/o/r"), address("https://github.com/fork/r"));
        assert_ne!(address("https://gitlab.com/O/r"), address("https://gitlab.com/o/r"));
    }
}
