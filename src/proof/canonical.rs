//! Strict JSON: one text a value (RFC 8785, without fractions), so that what was digested is what was read.
//!
//! Keys are sorted, there is no white space, numbers are integers that every reader holds exactly. Bytes that are written
//! in any other way, duplicate keys and unknown fields among them, are malformed.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::de::DeserializeSeed;
use serde::de::Error as _;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use serde_json::Map;
use serde_json::Value;

use crate::proof::malformed::Malformed;
use crate::proof::one_text;

/// The deepest nesting: the formats have less.
const DEPTH: usize = 32;
/// The largest number that every JSON reader holds exactly.
const LARGEST: u64 = (1 << 53) - 1;

/// What the line of a step takes: memory that need not grow.
const USUAL: usize = 4096;

/// The bytes of a value.
pub fn write(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    put(&mut bytes, value);
    bytes
}

/// The bytes of one of our own types.
pub fn bytes_of<T: Serialize>(value: &T) -> Vec<u8> {
    // Where the fields are declared in the order of their names, this is the text already.
    let mut bytes = Vec::with_capacity(USUAL);
    serde_json::to_writer(&mut bytes, value).expect("our types have string keys, and nothing else can fail");
    if one_text::is_canonical(&bytes, DEPTH) { bytes } else { write(&value_of(value)) }
}

fn value_of<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("our types have string keys, and nothing else can fail")
}

fn put(bytes: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => bytes.extend_from_slice(b"null"),
        Value::Bool(true) => bytes.extend_from_slice(b"true"),
        Value::Bool(false) => bytes.extend_from_slice(b"false"),
        Value::Number(number) => bytes.extend_from_slice(number.to_string().as_bytes()),
        Value::String(text) => put_text(bytes, text),
        Value::Array(values) => {
            bytes.push(b'[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    bytes.push(b',');
                }
                put(bytes, value);
            }
            bytes.push(b']');
        }
        Value::Object(fields) => {
            let mut keys: Vec<&String> = fields.keys().collect();
            if keys.iter().all(|key| key.is_ascii()) {
                keys.sort_unstable();
            } else {
                // As JavaScript sorts: by UTF-16 units.
                keys.sort_by(|one, other| one.encode_utf16().cmp(other.encode_utf16()));
            }
            bytes.push(b'{');
            for (index, key) in keys.into_iter().enumerate() {
                if index > 0 {
                    bytes.push(b',');
                }
                put_text(bytes, key);
                bytes.push(b':');
                put(bytes, &fields[key]);
            }
            bytes.push(b'}');
        }
    }
}

/// Writes a string as RFC 8785 section 3.2.2.2 has it: escapes only where JSON demands them.
fn put_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' => bytes.extend_from_slice(b"\\\""),
            b'\\' => bytes.extend_from_slice(b"\\\\"),
            0x08 => bytes.extend_from_slice(b"\\b"),
            0x09 => bytes.extend_from_slice(b"\\t"),
            0x0a => bytes.extend_from_slice(b"\\n"),
            0x0c => bytes.extend_from_slice(b"\\f"),
            0x0d => bytes.extend_from_slice(b"\\r"),
            0x00..0x20 => bytes.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => bytes.push(byte),
        }
    }
    bytes.push(b'"');
}

/// Reads just the bytes that [`write()`] writes.
pub fn parse(bytes: &[u8]) -> Result<Value, Malformed> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict(DEPTH).deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    let value = value.map_err(|error| Malformed::new(error.to_string()))?;
    if write(&value) == bytes {
        return Ok(value);
    }
    Err(Malformed::new("it is not written canonically (RFC 8785)"))
}

/// Reads one of our own types: every field is known, and nothing is written that the type does not hold.
pub fn read<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, Malformed> {
    // What is written again as the same bytes has no key twice and no field that is not known.
    if one_text::is_canonical(bytes, DEPTH)
        && let Ok(read) = serde_json::from_slice::<T>(bytes)
        && bytes_of(&read) == bytes
    {
        return Ok(read);
    }
    // Rare, or wrong: then this says why.
    let value = parse(bytes)?;
    let read: T = T::deserialize(&value).map_err(|error| Malformed::new(error.to_string()))?;
    // A field that stands for nothing (`null` for none, an empty list that is left out) is a second text of one value.
    if value_of(&read) == value { Ok(read) } else { Err(Malformed::new("it holds fields that say nothing")) }
}

/// Reads one of our own types from bytes that were just written; none where they are a rare text, for [`read`] to judge.
pub(crate) fn read_own<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    one_text::is_canonical(bytes, DEPTH).then(|| serde_json::from_slice(bytes).ok()).flatten()
}

/// Reads a value, refusing what two readers may read differently. Carries how much deeper it may go.
struct Strict(usize);

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Strict {
    fn deeper<E: serde::de::Error>(&self) -> Result<usize, E> {
        self.0.checked_sub(1).ok_or_else(|| E::custom(format_args!("it is nested deeper than {DEPTH}")))
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value without fractions")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        if value > LARGEST { Err(E::custom("a number is larger than 2^53 - 1")) } else { Ok(value.into()) }
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > LARGEST { Err(E::custom("a number is below -2^53 + 1")) } else { Ok(value.into()) }
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Value, E> {
        Err(E::custom("a number is no integer"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let deeper = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = sequence.next_element_seed(Self(deeper))? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let deeper = self.deeper()?;
        let mut fields = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(Self(deeper))?;
            if fields.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key {key:?} stands twice")));
            }
            fields.insert(key, value);
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    fn why(text: &str) -> String {
        parse(text.as_bytes()).expect_err(text).message
    }

    #[test]
    fn one_value_has_one_text() {
        let value = json!({ "b": [1, -2, null, true], "a": "\u{1}\n\"\\/é\u{7f}", "": {} });
        let bytes = write(&value);
        assert_eq!(
            String::from_utf8(bytes.clone()).unwrap(),
            "{\"\":{},\"a\":\"\\u0001\\n\\\"\\\\/é\u{7f}\",\"b\":[1,-2,null,true]}"
        );
        assert_eq!(parse(&bytes).unwrap(), value);
    }

    #[test]
    fn keys_stand_as_rfc_8785_sorts_them() {
        // The example of section 3.2.3.
        let value = json!({ "\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7 });
        let text = String::from_utf8(write(&value)).unwrap();
        let order: Vec<u64> = text.split(':').skip(1).filter_map(|rest| rest[..1].parse().ok()).collect();
        assert_eq!(order, [2, 4, 6, 7, 1, 5, 3]);
    }

    #[test]
    fn what_two_readers_may_read_differently_is_refused() {
        assert!(why("{\"a\":1,\"a\":1}").contains("\"a\" stands twice"));
        assert!(why("{\"a\":1,\"\\u0061\":2}").contains("\"a\" stands twice"));
        assert!(why("{\"b\":1,\"a\":2}").contains("canonically"));
        assert!(why("{ }").contains("canonically"));
        assert!(why("{}\n").contains("canonically"));
        assert!(why("\"\\/\"").contains("canonically"));
        assert!(why("\"\\u00e9\"").contains("canonically"));
        assert!(why("1.0").contains("no integer"));
        assert!(why("1e3").contains("no integer"));
        assert!(why("-0").contains("no integer"));
        assert!(why("9007199254740992").contains("2^53"));
        assert!(why("-9007199254740992").contains("2^53"));
        for broken in ["{}{}", "", "\u{feff}{}", "{\"a\":1,}", "'a'", "\"\\ud800\"", "nul", "01"] {
            assert!(parse(broken.as_bytes()).is_err(), "{broken}");
        }
        assert!(parse(b"\"\xff\"").is_err());
    }

    #[test]
    fn depth_is_limited_and_costs_no_stack() {
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(deep(DEPTH).as_bytes()).is_ok());
        assert!(why(&deep(DEPTH + 1)).contains("deeper"));
        assert!(parse("[".repeat(1 << 20).as_bytes()).is_err());
    }

    #[test]
    fn a_type_holds_all_that_is_written() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct One {
            #[serde(default, skip_serializing_if = "Option::is_none")]
            a: Option<u64>,
        }
        assert_eq!(read::<One>(b"{\"a\":1}"), Ok(One { a: Some(1) }));
        assert_eq!(read::<One>(b"{}"), Ok(One { a: None }));
        assert!(read::<One>(b"{\"a\":null}").unwrap_err().message.contains("say nothing"));
        assert!(read::<One>(b"{\"b\":1}").unwrap_err().message.contains("unknown field"));
        assert!(read::<One>(b"{\"a\":\"1\"}").is_err());
    }
}
