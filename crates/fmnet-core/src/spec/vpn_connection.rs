//! Customer gateways and VPN connections as typed.
//!
//! In: the nodes under `customer_gateways` and `vpn_connections`. Out:
//! [`CustomerGatewaySpec`]s and [`VpnConnectionSpec`]s.

use super::address::{BlockOf, Family, block, looks_like_net};
use super::part::Part;
use super::print::{Page, text};
use super::read::Reader;
use super::same::forget;
use super::shape::{ADDRESS, CIDR, Grammar, Record, Shape, optional, required};
use super::{CustomerGatewaySpec, LearnedSpec, Name, Spanned, Spec, VpnConnectionSpec};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::words::{Words, with_form};
use crate::yaml::{Kind, Node};

const TUNNELS: &[&str] = &["up", "down"];

pub(super) const CUSTOMER_GATEWAYS: Part<Spec> = Part {
    key: optional("customer_gateways", "Customer gateways, by name.", Shape::Named(&CUSTOMER_GATEWAY_SHAPE)),
    read: |reader, at, spec| spec.customer_gateways = reader.each(at, Reader::customer_gateway),
    print: |page, spec| {
        if !spec.customer_gateways.is_empty() {
            page.key(0, "customer_gateways");
        }
        for gateway in &spec.customer_gateways {
            page.named(1, &gateway.name, |page| {
                page.name(2, "on_premises", gateway.network.as_ref());
                page.option(2, "address", gateway.address.as_ref().map(|address| text(&address.value.to_string())));
                page.option(2, "asn", gateway.asn.as_ref().map(|asn| asn.value));
            });
        }
    },
    forget: |spec| {
        for gateway in &mut spec.customer_gateways {
            forget([&mut gateway.name].into_iter().chain(&mut gateway.network));
            forget(&mut gateway.address);
            forget(&mut gateway.asn);
        }
    },
};

pub(super) const VPN_CONNECTIONS: Part<Spec> = Part {
    key: optional("vpn_connections", "Site-to-Site VPN connections, by name.", Shape::Records(&VPN_CONNECTION)),
    read: |reader, at, spec| spec.vpn_connections = reader.each(at, Reader::vpn_connection),
    print: print_vpn_connections,
    forget: |spec| {
        for vpn in &mut spec.vpn_connections {
            forget([&mut vpn.name].into_iter().chain(&mut vpn.customer_gateway).chain(&mut vpn.gateway));
            forget(vpn.static_routes.iter_mut().flatten());
            for learned in vpn.learned.iter_mut().flatten() {
                forget([&mut learned.net]);
                learned.span = Span::NOWHERE;
            }
            forget(&mut vpn.tunnels);
        }
    },
};

static CUSTOMER_GATEWAY: Record = Record {
    title: "a customer gateway",
    name: "customer_gateway",
    keys: &[
        required("on_premises", "The network on premises that it stands in.", Shape::Name),
        optional("address", "The address of its outer interface.", ADDRESS),
        optional("asn", "Its BGP autonomous system number. Default 65000.", Shape::Number(1, u32::MAX as u64)),
    ],
};

/// The name of its network, or a record.
const CUSTOMER_GATEWAY_SHAPE: Shape = Shape::Either(&[Shape::Name, Shape::Record(&CUSTOMER_GATEWAY)]);

static VPN_CONNECTION: Record = Record {
    title: "a VPN connection",
    name: "vpn_connection",
    keys: &[
        required("customer_gateway", "The customer gateway at its other end.", Shape::Name),
        required("virtual_private_gateway", "The virtual private gateway at AWS's end.", Shape::Name),
        optional(
            "static_routes",
            "Its static routes: what lies beyond it, where BGP does not say so.",
            Shape::OneOrMore(&CIDR),
        ),
        optional(
            "learned",
            "What BGP learns by it. Left out, and without static routes: every block of the customer gateway's network.",
            Shape::OneOrMore(&LEARNED),
        ),
        optional(
            "tunnels",
            "Whether its tunnels are up, one word for both or for each. Default up (R160).",
            Shape::OneOrMore(&Shape::Word(TUNNELS)),
        ),
    ],
};

const LEARNED: Shape = Shape::Line(&Grammar {
    name: "learned_prefix",
    about: "`PREFIX [as-path LENGTH] [med NUMBER]`, as `192.168.0.0/16` or `192.168.0.0/16 as-path 3 med 100`",
    pattern: r"^\s*[0-9A-Fa-f:.]+/[0-9]{1,3}(\s+(as-path|med)\s+[0-9]+)*\s*$",
});

const HELP: &str = "a learned prefix is `PREFIX`, then perhaps `as-path LENGTH` and `med NUMBER`";

fn print_vpn_connections(page: &mut Page, spec: &Spec) {
    if !spec.vpn_connections.is_empty() {
        page.key(0, "vpn_connections");
    }
    for vpn in &spec.vpn_connections {
        page.named(1, &vpn.name, |page| {
            page.name(2, "customer_gateway", vpn.customer_gateway.as_ref());
            page.name(2, "virtual_private_gateway", vpn.gateway.as_ref());
            if let Some(routes) = &vpn.static_routes {
                page.list(2, "static_routes", routes.iter().map(|net| net.value.to_string()));
            }
            if let Some(learned) = &vpn.learned {
                page.list(2, "learned", learned.iter().map(line));
            }
            page.items(2, "tunnels", vpn.tunnels.iter().map(|tunnel| tunnel.value.clone()));
        });
    }
}

/// A learned prefix as a line again.
fn line(learned: &LearnedSpec) -> String {
    let mut line = learned.net.value.to_string();
    if let Some(as_path) = learned.as_path {
        line.push_str(&format!(" as-path {as_path}"));
    }
    if let Some(med) = learned.med {
        line.push_str(&format!(" med {med}"));
    }
    line
}

impl<'s> Reader<'s> {
    fn customer_gateway(&mut self, name: Name, node: &Node<'s>) -> CustomerGatewaySpec {
        const WHAT: &str = "the name of a network on premises";
        let mut gateway = CustomerGatewaySpec { name, network: None, address: None, asn: None };
        if !matches!(node.kind, Kind::Map(_)) {
            gateway.network = self.name(node, WHAT);
            return gateway;
        }
        let Some(section) = self.open(node, &CUSTOMER_GATEWAY, gateway.name.span) else { return gateway };
        gateway.network = section.get("on_premises").and_then(|node| self.name(node, WHAT));
        gateway.address = section.get("address").and_then(|node| self.address(node, Family::Either));
        gateway.asn = section.get("asn").and_then(|node| self.number(node, "an autonomous system number"));
        gateway
    }

    fn vpn_connection(&mut self, name: Name, node: &Node<'s>) -> VpnConnectionSpec {
        let mut vpn = VpnConnectionSpec {
            name,
            customer_gateway: None,
            gateway: None,
            static_routes: None,
            learned: None,
            tunnels: Vec::new(),
        };
        let Some(section) = self.open(node, &VPN_CONNECTION, vpn.name.span) else { return vpn };
        vpn.customer_gateway =
            section.get("customer_gateway").and_then(|node| self.name(node, "the name of a customer gateway"));
        vpn.gateway = section
            .get("virtual_private_gateway")
            .and_then(|node| self.name(node, "the name of a virtual private gateway"));
        vpn.static_routes = section.get("static_routes").map(|node| self.one_or_more_blocks(node));
        vpn.learned = section.get("learned").map(|node| {
            let items = self.one_or_more(node);
            items
                .iter()
                .filter_map(|item| {
                    let words = self.words(item, "a prefix")?;
                    let learned = learned(words).map_err(|diagnostic| with_form(diagnostic, HELP));
                    self.keep(learned)
                })
                .collect()
        });
        if let Some(node) = section.get("tunnels") {
            let items = self.one_or_more(node);
            vpn.tunnels = items.iter().filter_map(|item| self.word(item, TUNNELS)).collect();
        }
        vpn
    }

    /// A block, or a list of blocks.
    pub(super) fn one_or_more_blocks(&mut self, node: &Node<'s>) -> Vec<Spanned<ipnet::IpNet>> {
        let items = self.one_or_more(node);
        items.iter().filter_map(|item| self.block(item, Family::Either, BlockOf::Rule)).collect()
    }
}

/// Reads `PREFIX [as-path LENGTH] [med NUMBER]`.
fn learned(mut words: Words<'_>) -> Result<LearnedSpec, Diagnostic> {
    let span = words.line();
    let word = words.take("a prefix")?;
    if word.quoted || !looks_like_net(&word.text) {
        return Err(word.unexpected("a prefix"));
    }
    let net = Spanned { value: block(&word.text, word.span, BlockOf::Rule)?, span: word.span };
    let mut learned = LearnedSpec { net, as_path: None, med: None, span };
    while let Some(word) = words.next_word()? {
        let is_path = word.is("as-path");
        if !is_path && !word.is("med") {
            return Err(word.unexpected_of("`as-path`, `med` or the end of the line", &["as-path", "med"]));
        }
        let number = words.take("a number")?;
        let value = number.text.parse::<u32>().map_err(|_| number.unexpected("a number"))?;
        let place = if is_path { &mut learned.as_path } else { &mut learned.med };
        if place.replace(value).is_some() {
            return Err(word.unexpected("each of `as-path` and `med` once"));
        }
    }
    Ok(learned)
}
