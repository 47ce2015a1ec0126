//! What can be told of an expression before a run: three-valued, and sure of what it says.

use crate::facts::workflow::expression::Comparison;
use crate::facts::workflow::expression::Expression;
use crate::facts::workflow::value::Value;

/// What is known of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// All of it.
    Value(Value),
    /// A text that begins so: a `github.ref` behind a branch filter.
    Prefix(String),
    /// Only that it counts as true.
    Truthy,
    /// Only that it counts as false.
    Falsy,
    /// Nothing.
    Unknown,
}

impl Known {
    /// Whether it counts as true, where that is known.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::Value(value) => truth(value),
            Self::Truthy => Some(true),
            Self::Falsy => Some(false),
            Self::Prefix(prefix) => (!prefix.is_empty()).then_some(true),
            Self::Unknown => None,
        }
    }

    fn of(truth: Option<bool>) -> Self {
        truth.map_or(Self::Unknown, |truth| Self::Value(Value::Bool(truth)))
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Null => Some(false),
        Value::Bool(value) => Some(*value),
        Value::Number(text) => text.parse::<f64>().ok().map(|number| number != 0.0),
        Value::Text(text) => Some(!text.is_empty()),
        Value::Unknown(_) => None,
        Value::List(_) | Value::Map(_) => Some(true),
    }
}

/// Evaluates an expression; `lookup` says what is known of a path such as `matrix.os`.
pub fn evaluate(expression: &Expression, lookup: &dyn Fn(&[String]) -> Known) -> Known {
    match expression {
        Expression::Literal(value) => Known::Value(value.clone()),
        Expression::Path(path) => match lookup(path) {
            Known::Value(Value::Unknown(_)) => Known::Unknown,
            known => known,
        },
        Expression::Dynamic => Known::Unknown,
        Expression::Not(inner) => Known::of(evaluate(inner, lookup).truth().map(|truth| !truth)),
        Expression::And(parts) => chain(parts, lookup, false),
        Expression::Or(parts) => chain(parts, lookup, true),
        Expression::Compare(comparison, left, right) => {
            let equal = equal(&evaluate(left, lookup), &evaluate(right, lookup));
            match comparison {
                Comparison::Equal => Known::of(equal),
                Comparison::Unequal => Known::of(equal.map(|equal| !equal)),
                Comparison::Order => Known::Unknown,
            }
        }
        Expression::Call(name, arguments) => {
            let arguments: Vec<_> = arguments.iter().map(|argument| evaluate(argument, lookup)).collect();
            call(name, &arguments)
        }
    }
}

/// `&&` gives the first false part, `||` the first true one, else the last.
fn chain(parts: &[Expression], lookup: &dyn Fn(&[String]) -> Known, decisive: bool) -> Known {
    let mut doubtful = false;
    let mut last = Known::Unknown;
    for part in parts {
        last = evaluate(part, lookup);
        match last.truth() {
            Some(truth) if truth == decisive && !doubtful => return last,
            // An earlier part may already have decided, with another value of the same truth.
            Some(truth) if truth == decisive => return if decisive { Known::Truthy } else { Known::Falsy },
            Some(_) => {}
            None => doubtful = true,
        }
    }
    if doubtful { Known::Unknown } else { last }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Null => Some(0.0),
        Value::Bool(value) => Some(f64::from(u8::from(*value))),
        Value::Number(text) => text.parse().ok(),
        Value::Text(text) if text.trim().is_empty() => Some(0.0),
        Value::Text(text) => Some(text.trim().parse().unwrap_or(f64::NAN)),
        _ => Some(f64::NAN),
    }
}

#[expect(clippy::float_cmp, reason = "GitHub compares numbers so")]
fn equal(left: &Known, right: &Known) -> Option<bool> {
    match (left, right) {
        (Known::Value(Value::Unknown(_)), _) | (_, Known::Value(Value::Unknown(_))) => None,
        (Known::Value(Value::Text(left)), Known::Value(Value::Text(right))) => Some(left.eq_ignore_ascii_case(right)),
        (Known::Value(left), Known::Value(right)) => {
            let nested = |value: &Value| matches!(value, Value::List(_) | Value::Map(_));
            if nested(left) && nested(right) { None } else { Some(number(left)? == number(right)?) }
        }
        (Known::Prefix(prefix), Known::Value(Value::Text(text)))
        | (Known::Value(Value::Text(text)), Known::Prefix(prefix)) => (!begins(text, prefix)).then_some(false),
        _ => None,
    }
}

fn begins(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

fn call(name: &str, arguments: &[Known]) -> Known {
    let text = |index: usize| match arguments.get(index) {
        Some(Known::Value(value)) => value.as_text(),
        _ => None,
    };
    let known = match (name, arguments) {
        ("always", _) => Some(true),
        ("startswith", [Known::Prefix(prefix), _]) => text(1).and_then(|wanted| {
            if begins(prefix, &wanted) { Some(true) } else { (!begins(&wanted, prefix)).then_some(false) }
        }),
        ("startswith", _) => text(0).zip(text(1)).map(|(text, prefix)| begins(&text, &prefix)),
        ("endswith", _) => {
            text(0).zip(text(1)).map(|(text, suffix)| text.to_ascii_lowercase().ends_with(&suffix.to_ascii_lowercase()))
        }
        ("contains", [Known::Value(Value::List(items)), item]) => contains(items, item),
        ("contains", [Known::Value(Value::Map(_)), _]) => Some(false),
        ("contains", _) => {
            text(0).zip(text(1)).map(|(text, part)| text.to_ascii_lowercase().contains(&part.to_ascii_lowercase()))
        }
        ("fromjson", _) => return text(0).and_then(|text| from_json(&text)).map_or(Known::Unknown, Known::Value),
        _ => None,
    };
    Known::of(known)
}

fn contains(items: &[Value], wanted: &Known) -> Option<bool> {
    let mut doubtful = false;
    for item in items {
        match equal(&Known::Value(item.clone()), wanted) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => doubtful = true,
        }
    }
    (!doubtful).then_some(false)
}

/// The value of a JSON text: `fromJSON('["a", "b"]')`.
pub fn from_json(text: &str) -> Option<Value> {
    fn value(json: &serde_json::Value) -> Value {
        match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(value) => Value::Bool(*value),
            serde_json::Value::Number(number) => Value::Number(number.to_string()),
            serde_json::Value::String(text) => Value::Text(text.clone()),
            // `serde_json` itself reads no deeper than 128 levels.
            serde_json::Value::Array(items) => Value::List(items.iter().map(value).collect()),
            serde_json::Value::Object(entries) => {
                Value::Map(entries.iter().map(|(key, item)| (key.clone(), value(item))).collect())
            }
        }
    }
    serde_json::from_str(text).ok().map(|json| value(&json))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth(text: &str) -> Option<bool> {
        let lookup = |path: &[String]| match path.join(".").as_str() {
            "matrix.os" => Known::Value(Value::Text("Linux".into())),
            "matrix.flag" => Known::Value(Value::Bool(false)),
            "matrix.gone" => Known::Value(Value::Null),
            "github.ref" => Known::Prefix("refs/heads/".into()),
            _ => Known::Unknown,
        };
        evaluate(&Expression::condition(text).unwrap(), &lookup).truth()
    }

    #[test]
    fn only_what_is_sure_is_said() {
        for (text, expected) in [
            ("matrix.os == 'linux'", Some(true)),
            ("matrix.os != 'linux' && x.y", Some(false)),
            ("x.y && matrix.flag", Some(false)),
            ("x.y && matrix.os", None),
            ("x.y || !matrix.flag", Some(true)),
            ("matrix.gone == ''", Some(true)),
            ("matrix.gone == 'a'", Some(false)),
            ("matrix.flag == 'false'", Some(false)),
            ("startsWith(github.ref, 'refs/tags/')", Some(false)),
            ("github.ref == 'refs/heads/main'", None),
            ("github.ref == 'refs/tags/v1'", Some(false)),
            ("contains(fromJSON('[\"a\", \"linux\"]'), matrix.os)", Some(true)),
            ("contains(x.y, 'a')", None),
            ("(x.y && 'a' || 'b') == 'c'", None),
            ("failure()", None),
            ("always()", Some(true)),
        ] {
            assert_eq!(truth(text), expected, "{text}");
        }
    }
}
