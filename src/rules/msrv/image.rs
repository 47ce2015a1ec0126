//! Images of the official Rust that a Dockerfile builds in, against what the packages around it demand.

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::msrv::promise;
use crate::rules::msrv::rust_version::RustVersion;
use crate::rules::outcome::Outcome;

/// Finds images older than every package that may be built in them.
pub(super) fn judge(facts: &Facts, outcome: &mut Outcome) {
    for (path, file) in &facts.files {
        let name = path::file_name(path);
        let is_recipe = name.starts_with("Dockerfile") || matches!(name, "Containerfile");
        let text = file.text();
        // What rustup installs takes the place of what the image brought.
        if !is_recipe || facts.zone_by_place(path) != Zone::Own || !text.contains("cargo ") || text.contains("rustup ")
        {
            continue;
        }
        let Some(promise) = promise::around(facts, path) else { continue };
        for image in images(text) {
            let Some(version) = RustVersion::parse(&image.value) else { continue };
            outcome.look();
            let serves = |demanded: &RustVersion| !version.is_below(*demanded) || version.agrees(*demanded);
            if promise.possible.iter().any(serves) {
                continue;
            }
            let message =
                format!("the image is that of Rust {}, the manifest demands {}", image.value, promise.said.value);
            outcome.find(
                Finding::new(message, facts.place(path, image.span, "what cargo runs in"))
                    .against(facts.place_of(&promise.said, "demands this"))
                    .why("cargo refuses to build the package with this release")
                    .replace_with(promise.version.written_like(version)),
            );
        }
    }
}

/// The versions of the images `rust:1.80`, `rust:1.80-slim`, and of the arguments that stand for them.
fn images(text: &str) -> Vec<Spanned<String>> {
    let mut found = Vec::new();
    let mut arguments: Vec<(&str, Spanned<String>)> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let mut words = line.split_whitespace();
        let spanned = |word: &str| {
            let offset = word.as_ptr() as usize - line.as_ptr() as usize;
            Spanned::new(word.to_owned(), Span::new(at + offset, at + offset + word.len()))
        };
        let first = words.next().unwrap_or_default();
        if first.eq_ignore_ascii_case("ARG") {
            if let Some((name, value)) = words.next().and_then(|word| word.split_once('=')) {
                arguments.push((name, spanned(value.trim_matches(['"', '\'']))));
            }
        } else if first.eq_ignore_ascii_case("FROM") {
            let image = words.find(|word| !word.starts_with("--")).unwrap_or_default();
            let Some((_, tag)) = image.split_once(':').filter(|(name, _)| path::file_name(name) == "rust") else {
                continue;
            };
            let tag = tag.split('@').next().unwrap_or_default();
            match tag.strip_prefix("${").or_else(|| tag.strip_prefix('$')) {
                Some(name) => {
                    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(name.len());
                    found.extend(
                        arguments
                            .iter()
                            .rev()
                            .find(|(known, _)| *known == &name[..end])
                            .map(|(_, value)| value.clone()),
                    );
                }
                None => found.push(spanned(tag.split('-').next().unwrap_or_default())),
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_and_their_arguments_are_read() {
        let text = "ARG RUST=1.70\nARG OTHER=\"x\"\nFROM --platform=linux rust:${RUST}-slim AS build\nFROM rust:1.80.1-alpine\n\
                    FROM docker.io/library/rust:1.81@sha256:00\nFROM debian:12\nFROM my/rust-musl:1.60\nFROM rust:latest\n";
        let found = images(text);
        let versions: Vec<&str> = found.iter().map(|one| &text[one.span.start..one.span.end]).collect();
        assert_eq!(versions, ["1.70", "1.80.1", "1.81", "latest"]);
    }
}
