//! How many instructions things take: `cargo bench --bench instructions`, with
//! `gungraun-runner` and valgrind installed.
//!
//! In: the foremessage design and a fleet of a seed. Out: counts that, unlike times,
//! are the same on a busy machine.
#![expect(missing_docs, reason = "gungraun's macros make public modules")]

use std::hint::black_box;
use std::path::Path;

use fmnet_core::design::{self, Design};
use fmnet_core::graph::Graph;
use fmnet_sim::{matrix, verify};
use fmnet_tests::fleet;
use gungraun::{library_benchmark, library_benchmark_group, main};

fn foremessage() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/foremessage/design.yaml");
    #[expect(clippy::expect_used, reason = "the scenario is part of the project")]
    std::fs::read_to_string(path).expect("the foremessage design is there")
}

fn fleet() -> String {
    fleet::design(1_000, 1)
}

fn design(text: String) -> Design {
    #[expect(clippy::expect_used, reason = "designs of the project are accepted")]
    design::read("design.yaml", text.into_bytes()).expect("the design is accepted")
}

fn design_of_foremessage() -> Design {
    design(foremessage())
}

fn design_of_fleet() -> Design {
    design(fleet())
}

#[library_benchmark]
#[bench::foremessage(setup = foremessage)]
#[bench::fleet_of_1000(setup = fleet)]
fn read(text: String) -> Design {
    black_box(design(text))
}

#[library_benchmark]
#[bench::foremessage(setup = design_of_foremessage)]
#[bench::fleet_of_1000(setup = design_of_fleet)]
fn prove(design: Design) -> usize {
    black_box(verify::prove(&Graph::build(&design.model))).len()
}

#[library_benchmark]
#[bench::foremessage(setup = design_of_foremessage)]
#[bench::fleet_of_1000(setup = design_of_fleet)]
fn every_pair(design: Design) -> usize {
    black_box(matrix::matrix(&Graph::build(&design.model))).cells.len()
}

library_benchmark_group!(name = designs, benchmarks = [read, prove, every_pair]);
main!(library_benchmark_groups = designs);
