//! Words, and what they mean.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use super::{EndpointError, describe, intent, lookup, question};
use crate::design;
use crate::model::Model;
use crate::traffic::Traffic;

const DESIGN: &str = "vpc: shop
region: ap-northeast-2
cidr: 10.30.0.0/16
internet_gateway: igw
places:
  vpn: 203.0.113.7/32
  allow: 203.0.113.9/32
subnets:
  front-a: {az: ap-northeast-2a, cidr: 10.30.1.0/24}
  back-a: {az: ap-northeast-2a, cidr: 10.30.2.0/24}
  back-c: {az: ap-northeast-2c, cidr: 10.30.3.0/24}
security_groups:
  api: {}
  front: {}
  back office: {}
instances:
  api-1: {subnet: front-a, groups: [api], public_address: true, tags: {role: api}}
  api-2: {subnet: front-a, groups: [api], tags: {role: api}}
  Jenkins: {subnet: back-a}
  fw:
    interfaces:
      eth0: {subnet: front-a}
      eth1: {subnet: back-a}
databases:
  orders: {engine: postgres, subnet_group: [back-a, back-c], tags: {role: db}}
";

fn model() -> Model {
    match design::read("test.yaml", DESIGN.as_bytes().to_vec()) {
        Ok(design) => design.model,
        Err(rejected) => panic!("{:?}", rejected.diagnostics),
    }
}

#[test]
fn names_may_be_shortened_in_a_command() {
    let model = model();
    let check = |text: &str, expected: &str| {
        let found = lookup(&model, text).map(|set| describe(&model, &set));
        assert_eq!(found.unwrap_or_else(|error| error.to_string()), expected, "{text}");
    };
    check("api-1", "api-1 (interface api-1, 10.30.1.4, public 198.18.0.1)");
    check("internet except vpn", "internet (all public IPv4 and IPv6) except vpn (203.0.113.7/32)");
    check("INTERNET6", "internet6 (all public IPv6)");
    check("jenk", "Jenkins (interface Jenkins, 10.30.2.4)");
    check("JENKINS", "Jenkins (interface Jenkins, 10.30.2.4)");
    check("FW.ETH1", "fw.eth1 (interface fw.eth1, 10.30.2.5)");
    check("fw.e", "`fw.e` may mean `fw.eth0` or `fw.eth1`");
    check("api", "group api (2 interfaces: api-1, api-2)");
    check("ap", "`ap` may mean `api-1` or `api-2`");
    check("fro", "`fro` may mean `subnet front-a` or `group front`");
    check("back-c", "subnet back-c (1 interface: orders@back-c)");
    check("group \"back office\"", "group back office (no interface)");
    check("tag role=api", "api-1 (interface api-1, 10.30.1.4, public 198.18.0.1), api-2 (interface api-2, 10.30.1.5)");
    check("tag role=apu", "nothing is called `tag role=apu`; did you mean `tag role=api`?");
    check("jenkkins", "nothing is called `jenkkins`; did you mean `Jenkins`?");
    check("alow", "nothing is called `alow`; did you mean `\"allow\"`?");
    check("10.30.1.5", "10.30.1.5 (1 interface: api-2)");
    check("10.30.1.99", "10.30.1.99 (in the VPC, and nobody's)");
    check("8.8.8.8", "8.8.8.8 (a host outside the VPC)");
    check("8.8.8.0/24", "8.8.8.0/24 (hosts outside the VPC)");
    check("orders", "orders (in one of interface orders@back-a, 10.30.2.6; interface orders@back-c, 10.30.3.4)");
    check("group nope", "nothing is called `group nope`");
}

#[test]
fn what_is_malformed_says_where() {
    let model = model();
    assert!(matches!(lookup(&model, "internet except"), Err(EndpointError::Malformed(_))));
    assert!(matches!(lookup(&model, ""), Err(EndpointError::Malformed(_))));
}

#[test]
fn a_database_is_asked_for_its_port() {
    let model = model();
    let ask = |to: &str| {
        let asked = question(&model, "internet", to, None, None);
        asked.map(|question| question.traffic.iter().map(Traffic::to_string).collect::<Vec<_>>().join("+"))
    };
    assert_eq!(ask("orders").as_deref(), Ok("tcp/5432"));
    assert_eq!(ask("orders, api-1").as_deref(), Ok("any"));
    assert_eq!(ask("vpc").as_deref(), Ok("any"));
}

#[test]
fn an_intent_names_everything_in_full() {
    let model = model();
    let read = |text: &str| intent(&model, text).map(|intent| intent.text).map_err(|wrong| wrong.code);
    assert_eq!(read("deny  internet\n -> orders"), Ok("deny internet -> orders".to_owned()));
    assert_eq!(read("deny internet -> jenk any"), Err("unknown-name"));
    assert_eq!(read("deny internet -> api any"), Err("unknown-name"));
    assert_eq!(read("forbid internet -> api-1"), Err("bad-word"));
}
