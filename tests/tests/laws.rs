//! The laws, each for a while on random designs; `cargo xtask soak` tries them longer.
//!
//! In: nothing. Out: nothing but failures, each with its seed, the smallest design that
//! shows it where one was found, and what contradicts what.

use std::path::Path;

use anyhow::Context as _;
use fmnet_core::graph::Graph;
use fmnet_tests::arb::{self, Size};
use fmnet_tests::fleet;
use fmnet_tests::laws::{self, Checked, agreement, answers, changes, matrix, text};
use fmnet_tests::random::Random;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseResult};

/// How many designs a law is tried on; the same ones each time, so that the gate says the
/// same of the same commit. `cargo xtask soak` tries others.
fn designs(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }
}

fn holds(checked: Checked) -> TestCaseResult {
    checked.map(|_| ()).map_err(|contradiction| TestCaseError::fail(contradiction.to_string()))
}

proptest! {
    #![proptest_config(designs(200))]

    /// `trace` walks one packet over the model, `reach` pushes sets over the graph.
    #[test]
    fn reach_agrees_with_trace((seed, design) in arb::seeds(Size::Medium)) {
        holds(agreement::at_random(&design, &mut Random::new(seed), 200))?;
    }

    #[test]
    fn answers_hold((seed, design) in arb::seeds(Size::Medium)) {
        holds(answers::hold(&design, &mut Random::new(seed), 3))?;
    }

    #[test]
    fn a_printed_design_is_the_same_design((seed, design) in arb::seeds(Size::Medium)) {
        holds(text::round_trips(&design, &mut Random::new(seed)))?;
    }

    #[test]
    fn the_order_of_a_design_says_nothing((seed, design) in arb::seeds(Size::Medium)) {
        holds(text::order_says_nothing(&design, &mut Random::new(seed)))?;
    }

    #[test]
    fn a_rule_takes_no_reachability_away((seed, design) in arb::seeds(Size::Medium)) {
        holds(changes::a_rule_takes_nothing_away(&design, &mut Random::new(seed)))?;
    }

    #[test]
    fn the_matrix_agrees_with_questions((seed, design) in arb::seeds(Size::Medium)) {
        holds(matrix::agrees_with_questions(&design, &mut Random::new(seed)))?;
    }
}

proptest! {
    #![proptest_config(designs(40))]

    /// Exhaustive: one packet of every class that the design can tell apart.
    #[test]
    fn reach_agrees_with_trace_on_every_class((_, design) in arb::seeds(Size::Small)) {
        holds(agreement::of_every_class(&design, 150_000))?;
    }

    #[test]
    fn the_number_of_threads_changes_no_byte((_, design) in arb::seeds(Size::Medium)) {
        holds(matrix::threads_change_nothing(&design))?;
    }
}

/// Designs that once contradicted a law.
#[test]
fn nothing_found_before_comes_back() -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/regressions");
    let mut files: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(std::fs::DirEntry::path);
    for file in files {
        let design = std::fs::read_to_string(file.path())?;
        for law in [agreement::of_every_class(&design, 3_000_000), laws::on(&design, 4)] {
            let counts = law.map_err(|it| anyhow::anyhow!("{}: {it}", file.path().display()))?;
            anyhow::ensure!(counts.refused == 0, "{} is refused", file.path().display());
        }
    }
    Ok(())
}

/// Few random designs are refused, or the laws would say less than they seem to.
#[test]
fn random_designs_are_accepted() {
    for size in [Size::Small, Size::Medium] {
        let accepted = (0..300).filter(|&seed| arb::read(&arb::text(seed, size)).is_some()).count();
        assert!(accepted > 270, "{accepted} of 300 {size:?} designs are accepted");
    }
}

#[test]
fn a_fleet_is_as_large_as_was_asked_for() -> anyhow::Result<()> {
    for interfaces in [150, 1000] {
        let design = fleet::design(interfaces, 7);
        assert_eq!(design, fleet::design(interfaces, 7), "the same seed gives the same bytes");
        let read = fmnet_core::design::read("fleet.yaml", design.into_bytes());
        let read = read.map_err(|refused| anyhow::anyhow!("{:?}", refused.diagnostics.first()))?;
        assert_eq!(read.model.interfaces.len(), interfaces);
        assert!(read.warnings.is_empty(), "{:?}", read.warnings.first());
        assert!(Graph::build(&read.model).ways(read.model.subnets.ids().next().context("no subnet")?).count() > 1);
    }
    Ok(())
}
