//! Shell scripts as lists of commands, and what the cargo commands among them ask for.

pub mod cargo_call;
pub mod cargo_commands;
pub mod lexer;
pub mod script;
