//! Reads any text as the expression of an `if:` and evaluates it, with values of its own words: no panic, no hang.
#![no_main]

use cargo_governed::facts::workflow::evaluate;
use cargo_governed::facts::workflow::evaluate::Known;
use cargo_governed::facts::workflow::expression::Expression;
use cargo_governed::facts::workflow::value::Value;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let lookup = |path: &[String]| match path.len() {
        1 => Known::Unknown,
        2 => Known::Value(Value::Text(path[1].clone())),
        3 => Known::Prefix(path[2].clone()),
        4 => Known::Truthy,
        5 => Known::Falsy,
        _ => Known::Value(evaluate::from_json(&path[1]).unwrap_or(Value::Null)),
    };
    for expression in Expression::condition(text).into_iter().chain(Expression::all_in(text)) {
        let _ = evaluate::evaluate(&expression, &lookup).truth();
        let _ = (expression.paths(), expression.calls("always"));
    }
    evaluate::from_json(text);
});
