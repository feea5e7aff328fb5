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
fn names_of_several_vpcs_are_told_apart() {
    let text = "region: us-east-1
vpcs:
  V1:
    cidr: 10.0.0.0/16
    subnets: {a: {az: us-east-1a, cidr: 10.0.0.0/24}}
    instances: {web: {subnet: a}, api: {subnet: a}}
  V2:
    cidr: 10.0.0.0/16
    subnets: {a: {az: us-east-1a, cidr: 10.0.0.0/24}}
    security_groups: {x2: {}}
    instances: {web: {subnet: a, groups: [x2]}, xray: {subnet: a}}
";
    let model = match design::read("test.yaml", text.as_bytes().to_vec()) {
        Ok(design) => design.model,
        Err(rejected) => panic!("{:?}", rejected.diagnostics),
    };
    let check = |text: &str, expected: &str| {
        let found = lookup(&model, text).map(|set| describe(&model, &set));
        assert_eq!(found.unwrap_or_else(|error| error.to_string()), expected, "{text}");
    };
    check("api", "api (interface api, 10.0.0.4)");
    check("V1/api", "api (interface api, 10.0.0.4)");
    check("V2/api", "nothing is called `V2/api`; did you mean `api`?");
    check("web", "`web` may mean `V1/web` or `V2/web`");
    check("we", "`we` may mean `V1/web` or `V2/web`");
    check("v2/w", "V2/web (interface V2/web, 10.0.0.4)");
    check("V1/AP", "api (interface api, 10.0.0.4)");
    check("vpc", "`vpc` may mean `vpc V1` or `vpc V2`");
    check("vpc v1", "vpc V1 (2 interfaces: api, V1/web)");
    check("vpc V3", "nothing is called `vpc V3`");
    check("subnet a", "`a` may mean `subnet V1/a` or `subnet V2/a`");
    check("subnet V2/a", "subnet V2/a (2 interfaces: V2/web, xray)");
    check("group V2/x2", "group x2 (1 interface: V2/web)");
    check("group default", "`default` may mean `group V1/default` or `group V2/default`");
    check("10.0.0.9", "10.0.0.9 (in several VPCs, and nobody's)");
    let read = |text: &str| intent(&model, text).map(|intent| intent.text).map_err(|wrong| wrong.code);
    assert!(read("deny V1/web -> vpc V2 any").is_ok());
    assert!(read("deny V1/web -> V2/xray, group V2/x2 tcp").is_ok());
    assert_eq!(read("deny web -> xray any"), Err("ambiguous-name"));
    assert_eq!(read("deny api -> vpc tcp/443"), Err("ambiguous-name"));
    assert_eq!(read("deny api -> vpc V3"), Err("InvalidVpcID.NotFound"));
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
