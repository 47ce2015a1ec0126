//! Reports for people and programs. Siblings that know only plain data and never read the checkout.

pub mod comment;
pub mod encode;
pub mod format;
pub mod gate;
pub mod github;
pub mod human;
pub mod json;
pub mod junit;
mod junit_document;
pub mod line_diff;
pub mod markdown;
pub mod plan;
pub mod proof;
pub mod release;
pub mod replay;
pub mod run;
pub mod sarif;
pub mod text;
