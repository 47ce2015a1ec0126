//! GitHub's own descriptions, cut to what is called and read: every request, every answer and every event of a test is held
//! against them.

use std::sync::LazyLock;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

/// The public site.
pub(crate) static PUBLIC: LazyLock<Value> = LazyLock::new(|| document(include_str!("../data/github-openapi.json")));
/// The oldest enterprise that GitHub still keeps.
pub(crate) static ENTERPRISE: LazyLock<Value> =
    LazyLock::new(|| document(include_str!("../data/github-enterprise-openapi.json")));
static EVENTS: LazyLock<Value> = LazyLock::new(|| document(include_str!("../data/github-events.json")));

/// A description with its shared parts put where they are named.
fn document(text: &str) -> Value {
    let whole: Value = serde_json::from_str(text).expect("JSON");
    put(&whole, &whole["shared"])
}

fn put(node: &Value, shared: &Value) -> Value {
    match node {
        Value::Object(fields) => match fields.get("$ref").and_then(Value::as_str) {
            Some(name) => put(&shared[name], shared),
            None => fields.iter().map(|(name, value)| (name.clone(), put(value, shared))).collect(),
        },
        Value::Array(parts) => parts.iter().map(|part| put(part, shared)).collect(),
        _ => node.clone(),
    }
}

/// An event as GitHub sends it: everything that it promises, and what a test puts in. What GitHub would never send fails.
pub(crate) fn event(name: &str, with: &Value) -> Value {
    let action = with["action"].as_str().unwrap_or_default();
    let known = match (name, action) {
        // No webhook brings it; the runner's own event has no more than this.
        ("schedule", _) => return overlaid(json!({ "schedule": "17 4 * * *" }), with),
        ("pull_request" | "pull_request_target", "synchronize") => "pull_request$synchronize",
        ("pull_request" | "pull_request_target", _) => "pull_request$opened",
        ("pull_request_review", _) => "pull_request_review$submitted",
        ("merge_group", _) => "merge_group$checks_requested",
        ("push", _) => "push$event",
        ("workflow_run", _) => "workflow_run$completed",
        ("workflow_dispatch", _) => "workflow_dispatch$event",
        _ => panic!("{name} is not among the events that are cut out of GitHub's schemas"),
    };
    let schema = &EVENTS["events"][known];
    let payload = completed(schema, with);
    let wrong = errors(schema, &payload);
    assert!(wrong.is_empty(), "GitHub never sends such a {name}: {wrong:#?}");
    payload
}

/// An operation of a description.
pub(crate) struct Operation(&'static Value);

/// The operation of a method and a path without its query; none where GitHub has no such thing.
pub(crate) fn operation(document: &'static Value, method: &str, path: &str) -> Option<Operation> {
    let fits = |operation: &&Value| {
        let known = operation["path"].as_str().expect("a path");
        let parts = parts(known, path);
        let given = known.split('/').zip(&parts);
        let same = given.clone().all(|(known, part)| known.starts_with('{') || known == part);
        operation["method"] == method && known.split('/').count() == parts.len() && same
    };
    document["operations"].as_array().expect("a list").iter().find(fits).map(Operation)
}

/// The parts of a path; the name of a reference, where it comes last, has slashes of its own.
fn parts(known: &str, path: &str) -> Vec<String> {
    let most = if known.ends_with("/{ref}") { known.split('/').count() } else { usize::MAX };
    path.splitn(most, '/').map(str::to_owned).collect()
}

impl Operation {
    /// Its method and its path, with the places for names.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.0["method"].as_str().expect("a method"), self.0["path"].as_str().expect("a path"))
    }

    /// What is wrong with a request.
    pub(crate) fn faults_of_request(&self, path: &str, query: &str, body: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        let known = self.0["path"].as_str().expect("a path");
        let parts = parts(known, path);
        let given: Map<String, Value> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .chain(
                known
                    .split('/')
                    .zip(&parts)
                    .filter_map(|(known, part)| Some((known.strip_prefix('{')?.strip_suffix('}')?, part.as_str()))),
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
        "null" => Value::Null,
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

/// A value with everything that its schema demands beside what it has, at every depth.
fn completed(schema: &Value, with: &Value) -> Value {
    let choices = ["oneOf", "anyOf"].iter().find_map(|key| schema[*key].as_array());
    let chosen = choices.and_then(|choices| choices.iter().find(|choice| choice["type"] != "null"));
    if let Some(chosen) = chosen {
        return completed(chosen, with);
    }
    match with {
        Value::Object(fields) => {
            let mut whole = example(schema).as_object().cloned().unwrap_or_default();
            for (name, value) in fields {
                let parts = schema["allOf"].as_array().into_iter().flatten().chain([schema]);
                let known = parts.map(|part| &part["properties"][name]).rfind(|known| !known.is_null());
                whole.insert(name.clone(), completed(known.unwrap_or(&Value::Null), value));
            }
            Value::Object(whole)
        }
        Value::Array(items) => items.iter().map(|item| completed(&schema["items"], item)).collect(),
        plain => plain.clone(),
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
