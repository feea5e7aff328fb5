//! A random design on its way: what has been decided, for what comes later to refer to.
//!
//! In: choices. Out: pools of addresses, networks, ports and names that exist, from
//! which rules and routes are drawn.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::on_premises::{self, Premises};
use super::{Size, intents, network, rules, workloads};
use crate::page::Page;
use crate::random::Random;

/// Whether there is an internet gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gateway {
    Absent,
    Attached,
    Detached,
}

/// Which family a draw is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    V4,
    V6,
}

/// A subnet.
#[derive(Clone, Debug)]
pub(super) struct Subnet {
    pub(super) name: String,
    pub(super) zone: &'static str,
    pub(super) v4: Option<Ipv4Net>,
    pub(super) v6: Option<Ipv6Net>,
    /// Hosts that are taken.
    pub(super) taken: Vec<IpAddr>,
}

/// What has been decided so far.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) random: Random,
    pub(super) size: Size,
    pub(super) v4: Vec<Ipv4Net>,
    pub(super) v6: Vec<(Ipv6Net, &'static str)>,
    pub(super) subnets: Vec<Subnet>,
    pub(super) gateway: Gateway,
    pub(super) has_egress_only: bool,
    /// VPC Block Public Access: its mode and its lines of exclusions.
    pub(super) blocking: Option<(&'static str, Vec<String>)>,
    /// NAT gateways, each as a line of the design.
    pub(super) nats: Vec<(String, String)>,
    /// Workload lines under `instances`, `interfaces` and `databases`.
    pub(super) instances: Vec<(usize, String)>,
    pub(super) interfaces: Vec<String>,
    pub(super) databases: Vec<String>,
    /// Names that a question may ask about.
    pub(super) workloads: Vec<String>,
    /// Interfaces that a route may lead to.
    pub(super) targets: Vec<String>,
    /// Addresses that something has, private and public.
    pub(super) owned: Vec<IpAddr>,
    pub(super) groups: Vec<String>,
    pub(super) has_foreign_group: bool,
    /// Places, with their networks.
    pub(super) places: Vec<(&'static str, Vec<&'static str>)>,
    /// Prefix lists, with their family and entries.
    pub(super) lists: Vec<(String, Family, Vec<IpNet>)>,
    pub(super) acls: Vec<String>,
    pub(super) tables: Vec<String>,
    /// Networks on premises, and what joins them.
    pub(super) premises: Premises,
    elastic: u8,
}

const OUTSIDE4: [&str; 14] = [
    "203.0.113.0/24",
    "203.0.113.7/32",
    "203.0.113.0/29",
    "198.51.100.0/24",
    "198.51.100.20/31",
    "10.77.0.0/16",
    "10.0.0.0/8",
    "10.8.0.0/14",
    "100.64.0.0/10",
    "192.168.0.0/16",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "169.254.0.0/16",
    "8.8.8.8/32",
];
const OUTSIDE6: [&str; 8] = [
    "2001:db8:ffff::/48",
    "2001:db8:ffff::7/128",
    "2001:db8::/32",
    "fd77::/16",
    "2000::/3",
    "fc00::/7",
    "8000::/1",
    "64:ff9b::/96",
];
const PORTS: [u16; 12] = [0, 22, 53, 80, 443, 1023, 1024, 5432, 32767, 32768, 49152, 65535];

impl Draft {
    pub(super) fn new(random: Random, size: Size) -> Self {
        Self {
            random,
            size,
            v4: Vec::new(),
            v6: Vec::new(),
            subnets: Vec::new(),
            gateway: Gateway::Attached,
            has_egress_only: false,
            blocking: None,
            nats: Vec::new(),
            instances: Vec::new(),
            interfaces: Vec::new(),
            databases: Vec::new(),
            workloads: Vec::new(),
            targets: Vec::new(),
            owned: Vec::new(),
            groups: Vec::new(),
            has_foreign_group: false,
            places: Vec::new(),
            lists: Vec::new(),
            acls: Vec::new(),
            tables: Vec::new(),
            premises: Premises::default(),
            elastic: 19,
        }
    }

    /// How many, at least `least`: at most `small` or `medium`.
    pub(super) fn count(&mut self, least: usize, small: usize, medium: usize) -> usize {
        let most = if self.size == Size::Small { small } else { medium };
        self.random.between(least, most.max(least))
    }

    /// A family that the VPC has.
    pub(super) fn family(&mut self) -> Family {
        if !self.v6.is_empty() && self.random.chance(40) { Family::V6 } else { Family::V4 }
    }

    /// An Elastic IP that nobody has, near the others.
    pub(super) fn elastic(&mut self) -> Ipv4Addr {
        self.elastic += 1;
        let address = Ipv4Addr::new(198, 51, 100, self.elastic);
        self.owned.push(IpAddr::V4(address));
        address
    }

    /// A free address of a subnet: of the lowest few, so that rules meet it.
    pub(super) fn address(&mut self, subnet: usize, family: Family) -> Option<IpAddr> {
        let host = self.random.between(4, 13);
        let subnet = self.subnets.get_mut(subnet)?;
        let base = match family {
            Family::V4 => IpAddr::V4(subnet.v4?.network()),
            Family::V6 => IpAddr::V6(subnet.v6?.network()),
        };
        let address = (host..14).chain(4..host).map(|host| plus(base, host)).find(|it| !subnet.taken.contains(it))?;
        subnet.taken.push(address);
        self.owned.push(address);
        Some(address)
    }

    /// A network of `family` for a rule: often one that splits a subnet or is an address.
    pub(super) fn net(&mut self, family: Family) -> IpNet {
        let own: Vec<IpNet> = match family {
            Family::V4 => self.subnets.iter().filter_map(|subnet| subnet.v4).map(IpNet::V4).collect(),
            Family::V6 => self.subnets.iter().filter_map(|subnet| subnet.v6).map(IpNet::V6).collect(),
        };
        let blocks: Vec<IpNet> = match family {
            Family::V4 => self.v4.iter().copied().map(IpNet::V4).collect(),
            Family::V6 => self.v6.iter().map(|&(net, _)| IpNet::V6(net)).collect(),
        };
        let is_v4 = family == Family::V4;
        let owned: Vec<IpAddr> = self.owned.iter().copied().filter(|address| address.is_ipv4() == is_v4).collect();
        let drawn = match self.random.below(10) {
            0 | 1 => None,
            2 => self.random.one_of(&blocks).copied(),
            3 | 4 => self.random.one_of(&own).copied(),
            5 => self.random.one_of(&own).copied().map(|net| self.part(net)),
            6 | 7 => self.random.one_of(&owned).copied().map(IpNet::from),
            _ => {
                let pool: &[&str] = if is_v4 { &OUTSIDE4 } else { &OUTSIDE6 };
                self.random.pick(pool).parse().ok()
            }
        };
        drawn.unwrap_or_else(|| everything(family))
    }

    /// A piece of `net` that may cut through its addresses in use.
    fn part(&mut self, net: IpNet) -> IpNet {
        let longest = net.max_prefix_len();
        let length = match net {
            IpNet::V4(_) => (net.prefix_len() + self.random.between(1, 4) as u8).min(longest),
            IpNet::V6(_) => longest - self.random.between(1, 4) as u8,
        };
        let inside = plus(net.network(), self.random.below(16));
        IpNet::new(inside, length).map_or(net, |part| part.trunc())
    }

    /// A port, or a range of ports, as text.
    pub(super) fn ports(&mut self) -> String {
        let (one, other) = (self.port(), self.port());
        if one == other || self.random.chance(50) {
            return one.to_string();
        }
        format!("{}-{}", one.min(other), one.max(other))
    }

    pub(super) fn port(&mut self) -> u16 {
        self.random.one_of(&PORTS).copied().unwrap_or_default()
    }

    /// The text of the design.
    pub(super) fn write(mut self) -> String {
        let mut page = Page::default();
        // Everything of such a network is unknown (R8).
        if self.random.chance(1) {
            page.line(0, "snapshot: inconsistent");
        }
        network::write(&mut page, &mut self);
        rules::write(&mut page, &mut self);
        workloads::write(&mut page, &self);
        on_premises::write(&mut page, &self);
        intents::write(&mut page, &mut self);
        page.finish()
    }
}

/// Every address of a family.
pub(super) fn everything(family: Family) -> IpNet {
    match family {
        Family::V4 => IpNet::V4(Ipv4Net::default()),
        Family::V6 => IpNet::V6(Ipv6Net::default()),
    }
}

/// The address `hosts` after `base`.
pub(super) fn plus(base: IpAddr, hosts: usize) -> IpAddr {
    match base {
        IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits().wrapping_add(hosts as u32))),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits().wrapping_add(hosts as u128))),
    }
}
