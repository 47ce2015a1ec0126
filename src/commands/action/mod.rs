//! `action`: what the GitHub Action calls. Inputs, event and forge come from the environment; the verdict is that of
//! the verb that it runs, and no view of it can change it.

mod check_run;
mod diff_lines;
mod event;
pub mod flow;
mod forge_error;
mod ground;
mod inputs;
mod needs;
mod outcome;
mod outputs;
mod release;
mod release_branch;
mod release_pr;
mod reread;
mod runner;
mod shallow;
mod sticky;
mod suggesting;
mod verbs;
mod views;
mod warning;
