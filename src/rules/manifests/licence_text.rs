//! Which licence a text is, by the words that stand in no other.

/// Licences as short names that say nothing of versions or clauses: `MIT`, `Apache`, `BSD`.
pub(super) fn of_text(text: &str) -> Option<&'static str> {
    let start = text.get(..floor(text, 4_000)).unwrap_or_default();
    let plain: String = start.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    // The order matters: the GPL names other licences, and the LGPL contains the GPL's name.
    let marks = [
        ("gnu affero general public license", "AGPL"),
        ("gnu lesser general public license", "LGPL"),
        ("gnu general public license", "GPL"),
        ("mozilla public license", "MPL"),
        ("apache license version 2.0", "Apache"),
        ("apache license, version 2.0", "Apache"),
        ("this is free and unencumbered software released into the public domain", "Unlicense"),
        ("boost software license", "BSL"),
        ("creative commons legal code", "CC0"),
        ("permission to use, copy, modify, and/or distribute this software for any purpose", "ISC"),
        ("permission to use, copy, modify, and distribute this software for any purpose", "ISC"),
        ("redistribution and use in source and binary forms", "BSD"),
        ("permission is hereby granted, free of charge, to any person obtaining a copy", "MIT"),
        ("this software is provided 'as-is', without any express or implied warranty", "Zlib"),
    ];
    let found: Vec<&str> = marks.iter().filter(|(mark, _)| plain.contains(mark)).map(|(_, name)| *name).collect();
    let first = *found.first()?;
    // A file that holds several texts is none of them alone.
    let gnu = |name: &&str| name.ends_with("GPL");
    let several = found.iter().any(|name| *name != first && !(gnu(&first) && gnu(name)));
    marks.iter().find(|(_, name)| *name == first && !several).map(|(_, name)| *name)
}

/// The short name of a licence by its SPDX identifier.
pub(super) fn of_id(id: &str) -> Option<&'static str> {
    let starts = [
        ("AGPL-", "AGPL"),
        ("LGPL-", "LGPL"),
        ("GPL-", "GPL"),
        ("MPL-", "MPL"),
        ("Apache-", "Apache"),
        ("Unlicense", "Unlicense"),
        ("BSL-", "BSL"),
        ("CC0-", "CC0"),
        ("ISC", "ISC"),
        ("0BSD", "ISC"),
        ("BSD-", "BSD"),
        ("MIT", "MIT"),
        ("Zlib", "Zlib"),
    ];
    starts.iter().find(|(start, _)| id.starts_with(start)).map(|(_, name)| *name)
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart() {
        for (text, name) in [
            (
                "MIT License\n\nPermission is hereby granted, free of\n charge, to any person obtaining a copy of",
                Some("MIT"),
            ),
            ("  Apache License\n  Version 2.0, January 2004", Some("Apache")),
            ("GNU GENERAL PUBLIC LICENSE\nVersion 3\n... GNU Lesser General Public License", Some("LGPL")),
            (
                "Apache License Version 2.0 ... Permission is hereby granted, free of charge, to any person obtaining a copy",
                None,
            ),
            ("All rights reserved.", None),
            ("ä", None),
        ] {
            assert_eq!(of_text(text), name, "{text}");
        }
        assert_eq!(of_id("Apache-2.0"), Some("Apache"));
        assert_eq!(of_id("LicenseRef-x"), None);
    }
}
