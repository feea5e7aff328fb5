//! Whether two designs say the same, wherever they say it.
//!
//! In: two [`Spec`]s. Out: a yes or no that forgets places.

use super::{EndpointSetSpec, GroupRuleSpec, InterfaceSpec, Name, Spanned, Spec};
use crate::source::Span;

impl Spec {
    /// Whether `other` is the same, places apart.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        let (mut one, mut two) = (self.clone(), other.clone());
        forget_places(&mut one);
        forget_places(&mut two);
        one == two
    }
}

fn forget<'a, T: 'a>(spanned: impl IntoIterator<Item = &'a mut Spanned<T>>) {
    for spanned in spanned {
        spanned.span = Span::NOWHERE;
    }
}

fn forget_places(spec: &mut Spec) {
    forget(spec.vpc.iter_mut().chain(&mut spec.region));
    forget(&mut spec.cidr);
    for block in &mut spec.ipv6 {
        forget([&mut block.block]);
        forget(&mut block.kind);
    }
    forget(&mut spec.source_ports);
    for (name, nets) in &mut spec.places {
        forget([name]);
        forget(nets);
    }
    forget(spec.internet_gateways.iter_mut().map(|gateway| &mut gateway.name));
    for nat in &mut spec.nat_gateways {
        forget([&mut nat.name].into_iter().chain(&mut nat.subnet).chain(&mut nat.state));
        forget(&mut nat.elastic_ip);
        forget(&mut nat.address);
    }
    forget_routes_and_rules(spec);
    for subnet in &mut spec.subnets {
        let names = [&mut subnet.name].into_iter().chain(&mut subnet.zone);
        forget(names.chain(&mut subnet.route_table).chain(&mut subnet.network_acl));
        forget(&mut subnet.cidr);
        forget(&mut subnet.ipv6);
    }
    for list in &mut spec.prefix_lists {
        forget([&mut list.name]);
        forget(&mut list.entries);
        forget(&mut list.max_entries);
    }
    forget_workloads(spec);
    for (name, number) in &mut spec.quotas {
        forget([name]);
        forget([number]);
    }
    for intent in &mut spec.intents {
        forget_ends(&mut intent.from);
        forget_ends(&mut intent.to);
        forget(&mut intent.traffic);
        forget(&mut intent.traffic_except);
        forget(&mut intent.source_ports);
        intent.text.clear();
        intent.span = Span::NOWHERE;
    }
}

fn forget_ends(set: &mut EndpointSetSpec) {
    forget(set.include.iter_mut().chain(&mut set.except));
}

fn forget_routes_and_rules(spec: &mut Spec) {
    for table in &mut spec.route_tables {
        forget([&mut table.name]);
        table.main = table.main.map(|_| Span::NOWHERE);
        for route in &mut table.routes {
            forget([&mut route.destination]);
            forget([&mut route.target]);
            route.span = Span::NOWHERE;
        }
    }
    for acl in &mut spec.network_acls {
        forget([&mut acl.name]);
        for rule in acl.ingress.iter_mut().chain(&mut acl.egress) {
            forget([&mut rule.number]);
            forget([&mut rule.traffic]);
            forget([&mut rule.peer]);
            rule.span = Span::NOWHERE;
        }
    }
    for group in &mut spec.security_groups {
        forget([&mut group.name].into_iter().chain(&mut group.vpc).chain(&mut group.association));
        let egress: &mut [GroupRuleSpec] = group.egress.as_deref_mut().unwrap_or_default();
        for rule in group.ingress.iter_mut().chain(egress) {
            forget(&mut rule.traffic);
            forget([&mut rule.peer]);
            rule.span = Span::NOWHERE;
        }
    }
}

fn forget_workloads(spec: &mut Spec) {
    for instance in &mut spec.instances {
        forget([&mut instance.name].into_iter().chain(&mut instance.state));
        forget_tags(&mut instance.tags);
        instance.interfaces.iter_mut().for_each(forget_interface);
    }
    spec.interfaces.iter_mut().for_each(forget_interface);
    for database in &mut spec.databases {
        forget([&mut database.name].into_iter().chain(&mut database.engine).chain(&mut database.zone));
        forget(&mut database.port);
        forget(database.subnet_group.iter_mut().chain(database.groups.iter_mut().flatten()));
        database.subnet_group_span = Span::NOWHERE;
        forget_tags(&mut database.tags);
    }
}

fn forget_tags(tags: &mut [(Name, Name)]) {
    forget(tags.iter_mut().flat_map(|(key, value)| [key, value]));
}

fn forget_interface(interface: &mut InterfaceSpec) {
    forget([&mut interface.name].into_iter().chain(&mut interface.subnet).chain(&mut interface.state));
    forget(interface.groups.iter_mut().flatten());
    forget(&mut interface.address);
    for (address, elastic_ip) in &mut interface.addresses {
        forget([address]);
        forget(elastic_ip);
    }
    let addresses = [&mut interface.ipv6, &mut interface.public_address, &mut interface.elastic_ip];
    forget(addresses.into_iter().flatten());
    interface.source_dest_check_off = interface.source_dest_check_off.map(|_| Span::NOWHERE);
    forget(&mut interface.behind);
}
