//! The language as it is documented, read, checked and printed.

use super::design::DESIGN;
use super::shape::{Shape, reach};
use super::*;

/// The example of the language's own page.
fn example() -> String {
    examples().into_iter().next().unwrap_or_default()
}

/// Every example of that page.
fn examples() -> Vec<String> {
    let page = include_str!("../../../../docs/language.md");
    let rests = page.split("```yaml\n").skip(1);
    rests.filter_map(|rest| Some(rest.split_once("```")?.0.replace("[...]", "[]"))).collect()
}

fn read(text: &str) -> (Spec, Vec<Diagnostic>, Source) {
    let source = Source::new("design.yaml".to_owned(), text.to_owned());
    let (spec, found) = parse(&source);
    (spec, found, source)
}

/// The codes of the mistakes in a design with a correct beginning, each with the text it points at.
fn mistakes(rest: &str) -> Vec<(&'static str, String)> {
    let (_, found, source) = read(&format!("vpc: v\nregion: r\ncidr: 10.0.0.0/16\n{rest}\n"));
    let at = |diagnostic: &Diagnostic| diagnostic.labels.first().map(|label| source.slice(label.span).to_owned());
    found.iter().map(|diagnostic| (diagnostic.code, at(diagnostic).unwrap_or_default())).collect()
}

/// The mistakes of one line of a kind, by the place of `LINE` in a design.
fn line_mistakes(design: &str, line: &str) -> Vec<(&'static str, String)> {
    mistakes(&design.replace("LINE", line))
}

const INGRESS: &str = "security_groups:\n  g:\n    ingress:\n      - LINE";
const EGRESS: &str = "security_groups:\n  g:\n    egress:\n      - LINE";
const ACL: &str = "network_acls:\n  a:\n    ingress:\n      - LINE";
const ROUTE: &str = "route_tables:\n  t:\n    - LINE";
const INTENT: &str = "expect:\n  - LINE";

/// Every key of the language, and every form of a line.
const EVERYTHING: &str = r#"
vpc: "12"
region: r
account: "111122223333"
cidr: [10.0.0.1/16, 10.1.0.0/16]
ipv6: [2001:db8::/56, {block: "fd00::/56", kind: private}]
dns_support: True
dns_hostnames: false
source_ports: 1024-65535
snapshot: inconsistent
places: {vpn: 203.0.113.7, "two words": [198.51.100.0/24, "2001:db8::"], "no": 192.0.2.1/32}
internet_gateways: [one, {name: two, state: detached}]
nat_gateways: {n: {subnet: s, connectivity: public, elastic_ip: new, address: 10.0.0.9, state: pending}, m: {subnet: s, connectivity: private, elastic_ip: 192.0.2.1}}
route_tables:
  main_rt: {main: true, routes: [], propagating: g}
  empty: []
  t: ["0.0.0.0/0 -> one", "list p -> blackhole filtered", '::/0 -> unmodelled "a b" advertised', "10.0.0.1/8 -> \"blackhole\" propagated filtered"]
network_acls:
  bare: {}
  a:
    ingress: [100 allow tcp/443 from 0.0.0.0/0, 101 deny any from ::/0, 102 allow icmpv6/128 from 10.0.0.0/8, 103 deny udp/1-9 from "two words"]
    egress: [{number: 7, action: deny, protocol: "6", ports: 80, cidr: 0.0.0.0/0}, {number: 8, action: allow, protocol: 1, icmp: 8/-1, cidr: 0.0.0.0/0}]
subnets:
  s: {az: "1", cidr: 10.0.0.0/24, ipv6: "2001:db8::/64", route_table: t, network_acl: a, public_addresses: true}
prefix_lists: {p: [10.0.0.0/8], q: {entries: [], max_entries: 5}}
security_groups:
  g:
    description: "yes"
    ingress: ['tcp/80,443,1-9 from group "web servers"', any from self, icmp/echo from anywhere, icmp/3/4 from list p, protocol/50 from vpn, icmpv6 from 10.0.0.1, {protocol: icmp, from_port: 3, to_port: -1, from: vpn}]
    egress: []
  h: {vpc: other, association: associated, egress: [{protocol: -1, from_port: 22, to_port: 22, to: 0.0.0.0/0}, {protocol: tcp, from_port: 0, to_port: 65535, to: group h}, {protocol: "58", to: "::/0"}]}
  default:
  shared: {associations: [other-vpc, "12"]}
  waiting: {associations: {other-vpc: associating, "no": associated}}
instances:
  i: {state: stopped, tags: {role: "", n: 1, "a=b": "c d"}, subnet: s, groups: [g, h], address: 10.0.0.5, addresses: [10.0.0.6, {address: 10.0.0.7, elastic_ip: new}, "2001:db8::"], ipv6: auto, public_address: true, elastic_ip: 192.0.2.9, source_dest_check: false, behind: [10.9.0.0/16], deny_internet_ipv6: true}
  fw: {interfaces: {eth0: {subnet: s, state: detached, public_address: 192.0.2.3, ipv6: "2001:db8::5"}, eth1: {subnet: s, groups: [], public_address: false}}}
interfaces: {spare: {subnet: s}}
databases:
  d: {engine: postgres, port: 5432, subnet_group: [s], groups: [g], publicly_accessible: true, az: x, tags: {k: v}}
vpcs:
  other-vpc: {cidr: 10.3.0.0/16, subnets: {s: {az: x, az_id: use1-az1, cidr: 10.3.0.0/24}}, internet_gateways: [{name: i, state: detached}], databases: {d: {subnet_group: [s]}}}
  empty: {region: r2, account: "012345678901", cidr: [10.4.0.0/16, 10.5.0.0/16]}
peering_connections:
  pcx-1: {requester: "12", accepter: other-vpc}
  pcx-2: {requester: other-vpc, accepter: empty, state: pending-acceptance}
quotas: {rules_per_network_acl: 40}
expect:
  - deny vpc -> vpc other-vpc, vpc "tcp" any
  - allow vpc except vpc -> vpc tcp/443 except tcp/80+icmp
  - allow internet -> i tcp/443
  - allow some internet except vpn, 10.0.0.1 -> fw.eth1, group g except subnet s any source-port 1-2
  - deny tag role=web, tag "a=b c" , "except" -> "two words" tcp/80,443+udp/53+icmp/8/0+protocol/50+tcp
  - deny 2001:db8::/32 -> d
  - deny d -> d source-port 5
egress_only_internet_gateway: e
block_public_access:
  - {account: "111122223333", region: r, mode: block-ingress, managed_by: declarative-policy, exclusions_allowed: not-allowed, own_address_egress: passes, exclusions: [allow-egress subnet s, allow-bidirectional vpc "12" disabled]}
transit_gateways:
  hub:
    region: r
    account: "111122223333"
    security_group_referencing: true
    default_route_table_association: false
    default_route_table_propagation: false
    attachments:
      v1: {vpc: "12", subnets: [s], appliance_mode: true, ipv6: true, security_group_referencing: false, state: available, created: "2026-01-31T09:00:00Z"}
      c: {unmodelled: connect}
    route_tables:
      plain: [10.8.0.0/16 -> blackhole]
      full: {associations: [v1], propagations: [v1], routes: [list p -> v1]}
  far: {}
transit_gateway_peerings:
  hub-far: {requester: hub, accepter: far, state: available}
virtual_private_gateway: {name: g, state: attached}
on_premises: {hq: 192.168.0.0/16}
customer_gateways: {c: {on_premises: hq, address: 203.0.113.12, asn: 65001}, d: hq}
vpn_connections: {w: {customer_gateway: c, virtual_private_gateway: g, static_routes: 192.168.0.0/24, learned: 192.168.1.0/24, tunnels: [up, down]}}
direct_connect_gateways: {x: {virtual_interfaces: {f: {on_premises: hq, learned: 192.168.0.0/16, state: available}, h: hq}, associations: {g: default}}}
"#;

#[test]
fn the_documented_example_parses() {
    assert_eq!(examples().len(), 2);
    for example in examples() {
        assert_eq!(read(&example).1, []);
    }
}

#[test]
fn printing_and_parsing_again_changes_nothing() {
    for text in [EVERYTHING.to_owned()].into_iter().chain(examples()) {
        let (spec, found, _) = read(&text);
        assert_eq!(found, []);
        let printed = print::print(&spec);
        let (again, found, _) = read(&printed);
        assert_eq!(found, [], "{printed}");
        assert!(again.same_as(&spec), "{printed}");
        assert_eq!(print::print(&again), printed);
    }
    assert!(!read(EVERYTHING).0.same_as(&read(&example()).0));
}

#[test]
fn every_key_is_read_and_printed_somewhere() {
    reach(&Shape::Record(&DESIGN), "VALUE", &mut |record, way| {
        for name in record.names() {
            let written = EVERYTHING.contains(&format!("{name}:")) || example().contains(&format!("{name}:"));
            assert!(written, "`{name}` of {} is in no test", record.title);
            // No key takes a list in a list in a list, so who reads the key complains of it.
            let beside = match name {
                "ports" => ", protocol: tcp",
                "icmp" => ", protocol: icmp",
                _ => "",
            };
            let text = way.replace("VALUE", &format!("{{{name}: [[[]]]{beside}}}"));
            let (_, found, source) = read(&text);
            let at = |found: &Diagnostic| found.labels.first().is_some_and(|at| source.slice(at.span).starts_with('['));
            assert!(found.iter().any(at), "nobody reads `{name}` of {}: {text} {found:?}", record.title);
        }
    });
}

#[test]
fn nothing_is_needed_but_three_keys() {
    assert_eq!(mistakes(""), []);
    let (_, found, _) = read("subnets: {}\n");
    assert_eq!(found.iter().map(|found| found.code).collect::<Vec<_>>(), ["missing-key"; 3]);
    for no_mapping in ["just text", "[a]"] {
        assert_eq!(read(no_mapping).1.iter().map(|found| found.code).collect::<Vec<_>>(), ["wrong-kind"]);
    }
}

#[test]
fn every_mistake_is_collected() {
    let found = mistakes(
        "colour: red\nsubnets:\n  s: {az: 2, cidr: 10.0.0.0, subnet: x}\n  t: []\nexpect: [allow a b, permit a -> b]\ndns_support: yes",
    );
    let found: Vec<_> = found.iter().map(|(code, at)| (*code, at.as_str())).collect();
    assert_eq!(
        found,
        [
            ("unknown-key", "colour"),
            ("wrong-kind", "2"),
            ("bad-cidr", "10.0.0.0"),
            ("unknown-key", "subnet"),
            ("wrong-kind", "[]"),
            ("bad-word", "b"),
            ("bad-word", "permit"),
            ("not-a-bool", "yes"),
        ]
    );
}

#[test]
fn names_are_text() {
    let name = |name: &str| mistakes(&format!("internet_gateway: {name}"));
    for good in ["igw", "'12'", "\"true\"", "no", "1.2.3", "2a", "名前", "a b"] {
        assert_eq!(name(good), [], "{good}");
    }
    for typed in ["12", "012345678901", "1.10", "true", "-1", "1e3", "0x1f", ".5", ".inf"] {
        assert_eq!(name(typed), [("wrong-kind", typed.to_owned())]);
    }
    for (bad, code) in [
        ("\"\"", "bad-name"),
        ("''", "bad-name"),
        (&*"x".repeat(256), "bad-name"),
        ("\"a\\u0007b\"", "control-character"),
        ("\"a\\u202eb\"", "control-character"),
        ("[a]", "wrong-kind"),
        ("", "wrong-kind"),
        ("~", "wrong-kind"),
    ] {
        assert_eq!(name(bad).first().map(|(code, _)| *code), Some(code), "{bad}");
    }
}

#[test]
fn rules_of_groups() {
    for good in ["tcp from 0.0.0.0/0", "icmp/echo-reply from self", "any from \"any name\"", "udp/0 from list a"] {
        assert_eq!(line_mistakes(INGRESS, good), [], "{good}");
    }
    let cases = [
        ("tcp/70000 from self", "bad-port", "70000"),
        ("tcp/443-80 from self", "bad-port", "443-80"),
        ("tcp/80, from self", "bad-port", ""),
        ("tcp/x from self", "bad-port", "x"),
        ("any/80 from self", "bad-port", "80"),
        ("protocol/256 from self", "bad-protocol", "256"),
        ("protocol from self", "bad-protocol", "protocol"),
        ("tpc/80 from self", "bad-protocol", "tpc"),
        ("icmp/256 from self", "bad-icmp", "256"),
        ("icmp/8/x from self", "bad-icmp", "x"),
        ("tcp/1+udp/1 from self", "bad-word", "+udp/1"),
        ("tcp/80 to self", "bad-word", "to"),
        ("tcp/80 0.0.0.0/0", "bad-word", "0.0.0.0/0"),
        ("tcp/80 from self please", "bad-word", "please"),
        ("tcp/80 from group", "bad-word", ""),
        ("tcp/80 from 10.0.0.0/33", "bad-cidr", "10.0.0.0/33"),
        ("tcp/80 from 10.0.0/8", "bad-cidr", "10.0.0/8"),
        ("tcp/80 from 10.0.0.256", "bad-address", "10.0.0.256"),
        ("tcp/80 from", "InvalidParameterCombination", ""),
        ("tcp/80 from 10.0.0.0/8, group g", "InvalidParameterCombination", "group g"),
        ("{protocol: tcp, from: self}", "InvalidParameterValue", "tcp"),
        ("{protocol: 17, from_port: 1, from: self}", "InvalidParameterValue", "17"),
        ("{protocol: icmp, from: self}", "InvalidParameterValue", "icmp"),
        ("{protocol: icmp, from_port: -1, to_port: 0, from: self}", "InvalidParameterValue", "0"),
        ("{protocol: icmp, from_port: 300, to_port: 0, from: self}", "bad-icmp", "300"),
        ("{protocol: tcp, from_port: 2, to_port: 1, from: self}", "bad-port", "2"),
        ("{protocol: tcp, from_port: 2, to_port: 65536, from: self}", "bad-port", "65536"),
        ("{protocol: 256, from: self}", "bad-protocol", "256"),
        ("{protocol: any}", "InvalidParameterCombination", "{protocol: any}"),
        ("{protocol: any, to: self}", "unknown-key", "to"),
        ("{protocol: any, from: self, to: self}", "InvalidParameterCombination", "to"),
        ("{protocol: any, from: [self, group g]}", "InvalidParameterCombination", "group g"),
        ("{protocol: tcp, from_port: x, to_port: 1, from: self}", "not-a-number", "x"),
    ];
    for (line, code, at) in cases {
        assert_eq!(line_mistakes(INGRESS, line), [(code, at.to_owned())], "{line}");
    }
    assert_eq!(line_mistakes(EGRESS, "tcp/80 from self"), [("bad-word", "from".to_owned())]);
    assert_eq!(mistakes("security_groups: {g: {egress: }}"), [("wrong-kind", "egress".to_owned())]);
}

#[test]
fn entries_of_network_acls() {
    for good in [
        "1 allow any from ::/0",
        "32766 deny icmp/8/0 from office",
        "{number: 1, action: allow, protocol: -1, ports: 22-22, cidr: 0.0.0.0/0}",
        "{number: 1, action: allow, protocol: 58, cidr: 0.0.0.0/0}",
    ] {
        assert_eq!(line_mistakes(ACL, good), [], "{good}");
    }
    let cases = [
        ("0 allow any from ::/0", "InvalidParameterValue", "0"),
        ("32767 allow any from ::/0", "InvalidParameterValue", "32767"),
        ("x allow any from ::/0", "not-a-number", "x"),
        ("1 permit any from ::/0", "bad-word", "permit"),
        ("1 allow tcp/1,2 from ::/0", "bad-port", "1,2"),
        ("1 allow any to ::/0", "bad-word", "to"),
        ("1 allow any from group g", "InvalidParameterValue", "group g"),
        ("1 allow any from list l", "InvalidParameterValue", "list l"),
        ("1 allow any from self", "InvalidParameterValue", "self"),
        ("1 allow any from anywhere", "bad-word", "anywhere"),
        ("1 allow any from 10.0.0.1", "bad-cidr", "10.0.0.1"),
        ("1 allow any", "bad-word", ""),
        ("{number: 1, action: allow, protocol: 6, cidr: 0.0.0.0/0}", "InvalidParameterValue", "6"),
        ("{number: 1, action: allow, protocol: icmp, cidr: 0.0.0.0/0}", "InvalidParameterValue", "icmp"),
        ("{number: 1, action: allow, protocol: '58', cidr: '::/0'}", "InvalidParameterValue", "'58'"),
        ("{number: 1, action: allow, protocol: 1, icmp: 8, cidr: 0.0.0.0/0}", "bad-icmp", "8"),
        ("{number: 1, action: allow, protocol: 1, icmp: -1/0, cidr: 0.0.0.0/0}", "InvalidParameterValue", "-1/0"),
        ("{number: 0, action: allow, protocol: any, cidr: 0.0.0.0/0}", "InvalidParameterValue", "0"),
        ("{number: 1, action: maybe, protocol: any, cidr: 0.0.0.0/0}", "bad-word", "maybe"),
        ("{number: 1, action: allow, protocol: any}", "missing-key", "{number: 1, action: allow, protocol: any}"),
    ];
    for (line, code, at) in cases {
        assert_eq!(line_mistakes(ACL, line), [(code, at.to_owned())], "{line}");
    }
}

#[test]
fn routes() {
    let cases = [
        ("0.0.0.0/0 igw", "bad-word", "igw"),
        ("0.0.0.0/0->igw", "bad-word", "0.0.0.0/0->igw"),
        ("0.0.0.0/0 ->", "bad-word", ""),
        ("0.0.0.0 -> igw", "bad-cidr", "0.0.0.0"),
        ("office -> igw", "bad-word", "office"),
        ("10.0.0.0/16 -> local", "bad-word", "local"),
        ("10.0.0.0/16 -> igw broken", "bad-word", "broken"),
        ("10.0.0.0/16 -> igw propagated advertised", "bad-word", "advertised"),
        ("list -> igw", "bad-word", "igw"),
        ("\"::/0 -> unmodelled a\\eb\"", "control-character", "\"::/0 -> unmodelled a\\eb\""),
        ("[a]", "wrong-kind", "[a]"),
    ];
    for (line, code, at) in cases {
        assert_eq!(line_mistakes(ROUTE, line), [(code, at.to_owned())], "{line}");
    }
}

#[test]
fn intents() {
    let cases = [
        ("permit a -> b any", "bad-word", "permit"),
        ("allow a b any", "bad-word", "b"),
        ("allow a->b any", "bad-word", "a->b"),
        ("allow -> b any", "bad-word", "->"),
        ("allow a, -> b", "bad-word", "->"),
        ("allow a -> b tcp/443 extra", "bad-word", "extra"),
        ("allow a -> b c", "bad-protocol", "c"),
        ("allow a -> b tcp/443+upd/53", "bad-protocol", "upd"),
        ("allow a -> b any source-port 9-1", "bad-port", "9-1"),
        ("allow a -> b any source-port", "bad-word", ""),
        ("allow a except -> b", "bad-word", "->"),
        ("allow tag x -> b", "bad-word", "x"),
        ("allow group -> b", "bad-word", "->"),
        ("allow 10.0.0.0/99 -> b", "bad-cidr", "10.0.0.0/99"),
        ("'allow \"a -> b'", "bad-word", "\"a -> b"),
        ("''", "bad-word", ""),
    ];
    for (line, code, at) in cases {
        assert_eq!(line_mistakes(INTENT, line), [(code, at.to_owned())], "{line}");
    }
}

#[test]
fn lines_stand_alone_too() {
    let traffic =
        traffic::parse(" tcp/80,443 ", 10).map(|list| list.iter().map(|it| (it.value, it.span)).collect::<Vec<_>>());
    let one = |port, start, end| {
        let ports = PortRange::one(port);
        (Traffic::Of { protocol: crate::traffic::Protocol::TCP, ports }, Span { start, end })
    };
    assert_eq!(traffic, Ok(vec![one(80, 15, 17), one(443, 18, 21)]));
    assert!(traffic::parse("", 0).is_err());
    assert!(intent::parse_endpoints("internet except vpn", 0).is_ok());
    assert!(intent::parse_endpoints("internet -> vpn", 0).is_err());
    let intent = intent::parse_line("deny a -> b", 5);
    assert_eq!(intent.map(|intent| (intent.traffic, intent.span)), Ok((vec![], Span { start: 5, end: 16 })));
}

#[test]
fn words_are_found_inside_quotes_but_not_inside_escapes() {
    assert_eq!(line_mistakes(INTENT, "\"allow a -> b tcp/99999\""), [("bad-port", "99999".to_owned())]);
    let escaped = r#""allow \"a\" -> b tcp/99999""#;
    assert_eq!(line_mistakes(INTENT, escaped), [("bad-port", escaped.to_owned())]);
    assert_eq!(line_mistakes(INTENT, "allow a -> b\n    tcp/99999").len(), 1);
}

#[test]
fn blocks_and_addresses() {
    for bad in [
        "10.0.0.0/016",
        "010.0.0.0/8",
        "10.0.0.0/255.255.0.0",
        "10.0.0.0/-1",
        "::/129",
        "10.0.0.0/",
        "x/8",
        "10.0.0.0/8/8",
    ] {
        assert_eq!(
            mistakes(&format!("prefix_lists: {{p: ['{bad}']}}")).first().map(|found| found.0),
            Some("bad-cidr"),
            "{bad}"
        );
    }
    let patch = |text: &str| read(text).1.into_iter().find_map(|found| found.patch).map(|patch| patch.replacement);
    assert_eq!(patch("cidr: 10.30.0.0").as_deref(), Some("10.30.0.0/16"));
    assert_eq!(patch("route_tables: {t: [0.0.0.0 -> x]}").as_deref(), Some("0.0.0.0/0"));
    assert_eq!(patch("prefix_lists: {p: [10.0.0.0/255.255.0.0]}").as_deref(), Some("10.0.0.0/16"));
    assert_eq!(patch("prefix_lists: {p: [10.0.0.1]}").as_deref(), Some("10.0.0.1/32"));
    assert_eq!(mistakes("subnets: {s: {az: a, cidr: '::/64'}}"), [("bad-cidr", "'::/64'".to_owned())]);
}

#[test]
fn a_file_of_mistakes_reports_only_so_many() {
    let mut text = String::from("vpc: v\n");
    for number in 0..100_000 {
        text.push_str(&format!("k{number}: x\n"));
    }
    let (_, found, _) = read(&text);
    assert_eq!(found.len(), 1001);
    assert_eq!(found.last().map(|found| found.code), Some("too-many-mistakes"));
}

#[test]
fn a_large_design_is_read() {
    let mut text =
        String::from("vpc: v\nregion: r\ncidr: 10.0.0.0/8\nsubnets:\n  s: {az: a, cidr: 10.0.0.0/9}\ninstances:\n");
    for number in 0..10_000 {
        text.push_str(&format!(
            "  instance-number-{number}:\n    subnet: s\n    groups: [default, a-group, another-group, the-{number}]\n    address: 10.0.{}.{}\n    tags: {{Name: instance-{number}, team: network, environment: production, cost-centre: '{number}'}}\n    source_dest_check: false\n    behind: [10.99.0.0/16, 10.98.0.0/16]\n",
            number / 256,
            number % 256
        ));
    }
    let (spec, found, _) = read(&text);
    assert_eq!(found, []);
    assert_eq!(spec.vpcs.iter().map(|vpc| vpc.instances.len()).sum::<usize>(), 10_000);
}
