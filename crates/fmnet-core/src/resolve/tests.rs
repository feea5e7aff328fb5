//! Designs, and what becomes of them.

#![expect(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

use std::path::Path;

use crate::design;
use crate::diagnostic::Severity;
use crate::model::Model;
use crate::model::interface::InterfaceState;
use crate::model::security_group::Peer;

/// A design with a head, so that a test shows what it is about.
fn model(body: &str) -> Model {
    let text = format!("vpc: shop\nregion: ap-northeast-2\n{body}");
    match design::read("test.yaml", text.into_bytes()) {
        Ok(design) => design.model,
        Err(rejected) => panic!("refused: {:#?}", rejected.diagnostics),
    }
}

fn codes(body: &str) -> Vec<&'static str> {
    let text = format!("vpc: shop\nregion: ap-northeast-2\n{body}");
    let found = match design::read("test.yaml", text.into_bytes()) {
        Ok(design) => design.warnings,
        Err(rejected) => rejected.diagnostics,
    };
    found.iter().map(|diagnostic| diagnostic.code).collect()
}

/// Every interface with its private and public addresses, `~` before those assumed.
fn addresses(model: &Model) -> Vec<String> {
    let mark = |assumed: bool| if assumed { "~" } else { "" };
    let interfaces = model.interfaces.iter().map(|(_, interface)| {
        let addresses = interface.addresses.iter().map(|address| {
            let public = address.public.map(|public| format!("={}{}", mark(public.is_assumed), public.address));
            format!(" {}{}{}", mark(address.is_assumed), address.address, public.unwrap_or_default())
        });
        format!("{}{}", interface.name, addresses.collect::<String>())
    });
    interfaces.collect()
}

/// Each fixture under `aws-…` says on its first line what it earns, and earns nothing else.
#[test]
fn every_mistake_earns_its_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/mistakes");
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).expect("the fixtures are there") {
        let path = entry.expect("the folder can be read").path();
        if !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("aws-")) {
            continue;
        }
        #[expect(clippy::disallowed_methods, reason = "the test reads its fixtures")]
        let text = std::fs::read_to_string(path.join("design.yaml")).expect("a fixture is a design");
        let expected = text.lines().next().and_then(|line| line.strip_prefix("# expect: "));
        let found = match design::read("design.yaml", text.clone().into_bytes()) {
            Ok(design) => design.warnings,
            Err(rejected) => rejected.diagnostics,
        };
        let found: Vec<_> = found.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{}", path.display());
        count += 1;
    }
    assert!(count > 100, "only {count} fixtures");
}

#[test]
fn unknown_addresses_are_the_lowest_free_in_order_of_names() {
    let model = model(
        "cidr: 10.0.0.0/16\ninternet_gateway: igw
subnets:
  a: {az: ap-northeast-2a, cidr: 10.0.0.0/24, public_addresses: true}
instances:
  web: {subnet: a}
  api: {subnet: a}
  old: {subnet: a, state: stopped}
  fixed: {subnet: a, address: 10.0.0.4, elastic_ip: 198.18.0.1}
  two:
    interfaces:
      eth0: {subnet: a, elastic_ip: new}
      eth1: {subnet: a, addresses: [10.0.0.6]}
",
    );
    let expected = [
        "api ~10.0.0.5=~198.18.0.2",
        "fixed 10.0.0.4=198.18.0.1",
        "old ~10.0.0.7",
        "two.eth0 ~10.0.0.8=~198.18.0.3",
        "two.eth1 ~10.0.0.9 10.0.0.6",
        "web ~10.0.0.10=~198.18.0.4",
    ];
    assert_eq!(addresses(&model), expected);
}

#[test]
fn the_order_of_the_file_changes_nothing() {
    let subnets =
        ["  a: {az: ap-northeast-2a, cidr: 10.0.0.0/24}\n", "  c: {az: ap-northeast-2c, cidr: 10.0.1.0/24}\n"];
    let instances = ["  x: {subnet: a}\n", "  y: {subnet: c, groups: [g]}\n", "  z: {subnet: a, groups: [h, g]}\n"];
    let groups = ["  g: {}\n", "  h: {ingress: [tcp/22 from group g]}\n"];
    let write = |forth: bool| {
        let order =
            |items: &[&str]| -> String { if forth { items.concat() } else { items.iter().rev().copied().collect() } };
        let (subnets, instances, groups) = (order(&subnets), order(&instances), order(&groups));
        model(&format!(
            "cidr: 10.0.0.0/16\nsubnets:\n{subnets}instances:\n{instances}security_groups:\n{groups}databases:\n  db: {{engine: mysql, subnet_group: [a, c]}}\n"
        ))
    };
    let (forth, back) = (write(true), write(false));
    assert_eq!(addresses(&forth), addresses(&back));
    let names = |model: &Model| -> Vec<(String, Vec<String>)> {
        let interfaces = model.interfaces.iter().map(|(_, interface)| {
            let groups = interface.groups.iter().map(|&id| model.security_groups[id].name.clone());
            (interface.name.clone(), groups.collect())
        });
        interfaces.collect()
    };
    assert_eq!(names(&forth), names(&back));
    assert_eq!(addresses(&forth), ["db@a ~10.0.0.4", "db@c ~10.0.1.4", "x ~10.0.0.5", "y ~10.0.1.5", "z ~10.0.0.6"]);
}

#[test]
fn aws_makes_defaults_where_nobody_writes_them() {
    let model = model("cidr: 10.0.0.0/16\nipv6: 2001:db8:1200::/56\nsecurity_groups:\n  web: {}\n");
    let tables: Vec<_> = model.route_tables.iter().map(|(_, table)| (table.name.as_str(), table.is_main)).collect();
    assert_eq!(tables, [("main", true)]);
    let acls: Vec<_> = model.network_acls.iter().map(|(_, acl)| (acl.name.as_str(), acl.is_default)).collect();
    assert_eq!(acls, [("default", true)]);
    let numbers =
        |rules: &[crate::model::network_acl::AclRule]| -> Vec<u16> { rules.iter().map(|rule| rule.number).collect() };
    let acl = model.network_acls.iter().next().map(|(_, acl)| (numbers(&acl.ingress), numbers(&acl.egress)));
    assert_eq!(acl, Some((vec![100, 101], vec![100, 101])));
    let groups: Vec<_> = model
        .security_groups
        .iter()
        .map(|(id, group)| {
            let from_itself = group.ingress.iter().any(|rule| rule.peer == Peer::Group(id));
            (group.name.as_str(), group.is_default, from_itself, group.egress.len())
        })
        .collect();
    assert_eq!(groups, [("default", true, true, 2), ("web", false, false, 2)]);
}

#[test]
fn states_reach_the_interfaces() {
    let model = model(
        "cidr: 10.0.0.0/16
subnets:
  a: {az: ap-northeast-2a, cidr: 10.0.0.0/24}
instances:
  gone: {subnet: a, state: terminated}
  runs: {subnet: a}
interfaces:
  loose: {subnet: a}
",
    );
    let states: Vec<_> = model.interfaces.iter().map(|(_, interface)| interface.state).collect();
    assert_eq!(states, [InterfaceState::OwnerNotRunning, InterfaceState::Detached, InterfaceState::InUse]);
}

/// A design of several VPCs.
fn several(text: &str) -> Model {
    match design::read("test.yaml", text.as_bytes().to_vec()) {
        Ok(design) => design.model,
        Err(rejected) => panic!("refused: {:#?}", rejected.diagnostics),
    }
}

const TWO: &str = "region: us-east-1
vpcs:
  V2:
    cidr: 10.0.0.0/16
    subnets:
      a: {az: us-east-1a, cidr: 10.0.0.0/24}
      b: {az: us-east-1b, cidr: 10.0.1.0/24}
    security_groups:
      web: {ingress: [tcp/80 from group V1/web]}
      own: {ingress: [tcp/80 from group web]}
    instances:
      web: {subnet: a, groups: [web, shared]}
      V1/odd: {subnet: a}
    databases:
      orders: {engine: mysql, subnet_group: [a, V2/b], groups: [V2/own]}
  V1:
    cidr: [10.1.0.0/16, 100.64.0.0/16]
    account: \"111122223333\"
    route_tables:
      rt: {main: true, routes: [10.0.0.0/16 -> pcx]}
    subnets:
      a: {az: us-east-1a, az_id: use1-az4, cidr: 10.1.0.0/24}
      c: {az: us-east-1a, cidr: 10.1.2.0/24}
      d: {az_id: use1-az4, cidr: 10.1.3.0/24}
    security_groups:
      web: {ingress: [tcp/80 from self]}
      shared: {associations: [V2]}
    instances:
      web: {subnet: a, groups: [web]}
      app: {subnet: a, address: 10.1.0.4}
peering_connections:
  pcx: {requester: V2, accepter: V1}
";

#[test]
fn names_are_plain_where_nothing_else_has_them() {
    let model = several(TWO);
    let tables: Vec<_> = model.route_tables.iter().map(|(_, it)| (it.name.as_str(), it.is_main)).collect();
    assert_eq!(tables, [("rt", true), ("main", true)]);
    let acls: Vec<_> = model.network_acls.iter().map(|(_, it)| (it.name.as_str(), it.is_default)).collect();
    assert_eq!(acls, [("V1/default", true), ("V2/default", true)]);
    let subnets: Vec<_> = model.subnets.iter().map(|(_, it)| it.name.as_str()).collect();
    assert_eq!(subnets, ["V1/a", "c", "d", "V2/a", "b"]);
    let groups: Vec<_> = model.security_groups.iter().map(|(_, it)| it.name.as_str()).collect();
    assert_eq!(groups, ["V1/default", "shared", "V1/web", "V2/default", "own", "V2/web"]);
    // A name that reads as one of another VPC is never plain.
    let instances: Vec<_> = model.instances.iter().map(|(_, it)| it.name.as_str()).collect();
    assert_eq!(instances, ["app", "V1/web", "V2/V1/odd", "V2/web"]);
    let expected = [
        "app 10.1.0.4",
        "V1/web ~10.1.0.5",
        "V2/V1/odd ~10.0.0.4",
        "orders@a ~10.0.0.5",
        "orders@b ~10.0.1.4",
        "V2/web ~10.0.0.6",
    ];
    assert_eq!(addresses(&model), expected);
}

#[test]
fn groups_of_other_vpcs_are_named_and_carried() {
    let model = several(TWO);
    let group = |name: &str| model.security_groups.iter().find(|(_, it)| it.name == name).map(|(id, _)| id);
    let peers = |name: &str| -> Vec<Peer> {
        let id = group(name).unwrap_or_else(|| panic!("no group is called {name}"));
        model.security_groups[id].ingress.iter().map(|rule| rule.peer).collect()
    };
    assert_eq!(Some(peers("V2/web")), group("V1/web").map(|id| vec![Peer::Group(id)]));
    assert_eq!(Some(peers("own")), group("V2/web").map(|id| vec![Peer::Group(id)]));
    let carried = model.interfaces.iter().find(|(_, it)| it.name == "V2/web").map(|(_, it)| it.groups.clone());
    assert_eq!(carried, Some([group("shared"), group("V2/web")].into_iter().flatten().collect()));
    // Without the connection the rule stays, and matches nothing.
    let alone = several(&TWO.replace("V2, accepter: V1}", "V2, accepter: V1, state: rejected}"));
    let rules = alone.security_groups.iter().find(|(_, it)| it.name == "V2/web");
    assert_eq!(rules.map(|(_, it)| (it.ingress.len(), it.stale_ingress.len())), Some((0, 1)));
}

#[test]
fn what_is_said_of_a_zone_holds_in_its_account() {
    let model = several(TWO);
    let zones = model.subnets.iter().map(|(_, it)| (it.name.as_str(), it.zone.as_str(), it.zone_id.as_str()));
    let expected = [
        ("V1/a", "us-east-1a", "use1-az4"),
        ("c", "us-east-1a", "use1-az4"),
        ("d", "us-east-1a", "use1-az4"),
        ("V2/a", "us-east-1a", "us-east-1a"),
        ("b", "us-east-1b", "us-east-1b"),
    ];
    assert_eq!(zones.collect::<Vec<_>>(), expected);
}

#[test]
fn an_instance_may_have_interfaces_in_several_vpcs() {
    let model = several(
        "region: us-east-1
vpcs:
  V1:
    cidr: 10.0.0.0/16
    subnets: {a: {az: us-east-1a, cidr: 10.0.0.0/24}}
    instances:
      fw: {interfaces: {eth0: {subnet: a}, eth1: {subnet: V2/a, source_dest_check: false}}}
  V2:
    cidr: 10.0.0.0/16
    route_tables: {main: [0.0.0.0/0 -> fw.eth1]}
    subnets: {a: {az: us-east-1a, cidr: 10.0.0.0/24}}
",
    );
    let homes: Vec<_> = model
        .interfaces
        .iter()
        .map(|(id, it)| {
            let groups: Vec<_> = it.groups.iter().map(|&id| model.security_groups[id].name.as_str()).collect();
            (it.name.as_str(), model.vpcs[model.vpc_of_interface(id)].name.as_str(), groups)
        })
        .collect();
    assert_eq!(homes, [("fw.eth0", "V1", vec!["V1/default"]), ("fw.eth1", "V2", vec!["V2/default"])]);
    assert_eq!(addresses(&model), ["fw.eth0 ~10.0.0.4", "fw.eth1 ~10.0.0.4"]);
}

#[test]
fn the_files_of_a_design_are_one() {
    let files = [
        ("vpc: shop\nregion: r\ncidr: 10.0.0.0/16\n", 1),
        ("subnets:\n", 1),
        ("subnets: {a: {az: ra, cidr: 10.0.1.0/24}}\n", 1),
    ];
    let files = files.iter().enumerate().map(|(at, (text, _))| (format!("{at}.yaml"), text.as_bytes().to_vec()));
    let design = design::read_files("shop", files.collect()).unwrap_or_else(|wrong| panic!("{:?}", wrong.diagnostics));
    let place = design.model.subnets.iter().map(|(_, it)| (design.source.file(it.span.start).name.as_str(), it.span));
    let place: Vec<_> = place.map(|(file, span)| (file, design.source.slice(span))).collect();
    assert_eq!(place, [("2.yaml", "a")]);
}

#[test]
fn a_mistake_is_told_without_its_consequences() {
    let check = |body: &str, expected: &[&str]| assert_eq!(codes(body), expected, "{body}");
    // A subnet that conflicts: nothing of addresses in it, of routes to it, of NAT gateways.
    check(
        "cidr: 10.0.0.0/16
route_tables:
  main: [10.0.0.0/24 -> nat]
subnets:
  a: {az: ap-northeast-2a, cidr: 10.0.0.0/24}
  b: {az: ap-northeast-2a, cidr: 10.0.0.0/24}
nat_gateways:
  nat: {subnet: b, connectivity: private, address: 10.0.9.9}
instances:
  x: {subnet: b, address: 10.0.7.7}
",
        &["InvalidSubnet.Conflict"],
    );
    // No subnet at all, and things in it.
    check(
        "cidr: 10.0.0.0/16\nnat_gateways:\n  nat: {subnet: b}\nroute_tables:\n  main: [0.0.0.0/0 -> nat]\ninternet_gateway: g\n",
        &["InvalidSubnetID.NotFound"],
    );
    // A section that cannot be read: its names are not missing.
    check(
        "cidr: 10.0.0.0/16\nsubnets: 5\nsecurity_groups: none\ninstances:\n  x: {subnet: a, groups: [g]}\n",
        &["wrong-kind", "wrong-kind"],
    );
    // Mistakes of the text and of the network are told together.
    check(
        "cidr: 10.0.0.0/16\nsubnets:\n  a: {az: ap-northeast-2a, cidr: 10.0.0.0/24, colour: red}\n  b: {az: ap-northeast-2a, cidr: 10.0.0.0/25}\n",
        &["unknown-key", "InvalidSubnet.Conflict"],
    );
}

#[test]
fn nothing_typed_makes_it_panic() {
    let bodies = [
        "",
        "cidr: []\n",
        "cidr: 0.0.0.0/0\nsubnets:\n  a: {az: x, cidr: 0.0.0.0/0}\n",
        "cidr: 255.255.255.255/32\nipv6: ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128\n",
        "cidr: 10.0.0.0/16\ninstances:\n  x: {subnet: nowhere}\ninterfaces:\n  y: {subnet: nowhere}\n",
        "cidr: 10.0.0.0/16\ndatabases:\n  d: {engine: mysql, subnet_group: []}\n",
        "cidr: 10.0.0.0/16\nipv6: ::/0\nsubnets:\n  a: {az: x, ipv6: ::/0}\n  b: {az: x, ipv6: 'ffff::/16'}\n",
    ];
    for body in bodies {
        let text = format!("vpc: shop\nregion: ap-northeast-2\n{body}");
        if let Err(rejected) = design::read("test.yaml", text.into_bytes()) {
            assert!(rejected.diagnostics.iter().any(|one| one.severity == Severity::Error), "{body}");
        }
    }
    assert!(design::read("test.yaml", vec![b'a', 0xff]).is_err());
}
