//! Large designs that look like a company's, for measuring.
//!
//! In: how many interfaces, and a seed. Out: the text of a design with that many, in
//! tiers over three zones: load balancers, bastions, services whose groups refer to
//! each other, databases, NAT gateways, ACLs with real rules. The same input gives
//! the same bytes.

mod network;
mod services;

use crate::page::Page;
use crate::random::Random;

/// A tier of subnets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tier {
    name: &'static str,
    /// The port its services listen on.
    port: u16,
    /// Tiers whose services call it.
    callers: &'static [&'static str],
    route_table: Routing,
}

/// Which kind of route table a tier has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Routing {
    /// To the internet gateway.
    Public,
    /// To the NAT gateway of the zone.
    Private,
    /// Nowhere but the VPC.
    Isolated,
}

const ZONES: [&str; 3] = ["a", "b", "c"];

const TIERS: [Tier; 8] = [
    Tier { name: "edge", port: 443, callers: &[], route_table: Routing::Public },
    Tier { name: "web", port: 8080, callers: &["edge"], route_table: Routing::Private },
    Tier { name: "app", port: 9000, callers: &["web", "batch"], route_table: Routing::Private },
    Tier { name: "worker", port: 9100, callers: &["app"], route_table: Routing::Private },
    Tier { name: "data", port: 5432, callers: &["app", "worker", "batch"], route_table: Routing::Isolated },
    Tier { name: "cache", port: 6379, callers: &["web", "app"], route_table: Routing::Isolated },
    Tier { name: "batch", port: 9200, callers: &["ops"], route_table: Routing::Private },
    Tier { name: "ops", port: 8443, callers: &["edge"], route_table: Routing::Private },
];

/// How much there is of everything, worked out from the number of interfaces.
#[derive(Clone, Copy, Debug)]
struct Scale {
    interfaces: usize,
    subnets_per_cell: usize,
    services_per_tier: usize,
    databases: usize,
    blocks: usize,
}

impl Scale {
    fn of(interfaces: usize) -> Self {
        // A /24 is left two thirds empty, as in life.
        let subnets_per_cell = interfaces.div_ceil(TIERS.len() * ZONES.len() * 84).max(1);
        let subnets = subnets_per_cell * TIERS.len() * ZONES.len();
        Self {
            interfaces,
            subnets_per_cell,
            services_per_tier: (interfaces / 800).clamp(2, 10),
            databases: interfaces / 600,
            blocks: subnets.div_ceil(240).max(3),
        }
    }

    fn subnets(self) -> usize {
        self.subnets_per_cell * TIERS.len() * ZONES.len()
    }
}

/// A subnet of the fleet.
#[derive(Clone, Debug)]
struct Subnet {
    name: String,
    tier: usize,
    zone: usize,
    /// The first three octets.
    prefix: String,
    /// The last octet of the next free address.
    next: usize,
}

impl Subnet {
    fn address(&mut self) -> Option<String> {
        let host = self.next;
        self.next += 1;
        (host < 255).then(|| format!("{}.{host}", self.prefix))
    }
}

/// The design of a company with `interfaces` network interfaces, places of database
/// primaries included; at least about a hundred.
#[must_use]
pub fn design(interfaces: usize, seed: u64) -> String {
    let scale = Scale::of(interfaces);
    let mut random = Random::new(seed);
    let mut page = Page::default();
    let mut subnets = network::subnets(scale);
    network::write(&mut page, scale, &mut subnets);
    services::write(&mut page, scale, &mut subnets, &mut random);
    page.finish()
}
