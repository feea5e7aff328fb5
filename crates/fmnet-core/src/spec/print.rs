//! A design as text again.
//!
//! In: a [`Spec`]. Out: a design that parses to the same [`Spec`], places apart, in the
//! order and with the keys that the language's own page uses. Comments are not kept.
//!
//! INVARIANT: `parse(print(spec))` is `spec` for every `spec` that `parse` returned without errors.

mod scalar;
mod workload;

pub use self::scalar::line_name;
use self::scalar::text;
use super::{
    AclRuleSpec, AddressSpec, DestinationSpec, EndpointSetSpec, EndpointSpec, GroupRuleSpec, IntentSpec, Ipv6KindSpec,
    Name, PeerSpec, RouteSpec, Spanned, Spec, TargetSpec,
};
use crate::intent::IntentKind;
use crate::model::Snapshot;
use crate::model::network_acl::AclAction;
use crate::model::route_table::Origin;
use crate::traffic::{PortRange, Protocol, Traffic};

/// Writes a design in the language.
#[must_use]
pub fn print(spec: &Spec) -> String {
    let mut page = Page { out: String::new() };
    page.vpc(spec);
    page.gateways(spec);
    page.routes_and_rules(spec);
    page.subnets(spec);
    page.groups(spec);
    page.workloads(spec);
    if !spec.quotas.is_empty() {
        page.key(0, "quotas");
        for (name, number) in &spec.quotas {
            page.pair(1, &name.value, number.value);
        }
    }
    page.items(0, "expect", spec.intents.iter().map(intent));
    page.out
}

/// Text, line by line.
struct Page {
    out: String,
}

impl Page {
    /// `KEY:`, with more below it.
    fn key(&mut self, depth: usize, key: &str) {
        self.indent(depth);
        self.out.push_str(&text(key));
        self.out.push_str(":\n");
    }

    /// `KEY: VALUE`, the value as it is.
    fn pair(&mut self, depth: usize, key: &str, value: impl ToString) {
        self.indent(depth);
        self.out.push_str(&text(key));
        self.out.push_str(": ");
        self.out.push_str(&value.to_string());
        self.out.push('\n');
    }

    /// `- KEY: VALUE`, the first key of an item; more follow one level deeper.
    fn item_pair(&mut self, depth: usize, key: &str, value: &str) {
        self.indent(depth);
        self.out.push_str("- ");
        self.pair(0, key, value);
    }

    /// `KEY: NAME`, where there is one.
    fn name(&mut self, depth: usize, key: &str, name: Option<&Name>) {
        if let Some(name) = name {
            self.pair(depth, key, text(&name.value));
        }
    }

    /// `KEY: ADDRESS`, or the word for one that AWS chooses.
    fn address(&mut self, depth: usize, key: &str, address: Option<&Spanned<AddressSpec>>, chosen: &str) {
        let Some(address) = address else { return };
        self.pair(depth, key, address_text(address.value, chosen));
    }

    /// `KEY: true` or `KEY: false`, where it is not what is left out.
    fn flag(&mut self, depth: usize, key: &str, value: bool, left_out: bool) {
        if value != left_out {
            self.pair(depth, key, value);
        }
    }

    /// `KEY:` with a list below it; nothing for an empty list.
    fn items(&mut self, depth: usize, key: &str, items: impl Iterator<Item = String>) {
        let mut items = items.peekable();
        if items.peek().is_some() {
            self.key(depth, key);
            for item in items {
                self.item(depth + 1, &item);
            }
        }
    }

    /// As [`Page::items`], with `[]` for an empty list.
    fn list(&mut self, depth: usize, key: &str, items: impl Iterator<Item = String>) {
        let before = self.out.len();
        self.items(depth, key, items);
        if self.out.len() == before {
            self.pair(depth, key, "[]");
        }
    }

    fn item(&mut self, depth: usize, item: &str) {
        self.indent(depth);
        self.out.push_str("- ");
        self.out.push_str(&text(item));
        self.out.push('\n');
    }

    /// The name of something, its keys below; `{}` where `below` writes none.
    fn named(&mut self, depth: usize, name: &Name, below: impl FnOnce(&mut Self)) {
        self.key(depth, &name.value);
        let before = self.out.len();
        below(self);
        if self.out.len() == before {
            self.out.truncate(before - 1);
            self.out.push_str(" {}\n");
        }
    }

    fn indent(&mut self, depth: usize) {
        for _ in 0..depth {
            self.out.push_str("  ");
        }
    }

    fn vpc(&mut self, spec: &Spec) {
        self.name(0, "vpc", spec.vpc.as_ref());
        self.name(0, "region", spec.region.as_ref());
        match spec.cidr.as_slice() {
            [] => {}
            [only] => self.pair(0, "cidr", only.value),
            several => self.items(0, "cidr", several.iter().map(|block| block.value.to_string())),
        }
        if !spec.ipv6.is_empty() {
            self.key(0, "ipv6");
            for block in &spec.ipv6 {
                let Some(kind) = &block.kind else {
                    self.item(1, &block.block.value.to_string());
                    continue;
                };
                let kind = match kind.value {
                    Ipv6KindSpec::Amazon => "amazon",
                    Ipv6KindSpec::Byoip => "byoip",
                    Ipv6KindSpec::Private => "private",
                };
                self.item_pair(1, "block", &text(&block.block.value.to_string()));
                self.pair(2, "kind", kind);
            }
        }
        for (key, value) in [("dns_support", spec.dns_support), ("dns_hostnames", spec.dns_hostnames)] {
            if let Some(value) = value {
                self.pair(0, key, value);
            }
        }
        if let Some(ports) = &spec.source_ports {
            self.pair(0, "source_ports", range(ports.value));
        }
        if let Some(snapshot) = spec.snapshot {
            let word = match snapshot {
                Snapshot::Consistent => "consistent",
                Snapshot::Inconsistent => "inconsistent",
            };
            self.pair(0, "snapshot", word);
        }
        if !spec.places.is_empty() {
            self.key(0, "places");
            for (name, nets) in &spec.places {
                self.list(1, &name.value, nets.iter().map(|net| net.value.to_string()));
            }
        }
    }

    fn gateways(&mut self, spec: &Spec) {
        match spec.internet_gateways.as_slice() {
            [] => {}
            [only] if !only.detached => self.name(0, "internet_gateway", Some(&only.name)),
            several => {
                self.key(0, "internet_gateways");
                for gateway in several {
                    self.item_pair(1, "name", &text(&gateway.name.value));
                    self.pair(2, "state", if gateway.detached { "detached" } else { "attached" });
                }
            }
        }
        if spec.nat_gateways.is_empty() {
            return;
        }
        self.key(0, "nat_gateways");
        for nat in &spec.nat_gateways {
            self.named(1, &nat.name, |page| {
                page.name(2, "subnet", nat.subnet.as_ref());
                if nat.private {
                    page.pair(2, "connectivity", "private");
                }
                page.address(2, "elastic_ip", nat.elastic_ip.as_ref(), "new");
                if let Some(address) = &nat.address {
                    page.pair(2, "address", text(&address.value.to_string()));
                }
                page.name(2, "state", nat.state.as_ref());
            });
        }
    }

    fn routes_and_rules(&mut self, spec: &Spec) {
        if !spec.route_tables.is_empty() {
            self.key(0, "route_tables");
        }
        for table in &spec.route_tables {
            if table.main.is_some() {
                self.key(1, &table.name.value);
                self.pair(2, "main", true);
                self.list(2, "routes", table.routes.iter().map(route));
            } else {
                self.list(1, &table.name.value, table.routes.iter().map(route));
            }
        }
        if !spec.network_acls.is_empty() {
            self.key(0, "network_acls");
        }
        for acl in &spec.network_acls {
            self.named(1, &acl.name, |page| {
                page.items(2, "ingress", acl.ingress.iter().map(|rule| acl_rule(rule, "from")));
                page.items(2, "egress", acl.egress.iter().map(|rule| acl_rule(rule, "to")));
            });
        }
    }

    fn subnets(&mut self, spec: &Spec) {
        if !spec.subnets.is_empty() {
            self.key(0, "subnets");
        }
        for subnet in &spec.subnets {
            self.named(1, &subnet.name, |page| {
                page.name(2, "az", subnet.zone.as_ref());
                if let Some(block) = &subnet.cidr {
                    page.pair(2, "cidr", block.value);
                }
                if let Some(block) = &subnet.ipv6 {
                    page.pair(2, "ipv6", text(&block.value.to_string()));
                }
                page.name(2, "route_table", subnet.route_table.as_ref());
                page.name(2, "network_acl", subnet.network_acl.as_ref());
                page.flag(2, "public_addresses", subnet.public_addresses, false);
            });
        }
    }

    fn groups(&mut self, spec: &Spec) {
        if !spec.prefix_lists.is_empty() {
            self.key(0, "prefix_lists");
        }
        for list in &spec.prefix_lists {
            let entries = list.entries.iter().map(|entry| entry.value.to_string());
            let Some(most) = &list.max_entries else {
                self.list(1, &list.name.value, entries);
                continue;
            };
            self.key(1, &list.name.value);
            self.list(2, "entries", entries);
            self.pair(2, "max_entries", most.value);
        }
        if !spec.security_groups.is_empty() {
            self.key(0, "security_groups");
        }
        for group in &spec.security_groups {
            self.named(1, &group.name, |page| {
                page.name(2, "vpc", group.vpc.as_ref());
                page.name(2, "association", group.association.as_ref());
                page.items(2, "ingress", group.ingress.iter().map(|rule| group_rule(rule, "from")));
                if let Some(egress) = &group.egress {
                    page.list(2, "egress", egress.iter().map(|rule| group_rule(rule, "to")));
                }
            });
        }
    }
}

fn address_text(address: AddressSpec, chosen: &str) -> String {
    match address {
        AddressSpec::Known(address) => text(&address.to_string()),
        AddressSpec::Chosen => chosen.to_owned(),
        AddressSpec::None => "false".to_owned(),
    }
}

fn route(route: &RouteSpec) -> String {
    let destination = match &route.destination.value {
        DestinationSpec::Cidr(block) => block.to_string(),
        DestinationSpec::PrefixList(name) => format!("list {}", line_name(name)),
    };
    let target = match &route.target.value {
        TargetSpec::Name(name) => line_name(name),
        TargetSpec::Blackhole => "blackhole".to_owned(),
        TargetSpec::Unmodelled(name) => format!("unmodelled {}", line_name(name)),
    };
    let origin = match route.origin {
        Origin::Static => "",
        Origin::Propagated => " propagated",
        Origin::Advertised => " advertised",
    };
    let filtered = if route.filtered { " filtered" } else { "" };
    format!("{destination} -> {target}{origin}{filtered}")
}

fn acl_rule(rule: &AclRuleSpec, keyword: &str) -> String {
    let action = match rule.action {
        AclAction::Allow => "allow",
        AclAction::Deny => "deny",
    };
    let traffic = traffic(std::slice::from_ref(&rule.traffic));
    format!("{} {action} {traffic} {keyword} {}", rule.number.value, peer(&rule.peer.value))
}

fn group_rule(rule: &GroupRuleSpec, keyword: &str) -> String {
    format!("{} {keyword} {}", traffic(&rule.traffic), peer(&rule.peer.value))
}

fn peer(peer: &PeerSpec) -> String {
    match peer {
        PeerSpec::Cidr(net) => net.to_string(),
        PeerSpec::Anywhere => "anywhere".to_owned(),
        PeerSpec::Place(name) => line_name(name),
        PeerSpec::Group(name) => format!("group {}", line_name(name)),
        PeerSpec::Myself => "self".to_owned(),
        PeerSpec::PrefixList(name) => format!("list {}", line_name(name)),
    }
}

/// `tcp/80,443+udp/53`.
fn traffic(list: &[Spanned<Traffic>]) -> String {
    let same = |a: &Spanned<Traffic>, b: &Spanned<Traffic>| match (a.value, b.value) {
        (Traffic::Of { protocol: a, .. }, Traffic::Of { protocol: b, .. }) => a == b && a.has_ports(),
        (Traffic::Any, _) | (_, Traffic::Any) => false,
    };
    let runs = list.chunk_by(same).map(|run| match run {
        [Spanned { value: Traffic::Any, .. }] => "any".to_owned(),
        [Spanned { value: Traffic::Of { protocol, ports }, .. }] => one_traffic(*protocol, *ports),
        run => ports_of(run),
    });
    runs.collect::<Vec<_>>().join("+")
}

/// `tcp/80,443`; every entry has the protocol of the first.
fn ports_of(run: &[Spanned<Traffic>]) -> String {
    let mut protocol = String::from("any");
    let mut list = Vec::new();
    for traffic in run {
        if let Traffic::Of { protocol: of, ports } = traffic.value {
            protocol = of.to_string();
            list.push(range(ports));
        }
    }
    format!("{protocol}/{}", list.join(","))
}

fn one_traffic(protocol: Protocol, ports: PortRange) -> String {
    if protocol.has_ports() || protocol.has_types() {
        Traffic::Of { protocol, ports }.to_string()
    } else {
        format!("protocol/{}", protocol.0)
    }
}

fn range(ports: PortRange) -> String {
    if ports.first == ports.last { ports.first.to_string() } else { format!("{}-{}", ports.first, ports.last) }
}

fn intent(intent: &IntentSpec) -> String {
    let kind = match intent.kind {
        IntentKind::Allow => "allow",
        IntentKind::AllowSome => "allow some",
        IntentKind::Deny => "deny",
    };
    let mut line = format!("{kind} {} -> {}", endpoints(&intent.from), endpoints(&intent.to));
    if !intent.traffic.is_empty() {
        line.push(' ');
        line.push_str(&traffic(&intent.traffic));
        if !intent.traffic_except.is_empty() {
            line.push_str(" except ");
            line.push_str(&traffic(&intent.traffic_except));
        }
    }
    if let Some(ports) = &intent.source_ports {
        line.push_str(" source-port ");
        line.push_str(&range(ports.value));
    }
    line
}

fn endpoints(set: &EndpointSetSpec) -> String {
    let list =
        |list: &[Spanned<EndpointSpec>]| list.iter().map(|it| endpoint(&it.value)).collect::<Vec<_>>().join(", ");
    let include = list(&set.include);
    if set.except.is_empty() { include } else { format!("{include} except {}", list(&set.except)) }
}

fn endpoint(endpoint: &EndpointSpec) -> String {
    match endpoint {
        EndpointSpec::Name(name) => line_name(name),
        EndpointSpec::Net(net) => net.to_string(),
        EndpointSpec::Group(name) => format!("group {}", line_name(name)),
        EndpointSpec::Subnet(name) => format!("subnet {}", line_name(name)),
        EndpointSpec::Tag(key, value) => format!("tag {}", scalar::line_tag(key, value)),
    }
}
