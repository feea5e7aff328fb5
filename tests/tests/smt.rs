//! A short run of the solver; `cargo xtask smt` compares more.
//!
//! In: nothing. Out: nothing but failures, each with the packet and the design.

use std::path::Path;

use fmnet_tests::arb::{self, Size};
use fmnet_tests::smt::{self, Compared};

/// The delivered set of `reach` and the solver's account of it are equal, packet for packet.
#[test]
fn reach_agrees_with_a_solver() -> anyhow::Result<()> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/z3");
    let z3 = smt::solver::z3(&target)?;
    let mut all = Compared::default();
    // Of the random designs only some keep to the core.
    for seed in 0..400 {
        for size in [Size::Small, Size::Medium] {
            let compared = smt::compare(&z3, &arb::text(seed, size))?;
            all.designs += compared.designs;
            all.origins += compared.origins;
        }
        if all.designs >= 12 {
            return Ok(());
        }
    }
    anyhow::bail!("only {} of 800 designs keep to the core", all.designs)
}
