//! The JSON messages of cargo: sorted, without what says only how warm the caches were.

use serde_json::Value;

use crate::steps::normal::spelling;

/// Normalises a stream of messages; lines that are none stay in front, in their order.
pub fn normal(text: &str) -> String {
    let (mut others, mut messages) = (String::new(), Vec::new());
    for line in text.lines() {
        if let Some(message) = message(line) {
            messages.push(message);
        } else {
            others.push_str(line);
            others.push('\n');
        }
    }
    messages.sort();
    for message in messages {
        others.push_str(&message);
        others.push('\n');
    }
    others
}

fn message(line: &str) -> Option<String> {
    if !line.starts_with('{') {
        return None;
    }
    let mut message: Value = serde_json::from_str(line).ok()?;
    let fields = message.as_object_mut()?;
    fields.get("reason")?;
    fields.shift_remove("fresh");
    Some(spelling::without_hashes(&message.to_string()).into_owned())
}
