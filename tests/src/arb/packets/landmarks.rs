//! The ranges that a network's rules and the engines' contract speak of.
//!
//! In: a model. Out: ranges of addresses, and for each protocol ranges of ports. What
//! lies within the same ones cannot be told apart (`docs/semantics.md`).

use std::collections::BTreeMap;
use std::net::IpAddr;

use fmnet_core::address::{number, ranges};
use fmnet_core::model::Model;
use fmnet_core::model::gateway::Connectivity;
use fmnet_core::model::route_table::Destination;
use fmnet_core::model::security_group::Peer;
use fmnet_core::model::vpn_connection::VpnRouting;
use fmnet_core::traffic::{PortRange, Protocol, Traffic};
use ipnet::IpNet;

use super::at;
use crate::random::Random;

/// What the contract itself names: families, private and shared addresses, Amazon's services.
const ALWAYS: [&str; 24] = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.168.0/22",
    "169.254.169.253/32",
    "169.254.169.254/32",
    "169.254.169.123/32",
    "169.254.169.250/32",
    "169.254.169.251/32",
    "169.254.170.2/32",
    "127.0.0.0/8",
    "::/0",
    "fc00::/7",
    "fd00:ec2::/32",
    "fd00:ec2::253/128",
    "fd00:ec2::254/128",
    "fd00:ec2::123/128",
    "fd00:ec2::250/128",
    "fd00:ec2::251/128",
    "64:ff9b::/96",
    "2000::/3",
    "fe80::/10",
];

/// Values that every design is asked about besides its own.
const PROTOCOLS: [Protocol; 5] = [Protocol::TCP, Protocol::UDP, Protocol::ICMP, Protocol::ICMPV6, Protocol(200)];

/// See the module.
#[derive(Clone, Debug)]
pub struct Landmarks {
    /// Ranges of addresses as numbers, sorted, each once.
    pub addresses: Vec<(u128, u128)>,
    /// Ranges of the port field of each protocol, sorted, each once.
    pub ports: BTreeMap<Protocol, Vec<(u16, u16)>>,
    /// Whether there is a NAT gateway, so that translated ports matter.
    pub translates: bool,
    owned: Vec<IpAddr>,
    ends: Vec<IpAddr>,
}

impl Landmarks {
    /// The landmarks of `model`.
    #[must_use]
    pub fn of(model: &Model) -> Self {
        let owned = owned(model);
        let singles = owned.iter().copied().map(IpNet::from);
        let nets = ALWAYS.iter().filter_map(|text| text.parse().ok()).chain(nets(model)).chain(singles);
        let mut addresses: Vec<(u128, u128)> = nets.flat_map(|net: IpNet| ranges(net.trunc())).collect();
        addresses.sort_unstable();
        addresses.dedup();
        let around = |&(first, last): &(u128, u128)| [first.saturating_sub(1), first, last, last.saturating_add(1)];
        let ends = addresses.iter().flat_map(around).map(at).collect();
        Self { addresses, ports: ports(model), translates: !model.nat_gateways.is_empty(), owned, ends }
    }

    /// An address at one of the ends, or one that something has.
    pub fn address(&self, random: &mut Random) -> IpAddr {
        let pool = if random.chance(55) && !self.owned.is_empty() { &self.owned } else { &self.ends };
        random.one_of(pool).copied().unwrap_or(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST))
    }

    /// A protocol that some rule speaks of, or another.
    pub fn protocol(&self, random: &mut Random) -> Protocol {
        if random.chance(55) {
            return Protocol::TCP;
        }
        let all: Vec<Protocol> = self.ports.keys().copied().collect();
        random.one_of(&all).copied().unwrap_or(Protocol::TCP)
    }

    /// A port at an end of some range of `protocol`, or next to it.
    pub fn port(&self, protocol: Protocol, random: &mut Random) -> u16 {
        let ranges = self.ports.get(&protocol).map(Vec::as_slice).unwrap_or_default();
        let Some(&(first, last)) = random.one_of(ranges) else { return random.below(1 << 16) as u16 };
        let ends = [first.saturating_sub(1), first, last, last.saturating_add(1)];
        random.one_of(&ends).copied().unwrap_or(first)
    }
}

/// Every address that something has.
fn owned(model: &Model) -> Vec<IpAddr> {
    let mut owned = Vec::new();
    for (_, interface) in model.interfaces.iter() {
        for mine in &interface.addresses {
            owned.push(mine.address);
            owned.extend(mine.public.map(|public| IpAddr::V4(public.address)));
        }
    }
    for (_, nat) in model.nat_gateways.iter() {
        owned.push(IpAddr::V4(nat.address));
        if let Connectivity::Public { address, .. } = nat.connectivity {
            owned.push(IpAddr::V4(address));
        }
    }
    owned
}

/// Every network that the model names, and the addresses that AWS keeps in each block.
fn nets(model: &Model) -> Vec<IpNet> {
    let mut nets: Vec<IpNet> = model.vpc().blocks().collect();
    for (_, subnet) in model.subnets.iter() {
        nets.extend(subnet.ipv4.map(IpNet::V4));
        nets.extend(subnet.ipv6.map(IpNet::V6));
    }
    let bases: Vec<IpAddr> = nets.iter().map(IpNet::network).collect();
    for base in bases {
        nets.extend((1..=3).map(|host| IpNet::from(at(number(base) + host))));
    }
    for (_, group) in model.security_groups.iter() {
        nets.extend(group.ingress.iter().chain(&group.egress).filter_map(|rule| match rule.peer {
            Peer::Cidr(net) => Some(net),
            Peer::Group(_) | Peer::PrefixList(_) => None,
        }));
    }
    for (_, acl) in model.network_acls.iter() {
        nets.extend(acl.ingress.iter().chain(&acl.egress).map(|rule| rule.peer));
    }
    for (_, table) in model.route_tables.iter() {
        nets.extend(table.routes.iter().filter_map(|route| match route.destination {
            Destination::Cidr(net) => Some(net),
            Destination::PrefixList(_) => None,
        }));
    }
    nets.extend(model.prefix_lists.iter().flat_map(|(_, list)| list.entries.clone()));
    nets.extend(model.interfaces.iter().flat_map(|(_, interface)| interface.behind.clone()));
    nets.extend(premises(model));
    nets
}

/// Every network that connections and networks on premises name.
fn premises(model: &Model) -> Vec<IpNet> {
    let mut nets: Vec<IpNet> = model.on_premises.iter().flat_map(|(_, network)| network.nets.clone()).collect();
    for (_, vpn) in model.vpn_connections.iter() {
        match &vpn.routing {
            VpnRouting::Static(routes) => nets.extend(routes),
            VpnRouting::Dynamic(learned) => nets.extend(learned.iter().map(|one| one.net)),
        }
    }
    for (_, direct) in model.direct_connect_gateways.iter() {
        nets.extend(direct.interfaces.iter().flat_map(|interface| &interface.learned));
        nets.extend(direct.associations.iter().flat_map(|association| &association.allowed));
    }
    nets
}

/// Every range of ports or types that the model or the contract names, by protocol.
fn ports(model: &Model) -> BTreeMap<Protocol, Vec<(u16, u16)>> {
    let mut ports: BTreeMap<Protocol, Vec<(u16, u16)>> = BTreeMap::new();
    for protocol in PROTOCOLS {
        ports.insert(protocol, vec![(PortRange::ALL.first, PortRange::ALL.last)]);
    }
    let groups = model.security_groups.iter().flat_map(|(_, group)| group.ingress.iter().chain(&group.egress));
    let acls = model.network_acls.iter().flat_map(|(_, acl)| acl.ingress.iter().chain(&acl.egress));
    for traffic in groups.map(|rule| rule.traffic).chain(acls.map(|rule| rule.traffic)) {
        if let Traffic::Of { protocol, ports: range } = traffic {
            ports.entry(protocol).or_default().push((range.first, range.last));
        }
    }
    let mut add = |protocol, range: PortRange| ports.entry(protocol).or_default().push((range.first, range.last));
    for (_, database) in model.databases.iter() {
        add(Protocol::TCP, PortRange::one(database.port));
    }
    for kind in [8, 13, 15, 17] {
        add(Protocol::ICMP, PortRange::icmp_type(kind));
    }
    add(Protocol::ICMPV6, PortRange::icmp_type(128));
    for ranges in ports.values_mut() {
        ranges.sort_unstable();
        ranges.dedup();
    }
    ports
}
