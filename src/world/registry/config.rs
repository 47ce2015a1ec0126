//! What a registry says of itself in the root of its index, and where it hands out files.

use semver::Version;
use serde::Deserialize;

use crate::world::registry::entry;

/// The part of `config.json` that is read here.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Config {
    /// Where files lie: a template.
    pub(super) dl: String,
    /// Whether nothing is shown without a token.
    #[serde(default, rename = "auth-required")]
    pub(super) auth_required: bool,
}

impl Config {
    /// The address of the file of a version.
    pub(super) fn file(&self, name: &str, version: &Version, checksum: &str) -> String {
        download(&self.dl, name, version, checksum)
    }
}

/// The address of a file: <https://doc.rust-lang.org/cargo/reference/registry-index.html#index-configuration>.
fn download(template: &str, name: &str, version: &Version, checksum: &str) -> String {
    let marks = ["{crate}", "{version}", "{prefix}", "{lowerprefix}", "{sha256-checksum}"];
    if !marks.iter().any(|mark| template.contains(mark)) {
        return format!("{}/{name}/{version}/download", template.trim_end_matches('/'));
    }
    template
        .replace("{crate}", name)
        .replace("{version}", &version.to_string())
        .replace("{lowerprefix}", &entry::prefix(&name.to_ascii_lowercase()))
        .replace("{prefix}", &entry::prefix(name))
        .replace("{sha256-checksum}", checksum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_lies_where_the_index_says() {
        let version = Version::new(1, 2, 3);
        for (template, expected) in [
            ("https://x/api/v1/crates", "https://x/api/v1/crates/Serde/1.2.3/download"),
            ("https://x/{prefix}/{crate}-{version}.crate", "https://x/Se/rd/Serde-1.2.3.crate"),
            ("https://x/{lowerprefix}/{sha256-checksum}", "https://x/se/rd/ab"),
        ] {
            assert_eq!(download(template, "Serde", &version, "ab"), expected);
        }
    }
}
