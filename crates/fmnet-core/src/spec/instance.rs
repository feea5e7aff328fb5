//! Instances and network interfaces as typed.
//!
//! In: the nodes under `instances` and `interfaces`. Out: [`InstanceSpec`]s and
//! [`InterfaceSpec`]s. An instance without `interfaces` is one interface of its own name.

use std::net::IpAddr;

use super::address::Family;
use super::part::Part;
use super::print::{Page, address_text, text};
use super::read::{Reader, Section};
use super::same::{forget, forget_tags};
use super::shape::{ADDRESS, ADDRESS4, ADDRESS6, CIDR, Key, Record, Shape, optional, required};
use super::{AddressSpec, InstanceSpec, InterfaceSpec, Name, Spanned, VpcSpec};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::words::echo;
use crate::yaml::{Kind, Node};

const STATES: &[&str] = &["running", "stopped", "pending", "terminated"];
const ATTACHMENTS: &[&str] = &["attached", "detached"];

pub(super) const INSTANCES: Part<VpcSpec> = Part {
    key: optional("instances", "Instances, by name.", Shape::Records(&INSTANCE)),
    read: |reader, at, vpc| vpc.instances = reader.each(at, Reader::instance),
    print: |page, vpc| {
        if !vpc.instances.is_empty() {
            page.key(0, "instances");
        }
        for instance in &vpc.instances {
            page.named(1, &instance.name, |page| print_instance(page, instance));
        }
    },
    forget: |vpc| {
        for instance in &mut vpc.instances {
            forget([&mut instance.name].into_iter().chain(&mut instance.state));
            forget_tags(&mut instance.tags);
            instance.interfaces.iter_mut().for_each(forget_interface);
        }
    },
};

pub(super) const INTERFACES: Part<VpcSpec> = Part {
    key: optional("interfaces", "Network interfaces that no instance holds, by name.", Shape::Records(&INTERFACE)),
    read: |reader, at, vpc| vpc.interfaces = reader.each(at, Reader::interface),
    print: |page, vpc| {
        if !vpc.interfaces.is_empty() {
            page.key(0, "interfaces");
        }
        for interface in &vpc.interfaces {
            page.named(1, &interface.name, |page| print_interface(page, 2, interface));
        }
    },
    forget: |vpc| vpc.interfaces.iter_mut().for_each(forget_interface),
};

/// An Elastic IP: its address, or `new`.
pub(super) const ELASTIC_IP: Shape = Shape::Either(&[ADDRESS4, Shape::Word(&["new"])]);

const SUBNET: Key = required("subnet", "The subnet it stands in.", Shape::Name);
const GROUPS: Key =
    optional("groups", "Its security groups. Left out, the group `default`.", Shape::List(&Shape::Name));
const PRIVATE: Key = optional("address", "Its primary private IPv4 address. Left out, AWS picks one.", ADDRESS4);
const FURTHER: Key = optional("addresses", "Further private addresses, IPv4 or IPv6.", FURTHER_ADDRESSES);
const FURTHER_ADDRESSES: Shape = Shape::List(&Shape::Either(&[ADDRESS, Shape::Record(&FURTHER_ADDRESS)]));
const IPV6: Key = optional(
    "ipv6",
    "An IPv6 address, or `auto` for one that AWS picks.",
    Shape::Either(&[ADDRESS6, Shape::Word(&["auto"])]),
);
const PUBLIC: Key = optional(
    "public_address",
    "Whether it has an auto-assigned public IPv4 address, or that address. Left out, the subnet decides.",
    Shape::Either(&[Shape::Bool, ADDRESS4]),
);
const ELASTIC: Key =
    optional("elastic_ip", "An Elastic IP on the primary address, or `new` for one not allocated yet.", ELASTIC_IP);
const CHECK: Key =
    optional("source_dest_check", "Whether only its own addresses pass (R24, R25). Default true.", Shape::Bool);
const BEHIND: Key =
    optional("behind", "Networks that it routes for; needs `source_dest_check: false`.", Shape::List(&CIDR));
const DENY_V6: Key = optional("deny_internet_ipv6", "AWS's `DenyAllIgwTraffic` (R30). Default false.", Shape::Bool);

static FURTHER_ADDRESS: Record = Record {
    title: "a further address",
    name: "further_address",
    keys: &[
        required("address", "The private address.", ADDRESS),
        optional("elastic_ip", "Its Elastic IP, or `new`.", ELASTIC_IP),
    ],
};

static INTERFACE: Record = Record {
    title: "a network interface",
    name: "interface",
    keys: &[
        SUBNET,
        GROUPS,
        PRIVATE,
        FURTHER,
        IPV6,
        PUBLIC,
        ELASTIC,
        CHECK,
        BEHIND,
        DENY_V6,
        optional("state", "Whether it is attached (R27). Default attached.", Shape::Word(ATTACHMENTS)),
    ],
};

static INSTANCE: Record = Record {
    title: "an instance",
    name: "instance",
    keys: &[
        optional("state", "Its state. Default running.", Shape::Word(STATES)),
        optional("tags", "Its tags, `{KEY: VALUE}`.", Shape::Named(&Shape::Text)),
        optional(
            "interfaces",
            "Its network interfaces by name, called `INSTANCE.NAME`. Left out, the keys below describe the only one.",
            Shape::Records(&INTERFACE),
        ),
        optional("subnet", "The subnet it stands in. Required unless `interfaces` is written.", Shape::Name),
        GROUPS,
        PRIVATE,
        FURTHER,
        IPV6,
        PUBLIC,
        ELASTIC,
        CHECK,
        BEHIND,
        DENY_V6,
    ],
};

fn print_instance(page: &mut Page, instance: &InstanceSpec) {
    page.name(2, "state", instance.state.as_ref());
    page.tags(&instance.tags);
    if !instance.names_interfaces {
        for interface in &instance.interfaces {
            print_interface(page, 2, interface);
        }
        return;
    }
    page.key(2, "interfaces");
    for interface in &instance.interfaces {
        page.named(3, &interface.name, |page| print_interface(page, 4, interface));
    }
}

fn print_interface(page: &mut Page, depth: usize, interface: &InterfaceSpec) {
    page.name(depth, "subnet", interface.subnet.as_ref());
    page.names(depth, "groups", interface.groups.as_deref());
    page.option(depth, "address", interface.address.as_ref().map(|address| text(&address.value.to_string())));
    if !interface.addresses.is_empty() {
        page.key(depth, "addresses");
    }
    for (address, elastic_ip) in &interface.addresses {
        let address = address.value.to_string();
        match elastic_ip {
            None => page.item(depth + 1, &address),
            Some(elastic_ip) => {
                page.item_pair(depth + 1, "address", &text(&address));
                page.pair(depth + 2, "elastic_ip", address_text(elastic_ip.value, "new"));
            }
        }
    }
    page.address(depth, "ipv6", interface.ipv6.as_ref(), "auto");
    page.address(depth, "public_address", interface.public_address.as_ref(), "true");
    page.address(depth, "elastic_ip", interface.elastic_ip.as_ref(), "new");
    page.flag(depth, "source_dest_check", interface.source_dest_check_off.is_none(), true);
    page.items(depth, "behind", interface.behind.iter().map(|block| block.value.to_string()));
    page.flag(depth, "deny_internet_ipv6", interface.deny_internet_ipv6, false);
    page.name(depth, "state", interface.state.as_ref());
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

impl<'s> Reader<'s> {
    fn instance(&mut self, name: Name, node: &Node<'s>) -> InstanceSpec {
        let mut instance =
            InstanceSpec { name, state: None, tags: Vec::new(), interfaces: Vec::new(), names_interfaces: false };
        let name = &instance.name;
        let Some(section) = self.open(node, &INSTANCE, name.span) else {
            instance.interfaces = vec![blank(name.clone())];
            return instance;
        };
        instance.state = section.get("state").and_then(|node| self.word(node, STATES));
        instance.tags = section.get("tags").map(|node| self.tags(node)).unwrap_or_default();
        if let (Some(node), Some(key)) = (section.get("interfaces"), section.key("interfaces")) {
            self.refuse_interface_keys(section, key);
            instance.names_interfaces = true;
            let named = self.named(node, "names to network interfaces");
            if named.is_empty() && matches!(node.kind, Kind::Map(_) | Kind::Null) {
                self.report(Diagnostic::error(
                    "missing-key",
                    format!("the instance {} has no interface", echo(&instance.name.value)),
                    key,
                    "expected at least one interface",
                ));
            }
            instance.interfaces = named.into_iter().map(|(name, node)| self.interface(name, node)).collect();
        } else {
            if section.get("subnet").is_none() {
                self.missing_key(INSTANCE.title, "subnet", name.span);
            }
            instance.interfaces = vec![self.interface_keys(name.clone(), section)];
        }
        instance
    }

    /// Reports keys of an interface on an instance that has interfaces of its own.
    fn refuse_interface_keys(&mut self, section: Section<'_, 's>, interfaces: Span) {
        let of_interface = INTERFACE.names().filter(|&name| name != "state");
        for (name, span) in of_interface.filter_map(|name| Some((name, section.key(name)?))) {
            let message = format!("`{name}` belongs to an interface, and this instance names its interfaces");
            self.report(
                Diagnostic::error("unknown-key", message, span, "move it to one of them")
                    .also(interfaces, "the interfaces"),
            );
        }
    }

    fn interface(&mut self, name: Name, node: &Node<'s>) -> InterfaceSpec {
        let Some(section) = self.open(node, &INTERFACE, name.span) else { return blank(name) };
        let mut interface = self.interface_keys(name, section);
        interface.state = section.get("state").and_then(|node| self.word(node, ATTACHMENTS));
        interface
    }

    fn interface_keys(&mut self, name: Name, section: Section<'_, 's>) -> InterfaceSpec {
        let mut interface = blank(name);
        interface.subnet = section.get("subnet").and_then(|node| self.name(node, "the name of a subnet"));
        interface.groups = section.get("groups").map(|node| self.names(node, "security groups"));
        interface.address = section.get("address").and_then(|node| self.address(node, Family::V4));
        if let Some(node) = section.get("addresses") {
            let items = self.list(node, "a list of addresses");
            interface.addresses = items.iter().filter_map(|item| self.further_address(item)).collect();
        }
        interface.ipv6 =
            section.get("ipv6").and_then(|node| self.address_or(node, Family::V6, &[("auto", AddressSpec::Chosen)]));
        interface.public_address = section.get("public_address").and_then(|node| {
            self.address_or(node, Family::V4, &[("true", AddressSpec::Chosen), ("false", AddressSpec::None)])
        });
        interface.elastic_ip = section.get("elastic_ip").and_then(|node| self.elastic_ip(node));
        interface.source_dest_check_off = section
            .get("source_dest_check")
            .and_then(|node| Some((self.boolean(node)?, node.span)))
            .filter(|(check, _)| !check)
            .map(|(_, span)| span);
        interface.behind = section.get("behind").map(|node| self.blocks(node)).unwrap_or_default();
        interface.deny_internet_ipv6 =
            section.get("deny_internet_ipv6").and_then(|node| self.boolean(node)).unwrap_or(false);
        interface
    }

    fn elastic_ip(&mut self, node: &Node<'s>) -> Option<Spanned<AddressSpec>> {
        self.address_or(node, Family::V4, &[("new", AddressSpec::Chosen)])
    }

    fn further_address(&mut self, node: &Node<'s>) -> Option<(Spanned<IpAddr>, Option<Spanned<AddressSpec>>)> {
        if !matches!(node.kind, Kind::Map(_)) {
            return Some((self.address(node, Family::Either)?, None));
        }
        let section = self.open(node, &FURTHER_ADDRESS, node.span)?;
        let elastic_ip = section.get("elastic_ip").and_then(|node| self.elastic_ip(node));
        Some((section.get("address").and_then(|node| self.address(node, Family::Either))?, elastic_ip))
    }

    /// Tags; their values are text whatever they look like.
    pub(super) fn tags(&mut self, node: &Node<'s>) -> Vec<(Name, Name)> {
        let named = self.named(node, "keys of tags to values");
        named
            .into_iter()
            .filter_map(|(key, node)| {
                let value = self.text(node, "the value of a tag")?.to_owned();
                Some((key, Spanned { value, span: node.span }))
            })
            .collect()
    }
}

/// An interface of which only the name is known.
fn blank(name: Name) -> InterfaceSpec {
    InterfaceSpec {
        name,
        subnet: None,
        groups: None,
        address: None,
        addresses: Vec::new(),
        ipv6: None,
        public_address: None,
        elastic_ip: None,
        source_dest_check_off: None,
        behind: Vec::new(),
        deny_internet_ipv6: false,
        state: None,
    }
}
