//! Fixture F0 and its words, for tests.
//!
//! In: edits to F0. Out: a model, packets over it, and fates as lines of text.

#![expect(clippy::unwrap_used, reason = "a fixture that does not build fails its test")]

pub(super) mod check;
mod read;

use std::net::IpAddr;

use fmnet_core::arena::{Arena, Id};
use fmnet_core::model::database::Database;
use fmnet_core::model::gateway::{Attachment, Connectivity, InternetGateway, NatGateway, NatState};
use fmnet_core::model::interface::{
    Interface, InterfaceState, Owner, PrivateAddress, PublicAddress, PublicKind, SourceDestCheck,
};
use fmnet_core::model::network_acl::NetworkAcl;
use fmnet_core::model::prefix_list::PrefixList;
use fmnet_core::model::route_table::{Destination, Origin, Route, RouteTable, Target};
use fmnet_core::model::security_group::{GroupRule, Peer, SecurityGroup};
use fmnet_core::model::vpc::{Ipv6Block, Ipv6Kind, Subnet, Vpc};
use fmnet_core::model::{Model, Snapshot, VpcId};
use fmnet_core::source::Span;
use fmnet_core::traffic::{PortRange, Protocol};

use crate::packet::Packet;
use read::{acl_rule, traffic};

/// A host on the internet.
pub(super) const INET: &str = "203.0.113.7";
/// The same, for IPv6.
pub(super) const INET6: &str = "2001:db8:ffff::7";

/// F0 itself.
pub(super) fn as_is(_: &mut Net) {}

/// F0 with app's default route to a NAT gateway.
pub(super) fn with_nat(net: &mut Net) {
    net.nat();
    net.route("main", "0.0.0.0/0", "nat");
}

/// A network under construction. Everything in it goes by name.
pub(super) struct Net {
    pub(super) model: Model,
}

impl Net {
    /// Web with an Elastic IP in a public subnet, app and db in private ones; an
    /// appliance `fw` without use so far in `pubB`, the prefix list `partners`.
    pub(super) fn f0() -> Self {
        let mut net = Self { model: empty() };
        let acl = net.acl("default");
        net.model.network_acls.get_mut(acl).ingress = vec![acl_rule(100, "allow any 0.0.0.0/0")];
        net.model.network_acls.get_mut(acl).egress = vec![acl_rule(100, "allow any 0.0.0.0/0")];
        net.table("pub");
        net.table("main");
        net.subnet("pubA", "10.0.0.0/24", "pub");
        net.subnet("pubB", "10.0.1.0/24", "pub");
        net.subnet("privA", "10.0.10.0/24", "main");
        net.subnet("privB", "10.0.11.0/24", "main");
        net.gateway("igw");
        net.route("pub", "0.0.0.0/0", "igw");
        net.group("sg-web", &["tcp/443 0.0.0.0/0"], &["any 0.0.0.0/0"]);
        net.group("sg-app", &["tcp/8080 sg-web"], &["any 0.0.0.0/0"]);
        net.group("sg-db", &["tcp/5432 sg-app"], &["any 0.0.0.0/0"]);
        net.group("sg-fw", &["any 0.0.0.0/0"], &["any 0.0.0.0/0"]);
        net.interface("web", "pubA", &["10.0.0.10"], "sg-web");
        net.public("web", "198.51.100.10");
        net.interface("app", "privA", &["10.0.10.10"], "sg-app");
        net.interface("db", "privB", &["10.0.11.10"], "sg-db");
        net.interface("fw", "pubB", &["10.0.1.5"], "sg-fw");
        let entries = vec!["198.18.0.0/16".parse().unwrap()];
        let (name, span) = ("partners".to_owned(), Span::NOWHERE);
        net.model.prefix_lists.push(PrefixList { name, entries, max_entries: 5, span });
        net
    }

    /// Adds a public NAT gateway `nat` at 10.0.0.5 in pubA.
    pub(super) fn nat(&mut self) {
        self.nat_in("nat", "pubA", "10.0.0.5");
    }

    /// Adds a public NAT gateway.
    pub(super) fn nat_in(&mut self, name: &str, subnet: &str, address: &str) {
        let subnet = id(&self.model.subnets, subnet, |subnet| &subnet.name);
        let public = "198.51.100.5".parse().unwrap();
        self.model.nat_gateways.push(NatGateway {
            name: name.to_owned(),
            subnet,
            address: address.parse().unwrap(),
            address_is_assumed: false,
            connectivity: Connectivity::Public { address: public, is_assumed: false },
            state: NatState::Available,
            span: Span::NOWHERE,
        });
    }

    pub(super) fn nat_mut(&mut self) -> &mut NatGateway {
        let nat = self.model.nat_gateways.ids().next().unwrap();
        self.model.nat_gateways.get_mut(nat)
    }

    pub(super) fn vpc(&self) -> VpcId {
        self.model.vpcs.ids().next().unwrap()
    }

    pub(super) fn vpc_mut(&mut self) -> &mut Vpc {
        let vpc = self.vpc();
        self.model.vpcs.get_mut(vpc)
    }

    pub(super) fn igw_mut(&mut self) -> &mut InternetGateway {
        let igw = self.model.internet_gateways.ids().next().unwrap();
        self.model.internet_gateways.get_mut(igw)
    }

    pub(super) fn interface_mut(&mut self, name: &str) -> &mut Interface {
        let interface = self.id(name);
        self.model.interfaces.get_mut(interface)
    }

    pub(super) fn id(&self, name: &str) -> Id<Interface> {
        id(&self.model.interfaces, name, |interface| &interface.name)
    }

    /// Adds an empty table, main where it is called so.
    pub(super) fn table(&mut self, name: &str) {
        let (is_main, name) = (name == "main", name.to_owned());
        let vpc = self.vpc();
        let table = RouteTable { name, vpc, is_main, routes: Vec::new(), span: Span::NOWHERE };
        self.model.route_tables.push(table);
    }

    pub(super) fn subnet(&mut self, name: &str, block: &str, table: &str) {
        let route_table = id(&self.model.route_tables, table, |table| &table.name);
        let vpc = self.vpc();
        self.model.subnets.push(Subnet {
            name: name.to_owned(),
            vpc,
            zone: "ap-northeast-2a".to_owned(),
            zone_id: "apne2-az1".to_owned(),
            ipv4: Some(block.parse().unwrap()),
            ipv6: None,
            route_table,
            network_acl: id(&self.model.network_acls, "default", |acl| &acl.name),
            span: Span::NOWHERE,
        });
    }

    /// Gives `subnet` another route table.
    pub(super) fn use_table(&mut self, subnet: &str, table: &str) {
        let table = id(&self.model.route_tables, table, |table| &table.name);
        self.subnet_mut(subnet).route_table = table;
    }

    pub(super) fn subnet_mut(&mut self, name: &str) -> &mut Subnet {
        let subnet = id(&self.model.subnets, name, |subnet| &subnet.name);
        self.model.subnets.get_mut(subnet)
    }

    pub(super) fn gateway(&mut self, name: &str) {
        let (name, attachment) = (name.to_owned(), Attachment::Attached);
        let vpc = self.vpc();
        self.model.internet_gateways.push(InternetGateway { name, vpc, attachment, span: Span::NOWHERE });
    }

    /// Adds a route to `to`, a block or a prefix list, by `via`: the name of an internet
    /// or NAT gateway or an interface, `blackhole`, or something not modelled.
    pub(super) fn route(&mut self, table: &str, to: &str, via: &str) -> &mut Route {
        let destination = match to.parse() {
            Ok(net) => Destination::Cidr(net),
            Err(_) => Destination::PrefixList(id(&self.model.prefix_lists, to, |list| &list.name)),
        };
        let model = &self.model;
        let gateway = find(&model.internet_gateways, via, |gateway| &gateway.name);
        let nat = find(&model.nat_gateways, via, |nat| &nat.name).map(Target::NatGateway);
        let interface = find(&model.interfaces, via, |interface| &interface.name);
        let blackhole = (via == "blackhole").then_some(Target::Blackhole);
        let target = gateway.map(Target::InternetGateway).or(nat).or(blackhole);
        let target = target.or(interface.map(Target::Interface));
        let target = target.unwrap_or_else(|| Target::Unmodelled(via.to_owned()));
        let (origin, is_filtered, span) = (Origin::Static, false, Span::NOWHERE);
        let table = id(&self.model.route_tables, table, |table| &table.name);
        let routes = &mut self.model.route_tables.get_mut(table).routes;
        routes.push(Route { destination, target, origin, is_filtered, span });
        routes.last_mut().unwrap()
    }

    /// Adds a group of rules as `tcp/443 PEER`, the peer a block, a prefix list or a group.
    pub(super) fn group(&mut self, name: &str, ingress: &[&str], egress: &[&str]) {
        let name = name.to_owned();
        let vpc = self.vpc();
        let group = self.model.security_groups.push(SecurityGroup {
            name,
            vpc,
            is_default: false,
            foreign_vpc: None,
            associations: Vec::new(),
            ingress: Vec::new(),
            egress: Vec::new(),
            stale_ingress: Vec::new(),
            stale_egress: Vec::new(),
            span: Span::NOWHERE,
        });
        let rules = |texts: &[&str]| texts.iter().map(|text| self.group_rule(text)).collect();
        let (ingress, egress) = (rules(ingress), rules(egress));
        let group = self.model.security_groups.get_mut(group);
        (group.ingress, group.egress) = (ingress, egress);
    }

    /// Replaces the rules of a group.
    pub(super) fn regroup(&mut self, name: &str, ingress: &[&str], egress: &[&str]) {
        let rules = |texts: &[&str]| texts.iter().map(|text| self.group_rule(text)).collect();
        let (ingress, egress) = (rules(ingress), rules(egress));
        let group = self.group_mut(name);
        (group.ingress, group.egress) = (ingress, egress);
    }

    pub(super) fn group_mut(&mut self, name: &str) -> &mut SecurityGroup {
        let group = id(&self.model.security_groups, name, |group| &group.name);
        self.model.security_groups.get_mut(group)
    }

    fn group_rule(&self, text: &str) -> GroupRule {
        let (shape, peer) = text.split_once(' ').unwrap();
        let list = || find(&self.model.prefix_lists, peer, |list| &list.name);
        let peer = match (peer.parse(), list()) {
            (Ok(net), _) => Peer::Cidr(net),
            (Err(_), Some(list)) => Peer::PrefixList(list),
            (Err(_), None) => Peer::Group(id(&self.model.security_groups, peer, |group| &group.name)),
        };
        GroupRule { traffic: traffic(shape), peer, span: Span::NOWHERE }
    }

    /// Adds an ACL without rules.
    pub(super) fn acl(&mut self, name: &str) -> Id<NetworkAcl> {
        let vpc = self.vpc();
        self.model.network_acls.push(NetworkAcl {
            name: name.to_owned(),
            vpc,
            is_default: name == "default",
            ingress: Vec::new(),
            egress: Vec::new(),
            span: Span::NOWHERE,
        })
    }

    /// Gives `subnet` an ACL of its own, of rules as `allow tcp/80 10.0.0.0/8`.
    pub(super) fn restrict(&mut self, subnet: &str, ingress: &[&str], egress: &[&str]) {
        let acl = self.acl("tight");
        let rules = |texts: &[&str]| (1..).zip(texts).map(|(n, text)| acl_rule(n, text)).collect();
        self.model.network_acls.get_mut(acl).ingress = rules(ingress);
        self.model.network_acls.get_mut(acl).egress = rules(egress);
        self.subnet_mut(subnet).network_acl = acl;
    }

    pub(super) fn interface(&mut self, name: &str, subnet: &str, own: &[&str], group: &str) {
        let addresses =
            own.iter().map(|text| PrivateAddress { address: text.parse().unwrap(), is_assumed: false, public: None });
        self.model.interfaces.push(Interface {
            name: name.to_owned(),
            owner: Owner::Nobody,
            subnet: id(&self.model.subnets, subnet, |subnet| &subnet.name),
            addresses: addresses.collect(),
            groups: vec![id(&self.model.security_groups, group, |group| &group.name)],
            source_dest_check: SourceDestCheck::On,
            behind: Vec::new(),
            deny_internet_ipv6: false,
            state: InterfaceState::InUse,
            span: Span::NOWHERE,
        });
    }

    /// Maps a public address to the primary private one.
    pub(super) fn public(&mut self, name: &str, address: &str) {
        let address = address.parse().unwrap();
        let public = PublicAddress { address, is_assumed: false, kind: PublicKind::Elastic };
        self.interface_mut(name).addresses.first_mut().unwrap().public = Some(public);
    }

    /// Lets `name` forward, for the networks `behind` it.
    pub(super) fn appliance(&mut self, name: &str, behind: &[&str]) {
        let interface = self.interface_mut(name);
        interface.source_dest_check = SourceDestCheck::Off;
        interface.behind = behind.iter().map(|text| text.parse().unwrap()).collect();
    }

    /// Makes the owner of `name` a database that listens on `port`.
    pub(super) fn database(&mut self, name: &str, port: u16) {
        let interface = self.id(name);
        let database = self.model.databases.push(Database {
            name: name.to_owned(),
            engine: "postgres".to_owned(),
            port,
            subnet_group: Vec::new(),
            publicly_accessible: false,
            candidates: vec![interface],
            tags: Vec::new(),
            span: Span::NOWHERE,
        });
        self.interface_mut(name).owner = Owner::Database(database);
    }

    /// Gives the VPC an IPv6 block, pubA and privA one each, web and app an address
    /// each, and the ACL, the groups and the table of pubA rules for it.
    pub(super) fn ipv6(&mut self, block: &str, kind: Ipv6Kind) {
        let prefix = block.trim_end_matches("::/56");
        let net = block.parse().unwrap();
        self.vpc_mut().ipv6.push(Ipv6Block { net, kind });
        for (subnet, host, last) in [("pubA", "web", "00"), ("privA", "app", "10")] {
            let prefix = format!("{}{last}", prefix.strip_suffix("00").unwrap());
            self.subnet_mut(subnet).ipv6 = Some(format!("{prefix}::/64").parse().unwrap());
            let address = format!("{prefix}::10").parse().unwrap();
            let address = PrivateAddress { address, is_assumed: false, public: None };
            self.interface_mut(host).addresses.push(address);
        }
        let acl = id(&self.model.network_acls, "default", |acl| &acl.name);
        self.model.network_acls.get_mut(acl).ingress.push(acl_rule(101, "allow any ::/0"));
        self.model.network_acls.get_mut(acl).egress.push(acl_rule(101, "allow any ::/0"));
        self.regroup("sg-web", &["tcp/443 0.0.0.0/0", "tcp/443 ::/0"], &["any ::/0"]);
        self.route("pub", "::/0", "igw");
    }
}

/// A TCP packet from port 40000, which a NAT gateway would make 2000.
pub(super) fn tcp(source: &str, destination: &str, port: u16) -> Packet {
    packet(Protocol::TCP, source, destination, port)
}

/// A packet; source ports as of [`tcp`] where the protocol has them.
pub(super) fn packet(protocol: Protocol, source: &str, destination: &str, port: u16) -> Packet {
    let parse = |text: &str| text.parse::<IpAddr>().unwrap();
    let source_port = if protocol.has_ports() { 40000 } else { 0 };
    let (source, destination) = (parse(source), parse(destination));
    Packet { source, destination, protocol, port, source_port, translated_port: 2000 }
}

fn empty() -> Model {
    let mut vpcs = Arena::default();
    vpcs.push(Vpc {
        name: "v1".to_owned(),
        account: String::new(),
        region: "ap-northeast-2".to_owned(),
        ipv4: vec!["10.0.0.0/16".parse().unwrap()],
        ipv6: Vec::new(),
        dns_support: true,
        dns_hostnames: true,
        span: Span::NOWHERE,
    });
    Model {
        vpcs,
        subnets: Arena::default(),
        route_tables: Arena::default(),
        internet_gateways: Arena::default(),
        nat_gateways: Arena::default(),
        network_acls: Arena::default(),
        security_groups: Arena::default(),
        prefix_lists: Arena::default(),
        interfaces: Arena::default(),
        instances: Arena::default(),
        databases: Arena::default(),
        peering_connections: Arena::default(),
        virtual_private_gateways: Arena::default(),
        customer_gateways: Arena::default(),
        vpn_connections: Arena::default(),
        direct_connect_gateways: Arena::default(),
        on_premises: Arena::default(),
        places: Arena::default(),
        intents: Vec::new(),
        source_ports: PortRange::CLIENTS,
        snapshot: Snapshot::Consistent,
    }
}

fn find<T>(arena: &Arena<T>, name: &str, of: impl Fn(&T) -> &String) -> Option<Id<T>> {
    arena.iter().find(|(_, item)| of(item) == name).map(|(id, _)| id)
}

fn id<T>(arena: &Arena<T>, name: &str, of: impl Fn(&T) -> &String) -> Id<T> {
    find(arena, name, of).unwrap()
}
