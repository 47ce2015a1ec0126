//! Which documents are translations: their headings are in another language than the anchors, which follow the original.

/// Languages by their codes, and countries that stand for one. The original is held to be English.
const LANGUAGES: &[&str] = &[
    "ar", "be", "bg", "bn", "br", "ca", "cn", "cs", "da", "de", "el", "es", "et", "fa", "fi", "fr", "he", "hi", "hr",
    "hu", "id", "it", "ja", "jp", "ka", "kk", "ko", "kr", "lt", "lv", "ms", "nb", "nl", "no", "pl", "pt", "ro", "ru",
    "sk", "sl", "sr", "sv", "ta", "th", "tr", "tw", "ua", "uk", "ur", "uz", "vi", "zh", "zhcn", "zhtw",
];

/// Says whether a path is that of a translation: `docs/es-ES/a.md`, `zh/a.md`, `README-zh_CN.md`, `README.中文.md`.
pub(super) fn is_translation(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if folders.split('/').any(is_locale) || is_locale(stem) {
        return true;
    }
    stem.char_indices()
        .filter(|(_, character)| "-_.".contains(*character))
        .any(|(at, _)| is_locale(&stem[at + 1..]) || (at > 0 && stem[at + 1..].starts_with(|c: char| !c.is_ascii())))
}

/// `zh`, `zh-CN`, `pt_BR`, `zh-Hans`, `ckb-IR`; not `en` and not `en-US`.
fn is_locale(part: &str) -> bool {
    let lower = part.to_ascii_lowercase();
    let Some((language, region)) = part.split_once(['-', '_']) else { return LANGUAGES.contains(&lower.as_str()) };
    let lowercase = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase());
    let region_known = match region.len() {
        2 => region.bytes().all(|byte| byte.is_ascii_uppercase()) || LANGUAGES.contains(&language),
        4 => matches!(region, "Hans" | "Hant" | "hans" | "hant" | "Latn" | "Cyrl"),
        _ => false,
    };
    region_known && matches!(language.len(), 2 | 3) && lowercase(language) && language != "en"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_of_folders_and_names_tell() {
        for path in
            ["docs/es-ES/a.md", "i18n/ckb-IR/a.md", "zh/a.md", "README-zh.md", "README_zh_CN.md", "a/README.中文.md"]
        {
            assert!(is_translation(path), "{path}");
        }
        for path in
            ["docs/en-US/a.md", "README.md", "docs/how-to.md", "docs/a-b/c.md", "crates/io/it-works.md", "en/a.md"]
        {
            assert!(!is_translation(path), "{path}");
        }
    }
}
