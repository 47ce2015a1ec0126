//! What a step's output proves: readers of test output, the minimum that each profile demands, the canary.
//!
//! Nothing here opens a file or starts a process: bytes come in by chunks, values go out. What cannot be read is a
//! doubt, never a pass.

pub mod archives;
pub mod block;
pub mod canary;
pub mod capture;
pub mod cargo_lines;
pub mod code;
pub mod collapse;
pub mod environment;
pub mod escapes;
pub mod header;
pub mod junit;
pub mod libtest;
pub mod libtest_json;
pub mod line;
pub mod listed;
pub mod minimum;
pub mod nextest;
pub mod report;
pub mod report_files;
pub mod silent;
