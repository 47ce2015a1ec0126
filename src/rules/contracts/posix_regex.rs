//! The regular expressions of sed and grep, put into the words of the `regex` crate.
//!
//! Basic and extended expressions differ in what a backslash does: `+` repeats in the one and is a plus sign in the other.

/// Which grammar an expression is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grammar {
    /// sed and grep without `-E`.
    Basic,
    /// `sed -E`, `sed -r`, `grep -E`.
    Extended,
    /// `grep -F`: no expression at all.
    Fixed,
}

/// What a shell variable inside the expression may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dollars {
    /// A dollar is an anchor or itself.
    Plain,
    /// `$name` and `${...}` are variables, and may stand for anything.
    Variables,
}

/// Translates an expression; none where it uses what the other engine lacks (back references) or is malformed.
pub(crate) fn translate(expression: &str, grammar: Grammar, dollars: Dollars) -> Option<String> {
    let mut translator = Translator { rest: expression, out: String::new(), grammar, atom: false };
    while let Some(first) = translator.rest.chars().next() {
        if dollars == Dollars::Variables
            && let Some(length) = variable(translator.rest)
        {
            translator.out.push_str(".*");
            translator.atom = true;
            translator.rest = &translator.rest[length..];
            continue;
        }
        if grammar == Grammar::Fixed {
            translator.literal(first);
            translator.rest = &translator.rest[first.len_utf8()..];
        } else {
            translator.step(first)?;
        }
    }
    Some(translator.out)
}

/// The length of a shell variable or substitution at the beginning of a text.
fn variable(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('$')?;
    let close = match rest.chars().next()? {
        '{' => '}',
        '(' => ')',
        first if first.is_ascii_alphanumeric() || first == '_' || first == '@' => {
            let name = rest.find(|character: char| !character.is_ascii_alphanumeric() && character != '_');
            return Some(1 + name.unwrap_or(rest.len()).max(1));
        }
        _ => return None,
    };
    Some(1 + rest.find(close).map_or(rest.len(), |at| at + 1))
}

struct Translator<'a> {
    rest: &'a str,
    out: String,
    grammar: Grammar,
    /// Whether something stands before that can be repeated.
    atom: bool,
}

impl Translator<'_> {
    fn step(&mut self, first: char) -> Option<()> {
        self.rest = &self.rest[first.len_utf8()..];
        match first {
            '\\' => return self.escape(),
            '[' => return self.bracket(),
            '.' => self.put(".", true),
            '*' if self.atom => self.put("*", true),
            '^' if self.grammar == Grammar::Extended || !self.atom && self.at_start() => self.put("^", false),
            '$' if self.grammar == Grammar::Extended || self.at_end() => self.put("$", false),
            '+' | '?' | '{' | '}' if self.grammar == Grammar::Extended => {
                self.put(first.encode_utf8(&mut [0; 4]), true);
            }
            '(' | '|' if self.grammar == Grammar::Extended => self.put(first.encode_utf8(&mut [0; 4]), false),
            ')' if self.grammar == Grammar::Extended => self.put(")", true),
            other => self.literal(other),
        }
        Some(())
    }

    fn put(&mut self, text: &str, atom: bool) {
        self.out.push_str(text);
        self.atom = atom;
    }

    fn literal(&mut self, character: char) {
        self.out.push_str(&regex::escape(character.encode_utf8(&mut [0; 4])));
        self.atom = true;
    }

    fn at_start(&self) -> bool {
        self.out.is_empty() || self.out.ends_with(['(', '|'])
    }

    fn at_end(&self) -> bool {
        self.rest.is_empty() || self.rest.starts_with("\\)") || self.rest.starts_with("\\|")
    }

    fn escape(&mut self) -> Option<()> {
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        match (next, self.grammar) {
            ('(' | '|', Grammar::Basic) => self.put(next.encode_utf8(&mut [0; 4]), false),
            (')' | '{' | '}' | '+' | '?', Grammar::Basic) => self.put(next.encode_utf8(&mut [0; 4]), true),
            ('w' | 'W' | 's' | 'S', _) => {
                self.out.push('\\');
                self.put(next.encode_utf8(&mut [0; 4]), true);
            }
            ('b' | '<' | '>', _) => self.put("\\b", false),
            ('n', _) => self.put("\\n", true),
            ('t', _) => self.put("\\t", true),
            (letter, _) if letter.is_ascii_alphanumeric() => return None,
            (other, _) => self.literal(other),
        }
        Some(())
    }

    /// A bracket expression: a backslash in it is itself.
    fn bracket(&mut self) -> Option<()> {
        let mut body = String::new();
        let mut rest = self.rest;
        let negated = rest.starts_with('^');
        rest = rest.strip_prefix('^').unwrap_or(rest);
        let mut first = true;
        loop {
            let character = rest.chars().next()?;
            if character == ']' && !first {
                break;
            }
            first = false;
            if let Some(class) = rest.strip_prefix("[:") {
                let end = class.find(":]")?;
                body.push_str(&rest[..end + 4]);
                rest = &rest[end + 4..];
                continue;
            }
            rest = &rest[character.len_utf8()..];
            if matches!(character, '[' | ']' | '\\' | '&' | '~' | '^') {
                body.push('\\');
            }
            // A range keeps its sign, one at the ends is itself.
            if character == '-' && (body.is_empty() || rest.starts_with(']')) {
                body.push('\\');
            }
            body.push(character);
        }
        self.rest = &rest[1..];
        self.put(&format!("[{}{body}]", if negated { "^" } else { "" }), true);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(expression: &str, grammar: Grammar, text: &str) -> bool {
        let translated = translate(expression, grammar, Dollars::Plain).unwrap();
        regex::Regex::new(&translated).unwrap().is_match(text)
    }

    #[test]
    fn basic_and_extended_differ() {
        assert!(matches("[0-9.]+", Grammar::Basic, "1+"));
        assert!(!matches("^[0-9.]+$", Grammar::Basic, "1.2"));
        assert!(matches("^[0-9.]+$", Grammar::Extended, "1.2"));
        assert!(matches(r"^v\([0-9]\{1,2\}\)$", Grammar::Basic, "v12"));
        assert!(matches(r"\*[0-9.]*\* or", Grammar::Basic, "*1.90.0* or"));
        assert!(matches("a(b)|c", Grammar::Basic, "a(b)|c"));
        assert!(matches("*x^y$z", Grammar::Basic, "*x^y$z"));
        assert!(matches(r"[]\-a]", Grammar::Basic, "\\"));
        assert!(matches("[[:space:]]x", Grammar::Extended, " x"));
        assert!(matches("a.b", Grammar::Fixed, "a.b") && !matches("a.b", Grammar::Fixed, "axb"));
    }

    #[test]
    fn variables_stand_for_anything() {
        let translated = translate("^version = \"$old\"$", Grammar::Basic, Dollars::Variables).unwrap();
        assert_eq!(translated, "^version = \".*\"$");
        assert_eq!(translate(r"\(a\)\1", Grammar::Basic, Dollars::Plain), None);
        assert_eq!(translate("[a", Grammar::Basic, Dollars::Plain), None);
    }
}
