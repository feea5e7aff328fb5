//! What the tests share: claims of scenarios, and runs of the command line.

pub mod random;
pub mod page;
pub mod fleet;
pub mod arb;
pub mod laws;
pub mod run;
pub mod claims;
pub mod smt;
