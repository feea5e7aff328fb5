//! From the text of a design to a model of the network in which nothing is unresolved.

pub mod arena;
pub mod traffic;
