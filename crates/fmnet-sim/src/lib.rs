//! What a network lets through: packet sets, two engines, and what they prove.

pub mod fate;
pub mod packet;
pub mod set;
pub mod trace;
pub mod reach;
pub mod question;
pub mod answer;
pub mod query;
pub mod verify;
pub mod matrix;
pub mod lint;
pub mod explain;
