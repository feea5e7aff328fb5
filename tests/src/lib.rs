//! What the tests share: claims of scenarios, and runs of the command line.

pub mod run;
pub mod claims;
