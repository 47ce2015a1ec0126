//! Policy and waivers applied to outcomes: standings, new and inherited findings, the verdict. Pure.

pub mod demand;
pub mod fingerprint;
pub mod fixes;
pub mod jobs;
pub mod judging;
pub mod operating_loop;
pub mod proposal;
pub mod report;
pub mod summary;
pub mod waivers;
pub mod workflow_proposal;
