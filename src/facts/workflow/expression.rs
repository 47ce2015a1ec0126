//! GitHub's expressions: `${{ a.b == 'c' && !cancelled() }}` as a tree. What can't be read is none, never an error.

use crate::facts::workflow::value::Value;

/// The most tokens and the deepest nesting that are read.
const MAX_TOKENS: usize = 500;
const MAX_DEPTH: usize = 40;

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// `'text'`, `1`, `true`, `null`.
    Literal(Value),
    /// `github.event.pull_request`, in lower case but for the spelling of the parts; `*` stands as it is.
    Path(Vec<String>),
    /// `a[b]` where `b` is no literal, or a path behind a call: known at run time only.
    Dynamic,
    /// `name(...)`, the name in lower case.
    Call(String, Vec<Expression>),
    /// `!a`.
    Not(Box<Expression>),
    /// `a && b && ...`.
    And(Vec<Expression>),
    /// `a || b || ...`.
    Or(Vec<Expression>),
    /// `a == b` and the like.
    Compare(Comparison, Box<Expression>, Box<Expression>),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`.
    Equal,
    /// `!=`.
    Unequal,
    /// `<`, `<=`, `>` or `>=`: no rule needs to know which.
    Order,
}

impl Expression {
    /// Reads the value of an `if` key: an expression, with or without `${{ }}` around the whole of it.
    ///
    /// None where it can't be read, or where text stands around a `${{ }}` (GitHub takes that for a text, which is true).
    pub fn condition(text: &str) -> Option<Self> {
        let text = text.trim();
        let inner = text.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).unwrap_or(text);
        if inner.contains("${{") || inner.contains("}}") {
            return None;
        }
        Self::parse(inner)
    }

    /// Reads an expression without `${{ }}`.
    pub fn parse(text: &str) -> Option<Self> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, at: 0 };
        let expression = parser.or(0)?;
        (parser.at == tokens.len()).then_some(expression)
    }

    /// The expressions of all `${{ }}` in a text that can be read.
    pub fn all_in(text: &str) -> Vec<Self> {
        let mut found = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("${{") {
            rest = &rest[start + 3..];
            let Some(end) = rest.find("}}") else { break };
            found.extend(Self::parse(&rest[..end]));
            rest = &rest[end + 2..];
        }
        found
    }

    /// Calls a function with every part of the expression, itself first.
    pub fn visit<'a>(&'a self, see: &mut dyn FnMut(&'a Expression)) {
        let mut waiting = vec![self];
        while let Some(part) = waiting.pop() {
            see(part);
            match part {
                Self::Call(_, parts) | Self::And(parts) | Self::Or(parts) => waiting.extend(parts.iter().rev()),
                Self::Not(inner) => waiting.push(inner),
                Self::Compare(_, left, right) => waiting.extend([right.as_ref(), left.as_ref()]),
                Self::Literal(_) | Self::Path(_) | Self::Dynamic => {}
            }
        }
    }

    /// Says whether a part of the expression calls a function: `always`.
    pub fn calls(&self, name: &str) -> bool {
        let mut found = false;
        self.visit(&mut |part| found |= matches!(part, Self::Call(called, _) if called == name));
        found
    }

    /// The paths in the expression, in order.
    pub fn paths(&self) -> Vec<&[String]> {
        let mut found = Vec::new();
        self.visit(&mut |part| {
            if let Self::Path(path) = part {
                found.push(path.as_slice());
            }
        });
        found
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Text(String),
    Number(String),
    Sign(&'static str),
}

const SIGNS: &[&str] = &["==", "!=", "<=", ">=", "&&", "||", "(", ")", "[", "]", ",", ".", "!", "<", ">", "*"];

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if found.len() >= MAX_TOKENS {
            return None;
        }
        let (token, used) = token(rest)?;
        found.push(token);
        rest = rest[used..].trim_start();
    }
    Some(found)
}

fn token(rest: &str) -> Option<(Token, usize)> {
    let first = rest.chars().next()?;
    if first == '\'' {
        return quoted(rest);
    }
    let length = |accepts: fn(char) -> bool| rest.find(|character| !accepts(character)).unwrap_or(rest.len());
    if first.is_ascii_alphabetic() || first == '_' {
        let end = length(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '-'));
        return Some((Token::Name(rest[..end].to_owned()), end));
    }
    if first.is_ascii_digit() || first == '-' || first == '+' {
        let end = length(|character| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '+'));
        return Some((Token::Number(rest[..end].to_owned()), end));
    }
    let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign))?;
    Some((Token::Sign(sign), sign.len()))
}

fn quoted(rest: &str) -> Option<(Token, usize)> {
    let mut value = String::new();
    let mut at = 1;
    loop {
        let end = at + rest.get(at..)?.find('\'')?;
        value.push_str(&rest[at..end]);
        at = end + 1;
        if !rest[at..].starts_with('\'') {
            return Some((Token::Text(value), at));
        }
        value.push('\'');
        at += 1;
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Parser<'_> {
    fn takes(&mut self, sign: &str) -> bool {
        let there = matches!(self.tokens.get(self.at), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(there);
        there
    }

    fn or(&mut self, depth: usize) -> Option<Expression> {
        let mut parts = vec![self.and(depth)?];
        while self.takes("||") {
            parts.push(self.and(depth)?);
        }
        if parts.len() == 1 { parts.pop() } else { Some(Expression::Or(parts)) }
    }

    fn and(&mut self, depth: usize) -> Option<Expression> {
        let mut parts = vec![self.comparison(depth)?];
        while self.takes("&&") {
            parts.push(self.comparison(depth)?);
        }
        if parts.len() == 1 { parts.pop() } else { Some(Expression::And(parts)) }
    }

    fn comparison(&mut self, depth: usize) -> Option<Expression> {
        let left = self.unary(depth)?;
        let comparison = match self.tokens.get(self.at) {
            Some(Token::Sign("==")) => Comparison::Equal,
            Some(Token::Sign("!=")) => Comparison::Unequal,
            Some(Token::Sign("<" | "<=" | ">" | ">=")) => Comparison::Order,
            _ => return Some(left),
        };
        self.at += 1;
        let right = self.unary(depth)?;
        Some(Expression::Compare(comparison, Box::new(left), Box::new(right)))
    }

    fn unary(&mut self, depth: usize) -> Option<Expression> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.takes("!") {
            return Some(Expression::Not(Box::new(self.unary(depth + 1)?)));
        }
        if self.takes("(") {
            let inner = self.or(depth + 1)?;
            if !self.takes(")") {
                return None;
            }
            return self.behind(inner, depth);
        }
        let token = self.tokens.get(self.at)?.clone();
        self.at += 1;
        match token {
            Token::Text(text) => Some(Expression::Literal(Value::Text(text))),
            Token::Number(number) => Some(Expression::Literal(Value::Number(number))),
            Token::Sign(_) => None,
            Token::Name(name) => match name.as_str() {
                "true" => Some(Expression::Literal(Value::Bool(true))),
                "false" => Some(Expression::Literal(Value::Bool(false))),
                "null" => Some(Expression::Literal(Value::Null)),
                _ if self.takes("(") => {
                    let call = Expression::Call(name.to_ascii_lowercase(), self.arguments(depth + 1)?);
                    self.behind(call, depth)
                }
                _ => self.behind(Expression::Path(vec![name]), depth),
            },
        }
    }

    fn arguments(&mut self, depth: usize) -> Option<Vec<Expression>> {
        let mut arguments = Vec::new();
        if self.takes(")") {
            return Some(arguments);
        }
        loop {
            arguments.push(self.or(depth)?);
            if self.takes(")") {
                return Some(arguments);
            }
            if !self.takes(",") {
                return None;
            }
        }
    }

    /// Reads what follows a name, a call or a group: `.name`, `.*`, `['name']`, `[0]`, `[expression]`.
    fn behind(&mut self, head: Expression, depth: usize) -> Option<Expression> {
        let mut head = head;
        loop {
            let part = if self.takes(".") {
                if self.takes("*") {
                    Some("*".to_owned())
                } else {
                    let Some(Token::Name(name)) = self.tokens.get(self.at) else { return None };
                    self.at += 1;
                    Some(name.clone())
                }
            } else if self.takes("[") {
                let index = if self.takes("*") { None } else { Some(self.or(depth + 1)?) };
                if !self.takes("]") {
                    return None;
                }
                match index {
                    None => Some("*".to_owned()),
                    Some(Expression::Literal(Value::Text(text) | Value::Number(text))) => Some(text),
                    Some(_) => None,
                }
            } else {
                return Some(head);
            };
            head = match (head, part) {
                (Expression::Path(mut path), Some(part)) => {
                    path.push(part);
                    Expression::Path(path)
                }
                _ => Expression::Dynamic,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn precedence_paths_and_calls() {
        let read = Expression::condition("${{ !a.b || c['d-e'] == 'x''y' && contains(f.*.g, 1) }}").unwrap();
        let Expression::Or(parts) = &read else { panic!("{read:?}") };
        assert!(
            matches!(&parts[0], Expression::Not(inner) if **inner == Expression::Path(vec!["a".into(), "b".into()]))
        );
        assert!(matches!(&parts[1], Expression::And(parts) if parts.len() == 2));
        assert!(read.calls("contains"));
        assert_eq!(read.paths().len(), 3);
    }

    #[test]
    fn texts_around_an_expression_and_nonsense_are_none() {
        for text in ["${{ a }} && b", "a &&", "a b", "'open", "a.", "f(a", "${{ a", &"!".repeat(1000), &"(".repeat(400)]
        {
            assert_eq!(Expression::condition(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[a-c'.!=&|()\\[\\],* 0-9ä${}<>-]*") {
            let _ = Expression::condition(&text);
            let _ = Expression::all_in(&text);
        }
    }
}
