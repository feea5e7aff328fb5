//! What a question asks about: which packets, from which origins.
//!
//! In: a [`Question`] in ids. Out: [`Side`]s (points of the VPC and plain addresses)
//! and the traffic as a set.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use fmnet_core::address::{self, Ranges};
use fmnet_core::class::Point;
use fmnet_core::graph::{Graph, Owned};
use fmnet_core::intent::{Endpoint, EndpointSet, Question};
use fmnet_core::model::interface::Owner;
use fmnet_core::model::vpc::Ipv6Kind;
use fmnet_core::model::{InterfaceId, Model, OnPremisesId};
use fmnet_core::traffic::{PortRange, Protocol, Traffic};

use crate::set::{Level, PacketSet, Sets};

/// Traffic and source ports asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Shapes of traffic, joined.
    pub traffic: Vec<Traffic>,
    /// Shapes of it that are not asked about.
    pub traffic_except: Vec<Traffic>,
    /// Source ports, for protocols that have them.
    pub source_ports: PortRange,
}

impl Asked {
    /// Everything, from the design's default source ports.
    #[must_use]
    pub fn default_of(model: &Model) -> Self {
        Self { traffic: vec![Traffic::Any], traffic_except: Vec::new(), source_ports: model.source_ports }
    }

    /// The packets, of any addresses.
    pub fn packets(&self, sets: &mut Sets) -> PacketSet {
        let traffic: Vec<_> = self.traffic.iter().map(|traffic| sets.traffic(traffic)).collect();
        let traffic = sets.union_all(traffic);
        let except: Vec<_> = self.traffic_except.iter().map(|traffic| sets.traffic(traffic)).collect();
        let except = sets.union_all(except);
        let traffic = sets.subtract(traffic, except);
        let ported = [Protocol::TCP, Protocol::UDP].map(|protocol| sets.traffic(&Traffic::all_of(protocol)));
        let ported = sets.union_all(ported);
        let PortRange { first, last } = self.source_ports;
        let clients = sets.range(Level::SourcePort, u128::from(first), u128::from(last));
        let written =
            sets.range(Level::TranslatedPort, u128::from(PortRange::NAT.first), u128::from(PortRange::NAT.last));
        let clients = sets.intersect(clients, written);
        let (with_ports, without) = (sets.intersect(traffic, ported), sets.subtract(traffic, ported));
        let with_ports = sets.intersect(with_ports, clients);
        sets.union(with_ports, without)
    }
}

/// One side of a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// Points of interfaces that were named.
    pub points: BTreeSet<Point>,
    /// Addresses that were written, or that a place stands for.
    pub addresses: Ranges,
    /// Addresses that the internet stands for: hosts on it, whoever else routes for them.
    pub internet: Ranges,
    /// Networks on premises that were named, and their addresses.
    pub premises: BTreeMap<OnPremisesId, Ranges>,
}

/// What a side's packets start at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Points of interfaces.
    pub points: BTreeSet<Point>,
    /// Networks behind appliances.
    pub behind: Vec<(InterfaceId, Ranges)>,
    /// Networks on premises.
    pub premises: BTreeMap<OnPremisesId, Ranges>,
    /// Hosts on the internet.
    pub internet: Ranges,
}

/// The points of an interface.
fn points(model: &Model, interface: InterfaceId) -> impl Iterator<Item = Point> {
    let count = model.interfaces[interface].addresses.len() as u32;
    (0..count).map(move |position| Point { interface, position })
}

/// Whether two interfaces can both be there and are not one: of the places where a
/// database may be, only one exists (R206).
#[must_use]
pub fn are_two(model: &Model, one: InterfaceId, other: InterfaceId) -> bool {
    let database = |id| match model.interfaces[id].owner {
        Owner::Database(database) => Some(database),
        Owner::Instance(_) | Owner::Nobody => None,
    };
    one != other && (database(one).is_none() || database(one) != database(other))
}

/// The addresses by which the internet reaches a point: its public IPv4 address, or its
/// IPv6 address if that is public.
fn public_address(model: &Model, point: Point) -> Option<IpAddr> {
    let interface = &model.interfaces[point.interface];
    let mine = interface.addresses.get(point.position as usize)?;
    match mine.address {
        IpAddr::V4(_) => mine.public.map(|public| IpAddr::V4(public.address)),
        IpAddr::V6(v6) => {
            let vpc = &model.vpcs[model.vpc_of_interface(point.interface)];
            let block = vpc.ipv6.iter().find(|block| block.net.contains(&v6))?;
            (block.kind == Ipv6Kind::Public && !v6.is_unique_local() && !interface.deny_internet_ipv6)
                .then_some(mine.address)
        }
    }
}

/// The addresses by which the internet reaches an interface; none if it has no public one.
#[must_use]
pub fn public_addresses(graph: &Graph<'_>, interface: InterfaceId) -> Vec<IpAddr> {
    points(graph.model, interface).filter_map(|point| public_address(graph.model, point)).collect()
}

/// How the internet addresses the points of a side: by public addresses, and, for a
/// workload that has none of the families asked about, by its private ones, which shows
/// what else would stop it. Each with whether it is such a stand-in.
#[must_use]
pub fn from_outside(model: &Model, points: &BTreeSet<Point>, v4: bool, v6: bool) -> Vec<(Point, IpAddr, bool)> {
    let family = |address: &IpAddr| if address.is_ipv4() { v4 } else { v6 };
    let workload = |point: &Point| match model.interfaces[point.interface].owner {
        Owner::Instance(id) => (0, id.index()),
        // Each place of a database is a workload of its own here: only one of them exists.
        Owner::Database(_) | Owner::Nobody => (1, point.interface.index()),
    };
    let public = |point: &Point| public_address(model, *point).filter(family);
    let with_public: BTreeSet<_> = points.iter().filter(|point| public(point).is_some()).map(workload).collect();
    let mut found = Vec::new();
    for point in points {
        if let Some(address) = public(point) {
            found.push((*point, address, false));
        } else if !with_public.contains(&workload(point))
            && let Some(mine) = model.interfaces[point.interface].addresses.get(point.position as usize)
            && family(&mine.address)
        {
            found.push((*point, mine.address, true));
        }
    }
    found
}

/// The packets a question names on one side.
#[must_use]
pub fn side(graph: &Graph<'_>, set: &EndpointSet) -> Side {
    let mut side = Side::default();
    for endpoint in &set.include {
        side.add(graph, *endpoint);
    }
    side.addresses = address::union(std::mem::take(&mut side.addresses));
    side.internet = address::union(std::mem::take(&mut side.internet));
    let mut except = Side::default();
    for endpoint in &set.except {
        except.add(graph, *endpoint);
    }
    side.remove(graph, except);
    side
}

impl Side {
    fn add(&mut self, graph: &Graph<'_>, endpoint: Endpoint) {
        let [v4, v6] = &graph.internet;
        let model = graph.model;
        let mut add = |ids: &mut dyn Iterator<Item = InterfaceId>| {
            for id in ids {
                self.points.extend(points(model, id));
            }
        };
        match endpoint {
            Endpoint::Internet => self.internet.extend(v4.iter().chain(v6)),
            Endpoint::Internet4 => self.internet.extend(v4),
            Endpoint::Internet6 => self.internet.extend(v6),
            Endpoint::Place(id) => {
                self.addresses.extend(model.places[id].nets.iter().copied().flat_map(address::ranges));
            }
            Endpoint::OnPremises(id) => {
                self.premises.insert(id, graph.on_premises.net(id).to_vec());
            }
            Endpoint::Net(net) => self.addresses.extend(address::ranges(net)),
            Endpoint::Interface(id) => add(&mut std::iter::once(id)),
            Endpoint::Instance(id) => add(&mut model.instances[id].interfaces.iter().copied()),
            Endpoint::Database(id) => add(&mut model.databases[id].candidates.iter().copied()),
            Endpoint::Group(group) => {
                add(&mut model.interfaces.iter().filter(|(_, one)| one.groups.contains(&group)).map(|(id, _)| id));
            }
            Endpoint::Subnet(subnet) => {
                add(&mut model.interfaces.iter().filter(|(_, one)| one.subnet == subnet).map(|(id, _)| id));
            }
            Endpoint::Vpc(vpc) => add(&mut model.interfaces.ids().filter(|&id| model.vpc_of_interface(id) == vpc)),
        }
    }

    fn remove(&mut self, graph: &Graph<'_>, except: Self) {
        let model = graph.model;
        let mut holes = except.every_address();
        for point in &except.points {
            self.points.remove(point);
            let Some(mine) = model.interfaces[point.interface].addresses.get(point.position as usize) else { continue };
            let public = mine.public.map(|public| IpAddr::V4(public.address));
            holes.extend(
                [Some(mine.address), public]
                    .into_iter()
                    .flatten()
                    .map(|one| (address::number(one), address::number(one))),
            );
        }
        let holes = address::union(holes);
        self.points.retain(|point| {
            let mine = model.interfaces[point.interface].addresses.get(point.position as usize);
            let hidden =
                |one: IpAddr| !address::intersect(&[(address::number(one), address::number(one))], &holes).is_empty();
            mine.is_some_and(|mine| {
                !hidden(mine.address) && !mine.public.is_some_and(|public| hidden(IpAddr::V4(public.address)))
            })
        });
        self.addresses = address::subtract(&self.addresses, &holes);
        self.internet = address::subtract(&self.internet, &holes);
        for mine in self.premises.values_mut() {
            *mine = address::subtract(mine, &holes);
        }
        self.premises.retain(|_, mine| !mine.is_empty());
    }

    /// Whether nothing is left of it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.points.is_empty() && self.addresses.is_empty() && self.internet.is_empty() && self.premises.is_empty()
    }

    /// Its addresses, those of the internet and of networks on premises included.
    #[must_use]
    pub fn every_address(&self) -> Ranges {
        let premises = self.premises.values().flatten().copied();
        address::union(self.addresses.iter().chain(&self.internet).copied().chain(premises).collect())
    }

    /// As sources: addresses of interfaces become their points, written networks behind
    /// appliances start there, those of a network on premises there, and the rest are
    /// hosts on the internet.
    #[must_use]
    pub fn as_sources(&self, graph: &Graph<'_>) -> Sources {
        let mut points = self.points.clone();
        let mut taken = Ranges::new();
        for range in address::union([self.addresses.as_slice(), &self.internet].concat()) {
            for (number, owner) in graph.owned_within(range) {
                taken.push((number, number));
                if let Owned::Private(interface, position) | Owned::Public(interface, position) = owner {
                    points.insert(Point { interface, position });
                }
            }
        }
        let taken = address::union(taken);
        let mut rest = address::subtract(&self.addresses, &taken);
        // A block of a VPC means who is in it; its free addresses are nobody's, so nothing starts there.
        let blocks = graph.model.vpcs.iter().flat_map(|(_, vpc)| vpc.blocks()).flat_map(address::ranges);
        rest = address::subtract(&rest, &address::union(blocks.collect()));
        let mut behind = Vec::new();
        for (id, interface) in graph.model.interfaces.iter().filter(|(_, one)| !one.behind.is_empty()) {
            let nets = address::union(interface.behind.iter().copied().flat_map(address::ranges).collect());
            let mine = address::intersect(&rest, &nets);
            if !mine.is_empty() {
                rest = address::subtract(&rest, &mine);
                behind.push((id, mine));
            }
        }
        let mut premises = self.premises.clone();
        for id in graph.model.on_premises.ids() {
            let mine = address::intersect(&rest, graph.on_premises.net(id));
            if !mine.is_empty() {
                rest = address::subtract(&rest, &mine);
                let all = premises.entry(id).or_default();
                *all = address::union([all.as_slice(), &mine].concat());
            }
        }
        let internet = address::subtract(&self.internet, &taken);
        Sources { points, behind, premises, internet: address::union([rest, internet].concat()) }
    }
}

/// What a question asks about, source ports settled.
#[must_use]
pub fn asked(model: &Model, question: &Question, every_port: bool) -> Asked {
    let default = if every_port { PortRange::ALL } else { model.source_ports };
    Asked {
        traffic: question.traffic.clone(),
        traffic_except: question.traffic_except.clone(),
        source_ports: question.source_ports.unwrap_or(default),
    }
}
