//! How long things take: `cargo bench --bench speed`.
//!
//! In: the foremessage design and fleets of a seed. Out: times, by criterion.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use fmnet_core::design::{self, Design};
use fmnet_core::graph::Graph;
use fmnet_core::intent::{Endpoint, EndpointSet, Question};
use fmnet_core::model::Model;
use fmnet_core::source::Source;
use fmnet_core::spec;
use fmnet_core::traffic::{PortRange, Protocol, Traffic};
use fmnet_sim::{matrix, query, verify};
use fmnet_tests::fleet;

fn foremessage() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/foremessage/design.yaml");
    #[expect(clippy::expect_used, reason = "the scenario is part of the project")]
    std::fs::read_to_string(path).expect("the foremessage design is there")
}

fn read(text: &str) -> Design {
    #[expect(clippy::expect_used, reason = "designs of the project are accepted")]
    design::read("design.yaml", text.as_bytes().to_vec()).expect("the design is accepted")
}

/// From the first application server of the fleet to its first database.
fn question(model: &Model) -> Question {
    let named = |prefix: &str| model.interfaces.iter().find(|(_, it)| it.name.starts_with(prefix)).map(|(id, _)| id);
    let only = |prefix: &str| EndpointSet {
        include: vec![named(prefix).map_or(Endpoint::Vpc(model.the_vpc()), Endpoint::Interface)],
        except: Vec::new(),
    };
    let traffic = vec![Traffic::Of { protocol: Protocol::TCP, ports: PortRange::one(5432) }];
    Question { from: only("app-"), to: only("data-"), traffic, traffic_except: Vec::new(), source_ports: None }
}

fn small(c: &mut Criterion) {
    let text = foremessage();
    let source = Source::new("design.yaml".to_owned(), text.clone());
    let design = read(&text);
    let graph = Graph::build(&design.model);
    let mut group = c.benchmark_group("foremessage");
    group.bench_function("parse", |b| b.iter(|| spec::parse(black_box(&source))));
    group.bench_function("read", |b| b.iter(|| read(black_box(&text))));
    group.bench_function("graph", |b| b.iter(|| Graph::build(black_box(&design.model))));
    if let Some(intent) = design.model.intents.first() {
        group.bench_function("one query", |b| b.iter(|| query::answer(black_box(&graph), &intent.question)));
    }
    group.bench_function("all intents", |b| b.iter(|| verify::prove(black_box(&graph))));
    group.finish();
}

fn large(c: &mut Criterion) {
    let text = fleet::design(10_000, 1);
    let source = Source::new("fleet.yaml".to_owned(), text.clone());
    let design = read(&text);
    let graph = Graph::build(&design.model);
    let question = question(&design.model);
    let mut group = c.benchmark_group("10000 interfaces");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    group.bench_function("parse", |b| b.iter(|| spec::parse(black_box(&source))));
    group.bench_function("read", |b| b.iter_batched(|| text.clone(), |text| read(&text), BatchSize::LargeInput));
    group.bench_function("graph", |b| b.iter(|| Graph::build(black_box(&design.model))));
    group.bench_function("one query", |b| b.iter(|| query::answer(black_box(&graph), &question)));
    group.bench_function("matrix", |b| b.iter(|| matrix::matrix(black_box(&graph))));
    group.finish();
}

fn middling(c: &mut Criterion) {
    let design = read(&fleet::design(1_000, 1));
    let graph = Graph::build(&design.model);
    let mut group = c.benchmark_group("1000 interfaces");
    group.sample_size(10);
    group.bench_function("matrix", |b| b.iter(|| matrix::matrix(black_box(&graph))));
    group.finish();
}

/// What criterion's macros make.
mod groups {
    use super::{criterion_group, large, middling, small};
    criterion_group!(benches, small, middling, large);
}
criterion_main!(groups::benches);
