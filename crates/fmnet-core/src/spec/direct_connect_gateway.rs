//! Direct Connect gateways as typed.
//!
//! In: the nodes under `direct_connect_gateways`. Out: [`DirectConnectGatewaySpec`]s.

use super::part::Part;
use super::print::{Page, text};
use super::read::Reader;
use super::same::forget;
use super::shape::{CIDR, Record, Shape, optional, required};
use super::{AssociationSpec, DirectConnectGatewaySpec, Name, Spec, VirtualInterfaceSpec};
use crate::yaml::{Kind, Node};

const STATES: &[&str] = &["available", "confirming", "verifying", "pending", "down", "testing", "deleting", "unknown"];
const DEFAULT: &str = "default";

pub(super) const DIRECT_CONNECT_GATEWAYS: Part<Spec> = Part {
    key: optional("direct_connect_gateways", "Direct Connect gateways, by name.", Shape::Records(&GATEWAY)),
    read: |reader, at, spec| spec.direct_connect_gateways = reader.each(at, Reader::direct_connect_gateway),
    print,
    forget: |spec| {
        for gateway in &mut spec.direct_connect_gateways {
            forget([&mut gateway.name]);
            for interface in &mut gateway.interfaces {
                forget([&mut interface.name].into_iter().chain(&mut interface.network).chain(&mut interface.state));
                forget(interface.learned.iter_mut().flatten());
            }
            for association in &mut gateway.associations {
                forget([&mut association.gateway]);
                forget(association.allowed.iter_mut().flatten());
            }
        }
    },
};

static GATEWAY: Record = Record {
    title: "a Direct Connect gateway",
    name: "direct_connect_gateway",
    keys: &[
        optional("virtual_interfaces", "Its virtual interfaces, by name.", Shape::Named(&INTERFACE_SHAPE)),
        optional(
            "associations",
            "The gateways it is associated with, each with its allowed prefixes (R163); `default` means every block of the VPC.",
            Shape::Named(&Shape::Either(&[Shape::Word(&[DEFAULT]), Shape::OneOrMore(&CIDR)])),
        ),
    ],
};

static INTERFACE: Record = Record {
    title: "a virtual interface",
    name: "virtual_interface",
    keys: &[
        required("on_premises", "The network on premises at its other end.", Shape::Name),
        optional("learned", "What BGP learns by it. Left out, every block of its network.", Shape::OneOrMore(&CIDR)),
        optional("state", "Its state. Default available.", Shape::Word(STATES)),
    ],
};

/// The name of its network, or a record.
const INTERFACE_SHAPE: Shape = Shape::Either(&[Shape::Name, Shape::Record(&INTERFACE)]);

fn print(page: &mut Page, spec: &Spec) {
    if !spec.direct_connect_gateways.is_empty() {
        page.key(0, "direct_connect_gateways");
    }
    for gateway in &spec.direct_connect_gateways {
        page.named(1, &gateway.name, |page| {
            if !gateway.interfaces.is_empty() {
                page.key(2, "virtual_interfaces");
            }
            for interface in &gateway.interfaces {
                page.named(3, &interface.name, |page| {
                    page.name(4, "on_premises", interface.network.as_ref());
                    if let Some(learned) = &interface.learned {
                        page.list(4, "learned", learned.iter().map(|net| net.value.to_string()));
                    }
                    page.name(4, "state", interface.state.as_ref());
                });
            }
            if !gateway.associations.is_empty() {
                page.key(2, "associations");
            }
            for association in &gateway.associations {
                match &association.allowed {
                    Some(allowed) => {
                        let allowed = allowed.iter().map(|net| net.value.to_string());
                        page.list(3, &association.gateway.value, allowed);
                    }
                    None => page.pair(3, &association.gateway.value, text(DEFAULT)),
                }
            }
        });
    }
}

impl<'s> Reader<'s> {
    fn direct_connect_gateway(&mut self, name: Name, node: &Node<'s>) -> DirectConnectGatewaySpec {
        let mut gateway = DirectConnectGatewaySpec { name, interfaces: Vec::new(), associations: Vec::new() };
        let Some(section) = self.open(node, &GATEWAY, gateway.name.span) else { return gateway };
        if let Some(node) = section.get("virtual_interfaces") {
            let named = self.named(node, "names to virtual interfaces");
            gateway.interfaces = named.into_iter().map(|(name, node)| self.virtual_interface(name, node)).collect();
        }
        if let Some(node) = section.get("associations") {
            let named = self.named(node, "names of gateways to allowed prefixes");
            gateway.associations = named.into_iter().map(|(name, node)| self.association(name, node)).collect();
        }
        gateway
    }

    fn virtual_interface(&mut self, name: Name, node: &Node<'s>) -> VirtualInterfaceSpec {
        const WHAT: &str = "the name of a network on premises";
        let mut interface = VirtualInterfaceSpec { name, network: None, learned: None, state: None };
        if !matches!(node.kind, Kind::Map(_)) {
            interface.network = self.name(node, WHAT);
            return interface;
        }
        let Some(section) = self.open(node, &INTERFACE, interface.name.span) else { return interface };
        interface.network = section.get("on_premises").and_then(|node| self.name(node, WHAT));
        interface.learned = section.get("learned").map(|node| self.one_or_more_blocks(node));
        interface.state = section.get("state").and_then(|node| self.word(node, STATES));
        interface
    }

    fn association(&mut self, gateway: Name, node: &Node<'s>) -> AssociationSpec {
        let is_default = matches!(&node.kind, Kind::Scalar { text, .. } if &**text == DEFAULT);
        let allowed = (!is_default).then(|| self.one_or_more_blocks(node));
        AssociationSpec { gateway, allowed }
    }
}
