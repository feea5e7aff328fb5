//! What is said of a network small enough to check by eye.

#![expect(clippy::unwrap_used, reason = "a design that does not build fails its test")]

mod mending;

use fmnet_core::design::{self, Design};
use fmnet_core::graph::Graph;

use super::*;
use crate::answer::Part;
use crate::fate::{Direction, Leg, Outcome, RuleRef};
use crate::verify::{self, Proof};

/// A web server, an application without a public address, a database, an appliance.
const NET: &str = "vpc: net
region: ap-northeast-2
cidr: 10.0.0.0/16
places:
  vpn: 203.0.113.7/32
  office: [198.51.100.0/24, 203.0.113.128/25]
internet_gateway: igw
route_tables:
  public:
    - 0.0.0.0/0 -> igw
  private:
    - 10.99.0.0/16 -> blackhole
network_acls:
  acl:
    ingress:
      - 100 allow any from 0.0.0.0/0
    egress:
      - 100 allow any to 10.0.0.0/16
      - 110 deny tcp/1024-40000 to 0.0.0.0/0
      - 120 allow tcp to 0.0.0.0/0
subnets:
  out: {az: ap-northeast-2a, cidr: 10.0.0.0/24, route_table: public}
  strict: {az: ap-northeast-2a, cidr: 10.0.1.0/24, route_table: public, network_acl: acl}
  in-a: {az: ap-northeast-2a, cidr: 10.0.10.0/24, route_table: private}
  in-c: {az: ap-northeast-2c, cidr: 10.0.11.0/24, route_table: private}
prefix_lists:
  partners: [192.0.2.0/24, 198.18.5.0/24]
security_groups:
  web:
    ingress:
      - tcp/80,443 from 0.0.0.0/0
      - tcp/22 from vpn
      - tcp/25 from list partners
      - tcp/8443 from office
  app:
    ingress:
      - tcp/8080 from group web
  db:
    ingress:
      - tcp/5432 from 10.0.10.0/24
  shut:
    ingress: []
    egress: []
instances:
  web-1: {subnet: out, groups: [web], elastic_ip: 203.0.114.10}
  web-2: {subnet: strict, groups: [web], elastic_ip: 203.0.114.11}
  app-1: {subnet: in-a, groups: [app], address: 10.0.10.10}
  lone: {subnet: out, groups: [app], address: 10.0.0.20, public_address: false}
  shut: {subnet: in-a, groups: [shut]}
databases:
  store: {engine: postgres, subnet_group: [in-a, in-c], groups: [db]}
";

fn read(text: &str) -> Design {
    design::read("net.yaml", text.as_bytes().to_vec()).map_err(|rejected| rejected.diagnostics).unwrap()
}

/// The proof of one intent about the network.
fn proof(text: &str, intent: &str) -> (Design, Proof) {
    let design = read(&format!("{text}expect:\n  - {intent}\n"));
    let proof = verify::prove(&Graph::build(&design.model)).pop().unwrap();
    (design, proof)
}

/// What is said of the part of `question` with the given outcome, line by line.
fn said(question: &str, outcome: Outcome) -> Vec<String> {
    let (design, proof) = proof(NET, &format!("allow {question}"));
    let model = &design.model;
    let part = proof.answer.parts.iter().find(|part| part.outcome == outcome).unwrap();
    let mut lines = packets(model, part);
    lines.push(path(model, part));
    lines.extend(reply_path(model, part));
    lines.extend(part.blockers.iter().map(|gate| blocker(model, gate, part)));
    lines.extend(open(model, part, &mut Proposed::default()).into_iter().map(|cure| format!("+ {}", cure.text)));
    lines
}

#[test]
fn control_characters_are_spelled_out() {
    let check = |text: &str, expected: &str| assert_eq!(plain(text), expected);
    check("api-1", "api-1");
    check("서버 é", "서버 é");
    check("a\u{1b}[31mb", "a\\u{1b}[31mb");
    check("two\nlines\tand\rmore", "two\\nlines\\tand\\rmore");
    check("\u{9b}2J\u{7f}", "\\u{9b}2J\\u{7f}");
    check("user\u{202e}txt\u{2066}\u{200b}", "user\\u{202e}txt\\u{2066}\\u{200b}");
    assert_eq!(plain(&plain("\u{1b}")), plain("\u{1b}"));
}

#[test]
fn rules_as_a_design_writes_them() {
    let design = read(NET);
    let model = &design.model;
    let check = |of: RuleRef, text: &str, holder: &str, line: usize| {
        let found = rule(model, of);
        assert_eq!((found.text.as_str(), found.holder.as_str()), (text, holder));
        let at = if found.span.is_nowhere() { 0 } else { design.source.line(found.span.start) };
        assert_eq!(at, line, "{text}");
    };
    let group = |name: &str| model.security_groups.iter().find(|(_, group)| group.name == name).unwrap().0;
    let acl = model.network_acls.iter().find(|(_, acl)| acl.name == "acl").unwrap().0;
    let table = |name: &str| model.route_tables.iter().find(|(_, table)| table.name == name).unwrap().0;
    let of = |name, index| RuleRef::Group { group: group(name), direction: Direction::Ingress, index };
    check(of("web", 0), "tcp/80 from 0.0.0.0/0", "group web", 31);
    check(of("web", 2), "tcp/22 from vpn", "group web", 32);
    check(of("web", 3), "tcp/25 from list partners", "group web", 33);
    check(of("web", 4), "tcp/8443 from 198.51.100.0/24", "group web", 34);
    check(of("app", 0), "tcp/8080 from group web", "group app", 37);
    let own = RuleRef::Group { group: group("app"), direction: Direction::Egress, index: 0 };
    check(own, "any to 0.0.0.0/0", "group app", 0);
    let deny = RuleRef::Acl { acl, direction: Direction::Egress, index: 1 };
    check(deny, "110 deny tcp/1024-40000 to 0.0.0.0/0", "network ACL acl", 19);
    let last = RuleRef::AclDefault { acl, direction: Direction::Egress };
    check(last, "the final deny of acl", "network ACL acl", 0);
    check(RuleRef::Route { table: table("public"), index: 0 }, "0.0.0.0/0 -> igw", "route table public", 10);
    check(RuleRef::Route { table: table("private"), index: 0 }, "10.99.0.0/16 -> blackhole", "route table private", 12);
    check(RuleRef::LocalRoute { table: table("public") }, "10.0.0.0/16 -> local", "route table public", 0);
    let gone = RuleRef::Route { table: table("public"), index: 9 };
    assert_eq!(rule(model, gone).text, "a route of route table public");
}

#[test]
fn gates_in_sentences() {
    let check =
        |question: &str, expected: &[&str]| assert_eq!(said(question, Outcome::Blocked), expected, "{question}");
    check(
        "vpn -> web-1 tcp/8080",
        &[
            "tcp/8080 from vpn (203.0.113.7) to web-1",
            "internet -> igw -> subnet out -> | web-1",
            "no ingress rule of group web admits tcp/8080 from vpn (203.0.113.7)",
            "+ add `tcp/8080 from vpn` to the ingress of group web",
        ],
    );
    check(
        "internet except vpn -> web-1 udp/53",
        &[
            "udp/53 from the internet except vpn (203.0.113.7) to web-1",
            "internet -> igw -> subnet out -> | web-1",
            "no ingress rule of group web admits udp/53 from the internet except vpn (203.0.113.7)",
            "+ add `udp/53 from 0.0.0.0/0` to the ingress of group web",
        ],
    );
    check(
        "internet -> store tcp/5432",
        &[
            "tcp/5432 from the internet to store in in-a",
            "internet -> | igw",
            "store -> subnet in-a -> | route table private",
            "store in in-a has no public address: it is not publicly accessible",
            "no ingress rule of group db admits tcp/5432 from the internet",
            "route table private has no route back to the internet through igw",
            "+ set `publicly_accessible: true` on store",
            "+ add `tcp/5432 from 0.0.0.0/0` to the ingress of group db",
            "+ add `0.0.0.0/0 -> igw` to private",
        ],
    );
    check(
        "app-1 -> internet tcp/443",
        &[
            "tcp/443 from app-1 to the internet",
            "app-1 -> subnet in-a -> | route table private",
            "route table private has no route to the internet",
            "+ add `0.0.0.0/0 -> igw` to private, and give app-1 a public address: `public_address: true`",
        ],
    );
    check(
        "lone -> internet tcp/443",
        &[
            "tcp/443 from lone to the internet",
            "lone -> subnet out -> | igw",
            "lone has no public address to send from",
            "+ give lone a public address: `public_address: true`",
        ],
    );
    check(
        "shut -> store tcp/5432",
        &[
            "tcp/5432 from shut to store in in-a",
            "shut | -> store",
            "group shut of shut has no egress rule at all",
            "+ add `tcp/5432 to group db` to the egress of group shut",
        ],
    );
    check(
        "app-1 -> 10.99.1.1 udp",
        &[
            "udp from app-1 to 10.99.1.1",
            "app-1 -> subnet in-a -> | route table private",
            "route `10.99.0.0/16 -> blackhole` of route table private leads nowhere: its target is gone",
            "+ give route `10.99.0.0/16 -> blackhole` a target that works",
        ],
    );
    check(
        "app-1 -> store tcp/22",
        &[
            "tcp/22 from app-1 to store in in-a",
            "app-1 -> | store",
            "no ingress rule of group db admits tcp/22 from app-1",
            "store listens on tcp/5432 and nothing else",
            "+ nothing: store answers on tcp/5432 alone, whatever is opened",
        ],
    );
    check(
        "app-1 -> 10.0.10.77 tcp/22",
        &["tcp/22 from app-1 to 10.0.10.77", "app-1 -> | nobody", "no interface of the VPC owns 10.0.10.77"],
    );
}

#[test]
fn the_reply_has_its_own_lines() {
    let check =
        |question: &str, expected: &[&str]| assert_eq!(said(question, Outcome::ReplyLost), expected, "{question}");
    check(
        "vpn -> web-2 tcp/22 source-port 2000-50000",
        &[
            "tcp/22 (source ports 2000-40000) from vpn (203.0.113.7) to web-2",
            "internet -> igw -> subnet strict -> web-2",
            "web-2 -> subnet strict -> | network ACL acl",
            "network ACL acl of subnet strict drops the reply for source ports 2000 to 40000: egress rule `110 deny tcp/1024-40000 to 0.0.0.0/0`",
            "+ add `105 allow tcp/2000-40000 to 203.0.113.7/32` to the egress of acl, before rule 110",
        ],
    );
}

#[test]
fn reasons_for_a_match() {
    let check = |question: &str, leg: Leg, expected: &[&str]| {
        let (design, proof) = proof(NET, &format!("allow {question}"));
        let part: &Part = proof.answer.parts.iter().find(|part| part.outcome == Outcome::Answered).unwrap();
        let found: Vec<_> =
            part.hops.iter().filter(|hop| hop.leg == leg).filter_map(|hop| why(&design.model, hop, part)).collect();
        assert_eq!(found, expected, "{question}");
    };
    check("vpn -> web-1 tcp/22", Leg::Forward, &["203.0.113.7 is vpn"]);
    check("198.51.100.9 -> web-1 tcp/8443", Leg::Forward, &["198.51.100.9 lies in office (198.51.100.0/24)"]);
    check("192.0.2.9 -> web-1 tcp/25", Leg::Forward, &["192.0.2.9 is in prefix list partners (192.0.2.0/24)"]);
    check("192.0.2.9 -> web-1 tcp/443", Leg::Forward, &[]);
    let local = "10.0.10.10 lies in the VPC's block 10.0.0.0/16";
    check("web-1 -> app-1 tcp/8080", Leg::Forward, &[local, "web-1 carries group web"]);
    check("app-1 -> store tcp/5432", Leg::Forward, &["10.0.10.10 lies in 10.0.10.0/24"]);
}

#[test]
fn addresses_as_people_call_them() {
    let design = read(NET);
    let check = |nets: &[&str], expected: &str| {
        let all: Vec<_> = nets.iter().flat_map(|net| fmnet_core::address::ranges(net.parse().unwrap())).collect();
        assert_eq!(addresses(&design.model, &fmnet_core::address::union(all)), expected);
    };
    check(&["203.0.113.7/32"], "vpn (203.0.113.7)");
    check(&["198.51.100.0/24", "203.0.113.128/25"], "office (198.51.100.0/24, 203.0.113.128/25)");
    check(&["192.0.2.0/24"], "192.0.2.0/24");
    check(&["0.0.0.0/0"], "0.0.0.0/0");
    check(&["2001:db8::/32"], "2001:db8::/32");
    check(&["2000::/3"], "the internet (IPv6)");
}
