//! The intents of foremessage say all that its prose says: a rule too many refutes one.

#![expect(clippy::unwrap_used, reason = "test")]

use std::path::Path;

use fmnet_core::design;
use fmnet_core::graph::Graph;
use fmnet_sim::verify;

/// How many intents of foremessage fail with one more rule in a group.
fn failing(group: &str, rule: &str) -> usize {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/foremessage/design.yaml");
    let text = std::fs::read_to_string(file).unwrap();
    let (before, after) = text.split_once(&format!("\n  {group}:\n")).unwrap();
    let (head, rest) = after.split_once("    ingress:\n").unwrap();
    let text = format!("{before}\n  {group}:\n{head}    ingress:\n      - {rule}\n{rest}");
    let design = design::read("design.yaml", text.into_bytes()).unwrap();
    let proofs = verify::prove(&Graph::build(&design.model));
    proofs.iter().filter(|proof| !proof.holds()).count()
}

#[test]
fn a_rule_too_many_is_refuted() {
    let check = |group: &str, rule: &str| assert!(failing(group, rule) > 0, "{rule} on {group}");
    check("api", "any from group jenkins");
    check("api", "tcp/9000 from group jenkins");
    check("api", "protocol/50 from 0.0.0.0/0");
    check("api", "tcp/22 from 0.0.0.0/0");
    check("jenkins", "protocol/50 from vpn");
    check("jenkins", "tcp/8080 from group api");
    // What a database does not listen on reaches nothing, whatever its group admits.
    assert_eq!(failing("db", "protocol/50 from 10.30.0.0/16"), 0);
    // A rule inside one that is there already adds nothing.
    assert_eq!(failing("api", "tcp/443 from 192.0.2.0/24"), 0);
}
