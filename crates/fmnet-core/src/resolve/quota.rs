//! AWS's quotas (R226, R227).
//!
//! In: a resolved model and `quotas`. Out: warnings where the design needs more than the
//! account has been granted; without `quotas`, more than AWS grants everybody.
//!
//! AWS: <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::Resolver;
use crate::diagnostic::Diagnostic;
use crate::model::gateway::{Connectivity, NatGateway};
use crate::model::interface::PublicKind;
use crate::model::peering_connection::PeeringState;
use crate::model::route_table::{Destination, Origin};
use crate::model::security_group::{GroupRule, Peer};
use crate::model::vpc::Vpc;
use crate::model::{Model, PrefixListId, VpcId};
use crate::source::Span;
use crate::spec::Name;
use crate::words::echo;

/// A quota.
struct Quota {
    name: &'static str,
    default: u64,
    /// The most that AWS grants on request, where it says so.
    most: Option<u64>,
    code: &'static str,
}

const fn quota(name: &'static str, default: u64, most: Option<u64>, code: &'static str) -> Quota {
    Quota { name, default, most, code }
}

const VPCS: Quota = quota("vpcs_per_region", 5, None, "VpcLimitExceeded");
const SUBNETS: Quota = quota("subnets_per_vpc", 200, None, "SubnetLimitExceeded");
const IPV4_BLOCKS: Quota = quota("ipv4_cidrs_per_vpc", 5, Some(50), "CidrLimitExceeded");
const IPV6_BLOCKS: Quota = quota("ipv6_cidrs_per_vpc", 5, Some(50), "CidrLimitExceeded");
const ELASTIC_IPS: Quota = quota("elastic_ips_per_region", 5, None, "AddressLimitExceeded");
const INTERNET_GATEWAYS: Quota = quota("internet_gateways_per_region", 5, None, "InternetGatewayLimitExceeded");
const EGRESS_ONLY: Quota = quota("egress_only_internet_gateways_per_region", 5, None, "quota-exceeded");
const EXCLUSIONS: Quota = quota("block_public_access_exclusions_per_region", 50, None, "quota-exceeded");
const NAT_GATEWAYS: Quota = quota("nat_gateways_per_az", 5, None, "NatGatewayLimitExceeded");
const ROUTE_TABLES: Quota = quota("route_tables_per_vpc", 200, None, "RouteTableLimitExceeded");
const ROUTES: Quota = quota("routes_per_route_table", 500, Some(1000), "RouteLimitExceeded");
const NETWORK_ACLS: Quota = quota("network_acls_per_vpc", 200, None, "NetworkAclLimitExceeded");
const ACL_RULES: Quota = quota("rules_per_network_acl", 20, Some(40), "NetworkAclEntryLimitExceeded");
const GROUPS: Quota = quota("security_groups_per_region", 2500, None, "SecurityGroupLimitExceeded");
const GROUP_RULES: Quota = quota("rules_per_security_group", 60, None, "RulesPerSecurityGroupLimitExceeded");
const GROUPS_OF_INTERFACE: Quota =
    quota("security_groups_per_interface", 5, Some(16), "SecurityGroupsPerInterfaceLimitExceeded");
const INTERFACES: Quota = quota("network_interfaces_per_az", 5000, None, "NetworkInterfaceLimitExceeded");
const PEERINGS: Quota =
    quota("active_peerings_per_vpc", 50, Some(125), "ActiveVpcPeeringConnectionPerVpcLimitExceeded");
// AWS documents no error code for these.
const TRANSIT_GATEWAYS: Quota = quota("transit_gateways_per_account", 5, None, "transit-gateways-per-account");
const TRANSIT_GATEWAYS_OF_VPC: Quota = quota("transit_gateways_per_vpc", 5, None, "transit-gateways-per-vpc");
const TRANSIT_GATEWAY_TABLES: Quota =
    quota("route_tables_per_transit_gateway", 20, None, "route-tables-per-transit-gateway");
const TRANSIT_GATEWAY_ROUTES: Quota = quota("routes_per_transit_gateway", 10_000, None, "routes-per-transit-gateway");
const TRANSIT_GATEWAY_ATTACHMENTS: Quota =
    quota("attachments_per_transit_gateway", 5_000, None, "attachments-per-transit-gateway");
const REQUESTS: Quota = quota("outstanding_peering_requests", 25, None, "OutstandingVpcPeeringConnectionLimitExceeded");

/// Every quota that `quotas` may set.
const ALL: [&Quota; 24] = [
    &VPCS,
    &SUBNETS,
    &IPV4_BLOCKS,
    &IPV6_BLOCKS,
    &ELASTIC_IPS,
    &INTERNET_GATEWAYS,
    &EGRESS_ONLY,
    &NAT_GATEWAYS,
    &ROUTE_TABLES,
    &ROUTES,
    &NETWORK_ACLS,
    &ACL_RULES,
    &GROUPS,
    &GROUP_RULES,
    &GROUPS_OF_INTERFACE,
    &INTERFACES,
    &PEERINGS,
    &REQUESTS,
    &TRANSIT_GATEWAYS,
    &TRANSIT_GATEWAYS_OF_VPC,
    &TRANSIT_GATEWAY_TABLES,
    &TRANSIT_GATEWAY_ROUTES,
    &TRANSIT_GATEWAY_ATTACHMENTS,
    &EXCLUSIONS,
];

/// What a group's rules and an interface's groups may come to, multiplied (R226).
const GROUPS_TIMES_RULES: u64 = 1000;

/// Compares the model with what is granted.
pub(super) fn check(cx: &mut Resolver<'_>) {
    let granted = granted(cx);
    let requests = outstanding(cx);
    let mut check = Check { model: &cx.model, granted, over: Vec::new() };
    check.vpcs();
    check.regions(&requests);
    check.filters();
    check.routes();
    check.interfaces();
    check.transit_gateways();
    cx.found.all.append(&mut check.over);
}

/// What `quotas` says, by name.
fn granted(cx: &mut Resolver<'_>) -> BTreeMap<&'static str, u64> {
    let spec = cx.spec;
    let mut granted = BTreeMap::new();
    let mut places: BTreeMap<&str, Span> = BTreeMap::new();
    for (name, number) in &spec.quotas {
        let Some(quota) = ALL.into_iter().find(|quota| quota.name == name.value) else {
            let message = format!("{} is not a quota that fmnet knows", echo(&name.value));
            let known = ALL.into_iter().map(|quota| quota.name);
            cx.found.unknown("unknown-name", message, &name.value, name.span, known);
            let names: Vec<String> = ALL.into_iter().map(|quota| format!("`{}`", quota.name)).collect();
            cx.found.help_last(format!("the quotas are {}", names.join(", ")));
            continue;
        };
        if let Some(most) = quota.most.filter(|&most| number.value > most) {
            let message = format!("AWS grants no more than {most} `{}`", quota.name);
            cx.found.push(Diagnostic::warning("quota-over-maximum", message, number.span, "more than can be granted"));
        }
        granted.insert(quota.name, number.value);
        places.insert(quota.name, number.span);
    }
    let value = |quota: &Quota| granted.get(quota.name).copied().unwrap_or(quota.default);
    let product = value(&GROUP_RULES).saturating_mul(value(&GROUPS_OF_INTERFACE));
    let place = places.get(GROUP_RULES.name).or_else(|| places.get(GROUPS_OF_INTERFACE.name));
    if let (true, Some(&span)) = (product > GROUPS_TIMES_RULES, place) {
        let message = format!(
            "rules per group times groups per interface come to {product}, and AWS grants no more than {GROUPS_TIMES_RULES}"
        );
        let mut diagnostic = Diagnostic::warning("quota-over-maximum", message, span, "raised too far");
        if let Some(&other) = places.get(GROUPS_OF_INTERFACE.name).filter(|&&other| other != span) {
            diagnostic = diagnostic.also(other, "together with this");
        }
        cx.found.push(diagnostic.help("raising one of the two lowers the other"));
    }
    granted
}

/// Peering requests that nobody has answered, each with the VPC that asked.
fn outstanding(cx: &Resolver<'_>) -> Vec<(VpcId, Span)> {
    let waits = |state: &Name| state.value == "pending-acceptance";
    let spec = cx.spec.peering_connections.iter().zip(cx.peering_connections.in_file_order());
    let waiting = spec.filter(|(peering, _)| peering.state.as_ref().is_some_and(waits));
    waiting.map(|(peering, id)| (cx.model.peering_connections[id].requester, peering.name.span)).collect()
}

struct Check<'m> {
    model: &'m Model,
    granted: BTreeMap<&'static str, u64>,
    over: Vec<Diagnostic>,
}

impl Check<'_> {
    /// Warns where `count` is more than granted; `what` is what has so many.
    fn count(&mut self, quota: &Quota, count: usize, what: &str, things: &str, span: Span) {
        let count = count as u64;
        let granted = self.granted.get(quota.name).copied().unwrap_or(quota.default);
        if count <= granted {
            return;
        }
        let whose = if self.granted.contains_key(quota.name) { "your account's quota" } else { "AWS's default quota" };
        let message = format!("{what} has {count} {things}, and {whose} is {granted}");
        let mut diagnostic = Diagnostic::warning(quota.code, message, span, format!("{count} {things}"));
        diagnostic = match quota.most {
            Some(most) if count > most => diagnostic.help(format!("AWS grants no more than {most}")),
            Some(_) | None => {
                let ask = format!("once AWS has granted more, write `quotas: {{{}: {count}}}`", quota.name);
                diagnostic.help(ask)
            }
        };
        self.over.push(diagnostic);
    }

    /// What a VPC is called where it is one of several.
    fn vpc_title(&self, vpc: &Vpc) -> String {
        if self.model.vpcs.len() < 2 { "the VPC".to_owned() } else { format!("VPC {}", echo(&vpc.name)) }
    }

    fn vpcs(&mut self) {
        let model = self.model;
        for (id, vpc) in model.vpcs.iter() {
            let (what, span) = (self.vpc_title(vpc), vpc.span);
            let subnets = model.subnets.iter().filter(|(_, subnet)| subnet.vpc == id).count();
            let tables = model.route_tables.iter().filter(|(_, table)| table.vpc == id).count();
            let acls = model.network_acls.iter().filter(|(_, acl)| acl.vpc == id).count();
            let peerings = model.peering_connections.iter().map(|(_, peering)| peering);
            let peerings = peerings.filter(|one| one.state == PeeringState::Active && one.other(id).is_some()).count();
            self.count(&SUBNETS, subnets, &what, "subnets", span);
            self.count(&IPV4_BLOCKS, vpc.ipv4.len(), &what, "IPv4 blocks", span);
            self.count(&IPV6_BLOCKS, vpc.ipv6.len(), &what, "IPv6 blocks", span);
            self.count(&ROUTE_TABLES, tables, &what, "route tables", span);
            self.count(&NETWORK_ACLS, acls, &what, "network ACLs", span);
            self.count(&PEERINGS, peerings, &what, "active peering connections", span);
        }
    }

    /// Each account's use of each region, in order.
    fn regions(&mut self, requests: &[(VpcId, Span)]) {
        let model = self.model;
        let mut regions: BTreeMap<(&str, &str), Vec<(VpcId, &Vpc)>> = BTreeMap::new();
        for (id, vpc) in model.vpcs.iter() {
            regions.entry((&vpc.account, &vpc.region)).or_default().push((id, vpc));
        }
        let is_only = regions.len() < 2;
        for ((account, region), vpcs) in regions {
            let what = match account {
                _ if is_only => "the region".to_owned(),
                "" => format!("region {}", echo(region)),
                account => format!("region {} of account {}", echo(region), echo(account)),
            };
            let is_here = |vpc: VpcId| vpcs.iter().any(|&(id, _)| id == vpc);
            let Some(span) = vpcs.first().map(|(_, vpc)| vpc.span) else { continue };
            self.count(&VPCS, vpcs.len(), &what, "VPCs", span);
            let groups = model.security_groups.iter().map(|(_, group)| group);
            let groups = groups.filter(|group| group.foreign_vpc.is_none() && is_here(group.vpc)).count();
            self.count(&GROUPS, groups, &what, "security groups", span);
            let gateways = model.internet_gateways.iter().filter(|(_, gateway)| is_here(gateway.vpc)).count();
            self.count(&INTERNET_GATEWAYS, gateways, &what, "internet gateways", span);
            let egress_only = model.egress_only_internet_gateways.iter().filter(|(_, gateway)| is_here(gateway.vpc));
            self.count(&EGRESS_ONLY, egress_only.count(), &what, "egress-only internet gateways", span);
            if let Some(set) = vpcs.first().and_then(|&(id, _)| model.block_public_access(id)) {
                let (count, things) = (set.exclusions.len(), "exclusions of VPC Block Public Access");
                self.count(&EXCLUSIONS, count, &what, things, set.span);
            }
            let nats = model.nat_gateways.iter().map(|(_, nat)| nat).filter(|nat| is_here(model.vpc_of(nat.subnet)));
            let nats: Vec<&NatGateway> = nats.collect();
            self.nat_gateways(&nats);
            let addresses = model.interfaces.iter().map(|(_, interface)| interface);
            let addresses = addresses.filter(|one| is_here(model.vpc_of(one.subnet))).flat_map(|one| &one.addresses);
            let elastic = addresses.filter_map(|address| address.public).filter(|one| one.kind == PublicKind::Elastic);
            let translating = nats.iter().filter(|nat| matches!(nat.connectivity, Connectivity::Public { .. }));
            self.count(&ELASTIC_IPS, elastic.count() + translating.count(), &what, "Elastic IPs", span);
            let mut zones: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
            for (_, interface) in model.interfaces.iter().filter(|(_, one)| is_here(model.vpc_of(one.subnet))) {
                let subnet = &model.subnets[interface.subnet];
                zones.entry(&subnet.zone_id).or_insert((&subnet.zone, 0)).1 += 1;
            }
            for (zone, count) in zones.into_values() {
                self.count(&INTERFACES, count, &format!("zone {}", echo(zone)), "network interfaces", span);
            }
            let mut asked = requests.iter().filter(|&&(vpc, _)| is_here(vpc)).map(|&(_, span)| span);
            if let Some(last) = asked.clone().next_back() {
                let count = asked.by_ref().count();
                self.count(&REQUESTS, count, &what, "outstanding peering requests", last);
            }
        }
    }

    fn nat_gateways(&mut self, nats: &[&NatGateway]) {
        let model = self.model;
        let mut zones: BTreeMap<&str, (&str, usize, Span)> = BTreeMap::new();
        for nat in nats {
            let subnet = &model.subnets[nat.subnet];
            let zone = zones.entry(&subnet.zone_id).or_insert((&subnet.zone, 0, nat.span));
            *zone = (zone.0, zone.1 + 1, nat.span);
        }
        for (zone, count, span) in zones.into_values() {
            self.count(&NAT_GATEWAYS, count, &format!("zone {}", echo(zone)), "NAT gateways", span);
        }
    }

    fn filters(&mut self) {
        let model = self.model;
        for (_, acl) in model.network_acls.iter() {
            let what = format!("network ACL {}", echo(&acl.name));
            self.count(&ACL_RULES, acl.ingress.len(), &what, "inbound rules", acl.span);
            self.count(&ACL_RULES, acl.egress.len(), &what, "outbound rules", acl.span);
        }
        for (_, group) in model.security_groups.iter().filter(|(_, group)| group.foreign_vpc.is_none()) {
            let what = format!("security group {}", echo(&group.name));
            let ingress = self.weigh(group.ingress.iter().chain(&group.stale_ingress));
            let egress = self.weigh(group.egress.iter().chain(&group.stale_egress));
            self.count(&GROUP_RULES, ingress.0, &what, "inbound IPv4 rules", group.span);
            self.count(&GROUP_RULES, ingress.1, &what, "inbound IPv6 rules", group.span);
            self.count(&GROUP_RULES, egress.0, &what, "outbound IPv4 rules", group.span);
            self.count(&GROUP_RULES, egress.1, &what, "outbound IPv6 rules", group.span);
        }
    }

    /// What rules come to for IPv4 and for IPv6: a prefix list counts as often as it may
    /// have entries, a group for both families (R227).
    fn weigh<'r>(&self, rules: impl Iterator<Item = &'r GroupRule>) -> (usize, usize) {
        let (mut v4, mut v6) = (0, 0);
        for rule in rules {
            match rule.peer {
                Peer::Cidr(IpNet::V4(_)) => v4 += 1,
                Peer::Cidr(IpNet::V6(_)) => v6 += 1,
                Peer::Group(_) => {
                    v4 += 1;
                    v6 += 1;
                }
                Peer::PrefixList(id) => {
                    let (list_v4, list_v6) = self.weigh_list(id);
                    v4 += list_v4;
                    v6 += list_v6;
                }
            }
        }
        (v4, v6)
    }

    fn weigh_list(&self, id: PrefixListId) -> (usize, usize) {
        let list = &self.model.prefix_lists[id];
        match list.entries.first() {
            Some(IpNet::V6(_)) => (0, list.max_entries as usize),
            Some(IpNet::V4(_)) | None => (list.max_entries as usize, 0),
        }
    }

    fn routes(&mut self) {
        let model = self.model;
        for (_, table) in model.route_tables.iter() {
            let (mut v4, mut v6) = (0, 0);
            for route in table.routes.iter().filter(|route| route.origin == Origin::Static) {
                let (more_v4, more_v6) = match route.destination {
                    Destination::Cidr(IpNet::V4(_)) => (1, 0),
                    Destination::Cidr(IpNet::V6(_)) => (0, 1),
                    Destination::PrefixList(id) => self.weigh_list(id),
                };
                v4 += more_v4;
                v6 += more_v6;
            }
            let what = format!("route table {}", echo(&table.name));
            self.count(&ROUTES, v4, &what, "IPv4 routes", table.span);
            self.count(&ROUTES, v6, &what, "IPv6 routes", table.span);
        }
    }

    fn transit_gateways(&mut self) {
        let model = self.model;
        let mut accounts: BTreeMap<(&str, &str), (usize, Span)> = BTreeMap::new();
        for (id, gateway) in model.transit_gateways.iter() {
            let (what, span) = (format!("transit gateway {}", echo(&gateway.name)), gateway.span);
            let tables = model.transit_gateway_route_tables.iter().filter(|(_, table)| table.gateway == id);
            let tables: Vec<usize> = tables.map(|(_, table)| table.routes.len()).collect();
            let attachments = model.transit_gateway_attachments.iter().filter(|(_, one)| one.gateway == id);
            self.count(&TRANSIT_GATEWAY_TABLES, tables.len(), &what, "route tables", span);
            self.count(&TRANSIT_GATEWAY_ROUTES, tables.iter().sum(), &what, "routes", span);
            self.count(&TRANSIT_GATEWAY_ATTACHMENTS, attachments.count(), &what, "attachments", span);
            let account = accounts.entry((&gateway.account, &gateway.region)).or_insert((0, span));
            *account = (account.0 + 1, span);
        }
        for (count, span) in accounts.into_values() {
            self.count(&TRANSIT_GATEWAYS, count, "the account", "transit gateways in the region", span);
        }
        for (id, vpc) in model.vpcs.iter() {
            let mine = model.transit_gateway_attachments.iter();
            let mine = mine.filter(|(_, one)| one.vpc().is_some_and(|attached| attached.vpc == id)).count();
            self.count(&TRANSIT_GATEWAYS_OF_VPC, mine, &self.vpc_title(vpc), "transit gateways", vpc.span);
        }
    }

    fn interfaces(&mut self) {
        let model = self.model;
        for (_, interface) in model.interfaces.iter() {
            let what = format!("interface {}", echo(&interface.name));
            self.count(&GROUPS_OF_INTERFACE, interface.groups.len(), &what, "security groups", interface.span);
        }
    }
}
