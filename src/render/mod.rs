//! Reports for people and programs. Siblings that know only plain data and never read the checkout.

pub mod json;
