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
    for seed in 0..12 {
        for size in [Size::Small, Size::Medium] {
            let compared = smt::compare(&z3, &arb::text(seed, size))?;
            all.designs += compared.designs;
            all.origins += compared.origins;
        }
    }
    anyhow::ensure!(all.designs > 6, "only {} of 24 designs were compared", all.designs);
    Ok(())
}
