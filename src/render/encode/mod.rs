//! One encoder a sink: text of a repository is untrusted, and each sink has its own ways to be fooled.

pub mod annotation;
pub mod html;
pub mod invisible;
pub mod json;
pub mod markdown;
pub mod terminal;
pub mod uri;
pub mod xml;
