//! GitHub's own description of its API, cut to what is called: every request and every answer of a test is held against it.

use std::sync::LazyLock;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../data/github-openapi.json");
    serde_json::from_str(text).expect("JSON")
});

/// An operation of the description.
pub(crate) struct Operation(&'static Value);

/// The operation of a method and a path without its query; none where GitHub has no such thing.
pub(crate) fn operation(method: &str, path: &str) -> Option<Operation> {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |operation: &&Value| {
        let known: Vec<&str> = operation["path"].as_str().expect("a path").split('/').collect();
        let same = known.iter().zip(&parts).all(|(known, part)| known.starts_with('{') || known == part);
        operation["method"] == method && known.len() == parts.len() && same
    };
    DOCUMENT["operations"].as_array().expect("a list").iter().find(fits).map(Operation)
}

impl Operation {
    /// What is wrong with a request.
    pub(crate) fn faults_of_request(&self, path: &str, query: &str, body: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        let known: Vec<&str> = self.0["path"].as_str().expect("a path").split('/').collect();
        let given: Map<String, Value> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .chain(
                known
                    .iter()
                    .zip(path.split('/'))
                    .filter_map(|(known, part)| Some((known.strip_prefix('{')?.strip_suffix('}')?, part))),
            )
            .map(|(name, value)| (name.to_owned(), value.parse::<u64>().map_or_else(|_| json!(value), |n| json!(n))))
            .collect();
        let parameters = self.0["parameters"].as_array().expect("a list");
        for parameter in parameters {
            let name = parameter["name"].as_str().expect("a name");
            match given.get(name) {
                None if parameter["required"] == true => faults.push(format!("{name} is missing")),
                None => {}
                Some(value) => {
                    let text = json!(value.as_u64().map_or_else(|| value.clone(), |number| json!(number.to_string())));
                    // A word of digits is a word too.
                    if !is_valid(&parameter["schema"], value) && !is_valid(&parameter["schema"], &text) {
                        faults.push(format!("{name}: {value} does not fit"));
                    }
                }
            }
        }
        for name in given.keys().filter(|name| parameters.iter().all(|known| known["name"] != name.as_str())) {
            faults.push(format!("{name} is no parameter"));
        }
        if !self.0["body"].is_null() {
            faults.extend(errors(&self.0["body"], body));
            // The description lets more be sent; a misspelt name would be ignored without a word.
            let properties = self.0["body"]["properties"].as_object().into_iter().flatten();
            let names: Vec<&String> = properties.map(|(name, _)| name).collect();
            let sent = body.as_object().into_iter().flatten();
            faults.extend(sent.filter(|(name, _)| !names.contains(name)).map(|(name, _)| format!("{name} is unknown")));
        }
        faults
    }

    /// What is wrong with an answer.
    pub(crate) fn faults_of_answer(&self, status: u16, body: &Value) -> Vec<String> {
        match self.0["responses"].get(status.to_string()) {
            None if status >= 400 => Vec::new(),
            None => vec![format!("GitHub never answers {status}")],
            Some(Value::Null) => Vec::new(),
            Some(schema) => errors(schema, body),
        }
    }

    /// An answer with everything that GitHub promises, and what a test puts in.
    pub(crate) fn answer(&self, status: u16, with: &Value) -> Value {
        overlaid(example(&self.0["responses"][status.to_string()]), with)
    }

    /// An item of an answer that is a list.
    pub(crate) fn item(&self, with: &Value) -> Value {
        overlaid(example(&self.0["responses"]["200"]["items"]), with)
    }
}

fn is_valid(schema: &Value, value: &Value) -> bool {
    errors(schema, value).is_empty()
}

fn errors(schema: &Value, value: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).expect("a schema");
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The smallest value that keeps to a schema.
fn example(schema: &Value) -> Value {
    if let Some(first) = schema["enum"].as_array().and_then(|words| words.first()) {
        return first.clone();
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(first) = schema[key].as_array().and_then(|choices| choices.first()) {
            return example(first);
        }
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("object");
    match kind {
        "string" if schema["format"] == "date-time" => json!("2026-11-22T00:00:00Z"),
        "string" if schema["format"] == "uri" => json!("https://example.com/"),
        "string" => json!("x"),
        "integer" | "number" => json!(1),
        "boolean" => json!(false),
        "array" => json!([]),
        _ => {
            let mut object = Map::new();
            for part in schema["allOf"].as_array().into_iter().flatten() {
                object.extend(example(part).as_object().cloned().unwrap_or_default());
            }
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                object.insert(name.to_owned(), example(&schema["properties"][name]));
            }
            Value::Object(object)
        }
    }
}

fn overlaid(mut below: Value, above: &Value) -> Value {
    if let (Some(fields), Some(more)) = (below.as_object_mut(), above.as_object()) {
        for (name, value) in more {
            let old = fields.remove(name).unwrap_or_default();
            let new = if old.is_object() && value.is_object() { overlaid(old, value) } else { value.clone() };
            fields.insert(name.clone(), new);
        }
        return below;
    }
    above.clone()
}
