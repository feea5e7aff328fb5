//! The laws of sets, on random cubes.
