//! Input made to hurt: each is refused in a moment, in a paragraph.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fmnet_tests::run::fmnet;

/// Slow machines, debug builds and busy neighbours included.
const PATIENCE: Duration = Duration::from_secs(20);

fn path(name: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("hostile");
    fs::create_dir_all(&directory).unwrap();
    directory.join(name)
}

/// What `simulate` says of a file, its directory left out.
fn check(name: &str, bytes: &[u8]) -> String {
    fs::write(path(name), bytes).unwrap();
    said(name)
}

fn said(name: &str) -> String {
    let path = path(name);
    let start = Instant::now();
    let output = fmnet(&["simulate", path.to_str().unwrap()], b"");
    assert!(start.elapsed() < PATIENCE, "{name} took {:?}", start.elapsed());
    assert_eq!(output.exit.code(), 4, "{name}: {}", output.stderr);
    assert_eq!(output.stdout, "");
    assert!(output.stderr.len() < 10_000, "{name}: {} bytes of errors", output.stderr.len());
    assert!(!output.stderr.chars().any(|letter| letter.is_control() && letter != '\n'), "{name}");
    let directory = format!("{}/", path.parent().unwrap().display());
    output.stderr.replace(&directory, "")
}

#[test]
fn empty() {
    insta::assert_snapshot!(check("empty.yaml", b""), @r"
    error[empty-file]: the file holds no design
    --> empty.yaml
     = help: a design begins with `vpc: NAME`, `region: REGION` and `cidr: BLOCK`

    error: empty.yaml is not a valid network: 1 error
    ");
    insta::assert_snapshot!(check("comment.yaml", b"# nothing here\n"), @r"
    error[empty-file]: the file holds no design
    --> comment.yaml
     = help: a design begins with `vpc: NAME`, `region: REGION` and `cidr: BLOCK`

    error: comment.yaml is not a valid network: 1 error
    ");
}

#[test]
fn not_utf8() {
    insta::assert_snapshot!(check("latin1.yaml", b"vpc: caf\xe9\n"), @r"
    error[not-utf8]: the file is not UTF-8: byte 8, on line 1, is not part of any character
    --> latin1.yaml
     = help: save it with the encoding UTF-8

    error: latin1.yaml is not a valid network: 1 error
    ");
}

#[test]
fn deep_nesting() {
    insta::assert_snapshot!(check("deep.yaml", "[".repeat(100_000).as_bytes()), @r"
    error[too-deep]: lists and mappings are nested more than 64 deep
     --> deep.yaml:1:65
      |
    1 | [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[...
      |                                                                 ^ this one is too deep

    error: deep.yaml is not a valid network: 1 error
    ");
    insta::assert_snapshot!(check("deep.json", "{\"a\":".repeat(100_000).as_bytes()), @r#"
    error[too-deep]: lists and mappings are nested more than 64 deep
     --> deep.json:1:321
      |
    1 | ..."a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{...
      |                                      ^ this one is too deep

    error: deep.json is not a valid network: 1 error
    "#);
    let steps: String = (0..2_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    insta::assert_snapshot!(check("steps.yaml", steps.as_bytes()), @r"
    error[too-deep]: lists and mappings are nested more than 64 deep
      --> steps.yaml:65:65
       |
    65 | ...                   a:
       |                       ^ this one is too deep

    error: steps.yaml is not a valid network: 1 error
    ");
}

#[test]
fn alias_bomb() {
    let mut bomb =
        String::from("vpc: x\nregion: eu-west-1\ncidr: 10.0.0.0/16\nplaces:\n  a0: &a0 [192.0.2.0/24, 192.0.2.0/24]\n");
    for level in 1..30 {
        let inner = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("  a{level}: &a{level} [{inner}]\n"));
    }
    insta::assert_snapshot!(check("bomb.yaml", bomb.as_bytes()), @r"
    error[yaml-alias]: YAML anchors and aliases are not part of the design language
     --> bomb.yaml:5:7
      |
    5 |   a0: &a0 [192.0.2.0/24, 192.0.2.0/24]
      |       ^^^ the first one in the file
      |
      = help: write the value out wherever it is meant, or quote it where text was meant

    error: bomb.yaml is not a valid network: 1 error
    ");
}

/// Refused by its size, before it is read.
#[test]
fn two_hundred_megabytes() {
    File::create(path("huge.yaml")).unwrap().set_len(200 << 20).unwrap();
    insta::assert_snapshot!(said("huge.yaml"), @r"error: huge.yaml is 200 MiB long: a design has at most 64 MiB");
}

#[test]
fn a_line_of_a_million_letters() {
    insta::assert_snapshot!(check("long.yaml", format!("vpc: x\ncolour: {}\n", "b".repeat(1_000_000)).as_bytes()), @"
    error[missing-key]: a design needs `region`
    --> long.yaml

    error[missing-key]: a design needs `cidr`
    --> long.yaml

    error[unknown-key]: a design has no key `colour`
     --> long.yaml:2:1
      |
    2 | colour: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb...
      | ^^^^^^ not a key of the design language
      |
      = help: its keys are `vpc`, `region`, `account`, `cidr`, `ipv6`, `dns_support`,
              `dns_hostnames`, `source_ports`, `snapshot`, `places`, `internet_gateway`,
              `internet_gateways`, `egress_only_internet_gateway`, `nat_gateways`,
              `virtual_private_gateway`, `route_tables`, `network_acls`, `subnets`, `prefix_lists`,
              `security_groups`, `instances`, `interfaces`, `databases`, `peering_connections`,
              `on_premises`, `customer_gateways`, `vpn_connections`, `direct_connect_gateways`,
              `transit_gateways`, `transit_gateway_peerings`, `block_public_access`, `quotas`,
              `expect`, `vpcs`

    error: long.yaml is not a valid network: 3 errors
    ");
    insta::assert_snapshot!(check("long-key.yaml", format!("vpc: x\n{}: 1\n", "b".repeat(100_000)).as_bytes()), @r"
    error[yaml-syntax]: expected `KEY: VALUE`
     --> long-key.yaml:2:1
      |
    2 | bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb...
      | ^ here
      |
      = help: a key is followed by a colon and a space, and keys of one mapping begin in one column

    error: long-key.yaml is not a valid network: 1 error
    ");
}

/// Nothing that a file holds steers the terminal.
#[test]
fn control_characters() {
    insta::assert_snapshot!(check("escape.yaml", "vpc: \"a\u{1b}[2J\"\nregion: \"\u{9b}31m\"\n\u{202e}rid: 1\n".as_bytes()), @r#"
    error[control-character]: the control character U+001B must not stand in a design
     --> escape.yaml:1:8
      |
    1 | vpc: "a\u{1b}[2J"
      |        ^^^^^^ here

    error: escape.yaml is not a valid network: 1 error
    "#);
}

/// A thousand mistakes are counted, not all shown.
#[test]
fn a_thousand_mistakes() {
    let keys: String = (0..1_000).map(|key| format!("key{key}: 1\n")).collect();
    fs::write(path("thousand.yaml"), format!("vpc: x\n{keys}")).unwrap();
    let output = fmnet(&["simulate", path("thousand.yaml").to_str().unwrap()], b"");
    let last: Vec<&str> = output.stderr.lines().rev().take(3).collect();
    insta::assert_snapshot!(last.join("\n").replace(&path("").display().to_string(), ""), @r"
    error: thousand.yaml is not a valid network: 1001 errors

    801 more are not shown
    ");
}

#[test]
fn a_directory_in_place_of_a_batch() {
    let output = fmnet(&["query", "x", "--batch", path("").to_str().unwrap()], b"");
    assert_eq!(output.exit.code(), 2, "{}", output.stderr);
}
