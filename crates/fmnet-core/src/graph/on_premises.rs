//! What lies on premises, and which connection packets take there and from there.
//!
//! In: a model. Out: an [`OnPremisesWays`]: for each virtual private gateway the
//! addresses that each connection takes, and for each network those that each
//! connection leads to, priorities settled (R156 to R163).

use std::collections::BTreeMap;

use ipnet::IpNet;

use crate::address::{self, Ranges};
use crate::model::direct_connect_gateway::{Association, VirtualInterfaceState};
use crate::model::vpn_connection::VpnRouting;
use crate::model::{DirectConnectGatewayId, Model, OnPremisesId, VirtualPrivateGatewayId, VpnConnectionId};

/// What joins a network on premises to a gateway, in the order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Connection {
    /// The virtual interface at this position of a Direct Connect gateway.
    DirectConnect(DirectConnectGatewayId, u32),
    /// A VPN connection.
    Vpn(VpnConnectionId),
}

impl Connection {
    /// The network at its other end; none where there is no such virtual interface.
    #[must_use]
    pub fn network(self, model: &Model) -> Option<OnPremisesId> {
        match self {
            Self::DirectConnect(id, at) => {
                model.direct_connect_gateways[id].interfaces.get(at as usize).map(|interface| interface.network)
            }
            Self::Vpn(id) => Some(model.customer_gateways[model.vpn_connections[id].customer_gateway].network),
        }
    }

    /// Whether it carries packets.
    #[must_use]
    pub fn is_up(self, model: &Model) -> bool {
        match self {
            Self::DirectConnect(id, at) => {
                let interface = model.direct_connect_gateways[id].interfaces.get(at as usize);
                interface.is_some_and(|interface| interface.state == VirtualInterfaceState::Available)
            }
            Self::Vpn(id) => model.vpn_connections[id].is_up(),
        }
    }
}

/// Where a gateway sends packets for premises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onward {
    /// Over this connection.
    Over(Connection),
    /// Over one of several, and nothing says which.
    Open,
}

/// How packets from premises come to a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inward {
    /// Over this connection to this gateway.
    Over(Connection, VirtualPrivateGatewayId),
    /// To one of several gateways, and nothing says to which.
    Open,
}

/// See the module.
#[derive(Debug, Default)]
pub struct OnPremisesWays {
    /// The addresses of each network, by position; apart from each other.
    pub nets: Vec<Ranges>,
    outward: Vec<Vec<(Ranges, Onward)>>,
    hubs: BTreeMap<(usize, usize), Vec<(Ranges, Onward)>>,
    inward: Vec<Vec<(Ranges, Inward)>>,
}

impl OnPremisesWays {
    /// Works them out.
    #[must_use]
    pub fn of(model: &Model) -> Self {
        let mut ways = Self { nets: nets(model), ..Self::default() };
        for gateway in model.virtual_private_gateways.ids() {
            let learned = learned(model, gateway);
            for network in model.on_premises.ids() {
                let others = learned.iter().filter(|one| one.is_vpn() && one.network != network).cloned().collect();
                ways.hubs.insert((gateway.index(), network.index()), settle(others));
            }
            ways.outward.push(settle(learned));
        }
        ways.inward = model.on_premises.ids().map(|network| inward(model, &ways, network)).collect();
        ways
    }

    /// Which connection of `gateway` takes which addresses.
    #[must_use]
    pub fn outward(&self, gateway: VirtualPrivateGatewayId) -> &[(Ranges, Onward)] {
        self.outward.get(gateway.index()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Which VPN connection of `gateway` takes which addresses of packets that come from `network`.
    #[must_use]
    pub fn hub(&self, gateway: VirtualPrivateGatewayId, network: OnPremisesId) -> &[(Ranges, Onward)] {
        self.hubs.get(&(gateway.index(), network.index())).map(Vec::as_slice).unwrap_or_default()
    }

    /// Over which connection `network` reaches which addresses.
    #[must_use]
    pub fn inward(&self, network: OnPremisesId) -> &[(Ranges, Inward)] {
        self.inward.get(network.index()).map(Vec::as_slice).unwrap_or_default()
    }

    /// The addresses of a network.
    #[must_use]
    pub fn net(&self, network: OnPremisesId) -> &[(u128, u128)] {
        self.nets.get(network.index()).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Every gateway with each network that a connection joins to it.
pub(super) fn joined(model: &Model) -> Vec<(VirtualPrivateGatewayId, OnPremisesId)> {
    let direct = model.direct_connect_gateways.iter().flat_map(|(_, direct)| {
        let networks = direct.interfaces.iter().map(|interface| interface.network);
        networks.flat_map(|network| direct.associations.iter().map(move |one| (one.gateway, network)))
    });
    let vpn = model.vpn_connections.iter();
    let vpn = vpn.map(|(_, vpn)| (vpn.gateway, model.customer_gateways[vpn.customer_gateway].network));
    let mut joined: Vec<_> = direct.chain(vpn).collect();
    joined.sort_unstable();
    joined.dedup();
    joined
}

/// The addresses of each network: longer prefixes of other networks are theirs, and
/// longer blocks of VPCs are those VPCs'.
fn nets(model: &Model) -> Vec<Ranges> {
    let written = model.on_premises.iter().flat_map(|(id, it)| it.nets.iter().map(move |&net| (Some(id.index()), net)));
    let blocks = model.vpcs.iter().flat_map(|(_, vpc)| vpc.blocks()).map(|block| (None, block));
    let all: Vec<(Option<usize>, IpNet)> = written.chain(blocks).collect();
    let mut taken = Ranges::new();
    let mut nets = vec![Ranges::new(); model.on_premises.ids().count()];
    for length in (0..=128u8).rev() {
        let here: Vec<_> = all.iter().filter(|(_, net)| net.prefix_len() == length).collect();
        for &&(network, net) in &here {
            if let Some(mine) = network.and_then(|network| nets.get_mut(network)) {
                mine.extend(address::subtract(&address::ranges(net), &taken));
            }
        }
        taken = address::union(here.iter().flat_map(|(_, net)| address::ranges(*net)).chain(taken).collect());
    }
    nets.into_iter().map(address::union).collect()
}

/// A prefix that a connection gives its gateway.
#[derive(Clone, Debug)]
struct Learned {
    is_down: bool,
    net: IpNet,
    rank: u8,
    as_path: u32,
    asn: u32,
    med: u32,
    connection: Connection,
    network: OnPremisesId,
}

impl Learned {
    fn is_vpn(&self) -> bool {
        matches!(self.connection, Connection::Vpn(_))
    }

    /// What decides between prefixes, the preferred first; those with the same compete by MED.
    fn key(&self) -> (bool, u8, (u128, u128), u8, u32) {
        let range = address::ranges(self.net).first().copied().unwrap_or_default();
        (self.is_down, u8::MAX - self.net.prefix_len(), range, self.rank, self.as_path)
    }
}

fn learned(model: &Model, gateway: VirtualPrivateGatewayId) -> Vec<Learned> {
    let mut all = Vec::new();
    for (id, direct) in model.direct_connect_gateways.iter() {
        if !direct.associations.iter().any(|one| one.gateway == gateway) {
            continue;
        }
        for (at, interface) in (0u32..).zip(&direct.interfaces) {
            let connection = Connection::DirectConnect(id, at);
            let (is_down, network) = (!connection.is_up(model), interface.network);
            let learned = |&net| Learned { is_down, net, rank: 0, as_path: 0, asn: 0, med: 0, connection, network };
            all.extend(interface.learned.iter().map(learned));
        }
    }
    for (id, vpn) in model.vpn_connections.iter().filter(|(_, vpn)| vpn.gateway == gateway) {
        let customer = &model.customer_gateways[vpn.customer_gateway];
        let (connection, network, is_down) = (Connection::Vpn(id), customer.network, !vpn.is_up());
        match &vpn.routing {
            VpnRouting::Static(nets) => {
                let one = |&net| Learned { is_down, net, rank: 1, as_path: 0, asn: 0, med: 0, connection, network };
                all.extend(nets.iter().map(one));
            }
            VpnRouting::Dynamic(prefixes) => all.extend(prefixes.iter().map(|one| Learned {
                is_down,
                net: one.net,
                rank: 2,
                as_path: one.as_path,
                asn: customer.asn,
                med: one.med,
                connection,
                network,
            })),
        }
    }
    all
}

/// Which connection takes which addresses.
fn settle(mut learned: Vec<Learned>) -> Vec<(Ranges, Onward)> {
    learned.sort_by_key(|one| (one.key(), one.connection));
    let mut taken = Ranges::new();
    let mut settled = Vec::new();
    for equal in learned.chunk_by(|left, right| left.key() == right.key()) {
        let beaten = |one: &Learned| equal.iter().any(|other| other.asn == one.asn && other.med < one.med);
        let mut best = equal.iter().filter(|one| !beaten(one));
        let Some(first) = best.next() else { continue };
        let all = address::ranges(first.net);
        let mine = address::subtract(&all, &taken);
        if mine.is_empty() {
            continue;
        }
        let torn = best.any(|other| other.network != first.network);
        settled.push((mine, if torn { Onward::Open } else { Onward::Over(first.connection) }));
        taken = address::union([taken, all].concat());
    }
    settled
}

/// A connection of a network, with the addresses it leads to.
struct Entrance {
    connection: Connection,
    gateway: VirtualPrivateGatewayId,
    /// What it carries at all.
    carried: Ranges,
    /// What it leads to.
    leads: Ranges,
    /// What of it is neither down nor filtered.
    clean: Ranges,
}

/// The blocks of the VPC of `association`'s gateway that it advertises (R163).
#[must_use]
pub fn advertised(model: &Model, association: &Association) -> Ranges {
    let vpc = model.virtual_private_gateways[association.gateway].vpc;
    let blocks = model.vpcs[vpc].blocks().filter(|block| association.allowed.iter().any(|net| net.contains(block)));
    address::union(blocks.flat_map(address::ranges).collect())
}

fn every_ipv4() -> Ranges {
    address::ranges(IpNet::V4(ipnet::Ipv4Net::default()))
}

fn every_address() -> Ranges {
    address::union([every_ipv4(), address::ranges(IpNet::V6(ipnet::Ipv6Net::default()))].concat())
}

fn entrances(model: &Model, ways: &OnPremisesWays, network: OnPremisesId) -> Vec<Entrance> {
    let blocks = |gateway: VirtualPrivateGatewayId| {
        let vpc = model.virtual_private_gateways[gateway].vpc;
        address::union(model.vpcs[vpc].blocks().flat_map(address::ranges).collect())
    };
    let mut all = Vec::new();
    for (id, direct) in model.direct_connect_gateways.iter() {
        for at in 0..direct.interfaces.len() as u32 {
            let connection = Connection::DirectConnect(id, at);
            if connection.network(model) != Some(network) {
                continue;
            }
            all.extend(direct.associations.iter().map(|association| {
                let (gateway, leads) = (association.gateway, blocks(association.gateway));
                let clean = if connection.is_up(model) { advertised(model, association) } else { Ranges::new() };
                Entrance { connection, gateway, carried: every_address(), leads, clean }
            }));
        }
    }
    for (id, vpn) in model.vpn_connections.iter() {
        let connection = Connection::Vpn(id);
        if connection.network(model) == Some(network) {
            let beyond = ways.hub(vpn.gateway, network).iter().flat_map(|(ranges, _)| ranges.iter().copied());
            let leads = address::union(blocks(vpn.gateway).into_iter().chain(beyond).collect());
            let leads = address::intersect(&leads, &every_ipv4());
            let clean = if vpn.is_up() { leads.clone() } else { Ranges::new() };
            all.push(Entrance { connection, gateway: vpn.gateway, carried: every_ipv4(), leads, clean });
        }
    }
    all.sort_by_key(|entrance| entrance.connection);
    all
}

/// Over which connection `network` reaches which addresses.
fn inward(model: &Model, ways: &OnPremisesWays, network: OnPremisesId) -> Vec<(Ranges, Inward)> {
    let entrances = entrances(model, ways, network);
    let mut gateways: Vec<VirtualPrivateGatewayId> = entrances.iter().map(|entrance| entrance.gateway).collect();
    gateways.sort_unstable();
    gateways.dedup();
    let mut found = Vec::new();
    let mut left = every_address();
    for part in [|entrance: &Entrance| entrance.clean.clone(), |entrance: &Entrance| entrance.leads.clone()] {
        let of = |gateway| {
            let mine = entrances.iter().filter(|entrance| entrance.gateway == gateway);
            address::intersect(&address::union(mine.flat_map(part).collect()), &left)
        };
        let each: Vec<(VirtualPrivateGatewayId, Ranges)> = gateways.iter().map(|&one| (one, of(one))).collect();
        let mut seen = Ranges::new();
        let mut twice = Ranges::new();
        for (_, ranges) in &each {
            twice.extend(address::intersect(&seen, ranges));
            seen = address::union([seen.as_slice(), ranges].concat());
        }
        let twice = address::union(twice);
        for (gateway, ranges) in each {
            enter(&entrances, gateway, address::subtract(&ranges, &twice), model, &mut found);
        }
        found.push((twice, Inward::Open));
        left = address::subtract(&left, &seen);
    }
    // Addresses that lie behind no gateway go to the only one there is.
    for family in [every_ipv4(), address::subtract(&every_address(), &every_ipv4())] {
        let mine = address::intersect(&left, &family);
        let mut able: Vec<_> = entrances
            .iter()
            .filter(|entrance| !address::intersect(&entrance.carried, &family).is_empty())
            .map(|entrance| entrance.gateway)
            .collect();
        able.dedup();
        able.sort_unstable();
        able.dedup();
        if let [only] = *able {
            enter(&entrances, only, mine, model, &mut found);
        }
    }
    found.retain(|(ranges, _)| !ranges.is_empty());
    found
}

/// The connections by which `addresses` come to `gateway`.
fn enter(
    entrances: &[Entrance],
    gateway: VirtualPrivateGatewayId,
    addresses: Ranges,
    model: &Model,
    found: &mut Vec<(Ranges, Inward)>,
) {
    let mut left = addresses;
    let mine = || entrances.iter().filter(move |entrance| entrance.gateway == gateway);
    let clean = mine().map(|entrance| (entrance, &entrance.clean));
    let leading = mine().map(|entrance| (entrance, &entrance.leads));
    let working = mine().filter(|entrance| entrance.connection.is_up(model));
    let working = working.map(|entrance| (entrance, &entrance.carried));
    let any = mine().map(|entrance| (entrance, &entrance.carried));
    for (entrance, ranges) in clean.chain(leading).chain(working).chain(any) {
        let taken = address::intersect(&left, ranges);
        left = address::subtract(&left, &taken);
        found.push((taken, Inward::Over(entrance.connection, gateway)));
    }
}

/// Addresses that a connection tells apart from others.
pub(crate) fn told_apart(model: &Model) -> Ranges {
    let networks = model.on_premises.iter().flat_map(|(_, network)| &network.nets);
    let allowed = model.direct_connect_gateways.iter().flat_map(|(_, direct)| &direct.associations);
    let allowed = allowed.flat_map(|association| &association.allowed);
    let mut ranges: Ranges = networks.chain(allowed).copied().flat_map(address::ranges).collect();
    for gateway in model.virtual_private_gateways.ids() {
        ranges.extend(learned(model, gateway).into_iter().flat_map(|one| address::ranges(one.net)));
    }
    ranges
}
