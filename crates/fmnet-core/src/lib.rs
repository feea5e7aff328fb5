//! From the text of a design to a model of the network in which nothing is unresolved.

pub mod source;
pub mod diagnostic;
pub mod address;
pub mod arena;
pub mod traffic;
pub mod yaml;
pub mod words;
pub mod spec;
pub mod schema;
pub mod intent;
pub mod model;
pub mod resolve;
pub mod endpoint;
pub mod design;
pub mod class;
pub mod graph;
