//! `strategy.matrix`: the values, and the combinations that GitHub makes of them.

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::workflow::value::Value;
use crate::facts::yaml::tree::YamlNode;

/// The most combinations of a matrix: GitHub's own limit of jobs.
const MAX_COMBINATIONS: usize = 256;

/// One row of a matrix: names and values.
pub type Combination = Vec<(String, Value)>;

/// A matrix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matrix {
    /// The axes, in order.
    pub axes: Vec<Axis>,
    /// The rows of `include`.
    pub include: Vec<Spanned<Combination>>,
    /// The rows of `exclude`.
    pub exclude: Vec<Spanned<Combination>>,
    /// Whether the matrix, an axis or a list in it is an expression, so that only a run knows all of it.
    pub open: bool,
    /// The whole value.
    pub span: Span,
}

/// One axis: a name and its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The name.
    pub name: Spanned<String>,
    /// The values; one unknown value where the axis is an expression.
    pub values: Vec<Spanned<Value>>,
}

impl Matrix {
    /// Reads the value of `strategy.matrix`.
    pub fn read(node: YamlNode<'_>) -> Self {
        let mut matrix = Self { span: node.span(), open: !node.is_mapping(), ..Self::default() };
        for (key, value) in node.entries() {
            let Some(name) = key.scalar() else { continue };
            let listed = value.is_sequence();
            matrix.open |= !listed;
            match name.value.as_str() {
                "include" => matrix.include = rows(value),
                "exclude" => matrix.exclude = rows(value),
                _ => {
                    let read = |node: YamlNode<'_>| Spanned::new(Value::read(node), node.span());
                    let values = if listed { value.items().map(read).collect() } else { vec![read(value)] };
                    matrix.axes.push(Axis { name, values });
                }
            }
        }
        matrix
    }

    /// The combinations that run, as GitHub makes them; none where only a run knows them or they are too many.
    pub fn combinations(&self) -> Option<Vec<Combination>> {
        if self.open {
            return None;
        }
        let mut rows: Vec<Combination> = if self.axes.is_empty() { Vec::new() } else { vec![Vec::new()] };
        for axis in &self.axes {
            if rows.len().saturating_mul(axis.values.len()) > MAX_COMBINATIONS * 16 {
                return None;
            }
            let with = |row: &Combination, value: &Value| {
                let mut row = row.clone();
                row.push((axis.name.value.clone(), value.clone()));
                row
            };
            rows = rows.iter().flat_map(|row| axis.values.iter().map(move |value| with(row, &value.value))).collect();
        }
        rows.retain(|row| !self.exclude.iter().any(|exclude| is_excluded(row, &exclude.value)));
        let originals = rows.len();
        for include in &self.include {
            let mut added = false;
            for row in &mut rows[..originals] {
                let fits = |(name, value): &(String, Value)| {
                    !self.axes.iter().any(|axis| axis.name.value == *name)
                        || row.iter().any(|(own, there)| own == name && there == value)
                };
                if include.value.iter().all(fits) {
                    added = true;
                    for (name, value) in &include.value {
                        row.retain(|(own, _)| own != name);
                        row.push((name.clone(), value.clone()));
                    }
                }
            }
            if !added {
                rows.push(include.value.clone());
            }
        }
        (rows.len() <= MAX_COMBINATIONS).then_some(rows)
    }
}

fn rows(node: YamlNode<'_>) -> Vec<Spanned<Combination>> {
    let row = |node: YamlNode<'_>| match Value::read(node) {
        Value::Map(entries) => entries,
        _ => Vec::new(),
    };
    node.items().map(|item| Spanned::new(row(item), item.span())).collect()
}

fn is_excluded(row: &Combination, exclude: &Combination) -> bool {
    !exclude.is_empty()
        && exclude.iter().all(|(name, value)| row.iter().any(|(own, there)| own == name && matches(there, value)))
}

/// Says whether a value is what an `exclude` row names; of a mapping only the keys that the row names count.
fn matches(value: &Value, wanted: &Value) -> bool {
    match (value, wanted) {
        (Value::Map(_), Value::Map(keys)) => {
            keys.iter().all(|(key, wanted)| value.get(key).is_some_and(|value| matches(value, wanted)))
        }
        _ => value == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::yaml::parse;

    fn combinations(text: &str) -> Option<Vec<String>> {
        let yaml = parse::parse(text, &mut Vec::new());
        let rows = Matrix::read(yaml.root().unwrap()).combinations()?;
        let show = |(name, value): &(String, Value)| format!("{name}={}", value.as_text().unwrap_or_default());
        Some(rows.iter().map(|row| row.iter().map(show).collect::<Vec<_>>().join(" ")).collect())
    }

    #[test]
    fn include_extends_what_it_fits_and_else_adds_a_row() {
        let text =
            "os: [l, w]\nrust: [s]\nexclude:\n  - {os: w}\ninclude:\n  - {rust: s, x: 1}\n  - {os: m, rust: n}\n";
        assert_eq!(combinations(text).unwrap(), ["os=l rust=s x=1", "os=m rust=n"]);
        assert_eq!(combinations("include: [{a: 1}, {a: 2}]").unwrap(), ["a=1", "a=2"]);
        assert_eq!(combinations("os: ${{ fromJSON(x) }}"), None);
        assert_eq!(combinations("rust: [1.80, '1.80']").unwrap(), ["rust=1.8", "rust=1.80"]);
    }

    #[test]
    fn too_many_combinations_are_none() {
        let axes: String = (0..40).map(|axis| format!("a{axis}: [1, 2, 3, 4]\n")).collect();
        assert_eq!(combinations(&axes), None);
    }
}
