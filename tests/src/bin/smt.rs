//! Compares `reach` with a solver's account of the core: `smt --designs N [--seed S]`.
//!
//! In: how many designs, and the seed of the first. Out: how much was compared; or the
//! design and the packet about which the two differ, and exit code 1.

use std::path::Path;

use anyhow::{Context as _, bail};
use fmnet_tests::arb::{self, Size};
use fmnet_tests::smt::{self, Compared};

fn main() -> anyhow::Result<()> {
    let (mut designs, mut seed) = (200, 1);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().with_context(|| format!("{name} needs a value"))?;
        let number = value.parse::<u64>().with_context(|| format!("{name} takes a number, not {value}"))?;
        match name.as_str() {
            "--designs" => designs = number,
            "--seed" => seed = number,
            _ => bail!("`{name}` is no option: --designs N, --seed S"),
        }
    }
    let z3 = smt::solver::z3(Path::new("target/z3"))?;
    let mut all = Compared::default();
    for seed in seed..seed + designs {
        for size in [Size::Small, Size::Medium] {
            let compared = smt::compare(&z3, &arb::text(seed, size)).with_context(|| format!("seed {seed}"))?;
            all.designs += compared.designs;
            all.origins += compared.origins;
        }
    }
    #[expect(clippy::print_stdout, reason = "what the command is for")]
    {
        println!("{} designs, {} origins: the delivered sets are equal", all.designs, all.origins);
    }
    Ok(())
}
