//! Says of bytes, without making values of them, that they are the one text of a JSON value that proofs use.
//!
//! A yes is certain. Rare texts that are canonical too (keys or strings with escapes beyond the usual, numbers above 15
//! digits) get a no: whoever needs to know then reads the value and writes it again.

use memchr::memchr2;

/// The largest number of digits of which every number is small enough for every reader.
const DIGITS: usize = 15;

/// What is open around a place.
#[derive(Clone, Copy)]
enum Open<'a> {
    /// A list.
    List,
    /// An object, with its last key.
    Object(&'a [u8]),
}

/// Says whether bytes are canonical, nested no deeper than `depth`.
pub(crate) fn is_canonical(bytes: &[u8], depth: usize) -> bool {
    // Neither white space between values nor a raw control character in a string.
    // Without a way out in between, so that many bytes are compared at once.
    let least = bytes.iter().fold(u8::MAX, |least, byte| least.min(*byte));
    least >= 0x20 && std::str::from_utf8(bytes).is_ok() && walk(bytes, depth).is_some_and(|end| end == bytes.len())
}

/// Goes over one value, and gives where it ends.
fn walk(bytes: &[u8], depth: usize) -> Option<usize> {
    let mut open: Vec<Open<'_>> = Vec::with_capacity(depth);
    let mut at = 0;
    loop {
        // In front of a value.
        match *bytes.get(at)? {
            b'{' if bytes.get(at + 1) != Some(&b'}') => {
                if open.len() == depth {
                    return None;
                }
                let (key, behind) = key(bytes, at + 1)?;
                open.push(Open::Object(key));
                at = behind;
                continue;
            }
            b'[' if bytes.get(at + 1) != Some(&b']') => {
                if open.len() == depth {
                    return None;
                }
                open.push(Open::List);
                at += 1;
                continue;
            }
            // An empty one is as deep as a full one.
            b'{' | b'[' if open.len() < depth => at += 2,
            b'"' => at = text(bytes, at)?,
            b'-' | b'0'..=b'9' => at = number(bytes, at)?,
            _ => at = word(bytes, at)?,
        }
        // Behind a value.
        loop {
            let Some(around) = open.last_mut() else { return Some(at) };
            match (around, *bytes.get(at)?) {
                (Open::List, b',') => {
                    at += 1;
                    break;
                }
                (Open::Object(last), b',') => {
                    let (key, behind) = key(bytes, at + 1)?;
                    if key <= *last {
                        return None;
                    }
                    *last = key;
                    at = behind;
                    break;
                }
                (Open::List, b']') | (Open::Object(_), b'}') => {
                    open.pop();
                    at += 1;
                }
                _ => return None,
            }
        }
    }
}

/// A key of plain ASCII, so that its bytes sort as its UTF-16 units do, and the place of its value.
fn key(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let end = text(bytes, at)?;
    let key = &bytes[at + 1..end - 1];
    let is_plain = key.is_ascii() && !key.contains(&b'\\');
    (is_plain && bytes.get(end) == Some(&b':')).then_some((key, end + 1))
}

/// The place behind a string.
fn text(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let mut at = at + 1;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        match *bytes.get(at + 1)? {
            b'"' | b'\\' | b'b' | b't' | b'n' | b'f' | b'r' => at += 2,
            _ => return None,
        }
    }
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let from = at + usize::from(bytes[at] == b'-');
    let digits = bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let first = *bytes.get(from)?;
    let is_zero = digits == 1 && first == b'0' && from == at;
    (is_zero || (1..=DIGITS).contains(&digits) && first != b'0').then_some(from + digits)
}

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    let words: [&[u8]; 3] = [b"null", b"true", b"false"];
    let rest = bytes.get(at..)?;
    words.into_iter().find(|word| rest.starts_with(word)).map(|word| at + word.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;
    use serde_json::json;

    use super::*;
    use crate::proof::canonical;

    #[test]
    fn the_one_text_is_known_and_no_other() {
        let value = json!({ "b": [1, -2, null, true, [], {}, 0], "a": "\n\"\\/é\u{7f}", "": {} });
        let bytes = canonical::write(&value);
        assert!(is_canonical(&bytes, 32));
        for other in [
            "",
            " 1",
            "1 ",
            "{\"a\":1,\"a\":1}",
            "{\"b\":1,\"a\":1}",
            "[1,]",
            "[,1]",
            "{\"a\"}",
            "{\"a\":}",
            "01",
            "-0",
            "-",
            "1.0",
            "1e3",
            "nul",
            "\"\\u0061\"",
            "\"\\/\"",
            "\"",
            "[1 ,2]",
            "{}{}",
            "[}",
            "{]",
            "[1}",
            "\"\u{1}\"",
            "]",
            "9007199254740993",
            "{1:1}",
            "[1",
            "{\"a\":1",
            "tru",
            "{\"a\":1,}",
        ] {
            assert!(!is_canonical(other.as_bytes(), 32), "{other}");
        }
        assert!(!is_canonical(b"\"\xff\"", 32));
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(is_canonical(deep(32).as_bytes(), 32));
        assert!(!is_canonical(deep(33).as_bytes(), 32));
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-z\"\\\\\n\u{1}é€]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z_A-Z]{0,3}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_yes_is_what_the_reader_says(value in value(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = canonical::write(&value);
            let has_rare = bytes.windows(2).any(|pair| pair == b"\\u");
            prop_assert!(has_rare || is_canonical(&bytes, 32));
            let place = at.index(bytes.len());
            bytes[place] = byte;
            if is_canonical(&bytes, 32) {
                prop_assert!(canonical::parse(&bytes).is_ok(), "{:?}", String::from_utf8_lossy(&bytes));
            }
        }
    }
}
